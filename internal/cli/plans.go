package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

const plansHelp = `The plan catalogue with prices and ranges.

  flexybatch plans --simulate
  flexybatch plans --json > plans.json      for validate --plans`

// plansOptions is what plans was asked for.
type plansOptions struct {
	account accountFlags
	output  output
}

func newPlans(w machine) *cobra.Command {
	o := &plansOptions{output: output{machine: w}}
	cmd := takesNothing(&cobra.Command{
		Use: "plans", Short: "The plan catalogue with prices and ranges", Long: plansHelp,
		RunE: func(cmd *cobra.Command, _ []string) error { return runPlans(cmd.Context(), o) },
	})
	o.account.add(cmd)
	o.output.add(cmd)
	return cmd
}

func runPlans(ctx context.Context, o *plansOptions) error {
	plans, err := o.output.app(&o.account).Plans(ctx, app.Catalogue{Account: o.account.account()})
	if err != nil {
		return err
	}
	if o.output.json {
		e := json.NewEncoder(o.output.stdout)
		e.SetIndent("", "  ")
		err = e.Encode(plans)
	} else {
		err = printPlans(o.output.machine, plans)
	}
	if err != nil {
		return nothingf("writing the plans: %w", err)
	}
	return nil
}

// catalogueFlags say where the provider's plans come from: a saved file, the
// simulator, or the account.
type catalogueFlags struct {
	account accountFlags
	file    string
}

func (c *catalogueFlags) add(cmd *cobra.Command) {
	c.account.add(cmd)
	cmd.Flags().StringVar(&c.file, "plans", "", "a saved catalogue, so that no key is needed")
	complete(cmd, "plans", files("json"))
}

// catalogue is what the flags say.
func (c *catalogueFlags) catalogue() app.Catalogue {
	return app.Catalogue{File: c.file, Account: c.account.account()}
}

func printPlans(w machine, plans batch.Catalogue) error {
	tab := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
	w.words.Fprintf(tab, "%s\t%s\t%s\t%s\t%s\n", lang.Title("CODE"), lang.Title("OPERATOR"), lang.Title("DINARS"), lang.Title("PRICE"), lang.Title("NAME"))
	for _, p := range plans {
		amount := w.words.Say(lang.Msg("%d to %d", p.Min, p.Max))
		if p.Fixed {
			amount = w.words.Say(lang.Msg("%v", p.Amount))
		}
		name := p.Name
		switch {
		case p.Menu():
			amount, name = "-", w.words.Sprintf("%s (a menu: buys nothing)", name)
		case !p.Enabled:
			name = w.words.Sprintf("%s (disabled)", name)
		}
		price := w.words.Say(lang.Title("not known"))
		if p.Cost.Known() {
			price = w.words.Say(lang.Msg("%s", lang.Decimal(p.Cost.String())))
		}
		fmt.Fprintf(tab, "%s\t%s\t%s\t%s\t%s\n", p.Code, p.Operator, amount, price, name)
	}
	return tab.Flush()
}
