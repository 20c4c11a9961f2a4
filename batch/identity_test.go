package batch_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
)

// checkOneOrderOneRow checks that each row is settled by the provider's order of
// its own ref.
func checkOneOrderOneRow(t *testing.T, w *world, l *batch.Ledger) {
	t.Helper()
	ids := map[string]string{}
	for _, o := range w.sim.Orders() {
		ids[o.Ref] = o.ID
	}
	l.Each(func(s *batch.RowStatus) bool {
		if s.State != batch.Fulfilled || s.TopupID != ids[string(s.Ref)] {
			t.Errorf("row %d is %s by order %q, and its own is %q", s.Number, s.State, s.TopupID, ids[string(s.Ref)])
		}
		return true
	})
}

// Records that give one order to two rows leave the second unknown; books that
// hold such records can still be read.
func TestAnOrderSettlesOneRow(t *testing.T) {
	other := batch.Ref("october-s")
	tell := func(records ...batch.Record) *oneRow {
		s := &oneRow{batch.NewLedger(), t, 0}
		s.tell(batch.Record{Batch: &batch.BatchRecord{Name: "october"}})
		for i, ref := range []batch.Ref{r, other} {
			s.tell(batch.Record{Row: &batch.RowRecord{Number: 2 + i, Ref: ref, Topup: batch.Topup{Phone: "0660000001", Plan: "PREPAID_MOBILIS", Amount: 500}, Cost: 48000}})
		}
		s.tell(batch.Record{Sealed: &batch.SealRecord{Rows: 2, Valid: 2}})
		for _, rec := range records {
			s.tell(rec)
		}
		return s
	}
	send := batch.Record{Intent: &batch.IntentRecord{Ref: other, Attempt: 1}}
	accepted := batch.Record{Answer: &batch.AnswerRecord{Ref: other, Attempt: 1, Result: batch.Accepted, TopupID: "id1"}}
	shown := batch.Record{Look: &batch.LookRecord{Ref: other, By: "ref", Found: true, Status: "FULFILLED", TopupID: "id1"}}
	released := batch.Record{Look: &batch.LookRecord{Ref: r, By: "id", Found: true, Status: "FULFILLED", TopupID: "id1", Foreign: batch.Literal("it is another's")}}
	for _, c := range []struct {
		name    string
		records []batch.Record
		want    batch.State // of the second row
	}{
		{"accepted", []batch.Record{intent(1), answer(1, "accepted"), send, accepted}, batch.Unknown},
		{"accepted, the first final", []batch.Record{intent(1), answer(1, "accepted"), found("FULFILLED"), send, accepted}, batch.Unknown},
		{"shown", []batch.Record{intent(1), answer(1, "accepted"), send, shown}, batch.Unknown},
		{"accepted and shown", []batch.Record{intent(1), answer(1, "accepted"), send, accepted, shown}, batch.Unknown},
		{"shown after the first has lost it", []batch.Record{intent(1), answer(1, "accepted"), send, shown, released, shown}, batch.Fulfilled},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := tell(c.records...)
			second, _ := s.Row(other)
			if second.State != c.want || (second.TopupID == "id1") != (c.want == batch.Fulfilled) {
				t.Errorf("the second row is %s with order %q, want %s", second.State, second.TopupID, c.want)
			}
			first := s.row()
			if (first.TopupID == "id1") == (second.TopupID == "id1") {
				t.Errorf("order id1 is booked for %q and %q", first.TopupID, second.TopupID)
			}
			if want := first.Charged + second.Charged; s.Tally().Charged != want {
				t.Errorf("the tally says %s charged, the rows %s", s.Tally().Charged, want)
			}
		})
	}
}

