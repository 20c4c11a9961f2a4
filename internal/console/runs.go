package console

import (
	"context"
	"sync"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/office"
)

// runs are the batches that this process sends or settles, each with its last run.
type runs struct {
	mu       sync.Mutex
	by       map[string]*run
	draining bool
	working  sync.WaitGroup
	ended    chan struct{} // closed when the live views are to end

	patience time.Duration // how long the page of a start waits to tell whether the batch has begun
}

func newRuns() *runs {
	return &runs{by: map[string]*run{}, ended: make(chan struct{}), patience: 3 * time.Second}
}

// run is one run, or settle, of a batch. It is its observer and answers its questions.
type run struct {
	app.Unobserved
	batch   string
	sends   bool // it is a run, and no settle
	started time.Time
	begun   chan struct{} // closed when the books are open, or the run is over
	over    chan struct{} // closed when it is over
	drain   context.CancelCauseFunc
	abort   context.CancelFunc

	mu     sync.Mutex
	once   sync.Once
	notes  []lang.Message
	books  *batch.Books
	work   *app.Work
	meter  *batch.Meter // of the work
	canary *app.CanaryResult
	asked  *app.Question   // what waits for a person; nil: nothing does
	answer chan app.Answer // takes the answer
	told   consent         // what the person said before
	paused bool            // a person has asked for it to end
	last   batch.Tally     // when it was over
	ended  time.Time       // likewise
	result *app.RunResult
	err    error

	line *office.Batch // how it stands with an office's workers, whose work is looked on; nil: it is sent here
	live *office.Live  // how far they are; nil: they have not begun, or have ended
}

// task is what a run does.
type task func(ctx, drain context.Context, r *run) (*app.RunResult, error)

// start begins to run a batch, unless it is being run here already. It returns the
// run that is under way, and whether it is a new one; nil if nothing new is begun any
// more.
func (k *runs) start(r *run, do task) (now *run, fresh bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if old := k.by[r.batch]; old != nil && !old.isOver() {
		return old, false
	}
	if k.draining {
		return nil, false
	}
	ctx, abort := context.WithCancel(context.Background())
	drain, stop := context.WithCancelCause(ctx)
	r.started, r.begun, r.over, r.answer = time.Now(), make(chan struct{}), make(chan struct{}), make(chan app.Answer, 1)
	r.drain, r.abort = stop, abort
	k.by[r.batch] = r
	k.working.Go(func() {
		defer abort()
		result, err := do(ctx, drain, r)
		r.mu.Lock()
		r.result, r.err, r.work, r.asked, r.ended = result, err, nil, nil, time.Now()
		if r.books != nil { // which a million rows make large; the journal has it all
			r.last, r.books = r.books.Tally(), nil
		}
		r.mu.Unlock()
		r.once.Do(func() { close(r.begun) })
		close(r.over)
	})
	return r, true
}

// of is the last run of a batch; nil: there was none here.
func (k *runs) of(batch string) *run {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.by[batch]
}

// working are the batches that are being run.
func (k *runs) active() (list []*run) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, r := range k.by {
		if !r.isOver() {
			list = append(list, r)
		}
	}
	return list
}

// drain lets every run finish what is under way, and begins nothing new.
func (k *runs) drain() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.draining = true
	for _, r := range k.by {
		r.drain(nil)
	}
}

// abort breaks every run off.
func (k *runs) abort() {
	k.drain()
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, r := range k.by {
		r.abort()
	}
}

// wait waits until no run is under way.
func (k *runs) wait() { k.working.Wait() }

// end lets go of the live views.
func (k *runs) end() { close(k.ended) }

func (r *run) isOver() bool { return isDone(r.over, 0) }

// pause lets the run finish what is under way. Why is told to the books.
func (r *run) pause(why error) {
	r.mu.Lock()
	r.paused = true
	r.mu.Unlock()
	r.drain(why)
}

// Note keeps what the run tells.
func (r *run) Note(m lang.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes = append(r.notes, m)
}

