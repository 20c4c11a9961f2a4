package app

import (
	"context"
	"iter"
	"maps"

	"flexybatch/batch"
	"flexybatch/ingest"
	"flexybatch/internal/lang"
)

// payroll is the rows that a run is about, and what they were checked against.
type payroll struct {
	file    *ingest.Input // whose rows are to be written down; nil: the books have all rows
	books   *books
	plans   batch.Catalogue
	totals  batch.Totals
	sharing []Neighbour // recent batches beside this one that have rows of it
}

// all are the rows: those of the file, or of the books.
func (p *payroll) all() iter.Seq[*batch.Row] {
	if p.file != nil {
		return batch.Rows(p.file.Rows)
	}
	return p.books.known.Rows()
}

// unsent are the valid rows that are still to be sent.
func (p *payroll) unsent() iter.Seq[*batch.Row] {
	known := p.books.known
	return func(yield func(*batch.Row) bool) {
		if p.file == nil {
			known.Each(func(s *batch.RowStatus) bool { return s.State != batch.Unsent || s.Gone || yield(&s.Row) })
			return
		}
		for row := range batch.Rows(p.file.Rows) {
			if row.Valid() && isUnsent(known, row.Ref) && !yield(row) {
				return
			}
		}
	}
}

// isUnsent tells whether a row is still to be sent, as far as the books tell.
func isUnsent(known *batch.Ledger, ref batch.Ref) bool {
	if known == nil {
		return true
	}
	s, ok := known.Row(ref)
	return !ok || s.State == batch.Unsent
}

// total adds the rows up and holds them against the operator's control totals.
func (p *payroll) total(l batch.Limits) error {
	p.totals = batch.Total(p.all(), p.plans)
	return controlled(l.Check(p.totals))
}

// controlled is the refusal of the operator's control totals or caps, if they
// refuse.
func controlled(err error) error {
	if err == nil {
		return nil
	}
	return refusef("%w; nothing was sent", err)
}

// checkFile finds out which rows there are, and which of them are new: those of a
// new batch, or of one that was begun.
func (j *job) checkFile(ctx context.Context) (err error) {
	if j.books.begun() {
		j.rows, err = j.fileAgain(ctx)
	} else {
		j.rows, err = j.newFile(ctx)
	}
	return err
}

// newFile reads the file of a batch that is not in the books yet.
func (j *job) newFile(ctx context.Context) (*payroll, error) {
	if j.at.IsJournal {
		return nil, &NeverSent{j.at.Journal()}
	}
	if err := sameFileElsewhere(j.at, j.options.Account.Simulate); err != nil {
		return nil, err
	}
	plans, err := j.provider.plans(ctx)
	if err != nil {
		return nil, err
	}
	in, err := j.options.Reading.read(ctx, j.at.File, j.at.Name, plans)
	if err != nil {
		return nil, err
	}
	p := &payroll{file: in, books: j.books, plans: plans}
	if err := p.total(j.options.Reading.Limits); err != nil {
		return nil, err
	}
	p.sharing, err = sharing(j.at, in.Rows, j.options.Account.Simulate)
	return p, err
}

// fileAgain makes sure that the file is the one that the books are about. The rows
// are the file's only where they are to be written down anew (Amend).
func (j *job) fileAgain(ctx context.Context) (*payroll, error) {
	b := j.books.known.Batch()
	j.at.Name = b.Name
	if was := j.books.simulated(); was != j.options.Account.Simulate {
		return nil, &OtherProvider{j.at.Journal(), was}
	}
	p := &payroll{books: j.books, plans: b.Catalogue}
	same, err := j.sameFile(b)
	if err != nil {
		return nil, err
	}
	if same {
		return p, p.total(j.options.Reading.Limits)
	}
	in, err := j.options.Reading.read(ctx, j.at.File, j.at.Name, b.Catalogue)
	if err != nil {
		return nil, err
	}
	d := j.books.known.Compare(in.Rows)
	p.file = in
	switch {
	case !d.None() && !j.options.Amend:
		return nil, &FileChanged{b, d}
	case !d.None():
		j.app.watcher().Note(lang.Msg("The file was corrected: %s.", Differences(d)))
	}
	if d.Refused > 0 {
		j.app.watcher().Note(lang.Count(d.Refused, "%d row is refused: %s", "%d rows are refused: %s", english(d.Detail)))
	}
	if err := p.total(j.options.Reading.Limits); err != nil {
		return nil, err
	}
	if d.None() {
		p.file = nil
	}
	return p, nil
}

// sameFile tells whether the file is the very same as that of the books, and read
// in the same way.
func (j *job) sameFile(b batch.BatchRecord) (bool, error) {
	if j.at.IsJournal {
		return true, nil
	}
	sum, err := ingest.Digest(j.at.File)
	if err != nil {
		return false, nothing(err)
	}
	return sum == b.SHA256 && maps.Equal(j.options.Reading.chosen(), b.Options), nil
}

// writeDown writes down what is about to be paid. From here on the batch is begun.
func (j *job) writeDown() error {
	if j.rows.file == nil {
		return nil
	}
	fresh := j.books.open == nil
	if err := j.books.write(); err != nil {
		return err
	}
	if fresh && j.books.begun() {
		return refusef("another process began this batch meanwhile; run the same command again")
	}
	if err := j.approvals.note(j.books.open); err != nil { // first: what was approved is never in the books without
		return err
	}
	in := j.rows.file
	err := j.books.open.Begin(batch.BatchRecord{
		Name: j.at.Name, File: in.File, SHA256: in.SHA256, Sheet: in.Sheet, Header: in.Header, Fields: in.Fields,
		Tool: j.app.Version, Account: j.provider.whose, Options: j.options.Reading.chosen(), Catalogue: j.rows.plans, Amends: j.books.begun(),
	}, in.Rows)
	if err != nil {
		return refusef("writing the batch down: %w; nothing was sent", err)
	}
	return nil
}

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
	Journal   string
	Simulated bool // the journal is
}

func (e *OtherProvider) Error() string  { return e.Message().String() }
func (*OtherProvider) Outcome() Outcome { return Nothing }

// Message says which is which.
func (e *OtherProvider) Message() lang.Message {
	if e.Simulated {
		return lang.Msg("%s belongs to a simulated run, and this one is real: the two never share a journal.", e.Journal)
	}
	return lang.Msg("%s belongs to a real run, and this one is simulated: the two never share a journal.", e.Journal)
}

// FileChanged says that a file is not the one that the books are about.
type FileChanged struct {
	Batch      batch.BatchRecord // as the books have it
	Difference batch.Difference
}

func (e *FileChanged) Error() string  { return e.Message().String() }
func (*FileChanged) Outcome() Outcome { return Nothing }

// Message says how the two differ.
func (e *FileChanged) Message() lang.Message {
	begun := lang.Msg("batch %q was begun with other rows (file %s): %s. Nothing was sent.", e.Batch.Name, e.Batch.File, Differences(e.Difference))
	if len(e.Difference.Detail) == 0 {
		return begun
	}
	return lang.Msg("%s\n%s", begun, indented(e.Difference.Detail))
}
