package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/publish"
)

// busy is a provider that takes a second or two over a hundred rows.
var busy = simulator.Config{Latency: 50 * time.Millisecond, Faults: map[string]float64{"refunded": 0.1}, Seed: 1}

// room is a run in virtual time: the job with the real engine, books and client, and
// a provider that is reached through memory. Of what the terminal shows it has the
// progress alone.
type room struct {
	app.Unobserved
	*watcher
	job     *app.App
	options app.RunOptions
	ctx     context.Context // of the bubble
	stderr  *timed
	began   func() // is called when the batch is in the books
}

func (r *room) Note(m lang.Message)       { r.watcher.Note(m) }
func (r *room) Preflight(*app.Preflight)  {}
func (r *room) Canary(*app.CanaryResult)  {}
func (r *room) Ready(b app.Ready) error   { return r.watcher.Ready(b) }
func (r *room) Working(w app.Work) func() { return r.watcher.Working(w) }
func (r *room) Began(b app.Began) error {
	if r.began != nil {
		r.began()
	}
	return r.watcher.Began(b)
}

// run runs the batch.
func (r *room) run(t *testing.T) *app.RunResult {
	t.Helper()
	result, err := r.job.Run(r.ctx, r.ctx, r.options)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// timed keeps what is written, and when.
type timed struct {
	mu    sync.Mutex
	start time.Time
	lines []string // each with the seconds since the start in front
}

func (w *timed) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for line := range strings.Lines(string(b)) {
		w.lines = append(w.lines, fmt.Sprintf("%.0f %s", time.Since(w.start).Seconds(), line))
	}
	return len(b), nil
}

func (w *timed) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.lines, "")
}

// inRoom runs f in a bubble with a batch of n rows that is about to be sent, at
// so many calls a minute.
func inRoom(t *testing.T, c simulator.Config, n int, rate float64, f func(*room)) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "october.csv")
	var rows strings.Builder
	rows.WriteString("phone,plan,amount\n")
	for i := range n {
		fmt.Fprintf(&rows, "06%08d,PREPAID_MOBILIS,100\n", 10_000_000+i)
	}
	if err := os.WriteFile(file, []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		sim, err := simulator.New(c)
		if err != nil {
			t.Fatal(err)
		}
		network := simulator.NewMemory()
		server := &http.Server{Handler: sim}
		served := make(chan error, 1)
		go func() { served <- server.Serve(network) }()
		stderr := &timed{start: time.Now()}
		o := &output{machine: machine{stdout: io.Discard, stderr: stderr}}
		log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
		r := &room{watcher: &watcher{output: o}, ctx: t.Context(), stderr: stderr}
		r.publish = &publisher{output: o, to: &publishFlags{}, log: log, metrics: publish.Metrics{Note: o.note}}
		r.job = &app.App{Log: log, Observer: r, Dial: network.DialContext,
			Key: func(context.Context, string) (oneclick.Key, error) { return oneclick.NewKey(simulator.DefaultKey), nil }}
		r.options = app.RunOptions{Place: app.Place{File: file}, Account: app.Account{BaseURL: "http://localhost"}, Yes: true, Pace: app.Pace{
			Concurrency: 8, Rate: rate, Poll: 5 * time.Second, Wait: 10 * time.Minute, ResendAfter: 2 * time.Minute, PhoneGap: app.None, StopAfter: 20}}
		f(r)
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		<-served
	})
}

// Without a terminal, a line each ten seconds tells all there is to know, and
// nothing else is said.
func TestCalmLines(t *testing.T) {
	inRoom(t, simulator.Config{}, 60, 60, func(r *room) {
		r.run(t)
		said := strings.Split(strings.TrimSpace(r.stderr.String()), "\n")
		form := regexp.MustCompile(`^(\d+) (\d+ of 60 rows sent; \d+ settled, \d+ open, 0 in trouble; done in about [^;]+, at \d\d:\d\d|\d+ of 60 sent rows settled; \d+ open, 0 in trouble(; waited for [^;]+ at most)?); \d+ in flight, (\d+) of 60 calls a minute$`)
		for i, line := range said {
			m := form.FindStringSubmatch(line)
			if m == nil || m[1] != fmt.Sprint(10*(i+1)) {
				t.Errorf("line %d, at %d s, is %q", i, 10*(i+1), line)
			}
		}
		if len(said) < 7 || len(said) > 12 {
			t.Errorf("%d lines in a batch of 60 rows at 60 calls a minute", len(said))
		}
		if want := regexp.MustCompile(`^10 \d+ of 60 rows sent; 0 settled, \d+ open, 0 in trouble; done in about 1 minute, 1[01] seconds, at `); !want.MatchString(said[0]) {
			t.Errorf("the first line is %q, want %s…", said[0], want)
		}
	})
}

