package oneclick_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
)

// rawServer gives each connection to talk, until the test ends.
func rawServer(t *testing.T, talk func(net.Conn)) (baseURL string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var talks sync.WaitGroup
	talks.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			talks.Go(func() {
				defer hangUp(conn)
				talk(conn)
			})
		}
	})
	t.Cleanup(func() {
		hangUp(l)
		talks.Wait()
	})
	return "http://" + l.Addr().String()
}

// hear reads one request, body included.
func hear(r *bufio.Reader) (*http.Request, error) {
	req, err := http.ReadRequest(r)
	if err == nil {
		_, err = io.Copy(io.Discard, req.Body)
	}
	return req, err
}

func reset(conn net.Conn) {
	_ = conn.(*net.TCPConn).SetLinger(0)
	hangUp(conn)
}

func hangUp(c io.Closer) { _ = c.Close() }

// A kept connection dies under a POST. net/http would send a GET again; the POST
// must be on the wire once, and nobody knows what came of it.
func TestPOSTIsNeverRepeated(t *testing.T) {
	for name, end := range map[string]func(net.Conn){"closed": func(c net.Conn) { hangUp(c) }, "reset": reset} {
		t.Run(name, func(t *testing.T) {
			var posts, connections atomic.Int32
			ok := golden(t, "send")
			url := rawServer(t, func(conn net.Conn) {
				connections.Add(1)
				r := bufio.NewReader(conn)
				for n := 1; ; n++ {
					req, err := hear(r)
					if err != nil {
						return
					}
					posts.Add(1)
					if req.ContentLength < 1 || req.Header.Get("Idempotency-Key")+req.Header.Get("X-Idempotency-Key") != "" {
						t.Errorf("a POST that net/http may repeat: %+v", req)
					}
					if n == 2 {
						end(conn)
						return
					}
					fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(ok), ok)
				}
			})
			c := dial(t, oneclick.Config{BaseURL: url})
			if _, err := c.Send(t.Context(), order); err != nil {
				t.Fatal(err)
			}
			_, err := c.Send(t.Context(), order)
			if classOf(err, "accepted") != "unknown" {
				t.Errorf("the second send: %v", err)
			}
			if posts.Load() != 2 || connections.Load() != 1 {
				t.Errorf("%d POSTs on %d connections for two sends", posts.Load(), connections.Load())
			}
		})
	}
}

// A connection was had, and no whole answer came of it.
func TestAnswersThatBreakOff(t *testing.T) {
	ok := golden(t, "send")
	for name, talk := range map[string]func(net.Conn){
		"closed before the request is read": func(c net.Conn) {},
		"closed after the request":          func(c net.Conn) { _, _ = hear(bufio.NewReader(c)) },
		"reset after the request": func(c net.Conn) {
			_, _ = hear(bufio.NewReader(c))
			reset(c)
		},
		"cut in the headers": answer("HTTP/1.1 200 OK\r\nContent-Le"),
		"cut in the body":    answer(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(ok)+1, ok)),
		"cut in a chunk":     answer(fmt.Sprintf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s", len(ok)+1, ok)),
		"without last chunk": answer(fmt.Sprintf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(ok), ok)),
		"a 429 cut short":    answer("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 10\r\n\r\nslow"),
		"a 401 cut short":    answer("HTTP/1.1 401 No\r\nContent-Length: 10\r\n\r\nno"),
		"no HTTP":            answer("SSH-2.0-OpenSSH_9.9\r\n"),
		"headers too long":   answer("HTTP/1.1 200 OK\r\nX-Filler: " + strings.Repeat("x", 200<<10) + "\r\n\r\n" + ok),
		"gzip nobody asked":  answer("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08"),
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, oneclick.Config{BaseURL: rawServer(t, talk)})
			if _, err := c.Send(t.Context(), order); classOf(err, "accepted") != "unknown" {
				t.Errorf("a send: %v", err)
			}
			if _, err := c.CheckRef(t.Context(), order.Ref); classOf(err, "found") != "unknown" {
				t.Errorf("a check: %v", err)
			}
		})
	}
}

