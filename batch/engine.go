package batch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"flexybatch/journal"
)

// Engine sends the unsent rows and asks about the open ones, until every row is
// final, going on is pointless, or it is told to stop. For each row it does what
// decide says and nothing else. A run on books in which every row is unsent is a
// first run; a run on any other books is a resume. There is no difference.
type Engine struct {
	Books    *Books
	Provider Provider
	Log      *slog.Logger

	Concurrency int           // most send requests in flight at once
	Rate        float64       // calls a minute, sends and looks together; 0 means no limit
	Auto        bool          // search for the provider's own limit, upward from Rate; the books remember it
	Poll        time.Duration // time between two looks at an open row; it grows while the row stays open
	Wait        time.Duration // how long to wait for final states, and to repeat lost sends, after every row was sent once
	ResendAfter time.Duration // the grace period of money rule 3
	PhoneGap    time.Duration // shortest time between two sends to one phone
	StopAfter   int           // stop after so many consecutive failures that no row caused; 0 means never

	// Pick selects the unsent rows that may be sent; nil selects all.
	Pick func(*RowStatus) bool

	progress atomic.Pointer[Progress]
}

// Progress reports what the engine is doing, beyond what the ledger tells.
type Progress struct {
	InFlight int     // sends whose intent was begun and whose answer is not on disk yet
	Calls    int     // made by this Run
	Requests int     // send requests made by this Run
	Sent     int     // orders that the provider accepted from this Run, as far as is known (money rule 19)
	Rate     float64 // calls a minute that the budget allows now; 0 means no limit
}

// Progress returns the present progress of Run. It may be called at any time.
func (e *Engine) Progress() Progress {
	if p := e.progress.Load(); p != nil {
		return *p
	}
	return Progress{}
}

// Result says how a Run ended. What became of the rows is in the books.
type Result struct {
	Progress
	Stopped error // why sending stopped early; nil if it did not, or if the run was drained
	Drained bool  // the run was told to stop
}

// The reasons why sending stops early (money rule 7).
var (
	// ErrNoBalance is wrapped by Result.Stopped when the account is empty.
	ErrNoBalance = Errorf("the account's balance is used up")
	// ErrDenied is wrapped by Result.Stopped when the provider refuses the key or the address.
	ErrDenied = Errorf("the provider refuses the key")
	// ErrTrouble is wrapped by Result.Stopped after Engine.StopAfter consecutive failures.
	ErrTrouble = Errorf("too many failures in a row that are not the rows' own fault")
	// ErrPushedBack is wrapped by Result.Stopped when the provider has refused
	// every call for ten minutes.
	ErrPushedBack = Errorf("the provider lets no call through")
	// ErrPause is wrapped by Result.Stopped when the provider asks for a pause that is
	// longer than a run waits.
	ErrPause = Errorf("the provider asks for a pause")
)

// Panic is the error that Run returns after a fault of the program itself.
type Panic struct {
	Value any
	Stack []byte
}

// Error returns the text of the panic.
func (p *Panic) Error() string { return p.message().String() }

// Parts returns what a message says of the panic.
func (p *Panic) Parts() (format, many string, n int, args []any) { return p.message().Parts() }

func (p *Panic) message() Message { return Msg("internal fault: %v", fmt.Sprint(p.Value)) }

