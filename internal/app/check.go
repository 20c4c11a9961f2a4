package app

import (
	"cmp"
	"context"
	"io"
	"strings"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/report"
)

// CheckOptions says which file is checked, and against what.
type CheckOptions struct {
	Place   Place
	Reading Reading
	Plans   Catalogue
	Format  string // of the check: xlsx, csv or json; empty: xlsx
	Out     string // where the check goes; empty: NAME.check.FORMAT in the state folder
}

// CheckFormats are the formats that a check can be written in.
func CheckFormats() []string { return []string{"xlsx", "csv", "json"} }

// Checked is what a check found.
type Checked struct {
	Check   *report.Check
	Path    string // of the check that was written
	Refused error  // the operator's control totals or caps refuse the batch; nil: they do not
}

// Outcome is Nothing for a batch that is refused as a whole.
func (c *Checked) Outcome() Outcome {
	switch {
	case c.Refused != nil:
		return Nothing
	case c.Check.Totals.Invalid > 0:
		return Problems
	}
	return Done
}

// Check does everything that comes before the first send, and writes the check: the
// file again, with what to mend beside each row. It sends nothing.
func (a *App) Check(ctx context.Context, o CheckOptions) (*Checked, error) {
	format := cmp.Or(o.Format, "xlsx")
	at, err := o.Place.Locate()
	if err != nil {
		return nil, err
	}
	plans, err := a.Plans(ctx, o.Plans)
	if err != nil {
		return nil, err
	}
	defer a.reading()()
	in, err := o.Reading.read(ctx, at.File, at.Name, plans)
	if err != nil {
		return nil, err
	}
	totals := batch.Total(batch.Rows(in.Rows), plans)
	c := &Checked{Path: cmp.Or(o.Out, at.Check(format)), Check: &report.Check{
		File: in.File, Header: in.Header, Rows: in.Rows, Totals: totals, Warnings: batch.Warnings(in.Rows), Notes: in.Notes, Words: a.Words,
	}}
	compared := a.compareFile(ctx, at, o.Plans, in, plans)
	c.Check.Unusual, c.Check.Changes = compared.Unusual, compared.Changes
	if err := o.Reading.Limits.Check(totals); err != nil {
		c.Refused = nothing(err)
	}
	return c, c.write(format)
}

// write writes the check.
func (c *Checked) write(format string) error {
	write := map[string]func(io.Writer) error{"xlsx": c.Check.Workbook, "csv": c.Check.CSV, "json": c.Check.JSON}[format]
	if write == nil {
		return &BadFormat{format, CheckFormats()}
	}
	if err := report.WriteFile(c.Path, write); err != nil {
		return refusef("writing the check: %w", err)
	}
	return nil
}

// BadFormat says that there is no such format.
type BadFormat struct {
	Format string
	Known  []string
}

func (e *BadFormat) Error() string  { return e.Message().String() }
func (*BadFormat) Outcome() Outcome { return Usage }

// Message lists the formats that there are.
func (e *BadFormat) Message() lang.Message {
	return lang.Msg("there is no format %q; those that there are: %s", e.Format, strings.Join(e.Known, ", "))
}
