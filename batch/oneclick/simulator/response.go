package simulator

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// response is the answer to a call, before it is written to the wire.
type response struct {
	status     int
	retryAfter int // seconds; 0: not said
	body       any // envelope or routerMiss
}

// envelope encloses every answer except the router's own.
type envelope struct {
	Success   *bool    `json:"success,omitempty"` // nil only in FaultNoSuccess
	Data      any      `json:"data,omitempty"`
	Error     *failure `json:"error,omitempty"`
	Meta      *meta    `json:"meta,omitempty"`
	RequestID string   `json:"requestId,omitempty"`
}

type meta struct {
	Timestamp string `json:"timestamp"`
}

type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Details any    `json:"details,omitempty"`
}

// routerMiss is the body of the answer to a path that the router does not know.
type routerMiss struct {
	Message    string `json:"message"`
	Error      string `json:"error"`
	StatusCode int    `json:"statusCode"`
}

// notRouted returns the router's own answer, which has no envelope (seen).
func notRouted(r *http.Request) response {
	return response{status: http.StatusNotFound, body: routerMiss{
		Message: fmt.Sprintf("Route %s:%s not found", r.Method, r.URL.Path), Error: "Not Found", StatusCode: http.StatusNotFound,
	}}
}

// succeed returns a 200 with data in the envelope.
func succeed(data any) response {
	return response{status: http.StatusOK, body: envelope{
		Success: new(true), Data: data, RequestID: requestID(),
		Meta: &meta{wireTime(time.Now().UnixNano())},
	}}
}

// fail returns a refusal in the provider's envelope; details may be nil.
func fail(status int, code, message string, details any) response {
	return response{status: status, body: envelope{
		Success: new(false), Error: &failure{code, message, details}, RequestID: requestID(),
	}}
}

// requestID returns an id that no other answer has.
func requestID() string { return fmt.Sprintf("req_%016x", rand.Uint64()) }

// bytes returns the body as it goes on the wire.
func (a response) bytes() []byte {
	b, err := json.Marshal(a.body)
	if err != nil {
		panic(err) // our own structs are always JSON
	}
	return b
}

// head writes the status and the headers for a body of this length.
func (a response) head(w http.ResponseWriter, length int) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(length))
	if a.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(a.retryAfter))
	}
	if e, ok := a.body.(envelope); ok && e.RequestID != "" {
		h.Set("X-Request-Id", e.RequestID)
	}
	w.WriteHeader(a.status)
}

// write writes the answer. A client that has left is no concern of the
// provider's, so write errors are ignored.
func (a response) write(w http.ResponseWriter) {
	b := a.bytes()
	a.head(w, len(b))
	_, _ = w.Write(b)
}

// dinars is an amount in centimes that is written to the wire as a number of
// dinars, in the form that JavaScript gives it: 480, 12.5, 496.25.
type dinars int64

// MarshalJSON writes the number of dinars.
func (d dinars) MarshalJSON() ([]byte, error) {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	switch {
	case d%100 == 0:
		return fmt.Appendf(nil, "%s%d", sign, d/100), nil
	case d%10 == 0:
		return fmt.Appendf(nil, "%s%d.%d", sign, d/100, d%100/10), nil
	}
	return fmt.Appendf(nil, "%s%d.%02d", sign, d/100, d%100), nil
}

// wireTime formats a time in Unix nanoseconds as the API writes it.
func wireTime(at int64) string {
	return time.Unix(0, at).UTC().Format("2006-01-02T15:04:05.000Z")
}
