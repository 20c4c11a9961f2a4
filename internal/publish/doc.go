// Package publish tells other programs of a batch: its events as JSON lines, its
// figures for Prometheus, and its summary, posted to an address.
//
// It promises that none of this can hold up or fail a batch that has begun: a reader
// that is slow, stuck or gone loses what it does not take, a person is told once,
// and the batch goes on. It promises that an event is told only when what it says is
// in the journal, and that a file of events holds each change of a row's state once,
// a row's changes in their order, also after runs that were killed: the journal is
// the only book, and the next run completes the file from it. Names, fields and
// labels stay as they are; new ones may come.
//
// It does not promise an order between rows, nor that a pipe or a receiver gets
// everything, nor that a notification arrives only once.
package publish
