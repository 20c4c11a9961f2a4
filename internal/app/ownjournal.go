package app

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/journal"
)

// own makes sure that the journal is that of the batch that it is named after (money
// rule 18), before the journal is opened or anything is written. The location then has
// the batch's name as the journal spells it. Without a journal, and of one that cannot
// be read, there is nothing to say: opening it tells.
func (at *Location) own() error {
	head, err := batch.ReadHead(at.storage(), at.Journal())
	if err != nil {
		return nil //nolint:nilerr // opening it tells
	}
	return at.owned(head.Name)
}

// owned is own for a journal that holds the batch of this name.
func (at *Location) owned(holds string) error {
	for _, name := range at.names() {
		if !sameName(name, holds) {
			return &OtherBatch{Journal: at.Journal(), Name: name, Holds: holds, Argument: at.IsJournal}
		}
	}
	at.spell(holds)
	return nil
}

// Own returns an *OtherBatch if the journal is not that of the batch that it is named
// after. Tasks that write refuse it; those that only read tell it.
func (at *Location) Own() error {
	elsewhere := *at
	return elsewhere.own()
}

// names are the names that the batch has by its journal's path and by its input.
func (at *Location) names() []string {
	if !at.IsJournal {
		return []string{at.Name}
	}
	names := []string{norm.NFC.String(at.stem())}
	if at.Named {
		names = append(names, at.Name)
	}
	return names
}

// spell gives the batch the name as its journal spells it. The names of its files stay
// as they are: on some systems upper and lower case are different files.
func (at *Location) spell(name string) {
	if at.files == "" {
		at.files = at.Name
	}
	at.Name = name
}

// journalOf gives a batch that is known by its journal alone the name that stands in
// there.
func (at *Location) journalOf(name string) {
	if sameName(at.Name, name) {
		at.spell(name)
		return
	}
	at.Name = name
}

// sameName tells whether two spellings are one batch's name. On many systems they are
// one file's.
func sameName(a, b string) bool {
	return strings.EqualFold(norm.NFC.String(a), norm.NFC.String(b))
}

// readOwnBooks is readBooks for a task that writes something about the batch. Only a
// task that writes no file of the usual name (aside) may have a journal that was given
// by its path and has another batch's name: a copy.
func readOwnBooks(p Place, aside bool) (*Location, *batch.Ledger, journal.Info, error) {
	at, l, info, err := readBooks(p)
	if err != nil || aside && at.IsJournal {
		return at, l, info, err
	}
	return at, l, info, at.owned(l.Batch().Name)
}

// OtherBatch says that a journal holds another batch than its name, or that of the
// input, says (money rule 18): it was copied or renamed.
type OtherBatch struct {
	nothingDone
	Journal  string // its path
	Name     string // the batch that it is named after
	Holds    string // the batch that it holds
	Argument bool   // the journal itself was given, and not the input
}

func (e *OtherBatch) Error() string { return e.Message().String() }

// Message names both batches.
func (e *OtherBatch) Message() lang.Message {
	return lang.Msg("%s is the journal of batch %q, and not of %q", e.Journal, e.Holds, e.Name)
}
