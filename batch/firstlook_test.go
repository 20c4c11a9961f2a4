package batch_test

import (
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

// A page of the list shows the rows it is asked for although the list grows while it is
// asked for.
func TestPagesOfAGrowingList(t *testing.T) {
	t.Parallel()
	const rows = 4000
	inVirtualTime(t, simulator.Config{Speed: 1000, Latency: 10 * time.Millisecond}, func(w *world) {
		res, tally := w.run(makeRows(rows), func(e *batch.Engine) { e.Rate, e.PhoneGap, e.Concurrency = 0, 0, 64 })
		t.Logf("%d calls", res.Calls)
		if most := rows + rows/100*3; tally.Of(batch.Fulfilled) != rows || res.Calls > most {
			t.Errorf("%v after %d calls; want at most %d", tally.States, res.Calls, most)
		}
	})
}
