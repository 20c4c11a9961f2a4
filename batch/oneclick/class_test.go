package oneclick_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"flexybatch/batch"
)

// An answer, and what it means for money: as the answer to a send, then as the
// answer to a check of the ref. To add a case, add its two lines.
type meaning struct {
	name   string
	status int
	body   string
	send   string // "accepted" or the name of a class
	check  string // "found" or the name of a class
}

func meanings(t testing.TB) []meaning {
	const html = "<html><head><title>403 Forbidden</title></head></html>"
	g := func(name string) string { return golden(t, name) }
	swap := func(name, from, to string) string {
		s := strings.Replace(g(name), from, to, 1)
		if s == g(name) {
			t.Fatalf("%s holds no %s", name, from)
		}
		return s
	}
	sent := func(data string) string { return `{"success":true,"data":` + data + `}` }
	refused := func(code string) string { return `{"success":false,"error":{"code":"` + code + `","message":"no"}}` }
	return []meaning{
		// Taken.
		{"accepted", 200, g("send"),
			"accepted", "unknown"},
		{"accepted, the ref with a prefix", 200, g("send_prefixed"),
			"accepted", "unknown"},
		{"accepted, with 201", 201, g("send"),
			"accepted", "unknown"},
		{"accepted, nothing but the id", 200, sent(`{"topupId":"65f1a0000000000000000001"}`),
			"accepted", "unknown"},
		{"accepted, nulls", 200, `{"success":true,"data":{"topupId":"65f1a0000000000000000001","topupRef":null,"newBalance":null},"error":null,"meta":null,"requestId":null}`,
			"accepted", "unknown"},
		{"accepted, members nobody knows", 200, `{"Success":false,"success":true,"data":{"topupId":"65f1a0000000000000000001","x":[1,{"y":2}]},"z":0}`,
			"accepted", "unknown"},

		// Refused in the provider's own words.
		{"bad row", 400, g("error_err_validation"),
			"refused", "refused"},
		{"bad phone", 400, g("error_err_phone"),
			"refused", "refused"},
		{"no balance", 403, g("error_no_balance"),
			"no_balance", "no_balance"},
		{"no balance, the other code", 403, g("error_insufficient_balance"),
			"no_balance", "no_balance"},
		{"ref used before", 403, g("error_duplicated_ref"),
			"duplicate", "duplicate"},
		{"ref used before, with a hyphen", 403, refused("DUPLICATED-REF"),
			"duplicate", "duplicate"},
		{"no key", 401, g("error_missing_access_token"),
			"denied", "denied"},
		{"no key, with 400", 400, g("error_missing_access_token"),
			"denied", "denied"},
		{"bad key", 401, g("error_invalid_access_token"),
			"denied", "denied"},
		{"bad key, the other code", 401, g("error_err_auth"),
			"denied", "denied"},
		{"address blocked", 403, g("error_ip_blocked"),
			"denied", "denied"},
		{"address not allowed", 403, g("error_ip_not_allowed"),
			"denied", "denied"},
		{"API disabled", 403, g("error_api_disabled"),
			"denied", "denied"},
		{"too many calls", 429, g("error_rate_limit_exceeded"),
			"throttled", "throttled"},
		{"key could not be checked", 503, g("error_auth_unavailable"),
			"throttled", "throttled"},
		{"no such order", 404, g("error_not_found"),
			"unknown", "not_found"},

		// Sure by the status alone.
		{"401 of anybody", 401, html,
			"denied", "denied"},
		{"429 of anybody", 429, html,
			"throttled", "throttled"},
		{"429 without a body", 429, "",
			"throttled", "throttled"},

		// Refused by somebody, or in words nobody knows.
		{"a proxy's 403", 403, html,
			"unknown", "unknown"},
		{"a proxy's 407", 407, html,
			"unknown", "unknown"},
		{"the router's 404", 404, g("router_404"),
			"unknown", "unknown"},
		{"404 without a body", 404, "",
			"unknown", "unknown"},
		{"404 of another code", 404, refused("ROUTE_NOT_FOUND"),
			"unknown", "unknown"},
		{"NOT_FOUND with 400", 400, g("error_not_found"),
			"unknown", "unknown"},
		{"NOT_FOUND with 200", 200, g("error_not_found"),
			"unknown", "unknown"},
		{"NOT_FOUND with 500", 500, g("error_not_found"),
			"unknown", "unknown"},
		{"NOT_FOUND without an envelope", 404, `{"error":{"code":"NOT_FOUND","message":"none"}}`,
			"unknown", "unknown"},
		{"NOT_FOUND, success null", 404, swap("error_not_found", "false", "null"),
			"unknown", "unknown"},
		{"NOT_FOUND, success in quotes", 404, swap("error_not_found", "false", `"false"`),
			"unknown", "unknown"},
		{"NOT_FOUND and success", 404, swap("error_not_found", "false", "true"),
			"unknown", "unknown"},
		{"NOT_FOUND and more behind it", 404, g("error_not_found") + "{}",
			"unknown", "unknown"},
		{"NOT_FOUND in small letters", 404, refused("not_found"),
			"unknown", "unknown"},
		{"a code nobody documents", 422, refused("ERR_SOMETHING_NEW"),
			"unknown", "unknown"},
		{"a code with white space", 400, refused(" ERR_PHONE"),
			"unknown", "unknown"},
		{"a code that is a number", 400, `{"success":false,"error":{"code":400,"message":"no"}}`,
			"unknown", "unknown"},
		{"an error that is a text", 400, `{"success":false,"error":"ERR_PHONE"}`,
			"unknown", "unknown"},
		{"two codes", 400, `{"success":false,"error":{"code":"ERR_PHONE","code":"ERR_PHONE"}}`,
			"unknown", "unknown"},
		{"a refusal with 200", 200, g("error_err_phone"),
			"unknown", "unknown"},
		{"a refusal with 500", 500, g("error_err_phone"),
			"unknown", "unknown"},
		{"no balance, with 503", 503, g("error_no_balance"),
			"unknown", "unknown"},
		{"401 that says success", 401, g("send"),
			"unknown", "unknown"},
		{"429 that says success", 429, g("send"),
			"unknown", "unknown"},

		// Trouble on their side.
		{"500", 500, g("error_internal_server_error"),
			"unknown", "unknown"},
		{"503", 503, g("error_service_unavailable"),
			"unknown", "unknown"},
		{"AUTH_UNAVAILABLE with 500", 500, g("error_auth_unavailable"),
			"unknown", "unknown"},
		{"AUTH_UNAVAILABLE without an envelope", 503, `{"code":"AUTH_UNAVAILABLE"}`,
			"unknown", "unknown"},
		{"502 of a proxy", 502, html,
			"unknown", "unknown"},
		{"504 of a proxy", 504, "",
			"unknown", "unknown"},
		{"500 that says success", 500, g("send"),
			"unknown", "unknown"},
		{"a redirect", 302, "",
			"unknown", "unknown"},
		{"a redirect that says success", 307, g("send"),
			"unknown", "unknown"},

		// Success, and not understood.
		{"nothing", 200, "",
			"unknown", "unknown"},
		{"204", 204, "",
			"unknown", "unknown"},
		{"a page", 200, html,
			"unknown", "unknown"},
		{"cut short", 200, g("send")[:60],
			"unknown", "unknown"},
		{"more behind it", 200, g("send") + "x",
			"unknown", "unknown"},
		{"an array", 200, "[" + g("send") + "]",
			"unknown", "unknown"},
		{"no success", 200, `{"data":{"topupId":"65f1a0000000000000000001"}}`,
			"unknown", "unknown"},
		{"success false", 200, swap("send", "true", "false"),
			"unknown", "unknown"},
		{"success in quotes", 200, swap("send", "true", `"true"`),
			"unknown", "unknown"},
		{"success 1", 200, swap("send", "true", "1"),
			"unknown", "unknown"},
		{"Success", 200, swap("send", `"success"`, `"Success"`),
			"unknown", "unknown"},
		{"success twice", 200, swap("send", `"success": true`, `"success": true, "success": true`),
			"unknown", "unknown"},
		{"success twice, spelled with an escape", 200, swap("send", `"success": true`, `"success": true, "s\u0075ccess": false`),
			"unknown", "unknown"},
		{"success and an error", 200, swap("send", `"data"`, `"error":{"code":"ERR_PHONE"},"data"`),
			"unknown", "unknown"},
		{"data twice", 200, swap("send", `"data"`, `"data":{},"data"`),
			"unknown", "unknown"},
		{"data null", 200, sent("null"),
			"unknown", "unknown"},
		{"no topupId", 200, sent(`{"topupRef":"golden-aaaaaaaaaaaaaaaaaaaa"}`),
			"unknown", "unknown"},
		{"topupId empty", 200, sent(`{"topupId":""}`),
			"unknown", "unknown"},
		{"topupId a number", 200, sent(`{"topupId":12345}`),
			"unknown", "unknown"},
		{"topupId a sentence", 200, sent(`{"topupId":"will be given later"}`),
			"unknown", "unknown"},
		{"topupID", 200, swap("send", `"topupId"`, `"topupID"`),
			"unknown", "unknown"},
		{"topupId twice", 200, swap("send", `"topupId"`, `"topupId":"65f1a0000000000000000009","topupId"`),
			"unknown", "unknown"},
		{"one level off", 200, `{"success":true,"topupId":"65f1a0000000000000000001"}`,
			"unknown", "unknown"},
		{"another ref", 200, swap("send", "golden-aaaa", "golden-bbbb"),
			"unknown", "unknown"},
		{"another ref that begins like ours", 200, swap("send", "golden-aaaaaaaaaaaaaaaaaaaa", "golden-aaaaaaaaaaaaaaaaaaaaa"),
			"unknown", "unknown"},
		{"another ref that ends like ours", 200, swap("send", "golden-aaaa", "xgolden-aaaa"),
			"unknown", "unknown"},
		{"a ref that is a number", 200, sent(`{"topupId":"65f1a0000000000000000001","topupRef":7}`),
			"unknown", "unknown"},
		{"the key as the id", 200, sent(`{"topupId":"` + secret + `"}`),
			"unknown", "unknown"},

		// Found.
		{"pending", 200, g("check_pending"),
			"unknown", "found"},
		{"handling", 200, g("check_handling"),
			"unknown", "found"},
		{"fulfilled", 200, g("check_fulfilled"),
			"unknown", "found"},
		{"unknown error", 200, g("check_unknown_error"),
			"unknown", "found"},
		{"a word nobody knows", 200, swap("check_pending", "PENDING", "POSTPONED"),
			"unknown", "found"},
		{"found, the ref with a prefix", 200, swap("check_pending", "golden-", "API-acme-golden-"),
			"unknown", "found"},
		{"found, nothing but id and status", 200, sent(`{"id":"65f1a0000000000000000001","status":"PENDING"}`),
			"unknown", "found"},
		{"found, another order", 200, g("check_refunded"),
			"unknown", "unknown"},
		{"found, a ref that is null", 200, swap("check_pending", `"golden-aaaaaaaaaaaaaaaaaaaa"`, "null"),
			"unknown", "found"},
		{"found, a ref that is empty", 200, swap("check_pending", `"golden-aaaaaaaaaaaaaaaaaaaa"`, `""`),
			"unknown", "unknown"},
		{"found without an id", 200, swap("check_pending", `"_id"`, `"_ID"`),
			"unknown", "unknown"},
		{"found without a status", 200, swap("check_pending", `"status"`, `"Status"`),
			"unknown", "unknown"},
	}
}

