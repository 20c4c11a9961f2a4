package app

import (
	"context"
	"errors"
	"os"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/journal"
)

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
	toldBy  string // who told it to stop; empty: nobody, or it is not known who
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
		return &ApprovalsNeeded{Required: o.Approvals.Required, File: j.at.File}
	case !o.Yes && j.app.Confirm == nil:
		return &NobodyToAsk{}
	}
	if err := j.fileThere(); err != nil {
		return err
	}
	if err := j.at.own(); err != nil {
		return err
	}
	if err := makeFolder(j.at.State); err != nil {
		return err
	}
	return j.mayWrite(j.at.resultsTarget(j.options.Results))
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

// checkPaid finds out which rows look paid already, here or elsewhere, and what the
// catalogue of today says of those that are still to be sent. ask says whether this
// is a run, in which people are asked and rows refused.
func (j *job) checkPaid(ctx context.Context, ask bool) error {
	if err := j.askPrices(ctx); err != nil {
		return err
	}
	if err := j.findElsewhere(ctx); err != nil {
		return err
	}
	return j.checkPayAgain(ctx, ask)
}

// checkFunds refuses to begin where the balance does not pay for a single row.
func (j *job) checkFunds(p *Preflight) error {
	cheapest := j.rows.cheapest()
	if p.ToSend.Valid == 0 || p.Funds.Before >= cheapest {
		return nil
	}
	return &PaysForNone{Balance: p.Funds.Before, Cheapest: cheapest, Begun: j.books.begun()}
}

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
		return &JournalMoved{Err: err}
	case err == nil, errors.Is(err, journal.ErrFailed): // which was told of when it happened
		return nil
	}
	return Failed(Open, lang.Errorf("closing: %w", err))
}
