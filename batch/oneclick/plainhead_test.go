package oneclick

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// What is read as a plain head is what net/http reads, and leaves the same behind it.
func FuzzPlainHead(f *testing.F) {
	for _, head := range plainHeads {
		f.Add([]byte(head))
	}
	for _, head := range otherHeads {
		f.Add([]byte(head))
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		in := bufio.NewReader(bytes.NewReader(said))
		_, _ = in.Peek(1)
		h, ok := readPlainHead(in, longestBody)
		if !ok {
			if left, _ := io.ReadAll(in); !bytes.Equal(left, said) {
				t.Errorf("%q: it is no plain head, and %q is left", said, left)
			}
			return
		}
		theirs := bufio.NewReader(bytes.NewReader(said))
		resp, err := http.ReadResponse(theirs, nil)
		if err != nil {
			t.Fatalf("%q: net/http says %v", said, err)
		}
		defer func() { _ = resp.Body.Close() }()
		header := (&response{fields: bytes.Clone(h.header)}).header()
		if resp.StatusCode != h.status || resp.ContentLength != int64(h.length) || resp.Close || resp.TransferEncoding != nil || !reflect.DeepEqual(resp.Header, header) {
			t.Errorf("%q: %d, a body of %d bytes, %v; by net/http %d, %d bytes, %v, close: %t, %v",
				said, h.status, h.length, header, resp.StatusCode, resp.ContentLength, resp.Header, resp.Close, resp.TransferEncoding)
		}
		ourRest, _ := io.ReadAll(in)
		if theirRest, _ := io.ReadAll(theirs); !bytes.Equal(ourRest, theirRest) {
			t.Errorf("%q: %q is left, by net/http %q", said, ourRest, theirRest)
		}
	})
}

var plainHeads = []string{
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
	"HTTP/1.1 200\r\ncontent-length: 0\r\nX-Request-Id: a\r\n\r\n",
	"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nconnection: Keep-Alive\r\nContent-Length: 02\r\nRetry-After: 8\r\n\r\n{}HTTP/1.1 200 OK\r\n",
}

var otherHeads = []string{
	"",
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
	"HTTP/1.1 100 Continue\r\nContent-Length: 2\r\n\r\n{}",
	"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}",
	"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n{}",
	"HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\n{}",
	"HTTP/1.1 +20 OK\r\nContent-Length: 2\r\n\r\n{}",
	"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nContent-Length:2\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive, close\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTrailer: X-Request-Id\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nX: a\nContent-Length: 3\r\nContent-Length: 2\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nX: \x00\r\nContent-Length: 2\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nX: é\r\nContent-Length: 2\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\n: a\r\nContent-Length: 2\r\n\r\n{}",
	"HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\n{}",
}

func TestPlainHead(t *testing.T) {
	read := func(said string) bool {
		in := bufio.NewReader(strings.NewReader(said))
		_, _ = in.Peek(1)
		_, ok := readPlainHead(in, longestBody)
		return ok
	}
	for _, said := range plainHeads {
		if !read(said) {
			t.Errorf("%q is no plain head", said)
		}
	}
	for _, said := range otherHeads {
		if read(said) {
			t.Errorf("%q is a plain head", said)
		}
	}
}

// How much sooner an answer is read where its head is plain.
func BenchmarkHead(b *testing.B) {
	for name, more := range map[string]string{"plain": "", "by net_http": "Connection: keep-alive, x\r\n"} {
		b.Run(name, func(b *testing.B) {
			body := strings.Repeat("x", 200)
			said := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: req_0123456789\r\nDate: Mon, 30 Nov 2026 12:00:00 GMT\r\nContent-Length: %d\r\n%s\r\n%s", len(body), more, body)
			q := call{into: new(bytes.Buffer)}
			from := strings.NewReader(said)
			c := &conn{in: bufio.NewReader(from)}
			for b.Loop() {
				from.Reset(said)
				c.in.Reset(from)
				q.into.Reset()
				if _, _, err := c.receive(q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
