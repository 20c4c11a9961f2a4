package office

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/journal"
)

// dueBatch is a batch that is to be driven.
type dueBatch struct {
	id                       int64
	name, state, accountType string
	wish                     string
	options                  Options
	doubted                  bool
}

// driving is a batch that is being driven, as others may look at it.
type driving struct {
	mu    sync.Mutex
	name  string
	fence *Fence
	work  *app.Work    // nil: nothing is being sent
	meter *batch.Meter // of the work
}

func (d *driving) set(name string, fence *Fence, work *app.Work) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.name, d.fence, d.work = name, fence, work
	if work != nil {
		d.meter = batch.NewMeter(time.Now(), work.Tally(), work.Sends, work.Poll, work.Wait)
	}
}

// live is how far it is; nil: nothing is being sent.
func (d *driving) live() *Live {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.work == nil {
		return nil
	}
	l := &Live{Tally: d.work.Tally(), Progress: d.work.Progress()}
	l.Gauge = d.meter.Look(time.Now(), l.Tally, l.Progress)
	return l
}

// look returns what is being driven.
func (d *driving) look() (name string, work *app.Work) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.name, d.work
}

// drive drives one batch as far as it goes. It tells whether the owner may go on to the
// next.
func (o *owner) drive(b *dueBatch) (goOn bool) {
	log := o.log().With("batch", b.name, "epoch", o.lease.epoch)
	o.figures.batches.Add(1)
	folder, err := os.MkdirTemp(o.Folder, "flexybatch-")
	if err != nil {
		log.Error("making a folder", "error", err)
		return false
	}
	defer func() { _ = os.RemoveAll(folder) }() // it has copies only
	run, err := o.lay(b, folder)
	who, err2 := o.starter(b)
	if err := errors.Join(err, err2); err != nil {
		log.Error("reading the batch", "error", err)
		return false
	}
	fence := &Fence{lease: o.lease, doubted: b.doubted}
	o.driving.set(b.name, fence, nil)
	defer o.driving.set("", nil, nil)
	drain, cancel := context.WithCancel(o.drain)
	defer cancel()
	asked := o.attend(drain, cancel, b, fence)
	job, rate := o.Job, run.Pace.Defaults(b.accountType).Rate
	quiet(drain, rate)
	began := time.Now()
	job.Register, job.Dial, job.Confirm = nil, fence.Dial, agreed{}
	job.Guard = func(p batch.Provider) batch.Provider {
		payFor(drain, p, began, rate)
		return fence.Guard(p)
	}
	job.Observer = &observer{owner: o, name: b.name, fence: fence, log: log}
	job.Log, job.Who, job.Uncompared = log, who, true
	var result *app.RunResult
	log.Info("drives the batch", "state", b.state)
	if b.settles() || b.wish != "" { // which the owner before has not lived to see to
		result, err = job.Settle(o.abort, drain, app.SettleOptions{Place: run.Place, Account: run.Account, Pace: run.Pace})
	} else {
		result, err = job.Run(o.abort, drain, run)
	}
	cancel()
	wish := cmp.Or(b.wish, <-asked)
	v := o.judge(b, result, err, wish, fence)
	log.Info("drove the batch", "state", v.state, "note", v.note.brief(), "goes on", v.goOn)
	if v.rest {
		o.rest()
	}
	if err := o.conclude(b, result, v, folder); err != nil {
		log.Error("writing down how it ended", "error", err)
		return false
	}
	return v.goOn
}

