package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
)

const plansHelp = `The plan catalogue with prices and ranges.

  flexybatch plans --simulate
  flexybatch plans --json > plans.json      for validate --plans`

func newPlans(w world) *cobra.Command {
	var a account
	var t talk
	cmd := &cobra.Command{
		Use: "plans", Short: "The plan catalogue with prices and ranges", Long: plansHelp, Args: noFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			t.resolve(w)
			plans, err := fetchPlans(cmd.Context(), w, &a)
			if err != nil {
				return err
			}
			if t.json {
				e := json.NewEncoder(w.stdout)
				e.SetIndent("", "  ")
				err = e.Encode(plans)
			} else {
				err = printPlans(w, plans)
			}
			if err != nil {
				return failf(exitNothing, "writing the plans: %w", err)
			}
			return nil
		},
	}
	a.flags(cmd)
	t.flags(cmd)
	return cmd
}

// catalogue is where the plans come from: a saved file, the simulator, or the
// account.
type catalogue struct{ file string }

func (c *catalogue) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.file, "plans", "", "a saved catalogue, so that no key is needed")
}

func (c *catalogue) plans(ctx context.Context, w world, a *account) (batch.Catalogue, error) {
	if c.file != "" {
		return readPlans(c.file)
	}
	return fetchPlans(ctx, w, a)
}

// readPlans reads a catalogue that was saved with `plans --json`, or the
// provider's own answer.
func readPlans(file string) (batch.Catalogue, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, failf(exitNothing, "reading the catalogue: %w", err)
	}
	var plans batch.Catalogue
	if json.Unmarshal(b, &plans) == nil && len(plans) > 0 {
		return plans, nil
	}
	if plans, err = oneclick.ParsePlans(b); err != nil {
		return nil, failf(exitNothing, "%s is no plan catalogue (save one with: flexybatch plans --json): %w", file, err)
	}
	return plans, nil
}

// fetchPlans asks the provider for its catalogue.
func fetchPlans(ctx context.Context, w world, a *account) (plans batch.Catalogue, err error) {
	p, err := a.open(ctx, w, pacing{concurrency: 1}, "")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	return patiently(ctx, "asking for the plan catalogue", p.Plans)
}

func printPlans(w world, plans batch.Catalogue) error {
	tab := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
	w.words.Fprintf(tab, "CODE\tOPERATOR\tDINARS\tPRICE\tNAME\n")
	for _, p := range plans {
		amount := w.words.Sprintf("%d to %d", p.Min, p.Max)
		if p.Fixed {
			amount = fmt.Sprint(p.Amount)
		}
		name := p.Name
		switch {
		case p.Menu():
			amount, name = "-", w.words.Sprintf("%s (a menu: buys nothing)", name)
		case !p.Enabled:
			name = w.words.Sprintf("%s (disabled)", name)
		}
		price := p.Cost.String()
		if price == "" {
			price = w.words.Title("not known")
		}
		fmt.Fprintf(tab, "%s\t%s\t%s\t%s\t%s\n", p.Code, p.Operator, amount, price, name)
	}
	return tab.Flush()
}
