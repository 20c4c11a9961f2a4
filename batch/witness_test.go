package batch_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/journal"
)

// witness stands on the wire, before the provider, and writes down what is
// asked about each ref and what is answered.
type witness struct {
	schedule *schedule
	next     http.Handler
	mu       sync.Mutex
	by       map[string][]event // by ref
	epoch    int                // counts how often all was forgotten
	late     int                // rows refunded after they were fulfilled
}

// event is one call about one ref.
type event struct {
	send       bool
	begun, end time.Time
	certain    bool // a send: it was surely not processed; a check: it surely found nothing
	says       string
}

// forget drops what was seen.
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

// ServeHTTP passes a call on and writes down what came of it.
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

// intended checks that the intent of this send is on disk (money rule 1).
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

// recorder keeps the answer that is written through it.
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

// Unwrap lets a fault hijack or flush the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// certain reads the answer by the money rules' own words (rules 2 and 3), apart
// from the client's code: a send that was surely not processed, a check that
// surely found nothing.
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

// watched is a disk that tells the schedule what is on it after each fsync.
type watched struct {
	journal.FS
	schedule *schedule
}

func (w *watched) OpenFile(name string, flag int, perm os.FileMode) (journal.File, error) {
	f, err := w.FS.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return &watchedFile{f, name, w.schedule}, nil
}

type watchedFile struct {
	journal.File
	name     string
	schedule *schedule
}

func (f *watchedFile) Sync() error {
	if err := f.File.Sync(); err != nil {
		return err
	}
	content, err := f.schedule.disk.ReadFile(f.name)
	if err == nil && f.name == journalName {
		f.schedule.durable.Lock()
		f.schedule.synced = string(content)
		f.schedule.durable.Unlock()
	}
	return nil
}

// check holds the provider's books, the journal and the wire against the
// promise.
func (s *schedule) check() {
	if len(s.fails) > 0 {
		return
	}
	s.checkWire()
	if s.ledger == nil || !s.ledger.Sealed() {
		if n := len(s.sim.Orders()); n > 0 {
			s.complain("the provider has %d orders, and there are no books", n)
		}
		return
	}
	s.checkRows()
}

// checkWire checks that between two sends of a ref there is certainty that the
// first was not processed, or a check after the grace period that found nothing.
func (s *schedule) checkWire() {
	for ref, events := range s.wire.by {
		var doubt *event // the last send whose fate is not sure
		for i := range events {
			e := &events[i]
			switch {
			case e.send && doubt != nil:
				s.complain("%s was sent again at %s though nobody knew what became of the send at %s (%s)",
					ref, e.begun.Format(time.TimeOnly), doubt.begun.Format(time.TimeOnly), doubt.says)
			case e.send && !e.certain:
				doubt = e
			case !e.send && e.certain && doubt != nil && e.begun.Sub(doubt.begun) >= s.grace:
				doubt = nil
			}
		}
	}
}

// checkRows checks every row against the provider's order for it.
func (s *schedule) checkRows() {
	orders := map[string]int{}
	var charged, refunded int64
	list := s.sim.Orders()
	for i, o := range list {
		if j, twice := orders[o.Ref]; twice {
			s.complain("the provider has two orders for %s: %+v and %+v", o.Ref, list[j], o)
		}
		orders[o.Ref] = i
		if o.Amount == foreignAmount {
			continue // a stranger's: no money of this batch
		}
		charged += o.Charged
		refunded += o.Refunded
	}
	var booked, back int64
	s.ledger.Each(func(row *batch.RowStatus) bool {
		i, ordered := orders[string(row.Ref)]
		delete(orders, string(row.Ref))
		booked += int64(row.Charged)
		back += int64(row.Refunded)
		status := ""
		// A stranger's order, or, with the journal lost and the file corrected
		// since, what this row was before: it is no order of this row.
		taken := ordered && !holds(list[i], row.Topup)
		if taken && list[i].Amount != foreignAmount && !s.forgot {
			s.complain("row %d asks for %+v, and the provider has %+v", row.Number, row.Topup, list[i])
		}
		if ordered = ordered && !taken; ordered {
			status = list[i].Status
		}
		ok := true
		switch row.State {
		case batch.Invalid, batch.Rejected, batch.Unsent:
			// A provider that denies an order which it has, when asked for its
			// ref, is beyond every rule but its own: the ref stays taken.
			// And what was refused after the journal was lost, before the
			// provider looked at the ref, may have been taken before that.
			ok = !ordered || status == "" && (row.Attempts > 1 || row.Gone) || s.forgot && row.State == batch.Rejected && row.Evidence.Code != "DUPLICATED_REF"
			if ordered && ok {
				s.forgot = true // the provider's money is beyond our books
			}
		case batch.Fulfilled:
			ok = status == "FULFILLED" || status == "REFUNDED" && s.late(row)
		case batch.Refunded:
			ok = status == "REFUNDED"
		case batch.Pending:
			ok = ordered
		case batch.Conflict:
			ok = taken
		}
		if !ok {
			s.complain("row %d (%s) is %s, and the provider's order is %q", row.Number, row.Ref, row.State, status)
		}
		return true
	})
	for ref, i := range orders { // of rows that were taken out of the file
		if strange := list[i].Amount == foreignAmount || s.forgot; !strange || !s.ours[batch.Ref(ref)] {
			s.complain("the provider has an order for %s, which is no row of ours", ref)
		}
	}
	t := s.ledger.Tally()
	if int64(t.Charged) != booked || int64(t.Refunded) != back {
		s.complain("the tally says %s and %s, the rows %d and %d", t.Charged, t.Refunded, booked, back)
	}
	if t.Open() == 0 && s.wire.late == 0 && !s.forgot && (booked != charged || back != refunded) {
		s.complain("the books say %d charged and %d refunded, the provider %d and %d", booked, back, charged, refunded)
	}
}

// holds tells whether an order is for what a row asks.
func holds(o simulator.Order, t batch.Topup) bool {
	return o.Phone == string(t.Phone) && o.Amount == int64(t.Amount) && o.Plan == t.Plan
}

// late tells a row whose refund came when it was final already.
func (s *schedule) late(*batch.RowStatus) bool { s.wire.late++; return true }