// Run sends and looks until it is done. When drain is done, Run begins no more
// calls, finishes those in flight, writes their answers down and returns. When
// ctx is done, Run also breaks off the calls in flight, and their rows become
// unknown. An error means that the books could not be written (journal.ErrFailed,
// ErrInvariant) or that the program panicked (*Panic): Run sends nothing after it.
func (e *Engine) Run(ctx, drain context.Context) (Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := &run{
		Engine: e, ctx: ctx, cancel: cancel,
		start: time.Now(), pace: e.newPace(time.Now()),
		turns: make(chan struct{}, e.Concurrency), calledOff: newSignal(), lost: map[Ref]int{},
		jobs: make(chan job, ahead*e.Concurrency), results: make(chan result, ahead*e.Concurrency+lookers),
	}
	r.sends.SetLimit(ahead * e.Concurrency)
	r.looks.SetLimit(lookers)
	r.load()
	r.loop(drain.Done())
	close(r.jobs)
	_ = r.sends.Wait() // a row's misfortune is a result, never an error of the group
	_ = r.looks.Wait()
	r.publish()
	res := Result{Progress: e.Progress(), Stopped: r.stopped, Drained: r.drained}
	if p, ok := errors.AsType[*Panic](r.fatal); ok {
		return res, errors.Join(p, e.Books.Note(NoteRecord{What: NotePanic, Text: p.message()}))
	}
	return res, r.fatal
}

// newPace returns the call budget that a run begins with.
func (e *Engine) newPace(now time.Time) *pace {
	if !e.Auto || e.Rate == 0 {
		return newPace(e.Rate, now)
	}
	found := e.Books.Ceiling()
	p := newPace(cmp.Or(found, e.Rate), now)
	p.lookFor(found > 0)
	return p
}

const (
	lookers       = 4                // most looks in flight at once
	ahead         = 8                // rows in flight for each request in flight, where the disk is what they wait for
	longestRush   = 5 * time.Second  // a batch that is sent in this time is asked about afterwards
	rushRate      = 2000             // so is one of which more rows a second are sent
	rushPause     = time.Second      // but not while nothing is sent for so long
	pushedBackFor = 10 * time.Minute // a run gives up when every call was refused for so long

	// A row is sent at most mostSends times in a run if the outcome is unknown each
	// time and each check finds nothing. Such a row pauses for firstPause before
	// its second send, and for twice as long before each further one.
	mostSends  = 5
	firstPause = 5 * time.Second
)

// run holds the state of one call of Run. It belongs to the goroutine of loop.
// The workers take what they need as arguments and report on results.
type run struct {
	*Engine
	ctx       context.Context
	cancel    context.CancelFunc
	start     time.Time
	pace      *pace
	sends     errgroup.Group
	looks     errgroup.Group
	turns     chan struct{} // holds a token for each send request in flight
	waiting   atomic.Int64  // sends whose intent is on disk and whose turn has not come
	answers   requestIDs    // of all answers to this run
	calledOff *signal       // given to make the sends that still wait for a turn give up

	queue   queue
	polling *polling
	span    span // the part of the provider's list that looks ask for
	jobs    chan job
	results chan result

	workers   int // that wait for jobs or do one; each makes one send at a time
	inFlight  int // sends
	looking   int
	calls     int
	requests  int
	sent      int
	failures  int         // consecutive failures that no row caused
	failed    time.Time   // when the last failure was noticed that slowed the run down
	lost      map[Ref]int // how many sends of a row had an unknown outcome
	lastSend  time.Time   // when the last send ended that was no repeat of a lost one
	lastHeard time.Time   // when the provider last did what it was asked

	stopped error // why no more sends are begun; nil while they are
	denied  bool  // the key is refused, so no more looks are begun either
	drained bool
	fatal   error
}

// result is what a worker reports when it has finished.
type result struct {
	row   position   // the row of a send
	look  *look      // the look that was made, if the worker made a look
	fault *Fault     // what the provider answered, unless the call succeeded
	asked bool       // a call was made
	began time.Time  // when the call began
	ended time.Time  // when the call ended, with or without an answer
	nth   int        // which of the accepted orders of the batch it is, from 1; 0: it is none, as far as is known
	shown []lookedAt // the rows that the look showed
	turn  bool       // the worker has kept its turn, for the run to give back
	err   error      // the books could not be written, or the worker panicked
}

