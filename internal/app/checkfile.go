package app

import (
	"context"
	"maps"

	"flexybatch/batch"
	"flexybatch/ingest"
	"flexybatch/internal/lang"
)

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
		return nil, &NeverSent{Journal: j.at.Journal()}
	}
	if err := j.app.sameFileElsewhere(ctx, j.at, j.options.Account.Simulate); err != nil {
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
		return nil, &OtherProvider{Journal: j.at.Journal(), Simulated: was}
	}
	j.options.Reading.recall(b.Options)
	p := &payroll{books: j.books, plans: b.Catalogue}
	amends := j.options.Amend || j.options.PayAgain > 0
	same, err := j.sameFile(b)
	if err != nil {
		return nil, err
	}
	related, err := j.related(ctx) // which may have paid rows since that this batch has not sent yet
	if err != nil {
		return nil, err
	}
	if same && (!amends && !related || j.at.IsJournal) { // else what was refused before may be allowed by now
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
		return nil, &FileChanged{Batch: b, Difference: d}
	case !d.None():
		j.app.watcher().Note(lang.Msg("The file was corrected: %s.", Differences(d)))
	}
	if d.Refused > 0 {
		j.app.watcher().Note(lang.Count(d.Refused, "%d row is refused: %s", "%d rows are refused: %s", d.Detail))
	}
	if err := p.total(j.options.Reading.Limits); err != nil {
		return nil, err
	}
	if d.None() && (d.Paid == 0 || !amends) {
		p.file = nil
	}
	return p, nil
}

// related tells whether the batch has relatives by resend whose books can be found,
// and rows that are still to be sent.
func (j *job) related(ctx context.Context) (bool, error) {
	if j.books.known.Tally().Of(batch.Unsent) == 0 {
		return false, nil
	}
	k, err := j.app.journals(ctx, j.at, j.options.Account.Simulate)
	if err != nil {
		return false, err
	}
	kin, err := k.relatives(j.books.known, nil)
	return len(kin) > 0, err
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
	in, err := r.read(ctx, j.at.File, j.at.Name, plans)
	r.Limits, r.Rules.Lineage = j.options.Reading.Limits, nil
	j.options.Reading = r // with what a person answered
	return in, err
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
		l, _, err := batch.ReadLedger(j.at.storage(), path)
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
