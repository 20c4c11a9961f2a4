package simulator_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"flexybatch/batch/oneclick/simulator"
)

func only(f simulator.Fault) map[simulator.Fault]float64 { return map[simulator.Fault]float64{f: 1} }

// acted is what becomes of an order whose send meets a fault.
type acted int

const (
	no acted = iota
	yes
	maybe // half of the time
)

// brokenSends is what each class of calls looks like on the wire: two lines a
// case.
var brokenSends = []struct {
	fault simulator.Fault
	acted acted
	seen  func(r reply, err error) bool
}{
	{simulator.FaultResetBefore, no,
		func(_ reply, err error) bool { return errors.Is(err, syscall.ECONNRESET) }},
	{simulator.FaultResetAfter, yes,
		func(_ reply, err error) bool { return errors.Is(err, syscall.ECONNRESET) }},
	{simulator.FaultSlow, yes,
		func(r reply, err error) bool { return r.good(err) }},
	{simulator.FaultSlowBody, yes,
		func(r reply, err error) bool { return r.good(err) }},
	{simulator.FaultEndlessBody, yes,
		func(r reply, err error) bool { return r.status == 200 && len(r.body) == longest && r.object == nil }},
	{simulator.FaultTruncated, yes,
		func(r reply, err error) bool {
			return r.status == 200 && errors.Is(err, io.ErrUnexpectedEOF) && len(r.body) > 0
		}},
	{simulator.FaultNotJSON, yes,
		func(r reply, err error) bool { return err == nil && r.status == 200 && r.object == nil }},
	{simulator.FaultOtherShape, yes,
		func(r reply, err error) bool { return err == nil && r.at("success") == true && r.text("data") == "[]" }},
	{simulator.FaultNoSuccess, yes,
		func(r reply, err error) bool {
			return err == nil && r.status == 200 && r.at("success") == nil && r.at("data", "topupId") != nil
		}},
	{simulator.FaultOtherRef, yes,
		func(r reply, err error) bool {
			return r.good(err) && r.text("data", "topupRef") == "other-zzzzzzzzzzzzzzzzzzzz"
		}},
	{simulator.FaultSuccessFalse, maybe,
		func(r reply, err error) bool { return err == nil && r.status == 200 && r.at("success") == false }},
	{simulator.FaultHTML, maybe,
		func(r reply, err error) bool {
			return err == nil && (r.status == 502 || r.status == 403) && strings.HasPrefix(string(r.body), "<!DOCTYPE html>")
		}},
	{simulator.FaultRedirect, maybe,
		func(r reply, err error) bool {
			return err == nil && r.status == 307 && r.header.Get("Location") == "http://elsewhere.invalid/v3/mobile/send"
		}},
	{simulator.FaultProxy404, maybe,
		func(r reply, err error) bool {
			return err == nil && r.status == 404 && r.at("success") == nil && r.text("statusCode") == "404"
		}},
	{simulator.FaultError500Before, no,
		func(r reply, err error) bool { return r.failed(err, 500, "INTERNAL_SERVER_ERROR", "") }},
	{simulator.FaultError500After, yes,
		func(r reply, err error) bool { return r.failed(err, 500, "INTERNAL_SERVER_ERROR", "") }},
	{simulator.FaultError502, maybe,
		func(r reply, err error) bool { return err == nil && r.status == 502 && r.object == nil }},
	{simulator.FaultError503, maybe,
		func(r reply, err error) bool { return r.failed(err, 503, "SERVICE_UNAVAILABLE", "") }},
	{simulator.FaultError504, maybe,
		func(r reply, err error) bool { return err == nil && r.status == 504 && r.object == nil }},
	{simulator.FaultAuthUnavailable, no,
		func(r reply, err error) bool { return r.failed(err, 503, "AUTH_UNAVAILABLE", "5") }},
	{simulator.FaultThrottle, no,
		func(r reply, err error) bool { return r.failed(err, 429, "RATE_LIMIT_EXCEEDED", "1") }},
	{simulator.FaultThrottleBare, no,
		func(r reply, err error) bool { return r.failed(err, 429, "RATE_LIMIT_EXCEEDED", "") }},
	{simulator.FaultRefuse, no,
		func(r reply, err error) bool { return r.failed(err, 400, "ERR_PHONE", "") }},
	{simulator.FaultBadAuth, no,
		func(r reply, err error) bool { return r.failed(err, 401, "ERR_AUTH", "") }},
	{simulator.FaultIPNotAllowed, no,
		func(r reply, err error) bool { return r.failed(err, 403, "IP_NOT_ALLOWED", "") }},
	{simulator.FaultEmptyAccount, no,
		func(r reply, err error) bool { return r.failed(err, 403, "INSUFFICIENT_BALANCE", "") }},
	{simulator.FaultLate, no, // not yet
		func(_ reply, err error) bool { return errors.Is(err, syscall.ECONNRESET) }},
	{simulator.FaultRepeated, maybe, // there is nothing to repeat
		func(r reply, err error) bool { return r.failed(err, 500, "INTERNAL_SERVER_ERROR", "") }},
	{simulator.FaultNameless, yes,
		func(r reply, err error) bool { return r.good(err) && len(r.at("data").(map[string]any)) == 1 }},
	{simulator.FaultOtherID, yes,
		func(r reply, err error) bool { return r.good(err) && len(r.at("data").(map[string]any)) == 1 }},
}

