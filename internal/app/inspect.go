package app

import (
	"context"

	"flexybatch/batch"
	"flexybatch/ingest"
	"flexybatch/report"
)

// Inspected is what a check finds, before anything of it is written.
type Inspected struct {
	Check   *report.Check
	File    FileFacts
	Refused error // the operator's control totals or caps refuse the batch; nil: they do not
}

// FileFacts say how a file was read.
type FileFacts struct {
	SHA256 string
	Sheet  string            // of a workbook
	Format batch.Message     // for people
	Fields map[string]string // field → its column's header, or letter where that is empty
}

// Outcome is Nothing for a batch that is refused as a whole.
func (i *Inspected) Outcome() Outcome {
	switch {
	case i.Refused != nil:
		return Nothing
	case i.Check.Totals.Invalid > 0:
		return Problems
	}
	return Done
}

// Inspect does everything that comes before the first send, and writes nothing.
func (a *App) Inspect(ctx context.Context, o CheckOptions) (*Inspected, error) {
	at, err := o.Place.Locate()
	if err != nil {
		return nil, err
	}
	return a.inspect(ctx, at, o)
}

// inspect is Inspect for a batch whose place is known.
func (a *App) inspect(ctx context.Context, at *Location, o CheckOptions) (*Inspected, error) {
	plans, err := a.Plans(ctx, o.Plans)
	if err != nil {
		return nil, err
	}
	defer a.reading()()
	in, err := a.readChecked(ctx, at, o.Reading, plans, o.Plans.Account.Simulate)
	if err != nil {
		return nil, err
	}
	totals := batch.Total(batch.Rows(in.Rows), plans)
	totals.AddLeft(in.Left)
	i := &Inspected{File: factsOf(in), Check: &report.Check{
		File: in.File, Header: in.Header, Rows: in.Rows, Totals: totals, Warnings: batch.Warnings(in.Rows), Notes: in.Notes, Found: found(in), Words: a.Words,
	}}
	compared := a.compareFile(ctx, at, o.Plans, in, plans)
	i.Check.Unusual, i.Check.Changes = compared.Unusual, compared.Changes
	if err := o.Reading.Limits.Check(totals); err != nil {
		i.Refused = nothing(err)
	}
	return i, nil
}

// factsOf says how a file was read.
func factsOf(in *ingest.Input) FileFacts {
	return FileFacts{SHA256: in.SHA256, Sheet: in.Sheet, Format: in.Format, Fields: in.Fields}
}
