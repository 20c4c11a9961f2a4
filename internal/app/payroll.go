package app

import (
	"context"
	"iter"
	"maps"

	"flexybatch/batch"
	"flexybatch/ingest"
	"flexybatch/internal/lang"
	"flexybatch/journal"
)

// payroll is the rows that a run is about, and what they were checked against.
type payroll struct {
	file    *ingest.Input // whose rows are to be written down; nil: the books have all rows
	books   *books
	plans   batch.Catalogue
	totals  batch.Totals
	sharing []Neighbour // recent batches beside this one that have rows of it

	findings  batch.Findings // who was paid before, and what left the file
	elsewhere elsewhere
	forbidden map[batch.Ref]bool // unsent rows of the books that the catalogue of today forbids
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
			known.Each(func(s *batch.RowStatus) bool {
				return s.State != batch.Unsent || s.Gone || p.forbidden[s.Ref] || yield(p.priced(&s.Row))
			})
			return
		}
		for row := range batch.Rows(p.file.Rows) {
			if _, held := p.elsewhere.held[row.Ref]; row.Valid() && !held && isUnsent(known, row.Ref) && !yield(row) {
				return
			}
		}
	}
}

// priced is the row at the price of today.
func (p *payroll) priced(row *batch.Row) *batch.Row {
	plan, known := p.plans.Find(row.Topup.Plan)
	if !known || plan.Cost.Cost(row.Topup.Amount) == row.Cost {
		return row
	}
	repriced := *row
	repriced.Cost = plan.Cost.Cost(row.Topup.Amount)
	return &repriced
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
	if p.file != nil {
		p.totals.AddLeft(p.findings.Left)
	} else {
		p.totals.AddLeft(p.books.known.Left())
	}
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
	in, err := j.readFile(ctx, plans, false)
	if err != nil {
		return nil, err
	}
	if j.options.Amend {
		return nil, j.nothingToAmend(ctx, in.Rows)
	}
	p := &payroll{file: in, books: j.books, plans: plans, findings: in.Findings}
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
	amends := j.options.Amend || j.options.PayAgain > 0
	same, err := j.sameFile(b)
	if err != nil {
		return nil, err
	}
	if same && (!amends || j.at.IsJournal) { // what was refused before may be allowed by now
		return p, p.total(j.options.Reading.Limits)
	}
	if amends { // new rows are checked against the catalogue of today (money rule 21)
		if p.plans, err = j.provider.plans(ctx); err != nil {
			return nil, err
		}
	}
	in, err := j.readFile(ctx, p.plans, false)
	if err != nil {
		return nil, err
	}
	d := j.books.known.Compare(in.Rows)
	p.file, p.findings = in, in.Findings
	switch {
	case !d.None() && !amends:
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
	if d.None() && d.Paid == 0 {
		p.file = nil
	}
	return p, nil
}

// readFile reads the file of the batch, and holds its rows against everybody that
// the lineage of the batch may have paid. again makes the rows valid that look paid
// already.
func (j *job) readFile(ctx context.Context, plans batch.Catalogue, again bool) (*ingest.Input, error) {
	r := j.options.Reading
	r.Limits.PayAgain = again
	r.Rules.Lineage = func(rows []batch.Row) (*batch.Lineage, error) {
		k, err := j.app.journals(ctx, j.at, j.options.Account.Simulate)
		if err != nil {
			return nil, err
		}
		return k.lineage(j.books.known, rows)
	}
	return r.read(ctx, j.at.File, j.at.Name, plans)
}

// nothingToAmend is the refusal to amend a batch that was never begun. It names the
// batches that have the same rows.
func (j *job) nothingToAmend(ctx context.Context, rows []batch.Row) error {
	k, err := j.app.journals(ctx, j.at, j.options.Account.Simulate)
	if err != nil {
		return err
	}
	refusal := &NothingToAmend{Name: j.at.Name, Journal: j.at.Journal()}
	for _, path := range k.order {
		l, _, err := batch.ReadLedger(journal.Disk{}, path)
		if err != nil {
			continue // it cannot be amended either
		}
		if n := l.Shared(rows); n > 0 {
			_, last := l.Span()
			refusal.Batches = append(refusal.Batches, Neighbour{Name: l.Batch().Name, Shared: n, Last: last})
		}
	}
	return refusal
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
	if err := j.noteOverrides(); err != nil {
		return err
	}
	return j.adopt()
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
