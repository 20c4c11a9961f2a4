package oneclick_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
)

// transactor is what the client can do beyond a batch.Provider.
type transactor interface {
	Transactions(context.Context, batch.ListQuery) ([]oneclick.Transaction, int, error)
}

func money(c batch.Centimes) *batch.Centimes { return &c }

func price(t *testing.T, s string) batch.Price {
	p, err := batch.ParsePrice(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const requestID = "req_0123456789abcdef"

// What the vendor documents, read. Each case: the golden body, the request it
// answers, the call, and what the call gives.
func TestGoldenBodies(t *testing.T) {
	at := func(clock string) time.Time {
		v, err := time.Parse(time.RFC3339, "2026-11-23T"+clock+"Z")
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	type client = *oneclick.Client
	ctx := t.Context()
	pending := batch.RemoteOrder{
		ID: orderID, Ref: string(order.Ref), Status: "PENDING", Plan: order.Plan, Phone: string(order.Phone), Amount: order.Amount,
		Charged: money(496_25), Created: at("08:19:00"), RequestID: requestID,
	}
	with := func(status string, change func(*batch.RemoteOrder)) batch.RemoteOrder {
		s := pending
		s.Status = status
		if change != nil {
			change(&s)
		}
		return s
	}
	refunded := func(phone, message string) batch.RemoteOrder {
		return batch.RemoteOrder{
			ID: "65f1a0000000000000000002", Ref: "golden-bbbbbbbbbbbbbbbbbbbb", Status: "REFUNDED", Plan: "PREPAID_MOBILIS", Phone: phone,
			Amount: 500, Charged: money(0), Created: at("08:20:00"), Message: message, RequestID: requestID,
		}
	}
	offered := refunded("0600000002", "هذا العرض غير متوفر لهذا الرقم")
	offered.Offers = []batch.Offer{
		{Name: "MIX 500", Plan: "MIX500_MOBILIS", Amount: 500}, {Name: "MIX 1000", Plan: "MIX1000_MOBILIS", Amount: 1000},
	}
	plain := refunded("0600000001", "لم تتم العملية، يرجى التحقق من الرقم")
	unknown := with("UNKNOWN_ERROR", func(s *batch.RemoteOrder) {
		s.Phone, s.Plan, s.Charged = "0600000003", "PREPAID_MOBILIS", money(480_00)
	})
	check := func(c client) (any, error) { return c.CheckRef(ctx, order.Ref) }
	checkRefunded := func(c client) (any, error) { return c.CheckID(ctx, "65f1a0000000000000000002") }
	const checkRef, checkOther = "GET /v3/mobile/check-ref/golden-aaaaaaaaaaaaaaaaaaaa", "GET /v3/mobile/check-id/65f1a0000000000000000002"

	for _, g := range []struct {
		name, request string
		call          func(client) (any, error)
		want          any
	}{
		{"validate", "GET /v3/validate", func(c client) (any, error) {
			a, err := c.Account(ctx)
			a.Host = ""
			return a, err
		}, batch.Account{Username: "acme", Type: batch.Sandbox}},
		{"balance", "GET /v3/account/balance", func(c client) (any, error) { return c.Balance(ctx) }, batch.Centimes(1326_13)},
		{"send", "POST /v3/mobile/send", func(c client) (any, error) { return c.Send(ctx, order) },
			batch.Receipt{TopupID: orderID, Ref: string(order.Ref), Balance: money(1329_75), RequestID: requestID}},
		{"send_prefixed", "POST /v3/mobile/send", func(c client) (any, error) { return c.Send(ctx, order) },
			batch.Receipt{TopupID: orderID, Ref: "API-acme-" + string(order.Ref), RequestID: requestID}},
		{"check_pending", checkRef, check, pending},
		{"check_handling", checkRef, check, with("HANDLING", nil)},
		{"check_fulfilled", checkRef, check, with("FULFILLED", nil)},
		{"check_unknown_error", checkRef, check, unknown},
		{"check_refunded", checkOther, checkRefunded, plain},
		{"check_refunded_offers", checkOther, checkRefunded, offered},
		{"list", "GET /v3/mobile/list?from=2026-11-01T00%3A00%3A00Z&page=2&pageSize=100&to=2026-12-01T00%3A00%3A00Z", func(c client) (any, error) {
			return c.List(ctx, batch.ListQuery{Page: 2, PageSize: 100,
				From: time.Date(2026, 11, 1, 1, 0, 0, 0, time.FixedZone("CET", 3600)), To: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)})
		}, batch.Page{Items: []batch.RemoteOrder{plain, with("FULFILLED", nil)}, Pages: 1, Total: 2}},
		{"transactions", "GET /v3/account/transactions?page=1&pageSize=20", func(c client) (any, error) {
			items, pages, err := c.Transactions(ctx, batch.ListQuery{Page: 1, PageSize: 20, From: time.Now()})
			if pages != 1 {
				t.Errorf("%d pages", pages)
			}
			return items, err
		}, []oneclick.Transaction{
			{ID: "65f1a0000000000000000103", Type: "REFUND-FLEXY", Operation: "+", Amount: 480_00, Before: money(849_75), After: money(1329_75), Object: "65f1a0000000000000000002", Time: at("08:20:20")},
			{ID: "65f1a0000000000000000102", Type: "FLEXY", Operation: "-", Amount: 480_00, Before: money(1329_75), After: money(849_75), Object: "65f1a0000000000000000002", Time: at("08:20:00")},
			{ID: "65f1a0000000000000000101", Type: "FLEXY", Operation: "-", Amount: 496_25, Before: money(1826_00), After: money(1329_75), Object: orderID, Time: at("08:19:00")},
		}},
		{"plans", "GET /v3/mobile/plans", func(c client) (any, error) { return c.Plans(ctx) }, batch.Catalogue{
			{Code: "PREPAID_DJEZZY", Name: "📱 Djezzy | جازي", Operator: "Djezzy", Cost: price(t, "0.9925"), Enabled: true, Min: 100, Max: 10000},
			{Code: "PREPAID_MOBILIS", Name: "📱 Mobilis | موبيليس", Operator: "Mobilis", Cost: price(t, "0.96"), Enabled: true, Min: 40, Max: 3999},
			{Code: "PREPAID_OOREDOO", Name: "📱 Ooredoo | أوريدو", Operator: "Ooredoo", Cost: price(t, "0.98"), Enabled: true, Min: 50, Max: 5000},
			{Code: "GROS_MOBILIS", Name: "Mobilis GROS", Operator: "GMobilis", Enabled: true, Min: 5000, Max: 300000},
			{Code: "FACTURE_DJEZZY", Name: "Djezzy facture", Operator: "Djezzy", Cost: price(t, "0.9925"), Min: 100, Max: 10000},
			{Code: "GETMENU_MOBILIS", Name: "Mobilis menu", Operator: "Mobilis", Cost: price(t, "0.96"), Enabled: true, Min: 40, Max: 3999},
			{Code: "MIX500_MOBILIS", Name: "Mobilis MIX 500", Operator: "Mobilis", Cost: price(t, "0.96"), Enabled: true, Fixed: true, Amount: 500},
			{Code: "MIX1000_OOREDOO", Name: "Ooredoo MIX 1000", Operator: "Ooredoo", Cost: price(t, "0.98"), Enabled: true, Fixed: true, Amount: 1000},
			{Code: "PIXX_500", Name: "PixX 500", Operator: "Pixx", Cost: price(t, "0.97"), Enabled: true, Fixed: true, Amount: 500},
		}},
	} {
		t.Run(g.name, func(t *testing.T) {
			var request string
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				request = r.Method + " " + r.RequestURI
				say(200, golden(t, g.name))(w, r)
			})
			got, err := g.call(c)
			if err != nil {
				t.Fatal(err)
			}
			if request != g.request {
				t.Errorf("asked %s, want %s", request, g.request)
			}
			if diff := cmp.Diff(g.want, got, cmp.AllowUnexported(batch.Price{})); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// Every golden error keeps its code and its request id; no golden body is left
// without a test.
func TestGoldenErrors(t *testing.T) {
	files, err := os.ReadDir("testdata/golden")
	if err != nil {
		t.Fatal(err)
	}
	errors := 0
	for _, f := range files {
		code, ok := strings.CutPrefix(strings.TrimSuffix(f.Name(), ".json"), "error_")
		if !ok {
			continue
		}
		errors++
		c := serve(t, say(400, golden(t, "error_"+code)))
		_, err := c.Send(t.Context(), order)
		if f := batch.FaultOf(err); f.Code != strings.ToUpper(code) || f.RequestID != requestID || f.Message.IsZero() {
			t.Errorf("%s: %+v", code, f)
		}
	}
	if errors != 16 {
		t.Errorf("%d golden errors, want 16", errors)
	}
}

// A send is exactly this on the wire: the amount a whole number, the phone a
// text, and no header on whose word net/http would send it again.
func TestSendOnTheWire(t *testing.T) {
	var header http.Header
	var body string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		header, body = r.Header, string(b)
		w.Header().Set("X-Request-Id", "from-the-header")
		say(200, `{"success":true,"data":{"topupId":"65f1a0000000000000000001"}}`)(w, r)
	})
	receipt, err := c.Send(t.Context(), order)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"plan_code":"PREPAID_DJEZZY","MSSIDN":"0770000003","amount":500,"ref":"golden-aaaaaaaaaaaaaaaaaaaa"}`; body != want {
		t.Errorf("sent %s\nwant %s", body, want)
	}
	want := http.Header{
		"Accept": {"application/json"}, "Content-Type": {"application/json"}, "Content-Length": {"101"}, "X-Access-Token": {secret},
	}
	if diff := cmp.Diff(want, header); diff != "" {
		t.Errorf("headers -want +got\n%s", diff)
	}
	if receipt.RequestID != "from-the-header" {
		t.Errorf("request id %q", receipt.RequestID)
	}
}

// Two spellings of a name, two ways to write a number.
func TestSpellings(t *testing.T) {
	for _, body := range []string{
		`{"_id":"65f1a0000000000000000001","status":"PENDING","MSSIDN":"0770000003","topup_amount":500,"balance_amount":496.25}`,
		`{"id":"65f1a0000000000000000001","status":"PENDING","MSISDN":"0770000003","topup_amount":"500","balance_amount":"496.25"}`,
		`{"_id":null,"id":"65f1a0000000000000000001","status":"PENDING","MSSIDN":"0770000003","topup_amount":500.0,"balance_amount":4.9625e2}`,
	} {
		c := serve(t, say(200, `{"success":true,"data":`+body+`}`))
		s, err := c.CheckID(t.Context(), orderID)
		if err != nil || s.ID != orderID || s.Phone != "0770000003" || s.Amount != 500 || s.Charged == nil || *s.Charged != 496_25 {
			t.Errorf("%s\nis %+v, %v", body, s, err)
		}
	}
	for _, amount := range []string{`null`, `500.5`, `"many"`, `1e40`, `true`, `[500]`, `""`} {
		c := serve(t, say(200, `{"success":true,"data":{"_id":"65f1a0000000000000000001","status":"PENDING","topup_amount":`+amount+`}}`))
		if s, err := c.CheckID(t.Context(), orderID); err != nil || s.Amount != 0 {
			t.Errorf("amount %s is %d, %v", amount, s.Amount, err)
		}
	}
}
