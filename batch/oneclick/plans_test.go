package oneclick_test

import (
	"encoding/json"
	"testing"

	"flexybatch/batch/oneclick"
)

// A plan that makes no sense is never sold, and keeps no other from being sold.
func TestPlansThatMakeNoSense(t *testing.T) {
	for _, c := range []struct {
		kind, plan string
		known      bool // it is in the catalogue
		sold       bool
	}{
		{"dynamic", `{"code":"A","isEnabled":true,"min_amount":50,"max_amount":100}`, true, true},
		{"dynamic", `{"code":"A","isEnabled":true,"min_amount":"50","max_amount":"100"}`, true, true},
		{"dynamic", `{"code":"A","min_amount":50,"max_amount":100}`, true, true},
		{"dynamic", `{"code":"A","isEnabled":false,"min_amount":50,"max_amount":100}`, true, false},
		{"dynamic", `{"code":"A","isEnabled":"yes","min_amount":50,"max_amount":100}`, true, false},
		{"dynamic", `{"code":"A","isEnabled":true,"min_amount":-50,"max_amount":100}`, true, false},
		{"dynamic", `{"code":"A","isEnabled":true,"min_amount":-100,"max_amount":-50}`, true, false},
		{"dynamic", `{"code":"A","isEnabled":true,"min_amount":100,"max_amount":50}`, true, false},
		{"dynamic", `{"code":"A","isEnabled":true,"min_amount":50}`, true, false},
		{"dynamic", `{"code":"A","isEnabled":true}`, true, false},
		{"dynamic", `{"code":"","isEnabled":true,"min_amount":50,"max_amount":100}`, false, false},
		{"dynamic", `{"code":7,"isEnabled":true,"min_amount":50,"max_amount":100}`, false, false},
		{"dynamic", `{"code":"A","code":"A","isEnabled":true,"min_amount":50,"max_amount":100}`, false, false},
		{"dynamic", `null`, false, false},
		{"dynamic", `"A"`, false, false},
		{"fixed", `{"code":"A","isEnabled":true,"amount":500}`, true, true},
		{"fixed", `{"code":"A","isEnabled":true,"amount":"500"}`, true, true},
		{"fixed", `{"code":"A","isEnabled":true}`, true, false},
		{"fixed", `{"code":"A","isEnabled":true,"amount":-500}`, true, false},
		{"fixed", `{"code":"A","isEnabled":true,"amount":0.5}`, true, false},
		{"fixed", `{"code":"A","isEnabled":true,"amount":99999999999}`, true, false},
	} {
		body := `{"` + c.kind + `Plans":[` + c.plan + `,{"code":"B","isEnabled":true,"amount":500,"min_amount":50,"max_amount":100}]}`
		plans, err := oneclick.ParsePlans([]byte(body))
		if err != nil {
			t.Fatalf("%s: %v", c.plan, err)
		}
		a, known := plans.Find("A")
		if known != c.known || a.Enabled != c.sold {
			t.Errorf("%s plan %s: known %v, sold %v", c.kind, c.plan, known, a.Enabled)
		}
		if b, ok := plans.Find("B"); !ok || !b.Enabled {
			t.Errorf("%s: the plan beside it is lost", c.plan)
		}
	}
}

// A price is read exactly or not at all; whatever is read can be written to a
// journal.
func TestPrices(t *testing.T) {
	for written, want := range map[string]string{
		`0.9925`: "0.9925", `"0.98"`: "0.98", `1`: "1", `9.7e-1`: "9.7e-1",
		`null`: "", `"00.98"`: "", `".98"`: "", `"1."`: "", `-1`: "", `0`: "", `11`: "", `"cheap"`: "", `true`: "", `{}`: "",
	} {
		plans, err := oneclick.ParsePlans([]byte(`{"fixedPlans":[{"code":"A","amount":500,"cost":` + written + `}]}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := plans[0].Cost.String(); got != want {
			t.Errorf("cost %s is %q, want %q", written, got, want)
		}
		if _, err := json.Marshal(plans); err != nil {
			t.Errorf("cost %s: %v", written, err)
		}
	}
}

func TestParsePlans(t *testing.T) {
	enveloped, err := oneclick.ParsePlans([]byte(golden(t, "plans")))
	if err != nil || len(enveloped) != 9 {
		t.Errorf("%d plans, %v", len(enveloped), err)
	}
	for _, body := range []string{``, `[]`, `{}`, `{"dynamicPlans":[]}`, `{"dynamicPlans":{}}`, golden(t, "plans") + "x"} {
		if _, err := oneclick.ParsePlans([]byte(body)); err == nil {
			t.Errorf("%.40q is taken for a catalogue", body)
		}
	}
}
