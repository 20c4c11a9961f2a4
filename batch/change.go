package batch

import (
	"time"

	"flexybatch/journal"
)

// Change is a change of a row's state by a record that is on disk.
type Change struct {
	At   time.Time // when the record was written
	By   string    // the kind of the record: "intent", "answer" or "look"
	From State
	Row  *RowStatus // the row after the change; it must not be kept
}

// Watch makes the ledger call f whenever the state of a row changes, in the order
// of the changes. The ledger is locked while f runs, so f must return quickly and
// must not call the ledger. A nil f ends the calls.
func (l *Ledger) Watch(f func(Change)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watcher = f
}

// ReadChanges calls f for every change of a row's state in a journal, in order. It
// neither locks nor changes the journal. f must keep the rules that Watch states.
func ReadChanges(fsys journal.FS, path string, f func(Change)) error {
	l := NewLedger()
	l.watcher = f
	_, err := journal.ReadFold(fsys, path, l.replayed())
	return err
}

// kind returns the name of the record's kind; the record is an intent, an answer
// or a look.
func (r *Record) kind() string {
	switch {
	case r.Intent != nil:
		return "intent"
	case r.Answer != nil:
		return "answer"
	}
	return "look"
}
