package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
	"flexybatch/report"
)

// ResendOptions says which batch's unpaid rows are paid anew, and in which file.
type ResendOptions struct {
	Place Place
	Out   string // the new file, whose name is that of the new batch; empty: NAME-r1.xlsx beside the file
}

// Resent is a new input file of the rows that are provably unpaid.
type Resent struct {
	From      string            // the batch
	State     string            // its folder
	Read      map[string]string // how its file was read, by the names of the flags
	Name      string            // the new batch
	Path      string            // the new file; empty: there was nothing to write
	Simulated bool              // the batch was
	Older     string            // a file of the usual name that is there all the same, though there was nothing to write
	Rows      *batch.Resend
}

// Outcome is Open where rows are left out whose end is not known yet.
func (r *Resent) Outcome() Outcome {
	if r.Rows.Open > 0 {
		return Open
	}
	return Done
}

// Resend writes the rows of a batch that are provably unpaid to a new input file, a
// batch of its own, and notes in the batch's books which rows left for it: each row
// leaves for one batch only. It asks nothing of the provider and sends nothing.
// Written twice, the file pays each row once.
func (a *App) Resend(ctx context.Context, o ResendOptions) (r *Resent, err error) {
	from, l, _, err := readOwnBooks(o.Place, false)
	if err != nil {
		return nil, err
	}
	usual := filepath.Join(filepath.Dir(from.File), nextName(from.Name)+".xlsx")
	path := cmp.Or(o.Out, usual)
	to, err := resendTo(from, path)
	if err != nil {
		return nil, err
	}
	books, err := batch.OpenBooks(from.storage(), from.Journal())
	if err != nil {
		return nil, &JournalError{Journal: from.Journal(), Err: err}
	}
	defer func() {
		if closed := books.Close(); err == nil && closed != nil {
			r, err = nil, nothing(closed)
		}
	}()
	lineage, err := a.lineageOf(ctx, from, books.Ledger)
	if err != nil {
		return nil, err
	}
	r = &Resent{From: from.Name, State: from.State, Read: flagsOf(l.Batch().Options), Name: to.Name, Path: path, Simulated: books.Batch().Account.Type == batch.Simulated, Rows: lineage.Resend(to.Name)}
	if len(r.Rows.Rows) == 0 {
		r.Path = ""
		if _, err := os.Stat(usual); err == nil {
			r.Older = usual
		}
		return r, nil
	}
	return r, a.writeResend(r, books, from)
}

// writeResend writes the new file. The note of which rows leave comes first: a row
// whose note is lost could leave twice.
func (a *App) writeResend(r *Resent, books *batch.Books, from *Location) error {
	target := outfile.Target{Path: r.Path, Kind: outfile.Resend, Batch: from.Name}
	if err := a.checkTargets([]outfile.Target{target}, from.inputs()...); err != nil {
		return err
	}
	if err := books.NoteResent(r.Name, filepath.Base(r.Path), r.Rows.Rows); err != nil {
		return nothing(err)
	}
	if err := a.write(target, func(w io.Writer) error { return report.ResendWorkbook(w, r.Rows, a.Words) }); err != nil {
		return refusef("writing the new file: %w", err)
	}
	return nil
}

// lineageOf is the lineage of a batch that is in the books.
func (a *App) lineageOf(ctx context.Context, at *Location, own *batch.Ledger) (*batch.Lineage, error) {
	k, err := a.journals(ctx, at, own.Batch().Account.Type == batch.Simulated)
	if err != nil {
		return nil, err
	}
	return k.lineage(own, nil)
}

var resent = regexp.MustCompile(`^(.*)-r([0-9]{1,6})$`)

// nextName is the name of the batch that pays anew: NAME-r1, then NAME-r2. It
// follows from the name alone, so that the same rows never get two.
func nextName(name string) string {
	if m := resent.FindStringSubmatch(name); m != nil {
		if n, err := strconv.Atoi(m[2]); err == nil {
			return fmt.Sprintf("%s-r%d", m[1], n+1)
		}
	}
	return name + "-r1"
}

// resendTo is the batch that a new file will be: the file must not be the old
// batch's own, and the new batch must not have been sent from yet.
func resendTo(from *Location, path string) (*Location, error) {
	if filepath.Ext(path) != ".xlsx" {
		return nil, &BadResend{Path: path, Why: lang.Msg("the new file is a workbook; give a name that ends in .xlsx")}
	}
	to, err := Place{File: path, State: from.State, Storage: from.stored}.Locate()
	if err != nil {
		return nil, err
	}
	if to.Name == from.Name {
		return nil, &BadResend{Path: path, Why: lang.Msg("a batch of that name is the one that the rows come from, and it pays none of them again; give another name")}
	}
	switch sent, err := sentFrom(to); {
	case err != nil:
		return nil, err
	case sent:
		return nil, &ResendRun{From: from, To: to}
	}
	return to, nil
}

// sentFrom tells whether anything was sent from a batch.
func sentFrom(at *Location) (sent bool, err error) {
	var never *NeverRun
	if errors.As(at.Begun(), &never) {
		return false, nil
	}
	l, _, err := batch.ReadLedger(at.storage(), at.Journal())
	if err != nil {
		return false, &JournalError{Journal: at.Journal(), Err: err}
	}
	l.Each(func(s *batch.RowStatus) bool {
		sent = s.Attempts > 0
		return !sent
	})
	return sent, nil
}

// BadResend says that a name is no good for the file of a resend.
type BadResend struct {
	wrongUse
	Path string
	Why  lang.Message
}

func (e *BadResend) Error() string { return e.Message().String() }

// Message says why.
func (e *BadResend) Message() lang.Message { return lang.Msg("%q: %s", e.Path, e.Why) }

// ResendRun says that the batch of a resend was run already, so that its file stays
// as it is.
type ResendRun struct {
	nothingDone
	From, To *Location
}

func (e *ResendRun) Error() string { return e.Message().String() }

// Message names the batch.
func (e *ResendRun) Message() lang.Message {
	return lang.Msg("the batch %s was already run (%s), and its file stays as it is.", e.To.Name, e.To.Journal())
}