func TestWhatAnswersMean(t *testing.T) {
	for _, m := range meanings(t) {
		t.Run(m.name, func(t *testing.T) {
			c := serve(t, say(m.status, m.body))
			receipt, err := c.Send(t.Context(), order)
			if got := classOf(err, "accepted"); got != m.send {
				t.Errorf("a send is %s, want %s: %v", got, m.send, err)
			}
			if (receipt.TopupID != "") != (err == nil) {
				t.Errorf("error %v with the receipt %+v", err, receipt)
			}
			_, err = c.CheckRef(t.Context(), order.Ref)
			if got := classOf(err, "found"); got != m.check {
				t.Errorf("a check is %s, want %s: %v", got, m.check, err)
			}
			checkStatus(t, err, m.status)
		})
	}
}

// classOf names what came of a call.
func classOf(err error, fine string) string {
	if err == nil {
		return fine
	}
	return batch.FaultOf(err).Class.String()
}

func checkStatus(t *testing.T, err error, status int) {
	t.Helper()
	if err != nil && batch.FaultOf(err).Status != status {
		t.Errorf("the fault says status %d, want %d", batch.FaultOf(err).Status, status)
	}
}

// A check by id is about that id, and the account's pages never say NOT_FOUND of
// an order.
func TestOtherQuestions(t *testing.T) {
	c := serve(t, say(200, golden(t, "check_pending")))
	if _, err := c.CheckID(t.Context(), orderID); err != nil {
		t.Error(err)
	}
	if _, err := c.CheckID(t.Context(), "65f1a0000000000000000002"); classOf(err, "found") != "unknown" {
		t.Errorf("a check-id that answers for another id: %v", err)
	}
	c = serve(t, say(404, golden(t, "error_not_found")))
	if _, err := c.CheckID(t.Context(), orderID); classOf(err, "found") != "not_found" {
		t.Errorf("check-id: %v", err)
	}
	for name, err := range everyOtherCall(t, c) {
		if got := classOf(err, "fine"); got != "unknown" {
			t.Errorf("%s: NOT_FOUND is %s", name, got)
		}
	}
	c = serve(t, say(200, `{"success":true,"data":{}}`))
	for name, err := range everyOtherCall(t, c) {
		if got := classOf(err, "fine"); got != "unknown" {
			t.Errorf("%s: an answer without its data is %s", name, got)
		}
	}
}