// answer reads a request, says this, and hangs up.
func answer(raw string) func(net.Conn) {
	return func(c net.Conn) {
		if _, err := hear(bufio.NewReader(c)); err == nil {
			_, _ = io.WriteString(c, raw)
		}
	}
}

// No connection was ever had: nothing was asked.
func TestUnreached(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	hangUp(l)
	untrusted := httptest.NewUnstartedServer(say(200, "{}"))
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of our hanging up
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	notTLS := strings.Replace(rawServer(t, func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }), "http:", "https:", 1)
	broken := func(err error) func(context.Context, string, string) (net.Conn, error) {
		return func(context.Context, string, string) (net.Conn, error) { return nil, err }
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx    context.Context
		config oneclick.Config
		wraps  error
	}{
		"refused":                    {config: oneclick.Config{BaseURL: "http://" + l.Addr().String()}},
		"no such host":               {config: oneclick.Config{Dial: broken(&net.DNSError{Err: "no such host", Name: "api.oneclickdz.com", IsNotFound: true})}},
		"a certificate of others":    {config: oneclick.Config{BaseURL: untrusted.URL}},
		"no TLS there":               {config: oneclick.Config{BaseURL: notTLS}},
		"over before it was begun":   {ctx: over, config: oneclick.Config{BaseURL: "http://" + l.Addr().String()}, wraps: context.Canceled},
		"a header that cannot leave": {config: oneclick.Config{BaseURL: "http://" + l.Addr().String(), UserAgent: "a\nb"}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.ctx == nil {
				c.ctx = t.Context()
			}
			_, err := dial(t, c.config).Send(c.ctx, order)
			if classOf(err, "accepted") != "unreached" {
				t.Errorf("%v", err)
			}
			if c.wraps != nil && !errors.Is(err, c.wraps) {
				t.Errorf("%v does not wrap %v", err, c.wraps)
			}
		})
	}
}

// In virtual time, over connections in memory: how long a call takes at most,
// and what its end by time means.
func TestTimeout(t *testing.T) {
	silent := func(server net.Conn) { _, _ = io.Copy(io.Discard, server) }
	trickling := func(server net.Conn) {
		if _, err := hear(bufio.NewReader(server)); err != nil {
			return
		}
		_, err := io.WriteString(server, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
		for err == nil {
			time.Sleep(time.Second)
			_, err = io.WriteString(server, " ")
		}
	}
	for _, c := range []struct {
		name string
		talk func(net.Conn) // nil: no connection comes about
		want string
	}{
		{"never connected", nil, "unreached"},
		{"never answered", silent, "unknown"},
		{"a body that never ends", trickling, "unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var talks sync.WaitGroup
				defer talks.Wait()
				config := oneclick.Config{Key: oneclick.NewKey(secret), BaseURL: "http://localhost", Timeout: 45 * time.Second,
					Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
						if c.talk == nil {
							<-ctx.Done()
							return nil, ctx.Err()
						}
						ours, theirs := net.Pipe()
						talks.Go(func() {
							defer hangUp(theirs)
							c.talk(theirs)
						})
						return ours, nil
					}}
				client, err := oneclick.New(config)
				if err != nil {
					t.Fatal(err)
				}
				if throughTransport {
					oneclick.ThroughTransport(client, config)
				}
				defer client.Close()
				start := time.Now()
				_, err = client.Send(t.Context(), order)
				if took := time.Since(start); took != 45*time.Second {
					t.Errorf("took %s", took)
				}
				if classOf(err, "accepted") != c.want || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%s: %v", classOf(err, "accepted"), err)
				}
			})
		})
	}
}

// A body without end is given up after a bounded number of bytes.
func TestBodiesAreBounded(t *testing.T) {
	var written atomic.Int64
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		page := []byte(strings.Repeat(" ", 64<<10))
		for {
			n, err := w.Write(page)
			if written.Add(int64(n)); err != nil {
				return
			}
		}
	})
	const inSockets = 16 << 20 // what the system takes on its way
	for _, ask := range []struct {
		name string
		most int64
		call func() error
	}{
		{"send", 1 << 20, func() error { _, err := c.Send(t.Context(), order); return err }},
		{"list", 16 << 20, func() error { _, err := c.List(t.Context(), batch.ListQuery{Page: 1, PageSize: 100}); return err }},
	} {
		written.Store(0)
		err := ask.call()
		if f := batch.FaultOf(err); err == nil || f.Class != batch.ClassUnknown || f.Status != 200 || !strings.Contains(err.Error(), "too long") {
			t.Errorf("%s: %v", ask.name, err)
		}
		if n := written.Load(); n > ask.most+inSockets {
			t.Errorf("%s took %d bytes", ask.name, n)
		}
	}
}

