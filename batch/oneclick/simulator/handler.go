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

// endpoints is all of them.
var endpoints = []Endpoint{
	EndpointValidate, EndpointPing, EndpointBalance, EndpointTransactions, EndpointPlans,
	EndpointSend, EndpointCheckRef, EndpointCheckID, EndpointList, EndpointNowhere,
}

// call is a request that was read.
type call struct {
	endpoint Endpoint
	argument string // the ref or id in the path
	query    url.Values
	key      Key
	send     sendRequest
}

// route finds the endpoint of a request, and what stands at the path's end.
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

// maxBody is more than any call needs.
const maxBody = 1 << 20

// ServeHTTP answers a call of the API, or fails to, as Config.Faults wants it.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var c call
	c.endpoint, c.argument = route(r)
	s.calls[c.endpoint].Add(1)
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		invalid("The body could not be read", nil).write(w)
		return
	}
	rest(r, s.config.Latency)
	if c.endpoint == EndpointNowhere {
		notRouted(r).write(w)
		return
	}
	key, refused := s.gate.admit(r)
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
	class, luck := s.fault(c)
	if class == nil {
		s.act(c).write(w)
		return
	}
	wreck := wreckage{w: w, r: r, other: luck.other, slow: s.config.Slow}
	if class.acts(luck.coin) {
		wreck.honest = s.act(c)
	}
	class.carryOut(wreck)
}

// act does what is asked.
func (s *Simulator) act(c call) answer {
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

// rest waits, unless the client leaves. That it left does not keep the provider
// from acting.
func rest(r *http.Request, d time.Duration) {
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
