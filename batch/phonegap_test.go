package batch_test

import (
	"net/http"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
)

// lastCreated is when the provider's last order was made.
func lastCreated(w *world) time.Time {
	orders := w.sim.Orders()
	if len(orders) == 0 {
		return time.Time{}
	}
	return orders[len(orders)-1].Created
}

// Rows that were surely not sent wait for nothing when the batch goes on: neither
// those that were called off, nor those that the empty account refused, nor those
// that were throttled.
func TestWhatWasNotSentKeepsNoPhoneWaiting(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
	}{
		{"an empty account", 403, `{"success":false,"error":{"code":"NO_BALANCE","message":"empty"}}`},
		{"a refused key", 401, `{"success":false,"error":{"code":"ERR_AUTH","message":"no"}}`},
		{"throttled", 429, `{"success":false,"error":{"code":"RATE_LIMIT_EXCEEDED","message":"slower"}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var closed bool
			front := func(w http.ResponseWriter, r *http.Request, nth int, next http.Handler) bool {
				return closed && r.URL.Path == sendPath && say(w, c.status, c.body)
			}
			behind(t, simulator.Config{}, scripted(front), func(w *world) {
				rows := makeRows(16)
				closed = true
				w.run(rows, func(e *batch.Engine) { e.StopAfter, e.Wait = 3, 0 })
				closed = false
				begun := time.Now()
				_, tally := w.run(rows, func(e *batch.Engine) { e.Rate = 0 })
				if tally.Of(batch.Fulfilled) != 16 {
					t.Fatalf("%v", tally.States)
				}
				if took := lastCreated(w).Sub(begun); took > 10*time.Second {
					t.Errorf("the last of 16 rows was sent after %s", took)
				}
			})
		})
	}
}

// Of three rows for one phone the first is throttled. The others do not wait for
// what was not sent, and are still kept apart from what was.
func TestAThrottledRowKeepsNoPhoneWaiting(t *testing.T) {
	front := func(w http.ResponseWriter, r *http.Request, nth int, next http.Handler) bool {
		return r.URL.Path == sendPath && nth == 0 &&
			say(w, 429, `{"success":false,"error":{"code":"RATE_LIMIT_EXCEEDED","message":"slower"}}`)
	}
	behind(t, simulator.Config{}, scripted(front), func(w *world) {
		rows := makeRows(3)
		for i := range rows {
			rows[i].Topup = batch.Topup{Phone: "0660000001", Plan: "PREPAID_MOBILIS", Amount: batch.Dinars(100 + i)}
		}
		begun := time.Now()
		w.run(rows, func(e *batch.Engine) { e.Rate = 0 })
		orders := w.sim.Orders()
		if len(orders) != 3 {
			t.Fatalf("%+v", orders)
		}
		if first := orders[0].Created.Sub(begun); first > 5*time.Second {
			t.Errorf("the first order was made after %s", first)
		}
		for i, o := range orders[1:] {
			if gap := o.Created.Sub(orders[i].Created); gap < time.Minute || gap > 70*time.Second {
				t.Errorf("order %d came %s after the one before", i+2, gap)
			}
		}
	})
}

// What may have reached a phone keeps others apart from it in the next process
// too, counted from the attempt that may have reached it and not from the first.
func TestPhoneGapAcrossProcesses(t *testing.T) {
	front := func(w http.ResponseWriter, r *http.Request, nth int, next http.Handler) bool {
		return r.URL.Path == sendPath && nth == 0 &&
			say(w, 403, `{"success":false,"error":{"code":"NO_BALANCE","message":"empty"}}`)
	}
	behind(t, simulator.Config{}, scripted(front), func(w *world) {
		rows := makeRows(2)
		for i := range rows {
			rows[i].Topup = batch.Topup{Phone: "0660000001", Plan: "PREPAID_MOBILIS", Amount: batch.Dinars(100 + i)}
		}
		first := func(s *batch.RowStatus) bool { return s.Number == rows[0].Number }
		w.run(rows, func(e *batch.Engine) { e.Pick = first })
		time.Sleep(time.Hour)
		w.run(rows, func(e *batch.Engine) { e.Pick, e.Wait = first, 0 })
		w.run(rows, nil)
		orders := w.sim.Orders()
		if len(orders) != 2 {
			t.Fatalf("%+v", orders)
		}
		if gap := orders[1].Created.Sub(orders[0].Created); gap < time.Minute || gap > 70*time.Second {
			t.Errorf("the second order for the phone came %s after the first", gap)
		}
	})
}