// good tells an answer that accepts.
func (r reply) good(err error) bool {
	return err == nil && r.status == 200 && r.at("success") == true && r.at("data", "topupId") != nil
}

// failed tells a refusal in the provider's envelope.
func (r reply) failed(err error, status int, code, retryAfter string) bool {
	return err == nil && r.status == status && r.at("success") == false && r.at("error", "code") == code &&
		r.header.Get("Retry-After") == retryAfter
}

func TestBrokenSendsOnTheWire(t *testing.T) {
	for _, c := range brokenSends {
		t.Run(c.fault, func(t *testing.T) {
			const sends = 12
			a := start(t, simulator.Config{Faults: only(c.fault), Slow: 8 * time.Millisecond})
			for i := range sends {
				r, err := a.try("POST", "/v3/mobile/send", order("PREPAID_DJEZZY", "0770000003", 500, fmt.Sprint("ref-", i)))
				if !c.seen(r, err) {
					t.Fatalf("%v, %d %v %.200s", err, r.status, r.header, r.body)
				}
			}
			n := len(a.sim.Orders())
			if c.acted == no && n != 0 || c.acted == yes && n != sends || c.acted == maybe && (n == 0 || n == sends) {
				t.Errorf("%d of %d orders were accepted", n, sends)
			}
			if got, want := a.sim.Balance(), int64(simulator.DefaultBalance-n*49625); got != want {
				t.Errorf("balance %d, want %d", got, want)
			}
		})
	}
}

// Looks meet the same faults as sends, and change nothing.
func TestBrokenLooksOnTheWire(t *testing.T) {
	for _, f := range simulator.Faults() {
		a := start(t, simulator.Config{Faults: only(f.Name), Slow: time.Millisecond})
		if f.Name == simulator.FaultNoAnswer {
			continue // TestSlownessTakesItsTime
		}
		honest := 0
		looks := []string{"/v3/mobile/check-ref/a", "/v3/mobile/check-id/65f1a0000000000000000001", "/v3/mobile/list?page=1"}
		for _, path := range looks {
			r, err := a.try("GET", path, "")
			if err == nil && r.at("success") != nil && (r.status == 200 && r.at("data", "items") != nil || r.at("error", "code") == "NOT_FOUND") {
				honest++
			}
		}
		// What has no ref to confuse, what is merely slow, and what happens to
		// orders leaves these answers as they are.
		untouched := map[simulator.Fault]bool{simulator.FaultSlow: true, simulator.FaultSlowBody: true, simulator.FaultOtherRef: true, simulator.FaultRefuse: true, simulator.FaultEmptyAccount: true, simulator.FaultLate: true,
			simulator.FaultNameless: true, simulator.FaultOtherID: true,
			simulator.FaultRefunded: true, simulator.FaultUnknownError: true, simulator.FaultNeverFinal: true, simulator.FaultBackwards: true,
			simulator.FaultOddWord: true, simulator.FaultVanish: true, simulator.FaultRefundAfterFulfilled: true}
		want := 0
		switch {
		case untouched[f.Name]:
			want = len(looks)
		case f.Name == simulator.FaultNoList:
			want = len(looks) - 1
		}
		if honest != want {
			t.Errorf("%s: %d honest answers, want %d", f.Name, honest, want)
		}
		for _, path := range []string{"/v3/validate", "/v3/ping", "/v3/account/balance", "/v3/account/transactions", "/v3/mobile/plans"} {
			a.get(path).want(t, 200, "") // a batch must get off the ground
		}
	}
}

// The answer to a look names another order: the one thing a client must notice
// for itself.
func TestOtherRefInALook(t *testing.T) {
	a := start(t, simulator.Config{Faults: only(simulator.FaultOtherRef)})
	a.send("PREPAID_DJEZZY", "0770000003", 500, "mine")
	mine := a.sim.Orders()[0]
	for _, path := range []string{"/v3/mobile/check-ref/mine", "/v3/mobile/check-id/" + mine.ID} {
		r := a.get(path)
		r.want(t, 200, "")
		if r.text("data", "ref") == "mine" || r.text("data", "_id") == mine.ID || r.text("data", "MSSIDN") != "0770000003" {
			t.Errorf("%s: %s", path, r.body)
		}
	}
}

