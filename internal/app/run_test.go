package app_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
)

// badDay is what a bad day of the provider looks like.
var badDay = map[string]float64{
	"reset-before": 0.03, "reset-after": 0.03, "truncated": 0.02, "html": 0.02, "error-500-after": 0.02, "error-503": 0.02,
	"throttle": 0.01, "other-ref": 0.02, "refunded": 0.03, "backwards": 0.02,
}

// A batch is sent once, told to whoever watches in the order of the story, and left
// alone by a second run.
func TestRun(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 40)
	seen := &witness{}
	s.job.Observer = seen
	r := s.run(app.Done)
	if r.Summary.Rows.Fulfilled != 40 || r.Summary.SentNow != 40 || r.Sending.Sent != 40 || r.AllSent || r.Summary.APICalls < 40 {
		t.Errorf("%+v", r)
	}
	if !slices.Equal(seen.order, []string{"ready", "preflight", "began", "working"}) || seen.working != seen.finished {
		t.Errorf("watched: %q, %d of %d works ended", seen.order, seen.finished, seen.working)
	}
	if p := seen.flight; p.ToSend.Valid != 40 || p.All.Rows != 40 || p.Funds.Before-p.Funds.After != p.ToSend.Cost || p.Account.Type != simulator.Sandbox || p.Rate != 0 {
		t.Errorf("%+v", p)
	}
	for _, path := range []string{r.Summary.Journal, r.Summary.Report} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	again := s.run(app.Done)
	if again.Summary.SentNow != 0 || !again.AllSent || again.First.IsZero() || again.Last.Before(again.First) {
		t.Errorf("%+v", again)
	}
	s.once(40)
	status, err := s.job.Status(s.place())
	if err != nil || status.Outcome() != app.Done || status.Summary.Rows.Fulfilled != 40 || status.Summary.Report != r.Summary.Report {
		t.Errorf("%+v, %v", status, err)
	}
	if r := s.reconciled(); r.Outcome() != app.Done || len(r.Rows) != 40 {
		t.Errorf("%+v", r.Differences)
	}
}

// A simulated batch needs no key and no network, and remembers.
func TestRunSimulated(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 5)
	s.job.Key = nil
	simulated := func(o *app.RunOptions) { o.Account = app.Account{Simulate: true} }
	if r := s.run(app.Done, simulated); !r.Summary.Simulated || r.Summary.SentNow != 5 {
		t.Errorf("%+v", r.Summary)
	}
	if r := s.run(app.Done, simulated); r.Summary.SentNow != 0 {
		t.Errorf("%+v", r.Summary)
	}
	if r := s.reconciled(); r.Outcome() != app.Done { // of a simulated batch, without being told
		t.Errorf("%+v", r.Differences)
	}
	s.once(0)
}

// A run that is told to stop drains, one that is broken off leaves rows in doubt;
// each is resumed, whatever the provider does, and every row is charged once.
func TestResumed(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Faults: badDay, Seed: 4, Latency: time.Millisecond}, 120)
	for i, at := range []int64{10, 20, 30, 40} {
		ctx, abort := context.WithCancel(t.Context())
		drain, stop := context.WithCancel(ctx)
		first := s.sends.Load()
		s.onSend = func(n int64) {
			switch {
			case n-first < at:
			case i%2 == 0:
				stop()
			default:
				abort()
			}
		}
		r, err := s.job.Run(ctx, drain, s.options())
		if err != nil || r.Outcome() != app.Open || i%2 == 0 && !r.Sending.Drained {
			t.Fatalf("interruption %d: %+v, %v", i, r, err)
		}
		stop()
		abort()
	}
	s.onSend = nil
	for range 10 {
		r, err := s.job.Run(t.Context(), t.Context(), s.options())
		if err != nil {
			t.Fatal(err)
		}
		if r.Outcome() != app.Open {
			break
		}
	}
	status, err := s.job.Status(s.place())
	if err != nil || status.Outcome() == app.Open {
		t.Fatalf("%+v, %v", status, err)
	}
	s.once(120)
	if r := s.reconciled(); r.Outcome() != app.Done {
		t.Errorf("%+v", r.Differences)
	}
}

// A corrected file sends what is new, and only when that is said.
func TestAmend(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 0)
	a, b, bad, mended := "a,0660000001,PREPAID_MOBILIS,100", "b,0660000002,PREPAID_MOBILIS,100", "c,066000000,PREPAID_MOBILIS,100", "c,0660000003,PREPAID_MOBILIS,100"
	s.write("payroll.csv", a, b, bad)
	s.run(app.Problems)
	s.write("payroll.csv", b, mended, a)
	var changed *app.FileChanged
	if err := s.refused(); !errors.As(err, &changed) || changed.Batch.Name != "payroll" || changed.Difference.New != 1 {
		t.Errorf("%v", err)
	}
	seen := &witness{}
	s.job.Observer = seen
	amend := func(o *app.RunOptions) { o.Amend = true }
	if r := s.run(app.Done, amend); r.Summary.SentNow != 1 || r.Summary.Rows.Fulfilled != 3 {
		t.Errorf("%+v", r.Summary)
	}
	if len(seen.notes) != 1 || !strings.Contains(seen.notes[0], "1 row is new") {
		t.Errorf("it noted %q", seen.notes)
	}
	s.write("payroll.csv", strings.Replace(a, "100", "150", 1), b, mended)
	if r := s.run(app.Problems, amend); r.Summary.SentNow != 0 || r.Summary.Rows.Invalid != 1 {
		t.Errorf("%+v", r.Summary)
	}
	s.once(3)
}