// load reads from the books which rows to send and which to ask about.
func (r *run) load() {
	r.lastSend, r.lastHeard = r.start, r.start
	r.queue, r.polling = newQueue(r.PhoneGap, r.Books.phone), newPolling(r.Poll)
	var first, last time.Time // the first and the last send of the batch
	r.Books.Each(func(s *RowStatus) bool {
		if s.Evidence != nil {
			r.answers.repeats(s.Evidence.RequestID) // an answer to an earlier process may come again too
		}
		switch decide(s) {
		case send:
			if r.Pick == nil || r.Pick(s) {
				r.queue.add(s.at)
			}
		case checkRef, checkID:
			// An earlier process cannot have made a call after this one
			// began. The grace period is counted from here, because the times
			// in the books come from a wall clock, which proves nothing.
			r.polling.add(s, r.polling.oneMore(s), 0, 0)
		default:
			r.polling.oneMore(s)
		}
		if s.Attempts == 0 {
			return true
		}
		if ago := r.start.Sub(s.Tried()); ago < r.PhoneGap && s.mayHaveReached() {
			r.queue.reached(s.Topup.Phone, r.start.Add(-max(0, ago)))
		}
		if first.IsZero() || s.Sent().Before(first) {
			first = s.Sent()
		}
		if s.Sent().After(last) {
			last = s.Sent()
		}
		return true
	})
	if r.queue.empty() {
		r.span = spanOf(first, last, r.start)
	}
}

// loop starts the calls that may be made now, waits for the next event, and
// repeats this until nothing is left to do.
func (r *run) loop(drain <-chan struct{}) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		wake, busy := r.startCalls()
		r.publish()
		if !busy && r.inFlight+r.looking == 0 {
			return
		}
		timer.Reset(max(0, wake))
		select {
		case res := <-r.results:
			r.handle(res)
		case <-timer.C:
		case <-drain:
			drain = nil
			r.drained = true
			r.callOff()
		case <-r.ctx.Done():
			r.drained = true
			r.callOff()
			for r.inFlight+r.looking > 0 {
				r.handle(<-r.results)
			}
			return
		}
	}
}

// startCalls starts every send and look that the concurrency, the budget and the
// clock allow now. It returns how long to wait before trying again if nothing
// else happens, and whether anything is left to wait for.
func (r *run) startCalls() (wake time.Duration, busy bool) {
	const idle = time.Hour // the longest wait
	if r.drained || r.fatal != nil {
		return idle, false
	}
	now := time.Now()
	patience := r.Wait - now.Sub(r.lastSend)
	if patience <= 0 {
		r.queue.giveUpRepeats()
	}
	wake = r.startSends(now, idle)
	busy = r.sending()
	if r.denied || wake == 0 {
		return wake, busy || r.repeating()
	}
	if !busy && r.inFlight == 0 { // every row was sent once: wait for the rest, but no longer than Wait
		if patience <= 0 && (r.hopeless() || !r.polling.lookOwed(r.ran(now))) || !r.polling.waiting() && !r.repeating() {
			return idle, false
		}
		if patience > 0 {
			wake = min(wake, patience)
		}
	}
	return r.startLooks(now, wake), busy || r.repeating() || r.polling.polled > 0
}

// ran returns how long the run had taken at a time.
func (r *run) ran(at time.Time) time.Duration { return at.Sub(r.start) }

// sending reports whether there are rows left to send, apart from repeats.
func (r *run) sending() bool { return r.stopped == nil && !r.queue.empty() }

// hopeless reports whether the provider has failed so often in a row that it is no
// use to ask it once more about every open row.
func (r *run) hopeless() bool { return r.StopAfter > 0 && r.failures >= r.StopAfter }

// repeating reports whether there are rows to send again after a pause.
func (r *run) repeating() bool { return r.stopped == nil && r.queue.repeats() > 0 }

