package simulator_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"flexybatch/batch/oneclick/simulator"
)

func TestListIsPaged(t *testing.T) {
	a := start(t, simulator.Config{})
	for i := range 45 {
		a.send("PREPAID_DJEZZY", "0770000003", 500, fmt.Sprint("ref-", i)).want(t, 200, "")
	}
	for _, c := range []struct {
		query       string
		first, last int // refs, newest first; -1 for an empty page
		pagination  string
	}{
		{"", 44, 25, "map[page:1 pageSize:20 totalPages:3 totalResults:45]"},
		{"?page=2", 24, 5, "map[page:2 pageSize:20 totalPages:3 totalResults:45]"},
		{"?page=3", 4, 0, "map[page:3 pageSize:20 totalPages:3 totalResults:45]"},
		{"?page=4", -1, -1, "map[page:4 pageSize:20 totalPages:3 totalResults:45]"},
		{"?page=1000000000&pageSize=100", -1, -1, "map[page:1000000000 pageSize:100 totalPages:1 totalResults:45]"},
		{"?pageSize=100", 44, 0, "map[page:1 pageSize:100 totalPages:1 totalResults:45]"},
		{"?pageSize=1&page=45", 0, 0, "map[page:45 pageSize:1 totalPages:45 totalResults:45]"},
		{"?pageSize=15&page=3", 14, 0, "map[page:3 pageSize:15 totalPages:3 totalResults:45]"},
	} {
		r := a.get("/v3/mobile/list" + c.query)
		r.want(t, 200, "")
		items, _ := r.at("data", "items").([]any)
		if c.first < 0 {
			if len(items) != 0 || items == nil {
				t.Errorf("%s: %s", c.query, r.body)
			}
		} else if len(items) != c.first-c.last+1 || r.text("data", "items", 0, "ref") != fmt.Sprint("ref-", c.first) ||
			r.text("data", "items", len(items)-1, "ref") != fmt.Sprint("ref-", c.last) {
			t.Errorf("%s: %s", c.query, r.body)
		}
		if got := r.text("data", "pagination"); got != c.pagination {
			t.Errorf("%s: %s, want %s", c.query, got, c.pagination)
		}
	}
}

func TestPagesAreFilteredByTime(t *testing.T) {
	virtual(t, simulator.Config{}, func(t *testing.T, a api) {
		born := time.Now()
		for i := range 10 { // one a minute
			a.send("PREPAID_DJEZZY", "0770000003", 500, fmt.Sprint("ref-", i)).want(t, 200, "")
			time.Sleep(time.Minute)
		}
		at := func(minutes float64) string {
			return url.QueryEscape(born.Add(time.Duration(minutes * float64(time.Minute))).Format(time.RFC3339Nano))
		}
		for _, c := range []struct {
			from, to string
			refs     string
		}{
			{at(2), at(4), "ref-4 ref-3 ref-2 "}, // both ends included
			{at(2.1), at(3.9), "ref-3 "},
			{at(-5), at(0), "ref-0 "},
			{at(-5), at(-1), ""},
			{at(20), at(30), ""},
			{at(8), at(2), ""},
			{born.AddDate(0, 0, -1).Format(time.DateOnly), born.Format(time.DateOnly), "ref-0 "},
		} {
			for path, name := range map[string]string{"/v3/mobile/list": "ref", "/v3/account/transactions": "objid"} {
				r := a.get(path + "?from=" + c.from + "&to=" + c.to)
				r.want(t, 200, "")
				items, _ := r.at("data", "items").([]any)
				got := ""
				for i := range items {
					ref := r.text("data", "items", i, name)
					if name == "objid" && ref != "" { // the deposit that opened the account has none
						ref = a.get("/v3/mobile/check-id/"+ref).text("data", "ref")
					}
					if ref != "" {
						got += ref + " "
					}
				}
				if r.text("data", "pagination", "totalResults") != fmt.Sprint(len(items)) {
					t.Errorf("%s: %s", path, r.body)
				}
				if got != c.refs {
					t.Errorf("%s from %s to %s: %q, want %q", path, c.from, c.to, got, c.refs)
				}
			}
		}
	})
}

func TestPageQueryIsRefused(t *testing.T) {
	a := start(t, simulator.Config{})
	const day, later = "2026-10-01T00:00:00Z", "2026-11-01T00:00:00.000Z"
	for _, path := range []string{"/v3/mobile/list", "/v3/account/transactions"} {
		for query, fields := range map[string]string{
			"page=0": "page", "page=-1": "page", "page=x": "page", "page=1.5": "page",
			"pageSize=0": "pageSize", "pageSize=101": "pageSize", "pageSize=x": "pageSize",
			"from=" + day: "to", "to=" + day: "from", "from=yesterday&to=" + day: "from",
			"from=" + day + "&to=": "to",
		} {
			r := a.get(path + "?" + query)
			r.want(t, 400, "ERR_VALIDATION")
			if r.at("error", "details", fields) == nil {
				t.Errorf("%s?%s: %s", path, query, r.body)
			}
		}
		a.get(path+"?page=0&pageSize=0").want(t, 400, "ERR_VALIDATION")
		a.get(path+"?from="+day+"&to="+later).want(t, 200, "")
	}
}

func TestStatementShowsEveryMove(t *testing.T) {
	virtual(t, simulator.Config{Balance: 100_000}, func(t *testing.T, a api) {
		a.send("PREPAID_MOBILIS", "0600000001", 500, "a").want(t, 200, "")
		id := a.sim.Orders()[0].ID
		time.Sleep(time.Hour) // nobody asks meanwhile
		if err := a.sim.Deposit(1250); err != nil {
			t.Fatal(err)
		}
		r := a.get("/v3/account/transactions")
		r.want(t, 200, "")
		for i, want := range []string{
			"DEPOSIT + 12.5 from 1000 to 1012.5 for  at 2000-01-01T01:00:00.000Z",
			"REFUND-FLEXY + 480 from 520 to 1000 for " + id + " at 2000-01-01T00:00:15.000Z",
			"FLEXY - 480 from 1000 to 520 for " + id + " at 2000-01-01T00:00:00.000Z",
			"DEPOSIT + 1000 from 0 to 1000 for  at 2000-01-01T00:00:00.000Z",
		} {
			get := func(name string) string { return r.text("data", "items", i, name) }
			got := fmt.Sprintf("%s %s %s from %s to %s for %s at %s", get("type"), get("operation"), get("amount"),
				get("oldBalance"), get("newBalance"), get("objid"), get("time"))
			if got != want {
				t.Errorf("line %d: %s, want %s", i, got, want)
			}
		}
	})
}