// An order whose connection broke is carried out late, and once.
func TestLateOrders(t *testing.T) {
	virtual(t, simulator.Config{Faults: map[simulator.Fault]float64{simulator.FaultLate: 0.5}}, func(t *testing.T, a api) {
		const sends = 40
		lost := 0
		begun := time.Now()
		for i := range sends {
			if _, err := a.try("POST", "/v3/mobile/send", order("PREPAID_DJEZZY", "0770000003", 500, fmt.Sprint("ref-", i))); err != nil {
				lost++
			}
		}
		for _, c := range []struct {
			after time.Duration
			all   bool
		}{{0, false}, {41 * time.Second, false}, {151 * time.Second, true}} {
			time.Sleep(c.after - time.Since(begun))
			if n := len(a.sim.Orders()); n < sends-lost || (n == sends) != c.all {
				t.Errorf("%d orders after %s, of %d of which %d were lost", n, c.after, sends, lost)
			}
		}
		if got, want := a.sim.Balance(), int64(simulator.DefaultBalance-sends*49625); got != want || lost < 5 {
			t.Errorf("balance %d, want %d; %d were lost", got, want, lost)
		}
		_, _ = a.try("POST", "/v3/mobile/send", order("PREPAID_DJEZZY", "0770000003", 500, "ref-0")) // refused, now or later
		time.Sleep(151 * time.Second)
		if n := len(a.sim.Orders()); n != sends {
			t.Errorf("%d orders: a reference was used twice", n)
		}
	})
}

// An answer that is repeated has the request id of the first.
func TestRepeatedAnswers(t *testing.T) {
	virtual(t, simulator.Config{Faults: map[simulator.Fault]float64{simulator.FaultRepeated: 0.5}}, func(t *testing.T, a api) {
		ids := map[string]string{}
		repeated := 0
		for i := range 40 {
			r := a.send("PREPAID_DJEZZY", "0770000003", 500, fmt.Sprint("ref-", i))
			if body, ok := ids[r.text("requestId")]; ok && body == string(r.body) {
				repeated++
			}
			ids[r.text("requestId")] = string(r.body)
			time.Sleep(time.Second)
		}
		if repeated < 5 || repeated > 35 {
			t.Errorf("%d of 40 answers were repeated", repeated)
		}
	})
}

// The list is out of order in two ways, and works when the fault does not happen.
func TestNoList(t *testing.T) {
	a := start(t, simulator.Config{Faults: map[simulator.Fault]float64{simulator.FaultNoList: 0.7}})
	statuses := map[int]int{}
	for range 40 {
		statuses[a.get("/v3/mobile/list").status]++
	}
	if statuses[200] == 0 || statuses[400] == 0 || statuses[500] == 0 {
		t.Errorf("%v", statuses)
	}
}

func TestSlownessTakesItsTime(t *testing.T) {
	for fault, took := range map[simulator.Fault]time.Duration{
		simulator.FaultSlow: 40 * time.Second, simulator.FaultSlowBody: 40 * time.Second, simulator.FaultNoAnswer: time.Hour,
	} {
		virtual(t, simulator.Config{Faults: only(fault), Slow: 40 * time.Second}, func(t *testing.T, a api) {
			a.client.Timeout = time.Hour
			begun := time.Now()
			r, err := a.try("POST", "/v3/mobile/send", order("PREPAID_DJEZZY", "0770000003", 500, "a"))
			if time.Since(begun) != took || r.good(err) == (fault == simulator.FaultNoAnswer) {
				t.Errorf("%s: %s after %s, %v", fault, r.body, time.Since(begun), err)
			}
			if len(a.sim.Orders()) != 1 {
				t.Errorf("%s: it has not acted", fault)
			}
		})
	}
}

// A pipe knows no reset: its end is what there is.
func TestResetInMemory(t *testing.T) {
	virtual(t, simulator.Config{Faults: only(simulator.FaultResetAfter)}, func(t *testing.T, a api) {
		if r, err := a.try("POST", "/v3/mobile/send", order("PREPAID_DJEZZY", "0770000003", 500, "a")); !errors.Is(err, io.EOF) {
			t.Errorf("%s, %v", r.body, err)
		}
	})
}

