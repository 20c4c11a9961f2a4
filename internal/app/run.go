package app

import (
	"cmp"
	"context"
	"errors"
	"os"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/journal"
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
	Canary    int    // send so many rows first, settle them, and ask again; 0: none
	Yes       bool   // ask nothing
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
	if err := j.checkApprovals(drain, false); err != nil {
		return nil, err
	}
	preflight, err := j.preflight(drain)
	if err != nil {
		return nil, err
	}
	a.watcher().Preflight(preflight)
	if err := j.confirmRun(drain, preflight); err != nil {
		return nil, err
	}
	if err := j.writeDown(); err != nil {
		return nil, err
	}
	return nil, j.send(ctx, drain, preflight.Funds.Before)
}

// Rehearse goes as far as Run does before its question. It sends nothing, writes
// nothing, and asks nothing.
func (a *App) Rehearse(ctx context.Context, o RunOptions) (r *Rehearsal, err error) {
	j, preflight, err := a.rehearse(ctx, o)
	if err != nil {
		return nil, err
	}
	a.watcher().Preflight(preflight)
	check := j.rows.check()
	check.Unusual, check.Changes = preflight.Compared.Unusual, preflight.Compared.Changes
	return &Rehearsal{Preflight: preflight, Check: check}, j.close()
}

// rehearse is Run without anything that is written down. The job is the caller's
// to close, unless there is an error.
func (a *App) rehearse(ctx context.Context, o RunOptions) (*job, *Preflight, error) {
	j, err := a.newJob(o)
	if err != nil {
		return nil, nil, err
	}
	j.provider.store = "" // a simulated account is then as it was at first
	p, err := j.rehearse(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, j.close())
	}
	return j, p, nil
}

// rehearse goes as far as the preflight.
func (j *job) rehearse(ctx context.Context) (*Preflight, error) {
	if err := j.fileThere(); err != nil {
		return nil, err
	}
	if err := j.books.find(false); err != nil {
		return nil, err
	}
	defer j.app.reading()()
	if err := j.checkFile(ctx); err != nil {
		return nil, err
	}
	if err := j.connect(ctx, true); err != nil {
		return nil, err
	}
	if err := j.checkApprovals(ctx, true); err != nil {
		return nil, err
	}
	return j.preflight(ctx)
}

// job is one task on one batch: what was asked for, and the parts that do it.
type job struct {
	app       *App
	options   RunOptions
	at        *Location
	books     *books
	provider  *connection
	approvals *approvals
	rows      *payroll // nil: the file was not checked yet
	pace      Pace     // with nothing left open, once the account is known

	started time.Time
	result  RunResult
	done    bool // the result tells of the batch
}

// newJob puts the parts of a task together. Nothing is opened yet.
func (a *App) newJob(o RunOptions) (*job, error) {
	at, err := o.Place.Locate()
	if err != nil {
		return nil, err
	}
	approved, err := readApprovals(o.Approvals)
	if err != nil {
		return nil, err
	}
	return &job{
		app: a, options: o, at: at, approvals: approved, started: time.Now(),
		books:    &books{at: at, notify: a.watcher().Note},
		provider: &connection{app: a, account: o.Account, pace: o.Pace, store: at.Simulator()},
	}, nil
}

// mayRun refuses what cannot be run whatever the file says.
func (j *job) mayRun() error {
	switch o := j.options; {
	case o.Approvals.Required > 0 && j.approvals.request == nil:
		return &ApprovalsNeeded{o.Approvals.Required, j.at.File}
	case !o.Yes && j.app.Confirm == nil:
		return &NobodyToAsk{}
	}
	if err := j.fileThere(); err != nil {
		return err
	}
	return makeFolder(j.at.State)
}

// fileThere makes sure that there is a file.
func (j *job) fileThere() error {
	if _, err := os.Stat(j.at.File); err != nil {
		return nothing(err)
	}
	return nil
}

// openBooks opens the books, if the batch has any, so that no other process runs it.
func (j *job) openBooks() error { return j.books.find(true) }

// ready tells the observer that the batch is this process's.
func (j *job) ready() error {
	return refusedByObserver(j.app.watcher().Ready(Ready{Batch: j.at.Name, Started: j.started, Ledger: j.books.known, Calls: j.provider.calls}))
}

// refusedByObserver is the refusal of an observer, if it refuses.
func refusedByObserver(err error) error {
	if _, ours := OutcomeOf(err); err == nil || ours {
		return err
	}
	return refusef("%w; nothing was sent", err)
}

// allSent tells that the file asks for nothing new, and that every row of the books
// has come to its end.
func (j *job) allSent() bool {
	if j.rows.file != nil || !j.books.begun() {
		return false
	}
	t := j.books.known.Tally()
	return t.Of(batch.Unsent)+t.Open() == 0
}

// connect opens the provider, makes sure that it is the account that the batch
// belongs to, and sets the pace that its key allows.
func (j *job) connect(ctx context.Context, sending bool) (err error) {
	if j.books.begun() {
		err = j.provider.identifyAs(ctx, j.books.known.Batch().Account, sending)
	} else {
		_, err = j.provider.identify(ctx, sending)
	}
	j.pace = j.options.Pace.of(j.provider.whose.Type)
	return err
}

// results is where the results workbook goes.
func (j *job) results() string { return cmp.Or(j.options.Results, j.at.Results()) }

// end closes what is open. The result is what there is to tell of the batch.
func (j *job) end(err error) (*RunResult, error) {
	if closed := j.close(); !errors.Is(err, journal.ErrMoved) { // else it has been told
		err = errors.Join(err, closed)
	}
	if !j.done {
		return nil, err
	}
	return &j.result, err
}

// close gives everything free that was opened.
func (j *job) close() error {
	err := errors.Join(j.books.close(), j.provider.close())
	switch {
	case errors.Is(err, journal.ErrMoved):
		return &JournalMoved{err}
	case err == nil, errors.Is(err, journal.ErrFailed): // which was told of when it happened
		return nil
	}
	return Failed(Open, lang.Errorf("closing: %w", err))
}
