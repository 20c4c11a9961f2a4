package app

import (
	"iter"

	"flexybatch/batch"
	"flexybatch/ingest"
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

// names are the columns of the rows that name people.
func (p *payroll) names() []int {
	if p.file != nil {
		return batch.NameColumns(p.file.Header)
	}
	return batch.NameColumns(p.books.known.Batch().Header)
}

// first are the first n rows that are still to be sent.
func (p *payroll) first(n int) (list []batch.Row) {
	for row := range p.unsent() {
		if len(list) == n {
			break
		}
		list = append(list, *row)
	}
	return list
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
	if err := j.noteOverrides(); err != nil { // likewise
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
	j.rows.file = nil // the books have all rows, and the run need not hold them twice
	return j.adopt()
}
