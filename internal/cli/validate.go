package cli

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/report"
)

const validateHelp = `Everything before the first send: row errors, duplicates, totals, cost. Sends
nothing. Where there is something to mend or to look at it writes
NAME.check.xlsx: the file again, with what to mend beside each row.

  flexybatch validate --simulate payroll.xlsx            against the simulator's plans
  flexybatch validate --plans plans.json payroll.xlsx    against a saved catalogue
  flexybatch validate payroll.xlsx                       against the account's own plans
  flexybatch validate --json payroll.xlsx
  flexybatch validate --format csv payroll.csv           the check as CSV: NAME.check.csv
  flexybatch validate --check all payroll.xlsx           the check, also where nothing is to mend

Mend the check itself and run it, if you like: flexybatch run payroll.check.xlsx
--batch payroll. The column that it adds is known, and passed over.

A catalogue is saved with: flexybatch plans --json > plans.json`

// validateOptions is what validate was asked for.
type validateOptions struct {
	place       placeFlags
	reading     readingFlags
	catalogue   catalogueFlags
	output      output
	format, out string
	check       string // when it is written
}

// The values of --check.
const (
	checkNeeded = "needed"
	checkAll    = "all"
)

func newValidate(w machine) *cobra.Command {
	o := &validateOptions{output: output{machine: w}}
	cmd := takesFile(&cobra.Command{
		Use: "validate FILE", Short: "What is wrong with the file, and what it will cost; sends nothing", Long: validateHelp,
		RunE: func(cmd *cobra.Command, args []string) error { return runValidate(cmd, o, args[0]) },
	}, inputFiles()...)
	o.place.add(cmd)
	o.reading.add(cmd)
	o.catalogue.add(cmd)
	o.output.add(cmd)
	f := cmd.Flags()
	f.StringVar(&o.out, "out", "", "where the check goes (default NAME.check.xlsx in the state folder)")
	f.StringVar(&o.format, "format", "xlsx", "what the check is written as: xlsx, csv or json")
	f.StringVar(&o.check, "check", checkNeeded, "when the check is written: needed (there is something to mend or to look at) or all")
	complete(cmd, "out", files())
	complete(cmd, "check", words(checkNeeded, checkAll))
	complete(cmd, "format", words(app.CheckFormats()...))
	return cmd
}

func runValidate(cmd *cobra.Command, o *validateOptions, file string) error {
	options, err := o.options(cmd, file)
	if err != nil {
		return err
	}
	place, end, err := o.place.opened(cmd.Context(), o.output.machine, file)
	if err != nil {
		return err
	}
	defer end()
	options.Place = place
	c, err := o.output.app(&o.catalogue.account).Check(cmd.Context(), options)
	if err != nil {
		return err
	}
	if c.Path == "" {
		o.output.say("Check: nothing is to mend or to look at, so none was written (--check all writes it).\n")
	} else {
		o.output.note(lang.Msg("Check: %s", c.Path))
	}
	if err := o.tell(c.Check); err != nil {
		return nothingf("writing the result: %w", err)
	}
	if c.Refused != nil {
		return c.Refused
	}
	return ends(c.Outcome())
}

// options is what the flags say.
func (o *validateOptions) options(cmd *cobra.Command, file string) (c app.CheckOptions, err error) {
	c = app.CheckOptions{Place: o.place.of(file), Plans: o.catalogue.catalogue(), Out: o.out, All: o.check == checkAll}
	if cmd.Flags().Changed("format") {
		c.Format = o.format
	}
	if o.check != checkNeeded && o.check != checkAll {
		return c, usagef("there is no --check %s; it is needed or all", o.check)
	}
	if !slices.Contains(app.CheckFormats(), o.format) {
		return c, &app.BadFormat{Format: o.format, Known: app.CheckFormats()}
	}
	c.Reading, err = o.reading.reading(cmd)
	c.Reading.Clarify = o.output.clarify()
	return c, err
}

// tell says what was found, as JSON or in words.
func (o *validateOptions) tell(c *report.Check) error {
	if o.output.json {
		out := bufio.NewWriter(o.output.stdout) // for a million lines
		return errors.Join(c.JSON(out), out.Flush())
	}
	w, out := o.output.words, &strings.Builder{}
	tellProblems(out, w, c)
	tellEarlier(out, w, c)
	for _, note := range c.Notes {
		w.Fprintf(out, "%s\n", note)
	}
	for _, p := range c.Totals.Plans {
		w.Fprintf(out, "%-18s %6s rows %14s DA, cost %s\n", p.Plan.Code, lang.Number(p.Rows), p.Requested, p.Cost)
	}
	t := c.Totals
	w.Fprintf(out, "%s: %s, %s valid, %s invalid; %s DA, cost %s\n",
		c.File, lang.Count(t.Rows, "%d row", "%d rows"), lang.Number(t.Valid), lang.Number(t.Invalid), t.Requested, t.Cost)
	_, err := io.WriteString(o.output.page, out.String())
	return err
}

// tellEarlier writes what changed since the last batch.
func tellEarlier(out io.Writer, w *lang.Printer, c *report.Check) {
	if c.Changes != nil {
		w.Fprintf(out, "%s\n", c.Changes.Message())
	}
}
