package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
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
	"flexybatch/journal"
)

// busy is a provider that takes a second or two over a hundred rows.
var busy = simulator.Config{Latency: 50 * time.Millisecond, Faults: map[string]float64{"refunded": 0.1}, Seed: 1}

// room is a run in virtual time, with the real engine, books and client, and a
// provider that is reached through memory.
type room struct {
	*runner
	ctx    context.Context // of the bubble
	sim    *simulator.Simulator
	stderr *timed
	engine *batch.Engine
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
	path := filepath.Join(t.TempDir(), "october.journal")
	synctest.Test(t, func(t *testing.T) {
		sim, err := simulator.New(c)
		if err != nil {
			t.Fatal(err)
		}
		network := simulator.NewMemory()
		server := &http.Server{Handler: sim}
		served := make(chan error, 1)
		go func() { served <- server.Serve(network) }()
		client, err := oneclick.New(oneclick.Config{BaseURL: "http://localhost", Key: oneclick.NewKey(simulator.DefaultKey), Connections: 16, Dial: network.DialContext})
		if err != nil {
			t.Fatal(err)
		}
		plans, err := client.Plans(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		books, err := batch.OpenBooks(journal.Disk{}, path)
		if err != nil {
			t.Fatal(err)
		}
		rows := make([]batch.Row, n)
		for i := range rows {
			rows[i] = batch.Row{Number: i + 2, Topup: batch.Topup{Phone: batch.Phone(fmt.Sprintf("06%08d", 10_000_000+i)), Plan: "PREPAID_MOBILIS", Amount: 100}}
		}
		batch.Assign("october", rows, plans, batch.Limits{})
		if err := books.Begin(batch.BatchRecord{Name: "october", Catalogue: plans}, rows); err != nil {
			t.Fatal(err)
		}
		stderr := &timed{start: time.Now()}
		w := world{stdout: io.Discard, stderr: stderr}
		r := &runner{world: w, talk: talk{world: w}, started: time.Now(), books: books, known: books.Ledger, plans: plans,
			provider: &provider{Client: client}, log: slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))}
		r.name, r.poll, r.wait = "october", 5*time.Second, 10*time.Minute
		f(&room{r, t.Context(), sim, stderr, &batch.Engine{Books: books, Provider: client, Log: r.log, Concurrency: 8, Rate: rate,
			Poll: r.poll, Wait: r.wait, ResendAfter: 2 * time.Minute, StopAfter: 20}})
		if err := books.Close(); err != nil {
			t.Error(err)
		}
		client.Close()
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
		if err := r.drive(r.ctx, r.ctx, r.engine); err != nil {
			t.Fatal(err)
		}
		said := strings.Split(strings.TrimSpace(r.stderr.String()), "\n")
		form := regexp.MustCompile(`^(\d+) (\d+) of 60 rows done, (about|the rest is waited for) \S+ (left|at most); \d+ in flight, \d+ open, 0 in trouble; (\d+) of 60 calls a minute$`)
		for i, line := range said {
			m := form.FindStringSubmatch(line)
			if m == nil || m[1] != fmt.Sprint(10*(i+1)) {
				t.Errorf("line %d, at %d s, is %q", i, 10*(i+1), line)
			}
		}
		if len(said) < 7 || len(said) > 12 {
			t.Errorf("%d lines in a batch of 60 rows at 60 calls a minute", len(said))
		}
		if want := regexp.MustCompile(`^10 0 of 60 rows done, about 1m1[01]s left; `); !want.MatchString(said[0]) {
			t.Errorf("the first line is %q, want %s…", said[0], want)
		}
	})
}

func TestQuietSaysNothing(t *testing.T) {
	inRoom(t, simulator.Config{}, 60, 60, func(r *room) {
		r.quiet = true
		if err := r.drive(r.ctx, r.ctx, r.engine); err != nil || r.stderr.String() != "" {
			t.Errorf("%v, and it said %q", err, r.stderr)
		}
	})
}

// A settle shows the rows that it follows, and not those that it does not send.
func TestProgressOfSettle(t *testing.T) {
	inRoom(t, simulator.Config{Speed: 0.1}, 40, 0, func(r *room) {
		n := 0
		r.engine.Wait = 0
		r.engine.Pick = func(*batch.RowStatus) bool { n++; return n <= 30 }
		if _, err := r.engine.Run(r.ctx, r.ctx); err != nil {
			t.Fatal(err)
		}
		r.engine.Wait, r.engine.Pick = r.wait, func(*batch.RowStatus) bool { return false }
		if err := r.drive(r.ctx, r.ctx, r.engine); err != nil {
			t.Fatal(err)
		}
		if said := r.stderr.String(); !strings.Contains(said, "0 of 30 rows done, the rest is waited for 9m") {
			t.Errorf("it said %q", said)
		}
	})
}

// What the provider does to the budget is seen.
func TestHeldBack(t *testing.T) {
	inRoom(t, simulator.Config{RateLimit: 30}, 100, 120, func(r *room) {
		if err := r.drive(r.ctx, r.ctx, r.engine); err != nil {
			t.Fatal(err)
		}
		if said := r.stderr.String(); !regexp.MustCompile(`; \d+ of \d\d calls a minute, held back from 120`).MatchString(said) {
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
		r.metricsFile, r.measured, r.quiet = filepath.Join(t.TempDir(), "october.prom"), true, true
		seen := map[float64]bool{}
		stop := every(time.Second, func() {
			if m := readMetrics(t, r.metricsFile); m != nil {
				if m["flexybatch_run_exit_code"] != -1 || m["flexybatch_run_sends"] > 60 {
					t.Errorf("while it works: %v", m)
				}
				seen[m["flexybatch_run_sends"]] = true
			}
		})
		if err := r.drive(r.ctx, r.ctx, r.engine); err != nil {
			t.Fatal(err)
		}
		stop()
		if len(seen) < 4 {
			t.Errorf("in some 80 seconds the file told of %v sends", seen)
		}
		r.tell(r.ctx, failf(exitOpen, "interrupted"))
		m := readMetrics(t, r.metricsFile)
		for name, want := range map[string]float64{
			"flexybatch_run_exit_code": exitOpen, "flexybatch_run_sends": 60, `flexybatch_rows{state="fulfilled"}`: 60, `flexybatch_rows{state="unsent"}`: 0,
			`flexybatch_dinars{kind="requested"}`: 6000, "flexybatch_in_flight": 0, "flexybatch_budget_calls_per_minute": 60,
			"flexybatch_run_api_calls": float64(r.provider.Calls()), "flexybatch_run_end_time_seconds": float64(time.Now().UnixMilli()) / 1000,
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
		r.metricsFile, r.measured = filepath.Join(t.TempDir(), "no", "such", "folder.prom"), true
		if err := r.drive(r.ctx, r.ctx, r.engine); err != nil || r.books.Tally().Of(batch.Fulfilled) != 60 {
			t.Errorf("%v, %+v", err, r.books.Tally())
		}
		if n := strings.Count(r.stderr.String(), "--metrics-file cannot be written"); n != 1 {
			t.Errorf("it was said %d times in %s", n, r.stderr)
		}
	})
}
