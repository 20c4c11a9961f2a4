package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"flexybatch/batch/oneclick"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

// site is a simulated provider on a socket, a folder with an input file, and the job
// that is called on them.
type site struct {
	t    *testing.T
	sim  *simulator.Simulator
	url  string
	dir  string
	file string
	key  string
	job  *app.App

	sends  atomic.Int64
	onSend func(n int64) // is called before the provider gets a send; nil: nothing is
}

// newSite starts a provider and writes a file of n rows.
func newSite(t *testing.T, c simulator.Config, n int) *site {
	t.Helper()
	if c.Speed == 0 {
		c.Speed = 500
	}
	sim, err := simulator.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, sim: sim, dir: t.TempDir(), key: simulator.DefaultKey}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL
	s.job = &app.App{Version: "test", Key: func(context.Context, string) (oneclick.Key, error) { return oneclick.NewKey(s.key), nil }}
	rows := []string{}
	for i := range n {
		rows = append(rows, fmt.Sprintf("E%d,06%08d,PREPAID_MOBILIS,%d", i, 10_000_000+i, 100+i%50))
	}
	s.write("payroll.csv", rows...)
	return s
}

// ServeHTTP is the provider.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		if n := s.sends.Add(1); s.onSend != nil {
			s.onSend(n)
		}
	}
	s.sim.ServeHTTP(w, r)
}

// write writes the input file, with a header.
func (s *site) write(name string, rows ...string) {
	s.t.Helper()
	s.file = filepath.Join(s.dir, name)
	s.put(s.file, "id,phone,plan,amount\n"+strings.Join(rows, "\n")+"\n")
}

func (s *site) put(path, text string) {
	s.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) path(name string) string { return filepath.Join(s.dir, name) }

func (s *site) place() app.Place { return app.Place{File: s.file} }

func (s *site) account() app.Account { return app.Account{BaseURL: s.url} }

// pace makes a run against a fast simulator short.
func pace() app.Pace {
	return app.Pace{Rate: app.None, Poll: 20 * time.Millisecond, Wait: 20 * time.Second, ResendAfter: 200 * time.Millisecond, PhoneGap: app.None, Timeout: 2 * time.Second}
}

// options are those of a run without a question.
func (s *site) options() app.RunOptions {
	return app.RunOptions{Place: s.place(), Account: s.account(), Pace: pace(), Yes: true}
}

// run runs the batch and wants an outcome.
func (s *site) run(want app.Outcome, change ...func(*app.RunOptions)) *app.RunResult {
	s.t.Helper()
	o := s.options()
	for _, f := range change {
		f(&o)
	}
	result, err := s.job.Run(s.t.Context(), s.t.Context(), o)
	if err != nil {
		s.t.Fatalf("run: %v", err)
	}
	if got := result.Outcome(); got != want {
		s.t.Fatalf("run: outcome %d, want %d: %+v", got, want, result.Summary)
	}
	return result
}

// refused runs the batch and wants a refusal, with which nothing is sent.
func (s *site) refused(change ...func(*app.RunOptions)) error {
	s.t.Helper()
	o := s.options()
	for _, f := range change {
		f(&o)
	}
	before := s.sends.Load()
	result, err := s.job.Run(s.t.Context(), s.t.Context(), o)
	if err == nil || result != nil {
		s.t.Fatalf("it was not refused: %+v, %v", result, err)
	}
	if now := s.sends.Load(); now != before {
		s.t.Errorf("refused with %v, and %d sends", err, now-before)
	}
	return err
}

// once makes sure that the provider has this many orders, each of another ref.
func (s *site) once(want int) {
	s.t.Helper()
	refs := map[string]bool{}
	for _, o := range s.sim.Orders() {
		if refs[o.Ref] {
			s.t.Errorf("%s was charged twice", o.Ref)
		}
		refs[o.Ref] = true
	}
	if len(refs) != want {
		s.t.Errorf("%d orders, want %d", len(refs), want)
	}
}

// reconciled holds the batch against the account's statement.
func (s *site) reconciled() *app.Reconciled {
	s.t.Helper()
	r, err := s.job.Reconcile(s.t.Context(), app.ReconcileOptions{Place: s.place(), Account: s.account(), Pace: pace()})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// person answers questions, and keeps them.
type person struct {
	asked   []app.Question
	answers []app.Answer // in turn; none left: yes, or the number
}

func (p *person) Confirm(_ context.Context, q app.Question) (app.Answer, error) {
	p.asked = append(p.asked, q)
	if len(p.answers) > 0 {
		a := p.answers[0]
		p.answers = p.answers[1:]
		return a, nil
	}
	return app.Answer{Yes: true, Text: fmt.Sprint(q.Rows)}, nil
}

// witness keeps what it is shown.
type witness struct {
	app.Unobserved
	notes    []string
	flight   *app.Preflight
	canary   *app.CanaryResult
	order    []string // of the calls
	refuses  string   // the call that it refuses
	working  int
	finished int
}

func (w *witness) Note(m lang.Message) { w.notes = append(w.notes, m.String()) }

func (w *witness) Ready(app.Ready) error { return w.call("ready") }

func (w *witness) Began(app.Began) error { return w.call("began") }

func (w *witness) Preflight(p *app.Preflight) { w.flight = p; _ = w.call("preflight") }

func (w *witness) Canary(c *app.CanaryResult) { w.canary = c; _ = w.call("canary") }

func (w *witness) Working(work app.Work) func() {
	w.working++
	_ = w.call("working")
	return func() {
		if p := work.Progress(); p.InFlight == 0 {
			w.finished++
		}
	}
}

func (w *witness) call(name string) error {
	w.order = append(w.order, name)
	if name == w.refuses {
		return fmt.Errorf("%s is refused", name)
	}
	return nil
}
