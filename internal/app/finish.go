package app

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/journal"
	"flexybatch/report"
)

// RunResult is what a run came to. What became of the rows is in the books and in
// the report.
type RunResult struct {
	Summary report.Summary
	Tally   batch.Tally
	Sending batch.Result // why sending stopped, if it did, and how much was sent by this run
	Held    error        // why the rest was not sent after the canary; nil: it was, or there was none

	// AllSent says that there was nothing left to do, since when and until when
	// it was done before.
	AllSent     bool
	First, Last time.Time

	Earlier EarlierRun
}

// EarlierRun is what an earlier run paid of a batch, whose books are lost.
type EarlierRun struct {
	Rows        int
	First, Last time.Time // when it paid them
}

// earlierRun finds it in the books.
func earlierRun(l *batch.Ledger) (e EarlierRun) {
	l.Each(func(s *batch.RowStatus) bool {
		at := s.Earlier()
		if at.IsZero() {
			return true
		}
		if e.Rows++; e.First.IsZero() || at.Before(e.First) {
			e.First = at
		}
		if at.After(e.Last) {
			e.Last = at
		}
		return true
	})
	return e
}

// Outcome is that of the batch.
func (r *RunResult) Outcome() Outcome { return OutcomeOfTally(r.Tally) }

// nothingLeft ends a task that has nothing left to do.
func (j *job) nothingLeft(ctx context.Context) error {
	j.result.AllSent = true
	j.result.First, j.result.Last = j.books.known.Span()
	if err := j.watchBooks(); err != nil {
		return err
	}
	return j.finish(ctx, nil)
}

// finish writes the report and the summary. cause is why the books could not be
// kept, if that was so: the report then tells what is on disk.
func (j *job) finish(ctx context.Context, cause error) error {
	if cause == nil {
		j.noteEnd(ctx)
	}
	target := j.at.resultsTarget(j.options.Results)
	head, lines := j.books.open.Head()
	reported := j.app.write(target, func(w io.Writer) error {
		return report.Workbook(w, j.books.known, report.Options{Words: j.app.Words, Journal: filepath.Base(j.at.Journal()), Head: head, Lines: lines})
	})
	j.result.Tally = j.books.known.Tally()
	j.result.Summary = j.summary(target.Path)
	j.result.Earlier = earlierRun(j.books.known)
	j.done = true
	switch {
	case errors.Is(cause, batch.ErrInvariant), isPanic(cause):
		return Failed(Internal, cause)
	case errors.Is(cause, journal.ErrMoved):
		return &JournalMoved{Err: cause}
	case cause != nil:
		return &BooksFailed{cause, j.result.Sending.Requests}
	case reported != nil:
		return &NotReported{File: j.at.File, Err: reported}
	}
	return nil
}

// noteEnd tells the books how the session ended and what the account holds then.
func (j *job) noteEnd(ctx context.Context) {
	if j.provider.whose == (batch.Account{}) {
		return
	}
	n := batch.NoteRecord{What: batch.NoteEnded, Text: batch.Msg("all that could be done was done")}
	switch {
	case j.result.Sending.Stopped != nil:
		n.What, n.Text = batch.NoteStopped, batch.Said(j.result.Sending.Stopped)
	case j.result.Sending.Drained:
		n.Text = batch.Msg("told to stop")
		if j.toldBy != "" {
			n.Text = batch.Msg("told to stop by %s", j.toldBy)
		}
	case j.result.Held != nil:
		n.Text = heldByCanary()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if b, err := j.provider.client.Balance(ctx); err == nil {
		n.Balance = &b
	}
	if err := j.books.open.Note(n); err != nil {
		j.app.watcher().Note(lang.Msg("Note: %v", err))
	}
}

// summary is the outcome in short.
func (j *job) summary(path string) report.Summary {
	s := report.Summarize(j.books.known)
	s.Journal, s.Report = j.at.Journal(), path
	s.SentNow = j.result.Sending.Sent
	s.DurationS = time.Since(j.started).Seconds()
	s.APICalls = j.provider.calls()
	return s
}

func isPanic(err error) bool {
	_, ok := errors.AsType[*batch.Panic](err)
	return ok
}
