package simulator

import (
	"bytes"
	"net"
	"net/http"
	"time"
)

// damage is a call that meets a fault. Each of its methods is what one class of
// faults does to the answer.
type damage struct {
	w       http.ResponseWriter
	r       *http.Request
	correct response      // the answer without the fault, if the provider acted
	other   bool          // which of its two pages html shows
	slow    time.Duration // how long late and drip take

	earlier    response // an answer of the same endpoint to an earlier call, if there was one a moment ago
	otherOrder string   // the id of an order that somebody else may have made
}

// reset closes the connection without an answer. A TCP connection is closed with
// a reset.
func (d damage) reset() {
	conn, _, err := http.NewResponseController(d.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // the writer is a test's recorder, not a connection
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// silence sends nothing and waits until the client has left.
func (d damage) silence() {
	<-d.r.Context().Done()
	panic(http.ErrAbortHandler)
}

func (d damage) late() {
	pause(d.r, d.slow)
	d.correct.write(d.w)
}

// drip sends the answer in pieces, with pauses that add up to slow.
func (d damage) drip() {
	const pieces = 8
	b := d.correct.bytes()
	d.correct.head(d.w, len(b))
	for i := range pieces {
		pause(d.r, d.slow/pieces)
		d.send(b[len(b)*i/pieces : len(b)*(i+1)/pieces])
	}
}

// endless sends the answer without its last byte, then blanks for ever.
func (d damage) endless() {
	b := d.correct.bytes()
	d.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	d.w.WriteHeader(d.correct.status)
	d.send(b[:len(b)-1])
	for blank := bytes.Repeat([]byte{' '}, 16<<10); d.send(blank) && d.r.Context().Err() == nil; {
	}
	panic(http.ErrAbortHandler)
}

// truncate announces the length of the whole answer, sends half of it and closes
// the connection.
func (d damage) truncate() {
	b := d.correct.bytes()
	d.correct.head(d.w, len(b))
	d.send(b[:len(b)/2])
	panic(http.ErrAbortHandler)
}

// send writes bytes to the client at once. It returns false when the client has
// left.
func (d damage) send(b []byte) bool {
	if _, err := d.w.Write(b); err != nil {
		return false
	}
	return http.NewResponseController(d.w).Flush() == nil
}

func (d damage) notJSON() { d.text(http.StatusOK, "application/json; charset=utf-8", "OK") }

func (d damage) otherShape() {
	a := succeed([]int{})
	a.write(d.w)
}

func (d damage) noSuccess() {
	e := d.correct.body.(envelope)
	e.Success = nil
	d.correct.body = e
	d.correct.write(d.w)
}

// otherRef sends the answer that another ref would have got. An answer that
// names no ref, such as a refusal or a list, stays as it is.
func (d damage) otherRef() {
	e := d.correct.body.(envelope)
	const id, ref = "65f1a0000000000000ffffff", "other-zzzzzzzzzzzzzzzzzzzz"
	switch data := e.Data.(type) {
	case sendData:
		data.TopupID, data.TopupRef = id, ref
		e.Data = data
	case orderData:
		data.ID, data.Ref = id, ref
		e.Data = data
	}
	d.correct.body = e
	d.correct.write(d.w)
}

// repeat sends an earlier answer again, with its request id. At first there is none
// to repeat.
func (d damage) repeat() {
	if d.earlier.body == nil {
		d.error500()
		return
	}
	d.earlier.write(d.w)
}

// nameless leaves out of the answer everything that tells whose order it shows.
func (d damage) nameless() { d.withID(func(id string) string { return id }) }

// otherID does the same, and gives the id of another order.
func (d damage) otherID() { d.withID(func(string) string { return d.otherOrder }) }

// withID sends the answer with nothing but ids and statuses. An answer that shows no
// order, such as a refusal, stays as it is.
func (d damage) withID(change func(id string) string) {
	if e, ok := d.correct.body.(envelope); ok {
		switch data := e.Data.(type) {
		case sendData:
			e.Data = map[string]string{"topupId": change(data.TopupID)}
		case orderData:
			e.Data = map[string]string{"_id": change(data.ID), "status": data.Status}
		case pageData:
			items := []map[string]string{}
			for _, o := range data.Items.([]orderData) {
				items = append(items, map[string]string{"_id": change(o.ID), "status": o.Status})
			}
			e.Data = pageData{items, data.Pagination}
		}
		d.correct.body = e
	}
	d.correct.write(d.w)
}

func (d damage) noList() {
	if d.other {
		fail(http.StatusBadRequest, "ERR_VALIDATION", "The list is not available", nil).write(d.w)
		return
	}
	d.error500()
}

func (d damage) successFalse() {
	a := fail(http.StatusOK, "ERROR", "Something went wrong", nil)
	a.write(d.w)
}

func (d damage) html() {
	status, title := http.StatusBadGateway, "502 Bad Gateway"
	if d.other {
		status, title = http.StatusForbidden, "403 Forbidden"
	}
	d.text(status, "text/html; charset=utf-8", "<!DOCTYPE html><html><head><title>"+title+"</title></head><body><h1>"+title+"</h1></body></html>")
}

// redirect points to a host that cannot exist (RFC 6761).
func (d damage) redirect() {
	http.Redirect(d.w, d.r, "http://elsewhere.invalid"+d.r.URL.EscapedPath(), http.StatusTemporaryRedirect)
}

func (d damage) proxy404() { notRouted(d.r).write(d.w) }

func (d damage) error500() {
	fail(http.StatusInternalServerError, "INTERNAL_SERVER_ERROR", "An unexpected error occurred", nil).write(d.w)
}

func (d damage) error502() { d.text(http.StatusBadGateway, "text/plain", "Bad Gateway") }

func (d damage) error503() {
	fail(http.StatusServiceUnavailable, "SERVICE_UNAVAILABLE", "The service is not available now", nil).write(d.w)
}

func (d damage) error504() { d.text(http.StatusGatewayTimeout, "text/plain", "Gateway Timeout") }

func (d damage) authUnavailable() {
	a := fail(http.StatusServiceUnavailable, "AUTH_UNAVAILABLE", "The key could not be checked, try again", nil)
	a.retryAfter = 5
	a.write(d.w)
}

func (d damage) throttle() { throttled(1).write(d.w) }

func (d damage) throttleBare() { throttled(0).write(d.w) }

func (d damage) badAuth() {
	fail(http.StatusUnauthorized, "ERR_AUTH", "Authentication failed", map[string]int{"attemptsLeft": badTries - 1}).write(d.w)
}

func (d damage) addressNotAllowed() {
	fail(http.StatusForbidden, "IP_NOT_ALLOWED", "This address is not on the key's list", nil).write(d.w)
}

// text sends an answer that does not have the provider's form.
func (d damage) text(status int, contentType, body string) {
	d.w.Header().Set("Content-Type", contentType)
	d.w.WriteHeader(status)
	_, _ = d.w.Write([]byte(body))
}

func badPhone() response {
	return fail(http.StatusBadRequest, "ERR_PHONE", "The phone number is not valid", nil)
}

func insufficientBalance() response {
	return fail(http.StatusForbidden, "INSUFFICIENT_BALANCE", "The balance is not sufficient", nil)
}
