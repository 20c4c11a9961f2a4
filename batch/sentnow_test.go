package batch_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
)

// Result.Sent counts the orders that the provider accepted from this run, not the
// requests: neither those that were refused or lost, nor the orders of an earlier
// run (money rule 19).
func TestSentCountsOrders(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]int{}
	front := func(w http.ResponseWriter, r *http.Request, nth int, next http.Handler) bool {
		if r.URL.Path != sendPath {
			return false
		}
		ref := refOf(r)
		mu.Lock()
		defer mu.Unlock()
		if _, ok := seen[ref]; !ok {
			seen[ref] = len(seen)
		}
		switch seen[ref] {
		case 0:
			return say(w, 400, badPhone)
		case 1: // carried out, and its answer is lost
			asked(r, next)
			return say(w, 500, trouble)
		case 2: // lost, and never carried out
			return say(w, 500, trouble)
		}
		return false
	}
	behind(t, simulator.Config{}, scripted(front), func(w *world) {
		rows := makeRows(6)
		res, tally := w.run(rows, func(e *batch.Engine) { e.Concurrency, e.Wait = 1, time.Minute })
		if tally.Of(batch.Fulfilled) != 4 || res.Sent != 4 || res.Requests < 6 {
			t.Errorf("%d orders of %d requests, %v", res.Sent, res.Requests, tally.States)
		}
		res, _ = w.run(rows, func(e *batch.Engine) { e.Wait = 0 })
		if res.Sent != 0 {
			t.Errorf("%d orders, though every row was sent before", res.Sent)
		}
	})
}

// The books were lost and the batch is run once more, minutes or months later. The
// rows are what the earlier run made of them, with the dates of its orders, and
// nothing counts as sent now.
func TestAnEarlierRunIsNotCountedAsThisOne(t *testing.T) {
	for _, later := range []time.Duration{time.Minute, 31 * 24 * time.Hour} {
		t.Run(later.String(), func(t *testing.T) {
			inVirtualTime(t, simulator.Config{}, func(w *world) {
				w.run(makeRows(8), nil)
				created := map[string]time.Time{}
				for _, o := range w.sim.Orders() {
					created[o.Ref] = o.Created.Truncate(time.Millisecond)
				}
				time.Sleep(later)
				w.path += ".again"
				res, tally := w.run(makeRows(8), nil)
				if res.Sent != 0 || tally.Of(batch.Fulfilled) != 8 || len(w.sim.Orders()) != 8 {
					t.Errorf("%d sent, %v, %d orders", res.Sent, tally.States, len(w.sim.Orders()))
				}
				b := w.books(nil)
				b.Each(func(s *batch.RowStatus) bool {
					if !s.Earlier().Equal(created[string(s.Ref)]) {
						t.Errorf("row %d was paid at %s, and the books say %s", s.Number, created[string(s.Ref)], s.Earlier())
					}
					return true
				})
				if err := b.Close(); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}
