package batch

import (
	"time"

	"flexybatch/journal"
)

// Change is what a record has made of a row's state. It is told after the
// record is on disk.
type Change struct {
	At   time.Time // of the record
	By   string    // the kind of the record: "intent", "answer" or "look"
	From State
	Row  *RowStatus // as it stands now; it must not be kept
}

// Watch has f called from now on whenever a row's state has changed, each row's
// changes in their order. f is called with the ledger locked: it must return at
// once and must not call the ledger. nil ends the watch.
func (l *Ledger) Watch(f func(Change)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watcher = f
}

// ReadChanges tells every change of state that a journal holds, in its order,
// without locking or changing it. What Watch says of its function holds here.
func ReadChanges(fsys journal.FS, path string, f func(Change)) error {
	l := NewLedger()
	l.watcher = f
	_, err := journal.ReadFold(fsys, path, l.replayed())
	return err
}

// kind names the record's kind, if it is about a row that can be sent.
func (r *Record) kind() string {
	switch {
	case r.Intent != nil:
		return "intent"
	case r.Answer != nil:
		return "answer"
	}
	return "look"
}
