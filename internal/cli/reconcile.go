package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/time/rate"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/journal"
	"flexybatch/report"
)

const reconcileHelp = `Hold a batch against the account's own statement: what the file asked, what the
journal says, and what the provider's top-up list and transactions say. Every
difference has a kind and a row; all of it goes to NAME.reconciliation.xlsx.
Changes nothing, and works while another process runs the batch.

  flexybatch reconcile payroll.xlsx
  flexybatch reconcile --json payroll.xlsx
  flexybatch reconcile --statement export.csv payroll.xlsx     exported by hand; needs no key

Exit codes: 0 all agree; 3 there are differences; 1 nothing could be compared.
Rows that are still open are no difference, unless the provider has their outcome
already: then settle first.`

// reconciler is one reconciliation.
type reconciler struct {
	world
	place
	pacing
	account
	talk
	statement string // file that was exported by hand; empty: ask the provider

	batch    batch.BatchRecord
	begun    time.Time // when the batch was
	provider *provider
	limit    *rate.Limiter
}

func newReconcile(w world) *cobra.Command {
	c := &reconciler{world: w, pacing: pacing{poll: time.Second}} // of the pacing, a command that only reads needs rate and timeout
	cmd := &cobra.Command{
		Use: "reconcile FILE", Short: "Hold a batch against the account's own statement", Long: reconcileHelp, Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args[0]) },
	}
	c.place.flags(cmd)
	c.account.flags(cmd)
	c.talk.flags(cmd)
	f := cmd.Flags()
	f.Var(&c.rate, "rate", "API calls a minute at most, 0 for no limit (default what the key allows: 60 sandbox, 120 production; none with --simulate)")
	f.DurationVar(&c.timeout, "timeout", 30*time.Second, "time for one API call")
	f.StringVar(&c.statement, "statement", "", "a statement of the account's transactions, CSV or XLSX, instead of asking the provider")
	f.StringVar(&c.out, "out", "", "the workbook (default NAME.reconciliation.xlsx in the state folder)")
	return cmd
}

// run reads the three books, compares them, and tells.
func (c *reconciler) run(cmd *cobra.Command, file string) error {
	c.talk.resolve(c.world)
	l, err := c.ledger(file)
	if err != nil {
		return err
	}
	if err := c.pacing.resolve(cmd, ""); err != nil {
		return err
	}
	c.batch = l.Batch()
	c.begun, _ = l.Span()
	r, err := c.compare(cmd)
	if err != nil {
		return err
	}
	path := c.workbook()
	if err := report.WriteFile(path, func(w io.Writer) error { return report.ReconciliationWorkbook(w, r, c.words) }); err != nil {
		return failf(exitNothing, "writing the reconciliation: %w", err)
	}
	if err := c.tell(r, path); err != nil {
		return failf(exitNothing, "writing the result: %w", err)
	}
	if !r.Agrees {
		return exitWith(exitProblems)
	}
	return nil
}

// workbook is where the reconciliation goes.
func (c *reconciler) workbook() string {
	if c.out != "" {
		return c.out
	}
	return filepath.Join(c.state, c.name+".reconciliation.xlsx")
}

// compare reads the statement and compares.
func (c *reconciler) compare(cmd *cobra.Command) (r *report.Reconciliation, err error) {
	if c.statement != "" {
		b, err := os.ReadFile(c.statement)
		if err != nil {
			return nil, failf(exitNothing, "reading the statement: %w", err)
		}
		st, err := report.ReadStatement(b)
		if err != nil {
			return nil, failf(exitNothing, "%s: %w", filepath.Base(c.statement), err)
		}
		return c.reconcile(st)
	}
	if err := c.connect(cmd.Context()); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.provider.close()) }()
	if err := c.identify(cmd); err != nil {
		return nil, err
	}
	// An entry that is taken out of the provider's list while its pages are read
	// moves the others up, and one is passed over. The balances show the gap; one
	// that is there twice is not of the reading.
	for range 2 {
		st, err := c.ask(cmd.Context())
		if err != nil {
			return nil, err
		}
		if r, err = c.reconcile(st); err != nil || r.Balance.AddsUp {
			return r, err
		}
	}
	return r, nil
}