// everyOtherCall makes every call that is not about one order.
func everyOtherCall(t *testing.T, c interface {
	batch.Provider
	transactor
}) map[string]error {
	errs := map[string]error{}
	_, errs["account"] = c.Account(t.Context())
	_, errs["balance"] = c.Balance(t.Context())
	_, errs["plans"] = c.Plans(t.Context())
	_, errs["list"] = c.List(t.Context(), batch.ListQuery{Page: 1, PageSize: 100})
	_, _, errs["transactions"] = c.Transactions(t.Context(), batch.ListQuery{Page: 1, PageSize: 100})
	return errs
}

func TestRetryAfter(t *testing.T) {
	for _, c := range []struct{ header, date, want, pause string }{
		{"", "", "0s", "0s"},
		{"7", "", "7s", "7s"},
		{"0", "", "0s", "0s"},
		{"-5", "", "0s", "0s"},
		{"soon", "", "0s", "0s"},
		{"86400", "", "5m0s", "24h0m0s"},
		{"99999999999999999999999", "", "5m0s", "720h0m0s"},
		{"Mon, 23 Nov 2026 08:30:20 GMT", "Mon, 23 Nov 2026 08:30:00 GMT", "20s", "20s"},
		{"Mon, 23 Nov 2026 08:29:00 GMT", "Mon, 23 Nov 2026 08:30:00 GMT", "0s", "0s"},
		{"Tue, 24 Nov 2026 08:30:00 GMT", "Mon, 23 Nov 2026 08:30:00 GMT", "5m0s", "24h0m0s"},
	} {
		t.Run(c.header, func(t *testing.T) {
			client := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Retry-After", c.header)
				if c.date != "" {
					w.Header().Set("Date", c.date)
				}
				w.WriteHeader(http.StatusTooManyRequests)
			})
			_, err := client.Balance(t.Context())
			if got := batch.FaultOf(err).RetryAfter.String(); got != c.want {
				t.Errorf("Retry-After %q is %s, want %s", c.header, got, c.want)
			}
			if got := batch.FaultOf(err).Pause.String(); got != c.pause {
				t.Errorf("Retry-After %q asks for a pause of %s, want %s", c.header, got, c.pause)
			}
		})
	}
}