// lay lays the files of a batch out in a folder, and says how it is run.
func (o *owner) lay(b *dueBatch, folder string) (r app.RunOptions, err error) {
	ctx, cancel := context.WithTimeout(o.drain, migrationLimit)
	defer cancel()
	file, content, err := o.Database.Input(ctx, o.account, b.name)
	if err != nil {
		return r, err
	}
	storage := &Storage{store: o.Database, account: o.account, lease: o.lease, holder: o.Name}
	r = b.options.run()
	r.Place = app.Place{File: filepath.Join(folder, filepath.Base(file)), State: folder, Storage: storage}
	if _, err := batch.ReadHead(storage, b.name+".journal"); errors.Is(err, fs.ErrNotExist) || errors.Is(err, batch.ErrNoBatch) {
		r.Amend = false // what was refused before it was begun is corrected, and there is nothing to amend
	}
	if b.options.Named {
		r.Place.Batch = b.name
	}
	if err := os.WriteFile(r.Place.File, content, 0o600); err != nil {
		return r, err
	}
	r.Account, r.Pace, r.Approvals = o.Account, o.Pace, o.Needs
	r.Approvals.Required = max(r.Approvals.Required, b.options.Approvals)
	if b.doubted { // each send costs two calls
		if p := r.Pace.Defaults(b.accountType); p.Rate > 0 {
			r.Pace.Rate, r.Pace.Auto = p.Rate/2, false
		}
	}
	if r.Approvals.Makers, err = makers(ctx, o.Database.pool, b.id); err != nil {
		return r, err
	}
	r.Approvals.Requests, err = o.requests(ctx, b, folder)
	if !b.settles() {
		_, err2 := o.Database.pool.Exec(ctx, "update batch set state = 'running', note = '' where id = $1 and state in ('waiting', 'running')", b.id)
		err = errors.Join(err, err2)
	}
	return r, err
}

// starter is who has let the batch be sent.
func (o *owner) starter(b *dueBatch) (string, error) {
	ctx, cancel := limited(o.drain)
	defer cancel()
	return starter(ctx, o.Database.pool, b.id)
}

// requests lays the approval requests out.
func (o *owner) requests(ctx context.Context, b *dueBatch, folder string) (paths []string, err error) {
	rows, err := o.Database.pool.Query(ctx, `select name, bytes from blob where batch = $1 and kind = 'request'
		and split_part(name, '/', 1) = (select split_part(name, '/', 1) from blob where batch = $1 and kind = 'input' order by made desc limit 1) order by name`, b.id)
	if err != nil {
		return nil, err
	}
	var name string
	var content []byte
	_, err = pgx.ForEachRow(rows, []any{&name, &content}, func() error {
		path := filepath.Join(folder, strings.ReplaceAll(name, "/", "-"))
		paths = append(paths, path)
		return os.WriteFile(path, content, 0o600)
	})
	return paths, err
}

// attend keeps the batch's rows in the database up to date, sees to what people wish,
// and cancels the run when it is to stop. The channel tells what was wished, when drain
// is done.
func (o *owner) attend(drain context.Context, cancel context.CancelFunc, b *dueBatch, fence *Fence) <-chan string {
	wished := make(chan string, 1)
	go func() {
		wish := ""
		defer func() { wished <- wish }()
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-drain.Done():
				return
			case <-tick.C:
			}
			var stopped string
			var err error
			if wish, stopped, err = o.tell(drain, b); err != nil {
				wish = ""
				continue
			}
			if wish != "" || stopped != "" || fence.Silent() > 2*o.Lease {
				cancel()
				return
			}
		}
	}()
	return wished
}

// tell writes down how the rows stand, and asks what is wished.
func (o *owner) tell(ctx context.Context, b *dueBatch) (wish, stopped string, err error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	var rows, live []byte
	if now := o.driving.live(); now != nil {
		var err1, err2 error
		rows, err1 = json.Marshal(rowsOf(now.Tally))
		live, err2 = json.Marshal(now)
		if err := errors.Join(err1, err2); err != nil {
			return "", "", err
		}
	}
	err = o.Database.pool.QueryRow(ctx, `update batch b set rows = coalesce($2::jsonb, rows), live = $3 from account a
		where b.id = $1 and a.id = b.account returning b.wish, a.stopped`, b.id, rows, live).Scan(&wish, &stopped)
	return wish, stopped, err
}

// rowsOf are the rows by state.
func rowsOf(t batch.Tally) map[string]int {
	rows := map[string]int{"total": t.Total}
	for _, s := range batch.States {
		rows[s.String()] = t.Of(s)
	}
	return rows
}

// observer watches a run for its owner.
type observer struct {
	app.Unobserved
	owner *owner
	name  string
	fence *Fence
	log   interface{ Info(msg string, args ...any) }
}