func TestQuietSaysNothing(t *testing.T) {
	inRoom(t, simulator.Config{}, 60, 60, func(r *room) {
		r.quiet = true
		if r.run(t); r.stderr.String() != "" {
			t.Errorf("it said %q", r.stderr)
		}
	})
}

// A settle shows the rows that it follows, and not those that it does not send.
func TestProgressOfSettle(t *testing.T) {
	inRoom(t, simulator.Config{Speed: 0.1}, 40, app.None, func(r *room) {
		r.options.Canary, r.options.Pace.Wait = 30, app.None
		if result := r.run(t); result.Held == nil || result.Sending.Sent != 30 {
			t.Fatalf("%+v", result)
		}
		r.options.Pace.Wait = 10 * time.Minute
		o := r.options
		if _, err := r.job.Settle(r.ctx, r.ctx, app.SettleOptions{Place: o.Place, Account: o.Account, Pace: o.Pace}); err != nil {
			t.Fatal(err)
		}
		if said := r.stderr.String(); !strings.Contains(said, "0 of 30 sent rows settled; 30 open, 0 in trouble; waited for 9 minutes") {
			t.Errorf("it said %q", said)
		}
	})
}

// What the provider does to the budget is seen.
func TestHeldBack(t *testing.T) {
	inRoom(t, simulator.Config{RateLimit: 30}, 100, 120, func(r *room) {
		r.run(t)
		if said := r.stderr.String(); !regexp.MustCompile(`, \d+ of \d\d calls a minute, held back from 120`).MatchString(said) {
			t.Errorf("it said %q", said)
		}
	})
}

// every calls f again and again until the function it returns is called.
func every(d time.Duration, f func()) (stop func()) {
	end, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(d)
		defer tick.Stop()
		for {
			select {
			case <-end:
				return
			case <-tick.C:
				f()
			}
		}
	}()
	return func() { close(end); <-gone }
}

// The figures of the last run are in the file while it works, whole at any time.
func TestMetricsNowAndThen(t *testing.T) {
	inRoom(t, simulator.Config{}, 60, 60, func(r *room) {
		r.publish.metrics.Path, r.quiet = filepath.Join(t.TempDir(), "october.prom"), true
		seen := map[float64]bool{}
		stop := every(time.Second, func() {
			if m := readMetrics(t, r.publish.metrics.Path); m != nil {
				if m["flexybatch_run_exit_code"] != -1 || m["flexybatch_run_sends"] > 60 {
					t.Errorf("while it works: %v", m)
				}
				seen[m["flexybatch_run_sends"]] = true
			}
		})
		result := r.run(t)
		stop()
		if len(seen) < 4 {
			t.Errorf("in some 80 seconds the file told of %v sends", seen)
		}
		r.publish.tell(r.ctx, result, exitOpen)
		m := readMetrics(t, r.publish.metrics.Path)
		for name, want := range map[string]float64{
			"flexybatch_run_exit_code": exitOpen, "flexybatch_run_sends": 60, `flexybatch_rows{state="fulfilled"}`: 60, `flexybatch_rows{state="unsent"}`: 0,
			`flexybatch_dinars{kind="requested"}`: 6000, "flexybatch_in_flight": 0, "flexybatch_budget_calls_per_minute": 60,
			"flexybatch_run_api_calls": float64(result.Summary.APICalls), "flexybatch_run_end_time_seconds": float64(time.Now().UnixMilli()) / 1000,
		} {
			if m[name] != want {
				t.Errorf("%s is %v, want %v", name, m[name], want)
			}
		}
	})
}

// A file that cannot be written is told of once, and changes nothing.
func TestMetricsCannotBeWritten(t *testing.T) {
	inRoom(t, simulator.Config{}, 60, 60, func(r *room) {
		folder := t.TempDir()
		r.publish.metrics.Path = filepath.Join(folder, "october.prom")
		r.began = func() {
			if err := os.RemoveAll(folder); err != nil {
				t.Error(err)
			}
		}
		if result := r.run(t); result.Tally.Of(batch.Fulfilled) != 60 {
			t.Errorf("%+v", result.Tally)
		}
		if n := strings.Count(r.stderr.String(), "--metrics-file cannot be written"); n != 1 {
			t.Errorf("it was said %d times in %s", n, r.stderr)
		}
	})
}
