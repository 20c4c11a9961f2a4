package oneclick

import (
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"flexybatch/batch"
)

// result is the data of an answer that says success in the provider's own
// envelope.
type result struct {
	data      object
	status    int
	requestID string // from the envelope, or else from the header X-Request-Id
}

// unclear returns the fault of an answer that says success but does not hold
// what it should.
func (r result) unclear(what batch.Message) error {
	return &batch.Fault{Class: batch.ClassUnknown, Status: r.status, RequestID: r.requestID, Message: what}
}

// parse reads the envelope (API page, Basics). It returns a fault unless the
// answer says success.
func (a *response) parse(q call, key Key) (result, *batch.Fault) {
	envelope, broken := parseObject(a.body, key)
	success, envelopeSaid := envelope.flag("success")
	refusal, _ := envelope.object("error")
	data, whole := envelope.object("data")
	id := oneLine(envelope.text("requestId"), longestName)
	if id == "" {
		id = a.headerID(key)
	}
	if a.status/100 == 2 && success && whole && !envelope.given("error") {
		return result{data: data, status: a.status, requestID: id}, nil
	}
	code := ""
	if envelopeSaid && !success {
		code = refusal.text("code")
	}
	f := &batch.Fault{
		Class: classOf(a.status, code, success, q.order), Status: a.status, Code: oneLine(code, longestName),
		Message: a.words(envelope, refusal, key), RequestID: id, Err: broken, WebPage: a.webPage(),
	}
	switch f.Class {
	case batch.ClassThrottled:
		f.Pause = retryAfter(a.header())
		f.RetryAfter = min(f.Pause, longestWait)
	case batch.ClassDenied:
		details, _ := refusal.object("details")
		f.TriesLeft = details.count("attemptsLeft")
	}
	return result{}, f
}

// webPage reports whether a web page answers, such as a network's sign-in page.
func (a *response) webPage() bool {
	kind, _, err := mime.ParseMediaType(a.header().Get("Content-Type"))
	return err == nil && kind == "text/html"
}

// headerID returns the request id that the headers give.
func (a *response) headerID(key Key) string {
	return oneLine(key.redact(a.header().Get("X-Request-Id")), longestName)
}

// classOf returns what an answer that is not a success means for money (money
// rule 2). code is the provider's error code, or empty where the answer is not
// in the provider's own envelope with success false. contradicts means that the
// envelope says success all the same. order means that the call asked for one
// order. Whatever is not listed is of ClassUnknown.
func classOf(status int, code string, contradicts, order bool) batch.Class {
	switch {
	case contradicts:
		return batch.ClassUnknown
	case status == http.StatusTooManyRequests:
		return batch.ClassThrottled // also without envelope, from a proxy in front of the provider
	case status == http.StatusUnauthorized:
		// Also without envelope: by RFC 9110 the request was not applied, and a
		// proxy that wants its own credentials says 407.
		return batch.ClassDenied
	case status == http.StatusServiceUnavailable && code == "AUTH_UNAVAILABLE":
		return batch.ClassThrottled
	case status == http.StatusNotFound && code == "NOT_FOUND" && order:
		return batch.ClassNotFound
	case status/100 == 4:
		return classOfRefusal(code)
	}
	return batch.ClassUnknown
}

// classOfRefusal returns what a documented error code means: the provider
// decided not to act (API page, tables of POST /v3/mobile/send and GET
// /v3/validate). A code that is not documented says nothing about money.
func classOfRefusal(code string) batch.Class {
	switch code {
	case "ERR_VALIDATION", "ERR_PHONE":
		return batch.ClassRefused
	case "NO_BALANCE", "INSUFFICIENT_BALANCE":
		return batch.ClassNoBalance
	case "DUPLICATED_REF", "DUPLICATED-REF": // the spelling with a hyphen was seen once
		return batch.ClassDuplicate
	case "MISSING_ACCESS_TOKEN", "INVALID_ACCESS_TOKEN", "ERR_AUTH", "IP_BLOCKED", "IP_NOT_ALLOWED", "API_DISABLED":
		return batch.ClassDenied
	}
	return batch.ClassUnknown
}

// The longest texts and names that are kept from an answer, in characters.
const (
	longestText = 300
	longestName = 100
)

// words returns what an answer says in words, or a description of the answer if
// it holds none.
func (a *response) words(envelope, refusal object, key Key) batch.Message {
	message, details := refusal.text("message"), describe(refusal.member("details"), key, 3)
	switch {
	case message != "" && details != "":
		message += " (" + details + ")"
	case message == "":
		message = details
	}
	if message == "" { // the router's own form: {"message","error","statusCode"}
		message = envelope.text("message", "error")
	}
	if message == "" {
		return a.described(key)
	}
	return batch.Literal(oneLine(message, longestText))
}

// described describes an answer that says nothing in words.
func (a *response) described(key Key) batch.Message {
	kind := oneLine(key.redact(a.header().Get("Content-Type")), longestName)
	if kind == "" {
		return batch.Msg("an answer that is not in the provider's own form")
	}
	return batch.Msg("an answer that is not in the provider's own form (%d bytes of %s)", len(a.body), kind)
}

// describe puts `details` into words, down to a depth of nesting. They come as
// {field: text}, as {field, value}, as an array, or not at all (API page).
func describe(v string, key Key, depth int) string {
	if v == "" || v == "null" || depth == 0 {
		return ""
	}
	var parts []string
	switch v[0] {
	case '"':
		return key.redact(unquote(v))
	case '[':
		list, _ := elements(v, longestText) // more would be cut off anyway
		for _, item := range list {
			parts = append(parts, describe(item, key, depth-1))
		}
		return strings.Join(parts, "; ")
	case '{':
		o, _ := readObject(v, key)
		for _, m := range o.members {
			parts = append(parts, key.redact(m.name)+": "+describe(m.value, key, depth-1))
		}
		return strings.Join(parts, ", ")
	}
	return key.redact(v)
}

// oneLine puts a text on one line and cuts it to at most limit characters.
func oneLine(s string, limit int) string {
	if isLine(s, limit) {
		return s
	}
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if r := []rune(s); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return s
}

// isLine reports whether s is short, and a word of plain letters and signs or several
// with one space between each two, as nearly all texts are.
func isLine(s string, limit int) bool {
	if len(s) > limit {
		return false
	}
	before := byte(' ')
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' || c == ' ' && before == ' ' {
			return false
		}
		before = c
	}
	return before != ' ' || s == ""
}

// longestWait is the longest pause of a Retry-After that is waited for; what asks for
// more than longestPause is taken for that.
const (
	longestWait  = 5 * time.Minute
	longestPause = 30 * 24 * time.Hour
)

// retryAfter reads the Retry-After header, which holds seconds or a date. A date
// is compared with the provider's own clock if the answer gives it.
func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if n, err := strconv.ParseUint(v, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(n, uint64(longestPause/time.Second))) * time.Second
	}
	until, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return min(max(until.Sub(now), 0), longestPause)
}
