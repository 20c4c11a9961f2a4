package cli

import (
	"context"

	"github.com/spf13/cobra"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/settings"
)

const runHelp = `Validate FILE, show what it comes to, ask, send every valid row once, follow each
to its end, and write NAME.results.xlsx beside it.

  flexybatch run --simulate trial.csv              try it without key or money
  flexybatch run payroll.xlsx                      the real thing
  flexybatch run payroll.xlsx                      again, after an interruption: it resumes
  flexybatch run --dry-run payroll.xlsx            what it would send, and no more
  flexybatch run --canary 5 payroll.xlsx           five rows first, and then a question
  flexybatch run --yes --json payroll.xlsx         from cron (see: flexybatch help unattended)
  flexybatch run --amend payroll.xlsx              the file was corrected: send what is new
  flexybatch run --amend --pay-again 2 --reason "a bonus" payroll.xlsx
                                                   two rows that look paid, once more
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

A row that is new in a corrected file (--amend) is held against everything that the
batch has paid: an id spelt otherwise, an amount raised or a phone written in
another way pays nobody twice. Such a row is not sent; its code is paid.before, and
the message names the payment that stands against it. Before the first send the
rows are also held against your other batches and the provider's own list
(--recent); where most of them were paid under another name, their number is asked
for. --pay-again N --reason TEXT pays N such rows on purpose: N must be their exact
number, and who, when and why stand in the journal.

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
	paid      paidFlags
	output    output
	publish   publishFlags

	out, maker                  string
	amend, yes, dryRun, prepare bool
	canary                      int
}

func newRun(w machine) *cobra.Command {
	o := &runOptions{output: output{machine: w}}
	cmd := takesFile(&cobra.Command{
		Use: "run FILE", Short: "Validate, ask, send, settle, report; run again, it resumes", Long: runHelp,
		RunE: func(cmd *cobra.Command, args []string) error { return runRun(cmd, o, args[0]) },
	}, inputFiles()...)
	o.place.add(cmd)
	o.reading.add(cmd)
	o.send.add(cmd)
	o.account.add(cmd)
	o.approvals.add(cmd)
	o.paid.add(cmd)
	o.output.add(cmd)
	o.output.addProgress(cmd)
	o.publish.add(cmd)
	f := cmd.Flags()
	addOut(cmd, &o.out)
	f.BoolVar(&o.amend, "amend", false, "the file was corrected since the journal was begun: send what is new")
	f.BoolVar(&o.yes, "yes", false, "ask nothing")
	f.Var(settings.NewWhole(&o.canary, 0), "canary", "send N rows first, settle them, and ask again")
	f.BoolVar(&o.dryRun, "dry-run", false, "stop before the question: nothing is sent, nothing is written")
	f.BoolVar(&o.prepare, "prepare", false, "write NAME.plan.json, for others to approve, and send nothing")
	f.StringVar(&o.maker, "maker", "", "with --prepare: your name, which stands in the request; you cannot approve it yourself then")
	return cmd
}

// addOut adds the flag of where the results workbook goes.
func addOut(cmd *cobra.Command, out *string) {
	cmd.Flags().StringVar(out, "out", "", "the results workbook (default NAME.results.xlsx in the state folder)")
	complete(cmd, "out", files())
}

// runRun runs a batch, or does what comes before.
func runRun(cmd *cobra.Command, o *runOptions, file string) error {
	if err := o.place.filesOnly(o.output.machine, lang.Msg("flexybatch submit FILE puts a batch in line")); err != nil {
		return err
	}
	options, err := o.options(cmd, file)
	if err != nil {
		return err
	}
	t := &task{output: &o.output, account: &o.account}
	if o.prepare || o.dryRun {
		return t.rehearse(cmd.Context(), options, o.prepare)
	}
	t.publish, t.sends = &o.publish, true
	useLargePages(file, 32) // a phone, a plan and an amount
	return t.do(cmd.Context(), options.Place, func(job *app.App, abort, drain context.Context) (*app.RunResult, error) {
		job.Confirm = o.output.confirm()
		return job.Run(abort, drain, options)
	})
}

// options is what the flags say.
func (o *runOptions) options(cmd *cobra.Command, file string) (r app.RunOptions, err error) {
	r = app.RunOptions{Place: o.place.of(file), Account: o.account.account(), Results: o.out, Amend: o.amend, Canary: o.canary, Yes: o.yes, Maker: o.maker}
	if _, err := r.Place.Locate(); err != nil {
		return r, err
	}
	if err := o.output.checkProgress(); err != nil {
		return r, err
	}
	if err := o.paid.set(cmd, &r); err != nil {
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
	if o.maker != "" && !o.prepare {
		return r, badFlag("maker", "--maker goes with --prepare: it says who prepares the request")
	}
	if o.prepare && len(o.approvals.requests) > 0 {
		return r, usagef("--prepare writes a request that is to be approved, and --approved takes one that is: give one of them")
	}
	r.Approvals, err = o.approvals.approvals(cmd)
	return r, err
}
