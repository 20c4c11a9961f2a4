package batch_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/journal"
)

// world is a provider, a client and the path of a journal, in virtual time.
type world struct {
	t      *testing.T
	sim    *simulator.Simulator
	client *oneclick.Client
	path   string
	plans  batch.Catalogue
}

// inVirtualTime runs f in virtual time with a simulated provider.
func inVirtualTime(t *testing.T, c simulator.Config, f func(w *world)) {
	t.Helper()
	behind(t, c, func(h http.Handler) http.Handler { return h }, f)
}

// behind does the same with the handler front before the provider.
func behind(t *testing.T, c simulator.Config, front func(http.Handler) http.Handler, f func(w *world)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "october.journal")
	synctest.Test(t, func(t *testing.T) {
		sim, err := simulator.New(c)
		if err != nil {
			t.Fatal(err)
		}
		network := simulator.NewMemory()
		server := &http.Server{Handler: front(sim)}
		served := make(chan error, 1)
		go func() { served <- server.Serve(network) }()
		client, err := oneclick.New(oneclick.Config{
			BaseURL: "http://localhost", Key: oneclick.NewKey(simulator.DefaultKey), Connections: 16, Dial: network.DialContext,
		})
		if err != nil {
			t.Fatal(err)
		}
		plans, err := client.Plans(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		f(&world{t, sim, client, path, plans})
		client.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		<-served
	})
}

// books opens the books, and begins the batch if they are empty.
func (w *world) books(rows []batch.Row) *batch.Books {
	w.t.Helper()
	b, err := batch.OpenBooks(journal.Disk{}, w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	if !b.Sealed() {
		batch.Assign("october", rows, w.plans, batch.Limits{})
		if err := b.Begin(batch.BatchRecord{Name: "october", Catalogue: w.plans}, rows); err != nil {
			w.t.Fatal(err)
		}
	}
	return b
}

// engine returns an engine with the defaults of the program.
func (w *world) engine(b *batch.Books) *batch.Engine {
	return &batch.Engine{
		Books: b, Provider: w.client, Log: slog.New(slog.DiscardHandler), Concurrency: 8, Rate: 120,
		Poll: 5 * time.Second, Wait: 10 * time.Minute, ResendAfter: 2 * time.Minute, PhoneGap: time.Minute, StopAfter: 20,
	}
}

// run opens the books, runs the batch once as the program does, and closes them.
func (w *world) run(rows []batch.Row, change func(*batch.Engine)) (batch.Result, batch.Tally) {
	w.t.Helper()
	b := w.books(rows)
	e := w.engine(b)
	if change != nil {
		change(e)
	}
	res, err := e.Run(w.t.Context(), w.t.Context())
	if err != nil {
		w.t.Fatalf("run: %v", err)
	}
	if err := b.Close(); err != nil {
		w.t.Fatal(err)
	}
	return res, b.Tally()
}

func TestBatchIsFulfilled(t *testing.T) {
	t.Parallel()
	inVirtualTime(t, simulator.Config{}, func(w *world) {
		begun := time.Now()
		res, tally := w.run(makeRows(1000), nil)
		took := time.Since(begun)
		if tally.Of(batch.Fulfilled) != 1000 {
			t.Fatalf("%+v, %+v", res, tally)
		}
		if got := len(w.sim.Orders()); got != 1000 {
			t.Errorf("%d orders", got)
		}
		t.Logf("%d calls for 1000 rows in %s", res.Calls, took)
		if res.Calls > 1050 {
			t.Errorf("%d calls for 1000 rows, want at most 1050", res.Calls)
		}
		if least := 500*time.Second + 15*time.Second; took > least*110/100 {
			t.Errorf("it took %s, the least possible is %s", took, least)
		}
	})
}

func TestEveryFault(t *testing.T) {
	for _, f := range simulator.Faults() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			inVirtualTime(t, simulator.Config{Faults: map[string]float64{f.Name: 0.2}, Seed: 7}, func(w *world) {
				rows := makeRows(60)
				res, tally := w.run(rows, nil)
				for range 3 {
					if tally.Of(batch.Unsent)+tally.Open() > 0 {
						time.Sleep(25 * time.Hour)
						res, tally = w.run(rows, nil)
					}
				}
				seen := map[string]int{}
				var charged, refunded int64
				for _, o := range w.sim.Orders() {
					seen[o.Ref]++
					charged += o.Charged
					refunded += o.Refunded
				}
				if len(seen) != len(w.sim.Orders()) {
					t.Errorf("%d orders for %d refs", len(w.sim.Orders()), len(seen))
				}
				if f.Name != "refund-after-fulfilled" && (int64(tally.Charged) != charged || int64(tally.Refunded) != refunded) {
					t.Errorf("the books say %s charged and %s refunded, the provider %d and %d", tally.Charged, tally.Refunded, charged, refunded)
				}
				t.Logf("%+v %v", res, tally.States)
			})
		})
	}
}

