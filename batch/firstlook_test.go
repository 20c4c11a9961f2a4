package batch_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
)

// Where calls cost nothing, the first look comes when rows can be final, however fast
// the provider is, and a provider that takes its time is asked hardly more often for
// it. With a budget nothing is asked early.
func TestFirstLook(t *testing.T) {
	t.Parallel()
	const rows = 1000
	for _, c := range []struct {
		name  string
		speed float64 // of the provider; at 1 an order is final after 15 s
		rate  float64
		took  time.Duration // at most
		calls int           // at most
	}{
		{"at once", 1000, 0, 300 * time.Millisecond, rows + 40},
		{"in a second", 15, 0, 1500 * time.Millisecond, rows + 50},
		{"as the vendor says", 1, 0, 17 * time.Second, rows + 60},
		{"with a budget", 1000, 120, 520 * time.Second, rows + 50},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inVirtualTime(t, simulator.Config{Speed: c.speed}, func(w *world) {
				begun := time.Now()
				res, tally := w.run(makeRows(rows), func(e *batch.Engine) { e.Rate, e.PhoneGap = c.rate, 0 })
				took := time.Since(begun)
				t.Logf("%s, %d calls", took, res.Calls)
				if tally.Of(batch.Fulfilled) != rows || took > c.took || res.Calls > c.calls {
					t.Errorf("%v after %s and %d calls; want at most %s and %d", tally.States, took, res.Calls, c.took, c.calls)
				}
			})
		})
	}
}

// Where calls cost nothing, a batch that is sent within seconds is asked about when it is
// sent, and so is one of which thousands of rows a second are sent: while the list grows so
// fast, a page shows few of the rows that it is asked for. Another is asked about meanwhile.
func TestListIsAskedForAfterTheSends(t *testing.T) {
	t.Parallel()
	const last = 600 // the last rows, eight for each request, are in flight when none is left to begin
	for _, c := range []struct {
		name    string
		rows    int
		latency time.Duration
		early   bool // the list is asked for before the last rows
		calls   int  // at most
	}{
		{"in a second", 4000, 10 * time.Millisecond, false, 4000 + 100},
		{"slowly", 4000, 50 * time.Millisecond, true, 4000 + 250},
		{"fast, for longer than a rush", 13_000, 6500 * time.Microsecond, false, 13_000 + 160},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var sends, early atomic.Int32
			count := func(h http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					switch {
					case r.Method == http.MethodPost:
						sends.Add(1)
					case strings.HasSuffix(r.URL.Path, "/list") && int(sends.Load()) < c.rows-last:
						early.Add(1)
					}
					h.ServeHTTP(w, r)
				})
			}
			behind(t, simulator.Config{Speed: 1000, Latency: c.latency, Balance: 1e9}, count, func(w *world) {
				begun := time.Now()
				res, tally := w.run(makeRows(c.rows), func(e *batch.Engine) { e.Rate, e.PhoneGap, e.Concurrency = 0, 0, 64 })
				t.Logf("%d calls in %s, the list %d times before the last sends", res.Calls, time.Since(begun), early.Load())
				if tally.Of(batch.Fulfilled) != c.rows || (early.Load() > 0) != c.early || res.Calls > c.calls {
					t.Errorf("%v; the list was asked for %d times before the last sends, %d calls in all", tally.States, early.Load(), res.Calls)
				}
			})
		})
	}
}

// While all that is left to send waits for a phone, nothing is slowed down by asking.
func TestListIsAskedForWhileAPhoneIsWaitedFor(t *testing.T) {
	t.Parallel()
	const rows = 500
	var begun time.Time
	var first atomic.Int64 // when the list was first asked for
	watch := func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/list") {
				first.CompareAndSwap(0, int64(time.Since(begun)))
			}
			h.ServeHTTP(w, r)
		})
	}
	behind(t, simulator.Config{Speed: 1000, Latency: time.Millisecond}, watch, func(w *world) {
		list := makeRows(rows)
		list[rows-1].Topup.Phone, list[rows-1].Topup.Amount = list[0].Topup.Phone, 777
		begun = time.Now()
		_, tally := w.run(list, func(e *batch.Engine) { e.Rate, e.PhoneGap, e.Concurrency = 0, time.Minute, 64 })
		if at := time.Duration(first.Load()); tally.Of(batch.Fulfilled) != rows || at > 3*time.Second {
			t.Errorf("%v; the list was first asked for after %s", tally.States, at)
		}
	})
}

// A page of the list shows the rows it is asked for although the list grows while it is
// asked for.
func TestPagesOfAGrowingList(t *testing.T) {
	t.Parallel()
	const rows = 8000
	inVirtualTime(t, simulator.Config{Speed: 1000, Latency: 80 * time.Millisecond}, func(w *world) {
		res, tally := w.run(makeRows(rows), func(e *batch.Engine) { e.Rate, e.PhoneGap, e.Concurrency = 0, 0, 64 })
		t.Logf("%d calls", res.Calls)
		if most := rows + rows/100*3; tally.Of(batch.Fulfilled) != rows || res.Calls > most {
			t.Errorf("%v after %d calls; want at most %d", tally.States, res.Calls, most)
		}
	})
}
