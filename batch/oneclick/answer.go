package oneclick

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"flexybatch/batch"
)

// reply is the provider's success, in its own envelope.
type reply struct {
	data      object
	status    int
	requestID string // of the envelope, else of the header X-Request-Id
}

// unclear is the fault of an answer that says success and not what it should.
func (r reply) unclear(what string) error {
	return &batch.Fault{Class: batch.ClassUnknown, Status: r.status, RequestID: r.requestID, Message: what}
}

// understand reads the envelope (API page, Basics).
func (a *answer) understand(q question, key Key) (reply, *batch.Fault) {
	envelope, broken := parseObject(a.body, key)
	success, own := envelope.flag("success")
	refusal, _ := envelope.object("error")
	data, whole := envelope.object("data")
	id := tidy(envelope.text("requestId"), mostID)
	if id == "" {
		id = a.headerID(key)
	}
	if a.status/100 == 2 && success && whole && !envelope.given("error") {
		return reply{data: data, status: a.status, requestID: id}, nil
	}
	code := ""
	if own && !success {
		code = refusal.text("code")
	}
	f := &batch.Fault{
		Class: classOf(a.status, code, success, q.order), Status: a.status, Code: tidy(code, mostID),
		Message: a.said(envelope, refusal, key), RequestID: id, Err: broken,
	}
	if f.Class == batch.ClassThrottled {
		f.RetryAfter = retryAfter(a.header)
	}
	return reply{}, f
}

// headerID is the request id that the headers give.
func (a *answer) headerID(key Key) string {
	return tidy(key.redact(a.header.Get("X-Request-Id")), mostID)
}

// classOf says what an answer that is no success means for money (money rule 2).
// code is the provider's, from its own envelope with success false, and empty
// otherwise; contradicts: the envelope says success all the same; order: one
// order was asked for. Whatever is not listed is of ClassUnknown.
func classOf(status int, code string, contradicts, order bool) batch.Class {
	switch {
	case contradicts:
		return batch.ClassUnknown
	case status == http.StatusTooManyRequests:
		return batch.ClassThrottled // whoever says it, the provider or what stands before it
	case status == http.StatusUnauthorized:
		// Likewise: by RFC 9110 the request has not been applied, and no proxy
		// says it of itself (that is 407).
		return batch.ClassDenied
	case status == http.StatusServiceUnavailable && code == "AUTH_UNAVAILABLE":
		return batch.ClassThrottled
	case status == http.StatusNotFound && code == "NOT_FOUND" && order:
		return batch.ClassNotFound
	case status/100 == 4:
		return refusals(code)
	}
	return batch.ClassUnknown
}

// refusals is what the documented codes mean: the provider decided not to act
// (API page, tables of POST /v3/mobile/send and GET /v3/validate). A code that
// is not documented says nothing about money.
func refusals(code string) batch.Class {
	switch code {
	case "ERR_VALIDATION", "ERR_PHONE":
		return batch.ClassRefused
	case "NO_BALANCE", "INSUFFICIENT_BALANCE":
		return batch.ClassNoBalance
	case "DUPLICATED_REF", "DUPLICATED-REF": // the hyphen was seen once
		return batch.ClassDuplicate
	case "MISSING_ACCESS_TOKEN", "INVALID_ACCESS_TOKEN", "ERR_AUTH", "IP_BLOCKED", "IP_NOT_ALLOWED", "API_DISABLED":
		return batch.ClassDenied
	}
	return batch.ClassUnknown
}

// The longest texts that are taken from an answer, in characters.
const (
	mostWords = 300
	mostID    = 100
)

// said is what an answer says in words, or what it is where it has none.
func (a *answer) said(envelope, refusal object, key Key) string {
	message, details := refusal.text("message"), fold(refusal.members["details"], key, 3)
	switch {
	case message != "" && details != "":
		message += " (" + details + ")"
	case message == "":
		message = details
	}
	if message == "" { // the router's form: {"message","error","statusCode"}
		message = envelope.text("message", "error")
	}
	if message == "" {
		message = "an answer that is not in the provider's own form"
		if kind := a.header.Get("Content-Type"); kind != "" {
			message += fmt.Sprintf(" (%d bytes of %s)", len(a.body), key.redact(kind))
		}
	}
	return tidy(message, mostWords)
}

// fold makes words of `details`, which come as {field: text}, {field, value}, an
// array, or not at all (API page), down to a depth.
func fold(v string, key Key, depth int) string {
	if v == "" || v == "null" || depth == 0 {
		return ""
	}
	var parts []string
	switch v[0] {
	case '"':
		return key.redact(unquote(v))
	case '[':
		list, _ := elements(v, mostWords) // more would be cut off anyway
		for _, item := range list {
			parts = append(parts, fold(item, key, depth-1))
		}
		return strings.Join(parts, "; ")
	case '{':
		o, _ := readObject(v, key)
		for _, name := range o.names {
			parts = append(parts, key.redact(name)+": "+fold(o.members[name], key, depth-1))
		}
		return strings.Join(parts, ", ")
	}
	return key.redact(v)
}

// tidy makes one line of a text, of at most so many characters.
func tidy(s string, most int) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// longestWait bounds what a Retry-After can ask for.
const longestWait = 5 * time.Minute

// retryAfter reads the header of that name: seconds, or a date, which is taken
// by the provider's own clock where the answer tells it.
func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if n, err := strconv.ParseUint(v, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(n, uint64(longestWait/time.Second))) * time.Second
	}
	until, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return min(max(until.Sub(now), 0), longestWait)
}
