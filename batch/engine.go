package batch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"flexybatch/journal"
)

// Engine sends what is unsent and follows what is open, until every row has
// come to an end, there is no sense in going on, or it is told to stop. It does
// what decide says and nothing else. Running it on books in which everything is
// unsent is a first run; on any others, a resume: there is no difference.
type Engine struct {
	Books    *Books
	Provider Provider
	Log      *slog.Logger

	Concurrency int           // requests to send that are under way at once
	Rate        float64       // calls a minute, sends and looks together; 0: no limit
	Auto        bool          // look for the provider's own ceiling, upward from Rate; the books remember it
	Poll        time.Duration // between two looks at an open row; it grows for what stays open
	Wait        time.Duration // for final outcomes after the last send
	ResendAfter time.Duration // the grace period of money rule 3
	PhoneGap    time.Duration // least time between two sends to one phone
	StopAfter   int           // failures in a row that are not the rows' own fault; 0: never

	// Pick says which unsent rows may be sent; nil: all.
	Pick func(*RowStatus) bool

	progress atomic.Pointer[Progress]
}

// Progress is what the engine is doing, beyond what the ledger tells.
type Progress struct {
	InFlight int     // sends under way, from the intent to the answer that is on disk
	Calls    int     // made by this Run
	Sent     int     // sends that left in this Run
	Rate     float64 // calls a minute, as the budget stands; 0: no limit
}

// Progress is the present state of Run; it may be asked at any time.
func (e *Engine) Progress() Progress {
	if p := e.progress.Load(); p != nil {
		return *p
	}
	return Progress{}
}

// Result is what a Run came to. The rows themselves are in the books.
type Result struct {
	Progress
	Stopped error // why sending stopped before its end, if it did; nil also when drained
	Drained bool  // the run was told to stop
}

// Why sending stopped before its end (money rule 7).
var (
	// ErrNoBalance is wrapped by Result.Stopped when the account was empty.
	ErrNoBalance = errors.New("the account's balance is used up")
	// ErrDenied is wrapped by Result.Stopped when key or address were refused.
	ErrDenied = errors.New("the provider refuses the key")
	// ErrTrouble is wrapped by Result.Stopped after Engine.StopAfter failures.
	ErrTrouble = errors.New("too many failures in a row that are not the rows' own fault")
	// ErrPushedBack is wrapped by Result.Stopped when no call was let through
	// for ten minutes.
	ErrPushedBack = errors.New("the provider lets no call through")
)

// Panic is the error of Run after a fault of the program itself.
type Panic struct {
	Value any
	Stack []byte
}

// Error says what the panic said.
func (p *Panic) Error() string { return fmt.Sprintf("internal fault: %v", p.Value) }

// Run does the work. When drain is done no more calls are begun, those under
// way are finished and written down, and Run returns; when ctx is done the
// calls under way are broken off too, and their rows become unknown. An error
// means that the books could not be kept (journal.ErrFailed, ErrInvariant) or a
// *Panic: nothing was sent after it.
func (e *Engine) Run(ctx, drain context.Context) (Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := &run{
		Engine: e, ctx: ctx, cancel: cancel,
		start: time.Now(), pace: e.newPace(time.Now()),
		turns: make(chan struct{}, e.Concurrency), calledOff: make(chan struct{}),
		results: make(chan result, 2*e.Concurrency+lookers),
	}
	r.sends.SetLimit(2 * e.Concurrency)
	r.looks.SetLimit(lookers)
	r.load()
	r.loop(drain.Done())
	_ = r.sends.Wait() // a row's misfortune is a result, never an error of the group
	_ = r.looks.Wait()
	r.publish()
	res := Result{Progress: e.Progress(), Stopped: r.stopped, Drained: r.drained}
	if p, ok := errors.AsType[*Panic](r.fatal); ok {
		return res, errors.Join(p, e.Books.Note(NoteRecord{What: NotePanic, Text: p.Error()}))
	}
	return res, r.fatal
}

// newPace is the budget to begin with.
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
	lookers       = 4                // looks under way at once
	pushedBackFor = 10 * time.Minute // of refused calls and no other, after which waiting has no sense
)

// run is one Run. All of it belongs to the goroutine of loop; workers get what
// they need as arguments and answer on results.
type run struct {
	*Engine
	ctx       context.Context
	cancel    context.CancelFunc
	start     time.Time
	pace      *pace
	sends     errgroup.Group
	looks     errgroup.Group
	turns     chan struct{} // holds a token for each request to send that is under way
	calledOff chan struct{} // closed when the sends that wait for their turn shall not have it

	queue   queue
	polling *polling
	span    span // of the provider's list, that looks ask for
	results chan result

	inFlight  int // sends
	looking   int
	calls     int
	sent      int
	failures  int       // in a row, not the rows' own fault
	lastSend  time.Time // when the last one ended
	lastHeard time.Time // when the provider last let a call through

	stopped error // no more sends
	denied  bool  // no more looks either
	drained bool
	fatal   error
}

