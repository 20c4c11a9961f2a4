package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/ingest"
	"flexybatch/internal/settings"
	"flexybatch/internal/terminal"
	"flexybatch/journal"
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

--prepare writes the plan for others to approve (flexybatch approve) and sends
nothing; --approved PLAN sends what they approved and nothing else, and refuses when
file, plan or price has changed since. --approvers FILE says whose approvals count,
--require-approvals N how many people it takes (0: none, also where your settings
want some).

--dry-run stops before the question, with the exit code of validate: nothing is
sent, no journal is made. With --json it prints what validate does, and batch,
account, to_send, balance and balance_ends_at_row beside it.`

// runner is one run or settle.
type runner struct {
	world
	place
	input
	pacing
	account
	approvals
	talk
	outlets

	yes, amend, dryRun bool
	canary             int
	settle             bool // look only, send nothing

	started  time.Time
	known    *batch.Ledger // what the journal tells; nil: there is none yet
	books    *batch.Books  // the same, to be written; nil in a dry run
	provider *provider
	whose    batch.Account
	plans    batch.Catalogue // that the rows were checked against
	totals   batch.Totals
	shared   []string // which other batches have rows of this one, in words
	result   batch.Result
	held     bool            // the canary did not let the rest go
	ended    *report.Summary // what the run came to
	measured bool            // metrics are written: wanted, and no other process runs the batch
	log      *slog.Logger
	closeLog func() error
}

func newRun(w world) *cobra.Command {
	r := &runner{world: w}
	cmd := &cobra.Command{
		Use: "run FILE", Short: "Validate, ask, send, settle, report; run again, it resumes", Long: runHelp, Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error { return r.run(cmd, args[0]) },
	}
	r.place.flags(cmd)
	r.input.flags(cmd)
	r.lookFlags(cmd)
	r.sendFlags(cmd)
	r.account.flags(cmd)
	r.approvals.flags(cmd)
	r.talk.flags(cmd)
	r.outlets.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&r.out, "out", "", "the results workbook (default NAME.results.xlsx in the state folder)")
	f.BoolVar(&r.amend, "amend", false, "the file was corrected since the journal was begun: send what is new")
	f.BoolVar(&r.yes, "yes", false, "ask nothing")
	f.Var(settings.NewWhole(&r.canary, 0), "canary", "send N rows first, settle them, and ask again")
	f.BoolVar(&r.dryRun, "dry-run", false, "stop before the question: nothing is sent, nothing is written")
	return cmd
}

// run is the whole job: check, ask, write the plan down, send, settle, report.
func (r *runner) run(cmd *cobra.Command, file string) (err error) {
	r.started = time.Now()
	if err := r.prepare(cmd, file); err != nil {
		return err
	}
	if r.log, r.closeLog, err = r.logger(r.logLevel, r.logFile, r.logFormat); err != nil {
		return err
	}
	r.log = r.log.With("batch", r.name)
	abort, drain, stop := r.signals(cmd.Context())
	defer stop()
	defer func() { err = errors.Join(err, r.close()) }()
	if !r.dryRun {
		if err := r.outlets.resolve(r.world, &r.talk, r.name); err != nil {
			return err
		}
	}
	err = r.session(abort, drain, cmd)
	r.tell(abort, err)
	return err
}

// session is run without what it tells others.
func (r *runner) session(abort, drain context.Context, cmd *cobra.Command) error {
	begun, err := r.openIfBegun()
	if err != nil {
		return err
	}
	defer r.sparing()() // not before: a replay keeps nearly all that it makes
	r.measured = r.metricsFile != "" && !r.dryRun
	var rows *ingest.Input
	if begun {
		rows, err = r.resumed(drain)
	} else {
		rows, err = r.fresh(drain)
	}
	if err != nil {
		return err
	}
	if r.measured {
		if err := r.metrics().Write(r.figures(batch.Progress{})); err != nil {
			return failf(exitNothing, "--metrics-file: %w; nothing was sent", err)
		}
	}
	if rows == nil && r.finished() && !r.dryRun {
		return r.nothingLeft()
	}
	if err := r.connect(drain, cmd, !r.settle); err != nil {
		return err
	}
	if err := r.asApproved(drain, rows); err != nil {
		return err
	}
	return r.work(abort, drain, rows)
}

// prepare checks the command line.
func (r *runner) prepare(cmd *cobra.Command, file string) error {
	r.talk.resolve(r.world)
	if err := r.place.resolve(file); err != nil {
		return err
	}
	if r.settle {
		if err := r.found(); err != nil {
			return err
		}
	}
	if r.isJournal && !r.named {
		if b, err := batch.ReadHead(journal.Disk{}, r.journal()); err == nil { // else opening it tells
			r.name = b.Name
		}
	}
	if err := r.input.resolve(cmd); err != nil {
		return err
	}
	if err := r.pacing.resolve(cmd, ""); err != nil {
		return err
	}
	if cmd.Flags().Changed("canary") && r.canary < 1 {
		return failf(exitUsage, "--canary %d: give the number of rows to send first", r.canary)
	}
	r.dryRun = r.dryRun || r.planOnly
	if err := r.approvals.resolve(cmd, file, !r.settle && !r.dryRun); err != nil {
		return err
	}
	if !r.yes && !r.settle && !r.dryRun && !terminal.Is(r.stdin) {
		return failf(exitUsage, "there is no terminal to ask on: add --yes to send without a question")
	}
	if _, err := os.Stat(file); err != nil {
		return failf(exitNothing, "%w", err)
	}
	if r.dryRun {
		return nil
	}
	if err := os.MkdirAll(r.state, 0o700); err != nil {
		return failf(exitNothing, "making the state folder: %w", err)
	}
	return nil
}

// close gives everything free that was opened.
func (r *runner) close() error {
	var err error
	if r.books != nil {
		err = r.books.Close()
	}
	if r.provider != nil {
		err = errors.Join(err, r.provider.close())
	}
	err = errors.Join(err, r.events.Close(), r.closeLog())
	if err != nil && !errors.Is(err, journal.ErrFailed) {
		return failf(exitOpen, "closing: %w", err)
	}
	return nil
}

// openIfBegun opens the books if the batch has any, and tells whether there is
// a plan in them.
func (r *runner) openIfBegun() (bool, error) {
	if _, err := os.Stat(r.journal()); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if r.dryRun {
		l, _, err := batch.ReadLedger(journal.Disk{}, r.journal())
		if err != nil {
			return false, failf(exitNothing, "%w", explainJournal(err, r.journal()))
		}
		r.known = l
	} else if err := r.openBooks(); err != nil {
		return false, err
	}
	return r.known.Sealed(), nil
}

// openBooks locks and replays the journal.
func (r *runner) openBooks() error {
	books, err := batch.OpenBooks(journal.Disk{}, r.journal())
	if err != nil {
		return failf(exitNothing, "%w", explainJournal(err, r.journal()))
	}
	r.books, r.known = books, books.Ledger
	if c := books.Cut; c != nil && books.Sealed() {
		text := fmt.Sprintf("%d bytes of an unfinished write were cut off the journal and kept in %s", c.Bytes, filepath.Base(c.Kept))
		r.say("Note: %s. That is normal after a crash; rows in doubt are checked before anything is sent.\n", text)
		if err := books.Note(batch.NoteRecord{What: batch.NoteCut, Text: text}); err != nil {
			return failf(exitNothing, "%w", err)
		}
	}
	return nil
}

// resumed makes sure that the file is the one that the journal is about. It
// returns the rows only if they are to be planned anew (--amend).
func (r *runner) resumed(ctx context.Context) (*ingest.Input, error) {
	b := r.known.Batch()
	r.name = b.Name
	simulated := b.Account.Type == batch.Simulated
	if r.settle {
		r.simulate = simulated
	}
	if simulated != r.simulate {
		return nil, failf(exitNothing, "%s belongs to a %s run, and this one is %s: the two never share a journal.\nGive --batch another name, or --state another folder, or move the journal away",
			r.journal(), map[bool]string{true: "simulated", false: "real"}[simulated], map[bool]string{true: "simulated", false: "real"}[r.simulate])
	}
	if r.settle {
		return nil, nil
	}
	if r.isJournal {
		return nil, r.check(r.known.Rows(), b.Catalogue)
	}
	sum, err := ingest.Digest(r.file)
	if err != nil {
		return nil, failf(exitNothing, "%w", err)
	}
	if sum == b.SHA256 && maps.Equal(r.options(), b.Options) {
		return nil, r.check(r.known.Rows(), b.Catalogue) // the very same file, read the same way
	}
	in, err := r.read(ctx, b.Catalogue)
	if err != nil {
		return nil, err
	}
	d := r.known.Compare(in.Rows)
	switch {
	case d.None():
		r.refused(d)
		return nil, r.check(batch.Rows(in.Rows), b.Catalogue)
	case !r.amend:
		return nil, failf(exitNothing, "%s", notTheSame(b, d))
	}
	r.say("The file was corrected: %s.\n", differences(d))
	r.refused(d)
	return in, r.check(batch.Rows(in.Rows), b.Catalogue)
}

// check holds a plan against the operator's control totals, and keeps what it
// comes to.
func (r *runner) check(rows iter.Seq[*batch.Row], plans batch.Catalogue) error {
	r.plans, r.totals = plans, batch.Total(rows, plans)
	if err := r.limits.Check(r.totals); err != nil {
		return failf(exitNothing, "%w; nothing was sent", err)
	}
	return nil
}

// refused tells of rows whose id was sent for something else.
func (r *runner) refused(d batch.Difference) {
	if d.Refused > 0 {
		r.say("%s refused: %s\n", count(d.Refused, "row is", "rows are"), strings.Join(d.Detail, "\n"))
	}
}

// fresh reads the file of a batch that has no plan yet.
func (r *runner) fresh(ctx context.Context) (*ingest.Input, error) {
	if r.settle || r.isJournal {
		return nil, failf(exitNothing, "%s holds no plan: nothing was ever sent from it", r.journal())
	}
	if err := r.sameFileElsewhere(); err != nil {
		return nil, err
	}
	if err := r.open(ctx); err != nil {
		return nil, err
	}
	plans, err := patiently(ctx, "asking for the plan catalogue", r.provider.Plans)
	if err != nil {
		return nil, err
	}
	in, err := r.read(ctx, plans)
	if err != nil {
		return nil, err
	}
	if err := r.check(batch.Rows(in.Rows), plans); err != nil {
		return nil, err
	}
	r.shared, err = r.sharedWithOthers(in.Rows, r.totals.Valid)
	return in, err
}

// read reads, checks and arranges the file.
func (r *runner) read(ctx context.Context, plans batch.Catalogue) (*ingest.Input, error) {
	in, err := readInput(ctx, r.file, &r.input, plans)
	if err != nil {
		return nil, err
	}
	batch.Assign(r.name, in.Rows, plans, r.limits)
	return in, nil
}

// open opens the provider, once.
func (r *runner) open(ctx context.Context) (err error) {
	if r.provider == nil {
		store := r.simulator()
		if r.dryRun {
			store = "" // its account is then as it was at first
		}
		r.provider, err = r.account.open(ctx, r.world, r.pacing, store)
	}
	return err
}

// finished tells that every row of the books has come to its end.
func (r *runner) finished() bool {
	t := r.known.Tally()
	return t.Of(batch.Unsent)+t.Open() == 0 || r.settle && t.Open() == 0
}

// nothingLeft says so, in plain words.
func (r *runner) nothingLeft() error {
	first, last := r.books.Span()
	r.say("Every row of batch %q was already sent (%s to %s). Nothing was sent now.\n", r.name,
		first.Local().Format("2006-01-02 15:04"), last.Local().Format("2006-01-02 15:04"))
	if !r.settle {
		r.say("A new pay period wants a batch of its own: --batch NAME.\n")
	}
	if err := r.follow(); err != nil {
		return err
	}
	return r.finish(nil)
}

// connect opens the provider and makes sure that it is the account that the
// journal is bound to (money rule 8).
func (r *runner) connect(ctx context.Context, cmd *cobra.Command, sending bool) (err error) {
	if err := r.open(ctx); err != nil {
		return err
	}
	if r.whose, err = r.provider.account(ctx, sending); err != nil {
		return err
	}
	if r.known != nil && r.known.Sealed() {
		was, is := r.known.Batch().Account, r.whose
		if was.Host != is.Host || was.Username != is.Username || was.Type != is.Type {
			return failf(exitNothing, "this batch belongs to account %q (%s, %s), and the key is of account %q (%s, %s): another account cannot say what became of it.\nUse the key of that account, or give the batch another name",
				was.Username, was.Type, was.Host, is.Username, is.Type, is.Host)
		}
	}
	return r.pacing.resolve(cmd, r.whose.Type)
}

// work asks, writes the plan down, sends and settles, and reports.
func (r *runner) work(abort, drain context.Context, rows *ingest.Input) error {
	balance, err := patiently(drain, "asking for the balance", r.provider.Balance)
	if err != nil {
		return err
	}
	if !r.settle {
		a := r.ahead(balance, rows)
		r.preflight(a)
		if r.planOnly {
			return r.writePlan(drain, rows)
		}
		if r.dryRun {
			return r.rehearsed(a)
		}
		if err := r.mayBegin(drain, a); err != nil {
			return err
		}
	}
	if rows != nil {
		if err := r.plan(rows); err != nil {
			return err
		}
	}
	return r.engage(abort, drain, balance)
}

// plan writes down what is about to be paid.
func (r *runner) plan(in *ingest.Input) error {
	if r.books == nil {
		if err := r.openBooks(); err != nil {
			return err
		}
		if r.books.Sealed() {
			return failf(exitNothing, "another process began this batch meanwhile; run the same command again")
		}
	}
	if err := r.noteApprovals(); err != nil { // first: a plan that was approved is never in the books without
		return err
	}
	amends := r.books.Sealed()
	err := r.books.Begin(batch.BatchRecord{
		Name: r.name, File: in.File, SHA256: in.SHA256, Sheet: in.Sheet, Header: in.Header, Fields: in.Fields,
		Tool: version, Account: r.whose, Options: r.options(), Catalogue: r.plans, Amends: amends,
	}, in.Rows)
	if err != nil {
		return failf(exitNothing, "writing the plan: %w; nothing was sent", err)
	}
	return nil
}

// engage runs the engine: the canary first, if there is one, then all.
func (r *runner) engage(abort, drain context.Context, balance batch.Centimes) error {
	if err := r.noteApprovals(); err != nil {
		return err
	}
	if err := r.follow(); err != nil {
		return err
	}
	if err := r.books.Note(batch.NoteRecord{What: batch.NoteStarted, Text: whoami(), Balance: &balance}); err != nil {
		return failf(exitNothing, "%w; nothing was sent", err)
	}
	defer r.holding(r.books.Tally().Total)()
	e := &batch.Engine{
		Books: r.books, Provider: r.provider.Client, Log: r.log,
		Concurrency: r.concurrency, Rate: r.rate.Number, Auto: r.rate.Auto, Poll: r.poll, Wait: r.wait, ResendAfter: r.resendAfter,
		PhoneGap: r.phoneGap, StopAfter: r.stopAfter,
	}
	if r.settle {
		e.Pick = func(*batch.RowStatus) bool { return false }
	}
	if r.canary > 0 && !r.settle {
		first := canary(r.books.Rows(), r.plans, r.canary)
		e.Pick = func(s *batch.RowStatus) bool { return first[s.Ref] }
		if err := r.drive(abort, drain, e); err != nil || r.result.Stopped != nil || r.result.Drained {
			return r.finish(err)
		}
		if r.held = !r.goOn(drain, first); r.held {
			return r.finish(nil)
		}
		e.Pick = nil
	}
	return r.finish(r.drive(abort, drain, e))
}

// drive runs the engine once, with its progress shown.
func (r *runner) drive(abort, drain context.Context, e *batch.Engine) error {
	sends := 0
	r.books.Each(func(s *batch.RowStatus) bool {
		if s.State == batch.Unsent && (e.Pick == nil || e.Pick(s)) {
			sends++
		}
		return true
	})
	hide, still := func() {}, r.measure(e)
	if !r.quiet {
		hide = terminal.Progress{Out: r.stderr, Words: r.words, Sends: sends, Poll: r.poll, Wait: r.wait, Look: func() (batch.Tally, batch.Progress) {
			return r.books.Tally(), e.Progress()
		}}.Show()
	}
	res, err := e.Run(abort, drain)
	still()
	hide()
	res.Sent += r.result.Sent
	r.result = res
	return err
}

// whoami names the process that runs, for the books.
func whoami() string {
	who := "somebody"
	if u, err := user.Current(); err == nil {
		who = u.Username
	}
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	return fmt.Sprintf("%s on %s, process %d, flexybatch %s", who, host, os.Getpid(), version)
}

// finish writes the report and the summary, and says how it ended. cause is why
// the books could not be kept, if that was so: the report then tells what is on
// disk.
func (r *runner) finish(cause error) error {
	r.note(cause)
	path := r.results()
	head, lines := r.books.Head()
	reported := report.WriteFile(path, func(w io.Writer) error {
		return report.Workbook(w, r.books.Ledger, report.Options{Words: r.words, Journal: filepath.Base(r.journal()), Head: head, Lines: lines})
	})
	s := r.summary(path)
	r.ended = &s
	w := r.world
	if r.eventsTo == "-" {
		w.stdout = w.stderr
	}
	if err := r.talk.summary(w, s, r.books.Tally()); err != nil {
		r.say("%v\n", err)
	}
	r.explain()
	switch {
	case errors.Is(cause, batch.ErrInvariant), isPanic(cause):
		return failf(exitInternal, "%w\nThe journal is whole. Please report this; running the same command again is safe", cause)
	case cause != nil && r.result.Sent == 0:
		return failf(exitNothing, "%w; nothing was sent", cause)
	case cause != nil:
		return failf(exitOpen, "%w\nNothing more was sent. Make room or mend the disk, then run the same command again", cause)
	case reported != nil:
		return failf(exitOpen, "writing the report: %w\nThe journal has everything; mend that, then: flexybatch report %s", reported, quoted(r.file))
	}
	return exitWith(codeOf(r.books.Tally()))
}

// note tells the books how the session ended and what the account holds then.
func (r *runner) note(cause error) {
	if cause != nil || r.provider == nil || r.whose == (batch.Account{}) {
		return
	}
	text := "all that could be done was done"
	what := batch.NoteEnded
	switch {
	case r.result.Stopped != nil:
		what, text = batch.NoteStopped, r.result.Stopped.Error()
	case r.result.Drained:
		text = "told to stop"
	case r.held:
		text = "the canary did not let the rest go"
	}
	n := batch.NoteRecord{What: what, Text: text}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if b, err := r.provider.Balance(ctx); err == nil {
		n.Balance = &b
	}
	if err := r.books.Note(n); err != nil {
		r.say("Note: %v\n", err)
	}
}

// summary is what --json prints.
func (r *runner) summary(path string) report.Summary {
	s := report.Summarize(r.books.Ledger)
	s.Journal, s.Report = r.journal(), path
	s.SentNow = r.result.Sent
	s.DurationS = time.Since(r.started).Seconds()
	if r.provider != nil {
		s.APICalls = r.provider.Calls()
	}
	return s
}

func isPanic(err error) bool {
	_, ok := errors.AsType[*batch.Panic](err)
	return ok
}