// startSends starts the sends that may be started now. It returns how long to
// wait before the next one may be, at most wake.
func (r *run) startSends(now time.Time, wake time.Duration) time.Duration {
	if r.stopped == nil && r.pace.cut.After(r.lastHeard) && now.Sub(r.lastHeard) > pushedBackFor {
		r.stop(Errorf("%w for %s", ErrPushedBack, pushedBackFor))
	}
	limit := r.Concurrency
	switch {
	case r.pace.resting > 0:
		limit = 1 // after a push-back a single call finds out whether it is over
	case r.pace.aMinute() == 0 && r.Concurrency > 1: // one at a time is sent in the order of the rows
		limit *= ahead // intents and answers of some rows are written while the requests of others are in flight
	}
	for r.stopped == nil && r.inFlight < limit && (r.inFlight < r.Concurrency || r.fewWait()) {
		row, wait, ok := r.queue.next(now)
		if !ok {
			if wait > 0 {
				wake = min(wake, wait)
			}
			break
		}
		if wait := r.pace.spend(now); wait > 0 {
			return min(wake, wait)
		}
		r.queue.pop(row, now)
		r.startSend(row)
	}
	return wake
}

// fewWait reports whether the rows that are ahead of the requests help. Where the
// provider is what they wait for and not the disk, they do not: and after a crash each
// one with an intent costs two looks before it is sent.
func (r *run) fewWait() bool { return int(r.waiting.Load()) <= r.Concurrency/2 }

// startLooks starts the looks that may be started now, and returns how long to
// wait as startSends does. It is called after startSends, so that sends come
// first in the use of the budget.
func (r *run) startLooks(now time.Time, wake time.Duration) time.Duration {
	for r.looking < lookers {
		l, wait := r.polling.next(r.ran(now), r.thrifty(), r.rush(now))
		if l == nil {
			if wait > 0 {
				wake = min(wake, wait)
			}
			break
		}
		if wait := r.pace.spend(now); wait > 0 {
			return min(wake, wait)
		}
		r.polling.begin(l)
		r.startLook(l)
	}
	return wake
}

// thrifty reports whether each look costs a call that could have been a send.
func (r *run) thrifty() bool { return r.sending() && r.pace.aMinute() > 0 }

// rush reports whether rows are being sent as fast as the machine can: in the first few
// seconds at any speed, and later only where that is thousands of rows a second. A look
// would slow them down, and while the provider's list grows so fast its pages show few of
// the rows that they are asked for. Nothing rushes while all rows wait for their phones.
func (r *run) rush(now time.Time) bool {
	ran := r.ran(now)
	fast := ran < longestRush || float64(r.sent) > rushRate*ran.Seconds()
	return r.sending() && r.pace.aMinute() == 0 && fast && (r.inFlight > 0 || now.Sub(r.lastSend) < rushPause)
}

// job is a row to be sent, once.
type job struct {
	row position
	off *signal // given to make it give up while it waits for its turn
}

// startSend gives one row to a worker. A worker stays for further rows: a new goroutine
// for each would have to grow its stack again.
func (r *run) startSend(row position) {
	r.inFlight++
	r.span = span{} // the list gains an order that the span may leave out
	if r.inFlight > r.workers {
		r.workers++
		r.sends.Go(func() error {
			for j := range r.jobs {
				r.results <- r.do(j)
			}
			return nil
		})
	}
	r.jobs <- job{row, r.calledOff}
}

// do does a job. The worker survives a panic, because other rows may be waiting for it.
func (r *run) do(j job) (res result) {
	res.row = j.row
	defer recovered(&res)
	row := r.Books.at(j.row)
	r.send(row.Order(), j.off, &res)
	return res
}

