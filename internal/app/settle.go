package app

import "context"

// SettleOptions says which batch is settled, and how.
type SettleOptions struct {
	Place   Place
	Account Account
	Pace    Pace
	Results string // the results workbook; empty: NAME.results.xlsx in the state folder
}

// Settle asks again about rows whose outcome is open, and writes the report anew. It
// sends nothing. What Run says of its contexts and its result holds here.
func (a *App) Settle(ctx, drain context.Context, o SettleOptions) (result *RunResult, err error) {
	if o.Pace.StopAfter == 0 {
		o.Pace.StopAfter = None // looking on costs nothing
	}
	j, err := a.newJob(RunOptions{Place: o.Place, Account: o.Account, Pace: o.Pace, Results: o.Results})
	if err != nil {
		return nil, err
	}
	if err := j.maySettle(); err != nil {
		return nil, err
	}
	defer func() { result, err = j.end(err) }()
	if err := j.openBooks(); err != nil {
		return nil, err
	}
	if !j.books.begun() {
		return nil, &NeverSent{Journal: j.at.Journal()}
	}
	j.at.Name, j.provider.account.Simulate = j.books.known.Batch().Name, j.books.simulated()
	if err := j.ready(); err != nil {
		return nil, err
	}
	if j.books.known.Tally().Open() == 0 {
		return nil, j.nothingLeft(ctx)
	}
	if err := j.connect(drain, false); err != nil {
		return nil, err
	}
	balance, err := j.balance(drain)
	if err != nil {
		return nil, err
	}
	return nil, j.follow(ctx, drain, balance)
}

// maySettle refuses what was never run.
func (j *job) maySettle() error {
	if err := j.at.Begun(); err != nil {
		return err
	}
	if err := j.fileThere(); err != nil {
		return err
	}
	if err := j.at.own(); err != nil && (!j.at.IsJournal || j.options.Results == "") {
		return err
	}
	return j.mayWrite(j.at.resultsTarget(j.options.Results))
}
