package app

import (
	"context"
	"io"
	"path/filepath"
	"strings"

	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
	"flexybatch/report"
)

// Template writes a blank input workbook for the plans of a catalogue. A file that
// exists is left alone.
func (a *App) Template(ctx context.Context, file string, from Catalogue) error {
	if !strings.EqualFold(filepath.Ext(file), ".xlsx") {
		return &NotWorkbook{File: file}
	}
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

// NotWorkbook says that a workbook cannot have this name: whoever opens it would be
// told that it is damaged.
type NotWorkbook struct {
	wrongUse
	File string
}

func (e *NotWorkbook) Error() string { return e.Message().String() }

// Message says which name would do.
func (e *NotWorkbook) Message() lang.Message {
	return lang.Msg("the template is a workbook, and %s is no name of one: give %s", e.File, strings.TrimSuffix(e.File, filepath.Ext(e.File))+".xlsx")
}
