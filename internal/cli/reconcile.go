package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
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

// reconcileOptions is what reconcile was asked for.
type reconcileOptions struct {
	place          placeFlags
	rate           rateFlags
	account        accountFlags
	output         output
	statement, out string
}

func newReconcile(w machine) *cobra.Command {
	o := &reconcileOptions{output: output{machine: w}}
	cmd := takesFile(&cobra.Command{
		Use: "reconcile FILE", Short: "Hold a batch against the account's own statement", Long: reconcileHelp,
		RunE: func(cmd *cobra.Command, args []string) error { return runReconcile(cmd, o, args[0]) },
	}, inputFiles()...)
	o.place.add(cmd)
	o.rate.add(cmd)
	o.account.add(cmd)
	o.output.add(cmd)
	f := cmd.Flags()
	f.StringVar(&o.statement, "statement", "", "a statement of the account's transactions, CSV or XLSX, instead of asking the provider")
	f.StringVar(&o.out, "out", "", "the workbook (default NAME.reconciliation.xlsx in the state folder)")
	complete(cmd, "statement", files("csv", "xlsx"))
	complete(cmd, "out", files())
	return cmd
}

func runReconcile(cmd *cobra.Command, o *reconcileOptions, file string) error {
	pace, err := o.rate.pace(cmd)
	if err != nil {
		return err
	}
	place, end, err := o.place.opened(cmd.Context(), o.output.machine, file)
	if err != nil {
		return err
	}
	defer end()
	r, err := o.output.app(&o.account).Reconcile(cmd.Context(), app.ReconcileOptions{
		Place: place, Account: o.account.account(), Pace: pace, Statement: o.statement, Out: o.out,
	})
	if err != nil {
		return err
	}
	switch {
	case o.output.json:
		err = o.output.print(struct {
			report.Reconciliation
			Report string `json:"report"`
		}{report.NewReconciliation(r.Result), r.Path})
	case !o.output.quiet:
		err = o.tell(r)
	}
	if err != nil {
		return nothingf("writing the result: %w", err)
	}
	return ends(r.Outcome())
}

// shownDifferences is how many are told on a terminal; the workbook has all.
const shownDifferences = 20

// tell says what was found.
func (o *reconcileOptions) tell(r *app.Reconciled) error {
	var s strings.Builder
	w := o.output.words
	if r.Agrees {
		w.Fprintf(&s, "Batch %s, %s: the file, the journal and the provider agree\n", r.Batch.Name, lang.Count(len(r.Rows), "%d row", "%d rows"))
	} else {
		w.Fprintf(&s, "Batch %s, %s: %s\n", r.Batch.Name, lang.Count(len(r.Rows), "%d row", "%d rows"), lang.Count(len(r.Differences), "%d difference", "%d differences"))
	}
	for i, d := range r.Differences {
		if i == shownDifferences {
			w.Fprintf(&s, "  and %s more, in the workbook\n", lang.Number(len(r.Differences)-i))
			break
		}
		if d.Row > 0 {
			w.Fprintf(&s, "  %s: row %d: %s\n", d.Kind, d.Row, report.Explain(d, w))
		} else {
			fmt.Fprintf(&s, "  %s: %s\n", d.Kind, report.Explain(d, w))
		}
	}
	if r.Balance.AddsUp {
		w.Fprintf(&s, "  balance: %s DA before, %s moved, %s after: adds up\n", r.Balance.Before, r.Balance.Moved, r.Balance.After)
	} else {
		w.Fprintf(&s, "  balance: %s DA before, %s moved, %s after: does not add up\n", r.Balance.Before, r.Balance.Moved, r.Balance.After)
	}
	if n := len(r.Others); n > 0 {
		w.Fprintf(&s, "  %s in that time: listed apart\n", lang.Count(n, "%d transaction of others", "%d transactions of others"))
	}
	if r.Open > 0 {
		w.Fprintf(&s, "  %s not final yet\n", lang.Count(r.Open, "%d row is", "%d rows are"))
	}
	w.Fprintf(&s, "  reconciliation: %s\n", r.Path)
	_, err := io.WriteString(o.output.page, s.String())
	return err
}