// send sends one row: it writes the intent to disk, then makes the request, then
// writes the answer to disk (money rule 1).
func (r *run) send(o Order, off *signal, res *result) {
	if r.ctx.Err() != nil {
		return
	}
	attempt, ok, err := r.Books.Intend(o.Ref)
	if res.err = err; err != nil || !ok {
		return
	}
	if !r.awaitTurn(off) {
		res.err = r.Books.Answer(AnswerRecord{Ref: o.Ref, Attempt: attempt, Result: ClassUnreached.String(),
			Message: Msg("it was not sent: the run held before its turn came")})
		return
	}
	res.began = time.Now()
	receipt, fault := r.request(o, res)
	if fault != nil && fault.Class == ClassUnreached {
		off.give() // at once: the others would fail too before the run hears of it
	}
	res.asked, res.ended, res.fault = true, time.Now(), fault
	a := AnswerRecord{Ref: o.Ref, Attempt: attempt, Result: Accepted,
		TopupID: receipt.TopupID, RequestID: receipt.RequestID, Balance: receipt.Balance, Unnamed: receipt.Ref == ""}
	if f := res.fault; f != nil {
		a = AnswerRecord{Ref: o.Ref, Attempt: attempt, Result: f.Class.String(),
			Status: f.Status, Code: f.Code, Message: f.why(), RequestID: f.RequestID}
	}
	if r.Log.Enabled(r.ctx, slog.LevelInfo) {
		r.Log.Info("sent", "ref", o.Ref, "attempt", attempt, "result", a.Result, "code", a.Code, "topup_id", a.TopupID)
	}
	res.err = r.Books.Answer(a)
}

// awaitTurn waits until the request may begin. It reports false when the sends
// that wait were called off meanwhile: then no request may be made.
func (r *run) awaitTurn(off *signal) bool {
	r.waiting.Add(1)
	defer r.waiting.Add(-1)
	select {
	case <-off.given:
		return false
	case r.turns <- struct{}{}:
	}
	select {
	case <-off.given:
		<-r.turns
		return false
	default:
		return true
	}
}

// request makes the send request and gives the turn back. After a failure that no row
// caused the turn is kept until the run has heard of it, so that the rows that wait
// do not all run into it. An answer that came before is not believed, unless it names
// the ref.
func (r *run) request(o Order, res *result) (Receipt, *Fault) {
	defer func() {
		if !res.turn {
			<-r.turns
		}
	}()
	receipt, err := r.Provider.Send(r.ctx, o)
	fault := FaultOf(err)
	if err == nil {
		res.nth = int(r.polling.accepted.Add(1))
	}
	res.turn = fault != nil && !fault.understood()
	id, status := receipt.RequestID, 0
	if fault != nil {
		id, status = fault.RequestID, fault.Status
	}
	if r.answers.repeats(id) && (fault != nil || !o.Ref.Is(receipt.Ref)) {
		return Receipt{}, repeatedAnswer(id, status)
	}
	return receipt, fault
}

// callOff makes the sends that wait for a turn give up, unsent.
func (r *run) callOff() {
	r.calledOff.give()
	r.calledOff = newSignal()
}

// signal is a channel that many goroutines may close.
type signal struct {
	given chan struct{}
	once  sync.Once
}

func newSignal() *signal { return &signal{given: make(chan struct{})} }

func (s *signal) give() { s.once.Do(func() { close(s.given) }) }

// recovered turns a panic of a worker into a result, so that the other workers
// finish and the books are closed properly.
func recovered(res *result) {
	if v := recover(); v != nil {
		res.err = &Panic{Value: v, Stack: debug.Stack()}
	}
}

// handle processes the report of a worker.
func (r *run) handle(res result) {
	if res.err != nil {
		r.fail(res.err)
	}
	now := time.Now()
	if res.turn {
		defer func() { <-r.turns }() // when this failure has been taken into account
	}
	if res.look == nil {
		r.inFlight--
	} else {
		r.looking--
	}
	if res.err != nil {
		return
	}
	if res.asked {
		r.calls++
		r.afterAnswer(res.fault, res.began, now)
	}
	if res.look != nil {
		r.afterLook(res, now)
		return
	}
	s := r.Books.at(res.row)
	if res.asked {
		r.requests++
		if r.lost[s.Ref] == 0 {
			r.lastSend = now
		}
	}
	r.polling.eager = r.pace.aMinute() == 0
	switch duplicate := res.fault != nil && res.fault.Class == ClassDuplicate; {
	case !res.asked:
	case res.fault == nil && s.TopupID != "":
		r.sent++
	case s.State == Unknown && !duplicate: // a duplicate is another request's order
		r.lost[s.Ref]++
	}
	switch decide(&s) {
	case send:
		r.queue.again(res.row, now)
	case checkRef, checkID:
		if r.polling.row(s.at) == nil {
			if res.nth == 0 {
				res.nth = r.polling.oneMore(&s)
			}
			ended := r.ran(res.ended)
			r.polling.add(&s, res.nth, ended, r.polling.firstLook(ended))
		}
	}
}

