package simulator_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"flexybatch/batch/oneclick/simulator"
)

// virtual runs f in a bubble with a simulator that is served in memory.
func virtual(t *testing.T, c simulator.Config, f func(t *testing.T, a api)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sim := open(t, c)
		network := simulator.NewMemory()
		ctx, cancel := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- sim.Serve(ctx, network) }()
		transport := &http.Transport{DialContext: network.DialContext}
		f(t, api{t, sim, "http://simulator", simulator.DefaultKey, &http.Client{Transport: transport}})
		transport.CloseIdleConnections()
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

// moment is what an order shows at an age.
type moment struct {
	age     time.Duration
	status  string // "" when no look finds it
	charged string // balance_amount
}

const sec = time.Second

var fulfilledLife = []moment{
	{0, "PENDING", "496.25"}, {5*sec - 1, "PENDING", "496.25"}, {5 * sec, "HANDLING", "496.25"},
	{15*sec - 1, "HANDLING", "496.25"}, {15 * sec, "FULFILLED", "496.25"}, {48 * time.Hour, "FULFILLED", "496.25"},
}

func TestStatusFollowsAge(t *testing.T) {
	always := func(f simulator.Fault) map[simulator.Fault]float64 { return map[simulator.Fault]float64{f: 1} }
	for _, c := range []struct {
		name string
		sim  simulator.Config
		life []moment
	}{
		{"fulfilled", simulator.Config{}, fulfilledLife},
		{"ten times faster", simulator.Config{Speed: 10}, []moment{
			{0, "PENDING", "496.25"}, {sec/2 - 1, "PENDING", "496.25"}, {sec / 2, "HANDLING", "496.25"},
			{sec*3/2 - 1, "HANDLING", "496.25"}, {sec * 3 / 2, "FULFILLED", "496.25"},
		}},
		{"refunded", simulator.Config{Faults: always(simulator.FaultRefunded)}, []moment{
			{15*sec - 1, "HANDLING", "496.25"}, {15 * sec, "REFUNDED", "0"}, {time.Hour, "REFUNDED", "0"},
		}},
		{"never final", simulator.Config{Faults: always(simulator.FaultNeverFinal)}, []moment{
			{0, "PENDING", "496.25"}, {5 * sec, "HANDLING", "496.25"}, {1000 * time.Hour, "HANDLING", "496.25"},
		}},
		{"backwards", simulator.Config{Faults: always(simulator.FaultBackwards)}, []moment{
			{0, "PENDING", "496.25"}, {5 * sec, "HANDLING", "496.25"}, {10 * sec, "PENDING", "496.25"},
			{15 * sec, "HANDLING", "496.25"}, {30 * sec, "FULFILLED", "496.25"},
		}},
		{"odd word", simulator.Config{Faults: always(simulator.FaultOddWord), SettleUnknown: time.Hour}, []moment{
			{15*sec - 1, "HANDLING", "496.25"}, {15 * sec, "ON_HOLD", "496.25"}, {time.Hour, "FULFILLED", "496.25"},
		}},
		{"vanish", simulator.Config{Faults: always(simulator.FaultVanish)}, []moment{
			{0, "PENDING", "496.25"}, {5*sec - 1, "PENDING", "496.25"}, {5 * sec, "", ""}, {time.Hour, "", ""},
		}},
		{"refund after fulfilled", simulator.Config{Faults: always(simulator.FaultRefundAfterFulfilled)}, []moment{
			{15 * sec, "FULFILLED", "496.25"}, {time.Minute - 1, "FULFILLED", "496.25"}, {time.Minute, "REFUNDED", "0"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			virtual(t, c.sim, func(t *testing.T, a api) {
				id := a.send("PREPAID_DJEZZY", "0770000003", 500, "a").text("data", "topupId")
				born := time.Now()
				for _, m := range c.life {
					time.Sleep(time.Until(born.Add(m.age)))
					a.shows(id, "a", m)
				}
			})
		})
	}
}

// shows checks every look at the only order there is, and the money.
func (a api) shows(id, ref string, m moment) {
	a.t.Helper()
	list, item := a.get("/v3/mobile/list"), []any{"data", "items", 0}
	for path, at := range map[string][]any{"/v3/mobile/check-ref/" + ref: {"data"}, "/v3/mobile/check-id/" + id: {"data"}} {
		r := a.get(path)
		if m.status == "" {
			r.want(a.t, 404, "NOT_FOUND")
			continue
		}
		if r.text(append(at, "status")...) != m.status || r.text(append(at, "balance_amount")...) != m.charged {
			a.t.Errorf("%s at %s: %s, want %s", path, m.age, r.body, m.status)
		}
		if (m.status == "REFUNDED") != (r.at("data", "refund_message") != nil) {
			a.t.Errorf("%s at %s: %s", path, m.age, r.body)
		}
	}
	if m.status == "" && list.at(item...) != nil || m.status != "" && list.text(append(item, "status")...) != m.status {
		a.t.Errorf("list at %s: %s, want %s", m.age, list.body, m.status)
	}
	o := a.sim.Orders()[0]
	refunded := int64(0)
	if m.status == "REFUNDED" {
		refunded = 49625
	}
	if o.Status != m.status || o.Charged != 49625 || o.Refunded != refunded || a.sim.Balance() != simulator.DefaultBalance-49625+refunded {
		a.t.Errorf("books at %s: %+v, balance %d", m.age, o, a.sim.Balance())
	}
}

func TestSandboxPhones(t *testing.T) {
	virtual(t, simulator.Config{Seed: 1}, func(t *testing.T, a api) {
		for _, phone := range []string{"0600000001", "0600000002", "0600000003", "0600000004"} {
			a.send("PREPAID_MOBILIS", phone, 500, phone).want(t, 200, "")
		}
		a.send("GETMENU_OOREDOO", "0550000001", 50, "menu").want(t, 200, "")
		time.Sleep(15 * sec)
		for _, c := range []struct{ ref, status, offer string }{
			{"0600000001", "REFUNDED", "<nil>"},
			{"0600000002", "REFUNDED", "MIX500_MOBILIS"},
			{"0600000003", "UNKNOWN_ERROR", "<nil>"},
			{"0600000004", "FULFILLED", "<nil>"},
			{"menu", "REFUNDED", "MIX1000_OOREDOO"},
		} {
			r := a.get("/v3/mobile/check-ref/" + c.ref)
			if r.text("data", "status") != c.status || r.text("data", "suggested_offers", 0, "plan_code") != c.offer {
				t.Errorf("%s: %s", c.ref, r.body)
			}
		}
		time.Sleep(24*time.Hour - 15*sec - 1)
		if r := a.get("/v3/mobile/check-ref/0600000003"); r.text("data", "status") != "UNKNOWN_ERROR" {
			t.Errorf("before it is settled: %s", r.body)
		}
		time.Sleep(time.Nanosecond)
		if r := a.get("/v3/mobile/check-ref/0600000003"); r.text("data", "status") != "FULFILLED" && r.text("data", "status") != "REFUNDED" {
			t.Errorf("settled: %s", r.body)
		}
	})
}

// UNKNOWN_ERROR is settled either way, as the seed has it and nothing else.
func TestUnknownErrorIsSettledBySeed(t *testing.T) {
	settle := func(seed uint64, refs []string) map[string]string {
		ends := map[string]string{}
		virtual(t, simulator.Config{Seed: seed, Faults: map[simulator.Fault]float64{simulator.FaultUnknownError: 1}}, func(t *testing.T, a api) {
			for _, ref := range refs {
				a.send("PREPAID_DJEZZY", "0770000003", 500, ref).want(t, 200, "")
			}
			time.Sleep(24 * time.Hour)
			for _, o := range a.sim.Orders() {
				ends[o.Ref] = o.Status
			}
		})
		return ends
	}
	refs := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}
	backwards := []string{"l", "k", "j", "i", "h", "g", "f", "e", "d", "c", "b", "a"}
	first, second, other := settle(1, refs), settle(1, backwards), settle(2, refs)
	count := map[string]int{}
	differs := false
	for _, ref := range refs {
		count[first[ref]]++
		differs = differs || first[ref] != other[ref]
		if first[ref] != second[ref] {
			t.Errorf("%s: %s, then %s", ref, first[ref], second[ref])
		}
	}
	if count["FULFILLED"] == 0 || count["REFUNDED"] == 0 || count["FULFILLED"]+count["REFUNDED"] != len(refs) || !differs {
		t.Errorf("%v; another seed differs: %v", count, differs)
	}
}
