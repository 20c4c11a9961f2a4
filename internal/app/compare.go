package app

import (
	"context"
	"iter"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/changes"
	"flexybatch/batch/unusual"
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
	history, last := &unusual.History{}, previous{}
	for path := range a.earlier(ctx, b) {
		l, _, err := batch.ReadLedger(b.at.storage(), path)
		if err != nil || !l.Sealed() {
			continue
		}
		history.Add(l.Batch().Name, paid(l), l.Batch().Catalogue)
		if wasSent(l) && isPayroll(l.Rows()) {
			last.newest, last.paths = l, append(last.paths, path)
		}
	}
	c := Comparison{Unusual: unusual.Find(b.rows, b.plans, history)}
	b.name(c.Unusual)
	if isPayroll(b.rows) {
		c.Changes = b.changes(ctx, last)
	}
	return c
}

// previous are the payrolls that may be the one before.
type previous struct {
	paths  []string      // of the journals, the newest last
	newest *batch.Ledger // of the last of them
}

// mostKinds is how many payrolls are looked through for one of the same people: an
// account may pay several groups in turn.
const mostKinds = 4

// changes compares a batch with the payroll before it: the newest one that pays half
// of its people at least, or else simply the newest.
func (b *compared) changes(ctx context.Context, last previous) *report.Changes {
	if last.newest == nil {
		return nil
	}
	first := b.changesSince(last.newest)
	last.newest = nil // whose memory is wanted for another
	found, older := first, last.paths[:len(last.paths)-1]
	for n := 1; n < mostKinds && !alike(found) && len(older) > 0 && ctx.Err() == nil; n++ {
		l, _, err := batch.ReadLedger(b.at.storage(), older[len(older)-1])
		if older = older[:len(older)-1]; err == nil {
			found = b.changesSince(l)
		}
	}
	if alike(found) {
		return found
	}
	return first
}

// alike tells whether a payroll pays half of the people of the present one at least.
func alike(c *report.Changes) bool { return 2*(c.Now.People-c.Count(changes.New)) >= c.Now.People }

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