// sendAgain puts a row back into the queue after a check that found nothing. The
// more of its sends were lost in this run, the longer it pauses; after the last of
// them it stays unsent.
func (r *run) sendAgain(s *RowStatus, now time.Time) {
	switch lost := r.lost[s.Ref]; {
	case lost == 0: // an earlier process lost it
		r.queue.again(s.at, now)
	case lost < mostSends:
		r.queue.repeat(s.at, now, r.pace.jitter(firstPause<<(lost-1)))
	default:
		r.Log.Warn("not sent again in this run", "ref", s.Ref, "lost", lost)
	}
}

// afterAnswer adapts the calls to come to an answer to a call that began then:
// their pace, and whether sending can still work (money rule 7).
func (r *run) afterAnswer(f *Fault, began, now time.Time) {
	var class Class
	if f != nil {
		class = f.Class
	}
	switch {
	case f == nil, f.understood():
		r.pace.answered(now)
		r.failures, r.lastHeard = 0, now
	case class == ClassNoBalance:
		r.stop(Errorf("%w: %w", ErrNoBalance, f))
	case class == ClassDenied:
		r.denied = true
		r.stop(Errorf("%w: %w", ErrDenied, f))
	case class == ClassThrottled && f.Status == 429:
		if r.pace.refused(now) {
			r.remember(r.pace.ceilingAMinute())
		}
		if f.Pause > f.RetryAfter {
			r.stop(Errorf("%w until %s", ErrPause, now.Add(f.Pause)))
		}
		r.pace.pushedBack(now, f.RetryAfter) // a provider that asks for patience has not failed
		r.callOff()
	case began.Before(r.failed): // it was in flight when the failure was noticed, and belongs to it
	default:
		r.failures++
		switch {
		case class == ClassThrottled && f.RetryAfter > 0:
			r.pace.pushedBack(now, f.RetryAfter)
		case class == ClassUnreached, r.failures > 1: // a single answer that fails may concern one order only
			r.pace.failed(now)
			r.failed = now
		}
		if r.pace.rest.After(now) {
			r.callOff()
		}
		if r.hopeless() {
			r.stop(Errorf("%w (%d): %w", ErrTrouble, r.failures, f))
		}
	}
}

// understood reports whether the provider did what it was asked: it decided on this
// one order, and will do so for the next.
func (f *Fault) understood() bool {
	return f.Class == ClassRefused || f.Class == ClassDuplicate || f.Class == ClassNotFound
}

// remember writes the limit that was found into the books.
func (r *run) remember(ceiling float64) {
	err := r.Books.Note(NoteRecord{What: NoteCeiling, Text: Msg("%.0f calls a minute", ceiling), Ceiling: ceiling})
	if err != nil {
		r.fail(err)
	}
}

// fail ends the run, because the books cannot be written.
func (r *run) fail(err error) {
	if r.fatal != nil {
		return
	}
	r.fatal = err
	r.callOff()
	if errors.Is(err, journal.ErrFailed) {
		r.cancel() // no answer can be written any more (money rule 9)
	}
}

// stop ends the sending; the first reason is kept.
func (r *run) stop(why error) {
	if r.stopped == nil {
		r.stopped = why
		r.callOff()
		r.Log.Warn("sending stops", "why", why)
	}
}

// publish makes the present progress visible to Progress.
func (r *run) publish() {
	r.progress.Store(&Progress{InFlight: r.inFlight, Calls: r.calls, Requests: r.requests, Sent: r.sent, Rate: r.pace.aMinute()})
}
