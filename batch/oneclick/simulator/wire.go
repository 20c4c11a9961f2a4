package simulator

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// answer is what a call came to, before it goes on the wire.
type answer struct {
	status     int
	retryAfter int // seconds; 0: not said
	body       any // envelope or routerMiss
}

// envelope is around every answer but the router's own.
type envelope struct {
	Success   *bool    `json:"success,omitempty"` // nil only by the fault no-success
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

// routerMiss is the answer to a path that the router does not know.
type routerMiss struct {
	Message    string `json:"message"`
	Error      string `json:"error"`
	StatusCode int    `json:"statusCode"`
}

// notRouted is the router's own answer, without envelope (seen).
func notRouted(r *http.Request) answer {
	return answer{status: http.StatusNotFound, body: routerMiss{
		Message: fmt.Sprintf("Route %s:%s not found", r.Method, r.URL.Path), Error: "Not Found", StatusCode: http.StatusNotFound,
	}}
}

// succeed is a 200 with data.
func succeed(data any) answer {
	return answer{status: http.StatusOK, body: envelope{
		Success: new(true), Data: data, RequestID: requestID(),
		Meta: &meta{wireTime(time.Now().UnixNano())},
	}}
}

// fail is a refusal in the provider's envelope; details may be nil.
func fail(status int, code, message string, details any) answer {
	return answer{status: status, body: envelope{
		Success: new(false), Error: &failure{code, message, details}, RequestID: requestID(),
	}}
}

// requestID has no meaning but to be told from others.
func requestID() string { return fmt.Sprintf("req_%016x", rand.Uint64()) }

// bytes is the body as it goes on the wire.
func (a answer) bytes() []byte {
	b, err := json.Marshal(a.body)
	if err != nil {
		panic(err) // our own structs are always JSON
	}
	return b
}

// head writes the headers, for a body of that many bytes.
func (a answer) head(w http.ResponseWriter, length int) {
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

// write puts the answer on the wire. Whether it arrives is the client's affair.
func (a answer) write(w http.ResponseWriter) {
	b := a.bytes()
	a.head(w, len(b))
	_, _ = w.Write(b)
}

// dinars is money in centimes that goes on the wire as a number of dinars,
// written as JavaScript writes it: 480, 12.5, 496.25.
type dinars int64

// MarshalJSON is the number of dinars.
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

// wireTime is a time, in Unix nanoseconds, as the API writes it.
func wireTime(at int64) string {
	return time.Unix(0, at).UTC().Format("2006-01-02T15:04:05.000Z")
}
