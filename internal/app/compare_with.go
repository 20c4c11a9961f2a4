package app

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"flexybatch/batch"
	"flexybatch/batch/approval"
	"flexybatch/batch/unusual"
	"flexybatch/ingest"
	"flexybatch/internal/lang"
)

// compare holds the batch of a run against the earlier ones. Of a batch whose rows
// are in the books already, people have seen what changed when it was begun; amounts
// are told of as long as they are unsent.
func (j *job) compare(ctx context.Context) Comparison {
	if j.app.Uncompared {
		return Comparison{}
	}
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
	if a.Uncompared {
		return Comparison{}
	}
	b := compared{at: at, account: a.payer(ctx, at, from), rows: batch.Rows(in.Rows), header: in.Header, plans: plans}
	b.begun, _ = begun(at.storage(), at.Journal()) // there may be none yet
	return a.compare(ctx, b)
}

// payer is the account that a checked file will be paid from, as far as that can be
// known. Where plans come from a file, or there is no key or no network, the account
// is that of the newest batch beside the file. Without an account there are no earlier batches.
func (a *App) payer(ctx context.Context, at *Location, from Catalogue) batch.Account {
	switch {
	case from.Account.Simulate:
		return batch.Account{Type: batch.Simulated}
	case from.File != "":
		return newestBeside(ctx, at)
	}
	c := &connection{app: a, account: from.Account, pace: Pace{Concurrency: 1}}
	whose, err := c.identify(ctx, false)
	if err = errors.Join(err, c.close()); err != nil && (keyless(err) || unreached(err)) {
		return newestBeside(ctx, at) // Plans told why
	} else if err != nil {
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
		rows[i] = batch.Row{Number: x.Number, Ref: x.Ref, Topup: x.Topup(), Cost: x.Cost, Cells: batch.CellsOf(x.Name)}
	}
	for _, p := range r.Prices {
		plans = append(plans, batch.Plan{Code: p.Plan, Fixed: p.Amount > 0, Amount: p.Amount, Cost: p.Cost})
	}
	b := compared{at: at, account: batch.Account{Host: r.Account.Host, Username: r.Account.Username, Type: r.Account.Type}, rows: batch.Rows(rows), header: []string{"name"}, plans: plans}
	b.begun, _ = begun(at.storage(), at.Journal()) // there may be none yet
	return a.compare(ctx, b)
}