// A provider that allows fifty calls a second makes the batch slower, and no row is
// lost. Few calls are refused.
func TestBackPressure(t *testing.T) {
	t.Parallel()
	for _, retryAfter := range []string{"", "1"} {
		var refused atomic.Int64
		fifty := func(next http.Handler) http.Handler {
			bucket := rate.NewLimiter(50, 50)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if bucket.Allow() {
					next.ServeHTTP(w, r)
					return
				}
				refused.Add(1)
				if retryAfter != "" {
					w.Header().Set("Retry-After", retryAfter)
				}
				w.WriteHeader(http.StatusTooManyRequests)
				_, _ = io.WriteString(w, `{"success":false,"error":{"code":"RATE_LIMIT_EXCEEDED","message":"slower"}}`)
			})
		}
		behind(t, simulator.Config{Latency: 20 * time.Millisecond}, fifty, func(w *world) {
			const rows = 3000
			begun := time.Now()
			res, tally := w.run(makeRows(rows), func(e *batch.Engine) { e.Rate, e.Concurrency = 0, 16 })
			took := time.Since(begun)
			if tally.Of(batch.Fulfilled) != rows || res.Stopped != nil {
				t.Fatalf("%+v %v", res, tally.States)
			}
			t.Logf("Retry-After %q: %d calls, %d of them refused, for %d rows in %s (at best %s)", retryAfter, res.Calls, refused.Load(), rows, took, rows*time.Second/50)
			if refused.Load() > rows/2 {
				t.Errorf("%d calls were refused for %d rows", refused.Load(), rows)
			}
			if took > rows*time.Second/50*3/2 {
				t.Errorf("it took %s: the pace did not come back", took)
			}
		})
	}
}

