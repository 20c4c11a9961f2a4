package simulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"flexybatch/batch/oneclick/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// api is a client of a simulator behind a real socket, without any of our
// client's code: what it sees is what is on the wire.
type api struct {
	t      testing.TB
	sim    *simulator.Simulator
	base   string
	key    string
	client *http.Client
}

// start serves a simulator on a loopback port until the test ends.
func start(t testing.TB, c simulator.Config) api {
	t.Helper()
	sim := open(t, c)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return api{t, sim, server.URL, simulator.DefaultKey, client}
}

func open(t testing.TB, c simulator.Config) *simulator.Simulator {
	t.Helper()
	sim, err := simulator.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	return sim
}

// longest is how much of an answer is read.
const longest = 512 << 10

// reply is an answer as it came.
type reply struct {
	status int
	header http.Header
	body   []byte
	object map[string]any // the body, if it is a JSON object; numbers are json.Number
}

// try makes a call that may fail.
func (a api) try(method, path, body string) (reply, error) {
	req, err := http.NewRequestWithContext(a.t.Context(), method, a.base+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	req.GetBody = nil // net/http must not repeat what was reset
	req.Header.Set("Content-Type", "application/json")
	if a.key != "" {
		req.Header.Set("X-Access-Token", a.key)
	}
	res, err := a.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	r := reply{status: res.StatusCode, header: res.Header}
	r.body, err = io.ReadAll(io.LimitReader(res.Body, longest))
	d := json.NewDecoder(bytes.NewReader(r.body))
	d.UseNumber()
	if d.Decode(&r.object) != nil {
		r.object = nil
	}
	return r, err
}

// call makes a call that must be answered.
func (a api) call(method, path, body string) reply {
	a.t.Helper()
	r, err := a.try(method, path, body)
	if err != nil {
		a.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

func (a api) get(path string) reply { a.t.Helper(); return a.call("GET", path, "") }

// post sends a body that need not make sense.
func (a api) post(body string) reply { a.t.Helper(); return a.call("POST", "/v3/mobile/send", body) }

// send sends an order.
func (a api) send(plan, phone string, amount int, ref string) reply {
	a.t.Helper()
	return a.post(order(plan, phone, amount, ref))
}

// order is the body of a send.
func order(plan, phone string, amount int, ref string) string {
	return fmt.Sprintf(`{"plan_code":%q,"MSSIDN":%q,"amount":%d,"ref":%q}`, plan, phone, amount, ref)
}

// at digs a value out of the answer; nil if there is none. A number in the path
// is an index.
func (r reply) at(path ...any) any {
	var v any = r.object
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

// text is the value as text: "<nil>" where there is none.
func (r reply) text(path ...any) string { return fmt.Sprint(r.at(path...)) }

// want checks status and error code; the code of a success is "".
func (r reply) want(t testing.TB, status int, code string) {
	t.Helper()
	got, _ := r.at("error", "code").(string)
	if r.status != status || got != code || r.at("success") != (code == "") {
		t.Errorf("got %d %s, want %d %q", r.status, r.body, status, code)
	}
}
