package simulator

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Endpoint is one of the API's calls.
type Endpoint string

// The endpoints. EndpointNowhere is any path that the router does not know.
const (
	EndpointValidate     Endpoint = "validate"
	EndpointPing         Endpoint = "ping"
	EndpointBalance      Endpoint = "balance"
	EndpointTransactions Endpoint = "transactions"
	EndpointPlans        Endpoint = "plans"
	EndpointSend         Endpoint = "send"
	EndpointCheckRef     Endpoint = "check-ref"
	EndpointCheckID      Endpoint = "check-id"
	EndpointList         Endpoint = "list"
	EndpointNowhere      Endpoint = "nowhere"
)

// endpoints lists every endpoint.
var endpoints = []Endpoint{
	EndpointValidate, EndpointPing, EndpointBalance, EndpointTransactions, EndpointPlans,
	EndpointSend, EndpointCheckRef, EndpointCheckID, EndpointList, EndpointNowhere,
}

// call is a request after it was read.
type call struct {
	endpoint Endpoint
	argument string // the ref or id in the path
	query    url.Values
	key      Key
	late     bool // it is carried out some time after it came
	send     sendRequest
}

// route returns the endpoint of a request, and the ref or id in its path.
func route(r *http.Request) (e Endpoint, argument string) {
	path := r.URL.EscapedPath()
	switch r.Method + " " + path {
	case "GET /v3/validate":
		return EndpointValidate, ""
	case "GET /v3/ping":
		return EndpointPing, ""
	case "GET /v3/account/balance":
		return EndpointBalance, ""
	case "GET /v3/account/transactions":
		return EndpointTransactions, ""
	case "GET /v3/mobile/plans":
		return EndpointPlans, ""
	case "POST /v3/mobile/send":
		return EndpointSend, ""
	case "GET /v3/mobile/list":
		return EndpointList, ""
	}
	for prefix, e := range map[string]Endpoint{"/v3/mobile/check-ref/": EndpointCheckRef, "/v3/mobile/check-id/": EndpointCheckID} {
		rest, ok := strings.CutPrefix(path, prefix)
		argument, err := url.PathUnescape(rest)
		if ok && err == nil && rest != "" && r.Method == http.MethodGet && !strings.Contains(rest, "/") {
			return e, argument
		}
	}
	return EndpointNowhere, ""
}

// maxBody is the longest request body that is read. No call needs so much.
const maxBody = 1 << 20

// ServeHTTP answers a call of the API, or spoils the answer as Config.Faults
// says.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var c call
	c.endpoint, c.argument = route(r)
	s.calls[c.endpoint].Add(1)
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		invalid("The body could not be read", nil).write(w)
		return
	}
	pause(r, s.config.Latency)
	if c.endpoint == EndpointNowhere {
		notRouted(r).write(w)
		return
	}
	key, refused := s.access.admit(r)
	if refused != nil {
		refused.write(w)
		return
	}
	c.key, c.query = key, r.URL.Query()
	if c.endpoint == EndpointSend {
		c.send = readSend(body)
	}
	s.serve(w, r, c)
}

// serve answers a call that was admitted.
func (s *Simulator) serve(w http.ResponseWriter, r *http.Request, c call) {
	class, draw := s.fault(c)
	if class == nil || class.refusal != nil {
		answer := s.answer(c, class)
		s.remember(c.endpoint, answer)
		answer.write(w)
		return
	}
	broken := damage{w: w, r: r, other: draw.other, slow: s.config.Slow, earlier: s.earlierAnswer(c.endpoint), otherOrder: s.firstOrder()}
	switch {
	case class.late && c.send.problems == nil:
		s.postpone(c, draw.coin)
	case class.acts(draw.coin):
		broken.correct = s.handle(c)
	}
	class.spoil(broken)
}

// answer returns what the provider itself answers to a call: what a fault refuses it
// with, or what comes of it.
func (s *Simulator) answer(c call, class *FaultClass) response {
	if class != nil {
		return class.refusal()
	}
	return s.handle(c)
}

// handle does what a call asks for, and returns the answer.
func (s *Simulator) handle(c call) response {
	switch c.endpoint {
	case EndpointValidate:
		return validate(c.key)
	case EndpointPing:
		return s.ping()
	case EndpointBalance:
		return s.balance()
	case EndpointTransactions:
		return s.transactions(c)
	case EndpointPlans:
		return s.catalogue()
	case EndpointSend:
		return s.send(c)
	case EndpointCheckRef:
		return s.checkRef(c)
	case EndpointCheckID:
		return s.checkID(c)
	}
	return s.list(c)
}

// pause waits for d, or until the client leaves. The provider acts on the call
// all the same when the client has left.
func pause(r *http.Request, d time.Duration) {
	if d == 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	}
}
