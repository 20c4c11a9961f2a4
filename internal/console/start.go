package console

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/app"
)

// startPatience is how long the page of a start waits to tell whether the batch has
// begun.
const startPatience = 3 * time.Second

// start begins, or goes on with, sending a batch. Pressed twice it begins once.
func (k *Console) start(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	told := consentOf(r)
	options := k.options(b)
	if c, ok := k.rehearse(b); ok && c.err == nil {
		options.Amend = options.Amend || c.amends
	}
	options.Canary = told.Canary
	job := k.jobOf(r)
	k.run(w, r, b, &run{batch: b.Name, sends: true, told: told}, func(ctx, drain context.Context, now *run) (*app.RunResult, error) {
		job.Observer, job.Confirm = now, now
		return job.Run(ctx, drain, options)
	})
}

// consentOf is what a person was shown, and what they typed.
func consentOf(r *http.Request) consent {
	whole := func(field string) int {
		n, err := strconv.Atoi(r.PostFormValue(field))
		if err != nil || n < 0 {
			return 0
		}
		return n
	}
	cost, _ := batch.ParseCentimes(r.PostFormValue("cost"))
	return consent{
		Rows: whole("shown"), Cost: cost, Typed: strings.TrimSpace(r.PostFormValue("rows")), Canary: whole("canary"),
		Again: strings.TrimSpace(r.PostFormValue("again")), Reason: strings.TrimSpace(r.PostFormValue("reason")),
	}
}

// settle asks again about rows whose outcome is open.
func (k *Console) settle(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
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
	isDone(now.begun, startPatience)
	k.flights.forget(b.Name)
	switch s := now.look(); {
	case s.Over && s.Err != nil && s.Result == nil:
		back(w, r, address(b.Name, "answers?refused"))
	case !s.Over && !b.Begun:
		back(w, r, address(b.Name)+"?"+starting)
	default:
		back(w, r, address(b.Name))
	}
}

// starting is in the address of a batch whose start took longer than a person waits:
// the page shows what becomes of it, a refusal too.
const starting = "starting"

// pause lets a run finish what is under way, and begins nothing new.
func (k *Console) pause(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
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
		now.reply(app.Answer{Yes: r.PostFormValue("yes") == "yes", Text: strings.TrimSpace(r.PostFormValue("rows"))})
	}
	back(w, r, address(b.Name))
}
