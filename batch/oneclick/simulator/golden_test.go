package simulator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"flexybatch/batch/oneclick/simulator"
)

// notAnswered are the golden bodies that a simulator never gives: see the
// package comment.
var notAnswered = []string{"error_err_auth.json", "error_insufficient_balance.json", "error_ip_not_allowed.json"}

// The client is pinned to the golden bodies, and so are we: a misspelt field on
// either side shows here.
func TestAnswersHaveGoldenShapes(t *testing.T) {
	seen := map[string]bool{}
	check := func(t *testing.T, name string, r reply) {
		t.Helper()
		seen[name+".json"] = true
		golden, err := os.ReadFile(filepath.Join("..", "testdata", "golden", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var want map[string]any
		if err := json.Unmarshal(golden, &want); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(shape(want), shape(r.object)); d != "" {
			t.Errorf("%s: golden -, ours +: %s", name, d)
		}
		if code, ok := want["error"].(map[string]any); ok && code["code"] != r.at("error", "code") {
			t.Errorf("%s: code %v, want %v", name, r.at("error", "code"), code["code"])
		}
	}

	virtual(t, simulator.Config{}, func(t *testing.T, a api) {
		check(t, "validate", a.get("/v3/validate"))
		check(t, "ping", a.get("/v3/ping"))
		check(t, "balance", a.get("/v3/account/balance"))
		check(t, "plans", a.get("/v3/mobile/plans"))
		check(t, "router_404", a.get("/v3/nowhere"))
		check(t, "send", a.send("PREPAID_DJEZZY", "0770000003", 500, "golden"))
		check(t, "check_pending", a.get("/v3/mobile/check-ref/golden"))
		time.Sleep(5 * time.Second)
		check(t, "check_handling", a.get("/v3/mobile/check-ref/golden"))
		a.send("PREPAID_MOBILIS", "0600000001", 500, "refunded").want(t, 200, "")
		time.Sleep(15 * time.Second)
		check(t, "check_fulfilled", a.get("/v3/mobile/check-ref/golden"))
		check(t, "check_refunded", a.get("/v3/mobile/check-ref/refunded"))
		check(t, "list", a.get("/v3/mobile/list"))
		check(t, "transactions", a.get("/v3/account/transactions"))
		a.send("PREPAID_MOBILIS", "0600000002", 500, "offers").want(t, 200, "")
		a.send("PREPAID_MOBILIS", "0600000003", 500, "unknown").want(t, 200, "")
		time.Sleep(15 * time.Second)
		check(t, "check_refunded_offers", a.get("/v3/mobile/check-ref/offers"))
		check(t, "check_unknown_error", a.get("/v3/mobile/check-ref/unknown"))
		check(t, "error_not_found", a.get("/v3/mobile/check-ref/nothing"))
		check(t, "error_err_validation", a.send("PREPAID_DJEZZY", "770000003", 500, "a"))
		check(t, "error_duplicated_ref", a.send("PREPAID_DJEZZY", "0770000003", 500, "golden"))
		a.key = ""
		check(t, "error_missing_access_token", a.get("/v3/ping"))
		a.key = "bad"
		for range 5 {
			check(t, "error_invalid_access_token", a.get("/v3/ping"))
		}
		check(t, "error_ip_blocked", a.get("/v3/ping"))
	})
	virtual(t, simulator.Config{PrefixRefs: true}, func(t *testing.T, a api) {
		check(t, "send_prefixed", a.send("PREPAID_DJEZZY", "0770000003", 500, "golden"))
	})
	virtual(t, simulator.Config{Balance: 1250, RateLimit: 1}, func(t *testing.T, a api) {
		check(t, "error_no_balance", a.send("PREPAID_DJEZZY", "0770000003", 500, "a"))
		check(t, "error_rate_limit_exceeded", a.get("/v3/ping"))
	})
	virtual(t, simulator.Config{Keys: []simulator.Key{{Key: simulator.DefaultKey, Disabled: true}}}, func(t *testing.T, a api) {
		check(t, "error_api_disabled", a.get("/v3/ping"))
	})
	for fault, name := range map[simulator.Fault]string{
		simulator.FaultAuthUnavailable: "error_auth_unavailable",
		simulator.FaultRefuse:          "error_err_phone",
		simulator.FaultError500After:   "error_internal_server_error",
		simulator.FaultError503:        "error_service_unavailable",
	} {
		virtual(t, simulator.Config{Faults: map[simulator.Fault]float64{fault: 1}}, func(t *testing.T, a api) {
			check(t, name, a.send("PREPAID_DJEZZY", "0770000003", 500, "a"))
		})
	}

	files, err := os.ReadDir(filepath.Join("..", "testdata", "golden"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !seen[f.Name()] && !slices.Contains(notAnswered, f.Name()) {
			t.Errorf("%s: no answer of ours was held against it", f.Name())
		}
	}
}

// shape is a JSON value without its values: keys and types, one line each. The
// elements of an array count as one set.
func shape(v any) []string {
	lines := map[string]bool{}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			keys := slices.Sorted(maps.Keys(v))
			lines[at+" {"+strings.Join(keys, " ")+"}"] = true
			for _, k := range keys {
				walk(at+"."+k, v[k])
			}
		case []any:
			lines[at+" []"] = true
			for _, e := range v {
				walk(at+"[]", e)
			}
		case float64, json.Number:
			lines[at+" number"] = true
		default:
			lines[fmt.Sprintf("%s %T", at, v)] = true
		}
	}
	walk("", v)
	return slices.Sorted(maps.Keys(lines))
}
