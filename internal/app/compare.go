package app

import (
	"context"
	"errors"
	"iter"
	"path/filepath"
	"slices"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/approval"
	"flexybatch/batch/changes"
	"flexybatch/batch/unusual"
	"flexybatch/ingest"
	"flexybatch/internal/lang"
	"flexybatch/journal"
	"flexybatch/report"
)

// Comparison is what a batch looks like beside the earlier batches of its account.
type Comparison struct {
	Unusual []unusual.Finding // amounts that look like a slip, in the order of the rows
	Changes *report.Changes   // since the last batch; nil: there is none, or it says nothing
}

// Warnings returns the unusual amounts as a check prints them.
func (c Comparison) Warnings() []report.Warning {
	return (&report.Check{Unusual: c.Unusual}).Validation().Warnings
}

// compared is a batch that is to be compared with those before it.
type compared struct {
	at      *Location
	account batch.Account
	begun   time.Time // when the batch was begun; zero: it is not yet
	rows    iter.Seq[*batch.Row]
	header  []string
	plans   batch.Catalogue
}

// compare holds a batch against the earlier ones. It changes nothing and stops
// nothing: earlier journals that cannot be read are passed over.
func (a *App) compare(ctx context.Context, b compared) Comparison {
	history, last := &unusual.History{}, (*report.Changes)(nil)
	payroll := isPayroll(b.rows)
	for path := range a.earlier(ctx, b) {
		l, _, err := batch.ReadLedger(journal.Disk{}, path)
		if err != nil || !l.Sealed() {
			continue
		}
		history.Add(l.Batch().Name, paid(l), l.Batch().Catalogue)
		if payroll && wasSent(l) && isPayroll(l.Rows()) {
			last = later(last, b.changesSince(l))
		}
	}
	c := Comparison{Unusual: unusual.Find(b.rows, b.plans, history), Changes: last}
	b.name(c.Unusual)
	return c
}

// paid are the rows that a batch paid, or may have paid.
func paid(l *batch.Ledger) iter.Seq[*batch.Row] {
	return func(yield func(*batch.Row) bool) {
		l.Each(func(s *batch.RowStatus) bool { return !s.MayBeCharged() || yield(&s.Row) })
	}
}

// wasSent tells whether anything of a batch was sent. One that was only begun is no
// payroll that the next one could be like.
func wasSent(l *batch.Ledger) bool {
	t := l.Tally()
	return t.Of(batch.Invalid)+t.Of(batch.Unsent) < t.Total
}

// isPayroll tells rows that can be compared with last month's: some are valid, and
// most are not those of a file of resend, which has what another batch left unpaid.
func isPayroll(rows iter.Seq[*batch.Row]) bool {
	valid, resent, all := 0, 0, 0
	for r := range rows {
		all++
		if r.Resent() {
			resent++
		}
		if r.Valid() {
			valid++
		}
	}
	return valid > 0 && 2*resent <= all
}

// changesSince compares a batch with an earlier one, file with file: somebody whose
// top-up failed last time is not new.
func (b *compared) changesSince(l *batch.Ledger) *report.Changes {
	c := &report.Changes{Changes: changes.Compare(b.rows, l.Rows()), Since: l.Batch().Name}
	c.Begun, _ = l.Span()
	now, before := map[int]string{}, map[int]string{}
	for _, x := range c.List {
		now[x.Now.Row], before[x.Before.Row] = "", ""
	}
	names(now, b.rows, b.header)
	names(before, l.Rows(), l.Batch().Header)
	for i := range c.List {
		x := &c.List[i]
		x.Now.Name, x.Before.Name = now[x.Now.Row], before[x.Before.Row]
	}
	return c
}

// later returns which of two earlier batches the present one is compared with: the
// newer one, unless it is another kind of payroll, for other people.
func later(older, newer *report.Changes) *report.Changes {
	alike := func(c *report.Changes) bool { return 2*(c.Now.People-c.Count(changes.New)) >= c.Now.People }
	if older == nil || alike(newer) || !alike(older) {
		return newer
	}
	return older
}

