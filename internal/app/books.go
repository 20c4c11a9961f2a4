package app

import (
	"errors"
	"path/filepath"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/journal"
)

// books is the journal of a batch, as far as a task has it open.
type books struct {
	at     *Location
	known  *batch.Ledger // what the journal tells; nil: there is none yet
	open   *batch.Books  // the same, to be written; nil: nothing is written (yet)
	notify func(lang.Message)
}

// find opens the journal if there is one: for writing, which locks it, or to be
// read only.
func (b *books) find(writing bool) error {
	if missing(b.at.storage(), b.at.Journal()) {
		return nil
	}
	if writing {
		return b.write()
	}
	var err error
	if b.known, _, err = batch.ReadLedger(b.at.storage(), b.at.Journal()); err != nil {
		return &JournalError{Journal: b.at.Journal(), Err: err}
	}
	return nil
}

// write locks and replays the journal, or begins one, unless it is open already.
func (b *books) write() error {
	if b.open != nil {
		return nil
	}
	open, err := batch.OpenBooks(b.at.storage(), b.at.Journal())
	if err != nil {
		return &JournalError{Journal: b.at.Journal(), Err: err}
	}
	b.open, b.known = open, open.Ledger
	if c := open.Cut; c != nil && open.Sealed() {
		cut := batch.Msg("%d bytes of an unfinished write were cut off the journal and kept in %s", c.Bytes, filepath.Base(c.Kept))
		b.notify(lang.Msg("Note: %s. That is normal after a crash; rows in doubt are checked before anything is sent.", cut))
		if err := open.Note(batch.NoteRecord{What: batch.NoteCut, Text: cut}); err != nil {
			return nothing(err)
		}
	}
	return nil
}

// begun tells whether there is a batch in the books.
func (b *books) begun() bool { return b.known != nil && b.known.Sealed() }

// close gives the journal free.
func (b *books) close() error {
	if b.open == nil {
		return nil
	}
	return b.open.Close()
}

// simulated tells whether the batch in the books is a simulated one.
func (b *books) simulated() bool { return b.known.Batch().Account.Type == batch.Simulated }

// readBooks reads the books of a batch that was begun, without locking or changing
// them. Of a file that is a journal the batch has the name that stands in it.
func readBooks(p Place) (*Location, *batch.Ledger, journal.Info, error) {
	at, err := p.Locate()
	if err != nil {
		return nil, nil, journal.Info{}, err
	}
	if err := at.Begun(); err != nil {
		return nil, nil, journal.Info{}, err
	}
	l, info, err := batch.ReadLedger(at.storage(), at.Journal())
	switch {
	case err != nil:
		return nil, nil, info, &JournalError{Journal: at.Journal(), Err: err}
	case !l.Sealed():
		return nil, nil, info, &NeverSent{Journal: at.Journal()}
	case at.IsJournal:
		at.journalOf(l.Batch().Name)
	}
	return at, l, info, nil
}

// JournalError is why a journal cannot be used. It wraps a *journal.Locked, a
// *journal.Corrupt, batch.ErrRecord, or an error of the operating system.
type JournalError struct {
	nothingDone
	Journal string
	Err     error
}

func (e *JournalError) Error() string { return e.Message().String() }
func (e *JournalError) Unwrap() error { return e.Err }

// Message says what is the matter with the journal.
func (e *JournalError) Message() lang.Message {
	if locked, ok := errors.AsType[*journal.Locked](e.Err); ok {
		return lang.Msg("this batch is being run by %s", locked.By())
	}
	if _, corrupt := errors.AsType[*journal.Corrupt](e.Err); corrupt || errors.Is(e.Err, batch.ErrRecord) {
		return lang.Msg("%s: %v\nNothing was touched and nothing was sent.", e.Journal, e.Err)
	}
	return lang.Msg("%s: %v", e.Journal, e.Err)
}

// NeverSent says that a journal holds no batch: it was begun, and nothing more.
type NeverSent struct {
	nothingDone
	Journal string
}

func (e *NeverSent) Error() string { return e.Message().String() }

// Message names the journal.
func (e *NeverSent) Message() lang.Message {
	return lang.Msg("%s holds no batch: nothing was ever sent from it", e.Journal)
}
