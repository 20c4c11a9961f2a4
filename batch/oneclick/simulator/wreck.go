package simulator

import (
	"bytes"
	"net"
	"net/http"
	"time"
)

// wreckage is a call that meets a fault. Its methods are what the classes of
// faults do.
type wreckage struct {
	w      http.ResponseWriter
	r      *http.Request
	honest answer        // what the call came to, if the provider acted
	other  bool          // which of two pages html shows
	slow   time.Duration // how long late and drip take
}

// reset ends the connection without an answer: with a TCP reset where there is
// TCP.
func (x wreckage) reset() {
	conn, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // a recorder, not a connection
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// silence says nothing until the client has left.
func (x wreckage) silence() {
	<-x.r.Context().Done()
	panic(http.ErrAbortHandler)
}

func (x wreckage) late() {
	rest(x.r, x.slow)
	x.honest.write(x.w)
}

// drip sends the answer in pieces, with pauses that add up to the slowness.
func (x wreckage) drip() {
	const pieces = 8
	b := x.honest.bytes()
	x.honest.head(x.w, len(b))
	for i := range pieces {
		rest(x.r, x.slow/pieces)
		x.send(b[len(b)*i/pieces : len(b)*(i+1)/pieces])
	}
}

// endless begins the answer well and never ends it.
func (x wreckage) endless() {
	b := x.honest.bytes()
	x.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	x.w.WriteHeader(x.honest.status)
	x.send(b[:len(b)-1])
	for blank := bytes.Repeat([]byte{' '}, 16<<10); x.send(blank) && x.r.Context().Err() == nil; {
	}
	panic(http.ErrAbortHandler)
}

// truncate announces the whole answer, sends half of it and ends the connection.
func (x wreckage) truncate() {
	b := x.honest.bytes()
	x.honest.head(x.w, len(b))
	x.send(b[:len(b)/2])
	panic(http.ErrAbortHandler)
}

// send puts bytes on the wire at once; false when nobody is there any more.
func (x wreckage) send(b []byte) bool {
	if _, err := x.w.Write(b); err != nil {
		return false
	}
	return http.NewResponseController(x.w).Flush() == nil
}

func (x wreckage) notJSON() { x.text(http.StatusOK, "application/json; charset=utf-8", "OK") }

func (x wreckage) otherShape() {
	a := succeed([]int{})
	a.write(x.w)
}

func (x wreckage) noSuccess() {
	e := x.honest.body.(envelope)
	e.Success = nil
	x.honest.body = e
	x.honest.write(x.w)
}

// otherRef gives the answer that another ref would have got. Where the answer
// names no ref (a refusal, a page), it stays as it is.
func (x wreckage) otherRef() {
	e := x.honest.body.(envelope)
	const id, ref = "65f1a0000000000000ffffff", "other-zzzzzzzzzzzzzzzzzzzz"
	switch d := e.Data.(type) {
	case sendData:
		d.TopupID, d.TopupRef = id, ref
		e.Data = d
	case orderData:
		d.ID, d.Ref = id, ref
		e.Data = d
	}
	x.honest.body = e
	x.honest.write(x.w)
}

func (x wreckage) successFalse() {
	a := fail(http.StatusOK, "ERROR", "Something went wrong", nil)
	a.write(x.w)
}

func (x wreckage) html() {
	status, title := http.StatusBadGateway, "502 Bad Gateway"
	if x.other {
		status, title = http.StatusForbidden, "403 Forbidden"
	}
	x.text(status, "text/html; charset=utf-8", "<!DOCTYPE html><html><head><title>"+title+"</title></head><body><h1>"+title+"</h1></body></html>")
}

// redirect names a host that cannot exist (RFC 6761).
func (x wreckage) redirect() {
	http.Redirect(x.w, x.r, "http://elsewhere.invalid"+x.r.URL.EscapedPath(), http.StatusTemporaryRedirect)
}

func (x wreckage) proxy404() { notRouted(x.r).write(x.w) }

func (x wreckage) error500() {
	fail(http.StatusInternalServerError, "INTERNAL_SERVER_ERROR", "An unexpected error occurred", nil).write(x.w)
}

func (x wreckage) error502() { x.text(http.StatusBadGateway, "text/plain", "Bad Gateway") }

func (x wreckage) error503() {
	fail(http.StatusServiceUnavailable, "SERVICE_UNAVAILABLE", "The service is not available now", nil).write(x.w)
}

func (x wreckage) error504() { x.text(http.StatusGatewayTimeout, "text/plain", "Gateway Timeout") }

func (x wreckage) authUnavailable() {
	a := fail(http.StatusServiceUnavailable, "AUTH_UNAVAILABLE", "The key could not be checked, try again", nil)
	a.retryAfter = 5
	a.write(x.w)
}

func (x wreckage) throttle() { throttled(1).write(x.w) }

func (x wreckage) throttleBare() { throttled(0).write(x.w) }

func (x wreckage) refuse() {
	fail(http.StatusBadRequest, "ERR_PHONE", "The phone number is not valid", nil).write(x.w)
}

// text is an answer that is not the provider's.
func (x wreckage) text(status int, contentType, body string) {
	x.w.Header().Set("Content-Type", contentType)
	x.w.WriteHeader(status)
	_, _ = x.w.Write([]byte(body))
}
