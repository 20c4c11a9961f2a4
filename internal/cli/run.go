package cli

import (
	"context"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/settings"
	"flexybatch/report"
)

const runHelp = `Validate FILE, show what it comes to, ask, send every valid row once, follow each
to its end, and write NAME.results.xlsx beside it.

  flexybatch run --simulate payroll.csv            try it without key or money
  flexybatch run payroll.xlsx                      the real thing
  flexybatch run payroll.xlsx                      again, after an interruption: it resumes
  flexybatch run --dry-run payroll.xlsx            what it would send, and no more
  flexybatch run --canary 5 payroll.xlsx           five rows first, and then a question
  flexybatch run --yes --json payroll.xlsx         from cron (see: flexybatch help unattended)
  flexybatch run --amend payroll.xlsx              the file was corrected: send what is new
  flexybatch run --batch october payroll.xlsx      a new pay period with the same file

Every row has a reference made from the batch's name and the row itself, so the
same row of the same batch is never paid twice, on whatever machine.

With a PRODUCTION key the answer to the question is the number of rows that will
be sent, typed in. --yes asks nothing.

--canary N sends N valid rows first: of every operator, and of each of its plans,
the first rows of the file, in turn. It waits for their outcomes (--wait), shows
them and asks whether to send the rest. With --yes the rest follows only if every
one of them was fulfilled, or rejected by the provider for what the row asks, and
one at least fulfilled; a refund, or an outcome still open, holds the rest back
(exit code 4). The same file has the same canary, also after a crash: running the
same command again never sends another.

--prepare writes a request for others to approve (flexybatch approve) and sends
nothing; --approved REQUEST sends what they approved and nothing else, and refuses
when file, plan or price has changed since. --approvers FILE says whose approvals
count, --require-approvals N how many people it takes (0: none, also where your
settings want some).

--dry-run stops before the question, with the exit code of validate: nothing is
sent, no journal is made. With --json it prints what validate does, and batch,
account, to_send, balance and balance_ends_at_row beside it.`

// runOptions is what run was asked for.
type runOptions struct {
	place     placeFlags
	reading   readingFlags
	send      sendFlags
	account   accountFlags
	approvals approvalFlags
	output    output
	publish   publishFlags

	out                         string
	amend, yes, dryRun, prepare bool
	canary                      int
}

func newRun(w world) *cobra.Command {
	o := &runOptions{output: output{world: w}}
	cmd := takesFile(&cobra.Command{
		Use: "run FILE", Short: "Validate, ask, send, settle, report; run again, it resumes", Long: runHelp,
		RunE: func(cmd *cobra.Command, args []string) error { return runRun(cmd, o, args[0]) },
	}, inputFiles()...)
	o.place.add(cmd)
	o.reading.add(cmd)
	o.send.add(cmd)
	o.account.add(cmd)
	o.approvals.add(cmd)
	o.output.add(cmd)
	o.publish.add(cmd)
	f := cmd.Flags()
	addOut(cmd, &o.out)
	f.BoolVar(&o.amend, "amend", false, "the file was corrected since the journal was begun: send what is new")
	f.BoolVar(&o.yes, "yes", false, "ask nothing")
	f.Var(settings.NewWhole(&o.canary, 0), "canary", "send N rows first, settle them, and ask again")
	f.BoolVar(&o.dryRun, "dry-run", false, "stop before the question: nothing is sent, nothing is written")
	f.BoolVar(&o.prepare, "prepare", false, "write NAME.plan.json, for others to approve, and send nothing")
	return cmd
}

// addOut adds the flag of where the results workbook goes.
func addOut(cmd *cobra.Command, out *string) {
	cmd.Flags().StringVar(out, "out", "", "the results workbook (default NAME.results.xlsx in the state folder)")
	complete(cmd, "out", files())
}

// runRun runs a batch, or does what comes before.
func runRun(cmd *cobra.Command, o *runOptions, file string) error {
	options, err := o.options(cmd, file)
	if err != nil {
		return err
	}
	t := &task{output: &o.output, account: &o.account}
	if o.prepare || o.dryRun {
		return t.rehearse(cmd.Context(), options, o.prepare)
	}
	t.publish, t.sends = &o.publish, true
	return t.do(cmd.Context(), options.Place, func(job *app.App, abort, drain context.Context) (*app.RunResult, error) {
		job.Confirm = o.output.confirm()
		return job.Run(abort, drain, options)
	})
}

// options is what the flags say.
func (o *runOptions) options(cmd *cobra.Command, file string) (r app.RunOptions, err error) {
	r = app.RunOptions{Place: o.place.of(file), Account: o.account.account(), Results: o.out, Amend: o.amend, Canary: o.canary, Yes: o.yes}
	if _, err := r.Place.Locate(); err != nil {
		return r, err
	}
	if r.Reading, err = o.reading.reading(cmd); err != nil {
		return r, err
	}
	if !o.yes {
		r.Reading.Clarify = o.output.clarify()
	}
	if r.Pace, err = o.send.pace(cmd); err != nil {
		return r, err
	}
	if o.canary < 1 && cmd.Flags().Changed("canary") {
		return r, badFlag("canary", "--canary %d: give the number of rows to send first", o.canary)
	}
	if o.prepare && len(o.approvals.requests) > 0 {
		return r, usagef("--prepare writes a request that is to be approved, and --approved takes one that is: give one of them")
	}
	r.Approvals, err = o.approvals.approvals(cmd)
	return r, err
}

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
