package office

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/report"
)

// WorkerConfig says what a worker works with.
type WorkerConfig struct {
	Database *Database
	Job      app.App // speaks, logs and finds the key; its fences are the worker's
	Account  app.Account
	Whose    batch.Account // the account of the key
	Pace     app.Pace
	Needs    app.Approvals // how many approvals a batch needs, and whose count
	Lease    time.Duration // how long a worker may be silent before another takes over
	Settle   time.Duration // between two looks at a batch with open outcomes; 0: a day
	Name     string        // how the worker is named to people; empty: by machine and process
	Folder   string        // for files that a batch needs while it is run; empty: the system's

	// Notify posts the summary of a batch that has ended; nil: nobody is told.
	Notify func(context.Context, report.Summary) error
}

// Worker drives the batches of one account, or stands by while another does.
type Worker struct {
	WorkerConfig
	account int64
	watch   *watch
	words   map[string]*lang.Printer // by language
	jobs    *river.Client[pgx.Tx]
	drain   context.Context // done: begin nothing more
	abort   context.Context // done: break off what is under way

	mu      sync.Mutex
	owner   *owner        // nil: it owns nothing
	resting time.Duration // by the clock: until then it leaves the account to others
	figures figures
}

// figures are what a worker has seen since it began.
type figures struct {
	takeovers atomic.Int64 // leases that it has claimed
	lost      atomic.Int64 // leases that it has lost
	batches   atomic.Int64 // batches that it has driven
	heard     atomic.Int64 // when the database answered last, in Unix seconds
}

// Limits of WorkerConfig.
const (
	shortestLease = 2 * time.Second
	longestLease  = 5 * time.Minute
)

// BadLease says that a lease does not fit the other times.
type BadLease struct{ Lease, Timeout, ResendAfter time.Duration }

func (e *BadLease) Error() string { return e.Message().String() }

// Message says what fits.
func (e *BadLease) Message() lang.Message {
	if e.ResendAfter > 0 {
		return lang.Msg("--resend-after %s must be longer than --lease and --timeout together (%s): a request of the worker before may still be under way", e.ResendAfter, e.Lease+e.Timeout)
	}
	return lang.Msg("--lease %s: give a duration from %s to %s", e.Lease, shortestLease, longestLease)
}

// Check refuses a configuration that could pay twice.
func (c *WorkerConfig) Check() error {
	p := c.Pace.Defaults(c.Whose.Type)
	switch {
	case c.Lease < shortestLease || c.Lease > longestLease:
		return &BadLease{Lease: c.Lease}
	case p.ResendAfter <= c.Lease+p.Timeout:
		return &BadLease{Lease: c.Lease, Timeout: p.Timeout, ResendAfter: max(p.ResendAfter, 1)}
	}
	return nil
}

// NewWorker makes a worker. Its account is entered in the database.
func NewWorker(ctx context.Context, c WorkerConfig) (*Worker, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if c.Name == "" {
		host, _ := os.Hostname() // empty where the machine does not tell
		c.Name = fmt.Sprintf("%s/%d", host, os.Getpid())
	}
	if c.Settle == 0 {
		c.Settle = 24 * time.Hour
	}
	if c.Job.Log == nil {
		c.Job.Log = silent()
	}
	if c.Job.Words == nil {
		words, err := lang.New("en")
		if err != nil {
			return nil, err
		}
		c.Job.Words = words
	}
	words, err := printers()
	if err != nil {
		return nil, err
	}
	id, err := c.Database.enter(ctx, c.Whose)
	if err != nil {
		return nil, &Unreachable{Err: err}
	}
	return &Worker{WorkerConfig: c, account: id, watch: &watch{clock: sinceBoot}, words: words}, nil
}

// Run works until drain is done: then nothing more is begun, what is under way is
// finished, and the lease is given back. When abort is done, what is under way is broken
// off too.
func (w *Worker) Run(abort, drain context.Context) (err error) {
	w.abort, w.drain = abort, drain
	if err := w.checkDatabase(drain); err != nil {
		return err
	}
	if err := w.learnTerms(drain); err != nil {
		return err
	}
	if err := w.startRiver(); err != nil {
		return err
	}
	w.log().Info("worker is ready", "worker", w.Name, "account", w.Whose.Username, "host", w.Whose.Host, "lease", w.Lease)
	w.sweep()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(abort), time.Hour) // as long as a drain takes
	defer cancel()
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		err = w.jobs.Stop(ctx)
	}()
	select {
	case <-stopped:
	case <-abort.Done():
		<-stopped
	}
	return err
}

func (w *Worker) log() *slog.Logger { return w.Job.Log }

// checkDatabase makes sure that the database has the tables of this program, and finds
// out whether it is the one that was used last.
func (w *Worker) checkDatabase(ctx context.Context) error {
	if err := w.Database.Check(ctx); err != nil {
		return err
	}
	changed, err := w.Database.CompareOrigin(ctx)
	if err != nil {
		return &Unreachable{Err: err}
	}
	if changed {
		w.log().Warn("the database was restored, or another server took its place: each reference is looked up before it is sent")
	}
	w.heard()
	return nil
}

