package app

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"flexybatch/ingest"
	"flexybatch/report"
)

// ResendDraft is Resend for a batch of a folder: what it writes becomes a draft of its
// own. The draft is nil where there was nothing to write.
func (a *App) ResendDraft(ctx context.Context, f Folder, name, who string) (*Resent, *Draft, error) {
	to := &Draft{Name: nextName(name)}
	v := FileVersion{Number: 1, File: to.Name + ".xlsx", Given: to.Name + ".xlsx", Who: who, At: time.Now().UTC()}
	if was, err := f.Draft(to.Name); err == nil && !f.Begun(to.Name) { // it was made before, and is made again
		v.Number = was.Current().Number + 1
	}
	path := f.file(to, v)
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return nil, nil, err
	}
	r, err := a.Resend(ctx, ResendOptions{Place: f.Books(name), Out: path})
	if err != nil || r.Path == "" {
		_ = os.Remove(filepath.Dir(path)) // it is empty
		_ = os.Remove(f.input(to.Name))   // likewise, if it was made for this
		return r, nil, err
	}
	if v.SHA256, err = ingest.Digest(path); err != nil {
		return r, nil, nothing(err)
	}
	to.Versions, to.Settled, to.Simulate = []FileVersion{v}, true, r.Simulated
	if from, err := f.Draft(name); err == nil {
		to.Choices = from.Choices
		to.Choices.Encoding, to.Choices.Sheet = "", ""
		if len(to.Choices.Map) > 0 { // a column's letter fits any sheet
			to.Choices.Sheet = report.ResendSheet(a.Words)
		}
	}
	return r, to, f.Keep(to)
}
