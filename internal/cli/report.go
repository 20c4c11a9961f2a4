package cli

import (
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"flexybatch/ingest"
	"flexybatch/report"
)

const reportHelp = `Write the report again, from the journal alone: the workbook, or CSV, JSON or
NDJSON on stdout (or to --out).

  flexybatch report payroll.xlsx
  flexybatch report --format csv payroll.xlsx > results.csv
  flexybatch report --redact payroll.xlsx                    payroll.redacted.xlsx, without the phones
  flexybatch report payroll.journal                          the input file is gone

CSV has a line a row, and these columns: row, ref, phone, plan, amount, cost, id,
state, topup_id, charged, refunded, code, message, offers, attempts, sent, settled,
notes. Behind them stand the columns of the input, each with "in:" in front of its
name. NDJSON has an object a row with the same names, and problems and in beside
them; JSON has {"summary":…,"rows":[…]}. Names, states and codes are the same in
every language; new columns come behind the others, so read them by name. Money is
in dinars with two decimals, times are UTC (RFC 3339). In CSV a text that a
spreadsheet would run as a formula has an apostrophe in front.

--redact hides three digits of a phone, as in 0550•••012: of whatever stands in the
columns of phones (the one that was paid by, and others with such a title: mobile,
GSM, …), and of the batch's own phones wherever they stand, in other columns,
messages and notes. It does not hide phones in such texts that are not the batch's
own, nor names, ids and amounts. References and the provider's numbers stay, so that
a row can be found again.`

func newReport(w world) *cobra.Command {
	var p place
	var t talk
	var o reportOptions
	cmd := &cobra.Command{
		Use: "report FILE", Short: "Write the report again from the journal", Long: reportHelp, Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			t.resolve(w)
			return writeReport(w, &p, &t, args[0], o)
		},
	}
	p.flags(cmd)
	t.flags(cmd)
	cmd.Flags().StringVar(&p.out, "out", "", "where to (default: NAME.results.xlsx in the state folder; stdout for csv, json and ndjson)")
	cmd.Flags().StringVar(&o.format, "format", "xlsx", "xlsx, csv, json or ndjson")
	cmd.Flags().BoolVar(&o.redact, "redact", false, "hide the phones, for wider circulation (default file NAME.redacted.xlsx)")
	return cmd
}

// reportOptions is what is reported, and how.
type reportOptions struct {
	format string
	redact bool
}

func writeReport(w world, p *place, t *talk, file string, o reportOptions) error {
	writers := map[string]func(io.Writer, report.Books) error{"csv": report.CSV, "json": report.JSON, "ndjson": report.NDJSON}
	write, text := writers[o.format]
	if o.format != "xlsx" && !text {
		return failf(exitUsage, "--format %q: give xlsx, csv, json or ndjson", o.format)
	}
	l, info, err := p.read(file)
	if err != nil {
		return err
	}
	books, path := report.Books(l), p.results()
	if o.redact {
		books = report.Redact(l, ingest.IsPhoneTitle)
		if p.out == "" {
			path = filepath.Join(p.state, p.name+".redacted.xlsx")
		}
	}
	if text && (p.out == "" || p.out == "-") {
		if err := write(w.stdout, books); err != nil {
			return failf(exitNothing, "writing the report: %w", err)
		}
		return exitWith(codeOf(l.Tally()))
	}
	err = report.WriteFile(path, func(out io.Writer) error {
		if text {
			return write(out, books)
		}
		return report.Workbook(out, books, report.Options{Words: w.words, Journal: filepath.Base(p.journal()), Head: info.Head, Lines: info.Lines})
	})
	if err != nil {
		return failf(exitNothing, "writing the report: %w", err)
	}
	if t.json {
		s := report.Summarize(l)
		s.Journal, s.Report = p.journal(), path
		if err := t.summary(w, s, l.Tally()); err != nil {
			return failf(exitNothing, "writing the summary: %w", err)
		}
	} else {
		t.say("Report: %s\n", path)
	}
	return exitWith(codeOf(l.Tally()))
}
