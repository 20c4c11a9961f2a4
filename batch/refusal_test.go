package batch_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
)

const (
	sendPath     = "/v3/mobile/send"
	checkRefPath = "/v3/mobile/check-ref/"
	checkIDPath  = "/v3/mobile/check-id/"
	listPath     = "/v3/mobile/list"
)

// scripted lets a test answer a call in the provider's place. answer is called
// with the path, how many calls of that path came before, and the next handler
// with a copy of the request; it returns false to pass the call on.
func scripted(answer func(w http.ResponseWriter, r *http.Request, nth int, next http.Handler) bool) func(http.Handler) http.Handler {
	var mu sync.Mutex
	calls := map[string]int{}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return
			}
			copied := r.Clone(context.WithoutCancel(r.Context()))
			copied.Body, r.Body = io.NopCloser(bytes.NewReader(body)), io.NopCloser(bytes.NewReader(body))
			mu.Lock()
			nth := calls[r.URL.Path]
			calls[r.URL.Path]++
			mu.Unlock()
			if !answer(w, copied, nth, next) {
				next.ServeHTTP(w, r)
			}
		})
	}
}

// say answers with a status and a JSON body.
func say(w http.ResponseWriter, status int, body string) bool {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
	return true
}

// asked passes a call on to the provider and returns the provider's answer.
func asked(r *http.Request, next http.Handler) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, r)
	return rec
}

// refOf returns the ref in the body of a send, and leaves the body to be read again.
func refOf(r *http.Request) string {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return ""
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var q struct {
		Ref string `json:"ref"`
	}
	_ = json.Unmarshal(body, &q) // a body that is no JSON has no ref
	return q.Ref
}

const (
	trouble  = `{"success":false,"error":{"code":"INTERNAL_SERVER_ERROR","message":"sorry"},"requestId":"req_trouble"}`
	badPhone = `{"success":false,"error":{"code":"ERR_PHONE","message":"The phone number is not valid"},"requestId":"req_phone"}`
)

// The first send of a row was lost and is carried out late, after the second was
// allowed and refused. The refusal is not believed: the row is what the provider
// has of it (money rule 16).
func TestRefusalAfterALostAttemptIsChecked(t *testing.T) {
	late := func(w http.ResponseWriter, r *http.Request, nth int, next http.Handler) bool {
		if r.URL.Path != sendPath {
			return false
		}
		if nth == 0 {
			time.AfterFunc(150*time.Second, func() { asked(r, next) })
			return say(w, 500, trouble)
		}
		return say(w, 400, badPhone)
	}
	behind(t, simulator.Config{}, scripted(late), func(w *world) {
		rows := makeRows(1)
		_, tally := w.run(rows, nil)
		if orders := w.sim.Orders(); len(orders) != 1 {
			t.Fatalf("%+v", orders)
		}
		if tally.Of(batch.Fulfilled) != 1 {
			t.Errorf("the provider has the order, and the books say %v", tally.States)
		}
	})
}

// A refusal after a lost attempt is believed once a check, the grace period after
// it, has found nothing. The provider's words are kept, and a replay of the books
// gives the same.
func TestRefusalAfterALostAttemptIsBelievedWhenNothingIsFound(t *testing.T) {
	var mu sync.Mutex
	var refused, checked time.Time
	lost := func(w http.ResponseWriter, r *http.Request, nth int, next http.Handler) bool {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case r.URL.Path == sendPath && nth == 0:
			return say(w, 500, trouble)
		case r.URL.Path == sendPath:
			refused = time.Now()
			return say(w, 400, badPhone)
		case strings.HasPrefix(r.URL.Path, checkRefPath):
			checked = time.Now()
		}
		return false
	}
	behind(t, simulator.Config{}, scripted(lost), func(w *world) {
		rows := makeRows(1)
		w.run(rows, nil)
		b := w.books(rows)
		s, _ := b.Row(rows[0].Ref)
		if s.State != batch.Rejected || s.Attempts != 2 || s.Evidence == nil || s.Evidence.Code != "ERR_PHONE" || s.Evidence.Message.IsZero() {
			t.Errorf("%s after %d attempts, %+v", s.State, s.Attempts, s.Evidence)
		}
		mu.Lock()
		defer mu.Unlock()
		if after := checked.Sub(refused); refused.IsZero() || after < 2*time.Minute {
			t.Errorf("the last check came %s after the refusal", after)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// The answer to one row comes again for the next, on the same connection, with
// the same request id. Whatever it says, it is no answer to that row.
func TestAnAnswerThatComesTwiceIsBelievedOnce(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   batch.State // of the row that was answered first
	}{
		{"a refusal", 400, badPhone, batch.Rejected},
		{"an acceptance that names nobody", 0, "", batch.Fulfilled},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, body := c.status, c.body
			repeat := func(w http.ResponseWriter, r *http.Request, nth int, next http.Handler) bool {
				if r.URL.Path != sendPath || nth > 1 {
					return false
				}
				if nth == 0 && status != 0 {
					return say(w, status, body)
				}
				honest := asked(r, next)
				if nth == 0 {
					status = honest.Code
					_, rest, _ := strings.Cut(honest.Body.String(), `"topupRef":`)
					_, rest, _ = strings.Cut(rest, ",")
					body = honest.Body.String()[:strings.Index(honest.Body.String(), `"topupRef":`)] + rest
				}
				return say(w, status, body)
			}
			behind(t, simulator.Config{}, scripted(repeat), func(w *world) {
				rows := makeRows(2)
				one := func(e *batch.Engine) { e.Concurrency, e.StopAfter = 1, 0 }
				w.run(rows, one)
				_, tally := w.run(rows, one)
				b := w.books(rows)
				first, _ := b.Row(rows[0].Ref)
				second, _ := b.Row(rows[1].Ref)
				if first.State != c.want {
					t.Errorf("the first row is %s, want %s", first.State, c.want)
				}
				if second.State != batch.Fulfilled {
					t.Errorf("the second row is %s (%+v), %v", second.State, second.Evidence, tally.States)
				}
				if err := b.Close(); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

// A NOT_FOUND that comes again, with the request id of another check, does not
// clear a row for sending.
func TestARepeatedNotFoundClearsNothing(t *testing.T) {
	var mu sync.Mutex
	var notFound string
	checks := 0
	repeat := func(w http.ResponseWriter, r *http.Request, nth int, next http.Handler) bool {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case r.URL.Path == sendPath:
			if asked := asked(r, next); asked.Code != 200 && nth > 0 {
				t.Errorf("%d: %s", asked.Code, asked.Body)
			}
			return say(w, 500, trouble)
		case strings.HasPrefix(r.URL.Path, checkRefPath):
			if checks++; checks > 6 {
				return false
			}
			if notFound == "" {
				notFound = `{"success":false,"error":{"code":"NOT_FOUND","message":"none"},"requestId":"req_none"}`
			}
			return say(w, 404, notFound)
		}
		return false
	}
	behind(t, simulator.Config{}, scripted(repeat), func(w *world) {
		rows := makeRows(2)
		_, tally := w.run(rows, func(e *batch.Engine) { e.Concurrency, e.StopAfter = 1, 0 })
		if n := w.sim.Calls()[simulator.EndpointSend]; n != 2 {
			t.Errorf("%d sends for 2 rows", n)
		}
		if tally.Of(batch.Fulfilled) != 2 {
			t.Errorf("%v", tally.States)
		}
	})
}
