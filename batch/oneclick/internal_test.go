package oneclick

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"

	"flexybatch/batch"
)

// What net/http would need to send a POST again by itself is not there; a lookup
// may be repeated.
func TestRequestsThatNetHTTPCannotRepeat(t *testing.T) {
	p := newProxied(Config{}, &url.URL{Scheme: "https", Host: "api.oneclickdz.com"}, nil)
	req, err := p.request(t.Context(), NewKey("0123456789abcdef"), call{method: http.MethodPost, path: "/mobile/send", body: []byte("{}")})
	if err != nil {
		t.Fatal(err)
	}
	if req.GetBody != nil || req.Body == nil || req.ContentLength != 2 {
		t.Errorf("GetBody %v, %d bytes", req.GetBody != nil, req.ContentLength)
	}
	for name := range req.Header {
		switch name {
		case "X-Access-Token", "Content-Type", "Accept", "User-Agent":
		default:
			t.Errorf("header %s", name)
		}
	}
}

func TestStrictObjects(t *testing.T) {
	for body, want := range map[string]bool{
		`{}`: true, ` {"a":1} `: true, `{"a":1,"A":2}`: true, `{"a":{"b":1,"b":2}}`: true,
		``: false, `null`: false, `[]`: false, `"{}"`: false, `{"a":1}{}`: false, `{"a":1},`: false, `{"a":1}x`: false,
		`{"a":1,"a":1}`: false, `{"a":1,"\u0061":1}`: false, `{"a":}`: false, `{'a':1}`: false, `{"a":1`: false, `{"a":01}`: false, "\ufeff{}": false,
	} {
		_, err := parseObject([]byte(body), Key{})
		if (err == nil) != want || err != nil && !errors.Is(err, errNotObject) {
			t.Errorf("%q: %v", body, err)
		}
	}
	// What stands below is read when it is asked for, as strictly.
	o, err := parseObject([]byte(`{"a":{"b":1,"b":2},"list":[{"b":1},{"b":1,"b":2},null]}`), Key{})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := o.object("a"); ok {
		t.Error("an object with a name twice was read")
	}
	list, n, ok := o.objects("list")
	var seen []bool
	for item := range list {
		seen = append(seen, item.count("b") == 1)
	}
	if want := []bool{true, false, false}; !ok || n != 3 || !slices.Equal(seen, want) {
		t.Errorf("%v, %d: %v", ok, n, seen)
	}
}

// A proxy that refuses the tunnel has passed nothing on.
func TestProxyThatRefusesTheTunnel(t *testing.T) {
	asked := ""
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Method + " " + r.Host + r.Header.Get("X-Access-Token")
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	c, err := New(Config{BaseURL: "https://api.invalid", Key: NewKey("0123456789abcdef")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	u, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	c.carrier = newProxied(Config{Connections: 8}, c.base, http.ProxyURL(u))
	_, err = c.Send(t.Context(), batch.Order{})
	if f := batch.FaultOf(err); f.Class != batch.ClassUnreached {
		t.Errorf("%s: %v", f.Class, err)
	}
	if asked != "CONNECT api.invalid:443" {
		t.Errorf("the proxy was asked %q", asked)
	}
}

// A proxy that wants a password says so, whatever is behind it.
func TestProxyPassword(t *testing.T) {
	for status, want := range map[int]error{http.StatusProxyAuthRequired: ErrProxyPassword, http.StatusOK: nil, http.StatusForbidden: nil} {
		if err := proxyAnswer(t.Context(), nil, nil, &http.Response{StatusCode: status}); !errors.Is(err, want) {
			t.Errorf("%d: %v", status, err)
		}
	}
}
