package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

const reportHelp = `Write the report again, from the journal alone: the workbook, a page for paper
beside it, or CSV, JSON or NDJSON on stdout (or to --out).

  flexybatch report payroll.xlsx
  flexybatch report --format html payroll.xlsx               payroll.results.html, one page of A4
  flexybatch report --format csv payroll.xlsx > results.csv
  flexybatch report --format csv --delimiter ';' payroll.xlsx > results.csv
  flexybatch report --redact payroll.xlsx                    payroll.redacted.xlsx, without the phones
  flexybatch report payroll.journal                          the input file is gone

CSV has a line a row, and these columns: row, ref, phone, plan, amount, cost, id,
state, topup_id, charged, refunded, code, message, offers, attempts, sent, settled,
notes. Behind them stand the columns of the input, each with "in:" in front of its
name. NDJSON has an object a row with the same names, and problems and in beside
them; JSON has {"summary":…,"rows":[…],"overrides":[…]}, the last being the warnings
that people overrode: at, warning, rows, who, reason. Names, states and codes are
the same in every language; new columns come behind the others, so read them by
name. Money is in dinars with two decimals, times are UTC (RFC 3339). In CSV a text
that a spreadsheet would run as a formula has an apostrophe in front. With
--delimiter ';' amounts have a decimal comma, as a French Excel opens them.

--redact hides three digits of a phone, as in 0550•••012: of whatever stands in the
columns of phones (the one that was paid by, and others with such a title: mobile,
GSM, …), and of the batch's own phones wherever they stand, in other columns,
messages and notes. It does not hide phones in such texts that are not the batch's
own, nor names, ids and amounts. References and the provider's numbers stay, so that
a row can be found again.`

// reportOptions is what report was asked for.
type reportOptions struct {
	place       placeFlags
	output      output
	format, out string
	delimiter   string
	redact      bool
}

func newReport(w machine) *cobra.Command {
	o := &reportOptions{output: output{machine: w}}
	cmd := takesFile(&cobra.Command{
		Use: "report FILE", Short: "Write the report again from the journal", Long: reportHelp,
		RunE: func(cmd *cobra.Command, args []string) error { return runReport(cmd.Context(), o, args[0]) },
	}, inputFiles()...)
	o.place.add(cmd)
	o.output.add(cmd)
	f := cmd.Flags()
	f.StringVar(&o.out, "out", "", "where to (default: NAME.results.xlsx, or .html, in the state folder; stdout for csv, json and ndjson)")
	f.StringVar(&o.format, "format", "xlsx", "xlsx, html, csv, json or ndjson")
	f.StringVar(&o.delimiter, "delimiter", ",", "between the cells of CSV: , or ; (with ; amounts have a decimal comma, as a French Excel reads them)")
	f.BoolVar(&o.redact, "redact", false, "hide the phones, for wider circulation (default file NAME.redacted.xlsx)")
	complete(cmd, "out", files())
	complete(cmd, "format", words(app.ReportFormats()...))
	complete(cmd, "delimiter", words(",", ";"))
	return cmd
}

func runReport(ctx context.Context, o *reportOptions, file string) error {
	place, end, err := o.place.opened(ctx, o.output.machine, file)
	if err != nil {
		return err
	}
	defer end()
	options := app.ReportOptions{Place: place, Format: o.format, Redact: o.redact, Out: o.out}
	switch {
	case o.delimiter != "," && o.delimiter != ";":
		return badFlag("delimiter", "--delimiter %q: give , or ;", o.delimiter)
	case o.delimiter != "," && o.format != "csv":
		return usagef("--delimiter is of CSV: add --format csv")
	}
	options.Comma = rune(o.delimiter[0])
	if !slices.Contains(app.ReportFormats(), o.format) {
		return &app.BadFormat{Format: o.format, Known: app.ReportFormats()}
	}
	if o.format != "xlsx" && (o.out == "" && o.format != "html" || o.out == "-") {
		options.To = o.output.stdout
	}
	r, err := o.output.app(nil).Report(options)
	if err != nil {
		return err
	}
	switch {
	case options.To != nil: // which is what was asked for
	case o.output.json:
		if err := o.output.summary(r.Summary, r.Tally); err != nil {
			return err
		}
	default:
		o.output.note(lang.Msg("Report: %s", r.Path))
	}
	return ends(r.Outcome())
}