// name names the people of findings.
func (b *compared) name(found []unusual.Finding) {
	wanted := map[int]string{}
	for _, f := range found {
		wanted[f.Row] = ""
	}
	names(wanted, b.rows, b.header)
	for i := range found {
		found[i].Name = wanted[found[i].Row]
	}
}

// names finds what a file calls the people of some of its rows, by their numbers.
func names(wanted map[int]string, rows iter.Seq[*batch.Row], header []string) {
	columns := batch.NameColumns(header)
	if len(columns) == 0 || len(wanted) == 0 {
		return
	}
	for r := range rows {
		if _, is := wanted[r.Number]; is {
			wanted[r.Number] = batch.NameIn(r.Cells, columns)
		}
	}
}

// compare holds the batch of a run against the earlier ones. Of a batch whose rows
// are in the books already, people have seen what changed when it was begun; amounts
// are told of as long as they are unsent.
func (j *job) compare(ctx context.Context) Comparison {
	b := compared{at: j.at, account: j.provider.whose, rows: j.rows.all(), plans: j.rows.plans}
	if j.books.begun() {
		b.begun, _ = j.books.known.Span()
		b.header = j.books.known.Batch().Header
	}
	if j.rows.file != nil {
		b.header = j.rows.file.Header
	}
	c := j.app.compare(ctx, b)
	if j.rows.file == nil {
		c.Changes = nil
	}
	unsent := map[int]bool{}
	for r := range j.rows.unsent() {
		unsent[r.Number] = true
	}
	c.Unusual = slices.DeleteFunc(c.Unusual, func(f unusual.Finding) bool { return !unsent[f.Row] })
	return c
}

// compareFile holds a file that is checked against the earlier batches.
func (a *App) compareFile(ctx context.Context, at *Location, from Catalogue, in *ingest.Input, plans batch.Catalogue) Comparison {
	b := compared{at: at, account: a.payer(ctx, at, from), rows: batch.Rows(in.Rows), header: in.Header, plans: plans}
	b.begun, _ = begun(at.Journal()) // there may be none yet
	return a.compare(ctx, b)
}

// payer is the account that a checked file will be paid from, as far as that can be
// known. Where plans come from a file there is no key, and the account is that of
// the newest batch beside the file. Without an account there are no earlier batches.
func (a *App) payer(ctx context.Context, at *Location, from Catalogue) batch.Account {
	switch {
	case from.Account.Simulate:
		return batch.Account{Type: batch.Simulated}
	case from.File != "":
		return newestBeside(ctx, at)
	}
	c := &connection{app: a, account: from.Account, pace: Pace{Concurrency: 1}}
	whose, err := c.identify(ctx, false)
	if err = errors.Join(err, c.close()); err != nil {
		a.watcher().Note(lang.Msg("Note: %v", err))
	}
	return whose
}

// CompareRequest holds what an approval request pays against the earlier batches of
// its account, as the approver's own books tell them: the register, and the journals
// beside the request. So what an approver is shown is not what the one who prepared
// the request says of it.
func (a *App) CompareRequest(ctx context.Context, path string, r *approval.Request) Comparison {
	at := &Location{File: path, Name: r.Batch, State: filepath.Dir(path)}
	rows, plans := make([]batch.Row, len(r.Rows)), batch.Catalogue{}
	for i, x := range r.Rows {
		rows[i] = batch.Row{Number: x.Number, Ref: x.Ref, Topup: x.Topup(), Cost: x.Cost}
	}
	for _, p := range r.Prices {
		plans = append(plans, batch.Plan{Code: p.Plan, Fixed: p.Amount > 0, Amount: p.Amount, Cost: p.Cost})
	}
	b := compared{at: at, account: batch.Account{Host: r.Account.Host, Username: r.Account.Username, Type: r.Account.Type}, rows: batch.Rows(rows), plans: plans}
	b.begun, _ = begun(at.Journal()) // there may be none yet
	return a.compare(ctx, b)
}
