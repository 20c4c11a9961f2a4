package simulator_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"flexybatch/batch/oneclick/simulator"
)

func TestValidateTellsWhatTheKeyMayDo(t *testing.T) {
	a := start(t, simulator.Config{Keys: []simulator.Key{
		{Key: "all", Username: "acme"},
		{Key: "look", Type: simulator.Production, ReadOnly: true},
	}})
	a.key = "all"
	if r := a.get("/v3/validate"); string(r.body) != `{"success":true,"data":{"username":"acme","apiKey":{"key":"all","isEnabled":true,"type":"SANDBOX","allowedips":[],"scope":"READ-WRITE"}}}` {
		t.Errorf("%s", r.body)
	}
	a.key = "look"
	if r := a.get("/v3/validate"); string(r.body) != `{"success":true,"data":{"username":"simulator","apiKey":{"key":"look","isEnabled":true,"type":"PRODUCTION","allowedips":[],"scope":"READ-ONLY"}}}` {
		t.Errorf("%s", r.body)
	}
	a.send("PREPAID_DJEZZY", "0770000003", 500, "a").want(t, 403, "API_DISABLED")
	a.get("/v3/mobile/list").want(t, 200, "")
	if len(a.sim.Orders()) != 0 {
		t.Error("a read-only key has sent")
	}
}

func TestKeyIsRefused(t *testing.T) {
	for _, path := range []string{"/v3/validate", "/v3/ping", "/v3/account/balance", "/v3/account/transactions", "/v3/mobile/plans",
		"/v3/mobile/check-ref/a", "/v3/mobile/check-id/a", "/v3/mobile/list"} {
		a := start(t, simulator.Config{Keys: []simulator.Key{{Key: "good"}, {Key: "off", Disabled: true}}})
		a.key = ""
		a.get(path).want(t, 401, "MISSING_ACCESS_TOKEN")
		a.key = "off"
		a.get(path).want(t, 403, "API_DISABLED")
		a.key = "bad"
		a.get(path).want(t, 401, "INVALID_ACCESS_TOKEN")
	}
}

func TestGuessingAddressIsBlocked(t *testing.T) {
	virtual(t, simulator.Config{}, func(t *testing.T, a api) {
		bad := a
		bad.key = "bad"
		bad.get("/v3/ping").want(t, 401, "INVALID_ACCESS_TOKEN")
		a.get("/v3/ping").want(t, 200, "") // and the tries are forgotten
		for left := 4; left >= 0; left-- {
			r := bad.get("/v3/ping")
			r.want(t, 401, "INVALID_ACCESS_TOKEN")
			if r.text("error", "details", "attemptsLeft") != fmt.Sprint(left) {
				t.Errorf("%s, want %d left", r.body, left)
			}
		}
		a.get("/v3/ping").want(t, 403, "IP_BLOCKED") // the good key too
		time.Sleep(15*time.Minute - time.Second)
		a.get("/v3/ping").want(t, 403, "IP_BLOCKED")
		time.Sleep(time.Second)
		a.get("/v3/ping").want(t, 200, "")
	})
}

func TestRevokedKeyIsUnknown(t *testing.T) {
	a := start(t, simulator.Config{})
	a.send("PREPAID_DJEZZY", "0770000003", 500, "a").want(t, 200, "")
	a.sim.RevokeKey(simulator.DefaultKey)
	a.send("PREPAID_DJEZZY", "0770000003", 500, "b").want(t, 401, "INVALID_ACCESS_TOKEN")
}

func TestRateIsLimitedByTheMinuteAndKey(t *testing.T) {
	config := simulator.Config{RateLimit: 3, Keys: []simulator.Key{{Key: "one"}, {Key: "two"}}}
	virtual(t, config, func(t *testing.T, a api) {
		a.key = "one"
		for range 3 {
			a.get("/v3/ping").want(t, 200, "")
		}
		time.Sleep(20*time.Second + time.Millisecond)
		r := a.send("PREPAID_DJEZZY", "0770000003", 500, "a")
		r.want(t, 429, "RATE_LIMIT_EXCEEDED")
		if r.header.Get("Retry-After") != "40" {
			t.Errorf("Retry-After %q", r.header.Get("Retry-After"))
		}
		two := a
		two.key = "two"
		two.get("/v3/ping").want(t, 200, "")
		time.Sleep(40*time.Second - time.Millisecond)
		a.send("PREPAID_DJEZZY", "0770000003", 500, "a").want(t, 200, "") // the ref was still free
	})
	config.NoRetryAfter, config.RateLimit = true, 1
	virtual(t, config, func(t *testing.T, a api) {
		a.key = "one"
		a.get("/v3/ping").want(t, 200, "")
		r := a.get("/v3/ping")
		r.want(t, 429, "RATE_LIMIT_EXCEEDED")
		if _, said := r.header["Retry-After"]; said {
			t.Error("Retry-After")
		}
	})
}

func TestImpossibleConfigIsRefused(t *testing.T) {
	for _, c := range []simulator.Config{
		{Balance: -2}, {Speed: -1}, {SettleUnknown: -1}, {RateLimit: -1}, {Latency: -1}, {Slow: -1},
		{Down: []string{"nobody"}},
		{Keys: []simulator.Key{{}}},
		{Keys: []simulator.Key{{Key: "k", Type: "TEST"}}},
		{Plans: []simulator.Plan{{Code: "A", Cost: "0,98"}}},
		{Plans: []simulator.Plan{{Code: "A", Cost: "0.1234567"}}},
		{Plans: []simulator.Plan{{Code: "A", Cost: "-1"}}},
		{Plans: []simulator.Plan{{Code: "A", Cost: "1e3"}}},
		{Plans: []simulator.Plan{{Code: "A", Cost: "."}}},
		{Plans: []simulator.Plan{{Code: "A"}, {Code: "A"}}},
		{Plans: []simulator.Plan{{}}},
		{Plans: []simulator.Plan{{Code: "A", Min: 2, Max: 1}}},
		{Plans: []simulator.Plan{{Code: "A", Amount: 1 << 40}}},
		{Faults: map[simulator.Fault]float64{"no-such-fault": 0.1}},
		{Faults: map[simulator.Fault]float64{simulator.FaultHTML: 1.1}},
		{Faults: map[simulator.Fault]float64{simulator.FaultHTML: -0.1}},
		{Faults: map[simulator.Fault]float64{simulator.FaultHTML: 0.6, simulator.FaultSlow: 0.6}},
	} {
		if sim, err := simulator.New(c); !errors.Is(err, simulator.ErrConfig) || sim != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestLatencyComesBeforeTheAct(t *testing.T) {
	virtual(t, simulator.Config{Latency: 3 * time.Second}, func(t *testing.T, a api) {
		begun := time.Now()
		done := make(chan reply)
		go func() { done <- a.send("PREPAID_DJEZZY", "0770000003", 500, "a") }()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if len(a.sim.Orders()) != 0 {
			t.Error("it has acted already")
		}
		(<-done).want(t, 200, "")
		if took := time.Since(begun); took != 3*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}
