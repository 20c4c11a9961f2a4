package app

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/time/rate"

	"flexybatch/batch"
	"flexybatch/batch/reconcile"
	"flexybatch/ingest"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
	"flexybatch/report"
)

// ReconcileOptions says which batch is held against which statement.
type ReconcileOptions struct {
	Place     Place
	Account   Account
	Pace      Pace   // Rate and Timeout
	Statement string // file that was exported by hand; empty: ask the provider
	Out       string // the workbook; empty: NAME.reconciliation.xlsx in the state folder
}

// Reconciled is a batch held against the account's own statement.
type Reconciled struct {
	*reconcile.Result
	Path string // of the workbook
}

// Outcome is Problems where the books differ.
func (r *Reconciled) Outcome() Outcome {
	if !r.Agrees {
		return Problems
	}
	return Done
}

// Reconcile holds a batch against the account's own statement: what the file asked,
// what the journal says, and what the provider says. It changes nothing of them, and
// works while another process runs the batch.
func (a *App) Reconcile(ctx context.Context, o ReconcileOptions) (*Reconciled, error) {
	at, l, _, err := readOwnBooks(o.Place, o.Out != "")
	if err != nil {
		return nil, err
	}
	target := at.reconciliationTarget(o.Out)
	if err := a.checkTargets([]outfile.Target{target}, at.inputs(o.inputs()...)...); err != nil {
		return nil, err
	}
	c := &comparison{app: a, options: o, at: at, batch: l.Batch()}
	c.begun, _ = l.Span()
	if e := earlierRun(l); e.Rows > 0 && e.First.Before(c.begun) {
		c.begun = e.First
	}
	r, err := c.compare(ctx)
	if err != nil {
		return nil, err
	}
	err = a.write(target, func(w io.Writer) error { return report.ReconciliationWorkbook(w, r, a.Words) })
	if err != nil {
		return nil, refusef("writing the reconciliation: %w", err)
	}
	return &Reconciled{r, target.Path}, nil
}

// inputs are the files that are read beside the books.
func (o ReconcileOptions) inputs() []outfile.Input {
	if o.Statement == "" {
		return nil
	}
	return []outfile.Input{{Path: o.Statement, Role: outfile.Statement}}
}

// comparison is one reconciliation.
type comparison struct {
	app     *App
	options ReconcileOptions
	at      *Location
	batch   batch.BatchRecord
	begun   time.Time // when the batch was, by an earlier run too whose books are lost
}

// compare reads the statement and compares.
func (c *comparison) compare(ctx context.Context) (r *reconcile.Result, err error) {
	if c.options.Statement != "" {
		st, err := ingest.ReadStatement(ctx, c.options.Statement)
		if err != nil {
			return nil, refusef("reading the statement: %w", err)
		}
		return c.hold(st)
	}
	s, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.provider.close()) }()
	// An entry that is taken out of the provider's list while its pages are read
	// moves the others up, and one is passed over. The balances show the gap; one
	// that is there twice is not of the reading.
	for range 2 {
		st, err := s.read(ctx, c.begun.Add(-clockMargin))
		if err != nil {
			return nil, err
		}
		if r, err = c.hold(st); err != nil || r.Balance.AddsUp {
			return r, err
		}
	}
	return r, nil
}

// hold compares. The journal is read after the statement: what it knows of later is
// told by its times.
func (c *comparison) hold(st reconcile.Statement) (*reconcile.Result, error) {
	l, _, err := batch.ReadLedger(c.at.storage(), c.at.Journal())
	if err != nil {
		return nil, &JournalError{Journal: c.at.Journal(), Err: err}
	}
	beside, err := c.sameAccount()
	if err != nil {
		return nil, err
	}
	return reconcile.Compare(l, st, beside...), nil
}

// sameAccount are the batches of the same account beside this one: their orders are
// not this batch's, and no stranger's either.
func (c *comparison) sameAccount() (list []*batch.Ledger, err error) {
	err = neighbours(c.at, func(path string, head batch.BatchRecord) error {
		if !sameAccount(head.Account, c.batch.Account) {
			return nil
		}
		l, _, err := batch.ReadLedger(c.at.storage(), path)
		if err != nil {
			c.app.watcher().Note(lang.Msg("Note: the journal %s beside it cannot be read (%v): its orders are taken for a stranger's.", filepath.Base(path), err))
			return nil
		}
		list = append(list, l)
		return nil
	})
	return list, err
}

// connect opens the account that the batch belongs to.
func (c *comparison) connect(ctx context.Context) (s *statementReader, err error) {
	p := &connection{app: c.app, account: c.options.Account, pace: c.options.Pace}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close())
		}
	}()
	if p.account.Simulate = c.batch.Account.Type == batch.Simulated; p.account.Simulate {
		if err := p.copyStore(c.at.Simulator()); err != nil {
			return nil, err
		}
	}
	if err := p.identifyAs(ctx, c.batch.Account, false); err != nil {
		return nil, err
	}
	limit := rate.NewLimiter(rate.Inf, 1)
	if r := c.options.Pace.of(p.whose.Type).Rate; r > 0 {
		limit.SetLimit(rate.Limit(r / 60))
	}
	return &statementReader{p, limit}, nil
}

// copyStore lets the simulated provider work on a copy of its books, since opening
// them may change them, and another process may be writing them.
func (c *connection) copyStore(books string) error {
	b, err := os.ReadFile(books)
	if err != nil {
		return refusef("the batch was simulated, and the books of its simulator cannot be read: %w", err)
	}
	dir, err := os.MkdirTemp("", "flexybatch-")
	if err != nil {
		return refusef("copying the simulator's books: %w", err)
	}
	c.ends = append(c.ends, func() error { return os.RemoveAll(dir) })
	c.store = filepath.Join(dir, "simulator")
	if err := os.WriteFile(c.store, b, 0o600); err != nil {
		return refusef("copying the simulator's books: %w", err)
	}
	return nil
}
