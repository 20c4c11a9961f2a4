package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"flexybatch/batch"
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
  flexybatch validate --format csv payroll.csv           the check as CSV: NAME.check.csv

Mend the check itself and run it, if you like: flexybatch run payroll.check.xlsx
--batch payroll. The column that it adds is known, and passed over.

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
	v.catalogue.flags(cmd)
	cmd.Flags().StringVar(&v.out, "out", "", "where the check goes (default NAME.check.xlsx in the state folder)")
	cmd.Flags().StringVar(&v.format, "format", "xlsx", "what the check is written as: xlsx, csv or json")
	return cmd
}

// validator is one validate.
type validator struct {
	world
	place
	input
	account
	talk
	catalogue catalogue
	format    string
}

func (v *validator) run(cmd *cobra.Command, file string) error {
	v.talk.resolve(v.world)
	if !slices.Contains([]string{"xlsx", "csv", "json"}, v.format) {
		return failf(exitUsage, "--format %q: give xlsx, csv or json", v.format)
	}
	if err := v.place.resolve(file); err != nil {
		return err
	}
	if err := v.input.resolve(cmd); err != nil {
		return err
	}
	plans, err := v.catalogue.plans(cmd.Context(), v.world, &v.account)
	if err != nil {
		return err
	}
	defer v.sparing()()
	in, err := readInput(cmd.Context(), file, v.name, &v.input, plans)
	if err != nil {
		return err
	}
	t := batch.Total(batch.Rows(in.Rows), plans)
	check := &report.Check{File: in.File, Header: in.Header, Rows: in.Rows, Totals: t, Warnings: batch.Warnings(in.Rows), Notes: in.Notes, Words: v.words}
	if err := v.write(check); err != nil {
		return err
	}
	if v.json {
		out := bufio.NewWriter(v.stdout)
		err = errors.Join(check.JSON(out), out.Flush())
	} else {
		err = v.tell(check)
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

// readInput reads and checks the file of a batch.
func readInput(ctx context.Context, file, name string, in *input, plans batch.Catalogue) (*ingest.Input, error) {
	o, err := in.readOptions()
	if err != nil {
		return nil, err
	}
	read, err := ingest.Read(ctx, file, o, in.rules(name, plans))
	if err != nil {
		return nil, failf(exitNothing, "%w", err)
	}
	return read, nil
}

// write writes the check beside the file.
func (v *validator) write(c *report.Check) error {
	form := map[string]func(io.Writer) error{"xlsx": c.Workbook, "csv": c.CSV, "json": c.JSON}[v.format]
	path := v.checked(v.format)
	if err := report.WriteFile(path, form); err != nil {
		return failf(exitNothing, "writing the check: %w", err)
	}
	v.say("Check: %s\n", path)
	return nil
}

// tell says what validate found, in words.
func (v *validator) tell(c *report.Check) error {
	out := bufio.NewWriter(v.stdout) // for a million lines
	for i := range c.Rows {
		for _, p := range c.Rows[i].Problems() {
			v.words.Fprintf(out, "row %d: %s\n", c.Rows[i].Number, p)
		}
	}
	for _, w := range c.Warnings {
		v.words.Fprintf(out, "row %d: warning: %s: %s\n", w.Row, w.Code, w.Message)
	}
	for _, note := range c.Notes {
		fmt.Fprintln(out, v.words.Text(note))
	}
	for _, p := range c.Totals.Plans {
		v.words.Fprintf(out, "%-18s %6d rows %14s DZD, cost %s\n", p.Plan.Code, p.Rows, p.Requested, p.Cost)
	}
	t := c.Totals
	v.words.Fprintf(out, "%s: %s, %d valid, %d invalid; %s DZD, cost %s\n",
		c.File, count(t.Rows, "row", "rows"), t.Valid, t.Invalid, t.Requested, t.Cost)
	return out.Flush()
}
