package app

import (
	"context"
	"io"

	"flexybatch/internal/outfile"
	"flexybatch/report"
)

// Template writes a blank input workbook for the plans of a catalogue. A file that
// exists is left alone.
func (a *App) Template(ctx context.Context, file string, from Catalogue) error {
	target := outfile.Target{Path: file, Kind: outfile.Template}
	if err := a.checkTargets([]outfile.Target{target}, from.inputs()...); err != nil {
		return err
	}
	plans, err := a.Plans(ctx, from)
	if err != nil {
		return err
	}
	if err := a.write(target, func(w io.Writer) error { return report.Template(w, plans, a.Words) }); err != nil {
		return nothing(err)
	}
	return nil
}
