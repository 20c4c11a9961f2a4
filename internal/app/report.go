package app

import (
	"cmp"
	"io"
	"path/filepath"
	"strings"

	"flexybatch/ingest"
	"flexybatch/internal/outfile"
	"flexybatch/journal"
	"flexybatch/report"
)

// ReportOptions says what is reported, and how.
type ReportOptions struct {
	Place  Place
	Format string    // of ReportFormats; empty: xlsx
	Comma  rune      // the delimiter of CSV; 0: a comma. With a semicolon amounts have a decimal comma
	Redact bool      // hide the phones
	Out    string    // the file; empty: NAME.results.xlsx or .html, or NAME.redacted.…, in the state folder
	To     io.Writer // where to, in the place of a file
}

// ReportFormats are the formats that a report can be written in.
func ReportFormats() []string { return []string{"xlsx", "html", "csv", "json", "ndjson"} }

// Reported is a report that was written.
type Reported struct {
	Status
	Path string // empty: it went to ReportOptions.To
}

// Report writes the report again, from the journal alone.
func (a *App) Report(o ReportOptions) (*Reported, error) {
	at, l, info, err := readOwnBooks(o.Place, o.Out != "" || o.To != nil)
	if err != nil {
		return nil, err
	}
	books := report.Books(l)
	if o.Redact {
		books = report.Redact(l, ingest.IsPhoneTitle)
	}
	format := cmp.Or(o.Format, "xlsx")
	write, err := a.reporter(format, o.Comma, at, info)
	if err != nil {
		return nil, err
	}
	var targets []outfile.Target
	if o.To == nil {
		targets = append(targets, o.target(at, format))
	}
	if err := a.checkTargets(targets, at.inputs()...); err != nil {
		return nil, err
	}
	r := &Reported{Status: Status{Summary: report.Summarize(l), Tally: l.Tally()}}
	if o.To != nil {
		err = write(o.To, books)
	} else {
		r.Path = targets[0].Path
		err = a.write(targets[0], func(w io.Writer) error { return write(w, books) })
	}
	if err != nil {
		return nil, refusef("writing the report: %w", err)
	}
	r.Summary.Journal, r.Summary.Report = at.Journal(), r.Path
	return r, nil
}

// target is the file of the report.
func (o ReportOptions) target(at *Location, format string) outfile.Target {
	usual := at.Results()
	if o.Redact {
		usual = at.Redacted()
	}
	switch format {
	case "html":
		page := strings.TrimSuffix(usual, filepath.Ext(usual)) + ".html"
		return outfile.Target{Path: cmp.Or(o.Out, page), Kind: outfile.ReportHTML, Batch: at.Name}
	case "csv":
		return outfile.Target{Path: cmp.Or(o.Out, usual), Kind: outfile.ReportCSV, Batch: at.Name}
	case "json", "ndjson":
		return outfile.Target{Path: cmp.Or(o.Out, usual), Kind: outfile.ReportJSON, Batch: at.Name}
	}
	return at.remade(outfile.Report, o.Out, usual)
}

// reporter is what writes a report in a format.
func (a *App) reporter(format string, comma rune, at *Location, info journal.Info) (func(io.Writer, report.Books) error, error) {
	o := report.Options{Words: a.Words, Journal: filepath.Base(at.Journal()), Head: info.Head, Lines: info.Lines}
	switch format {
	case "xlsx":
		return func(w io.Writer, books report.Books) error { return report.Workbook(w, books, o) }, nil
	case "html":
		return func(w io.Writer, books report.Books) error { return report.HTML(w, books, o) }, nil
	case "csv":
		comma = cmp.Or(comma, ',')
		return func(w io.Writer, books report.Books) error { return report.Delimited(w, books, comma) }, nil
	case "json":
		return report.JSON, nil
	case "ndjson":
		return report.NDJSON, nil
	}
	return nil, &BadFormat{Format: format, Known: ReportFormats()}
}