// result is what a worker reports when it is done.
type result struct {
	sent  *RowStatus // the row that was sent, or
	look  *look      // the look that was made
	fault *Fault     // what the provider said, if it did not do its work
	asked bool       // whether a call was made at all
	ended time.Time  // when the answer was there, or was given up
	shown []lookedAt // the rows that the look has shown
	err   error      // the books could not be kept, or a panic
}

// load takes up the books: what is to be sent, what is to be watched.
func (r *run) load() {
	r.lastSend, r.lastHeard = r.start, r.start
	r.queue, r.polling = newQueue(r.PhoneGap), newPolling(r.Poll)
	var first, last time.Time // sends
	r.Books.Each(func(s *RowStatus) bool {
		switch decide(s) {
		case send:
			if r.Pick == nil || r.Pick(s) {
				r.queue.add(s)
			}
		case checkRef, checkID:
			// Whatever was lost by an earlier process was over when this one
			// began: that is what the grace period is counted from, since a
			// wall clock proves nothing.
			r.polling.add(s, r.start, r.start)
		default:
			if s.TopupID != "" {
				r.polling.accepted++
			}
		}
		if s.Attempts == 0 {
			return true
		}
		if ago := r.start.Sub(s.Sent()); ago < r.PhoneGap {
			r.queue.last[s.Topup.Phone] = r.start.Add(-max(0, ago))
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

// loop starts what may be started, and waits for what happens next.
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

// startCalls starts every send and look that the pool, the budget and the
// clock allow now. It tells how long nothing more will become possible by
// itself, and whether there is anything left to wait for.
func (r *run) startCalls() (wake time.Duration, busy bool) {
	const ever = time.Hour
	if r.drained || r.fatal != nil {
		return ever, false
	}
	now := time.Now()
	wake = r.startSends(now, ever)
	busy = r.sending()
	if r.denied || wake == 0 {
		return wake, busy
	}
	if !busy && r.inFlight == 0 { // the last rows are waited for, in measure
		patience := r.Wait - now.Sub(r.lastSend)
		if patience <= 0 && !r.polling.lookOwed(now) || !r.polling.waiting() {
			return ever, false
		}
		if patience > 0 {
			wake = min(wake, patience)
		}
	}
	return r.startLooks(now, wake), busy || len(r.polling.rows) > 0
}

// sending tells whether there is anything left to send.
func (r *run) sending() bool { return r.stopped == nil && !r.queue.empty() }

// startSends starts the sends that may be started now, and tells how long no
// further one may be.
func (r *run) startSends(now time.Time, wake time.Duration) time.Duration {
	if r.stopped == nil && r.pace.cut.After(r.lastHeard) && now.Sub(r.lastHeard) > pushedBackFor {
		r.stop(fmt.Errorf("%w for %s", ErrPushedBack, pushedBackFor))
	}
	limit := r.Concurrency
	switch {
	case r.pace.resting > 0:
		limit = 1 // one asks whether the trouble is over, not all at once
	case r.pace.aMinute() == 0:
		limit *= 2 // the disk takes in the intents and answers of some while others are under way
	}
	for r.stopped == nil && r.inFlight < limit {
		s, wait := r.queue.next(now)
		if s == nil {
			if wait > 0 {
				wake = min(wake, wait)
			}
			break
		}
		if wait := r.pace.spend(now); wait > 0 {
			return min(wake, wait)
		}
		r.queue.pop(s, now)
		r.startSend(s)
	}
	return wake
}

// startLooks does the same for looks. Sends come first: they have taken what
// they could of the budget.
func (r *run) startLooks(now time.Time, wake time.Duration) time.Duration {
	for r.looking < lookers {
		l, wait := r.polling.next(now, r.thrifty())
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

// thrifty tells whether a look takes a call away from a send.
func (r *run) thrifty() bool { return r.sending() && r.pace.aMinute() > 0 }

// startSend sends one row, once.
func (r *run) startSend(s *RowStatus) {
	r.inFlight++
	r.span = span{} // the list will have a new order of ours
	off := r.calledOff
	r.sends.Go(func() error {
		res := result{sent: s}
		defer func() { r.results <- res }()
		defer recovered(&res)
		r.send(s.Order(), off, &res)
		return nil
	})
}

// send is the life of a send: the intent is on disk, then the request leaves,
// then the answer is on disk (money rule 1).
func (r *run) send(o Order, off <-chan struct{}, res *result) {
	if r.ctx.Err() != nil {
		return
	}
	attempt, ok, err := r.Books.Intend(o.Ref)
	if res.err = err; err != nil || !ok {
		return
	}
	if !r.awaitTurn(off) {
		res.err = r.Books.Answer(AnswerRecord{Ref: o.Ref, Attempt: attempt, Result: ClassUnreached.String(),
			Message: "it was not sent: the run held before its turn came"})
		return
	}
	receipt, err := r.request(o)
	res.asked, res.ended, res.fault = true, time.Now(), FaultOf(err)
	a := AnswerRecord{Ref: o.Ref, Attempt: attempt, Result: Accepted,
		TopupID: receipt.TopupID, RequestID: receipt.RequestID, Balance: receipt.Balance}
	if f := res.fault; f != nil {
		a = AnswerRecord{Ref: o.Ref, Attempt: attempt, Result: f.Class.String(),
			Status: f.Status, Code: f.Code, Message: faultText(f), RequestID: f.RequestID}
	}
	r.Log.Info("sent", "ref", o.Ref, "attempt", attempt, "result", a.Result, "code", a.Code, "topup_id", a.TopupID)
	res.err = r.Books.Answer(a)
}

// awaitTurn waits until a request may begin. It may not, and never will, when that is
// called off meanwhile: then nothing has left, and the answer says so.
func (r *run) awaitTurn(off <-chan struct{}) bool {
	select {
	case <-off:
		return false
	case r.turns <- struct{}{}:
	}
	select {
	case <-off:
		<-r.turns
		return false
	default:
		return true
	}
}

// request makes the request whose turn it is.
func (r *run) request(o Order) (Receipt, error) {
	defer func() { <-r.turns }()
	return r.Provider.Send(r.ctx, o)
}

// callOff keeps the sends that wait for their turn from having it.
func (r *run) callOff() {
	close(r.calledOff)
	r.calledOff = make(chan struct{})
}

// faultText is a fault's message with what went wrong below.
func faultText(f *Fault) string {
	if f.Err == nil {
		return f.Message
	}
	if f.Message == "" {
		return f.Err.Error()
	}
	return f.Message + ": " + f.Err.Error()
}

// recovered turns a panic of a worker into a result, so that the others finish
// and the books are closed in good order.
func recovered(res *result) {
	if v := recover(); v != nil {
		res.err = &Panic{Value: v, Stack: debug.Stack()}
	}
}

// handle takes in what a worker reports.
func (r *run) handle(res result) {
	if res.err != nil {
		r.fail(res.err)
	}
	now := time.Now()
	if res.sent != nil {
		r.inFlight--
	} else {
		r.looking--
	}
	if res.err != nil {
		return
	}
	if res.asked {
		r.calls++
		r.afterAnswer(res.fault, now)
	}
	if res.look != nil {
		r.afterLook(res, now)
		return
	}
	if res.asked {
		r.lastSend = now
		r.sent++
	}
	s, _ := r.Books.Row(res.sent.Ref)
	switch decide(&s) {
	case send:
		r.queue.again(res.sent, now)
	case checkRef, checkID:
		if r.polling.rows[s.Ref] == nil {
			r.polling.add(&s, res.ended, r.polling.firstLook(res.ended))
		}
	}
}

// afterAnswer draws the consequences of an answer for the calls to come: the pace,
// and whether sending has any sense left (money rule 7).
func (r *run) afterAnswer(f *Fault, now time.Time) {
	var class Class
	if f != nil {
		class = f.Class
	}
	switch {
	case f == nil, class == ClassRefused, class == ClassDuplicate, class == ClassNotFound:
		r.pace.answered(now)
		r.failures, r.lastHeard = 0, now
	case class == ClassNoBalance:
		r.stop(fmt.Errorf("%w: %w", ErrNoBalance, f))
	case class == ClassDenied:
		r.denied = true
		r.stop(fmt.Errorf("%w: %w", ErrDenied, f))
	case class == ClassThrottled && f.Status == 429:
		if r.pace.refused(now) {
			r.remember(r.pace.ceilingAMinute())
		}
		r.pushedBack(now, f.RetryAfter) // patience is not a failure
	default:
		r.failures++
		// One 5xx may be one order's bad luck; two in a row are trouble.
		if class == ClassThrottled || class == ClassUnreached || f.Status >= 500 && r.failures > 1 {
			r.pushedBack(now, f.RetryAfter)
		}
		if r.StopAfter > 0 && r.failures >= r.StopAfter {
			r.stop(fmt.Errorf("%w (%d): %w", ErrTrouble, r.failures, f))
		}
	}
}

// pushedBack makes fewer calls from now on, and none for a while.
func (r *run) pushedBack(now time.Time, wait time.Duration) {
	r.pace.pushedBack(now, wait)
	r.callOff()
}

// remember writes down the ceiling that was found.
func (r *run) remember(ceiling float64) {
	err := r.Books.Note(NoteRecord{What: NoteCeiling, Text: fmt.Sprintf("%.0f calls a minute", ceiling), Ceiling: ceiling})
	if err != nil {
		r.fail(err)
	}
}

// fail ends the run: the books cannot be kept.
func (r *run) fail(err error) {
	if r.fatal != nil {
		return
	}
	r.fatal = err
	r.callOff()
	if errors.Is(err, journal.ErrFailed) {
		r.cancel() // no answer can be written down any more (money rule 9)
	}
}

// stop ends the sending, once.
func (r *run) stop(why error) {
	if r.stopped == nil {
		r.stopped = why
		r.callOff()
		r.Log.Warn("sending stops", "why", why)
	}
}

func (r *run) publish() {
	r.progress.Store(&Progress{InFlight: r.inFlight, Calls: r.calls, Sent: r.sent, Rate: r.pace.aMinute()})
}
