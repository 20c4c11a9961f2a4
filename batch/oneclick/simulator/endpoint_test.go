package simulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"flexybatch/batch/oneclick/simulator"
)

func TestSendIsRefused(t *testing.T) {
	a := start(t, simulator.Config{})
	a.send("PREPAID_DJEZZY", "0770000003", 500, "taken").want(t, 200, "")
	for _, c := range []struct {
		name, body, code string
		status           int
		details          string
	}{
		{"not JSON", `{"plan_code":`, "ERR_VALIDATION", 400, "map[body:must be a JSON object]"},
		{"trailing garbage", order("PREPAID_DJEZZY", "0770000003", 500, "a") + "}", "ERR_VALIDATION", 400, "map[body:must be a JSON object]"},
		{"an array", `[]`, "ERR_VALIDATION", 400, "map[body:must be a JSON object]"},
		{"no phone", `{"plan_code":"PREPAID_DJEZZY","amount":500,"ref":"a"}`, "ERR_VALIDATION", 400, "map[MSSIDN:is required]"},
		{"phone under its right name", `{"plan_code":"PREPAID_DJEZZY","MSISDN":"0770000003","amount":500,"ref":"a"}`, "ERR_VALIDATION", 400, "map[MSSIDN:is required]"},
		{"names in another case", `{"plan_code":"PREPAID_DJEZZY","mssidn":"0770000003","amount":500,"ref":"a"}`, "ERR_VALIDATION", 400, "map[MSSIDN:is required]"},
		{"phone as a number", `{"plan_code":"PREPAID_DJEZZY","MSSIDN":770000003,"amount":500,"ref":"a"}`, "ERR_VALIDATION", 400, "map[MSSIDN:must be a string]"},
		{"lost zero", order("PREPAID_DJEZZY", "770000003", 500, "a"), "ERR_VALIDATION", 400, `map[MSSIDN:must match ^0[567]\d{8}$]`},
		{"international", order("PREPAID_DJEZZY", "+213770000003", 500, "a"), "ERR_VALIDATION", 400, `map[MSSIDN:must match ^0[567]\d{8}$]`},
		{"spaces", order("PREPAID_DJEZZY", "07 70 00 00 03", 500, "a"), "ERR_VALIDATION", 400, `map[MSSIDN:must match ^0[567]\d{8}$]`},
		{"line end", order("PREPAID_DJEZZY", "0770000003\n", 500, "a"), "ERR_VALIDATION", 400, `map[MSSIDN:must match ^0[567]\d{8}$]`},
		{"unknown plan", order("PREPAID_djezzy", "0770000003", 500, "a"), "ERR_VALIDATION", 400, "map[field:plan_code value:PREPAID_djezzy]"},
		{"disabled plan", order("FACTURE_MOBILIS", "0660000002", 500, "a"), "ERR_VALIDATION", 400, "map[field:plan_code value:FACTURE_MOBILIS]"},
		{"too little", order("PREPAID_DJEZZY", "0770000003", 99, "a"), "ERR_VALIDATION", 400, "map[amount:must be from 100 to 10000]"},
		{"too much", order("PREPAID_DJEZZY", "0770000003", 10001, "a"), "ERR_VALIDATION", 400, "map[amount:must be from 100 to 10000]"},
		{"amount as text", `{"plan_code":"PREPAID_DJEZZY","MSSIDN":"0770000003","amount":"500","ref":"a"}`, "ERR_VALIDATION", 400, "map[amount:must be a whole number of dinars above zero]"},
		{"half a dinar", `{"plan_code":"PREPAID_DJEZZY","MSSIDN":"0770000003","amount":500.5,"ref":"a"}`, "ERR_VALIDATION", 400, "map[amount:must be a whole number of dinars above zero]"},
		{"null amount", `{"plan_code":"PREPAID_DJEZZY","MSSIDN":"0770000003","amount":null,"ref":"a"}`, "ERR_VALIDATION", 400, "map[amount:must be a whole number of dinars above zero]"},
		{"no amount, dynamic", `{"plan_code":"PREPAID_DJEZZY","MSSIDN":"0770000003","ref":"a"}`, "ERR_VALIDATION", 400, "map[amount:is required]"},
		{"no amount, fixed", `{"plan_code":"MIX500_MOBILIS","MSSIDN":"0660000002","ref":"a"}`, "ERR_VALIDATION", 400, "map[amount:is required]"},
		{"fixed, other amount", order("MIX500_MOBILIS", "0660000002", 501, "a"), "ERR_VALIDATION", 400, "map[field:amount value:501]"},
		{"other operator", order("PREPAID_DJEZZY", "0660000002", 500, "a"), "ERR_VALIDATION", 400, "<nil>"},
		{"other operator, wholesale", order("GROS_MOBILIS", "0770000003", 5000, "a"), "ERR_VALIDATION", 400, "<nil>"},
		{"empty ref", order("PREPAID_DJEZZY", "0770000003", 500, ""), "ERR_VALIDATION", 400, "map[ref:must have 1 to 100 characters]"},
		{"long ref", order("PREPAID_DJEZZY", "0770000003", 500, strings.Repeat("r", 101)), "ERR_VALIDATION", 400, "map[ref:must have 1 to 100 characters]"},
		{"several faults", `{"MSSIDN":1,"amount":0}`, "ERR_VALIDATION", 400,
			"[map[field:plan_code message:is required] map[field:MSSIDN message:must be a string] map[field:ref message:is required] map[field:amount message:must be a whole number of dinars above zero]]"},
		{"ref used before", order("PREPAID_DJEZZY", "0770000003", 500, "taken"), "DUPLICATED_REF", 403, "<nil>"},
		{"ref used before, for something else", order("PREPAID_MOBILIS", "0660000002", 40, "taken"), "DUPLICATED_REF", 403, "<nil>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := a.post(c.body)
			r.want(t, c.status, c.code)
			if got := r.text("error", "details"); got != c.details {
				t.Errorf("details %s, want %s", got, c.details)
			}
			if r.header.Get("X-Request-Id") != r.text("requestId") {
				t.Errorf("header %q, body %q", r.header.Get("X-Request-Id"), r.text("requestId"))
			}
		})
	}
	if n := len(a.sim.Orders()); n != 1 {
		t.Errorf("%d orders", n)
	}
}

