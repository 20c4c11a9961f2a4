package app

import (
	"context"
	"iter"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/report"
)

// Preflight is what a run is about to do, before it asks whether it may. Each part
// is worked out by a function of its own.
type Preflight struct {
	Batch   string
	File    string // the input, as it was given
	Account batch.Account

	All    batch.Totals // the rows of the file
	ToSend batch.Totals // those that are still to be sent
	First  []batch.Row  // the first few of them
	Names  []int        // the columns of the rows that name people
	Canary batch.Totals // those of them that go first; none without a canary
	Funds  Funds
	Rate   float64         // API calls a minute; 0: no limit
	Plans  batch.Catalogue // of today

	Findings Findings
	Compared Comparison // with the earlier batches of the account
	Paid     Paid
	Approval *Approval // nil: nobody had to approve anything
}

// Funds are what the account holds, and how far that goes.
type Funds struct {
	Before  batch.Centimes
	After   batch.Centimes // when all is sent; below zero where it does not go that far
	ShortAt int            // the row at which the balance runs out; 0: it does not
	Thin    bool           // it goes that far, but leaves less than a twentieth of the cost: the provider advises a buffer
}

// Findings are what people should have seen before money moves.
type Findings struct {
	Rows       iter.Seq[*batch.Row] // all of them, with their problems
	Warnings   []batch.Warning      // of a file that is written down now
	Neighbours []Neighbour          // likewise
	Aside      int                  // lines of the file that are no payments: totals, headers, text below a total
	Notes      []batch.Message      // what people should know of the file
}

// Approval is what people have approved.
type Approval struct {
	Digest    string
	Approvers []string
	Required  int
}

// firstShown is how many rows that are to be sent a preflight shows.
const firstShown = 3

// Who says whose row one of these is, by the columns of names and of ids.
func (p *Preflight) Who(row *batch.Row) string {
	return report.Whose(batch.NameIn(row.Cells, p.Names), row.Topup.ID)
}

// preflight asks for the balance and adds up what is about to be sent.
func (j *job) preflight(ctx context.Context) (*Preflight, error) {
	balance, err := j.balance(ctx)
	if err != nil {
		return nil, err
	}
	return &Preflight{
		Batch: j.at.Name, File: j.at.File, Account: j.provider.whose,
		All: j.rows.totals, ToSend: batch.Total(j.rows.unsent(), j.rows.plans), First: j.rows.first(firstShown), Names: j.rows.names(), Canary: j.rows.canary(j.options.Canary),
		Funds: j.rows.funds(balance), Rate: j.pace.Rate, Plans: j.rows.plans,
		Findings: j.rows.warnings(), Compared: j.compare(ctx), Paid: j.rows.paid(j.options.PayAgain), Approval: j.approvals.told(),
	}, nil
}

// balance is what the account holds now.
func (j *job) balance(ctx context.Context) (batch.Centimes, error) {
	return patiently(ctx, lang.Msg("asking for the balance"), j.provider.client.Balance)
}

// funds finds out how far a balance goes.
func (p *payroll) funds(balance batch.Centimes) Funds {
	f := Funds{Before: balance, After: balance}
	for row := range p.unsent() {
		if f.After -= row.Cost; f.After < 0 && f.ShortAt == 0 {
			f.ShortAt = row.Number
		}
	}
	cost := f.Before - f.After
	f.Thin = cost > 0 && f.ShortAt == 0 && f.Before*100 < cost*105
	return f
}

// canary adds up the first n rows of the canary that are still to be sent.
func (p *payroll) canary(n int) batch.Totals {
	if n == 0 {
		return batch.Totals{}
	}
	first := canary(p.all(), p.plans, n)
	return batch.Total(func(yield func(*batch.Row) bool) {
		for row := range p.unsent() {
			if first[row.Ref] && !yield(row) {
				return
			}
		}
	}, p.plans)
}

// warnings are what is to be seen in the rows.
func (p *payroll) warnings() Findings {
	f := Findings{Rows: p.all(), Neighbours: p.sharing}
	if p.file != nil {
		f.Warnings, f.Notes, f.Aside = batch.Warnings(p.file.Rows), p.file.Notes, p.file.Count()
	}
	return f
}

// told is the approval as the preflight tells it.
func (a *approvals) told() *Approval {
	if a.request == nil {
		return nil
	}
	told := &Approval{Digest: a.request.Digest, Required: a.required}
	for _, g := range a.counted {
		told.Approvers = append(told.Approvers, g.Approver)
	}
	return told
}

// confirmRun asks whether rows may be sent. Of a canary that was sent by an earlier
// run there is nothing to ask yet: when it is known what became of it, the rest is
// asked for.
func (j *job) confirmRun(ctx context.Context, p *Preflight) error {
	q := Question{About: AboutRun, Rows: p.ToSend.Valid, Cost: p.ToSend.Cost, Account: p.Account.Type}
	if j.options.Canary > 0 {
		q.About, q.Rows, q.Cost = AboutCanary, p.Canary.Valid, p.Canary.Cost
	}
	if q.Rows == 0 || j.options.Yes {
		return nil
	}
	if err := j.app.ask(ctx, q); err != nil {
		return refusef("nothing was sent: %w", err)
	}
	return nil
}