// Note writes a note to the log.
func (o *observer) Note(m lang.Message) { o.log.Info("note", "text", m.String()) }

// Preflight keeps what the provider has told, for the pages of the office.
func (o *observer) Preflight(p *app.Preflight) {
	if err := o.owner.Database.keepTerms(o.owner.abort, o.owner.account, p.Terms()); err != nil {
		o.owner.log().Warn("keeping prices and balance", "error", err)
	}
}

// Working shows the run to those who look.
func (o *observer) Working(w app.Work) func() {
	o.owner.driving.set(o.name, o.fence, &w)
	return func() { o.owner.driving.set(o.name, o.fence, nil) }
}

// agreed answers the questions that whoever submitted the batch has answered by
// submitting it, and no others.
type agreed struct{}

// errPerson says that a person must answer.
var errPerson = lang.Errorf("a person must decide")

// Confirm answers a question.
func (agreed) Confirm(_ context.Context, q app.Question) (app.Answer, error) {
	if q.About == app.AboutRun || q.About == app.AboutCanary {
		return app.Answer{Yes: true, Text: strconv.Itoa(q.Rows)}, nil
	}
	if q.About == app.AboutPaidElsewhere {
		return app.Answer{}, &app.NobodyToAsk{}
	}
	return app.Answer{}, errPerson
}

// verdict is what became of a batch that was driven.
type verdict struct {
	state       string // empty: as it was, and the next owner goes on
	note        note
	looksPaid   *int // how many rows a person must name to pay them again; nil: that is not what it waits for
	stopAccount note // why nothing more of the account is sent
	goOn        bool // to the next batch
	rest        bool // and leave the account to others for a while
}

// judge says what became of a batch.
func (o *owner) judge(b *dueBatch, r *app.RunResult, err error, wish string, fence *Fence) verdict {
	say := o.say
	outcome, _ := app.OutcomeOf(err)
	fault, isFault := errors.AsType[*batch.Fault](err)
	_, isLocked := errors.AsType[*journal.Locked](err)
	_, lost := errors.AsType[*LeaseLost](err)
	var denied *app.Denied
	var poor *app.PaysForNone
	switch {
	case lost, isLocked, errors.Is(err, journal.ErrFailed), o.lease.Sure() != nil:
		return verdict{note: say(err)}
	case wish == wishPause:
		return verdict{state: Paused, goOn: true}
	case wish == wishCancel:
		return verdict{state: Cancelled, goOn: true}
	case errors.As(err, &denied), errors.As(err, &poor):
		return verdict{state: b.again(), stopAccount: say(err)}
	case o.drain.Err() != nil && err != nil:
		return verdict{state: b.again()}
	case fence.Silent() > 0 && (err != nil || r.Sending.Drained || r.Sending.Stopped != nil),
		err != nil && isFault && (fault.Class == batch.ClassUnreached || fault.Class == batch.ClassUnknown || fault.Class == batch.ClassThrottled):
		return verdict{state: b.again(), note: say(lang.Errorf("the provider cannot be reached; it is tried again")), rest: true}
	case r != nil && (errors.Is(r.Sending.Stopped, batch.ErrNoBalance) || errors.Is(r.Sending.Stopped, batch.ErrDenied)):
		return verdict{state: b.again(), stopAccount: say(r.Sending.Stopped)}
	case b.settles() && (r == nil || err != nil && outcome == app.Internal || r.Outcome() == app.Open || b.state != Open):
		return verdict{state: b.state, note: say(whyNot(r, err)), goOn: true}
	case err != nil && outcome == app.Internal:
		return verdict{state: Stopped, note: say(err), goOn: true}
	case err != nil && r == nil:
		return verdict{state: Refused, note: say(err), looksPaid: looksPaid(err), goOn: true}
	case r.Held != nil:
		return verdict{state: Held, goOn: true}
	case r.Sending.Stopped != nil:
		return verdict{state: Stopped, note: say(r.Sending.Stopped), goOn: true}
	case r.Sending.Drained:
		return verdict{state: b.again()}
	case r.Outcome() == app.Open:
		return verdict{state: Open, note: say(err), goOn: true}
	}
	return verdict{state: Done, note: say(err), goOn: true}
}

