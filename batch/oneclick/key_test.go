package oneclick_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
)

// However the key is held and printed, it does not show.
func TestKeyIsNeverPrinted(t *testing.T) {
	key := oneclick.NewKey(" " + secret + "\n")
	config := oneclick.Config{BaseURL: "http://localhost", Key: key}
	client := dial(t, config)
	for _, v := range []any{
		key, &key, config, &config, client, []oneclick.Key{key}, map[string]any{"key": key},
		struct{ key oneclick.Key }{key}, struct{ Config oneclick.Config }{config}, struct{ c *oneclick.Client }{client},
	} {
		var b bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			fmt.Fprintf(&b, verb+"\n", v)
		}
		if j, err := json.Marshal(v); err == nil {
			b.Write(j)
		}
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v)
		clean(t, fmt.Sprintf("%T", v), b.String())
	}
	if got := fmt.Sprintf("%v %s %q %#v %d", key, key, key, key, key); got != "[key] [key] [key] [key] [key]" {
		t.Error(got)
	}
	if text, err := key.MarshalText(); err != nil || string(text) != "[key]" || key.LogValue().String() != "[key]" || key.String() != "[key]" {
		t.Errorf("%s, %v", text, err)
	}
	if (oneclick.Key{}).Empty() != true || oneclick.NewKey(" \n").Empty() != true || key.Empty() {
		t.Error("Empty is wrong")
	}
}

// clean fails if the text holds the key, as it is or in hex or quoted.
func clean(t *testing.T, what, text string) {
	t.Helper()
	quoted, _ := json.Marshal(secret)
	for _, form := range []string{secret, secret[:20], fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), string(quoted), strconv.Quote(secret)} {
		if strings.Contains(text, form) {
			t.Errorf("%s shows the key: %s", what, text)
		}
	}
}

// A server that puts the key into everything it says cannot get it into what we
// say.
func TestEchoedKey(t *testing.T) {
	escaped := strings.ReplaceAll(secret, "/", `\/`)
	echo := `"` + strings.ReplaceAll(escaped, "+", `\u002b`) + `"`
	message := `"the key ` + escaped + ` is bad"`
	bodies := map[int][]string{
		400: {
			`{"success":false,"error":{"code":"ERR_VALIDATION","message":` + message + `,"details":{` + echo + `:[` + echo + `,{"k":` + echo + `}]}},"requestId":` + echo + `}`,
			`{"success":false,"error":{"code":` + echo + `}}`,
			`{"message":` + message + `}`,
			echo,
		},
		200: {
			`{"success":true,"data":{"username":` + echo + `,"apiKey":{"key":` + echo + `,"type":` + echo + `},"topupId":` + echo + `,"api":` + echo + `,"operators":{` + echo + `:` + echo + `}},"requestId":` + echo + `}`,
			`{"success":true,"data":{"_id":"65f1a0000000000000000001","id":` + echo + `,"status":` + echo + `,"plan_code":` + echo + `,"MSSIDN":` + echo + `,"refund_message":` + message + `,"suggested_offers":[{"typename":` + echo + `,"plan_code":` + echo + `}]}}`,
			`{"success":true,"data":{"dynamicPlans":[{"code":` + echo + `,"name":` + echo + `,"operator":` + echo + `}]}}`,
			`{"success":true,"data":{"items":[{"_id":"65f1a0000000000000000001","amount":1,"ref":` + echo + `,"type":` + echo + `,"status":"X","operation":` + echo + `,"objid":` + echo + `,"note":` + message + `}]}}`,
		},
	}
	for status, list := range bodies {
		for _, body := range list {
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Request-Id", r.Header.Get("X-Access-Token"))
				w.Header().Set("Content-Type", r.Header.Get("X-Access-Token"))
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			})
			said := everythingSaid(t, c)
			clean(t, body, said)
			if !strings.Contains(said, "[key]") {
				t.Errorf("%s: the test shows nothing: %s", body, said)
			}
		}
	}
}

// everythingSaid asks everything and prints whatever comes back.
func everythingSaid(t *testing.T, c *oneclick.Client) string {
	var b strings.Builder
	tell := func(v any, err error) {
		fmt.Fprintf(&b, "%v %+v %#v | %v %+v %#v\n", v, v, v, err, err, err)
		j, _ := json.Marshal([]any{v, err})
		b.Write(j)
		if f := batch.FaultOf(err); f != nil {
			fmt.Fprintf(&b, "%+v %v", *f, errors.Unwrap(f))
		}
	}
	account, err := c.Account(t.Context())
	tell(account, err)
	receipt, err := c.Send(t.Context(), order)
	tell(receipt, err)
	found, err := c.CheckRef(t.Context(), order.Ref)
	tell(found, err)
	found, err = c.CheckID(t.Context(), orderID)
	tell(found, err)
	page, err := c.List(t.Context(), batch.ListQuery{Page: 1, PageSize: 1})
	tell(page, err)
	plans, err := c.Plans(t.Context())
	tell(plans, err)
	items, _, err := c.Transactions(t.Context(), batch.ListQuery{Page: 1, PageSize: 1})
	tell(items, err)
	return b.String()
}

// net/http quotes what it cannot parse.
func TestEchoedKeyInAMalformedAnswer(t *testing.T) {
	c := dial(t, oneclick.Config{BaseURL: rawServer(t, answer("HTTP/1.1 "+secret+"\r\n\r\n"))})
	_, err := c.Send(t.Context(), order)
	clean(t, "error", fmt.Sprintf("%v %+v %#v", err, err, err))
	if !strings.Contains(err.Error(), "[key]") || classOf(err, "accepted") != "unknown" {
		t.Error(err)
	}
}

// A toy key that stands in ids and phones by chance does not break them.
func TestShortKey(t *testing.T) {
	s := httptest.NewServer(say(200, golden(t, "check_pending")))
	t.Cleanup(s.Close)
	c := dial(t, oneclick.Config{BaseURL: s.URL, Key: oneclick.NewKey("7")})
	got, err := c.CheckRef(t.Context(), order.Ref)
	if err != nil || got.Phone != string(order.Phone) || got.Ref != string(order.Ref) || got.Plan != order.Plan {
		t.Errorf("%+v, %v", got, err)
	}
}
