package batch_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// witness is a handler in front of the provider. It notes every send and every
// check of a ref, and the answer.
type witness struct {
	schedule *schedule
	next     http.Handler
	mu       sync.Mutex
	by       map[string][]event // the calls, by ref
	epoch    int                // how often the calls were forgotten
	late     int                // how many rows were refunded after they were fulfilled
}

// event is one call about a ref.
type event struct {
	send       bool
	begun, end time.Time
	certain    bool   // a send was surely not processed; a check surely found nothing
	says       string // the beginning of the answer
}

// forget drops all calls that were noted.
func (w *witness) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.by = map[string][]event{}
	w.epoch++
}

func (w *witness) sends() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, events := range w.by {
		for _, e := range events {
			if e.send {
				n++
			}
		}
	}
	return n
}

// ServeHTTP passes a call on and notes the answer.
func (w *witness) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	e := event{begun: time.Now()}
	w.mu.Lock()
	epoch := w.epoch
	w.mu.Unlock()
	ref := ""
	if r.URL.Path == "/v3/mobile/send" {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		var q struct {
			Ref string `json:"ref"`
		}
		if json.Unmarshal(body, &q) != nil {
			w.schedule.complain("a send that is no JSON: %.100q", body)
		}
		ref, e.send = q.Ref, true
		w.intended(ref)
	} else if rest, ok := strings.CutPrefix(r.URL.Path, "/v3/mobile/check-ref/"); ok {
		ref = rest
	}
	if ref == "" {
		w.next.ServeHTTP(rw, r)
		return
	}
	rec := &recorder{ResponseWriter: rw}
	defer func() {
		lost := recover()
		e.end = time.Now()
		e.says = fmt.Sprintf("%d %.60s", rec.status, rec.body.String())
		e.certain = lost == nil && !rec.hijacked && rec.certain(e.send)
		w.mu.Lock()
		if epoch == w.epoch {
			w.by[ref] = append(w.by[ref], e)
		}
		w.mu.Unlock()
		w.schedule.say("wire: %s send=%v: %s (certain: %v)", ref, e.send, e.says, e.certain)
		if lost != nil {
			panic(lost)
		}
	}()
	w.next.ServeHTTP(rec, r)
}

// intended checks that the intent of the send that has just arrived is on disk
// (money rule 1).
func (w *witness) intended(ref string) {
	s := w.schedule
	s.durable.Lock()
	defer s.durable.Unlock()
	if !strings.Contains(s.synced, `"intent":{"ref":"`+ref+`"`) {
		s.complain("%s was sent, and its intent is not on disk", ref)
	}
	n := strings.Count(s.synced, `"intent":{"ref":"`+ref+`"`)
	w.mu.Lock()
	defer w.mu.Unlock()
	sends := 1
	for _, e := range w.by[ref] {
		if e.send {
			sends++
		}
	}
	if n < sends {
		s.complain("%s was sent %d times on %d intents", ref, sends, n)
	}
}

// recorder is a ResponseWriter that keeps the beginning of the answer.
type recorder struct {
	http.ResponseWriter
	status   int
	body     bytes.Buffer
	hijacked bool
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	if r.body.Len() < 1<<12 {
		r.body.Write(b[:min(len(b), 1<<12)])
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets a fault of the simulator hijack or flush the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// certain reports whether a send was surely not processed, or whether a check
// surely found nothing. It applies money rules 2 and 3 without using the client's
// code.
func (r *recorder) certain(send bool) bool {
	var a struct {
		Success *bool `json:"success"`
		Error   struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	own := json.Unmarshal(r.body.Bytes(), &a) == nil && a.Success != nil && !*a.Success
	if !send {
		return own && r.status == 404 && a.Error.Code == "NOT_FOUND"
	}
	switch r.status {
	case 429, 401:
		return true
	case 403:
		return own && a.Error.Code != "DUPLICATED_REF"
	case 503:
		return own && a.Error.Code == "AUTH_UNAVAILABLE"
	}
	return false
}
