package app

import (
	"context"
	"time"
)

// RunOptions says what is run, and how.
type RunOptions struct {
	Place     Place
	Reading   Reading
	Account   Account
	Pace      Pace
	Approvals Approvals
	Results   string // the results workbook; empty: NAME.results.xlsx in the state folder
	Amend     bool   // the file was corrected since the batch was begun: send what is new

	// PayAgain is how many rows look paid already and are to be paid all the same;
	// 0: none. Reason says why, for the books; it may say why other warnings are
	// overridden, too.
	PayAgain int
	Reason   string

	// Recent is how far back is searched for the same rows, in the provider's list
	// and other batches, before a batch is begun; 0: 72 hours; below 0: not at all.
	Recent time.Duration

	Maker string // who prepares an approval request, and so cannot approve it; empty: not said

	Canary int  // send so many rows first, settle them, and ask again; 0: none
	Yes    bool // ask nothing
}

// Run is the whole job: it checks the file, shows what it comes to, asks, writes
// down what is about to be paid, sends every valid row once, follows each to its
// end, and reports. Run again, it resumes by itself.
//
// When drain is done nothing more is begun, and what is under way is finished; when
// ctx is done that is broken off too, and asked about by the next run. The result is
// not nil, also beside an error, if there is anything to tell of the batch.
func (a *App) Run(ctx, drain context.Context, o RunOptions) (result *RunResult, err error) {
	j, err := a.newJob(o)
	if err != nil {
		return nil, err
	}
	if err := j.mayRun(); err != nil {
		return nil, err
	}
	defer func() { result, err = j.end(err) }()
	if err := j.openBooks(); err != nil {
		return nil, err
	}
	defer a.reading()() // not before: a replay keeps nearly all that it makes
	if err := j.checkFile(drain); err != nil {
		return nil, err
	}
	if err := j.ready(); err != nil {
		return nil, err
	}
	if j.allSent() {
		return nil, j.nothingLeft(ctx)
	}
	if err := j.connect(drain, true); err != nil {
		return nil, err
	}
	if err := j.checkPaid(drain, true); err != nil {
		return nil, err
	}
	if err := j.checkApprovals(drain, false); err != nil {
		return nil, err
	}
	preflight, err := j.preflight(drain)
	if err != nil {
		return nil, err
	}
	a.watcher().Preflight(preflight)
	if err := j.checkFunds(preflight); err != nil {
		return nil, err
	}
	if err := j.confirmRun(drain, preflight); err != nil {
		return nil, err
	}
	defer a.holding(j.rows.totals.Rows)()
	if err := j.writeDown(); err != nil {
		return nil, err
	}
	return nil, j.send(ctx, drain, preflight.Funds.Before)
}