// With Auto the engine finds the provider's limit, sends as fast as that allows and
// remembers it. The next run does not search again.
func TestAutoFindsTheCeilingAndRemembersIt(t *testing.T) {
	t.Parallel()
	inVirtualTime(t, simulator.Config{RateLimit: 200}, func(w *world) {
		const rows = 1500
		auto := func(e *batch.Engine) { e.Auto = true }
		begun := time.Now()
		b := w.books(makeRows(rows))
		e := w.engine(b)
		auto(e)
		drain, stop := context.WithCancel(w.t.Context())
		time.AfterFunc(6*time.Minute, stop)
		res, err := e.Run(w.t.Context(), drain)
		if err != nil || !res.Drained {
			t.Fatal(res, err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		found := b.Ceiling()
		t.Logf("found %.0f after %d calls in %s", found, res.Calls, time.Since(begun))
		if found < 170 || found > 205 {
			t.Errorf("the limit is 200 calls a minute, found: %.0f", found)
		}
		first := make(chan float64, 1)
		again := time.Now()
		res, tally := w.run(nil, func(e *batch.Engine) {
			auto(e)
			go func() {
				time.Sleep(10 * time.Second)
				first <- e.Progress().Rate
			}()
		})
		if tally.Of(batch.Fulfilled) != rows {
			t.Errorf("%+v %v", res, tally.States)
		}
		if began := <-first; math.Abs(began-found) > 1 {
			t.Errorf("the next run began with %.0f calls a minute, the one before had found %.0f", began, found)
		}
		if took := time.Since(again); took > time.Duration(float64(res.Calls)/200*1.2*float64(time.Minute))+15*time.Second {
			t.Errorf("%d calls took %s", res.Calls, took)
		}
		if n := w.sim.Calls()[simulator.EndpointSend]; n > rows+40 {
			t.Errorf("%d sends for %d rows", n, rows)
		}
	})
}

// A burst of 503 slows the batch down for a while, and no row is lost.
func TestBurstOf503(t *testing.T) {
	inVirtualTime(t, simulator.Config{Faults: map[string]float64{simulator.FaultError503: 0.3}, Seed: 5}, func(w *world) {
		res, tally := w.run(makeRows(300), func(e *batch.Engine) { e.StopAfter = 0 })
		if tally.Of(batch.Fulfilled) != 300 || res.Stopped != nil {
			t.Fatalf("%+v %v", res, tally.States)
		}
	})
}

// Consecutive failures that no row caused stop the batch, and rows that were not sent
// stay unsent.
func TestStopAfter(t *testing.T) {
	inVirtualTime(t, simulator.Config{Faults: map[string]float64{simulator.FaultError500Before: 1}}, func(w *world) {
		res, tally := w.run(makeRows(100), func(e *batch.Engine) { e.StopAfter, e.Wait = 10, time.Minute })
		if !errors.Is(res.Stopped, batch.ErrTrouble) {
			t.Fatalf("stopped by %v", res.Stopped)
		}
		if res.Requests < 10 || res.Requests > 10+8 || tally.Of(batch.Unsent) != 100-res.Requests || tally.Of(batch.Rejected) > 0 {
			t.Errorf("%+v %v", res, tally.States)
		}
	})
}

// Two rows for one phone are kept apart, and other rows are sent meanwhile.
func TestPhoneGap(t *testing.T) {
	inVirtualTime(t, simulator.Config{}, func(w *world) {
		rows := makeRows(20)
		for i := range 3 {
			rows[i].Topup = batch.Topup{Phone: "0660000001", Plan: "PREPAID_MOBILIS", Amount: batch.Dinars(100 + i)}
		}
		w.run(rows, nil)
		var at []time.Time
		others := 0
		for _, o := range w.sim.Orders() {
			if o.Phone == "0660000001" {
				at = append(at, o.Created)
			} else if len(at) < 2 {
				others++
			}
		}
		if len(at) != 3 || at[1].Sub(at[0]) < time.Minute || at[2].Sub(at[1]) < time.Minute {
			t.Errorf("one phone was topped up at %v", at)
		}
		if others != 17 {
			t.Errorf("%d other rows went ahead of the second, want all 17", others)
		}
	})
}

// panicking is a client that panics when it sends the row with this ref.
type panicking struct {
	*oneclick.Client
	ref batch.Ref
}

func (p panicking) Send(ctx context.Context, o batch.Order) (batch.Receipt, error) {
	if o.Ref == p.ref {
		panic("a fault of our own")
	}
	return p.Client.Send(ctx, o)
}

// After a panic in a worker the others finish, the books have a note of it, and the
// next run resumes as after any other end.
func TestPanicInAWorker(t *testing.T) {
	inVirtualTime(t, simulator.Config{Latency: time.Second}, func(w *world) {
		rows := makeRows(30)
		b := w.books(rows)
		e := w.engine(b)
		e.Provider = panicking{w.client, rows[10].Ref}
		_, err := e.Run(w.t.Context(), w.t.Context())
		if _, ok := errors.AsType[*batch.Panic](err); !ok {
			t.Fatalf("error %v", err)
		}
		notes := b.Notes()
		if len(notes) == 0 || notes[len(notes)-1].What != batch.NotePanic {
			t.Errorf("the books do not tell: %+v", notes)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if _, tally := w.run(rows, nil); tally.Of(batch.Fulfilled) != 30 {
			t.Errorf("resumed: %v", tally.States)
		}
	})
}

// Every open row is asked about once, even if the engine may not wait at all.
func TestSettleWithoutWaiting(t *testing.T) {
	inVirtualTime(t, simulator.Config{}, func(w *world) {
		rows := makeRows(250)
		_, tally := w.run(rows, func(e *batch.Engine) { e.Wait = 0 })
		if tally.Of(batch.Fulfilled) == 250 {
			t.Error("there is nothing to settle")
		}
		time.Sleep(time.Minute)
		res, tally := w.run(rows, func(e *batch.Engine) { e.Wait, e.Pick = 0, func(*batch.RowStatus) bool { return false } })
		if tally.Of(batch.Fulfilled) != 250 || res.Requests != 0 {
			t.Errorf("%+v %v", res, tally.States)
		}
	})
}
