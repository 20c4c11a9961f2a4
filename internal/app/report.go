package app

import (
	"cmp"
	"io"
	"path/filepath"

	"flexybatch/ingest"
	"flexybatch/journal"
	"flexybatch/report"
)

// ReportOptions says what is reported, and how.
type ReportOptions struct {
	Place  Place
	Format string    // xlsx, csv, json or ndjson; empty: xlsx
	Redact bool      // hide the phones
	Out    string    // the file; empty: NAME.results.xlsx, or NAME.redacted.xlsx, in the state folder
	To     io.Writer // where to, in the place of a file
}

// ReportFormats are the formats that a report can be written in.
func ReportFormats() []string { return []string{"xlsx", "csv", "json", "ndjson"} }

// Reported is a report that was written.
type Reported struct {
	Status
	Path string // empty: it went to ReportOptions.To
}

// Report writes the report again, from the journal alone.
func (a *App) Report(o ReportOptions) (*Reported, error) {
	at, l, info, err := readBooks(o.Place)
	if err != nil {
		return nil, err
	}
	books, path := report.Books(l), at.Results()
	if o.Redact {
		books, path = report.Redact(l, ingest.IsPhoneTitle), at.Redacted()
	}
	write, err := a.reporter(cmp.Or(o.Format, "xlsx"), at, info)
	if err != nil {
		return nil, err
	}
	r := &Reported{Status: Status{Summary: report.Summarize(l), Tally: l.Tally()}}
	if o.To != nil {
		err = write(o.To, books)
	} else {
		r.Path = cmp.Or(o.Out, path)
		err = report.WriteFile(r.Path, func(w io.Writer) error { return write(w, books) })
	}
	if err != nil {
		return nil, refusef("writing the report: %w", err)
	}
	r.Summary.Journal, r.Summary.Report = at.Journal(), r.Path
	return r, nil
}

// reporter is what writes a report in a format.
func (a *App) reporter(format string, at *Location, info journal.Info) (func(io.Writer, report.Books) error, error) {
	switch format {
	case "xlsx":
		o := report.Options{Words: a.Words, Journal: filepath.Base(at.Journal()), Head: info.Head, Lines: info.Lines}
		return func(w io.Writer, books report.Books) error { return report.Workbook(w, books, o) }, nil
	case "csv":
		return report.CSV, nil
	case "json":
		return report.JSON, nil
	case "ndjson":
		return report.NDJSON, nil
	}
	return nil, &BadFormat{format, ReportFormats()}
}
