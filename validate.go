package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/ingest"
	"flexybatch/report"
)

const validateHelp = `Everything before the first send: row errors, duplicates, totals, cost. Sends
nothing, and writes NAME.check.xlsx: the file again, with what to mend beside
each row.

  flexybatch validate --simulate payroll.xlsx            against the simulator's plans
  flexybatch validate --plans plans.json payroll.xlsx    against a saved catalogue
  flexybatch validate payroll.xlsx                       against the account's own plans
  flexybatch validate --json payroll.xlsx

A catalogue is saved with: flexybatch plans --json > plans.json`

func newValidate(w world) *cobra.Command {
	v := &validator{world: w}
	cmd := &cobra.Command{
		Use: "validate FILE", Short: "What is wrong with the file, and what it will cost; sends nothing", Long: validateHelp, Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error { return v.run(cmd, args[0]) },
	}
	v.place.flags(cmd)
	v.input.flags(cmd)
	v.account.flags(cmd)
	v.talk.flags(cmd)
	cmd.Flags().StringVar(&v.plansFile, "plans", "", "a saved catalogue, so that no key is needed")
	cmd.Flags().StringVar(&v.out, "out", "", "the check workbook (default NAME.check.xlsx in the state folder)")
	return cmd
}

// validator is one validate.
type validator struct {
	world
	place
	input
	account
	talk
	plansFile string
}

func (v *validator) run(cmd *cobra.Command, file string) error {
	if err := v.talk.resolve(v.world); err != nil {
		return err
	}
	if err := v.place.resolve(file); err != nil {
		return err
	}
	if err := v.input.resolve(cmd); err != nil {
		return err
	}
	plans, err := v.catalogue(cmd.Context())
	if err != nil {
		return err
	}
	in, err := readInput(cmd.Context(), file, &v.input, plans)
	if err != nil {
		return err
	}
	batch.Arrange(v.name, in.Rows, plans, v.limits)
	t := batch.Total(batch.Rows(in.Rows), plans)
	if err := v.check(in); err != nil {
		return err
	}
	if v.json {
		err = json.NewEncoder(v.stdout).Encode(report.Validate(in.File, in.Rows, t))
	} else {
		err = v.tell(in, t)
	}
	if err != nil {
		return failf(exitNothing, "writing the result: %w", err)
	}
	if err := v.limits.Check(t); err != nil {
		return failf(exitNothing, "%w", err)
	}
	if t.Invalid > 0 {
		return exitWith(exitProblems)
	}
	return nil
}

// catalogue is the plans from a file, the simulator or the account.
func (v *validator) catalogue(ctx context.Context) (batch.Catalogue, error) {
	if v.plansFile != "" {
		return readPlans(v.plansFile)
	}
	return fetchPlans(ctx, v.world, &v.account)
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

// readInput reads and checks a file, row by row.
func readInput(ctx context.Context, file string, in *input, plans batch.Catalogue) (*ingest.Input, error) {
	o, err := in.readOptions()
	if err != nil {
		return nil, err
	}
	read, err := ingest.Read(ctx, file, o, in.rules(plans))
	if err != nil {
		return nil, failf(exitNothing, "%w", err)
	}
	return read, nil
}

// check writes the check workbook.
func (v *validator) check(in *ingest.Input) error {
	path := v.checked()
	err := report.WriteFile(path, func(w io.Writer) error { return report.Check(w, in.File, in.Header, in.Rows) })
	if err != nil {
		return failf(exitNothing, "writing the check workbook: %w", err)
	}
	v.say("Check workbook: %s\n", path)
	return nil
}

// tell says what validate found, in words.
func (v *validator) tell(in *ingest.Input, t batch.Totals) error {
	for i := range in.Rows {
		for _, p := range in.Rows[i].Problems {
			fmt.Fprintf(v.stdout, "row %d: %s\n", in.Rows[i].Number, p)
		}
	}
	for _, note := range in.Notes {
		fmt.Fprintln(v.stdout, note)
	}
	for _, p := range t.Plans {
		fmt.Fprintf(v.stdout, "%-18s %6d rows %14s DZD, cost %s\n", p.Plan.Code, p.Rows, p.Requested, p.Cost)
	}
	_, err := fmt.Fprintf(v.stdout, "%s: %s, %d valid, %d invalid; %s DZD, cost %s\n",
		in.File, count(t.Rows, "row", "rows"), t.Valid, t.Invalid, t.Requested, t.Cost)
	return err
}
