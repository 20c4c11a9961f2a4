package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"flexybatch/internal/lang"
	"flexybatch/report"
)

// Template writes a blank input workbook for the plans of a catalogue. A file that
// exists is left alone.
func (a *App) Template(ctx context.Context, file string, from Catalogue) error {
	plans, err := a.Plans(ctx, from)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return &Exists{file}
	}
	if err := report.WriteFile(file, func(w io.Writer) error { return report.Template(w, plans, a.Words) }); err != nil {
		return nothing(err)
	}
	return nil
}

// Exists says that a file is there already.
type Exists struct{ File string }

func (e *Exists) Error() string  { return e.Message().String() }
func (*Exists) Outcome() Outcome { return Nothing }

// Message says so.
func (e *Exists) Message() lang.Message {
	return lang.Msg("%s exists already, and may hold somebody's work: name another file", e.File)
}