// Began keeps the books, which tell everything else.
func (r *run) Began(b app.Began) error {
	r.mu.Lock()
	r.books = b.Books
	r.mu.Unlock()
	r.once.Do(func() { close(r.begun) })
	return nil
}

// Working keeps what tells of the work.
func (r *run) Working(w app.Work) (ended func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.work, r.meter = &w, batch.NewMeter(time.Now(), w.Tally(), w.Sends, w.Poll, w.Wait)
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.work = nil
	}
}

// Canary keeps what became of the first rows.
func (r *run) Canary(c *app.CanaryResult) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.canary = c
}

// ledger is what is known of the batch; nil where its books are not open yet.
func (r *run) ledger() *batch.Ledger {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.books == nil {
		return nil
	}
	return r.books.Ledger
}

// consent is what a person said when they started a run: what they were shown, and
// what they typed.
type consent struct {
	Rows   int // to send, as the page showed
	Cost   batch.Centimes
	Typed  string // the number of rows, as it was typed
	Again  string // the number of rows that look paid already, as it was typed
	Reason string
	Canary int
}

// Confirm answers with what the person said. Whatever they were not shown is asked
// anew, or is no.
func (r *run) Confirm(ctx context.Context, q app.Question) (app.Answer, error) {
	switch q.About {
	case app.AboutRun, app.AboutCanary:
		if q.About == app.AboutRun && (q.Rows != r.told.Rows || q.Cost != r.told.Cost) {
			return app.Answer{}, lang.Errorf("what would be sent now is something else than the page has shown; look at it again")
		}
		return app.Answer{Yes: true, Text: r.told.Typed}, nil
	case app.AboutPaidElsewhere:
		return app.Answer{Text: r.told.Again}, nil
	case app.AboutReason:
		return app.Answer{Yes: r.told.Reason != "", Text: r.told.Reason}, nil
	}
	r.mu.Lock()
	r.asked = &q
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		r.asked = nil
		r.mu.Unlock()
	}()
	select {
	case a := <-r.answer:
		return a, nil
	case <-ctx.Done():
		return app.Answer{}, ctx.Err()
	}
}

// reply answers the question that waits.
func (r *run) reply(a app.Answer) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asked == nil {
		return false
	}
	select {
	case r.answer <- a:
		return true
	default:
		return false
	}
}

// snapshot is where a run stands, at one moment.
type snapshot struct {
	Batch    string
	Sends    bool
	Started  time.Time
	Ended    time.Time // zero until it is over
	Tally    batch.Tally
	Progress batch.Progress
	Gauge    batch.Gauge // of what is being sent and followed, where Working
	Working  bool
	Pausing  bool
	Over     bool
	Asked    *app.Question
	Canary   *app.CanaryResult
	Notes    []lang.Message
	Err      error
	Result   *app.RunResult
	Line     *office.Batch // as an office's workers have it; nil: it is sent here
}

// Refused tells a run that is over and has not begun the batch.
func (s snapshot) Refused() bool { return s.Over && s.Err != nil && s.Result == nil }

// look takes a snapshot.
func (r *run) look() snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := snapshot{
		Batch: r.batch, Sends: r.sends, Started: r.started, Pausing: r.paused, Over: r.isOver(), Asked: r.asked, Canary: r.canary,
		Notes: r.notes, Err: r.err, Result: r.result, Tally: r.last, Ended: r.ended,
	}
	if r.books != nil {
		s.Tally = r.books.Tally()
	}
	if r.line != nil {
		s.Line, s.Pausing = r.line, r.line.Wish != ""
	}
	if r.live != nil {
		s.Working, s.Tally, s.Progress, s.Gauge = true, r.live.Tally, r.live.Progress, r.live.Gauge
	}
	if w := r.work; w != nil {
		s.Working, s.Progress = true, w.Progress()
		s.Gauge = r.meter.Look(time.Now(), w.Tally(), s.Progress)
	}
	return s
}
