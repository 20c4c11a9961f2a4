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

// The provider says that it holds an order, and does not show it. After a day the
// row is a person's to decide: it is never sent again, and each further run asks
// once, since the order may still turn up.
func TestAnOrderThatIsNeverShown(t *testing.T) {
	const none = `{"success":false,"error":{"code":"NOT_FOUND","message":"none"}}`
	for _, c := range []struct {
		name  string
		send  string // the answer to the send; empty: the provider's own
		early batch.State
		code  string // of the evidence
	}{
		{"a reference that is taken", `{"success":false,"error":{"code":"DUPLICATED_REF","message":"used before"}}`, batch.Unknown, "DUPLICATED_REF"},
		{"an order that was accepted", "", batch.Pending, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var hidden atomic.Bool
			hidden.Store(true)
			front := func(w http.ResponseWriter, r *http.Request, nth int, next http.Handler) bool {
				switch {
				case r.URL.Path == sendPath && c.send != "":
					asked(r, next)
					return say(w, 403, c.send)
				case hidden.Load() && strings.HasPrefix(r.URL.Path, "/v3/mobile/check-"):
					return say(w, 404, none)
				case hidden.Load() && r.URL.Path == listPath:
					return say(w, 200, `{"success":true,"data":{"items":[]}}`)
				}
				return false
			}
			behind(t, simulator.Config{}, scripted(front), func(w *world) {
				rows := makeRows(2)
				states := func() batch.State {
					t.Helper()
					b := w.books(rows)
					s, _ := b.Row(rows[0].Ref)
					if s.State == batch.Conflict && (s.Evidence == nil || s.Evidence.Code != c.code || !strings.Contains(s.Evidence.Message.String(), "support")) {
						t.Errorf("%+v", s.Evidence)
					}
					if n := b.Tally().Of(s.State); n != 2 {
						t.Errorf("%d rows are %s", n, s.State)
					}
					if err := b.Close(); err != nil {
						t.Fatal(err)
					}
					return s.State
				}
				w.run(rows, nil)
				time.Sleep(20 * time.Hour)
				w.run(rows, nil)
				if got := states(); got != c.early {
					t.Errorf("the rows are %s within the day, want %s", got, c.early)
				}
				time.Sleep(5 * time.Hour)
				w.run(rows, nil)
				if got := states(); got != batch.Conflict {
					t.Errorf("the rows are %s after a day, want conflict", got)
				}
				begun := time.Now()
				res, _ := w.run(rows, nil)
				if took := time.Since(begun); res.Requests > 0 || res.Calls > 6 || took > time.Minute || states() != batch.Conflict {
					t.Errorf("%d sends and %d calls in %s", res.Requests, res.Calls, took)
				}
				hidden.Store(false)
				w.run(rows, nil)
				if got := states(); got != batch.Fulfilled || len(w.sim.Orders()) != 2 {
					t.Errorf("the rows are %s when their orders are shown, and there are %d", got, len(w.sim.Orders()))
				}
			})
		})
	}
}