// reconcile compares. The journal is read after the statement: what it knows of
// later is told by its times.
func (c *reconciler) reconcile(st report.Statement) (*report.Reconciliation, error) {
	l, _, err := batch.ReadLedger(journal.Disk{}, c.journal())
	if err != nil {
		return nil, failf(exitNothing, "%w", explainJournal(err, c.journal()))
	}
	beside, err := c.beside()
	if err != nil {
		return nil, err
	}
	return report.Reconcile(l, st, beside...), nil
}

// beside are the other batches of the same account in the state folder: their
// orders are not this batch's, and no stranger's either.
func (c *reconciler) beside() ([]*batch.Ledger, error) {
	paths, err := filepath.Glob(filepath.Join(escapeGlob(c.state), "*.journal"))
	if err != nil {
		return nil, failf(exitNothing, "%w", err)
	}
	var list []*batch.Ledger
	for _, path := range paths {
		head, err := batch.ReadHead(journal.Disk{}, path)
		if err != nil || head.Name == c.batch.Name || !sameAccount(head.Account, c.batch.Account) {
			continue // also what is no journal
		}
		l, _, err := batch.ReadLedger(journal.Disk{}, path)
		if err != nil {
			c.say("Note: the journal %s beside it cannot be read (%v): its orders are taken for a stranger's.\n", filepath.Base(path), err)
			continue
		}
		list = append(list, l)
	}
	return list, nil
}

// sameAccount tells whether two keys are of one account and of one kind (money
// rule 8).
func sameAccount(a, b batch.Account) bool {
	return a.Host == b.Host && a.Username == b.Username && a.Type == b.Type
}

// connect opens the provider.
func (c *reconciler) connect(ctx context.Context) error {
	store, forget := "", func() error { return nil }
	var err error
	if c.simulate = c.batch.Account.Type == batch.Simulated; c.simulate {
		if store, forget, err = c.copyOfSimulator(); err != nil {
			return err
		}
	}
	if c.provider, err = c.open(ctx, c.world, c.pacing, store); err != nil {
		return errors.Join(err, forget())
	}
	hangUp := c.provider.close
	c.provider.close = func() error { return errors.Join(hangUp(), forget()) }
	return nil
}

// identify makes sure that the provider's account is the one that the journal is
// bound to, and sets the pace that its key allows.
func (c *reconciler) identify(cmd *cobra.Command) error {
	is, err := c.provider.account(cmd.Context(), false)
	if err != nil {
		return err
	}
	if was := c.batch.Account; !sameAccount(was, is) {
		return failf(exitNothing, "this batch belongs to account %q (%s, %s), and the key is of account %q (%s, %s): another account's statement says nothing of it.\nUse the key of that account",
			was.Username, was.Type, was.Host, is.Username, is.Type, is.Host)
	}
	if err := c.pacing.resolve(cmd, is.Type); err != nil {
		return err
	}
	c.limit = rate.NewLimiter(rate.Inf, 1)
	if c.rate.Number > 0 {
		c.limit.SetLimit(rate.Limit(c.rate.Number / 60))
	}
	return nil
}

// copyOfSimulator makes a copy of the simulated provider's books, since opening
// them may change them, and another process may be writing them.
func (c *reconciler) copyOfSimulator() (path string, forget func() error, err error) {
	b, err := os.ReadFile(c.simulator())
	if err != nil {
		return "", nil, failf(exitNothing, "the batch was simulated, and the books of its simulator cannot be read: %w", err)
	}
	dir, err := os.MkdirTemp("", "flexybatch-")
	if err != nil {
		return "", nil, failf(exitNothing, "copying the simulator's books: %w", err)
	}
	forget = func() error { return os.RemoveAll(dir) }
	path = filepath.Join(dir, "simulator")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		return "", nil, failf(exitNothing, "copying the simulator's books: %w", errors.Join(err, forget()))
	}
	return path, forget, nil
}

// margin is how far the provider's clock may be behind this machine's.
const margin = 24 * time.Hour