// Every class that is listed is tried somewhere above or in TestStatusFollowsAge.
func TestEveryFaultIsTried(t *testing.T) {
	tried := map[simulator.Fault]bool{
		simulator.FaultNoAnswer: true, simulator.FaultNoList: true, simulator.FaultRefunded: true, simulator.FaultUnknownError: true, simulator.FaultNeverFinal: true, simulator.FaultBackwards: true,
		simulator.FaultOddWord: true, simulator.FaultVanish: true, simulator.FaultRefundAfterFulfilled: true,
	}
	for _, c := range brokenSends {
		tried[c.fault] = true
	}
	for _, f := range simulator.Faults() {
		if !tried[f.Name] || f.What == "" || strings.ContainsAny(f.What, "\n") {
			t.Errorf("%+v", f)
		}
		delete(tried, f.Name)
	}
	if len(tried) > 0 {
		t.Errorf("not listed: %v", tried)
	}
}

// What happens to a ref depends on the seed and on how often it was tried, not
// on who came first.
func TestFaultsCanBeRepeated(t *testing.T) {
	const refs, tries = 60, 4
	run := func(seed uint64, shuffled bool) map[string]string {
		a := start(t, simulator.Config{Seed: seed, Faults: map[simulator.Fault]float64{
			simulator.FaultError500Before: 0.2, simulator.FaultError500After: 0.2, simulator.FaultThrottle: 0.2, simulator.FaultHTML: 0.2,
			simulator.FaultRefunded: 0.3, simulator.FaultNeverFinal: 0.3,
		}})
		var mu sync.Mutex
		story := map[string]string{}
		work := make([]func(), refs)
		for i := range work {
			ref := fmt.Sprint("ref-", i)
			work[i] = func() {
				for range tries {
					r := a.send("PREPAID_DJEZZY", "0770000003", 500, ref)
					mu.Lock()
					story[ref] += fmt.Sprint(r.status, " ", r.text("error", "code"), "; ")
					mu.Unlock()
				}
			}
		}
		var all sync.WaitGroup
		if shuffled {
			rand.Shuffle(refs, func(i, j int) { work[i], work[j] = work[j], work[i] })
		}
		for _, w := range work {
			if shuffled {
				all.Go(w)
			} else {
				w()
			}
		}
		all.Wait()
		return story
	}
	first := run(1, false)
	if d := cmp.Diff(first, run(1, true)); d != "" {
		t.Errorf("the order of calls changed it: %s", d)
	}
	if maps.Equal(first, run(2, false)) {
		t.Error("another seed changed nothing")
	}
	different := map[string]bool{}
	for _, s := range first {
		different[s] = true
	}
	if len(different) < 20 {
		t.Errorf("%d refs have only %d different stories", refs, len(different))
	}
}

// An id depends on who came first; what happens to a look by id does not.
func TestFaultsOfLooksByIDCanBeRepeated(t *testing.T) {
	run := func(refs ...string) map[string]int {
		statuses := map[string]int{}
		virtual(t, simulator.Config{Seed: 1, Faults: map[simulator.Fault]float64{simulator.FaultError503: 0.25, simulator.FaultThrottle: 0.25}}, func(t *testing.T, a api) {
			for _, ref := range refs {
				for range 20 { // a send may fail
					a.send("PREPAID_DJEZZY", "0770000003", 500, ref)
				}
			}
			for _, o := range a.sim.Orders() {
				statuses[o.Ref] = a.get("/v3/mobile/check-id/" + o.ID).status
			}
		})
		return statuses
	}
	first, second := run("a", "b", "c", "d", "e", "f", "g", "h"), run("h", "g", "f", "e", "d", "c", "b", "a")
	if d := cmp.Diff(first, second); d != "" || len(first) != 8 {
		t.Errorf("%v: %s", first, d)
	}
}

func TestSharesAreMet(t *testing.T) {
	sim := open(t, simulator.Config{Faults: map[simulator.Fault]float64{
		simulator.FaultError500Before: 0.1, simulator.FaultThrottle: 0.2, simulator.FaultRefuse: 0.3,
	}})
	const sends = 10_000
	count := map[int]int{}
	for i := range sends {
		count[deliver(sim, order("PREPAID_DJEZZY", "0770000003", 100, fmt.Sprint("ref-", i)))]++
	}
	for status, share := range map[int]float64{500: 0.1, 429: 0.2, 400: 0.3, 200: 0.4} {
		if got := float64(count[status]) / sends; got < share-0.02 || got > share+0.02 {
			t.Errorf("%d: a share of %.3f, want %.1f", status, got, share)
		}
	}
}

func TestParseFault(t *testing.T) {
	if f, share, err := simulator.ParseFault("reset-after=0.05"); f != simulator.FaultResetAfter || share != 0.05 || err != nil {
		t.Error(f, share, err)
	}
	for _, bad := range []string{"", "reset-after", "=0.1", "reset-after=", "reset-after=x", "reset-after=1.01", "reset-after=-0.1",
		"reset-after=NaN", "Reset-After=0.1", "no-such=0.1", "reset-after=0.1=0.1"} {
		if _, _, err := simulator.ParseFault(bad); !errors.Is(err, simulator.ErrConfig) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