func TestEveryKindOfPlanIsSold(t *testing.T) {
	a := start(t, simulator.Config{Balance: 10_000_000})
	for i, c := range []struct {
		plan, phone string
		amount      int
		balance     string // after it
	}{
		{"PREPAID_DJEZZY", "0770000003", 500, "99503.75"},   // 0.9925
		{"PREPAID_MOBILIS", "0660000002", 41, "99464.39"},   // 0.96
		{"PREPAID_OOREDOO", "0550000001", 5000, "94564.39"}, // 0.98
		{"GROS_MOBILIS", "0660000002", 5000, "89564.39"},    // no cost: face value
		{"FACTURE_DJEZZY", "0770000003", 100, "89465.14"},   //
		{"GETMENU_MOBILIS", "0660000002", 40, "89426.74"},   //
		{"MIX500_MOBILIS", "0660000002", 500, "88946.74"},   //
		{"MIX1000_OOREDOO", "0550000001", 1000, "87966.74"}, //
		{"PIXX_500", "0550000001", 500, "87481.74"},         // of no operator: any phone
		{"PIXX_500", "0770000003", 500, "86996.74"},         //
		{"PREPAID_DJEZZY", "0770000003", 10000, "77071.74"}, //
		{"PREPAID_MOBILIS", "0660000002", 3999, "73232.7"},  // one decimal, as JavaScript writes it
		{"PREPAID_OOREDOO", "0550000001", 50, "73183.7"},    //
		{"PREPAID_DJEZZY", "0770000003", 1000, "72191.2"},   //
		{"PREPAID_DJEZZY", "0770000003", 101, "72090.96"},   // 100.2425 is 100.24
		{"PREPAID_DJEZZY", "0770000003", 102, "71989.72"},   // 101.235 is 101.24
		{"PREPAID_DJEZZY", "0770000003", 103, "71887.49"},   // 102.2275 is 102.23
		{"PREPAID_OOREDOO", "0550000001", 51, "71837.51"},   //
		{"PREPAID_DJEZZY", "0770000003", 10000, "61912.51"}, //
		{"GROS_MOBILIS", "0660000002", 60000, "1912.51"},    //
		{"PREPAID_DJEZZY", "0770000003", 1000, "920.01"},    //
		{"PREPAID_DJEZZY", "0770000003", 926, "0.95"},       // 919.055 is 919.06
	} {
		r := a.send(c.plan, c.phone, c.amount, fmt.Sprint("ref-", i))
		r.want(t, 200, "")
		if got := r.text("data", "newBalance"); got != c.balance {
			t.Fatalf("%s %d: balance %s, want %s", c.plan, c.amount, got, c.balance)
		}
		if got := a.get("/v3/account/balance").text("data", "balance"); got != c.balance {
			t.Errorf("the account says %s, want %s", got, c.balance)
		}
	}
	r := a.send("PREPAID_MOBILIS", "0660000002", 40, "one too many")
	r.want(t, 403, "NO_BALANCE")
	if r.text("error", "details") != "map[available:0.95 required:38.4]" {
		t.Errorf("details %s", r.text("error", "details"))
	}
	if err := a.sim.Deposit(3745); err != nil {
		t.Fatal(err)
	}
	a.send("PREPAID_MOBILIS", "0660000002", 40, "one too many").want(t, 200, "") // the ref is still free
	if a.sim.Balance() != 0 {
		t.Errorf("balance %d", a.sim.Balance())
	}
}

