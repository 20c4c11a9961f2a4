package batch_test

import (
	"bytes"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
)

// The provider's list is out of order, for a while or for ever. The rows are asked
// about one by one then, within the budget, however little time is given; the list
// is tried again, and used again when it is back.
func TestRowsAreAskedAboutWithoutTheList(t *testing.T) {
	const rows = 250
	tooLarge := bytes.Repeat([]byte{' '}, 17<<20)
	for _, c := range []struct {
		name  string
		list  func(w http.ResponseWriter)
		back  time.Duration // after so long the list works; 0: never
		wait  time.Duration
		lists int64 // most calls of the list
	}{
		{"500", func(w http.ResponseWriter) { say(w, 500, trouble) }, 0, 10 * time.Minute, 25},
		{"500, no time to wait", func(w http.ResponseWriter) { say(w, 500, trouble) }, 0, 0, 25},
		{"400", func(w http.ResponseWriter) {
			say(w, 400, `{"success":false,"error":{"code":"ERR_VALIDATION","message":"no list today"}}`)
		}, 0, 10 * time.Minute, 25},
		{"429", func(w http.ResponseWriter) {
			say(w, 429, `{"success":false,"error":{"code":"RATE_LIMIT_EXCEEDED","message":"too many"}}`)
		}, 0, 10 * time.Minute, 25},
		{"a page of HTML", func(w http.ResponseWriter) { _, _ = io.WriteString(w, "<html></html>") }, 0, 10 * time.Minute, 25},
		{"too large", func(w http.ResponseWriter) { _, _ = w.Write(tooLarge) }, 0, 10 * time.Minute, 25},
		{"no items", func(w http.ResponseWriter) { say(w, 200, `{"success":true,"data":{}}`) }, 0, 10 * time.Minute, 25},
		{"empty pages", func(w http.ResponseWriter) { say(w, 200, `{"success":true,"data":{"items":[]}}`) }, 0, 10 * time.Minute, 25},
		{"500 for a minute", func(w http.ResponseWriter) { say(w, 500, trouble) }, time.Minute, 10 * time.Minute, 25},
	} {
		t.Run(c.name, func(t *testing.T) {
			var settling atomic.Bool
			var began time.Time
			broken := func(w http.ResponseWriter, r *http.Request, nth int, next http.Handler) bool {
				if !settling.Load() || r.URL.Path != listPath || c.back > 0 && time.Since(began) > c.back {
					return false
				}
				c.list(w)
				return true
			}
			behind(t, simulator.Config{}, scripted(broken), func(w *world) {
				batchRows := makeRows(rows)
				w.run(batchRows, func(e *batch.Engine) { e.Rate, e.Wait, e.Poll = 0, 0, time.Hour })
				time.Sleep(time.Minute)
				lists := w.sim.Calls()[simulator.EndpointList]
				began = time.Now()
				settling.Store(true)
				res, tally := w.run(batchRows, func(e *batch.Engine) {
					e.Wait, e.Pick = c.wait, func(*batch.RowStatus) bool { return false }
				})
				if tally.Of(batch.Fulfilled) != rows {
					t.Errorf("%v after %d calls", tally.States, res.Calls)
				}
				took := time.Since(began)
				if least := time.Duration(res.Calls-10) * time.Minute / 120; took < least {
					t.Errorf("%d calls took %s: the budget is 120 a minute", res.Calls, took)
				}
				if c.back > 0 && res.Calls > rows-50 {
					t.Errorf("%d calls: the list was back", res.Calls)
				}
				if n := int64(res.Calls) - (w.sim.Calls()[simulator.EndpointCheckID]); n > c.lists {
					t.Errorf("%d calls of a list that does not work (%d before)", n, lists)
				}
				t.Logf("%d calls in %s", res.Calls, took)
			})
		})
	}
}