// A canary that does not go well holds the rest back, again and again, and it is the
// same rows each time.
func TestCanary(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 0)
	s.write("payroll.csv", "1,0600000001,PREPAID_MOBILIS,100", "2,0660000002,PREPAID_MOBILIS,100", "3,0660000003,PREPAID_MOBILIS,100")
	one := func(o *app.RunOptions) { o.Canary = 1 }
	seen := &witness{}
	s.job.Observer = seen
	for range 2 {
		r := s.run(app.Open, one)
		var failed *app.CanaryFailed
		if !errors.As(r.Held, &failed) || r.Summary.Rows.Refunded != 1 || r.Summary.Rows.Unsent != 2 {
			t.Fatalf("%+v", r)
		}
		if c := seen.canary; c.Rows != 1 || c.Rest.Valid != 2 || c.First[0].Number != 2 {
			t.Errorf("%+v", c)
		}
		s.once(1)
	}
	// A person may decide otherwise.
	p := &person{answers: []app.Answer{{Text: "no"}}}
	s.job.Confirm = p
	asks := func(o *app.RunOptions) { o.Canary, o.Yes = 1, false }
	var no *app.NotConfirmed
	if r := s.run(app.Open, asks); !errors.As(r.Held, &no) {
		t.Errorf("%+v", r)
	}
	if r := s.run(app.Problems, asks); r.Held != nil || r.Summary.SentNow != 2 {
		t.Errorf("%+v", r)
	}
	for _, q := range p.asked { // there is nothing to ask about a canary that was sent before
		if q.About != app.AboutRest || q.Rows != 2 || q.WantsNumber() {
			t.Errorf("%+v", q)
		}
	}
	s.once(3)
}

// Real money wants the number of rows; anything else is no.
func TestQuestions(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Keys: []simulator.Key{{Key: simulator.DefaultKey, Type: simulator.Production}}}, 4)
	asks := func(o *app.RunOptions) { o.Yes = false }
	var nobody *app.NobodyToAsk
	if err := s.refused(asks); !errors.As(err, &nobody) {
		t.Error(err)
	}
	p := &person{}
	s.job.Confirm = p
	for _, wrong := range []app.Answer{{Yes: true}, {Yes: true, Text: "yes"}, {Text: "3"}, {}} {
		p.answers = []app.Answer{wrong}
		var no *app.NotConfirmed
		if err := s.refused(asks); !errors.As(err, &no) || no.Answer != wrong {
			t.Errorf("%+v: %v", wrong, err)
		}
		if _, err := os.Stat(s.path("payroll.journal")); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("there is a journal after %+v: %v", wrong, err)
		}
	}
	p.asked = nil
	s.run(app.Done, func(o *app.RunOptions) { o.Yes, o.Canary = false, 1 })
	if len(p.asked) != 2 || p.asked[0].About != app.AboutCanary || p.asked[0].Rows != 1 || p.asked[1].About != app.AboutRest || p.asked[1].Rows != 3 || !p.asked[1].WantsNumber() {
		t.Errorf("%+v", p.asked)
	}
	s.once(4)
}

// An observer that cannot do its part refuses the run, before anything is sent.
func TestObserverRefuses(t *testing.T) {
	t.Parallel()
	for call, journal := range map[string]bool{"ready": false, "began": true} {
		s := newSite(t, simulator.Config{}, 3)
		s.job.Observer = &witness{refuses: call}
		err := s.refused()
		if o, ok := app.OutcomeOf(err); !ok || o != app.Nothing || !strings.Contains(err.Error(), call+" is refused; nothing was sent") {
			t.Errorf("%s: %v", call, err)
		}
		if _, err := os.Stat(s.path("payroll.journal")); (err == nil) != journal {
			t.Errorf("%s: %v", call, err)
		}
		s.job.Observer = nil
		s.run(app.Done)
		s.once(3)
	}
}

// A rehearsal shows what would be sent, and leaves nothing behind.
func TestRehearse(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 3)
	o := s.options()
	o.Yes = false
	r, err := s.job.Rehearse(t.Context(), o)
	if err != nil || r.Outcome() != app.Done || r.Preflight.ToSend.Valid != 3 || len(r.Check.Rows) != 3 {
		t.Errorf("%+v, %v", r, err)
	}
	if names, err := os.ReadDir(s.dir); err != nil || len(names) != 1 {
		t.Errorf("it left %v, %v", names, err)
	}
	s.run(app.Done)
	if r, err := s.job.Rehearse(t.Context(), o); err != nil || r.Preflight.ToSend.Valid != 0 || r.Preflight.All.Valid != 3 {
		t.Errorf("%+v, %v", r, err)
	}
	s.once(3)
}

// Settling asks about what is open, and sends nothing.
func TestSettle(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Speed: 20}, 3)
	s.run(app.Open, func(o *app.RunOptions) { o.Pace.Wait = app.None })
	settle := func() *app.RunResult {
		r, err := s.job.Settle(t.Context(), t.Context(), app.SettleOptions{Place: s.place(), Account: s.account(), Pace: pace()})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := settle(); r.Outcome() != app.Done || r.Summary.SentNow != 0 || r.Summary.Rows.Fulfilled != 3 || r.AllSent {
		t.Errorf("%+v", r)
	}
	if r := settle(); !r.AllSent {
		t.Errorf("%+v", r)
	}
	s.once(3)
}