func TestOrderIsFoundByRefAndID(t *testing.T) {
	for _, c := range []struct {
		name   string
		prefix bool
		shown  string
	}{
		{"plain", false, "a+b/c d"},
		{"prefixed", true, "API-acme-a+b/c d"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := start(t, simulator.Config{PrefixRefs: c.prefix, Keys: []simulator.Key{{Key: "k", Username: "acme"}}})
			a.key = "k"
			sent := a.send("PREPAID_DJEZZY", "0770000003", 500, "a+b/c d")
			id := sent.text("data", "topupId")
			if len(id) != 24 || sent.text("data", "topupRef") != c.shown || (sent.at("data", "newBalance") == nil) != c.prefix {
				t.Errorf("%s", sent.body)
			}
			for _, path := range []string{"/v3/mobile/check-ref/a%2Bb%2Fc%20d", "/v3/mobile/check-ref/a+b%2Fc%20d", "/v3/mobile/check-id/" + id} {
				r := a.get(path)
				r.want(t, 200, "")
				if r.text("data", "_id") != id || r.text("data", "ref") != c.shown || r.text("data", "balance_amount") != "496.25" {
					t.Errorf("%s: %s", path, r.body)
				}
			}
			for _, path := range []string{"/v3/mobile/check-ref/a", "/v3/mobile/check-id/a", "/v3/mobile/check-id/" + strings.Repeat("0", 24),
				"/v3/mobile/check-id/00000000" + id[8:],
				"/v3/mobile/check-id/" + strings.Repeat("f", 24), "/v3/mobile/check-id/" + strings.Repeat("é", 12)} {
				a.get(path).want(t, 404, "NOT_FOUND")
			}
		})
	}
}

func TestUnknownPathHasNoEnvelope(t *testing.T) {
	a := start(t, simulator.Config{})
	a.key = "" // the router does not ask for one
	for _, c := range [][2]string{{"GET", "/v3/nowhere"}, {"GET", "/v3/mobile/send"}, {"POST", "/v3/mobile/list"}, {"GET", "/"},
		{"GET", "/v3/mobile/check-ref/"}, {"GET", "/v3/mobile/check-ref/a/b"}, {"GET", "/v2/validate"}, {"GET", "/v3//validate"}} {
		r := a.call(c[0], c[1], "")
		if r.status != 404 || r.at("success") != nil || r.text("statusCode") != "404" || r.text("message") != "Route "+c[0]+":"+c[1]+" not found" {
			t.Errorf("%s: %d %s", c, r.status, r.body)
		}
	}
}

func TestPingTellsWhoIsDown(t *testing.T) {
	a := start(t, simulator.Config{Down: []string{"djezzy"}})
	if got := a.get("/v3/ping").text("data", "operators"); got != "map[djezzy:down mobilis:up mobilisFixedPlans:up ooredoo:up]" {
		t.Error(got)
	}
}

func TestDisabledPlanIsShownAndNotSold(t *testing.T) {
	a := start(t, simulator.Config{})
	a.sim.DisablePlan("PREPAID_DJEZZY")
	a.sim.DisablePlan("NO_SUCH_PLAN")
	if r := a.get("/v3/mobile/plans"); r.text("data", "dynamicPlans", 0, "code") != "PREPAID_DJEZZY" || r.at("data", "dynamicPlans", 0, "isEnabled") != false {
		t.Errorf("%s", r.body)
	}
	a.send("PREPAID_DJEZZY", "0770000003", 500, "a").want(t, 400, "ERR_VALIDATION")
}

func TestRefIsTakenOnce(t *testing.T) {
	a := start(t, simulator.Config{Latency: 1})
	const refs, senders = 20, 8
	var accepted [refs]sync.Map
	var all sync.WaitGroup
	for s := range senders {
		for ref := range refs {
			all.Go(func() {
				switch r := a.send("PREPAID_DJEZZY", "0770000003", 500, fmt.Sprint("ref-", ref)); r.text("error", "code") {
				case "DUPLICATED_REF":
				case "<nil>":
					accepted[ref].Store(s, r.text("data", "topupId"))
				default:
					t.Errorf("%s", r.body)
				}
			})
		}
	}
	all.Wait()
	for ref := range accepted {
		n := 0
		accepted[ref].Range(func(any, any) bool { n++; return true })
		if n != 1 {
			t.Errorf("ref %d was accepted %d times", ref, n)
		}
	}
	if got, want := a.sim.Balance(), int64(simulator.DefaultBalance-refs*49625); got != want || len(a.sim.Orders()) != refs {
		t.Errorf("balance %d, want %d; %d orders", got, want, len(a.sim.Orders()))
	}
	if n := a.sim.Calls()[simulator.EndpointSend]; n != refs*senders {
		t.Errorf("%d calls", n)
	}
}

func TestHugeBodyIsRefused(t *testing.T) {
	a := start(t, simulator.Config{})
	r, err := a.try(http.MethodPost, "/v3/mobile/send", strings.Repeat(" ", 2<<20))
	if err == nil {
		r.want(t, 400, "ERR_VALIDATION")
	}
	if len(a.sim.Orders()) != 0 {
		t.Error("an order was accepted")
	}
}
