package batch_test

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/journal"
)

// Several looks are in flight at once. None writes down what another has written
// down meanwhile, and an older answer that arrives last is no contradiction. A
// batch of a million rows once had four hundred thousand superfluous looks in its
// books, and its report called twenty thousand rows pending that had been fulfilled.
func TestLooksThatWereOvertaken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "october.journal")
	b, err := batch.OpenBooks(journal.Disk{}, path)
	if err != nil {
		t.Fatal(err)
	}
	rows := makeRows(1)
	batch.Assign("october", rows, plans, batch.Limits{})
	ref := rows[0].Ref
	if err := b.Begin(batch.BatchRecord{Name: "october", Catalogue: plans}, rows); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := b.Intend(ref); err != nil || !ok {
		t.Fatal(ok, err)
	}
	if err := b.Answer(batch.AnswerRecord{Ref: ref, Attempt: 1, Result: batch.Accepted, TopupID: "id1"}); err != nil {
		t.Fatal(err)
	}
	asked := time.Now()
	look := func(asked time.Time, by, status string) {
		t.Helper()
		if err := b.Look(asked, batch.LookRecord{Ref: ref, By: by, Found: true, Status: status, TopupID: "id1"}); err != nil {
			t.Fatal(err)
		}
	}
	looks := func() (n int) {
		t.Helper()
		if err := batch.ReadHistory(journal.Disk{}, path, func(*batch.RowRecord) bool { return true }, func(e batch.HistoryEvent) error {
			if e.Record.Look != nil {
				n++
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	look(asked, "list", "FULFILLED")
	for _, by := range []string{"list", "id"} {
		look(asked, by, "FULFILLED")
		look(asked, by, "PENDING")
	}
	if s, _ := b.Row(ref); s.State != batch.Fulfilled || s.Evidence != nil {
		t.Errorf("%s, %+v", s.State, s.Evidence)
	}
	if n := looks(); n != 1 {
		t.Errorf("%d looks are in the books, one has shown something", n)
	}
	look(time.Now().Add(time.Second), "list", "PENDING") // a real contradiction: it was asked for after the row was final
	if s, _ := b.Row(ref); s.State != batch.Fulfilled || s.Evidence == nil || len(s.Evidence.Facts) != 1 || looks() != 2 {
		t.Errorf("%s, %+v, %d looks", s.State, s.Evidence, looks())
	}
	look(asked, "list", "REFUNDED") // an order cannot go from refunded to fulfilled, so this is a contradiction at any time
	if n := looks(); n != 2 {
		t.Errorf("%d looks: what contradicts is kept once", n)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// A batch is settled the next day, after the account has bought a thousand other
// top-ups. If the provider honours the date filter of its list, a few calls find
// our orders. If it does not, or understands the filter in another way, settling
// takes more calls and has the same result.
func TestSettleByDate(t *testing.T) {
	t.Parallel()
	const rows, others = 300, 1000
	for _, c := range []struct {
		name string
		list func(w http.ResponseWriter, r *http.Request, next http.Handler) // answers a list with from and to
		most int                                                             // the most calls it may take
	}{
		{"honoured", func(w http.ResponseWriter, r *http.Request, next http.Handler) { next.ServeHTTP(w, r) }, 20},
		{"ignored", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			q := r.URL.Query()
			q.Del("from")
			q.Del("to")
			r.URL.RawQuery = q.Encode()
			next.ServeHTTP(w, r)
		}, rows + 20},
		{"refused", func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"success":false,"error":{"code":"ERR_VALIDATION","message":"from is not allowed"}}`)
		}, rows + 30},
		{"always empty", func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			_, _ = io.WriteString(w, `{"success":true,"data":{"items":[],"pagination":{"page":1,"pageSize":100,"totalPages":0,"totalResults":0}}}`)
		}, rows + 30},
		{"another day", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			q := r.URL.Query()
			for _, end := range []string{"from", "to"} {
				at, err := time.Parse(time.RFC3339, q.Get(end))
				if err != nil {
					t.Errorf("%s is %q", end, q.Get(end))
				}
				q.Set(end, at.Add(10*time.Hour).Format(time.RFC3339))
			}
			r.URL.RawQuery = q.Encode()
			next.ServeHTTP(w, r)
		}, rows + 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			front := func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Query().Has("from") {
						c.list(w, r, next)
						return
					}
					next.ServeHTTP(w, r)
				})
			}
			behind(t, simulator.Config{Balance: 1e9}, front, func(w *world) {
				ours := makeRows(rows)
				_, tally := w.run(ours, func(e *batch.Engine) { e.Rate, e.Wait, e.Poll = 0, 0, time.Hour })
				if tally.Open() != rows {
					t.Fatalf("%v", tally.States)
				}
				time.Sleep(8 * time.Hour)
				for i := range others {
					o := batch.Order{Ref: batch.Ref(fmt.Sprintf("other-%020d", i)), Topup: batch.Topup{Phone: "0660000001", Plan: "PREPAID_MOBILIS", Amount: 100}}
					if _, err := w.client.Send(w.t.Context(), o); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(16 * time.Hour)
				res, tally := w.run(ours, func(e *batch.Engine) { e.Pick = func(*batch.RowStatus) bool { return false } })
				if tally.Of(batch.Fulfilled) != rows {
					t.Errorf("%v", tally.States)
				}
				if res.Calls > c.most {
					t.Errorf("%d calls for %d open rows, want at most %d", res.Calls, rows, c.most)
				}
				t.Logf("%d calls", res.Calls)
			})
		})
	}
}