// A fault knows how many tries are left with a bad key, and a web page from an answer.
func TestFaultTellsMore(t *testing.T) {
	for _, c := range []struct {
		status     int
		kind, body string
		tries      int
		page       bool
	}{
		{401, "application/json", `{"success":false,"error":{"code":"ERR_AUTH","message":"no","details":{"attemptsLeft":4}}}`, 4, false},
		{401, "application/json", `{"success":false,"error":{"code":"ERR_AUTH","message":"no","details":{"attemptsLeft":"many"}}}`, 0, false},
		{401, "application/json", `{"success":false,"error":{"code":"ERR_AUTH","message":"no"}}`, 0, false},
		{400, "application/json", `{"success":false,"error":{"code":"ERR_PHONE","message":"no","details":{"attemptsLeft":4}}}`, 0, false},
		{200, "text/html; charset=utf-8", "<html>sign in</html>", 0, true},
		{200, "", "", 0, false},
	} {
		client := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", c.kind)
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.body))
		})
		_, err := client.Balance(t.Context())
		if f := batch.FaultOf(err); f.TriesLeft != c.tries || f.WebPage != c.page {
			t.Errorf("%d %s: %d tries, web page %t", c.status, c.body, f.TriesLeft, f.WebPage)
		}
	}
}

// The words of a refusal are on one short line, whatever form its details have.
func TestWordsOfARefusal(t *testing.T) {
	for _, c := range []struct{ details, want string }{
		{``, "HTTP 400 ERR_VALIDATION: bad row"},
		{`null`, "HTTP 400 ERR_VALIDATION: bad row"},
		{`{"MSSIDN":"must be a phone"}`, "HTTP 400 ERR_VALIDATION: bad row (MSSIDN: must be a phone)"},
		{`{"field":"amount","value":20}`, "HTTP 400 ERR_VALIDATION: bad row (field: amount, value: 20)"},
		{`["too small",{"field":"amount"}]`, "HTTP 400 ERR_VALIDATION: bad row (too small; field: amount)"},
		{`"two\nlines"`, "HTTP 400 ERR_VALIDATION: bad row (two lines)"},
		{`[[[[["deep"]]]]]`, "HTTP 400 ERR_VALIDATION: bad row"},
		{`"` + strings.Repeat("x", 5000) + `"`, "HTTP 400 ERR_VALIDATION: bad row (" + strings.Repeat("x", 290) + "…"},
	} {
		details := ""
		if c.details != "" {
			details = `,"details":` + c.details
		}
		client := serve(t, say(400, fmt.Sprintf(`{"success":false,"error":{"code":"ERR_VALIDATION","message":"bad row"%s}}`, details)))
		_, err := client.Send(t.Context(), order)
		if err.Error() != c.want {
			t.Errorf("details %.60s\n got %s\nwant %s", c.details, err, c.want)
		}
	}
	client := serve(t, say(404, golden(t, "router_404")))
	if _, err := client.Send(t.Context(), order); err.Error() != "HTTP 404 Route GET:/v3/nowhere not found" {
		t.Error(err)
	}
}
