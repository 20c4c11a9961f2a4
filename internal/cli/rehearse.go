package cli

import (
	"context"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/report"
)

// rehearse goes as far as a run does before its question, and prepares the approval
// request, if that is wanted.
func (t *task) rehearse(ctx context.Context, options app.RunOptions, prepare bool) error {
	log, closeLog, err := t.output.logger()
	if err != nil {
		return err
	}
	defer func() { _ = closeLog() }() // nothing was done that it could tell of
	ctx, _, stop := t.output.signals(ctx)
	defer stop()
	job := t.job(log)
	if prepare {
		p, err := job.Prepare(ctx, options)
		if err != nil {
			return err
		}
		return t.prepared(p, options.Place.File)
	}
	r, err := job.Rehearse(ctx, options)
	if err != nil {
		return err
	}
	return t.rehearsed(r)
}

// rehearsal is what a dry run prints with --json: what validate prints, and what
// a run would send.
type rehearsal struct {
	report.Validation
	Batch   string        `json:"batch"`
	Account batch.Account `json:"account"`
	ToSend  struct {
		Rows      int            `json:"rows"`
		Requested batch.Centimes `json:"requested"`
		Cost      batch.Centimes `json:"cost"`
	} `json:"to_send"`
	Balance struct {
		Before batch.Centimes `json:"before"`
		After  batch.Centimes `json:"after"`
	} `json:"balance"`
	EndsAt int `json:"balance_ends_at_row"` // 0: it does not
}

// rehearsed tells what a dry run came to.
func (t *task) rehearsed(r *app.Rehearsal) error {
	if t.output.json {
		p := r.Preflight
		out := rehearsal{Validation: r.Check.Validation(), Batch: p.Batch, Account: p.Account, EndsAt: p.Funds.ShortAt}
		out.ToSend.Rows, out.ToSend.Requested, out.ToSend.Cost = p.ToSend.Valid, p.ToSend.Requested, p.ToSend.Cost
		out.Balance.Before, out.Balance.After = p.Funds.Before, p.Funds.After
		if err := t.output.print(out); err != nil {
			return err
		}
	}
	t.output.say("A dry run: nothing was sent and nothing was written.\n")
	return ends(r.Outcome())
}

// preparedSummary is what run --prepare --json prints.
type preparedSummary struct {
	Batch  string       `json:"batch"`
	Plan   string       `json:"plan"` // the file
	Digest string       `json:"digest"`
	Rows   preparedRows `json:"rows"`
	Money  struct {
		Requested batch.Centimes `json:"requested"`
		Cost      batch.Centimes `json:"cost"`
	} `json:"money"`
}

type preparedRows struct {
	Valid   int `json:"valid"`
	Invalid int `json:"invalid"`
}

// prepared tells what is to be approved, and how.
func (t *task) prepared(p *app.Prepared, file string) error {
	r := p.Request.Request
	if t.output.json {
		s := preparedSummary{Batch: r.Batch, Plan: p.Path, Digest: p.Request.Digest, Rows: preparedRows{len(r.Rows), r.Invalid}}
		s.Money.Requested, s.Money.Cost = r.Requested, r.Cost
		if err := t.output.print(s); err != nil {
			return err
		}
	}
	if p.Approvals > 0 {
		t.output.say("Approval request: %s (digest %s), as it was prepared before; %s.\n", p.Path, p.Request.Digest, lang.Count(p.Approvals, "%d approval is in it", "%d approvals are in it"))
	} else {
		t.output.say("Approval request: %s (digest %s). Nothing was sent.\n", p.Path, p.Request.Digest)
	}
	t.output.say("Let it be approved with: flexybatch approve %s\nThen: flexybatch run --approved %s --require-approvals 2 --approvers FILE %s\n", quoted(p.Path), quoted(p.Path), quoted(file))
	return ends(p.Outcome())
}