// looksPaid is how many rows look paid already, if a batch is refused because a person
// has not named that number; else nil.
func looksPaid(err error) *int {
	if e, ok := errors.AsType[*app.PaidElsewhere](err); ok {
		return new(e.Number())
	}
	if e, ok := errors.AsType[*app.PayAgainNumber](err); ok {
		return new(e.Before + e.Others)
	}
	return nil
}

// whyNot is why a look at open rows has not settled them, as far as it is known.
func whyNot(r *app.RunResult, err error) error {
	if err == nil && r != nil {
		return r.Sending.Stopped
	}
	return err
}

// settles tells a batch of which nothing more is sent now, and whose open rows are asked
// about: all was sent, or a person has paused or cancelled it.
func (b *dueBatch) settles() bool { return b.state != Waiting && b.state != Running }

// again is the state of a batch that is to be driven again.
func (b *dueBatch) again() string {
	if b.settles() {
		return b.state
	}
	return Waiting
}

// open is how many rows asking again may settle.
func open(t batch.Tally) int { return t.Open() + t.Of(batch.Conflict) }

// settleAgain is in how many seconds the open rows of a batch are asked about again; nil:
// it has none.
func settleAgain(r *app.RunResult, after time.Duration) *float64 {
	if r != nil && open(r.Tally) == 0 {
		return nil
	}
	s := after.Seconds()
	return &s
}

// conclude writes down what became of a batch.
func (o *owner) conclude(b *dueBatch, r *app.RunResult, v verdict, folder string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(o.abort), callLimit)
	defer cancel()
	var rows, summary []byte
	var report string
	if r != nil {
		report = r.Summary.Report
		r.Summary.Report, r.Summary.Journal = filepath.Base(report), b.name+".journal"
		var err1, err2 error
		rows, err1 = json.Marshal(rowsOf(r.Tally))
		summary, err2 = json.Marshal(r.Summary)
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
	}
	return pgx.BeginFunc(ctx, o.Database.pool, func(tx pgx.Tx) error {
		if err := owns(ctx, tx, writer{account: o.account, epoch: o.lease.epoch}); err != nil {
			return err // what became of it is the next owner's to say
		}
		_, err := tx.Exec(ctx, `update batch set state = coalesce(nullif($2, ''), state), note = $3, note_in = coalesce($7::jsonb, '{}'), wish = case when $2 = '' then wish else '' end,
			live = null, looks_paid = $9, rows = coalesce($4::jsonb, rows), summary = coalesce($5::jsonb, summary), doubted = doubted and $2 <> 'done',
			settle_at = case when $8 then settle_at else now() + $6 * interval '1 second' end,
			ended = case when $2 in ('done', 'cancelled') then now() end where id = $1`,
			b.id, v.state, v.note["en"], rows, summary, settleAgain(r, o.Settle), v.note, r == nil && !b.settles(), v.looksPaid)
		if err != nil {
			return err
		}
		if v.stopAccount != nil {
			if _, err := tx.Exec(ctx, "update account set stopped = $2, stopped_in = coalesce($3::jsonb, '{}') where id = $1", o.account, v.stopAccount["en"], v.stopAccount); err != nil {
				return err
			}
		}
		if content, err := os.ReadFile(report); r != nil && err == nil {
			if err := putBlob(ctx, tx, b.id, "report", filepath.Base(report), content); err != nil {
				return err
			}
		}
		if v.state == "" {
			return nil
		}
		if err := act(ctx, tx, o.Name, v.state, b.id, v.note.brief()); err != nil {
			return err
		}
		if o.Notify == nil || r == nil || v.state != Done && v.state != Open && v.state != Held && v.state != Stopped {
			return nil
		}
		_, err = o.jobs.InsertTx(ctx, tx, notifyArgs{Summary: r.Summary}, &river.InsertOpts{Queue: officeQueue, MaxAttempts: 8})
		return err
	})
}