// ask reads the provider's transactions and its list of top-ups, as far back as
// the batch began.
func (c *reconciler) ask(ctx context.Context) (report.Statement, error) {
	st := report.Statement{Taken: time.Now(), Listed: true}
	since := c.begun.Add(-margin)
	transactions, err := oneclick.Collect(ctx, since,
		func(t oneclick.Transaction) oneclick.Entry { return oneclick.Entry{ID: t.ID, At: t.Time} },
		paged(c, "asking for the transactions", c.provider.Transactions))
	if err != nil {
		return st, err
	}
	st.Orders, err = oneclick.Collect(ctx, since,
		func(o batch.RemoteOrder) oneclick.Entry { return oneclick.Entry{ID: o.ID, At: o.Created} },
		paged(c, "asking for the list of top-ups", func(ctx context.Context, q batch.ListQuery) ([]batch.RemoteOrder, int, error) {
			p, err := c.provider.List(ctx, q)
			return p.Items, p.Pages, err
		}))
	if err != nil {
		return st, err
	}
	for _, t := range transactions {
		st.Movements = append(st.Movements, report.Movement{
			ID: t.ID, Type: t.Type, Operation: t.Operation, Amount: t.Amount, Before: t.Before, After: t.After, Object: t.Object, Note: t.Note, Time: t.Time,
		})
	}
	report.OldestFirst(st.Movements)
	return st, nil
}

// paged fetches pages at the pace that the key allows, and patiently.
func paged[T any](c *reconciler, what string, page func(context.Context, batch.ListQuery) ([]T, int, error)) func(context.Context, batch.ListQuery) ([]T, int, error) {
	return func(ctx context.Context, q batch.ListQuery) (items []T, pages int, err error) {
		items, err = patiently(ctx, fmt.Sprintf("%s, page %d", what, q.Page), func(ctx context.Context) ([]T, error) {
			if err := c.limit.Wait(ctx); err != nil {
				return nil, err
			}
			var list []T
			list, pages, err = page(ctx, q)
			return list, err
		})
		return items, pages, err
	}
}

// shownDifferences is how many are told on a terminal; the workbook has all.
const shownDifferences = 20

// tell prints the result: what --json promises, or words.
func (c *reconciler) tell(r *report.Reconciliation, path string) error {
	if c.json {
		return json.NewEncoder(c.stdout).Encode(struct {
			*report.Reconciliation
			Report string `json:"report"`
		}{r, path})
	}
	if c.quiet {
		return nil
	}
	var s strings.Builder
	w := c.words
	if r.Agrees {
		w.Fprintf(&s, "Batch %s, %s: the file, the journal and the provider agree\n", r.Batch, count(len(r.Rows), "row", "rows"))
	} else {
		w.Fprintf(&s, "Batch %s, %s: %s\n", r.Batch, count(len(r.Rows), "row", "rows"), count(len(r.Differences), "difference", "differences"))
	}
	for i, d := range r.Differences {
		if i == shownDifferences {
			w.Fprintf(&s, "  and %d more, in the workbook\n", len(r.Differences)-i)
			break
		}
		if d.Row > 0 {
			w.Fprintf(&s, "  %s: row %d: %s\n", d.Kind, d.Row, d.In(w))
		} else {
			fmt.Fprintf(&s, "  %s: %s\n", d.Kind, d.In(w))
		}
	}
	if r.Balance.AddsUp {
		w.Fprintf(&s, "  balance: %s DZD before, %s moved, %s after: adds up\n", r.Balance.Before, r.Balance.Moved, r.Balance.After)
	} else {
		w.Fprintf(&s, "  balance: %s DZD before, %s moved, %s after: does not add up\n", r.Balance.Before, r.Balance.Moved, r.Balance.After)
	}
	if n := len(r.Others); n > 0 {
		w.Fprintf(&s, "  %s in that time: listed apart\n", count(n, "transaction of others", "transactions of others"))
	}
	if r.Open > 0 {
		w.Fprintf(&s, "  %s not final yet\n", count(r.Open, "row is", "rows are"))
	}
	w.Fprintf(&s, "  reconciliation: %s\n", path)
	_, err := io.WriteString(c.stdout, s.String())
	return err
}
