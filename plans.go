package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"flexybatch/batch"
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
			if err := t.resolve(w); err != nil {
				return err
			}
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

func printPlans(w world, plans batch.Catalogue) error {
	tab := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "CODE\tOPERATOR\tDINARS\tPRICE\tNAME")
	for _, p := range plans {
		amount := fmt.Sprintf("%d to %d", p.Min, p.Max)
		if p.Fixed {
			amount = fmt.Sprint(p.Amount)
		}
		name := p.Name
		switch {
		case p.Menu():
			amount, name = "-", name+" (a menu: buys nothing)"
		case !p.Enabled:
			name += " (disabled)"
		}
		price := p.Cost.String()
		if price == "" {
			price = "not known"
		}
		fmt.Fprintf(tab, "%s\t%s\t%s\t%s\t%s\n", p.Code, p.Operator, amount, price, name)
	}
	return tab.Flush()
}
