package app

import (
	"errors"
	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// Differences says how a file differs from the books.
func Differences(d batch.Difference) (list []lang.Message) {
	for _, m := range []struct {
		n    int
		says lang.Message
	}{
		{d.New, lang.Count(d.New, "%d row is new", "%d rows are new")},
		{d.Gone, lang.Count(d.Gone, "%d row is gone", "%d rows are gone")},
		{d.Changed, lang.Count(d.Changed, "%d row not sent yet asks for something else", "%d rows not sent yet ask for something else")},
		{d.Refused, lang.Count(d.Refused, "%d row asks for something else under an id that was sent (id.changed)", "%d rows ask for something else under ids that were sent (id.changed)")},
		{d.Paid, lang.Count(d.Paid, "%d row looks paid already (paid.before)", "%d rows look paid already (paid.before)")},
		{d.Invalid, lang.Count(d.Invalid, "%d invalid row differs", "%d invalid rows differ")},
	} {
		if m.n > 0 {
			list = append(list, m.says)
		}
	}
	return list
}

// OtherProvider says that a journal is of a simulated batch and the run a real one,
// or the other way round.
type OtherProvider struct {
	nothingDone
	Journal   string
	Simulated bool // the journal is
}

func (e *OtherProvider) Error() string { return e.Message().String() }

// Message says which is which.
func (e *OtherProvider) Message() lang.Message {
	if e.Simulated {
		return lang.Msg("%s belongs to a simulated run, and this one is real: the two never share a journal.", e.Journal)
	}
	return lang.Msg("%s belongs to a real run, and this one is simulated: the two never share a journal.", e.Journal)
}

// FileChanged says that a file is not the one that the books are about.
type FileChanged struct {
	nothingDone
	Batch      batch.BatchRecord // as the books have it
	Difference batch.Difference
}

func (e *FileChanged) Error() string { return e.Message().String() }

// Message says how the two differ.
func (e *FileChanged) Message() lang.Message {
	begun := lang.Msg("batch %q was begun with other rows (file %s): %s. Nothing was sent.", e.Batch.Name, e.Batch.File, Differences(e.Difference))
	if len(e.Difference.Detail) == 0 {
		return begun
	}
	return lang.Msg("%s\n%s", begun, lines(e.Difference.Detail))
}

// lines makes a value of a message of which each stands on a line of its own, set in.
func lines(messages []batch.Message) error {
	list := make([]error, len(messages))
	for i, m := range messages {
		list[i] = lang.Errorf("  %s", m)
	}
	return errors.Join(list...)
}