// An answer gives another row's id and names no ref. Each row ends with its own
// order, whichever of the two was known first.
func TestAnAnswerWithAnotherRowsID(t *testing.T) {
	for _, lost := range []bool{false, true} {
		t.Run(fmt.Sprintf("the first answer lost: %v", lost), func(t *testing.T) {
			var mu sync.Mutex
			var first string // the id of the first row's order
			mixed := func(w http.ResponseWriter, r *http.Request, nth int, next http.Handler) bool {
				if r.URL.Path != sendPath || nth > 1 {
					return false
				}
				honest := asked(r, next)
				mu.Lock()
				defer mu.Unlock()
				if nth == 1 {
					return say(w, 200, `{"success":true,"data":{"topupId":"`+first+`"},"requestId":"req_mixed"}`)
				}
				var a struct{ Data struct{ TopupID string } }
				if err := json.Unmarshal(honest.Body.Bytes(), &a); err != nil {
					t.Error(err)
				}
				first = a.Data.TopupID
				if lost {
					return say(w, 500, trouble)
				}
				return say(w, honest.Code, honest.Body.String())
			}
			behind(t, simulator.Config{}, scripted(mixed), func(w *world) {
				rows := makeRows(2)
				w.run(rows, func(e *batch.Engine) { e.Concurrency = 1 })
				b := w.books(rows)
				checkOneOrderOneRow(t, w, b.Ledger)
				if n := len(w.sim.Orders()); n != 2 {
					t.Errorf("%d orders for 2 rows", n)
				}
				if err := b.Close(); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

// A check by ref shows an order without saying whose it is. It settles nothing,
// and the row is not sent again either: the provider holds something there.
func TestACheckThatNamesNobody(t *testing.T) {
	for _, body := range []string{
		`{"_id":"65f1a0000000000000000001","status":"FULFILLED"}`,
		`{"_id":"65f1a0000000000000000001","status":"FULFILLED","topup_amount":%d}`,
		`{"_id":"65f1a0000000000000000001","status":"REFUNDED","MSSIDN":"%s"}`,
	} {
		t.Run(body, func(t *testing.T) {
			rows := makeRows(1)
			switch {
			case strings.Contains(body, "%d"):
				body = fmt.Sprintf(body, rows[0].Topup.Amount)
			case strings.Contains(body, "%s"):
				body = fmt.Sprintf(body, rows[0].Topup.Phone)
			}
			sends := 0
			var mu sync.Mutex
			nameless := func(w http.ResponseWriter, r *http.Request, nth int, next http.Handler) bool {
				mu.Lock()
				defer mu.Unlock()
				switch {
				case r.URL.Path == sendPath:
					sends++
					return say(w, 500, trouble)
				case strings.HasPrefix(r.URL.Path, checkRefPath) && nth == 0:
					return say(w, 200, `{"success":true,"data":`+body+`}`)
				}
				return false
			}
			behind(t, simulator.Config{}, scripted(nameless), func(w *world) {
				_, tally := w.run(rows, func(e *batch.Engine) { e.Wait = time.Hour })
				if sends != 1 || tally.Of(batch.Unknown) != 1 || tally.Charged != 0 {
					t.Errorf("%d sends, %v, %s charged", sends, tally.States, tally.Charged)
				}
			})
		})
	}
}

// A check by id shows the order of another ref, or of another phone and no ref:
// the id is not this row's. Only the row's own ref tells what became of it.
func TestAnIDThatIsAnothersIsGivenUp(t *testing.T) {
	for _, data := range []string{
		`{"_id":"%s","ref":"october-zzzzzzzzzzzzzzzzzzzz","status":"FULFILLED","plan_code":"PREPAID_MOBILIS","MSSIDN":"%s","topup_amount":%d}`,
		`{"_id":"%s","status":"FULFILLED","plan_code":"PREPAID_MOBILIS","MSSIDN":"0699999999","topup_amount":%[3]d}`,
	} {
		t.Run(data, func(t *testing.T) {
			rows := makeRows(1)
			byID, byRef := 0, 0
			var mu sync.Mutex
			swapped := func(w http.ResponseWriter, r *http.Request, nth int, next http.Handler) bool {
				mu.Lock()
				defer mu.Unlock()
				if strings.HasPrefix(r.URL.Path, checkRefPath) {
					byRef++
				}
				id, ok := strings.CutPrefix(r.URL.Path, checkIDPath)
				if !ok || byID > 0 {
					return false
				}
				byID++
				return say(w, 200, `{"success":true,"data":`+fmt.Sprintf(data, id, rows[0].Topup.Phone, rows[0].Topup.Amount)+`}`)
			}
			behind(t, simulator.Config{}, scripted(swapped), func(w *world) {
				w.run(rows, nil)
				b := w.books(rows)
				checkOneOrderOneRow(t, w, b.Ledger)
				if byRef == 0 {
					t.Error("the ref was not checked")
				}
				if err := b.Close(); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

// In the list, a ref outweighs an id: an item with the id of one row and the ref
// of another is about the other, and one that names nobody is about nobody.
func TestTheListIsReadByRef(t *testing.T) {
	behind(t, simulator.Config{}, scripted(func(w http.ResponseWriter, r *http.Request, nth int, next http.Handler) bool {
		if r.URL.Path != listPath {
			return false
		}
		honest := asked(r, next)
		var a struct {
			Success bool `json:"success"`
			Data    struct {
				Items      []map[string]any `json:"items"`
				Pagination any              `json:"pagination"`
			} `json:"data"`
		}
		if err := json.Unmarshal(honest.Body.Bytes(), &a); err != nil {
			t.Error(err)
		}
		// Every item has its neighbour's id, and says that it is refunded or fulfilled.
		for i := range a.Data.Items {
			item := a.Data.Items[i]
			item["status"] = []string{"FULFILLED", "REFUNDED"}[i%2]
			switch i % 3 {
			case 0:
				item["_id"] = a.Data.Items[(i+1)%len(a.Data.Items)]["_id"]
			case 1:
				delete(item, "ref")
				delete(item, "MSSIDN")
			case 2:
				delete(item, "topup_amount")
			}
		}
		b, err := json.Marshal(a)
		if err != nil {
			t.Error(err)
		}
		return say(w, honest.Code, string(b))
	}), func(w *world) {
		rows := makeRows(90)
		w.run(rows, func(e *batch.Engine) { e.Rate = 0 })
		b := w.books(rows)
		checkOneOrderOneRow(t, w, b.Ledger)
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
