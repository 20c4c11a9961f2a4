package app

import (
	"context"
	"errors"
	"os"
	"os/user"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/internal/register"
)

// send sends what is unsent, the canary first if there is one, and follows what is
// open. The error says that the books could not be kept.
func (j *job) send(ctx, drain context.Context, balance batch.Centimes) error {
	if err := j.begin(balance); err != nil {
		return err
	}
	e := j.engine()
	e.Pick = j.pick(nil)
	if j.options.Canary == 0 {
		if err := j.goesOn(); err != nil {
			return refusef("%w; nothing was sent", err)
		}
		return j.finish(ctx, j.drive(ctx, drain, e))
	}
	first := canary(j.books.known.Rows(), j.rows.plans, j.options.Canary)
	e.Pick = j.pick(func(s *batch.RowStatus) bool { return first[s.Ref] })
	if err := j.drive(ctx, drain, e); err != nil || j.result.Sending.Stopped != nil || j.result.Sending.Drained {
		return j.finish(ctx, err)
	}
	if j.result.Held = j.mayGoOn(drain, first); j.result.Held != nil {
		return j.finish(ctx, nil)
	}
	e.Pick = j.pick(nil)
	return j.finish(ctx, j.drive(ctx, drain, e))
}

// follow asks about what is open, and sends nothing.
func (j *job) follow(ctx, drain context.Context, balance batch.Centimes) error {
	if err := j.begin(balance); err != nil {
		return err
	}
	defer j.app.holding(j.books.known.Tally().Total)()
	e := j.engine()
	e.Pick = func(*batch.RowStatus) bool { return false }
	return j.finish(ctx, j.drive(ctx, drain, e))
}

// begin tells the books and the observer that the engine is about to work.
func (j *job) begin(balance batch.Centimes) error {
	if err := j.approvals.note(j.books.open); err != nil {
		return err
	}
	if err := j.watchBooks(); err != nil {
		return err
	}
	err := j.books.open.Note(batch.NoteRecord{What: batch.NoteStarted, Text: j.app.whoami(), Balance: &balance})
	if err != nil {
		return refusef("%w; nothing was sent", err)
	}
	j.noteInRegister()
	return nil
}

// noteInRegister remembers where the journal is, for later batches. That is a help
// and no book: a batch does not wait for it.
func (j *job) noteInRegister() {
	if j.app.Register == nil || j.at.stored != nil || j.books.simulated() {
		return
	}
	b := j.books.known.Batch()
	err := j.app.Register.Note(register.Entry{Journal: j.at.Journal(), Batch: b.Name, Account: b.Account, SHA256: b.SHA256})
	if err != nil {
		j.app.watcher().Note(lang.Msg("Note: %v", err))
	}
}

// watchBooks tells the observer that the books are open.
func (j *job) watchBooks() error {
	return refusedByObserver(j.app.watcher().Began(Began{Batch: j.at.Name, Books: j.books.open, Journal: j.at.Journal()}))
}

// engine is the engine at the pace that was asked for.
func (j *job) engine() *batch.Engine {
	p := j.pace
	return &batch.Engine{
		Books: j.books.open, Provider: j.guarded(), Log: j.app.log().With("batch", j.at.Name),
		Concurrency: p.Concurrency, Rate: p.Rate, Auto: p.Auto, Poll: p.Poll, Wait: p.Wait, ResendAfter: p.ResendAfter,
		PhoneGap: p.PhoneGap, StopAfter: p.StopAfter,
	}
}

// guarded is the provider, as the door guards it.
func (j *job) guarded() batch.Provider {
	if j.app.Guard == nil {
		return j.provider.client
	}
	return j.app.Guard(j.provider.client)
}

// drive runs the engine once, watched by the observer.
func (j *job) drive(ctx, drain context.Context, e *batch.Engine) error {
	before := j.result.Sending
	ended := j.app.watcher().Working(Work{
		Sends: sends(e), Poll: e.Poll, Wait: e.Wait, Sent: before.Requests,
		Tally: e.Books.Tally, Progress: e.Progress,
	})
	result, err := e.Run(ctx, drain)
	if told, ok := errors.AsType[*ToldToStop](context.Cause(drain)); ok {
		j.toldBy = told.Who
	}
	result.Sent += before.Sent
	result.Requests += before.Requests
	j.result.Sending = result // before the observer lets go of what it shows
	ended()
	return err
}

// sends is how many rows an engine is given to send.
func sends(e *batch.Engine) (n int) {
	e.Books.Each(func(s *batch.RowStatus) bool {
		if s.State == batch.Unsent && (e.Pick == nil || e.Pick(s)) {
			n++
		}
		return true
	})
	return n
}

// whoami names the person for whom it is done, and the process that runs, for the books.
func (a *App) whoami() batch.Message {
	if a.Who != "" {
		return batch.Msg("%s, through %s", a.Who, processName(a.Version))
	}
	return processName(a.Version)
}

// processName names the process that runs.
func processName(version string) batch.Message {
	who, host := batch.Msg("somebody"), batch.Msg("this machine")
	if u, err := user.Current(); err == nil {
		who = batch.Literal(u.Username)
	}
	if name, err := os.Hostname(); err == nil {
		host = batch.Literal(name)
	}
	return batch.Msg("%s on %s, process %d, flexybatch %s", who, host, os.Getpid(), version)
}
