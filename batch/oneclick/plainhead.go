package oneclick

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/textproto"
	"strconv"
)

// plainHead is the head of an answer in the form that nearly all have: HTTP/1.1 on a
// connection that goes on, with a body of a stated length, and nothing that is unusual
// or that may be read in two ways. Reading it takes a fraction of the time that net/http
// needs, which reads all others from their first byte on.
type plainHead struct {
	status int
	header []byte // the fields, and the empty line behind them; valid until more is read
	length int    // of the body, in bytes
}

// readPlainHead reads a head of that form, of what has come. If it is another, or is not
// there as a whole, or its body is longer than limit, ok is false and nothing was taken
// from the reader.
func readPlainHead(in *bufio.Reader, limit int64) (h plainHead, ok bool) {
	text, err := in.Peek(in.Buffered())
	if err != nil {
		return h, false
	}
	head, _, whole := bytes.Cut(text, []byte("\r\n\r\n"))
	line, fields, _ := bytes.Cut(head, []byte("\r\n"))
	if !whole || !h.readStatus(line) || !h.readFields(fields, limit) {
		return h, false
	}
	size := len(head) + len("\r\n\r\n")
	h.header = text[len(line)+len("\r\n") : size]
	_, err = in.Discard(size)
	return h, err == nil
}

// readStatus reads the status line, unless it says that no body follows or that this is
// not the last answer.
func (h *plainHead) readStatus(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("HTTP/1.1 "))
	if !ok || len(rest) < 3 || len(rest) > 3 && rest[3] != ' ' || !within(rest, ' ') {
		return false
	}
	n, err := strconv.ParseUint(string(rest[:3]), 10, 16)
	h.status = int(n)
	return err == nil && n >= 200 && n != http.StatusNoContent && n != http.StatusNotModified
}

// readFields reads the fields, if they state the body's length and nothing else about
// how the answer is to be read.
func (h *plainHead) readFields(fields []byte, limit int64) bool {
	stated := false
	for field := range bytes.SplitSeq(fields, []byte("\r\n")) {
		name, value, found := bytes.Cut(field, []byte(": "))
		if !found || !isWord(name) || !within(value, ' ') {
			return false
		}
		switch {
		case is(name, "Content-Length"):
			n, err := strconv.ParseUint(string(value), 10, 63)
			if err != nil || stated || int64(n) > limit {
				return false
			}
			h.length, stated = int(n), true
		case is(name, "Connection") && !is(value, "keep-alive"), is(name, "Transfer-Encoding"), is(name, "Trailer"):
			return false
		}
	}
	return stated
}

// is reports whether both are the same word, in capitals or not.
func is(word []byte, other string) bool {
	return len(word) == len(other) && bytes.EqualFold(word, []byte(other))
}

// isWord reports whether a name consists of letters, digits and hyphens.
func isWord(name []byte) bool {
	for _, c := range name {
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return len(name) > 0
}

// readPlain reads the body behind a plain head to its end. The answer stands in q.into.
func (c *conn) readPlain(h plainHead, q call) (*response, error) {
	size := len(h.header)
	q.into.Grow(size + h.length)
	q.into.Write(h.header)
	n, err := io.ReadFull(c.in, q.into.AvailableBuffer()[:h.length])
	text := q.into.Bytes()[:size+n]
	return &response{status: h.status, fields: text[:size], body: text[size:]}, cutShort(err)
}

// header returns the answer's header.
func (a *response) header() http.Header {
	if a.read == nil {
		read, _ := textproto.NewReader(bufio.NewReader(bytes.NewReader(a.fields))).ReadMIMEHeader() // it was seen to be right
		a.read = http.Header(read)
	}
	return a.read
}
