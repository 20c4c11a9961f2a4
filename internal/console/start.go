package console

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/office"
)

// start begins, or goes on with, sending a batch. Pressed twice it begins once.
func (k *Console) start(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	told := consentOf(r)
	if typed := strings.TrimSpace(r.PostFormValue("canary")); typed != "" && told.Canary == 0 {
		k.fail(w, r, app.Failed(app.Usage, lang.Errorf("%q is no number of rows that are sent first. Nothing was sent.", typed)))
		return
	}
	options := k.options(b)
	if c, ok := k.rehearse(b); ok && c.err == nil {
		options.Amend = options.Amend || c.amends
	}
	options.Canary = told.Canary
	if k.inLine() != nil {
		k.run(w, r, b, &run{batch: b.Name, sends: true, told: told}, k.pay(b, options, visitOf(r).person.Name))
		return
	}
	job := k.jobOf(r)
	k.run(w, r, b, &run{batch: b.Name, sends: true, told: told}, func(ctx, drain context.Context, now *run) (*app.RunResult, error) {
		job.Observer, job.Confirm = now, now
		return job.Run(ctx, drain, options)
	})
}

// consentOf is what a person was shown, and what they typed.
func consentOf(r *http.Request) consent {
	whole := func(field string) int {
		n, _ := strconv.Atoi(rowCount(r.PostFormValue(field)))
		return n
	}
	cost, _ := batch.ParseCentimes(r.PostFormValue("cost"))
	return consent{
		Rows: whole("shown"), Cost: cost, Typed: rowCount(r.PostFormValue("rows")), Canary: whole("canary"),
		Again: rowCount(r.PostFormValue("again")), Reason: strings.TrimSpace(r.PostFormValue("reason")),
	}
}

// settle asks again about rows whose outcome is open.
func (k *Console) settle(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	if k.inLine() != nil {
		k.inLineOnly(func(ctx context.Context, l *office.Line, name, by string) error { return l.Settle(ctx, name, by) })(w, r, b)
		return
	}
	account := k.accountOf(b)
	options := app.SettleOptions{Place: k.config.Folder.Place(b.Name), Account: account, Pace: k.paceOf(account)}
	job := k.jobOf(r)
	k.run(w, r, b, &run{batch: b.Name}, func(ctx, drain context.Context, now *run) (*app.RunResult, error) {
		job.Observer, job.Confirm = now, now
		return job.Settle(ctx, drain, options)
	})
}

// run begins a run, waits a little for it to begin, and leads to where it shows.
func (k *Console) run(w http.ResponseWriter, r *http.Request, b *app.FolderBatch, fresh *run, do task) {
	now, _ := k.runs.start(fresh, do)
	if now == nil { // the console is about to end
		back(w, r, address(b.Name))
		return
	}
	isDone(now.begun, k.runs.patience)
	k.flights.forget(b.Name)
	switch s := now.look(); {
	case s.Refused():
		back(w, r, address(b.Name, "answers?refused"))
	default: // which waits for it, and says what became of it
		back(w, r, address(b.Name))
	}
}

// refusalOf is what refused the last start of a batch, for as long as nothing was
// changed since then and no other start was made; zero where nothing did.
func (k *Console) refusalOf(b *app.FolderBatch, words *lang.Printer) lang.Message {
	if in, err := k.standing(context.Background(), b.Name); err == nil && in != nil && in.State == office.Refused {
		return lang.Msg("The start was refused: %s", in.NoteIn(words.Language()))
	}
	run := k.runs.of(b.Name)
	if run == nil {
		return lang.Message{}
	}
	s := run.look()
	if !s.Sends || !s.Refused() || b.Touched.After(s.Ended) {
		return lang.Message{}
	}
	return lang.Msg("The start at %s was refused: %v", lang.Clock(s.Ended), worded(s.Err))
}

// pause lets a run finish what is under way, and begins nothing new.
func (k *Console) pause(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	if k.inLine() != nil {
		k.inLineOnly(func(ctx context.Context, l *office.Line, name, by string) error { return l.Pause(ctx, name, by) })(w, r, b)
		return
	}
	if now := k.runs.of(b.Name); now != nil && !now.isOver() {
		var why error
		if k.office != nil {
			why = &app.ToldToStop{Who: visitOf(r).person.Name}
		}
		now.pause(why)
	}
	back(w, r, address(b.Name))
}

// rest answers whether the rest follows the first few rows.
func (k *Console) rest(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	if now := k.runs.of(b.Name); now != nil {
		now.reply(app.Answer{Yes: r.PostFormValue("yes") == "yes", Text: rowCount(r.PostFormValue("rows"))})
	}
	back(w, r, address(b.Name))
}
