package main

import (
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/journal"
	"flexybatch/report"
)

const reportHelp = `Write the report again, from the journal alone: the workbook, or CSV, JSON or
NDJSON on stdout (or to --out).

  flexybatch report payroll.xlsx
  flexybatch report --format csv payroll.xlsx > results.csv
  flexybatch report payroll.journal                          the input file is gone`

func newReport(w world) *cobra.Command {
	var p place
	var t talk
	var format string
	cmd := &cobra.Command{
		Use: "report FILE", Short: "Write the report again from the journal", Long: reportHelp, Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := t.resolve(w); err != nil {
				return err
			}
			return writeReport(w, &p, &t, args[0], format)
		},
	}
	p.flags(cmd)
	t.flags(cmd)
	cmd.Flags().StringVar(&p.out, "out", "", "where to (default: NAME.results.xlsx in the state folder; stdout for csv, json and ndjson)")
	cmd.Flags().StringVar(&format, "format", "xlsx", "xlsx, csv, json or ndjson")
	return cmd
}

func writeReport(w world, p *place, t *talk, file, format string) error {
	writers := map[string]func(io.Writer, *batch.Ledger) error{"csv": report.CSV, "json": report.JSON, "ndjson": report.NDJSON}
	write, text := writers[format]
	if format != "xlsx" && !text {
		return failf(exitUsage, "--format %q: give xlsx, csv, json or ndjson", format)
	}
	l, err := p.ledger(file)
	if err != nil {
		return err
	}
	if text && (p.out == "" || p.out == "-") {
		if err := write(w.stdout, l); err != nil {
			return failf(exitNothing, "writing the report: %w", err)
		}
		return exitWith(codeOf(l.Tally()))
	}
	_, info, err := batch.ReadLedger(journal.Disk{}, p.journal())
	if err != nil {
		return failf(exitNothing, "%w", err)
	}
	err = report.WriteFile(p.results(), func(out io.Writer) error {
		if text {
			return write(out, l)
		}
		return report.Workbook(out, l, report.Options{Journal: filepath.Base(p.journal()), Head: info.Head, Lines: info.Lines})
	})
	if err != nil {
		return failf(exitNothing, "writing the report: %w", err)
	}
	if t.json {
		s := report.Summarize(l)
		s.Journal, s.Report = p.journal(), p.results()
		if err := t.summary(w, s, l.Tally()); err != nil {
			return failf(exitNothing, "writing the summary: %w", err)
		}
	} else {
		t.say("Report: %s\n", p.results())
	}
	return exitWith(codeOf(l.Tally()))
}