// Neither does an answer of very many very small things take much memory.
func TestManySmallThings(t *testing.T) {
	const size = 1 << 20
	many := map[string]func(i int) string{
		"empty objects": func(int) string { return "{}" },
		"empty arrays":  func(int) string { return "[]" },
		"orders":        func(int) string { return `{"_id":"a","status":"PENDING"}` },
		"members":       func(i int) string { return fmt.Sprintf(`"m%d":0`, i) },
	}
	for name, thing := range many {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			b.WriteString(thing(i) + ",")
		}
		things := strings.TrimSuffix(b.String(), ",")
		body := `{"success":true,"data":{"items":[` + things + `]}}`
		if name == "members" {
			body = `{"success":true,"data":{"items":[],` + things + `}}`
		}
		c := serve(t, say(200, body))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := c.List(t.Context(), batch.ListQuery{Page: 1, PageSize: 100})
		runtime.ReadMemStats(&after)
		if classOf(err, "fine") != "unknown" {
			t.Errorf("%s: %v", name, err)
		}
		if taken := after.TotalAlloc - before.TotalAlloc; taken > 20*size {
			t.Errorf("%s: %d MB of answer took %d MB", name, size>>20, taken>>20)
		}
	}
}

// Connections are used again, after refusals too.
func TestConnectionsAreUsedAgain(t *testing.T) {
	var connections, calls atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1)%2 == 0 {
			say(400, golden(t, "error_err_phone"))(w, r)
			return
		}
		say(200, golden(t, "send"))(w, r)
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	c := dial(t, oneclick.Config{BaseURL: s.URL, Connections: 4})
	for range 10 {
		var sends sync.WaitGroup
		for range 4 {
			sends.Go(func() { _, _ = c.Send(t.Context(), order) })
		}
		sends.Wait()
	}
	if n := connections.Load(); n > 4 {
		t.Errorf("%d connections for 40 sends, 4 at a time", n)
	}
	if c.Calls() != 40 || calls.Load() != 40 {
		t.Errorf("%d calls counted, %d came", c.Calls(), calls.Load())
	}
}

// A redirect is not followed, so the other host never sees the key.
func TestRedirectsAreNotFollowed(t *testing.T) {
	var seen atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		say(200, golden(t, "send"))(w, r)
	}))
	t.Cleanup(other.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", other.URL+r.URL.Path)
			w.WriteHeader(status)
		})
		_, sent := c.Send(t.Context(), order)
		_, checked := c.CheckRef(t.Context(), order.Ref)
		if classOf(sent, "accepted") != "unknown" || classOf(checked, "found") != "unknown" {
			t.Errorf("%d: %v; %v", status, sent, checked)
		}
	}
	if seen.Load() != 0 {
		t.Errorf("the other host was asked %d times", seen.Load())
	}
}

// Whatever a ref or an id is made of, it is one segment of the path.
func TestPathSegments(t *testing.T) {
	var uri string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		uri = r.RequestURI
		w.WriteHeader(http.StatusNotFound)
	})
	const prefix = "/v3/mobile/check-ref/"
	rapid.Check(t, func(r *rapid.T) {
		ref := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("a+/ %?#&;=.é")))).Draw(r, "ref")
		_, _ = c.CheckRef(t.Context(), batch.Ref(ref))
		segment, ok := strings.CutPrefix(uri, prefix)
		if got, err := url.PathUnescape(segment); !ok || err != nil || got != ref || strings.ContainsAny(segment, "/+?#") {
			r.Fatalf("ref %q is asked for as %s", ref, uri)
		}
	})
}