// learnTerms asks the provider for prices and the balance, if no worker ever has. From
// then on each batch that is sent tells them anew.
func (w *Worker) learnTerms(ctx context.Context) error {
	_, err := w.Database.Terms(ctx, w.account)
	if _, none := errors.AsType[*NoTerms](err); !none {
		return err
	}
	t, err := w.Job.AskTerms(ctx, w.Account, w.Pace)
	if err != nil {
		w.log().Warn("asking for prices and the balance", "error", err)
		return nil // the first batch tells them
	}
	return w.Database.keepTerms(ctx, w.account, t)
}

// heard notes that the database has answered.
func (w *Worker) heard() { w.figures.heard.Store(time.Now().Unix()) }

// The queues. Jobs of an account are for the workers that have its key.
const officeQueue = "office"

func accountQueue(account int64) string { return fmt.Sprintf("account_%d", account) }

// startRiver begins to take jobs.
func (w *Worker) startRiver() (err error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, &driver{worker: w})
	river.AddWorker(workers, river.WorkFunc(w.due))
	river.AddWorker(workers, river.WorkFunc(w.settleOpen))
	river.AddWorker(workers, river.WorkFunc(w.notify))
	w.jobs, err = river.NewClient(riverpgxv5.New(w.Database.pool), &river.Config{
		Logger:  slog.New(slog.NewTextHandler(discard{w.log()}, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Workers: workers,
		Queues: map[string]river.QueueConfig{
			accountQueue(w.account): {MaxWorkers: 1},
			officeQueue:             {MaxWorkers: 2},
		},
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(settleEvery(w.Settle)),
			func() (river.JobArgs, *river.InsertOpts) {
				return settleArgs{}, &river.InsertOpts{Queue: officeQueue, UniqueOpts: river.UniqueOpts{ByPeriod: time.Minute}}
			}, nil)},
	})
	if err != nil {
		return err
	}
	return w.jobs.Start(context.WithoutCancel(w.abort))
}

// settleEvery is how often it is looked for batches that are to be settled.
func settleEvery(between time.Duration) time.Duration {
	return min(max(between/4, time.Minute), time.Hour)
}

// due puts the account of a batch in line whose time has come.
func (w *Worker) due(ctx context.Context, job *river.Job[dueArgs]) error {
	return pgx.BeginFunc(ctx, w.Database.pool, func(tx pgx.Tx) error {
		return w.Database.inLine(ctx, tx, job.Args.Account, job.Args.Batch, time.Now(), job.Priority)
	})
}

// settleOpen puts the accounts in line that have batches with open outcomes whose time
// has come.
func (w *Worker) settleOpen(ctx context.Context, _ *river.Job[settleArgs]) error {
	return pgx.BeginFunc(ctx, w.Database.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select distinct account from batch where settle_at <= now()")
		if err != nil {
			return err
		}
		accounts, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return err
		}
		for _, account := range accounts {
			if err := w.Database.inLine(ctx, tx, account, 0, time.Now(), 4); err != nil {
				return err
			}
		}
		return nil
	})
}

// notify posts a summary. River tries again later if it fails.
func (w *Worker) notify(ctx context.Context, job *river.Job[notifyArgs]) error {
	if w.Notify == nil {
		return river.JobCancel(errors.New("no-address"))
	}
	return w.Notify(ctx, job.Args.Summary)
}

// sweepEvery is how often a worker looks whether its account has lost its owner.
const sweepEvery = 2 * time.Second

// sweep puts the account in line again whenever it has work and no owner, until the
// worker is drained.
func (w *Worker) sweep() {
	tick := time.NewTicker(min(sweepEvery, w.Lease/3))
	defer tick.Stop()
	for round := int64(0); ; {
		select {
		case <-w.drain.Done():
			return
		case <-tick.C:
		}
		ctx, cancel := context.WithTimeout(w.drain, w.Lease/2)
		put, err := w.sweepOnce(ctx, round)
		cancel()
		switch {
		case err != nil:
			w.log().Warn("the database does not answer", "error", err)
		case put:
			round++ // if this job leads to nothing, another may
		default:
			round = 0
		}
	}
}

// sweepOnce looks once. It tells whether there was a job to be put in line.
func (w *Worker) sweepOnce(ctx context.Context, round int64) (put bool, err error) {
	seen, err := w.Database.look(ctx, w.account)
	if err != nil {
		return false, err
	}
	w.heard()
	if !w.watch.free(seen) || w.rests() {
		return false, nil
	}
	return put, pgx.BeginFunc(ctx, w.Database.pool, func(tx pgx.Tx) error {
		due, err := anyDue(ctx, tx, w.account)
		if err != nil || !due {
			return err
		}
		put = true
		return insertDrive(ctx, tx, w.jobs, driveArgs{Account: w.account, Epoch: seen.epoch + 1, Round: round + 1}, 1)
	})
}

// rest makes the worker leave the account to others for a while.
func (w *Worker) rest() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.resting = sinceBoot() + 2*w.Lease
}

func (w *Worker) rests() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return sinceBoot() < w.resting
}

// discard writes what River complains of to the worker's log.
type discard struct{ log *slog.Logger }

func (d discard) Write(b []byte) (int, error) {
	d.log.Warn("river", "says", string(b))
	return len(b), nil
}
