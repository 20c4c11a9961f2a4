package app

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"flexybatch/batch"
	"flexybatch/ingest"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
	"flexybatch/report"
)

// CheckOptions says which file is checked, and against what.
type CheckOptions struct {
	Place   Place
	Reading Reading
	Plans   Catalogue
	Format  string // of the check: xlsx, csv or json; empty: xlsx
	Out     string // where the check goes; empty: NAME.check.FORMAT in the state folder
	All     bool   // write the check also where there is nothing in it to mend or to look at
}

// asked reports whether somebody asked for the check, whatever is in it.
func (o CheckOptions) asked() bool { return o.All || o.Format != "" || o.Out != "" }

// CheckFormats are the formats that a check can be written in.
func CheckFormats() []string { return []string{"xlsx", "csv", "json"} }

// Checked is what a check found.
type Checked struct {
	Check   *report.Check
	Path    string // of the check that was written; empty if none was, because there is nothing to mend or to look at
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
// file again, with what to mend beside each row. Where there is nothing to mend or to
// look at it writes none, unless it is asked to, or an earlier one would then say
// otherwise. It sends nothing.
func (a *App) Check(ctx context.Context, o CheckOptions) (*Checked, error) {
	format := cmp.Or(o.Format, "xlsx")
	at, err := o.Place.Locate()
	if err != nil {
		return nil, err
	}
	target, err := o.target(at, format)
	if err != nil {
		return nil, err
	}
	if o.Out == "" {
		if err := makeFolder(at.State); err != nil {
			return nil, err
		}
	}
	if err := a.checkTargets([]outfile.Target{target}, at.inputs(append(o.Reading.inputs(), o.Plans.inputs()...)...)...); err != nil {
		return nil, err
	}
	i, err := a.inspect(ctx, at, o)
	if err != nil {
		return nil, err
	}
	c := &Checked{Check: i.Check, Refused: i.Refused}
	if !o.asked() && c.Refused == nil && c.Check.Clean() && !there(target.Path) {
		return c, nil
	}
	c.Path = target.Path
	write := map[string]func(io.Writer) error{"xlsx": c.Check.Workbook, "csv": c.Check.CSV, "json": c.Check.JSON}[format]
	if err := a.write(target, write); err != nil {
		return c, refusef("writing the check: %w", err)
	}
	return c, nil
}

// there reports whether something has this name, or may have.
func there(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// readChecked reads a file and holds its rows against everybody that the lineage of
// the batch may have paid, as a run with Amend would.
func (a *App) readChecked(ctx context.Context, at *Location, r Reading, plans batch.Catalogue, simulated bool) (*ingest.Input, error) {
	books := &books{at: at, notify: a.watcher().Note}
	if err := books.find(false); err != nil {
		return nil, err
	}
	if books.begun() {
		simulated = books.simulated()
	}
	r.Limits.JudgeCharged = true
	r.Rules.Lineage = func(rows []batch.Row) (*batch.Lineage, error) {
		k, err := a.journals(ctx, at, simulated)
		if err != nil {
			return nil, err
		}
		return k.lineage(books.known, rows)
	}
	in, err := r.read(ctx, at.File, at.Name, plans)
	if err == nil && books.begun() {
		books.known.Compare(in.Rows)
	}
	return in, err
}

// target is the file of the check. People mend checks, so one that was changed is
// never moved aside.
func (o CheckOptions) target(at *Location, format string) (outfile.Target, error) {
	kind, ok := map[string]outfile.Kind{"xlsx": outfile.CheckWorkbook, "csv": outfile.CheckCSV, "json": outfile.CheckJSON}[format]
	if !ok {
		return outfile.Target{}, &BadFormat{Format: format, Known: CheckFormats()}
	}
	return outfile.Target{Path: cmp.Or(o.Out, at.Check(format)), Kind: kind, Batch: at.Name}, nil
}

// BadFormat says that there is no such format.
type BadFormat struct {
	wrongUse
	Format string
	Known  []string
}

func (e *BadFormat) Error() string { return e.Message().String() }

// Message lists the formats that there are.
func (e *BadFormat) Message() lang.Message {
	return lang.Msg("there is no format %q; those that there are: %s", e.Format, strings.Join(e.Known, ", "))
}
