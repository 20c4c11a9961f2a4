package oneclick_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
)

// throughTransport makes dial give clients that carry their calls as through a proxy.
var throughTransport bool

// Through a proxy calls go by net/http's Transport. The same rules hold there.
func TestRulesOfTheWireThroughProxies(t *testing.T) {
	throughTransport = true
	defer func() { throughTransport = false }()
	for name, test := range map[string]func(*testing.T){
		"POST is never repeated":      TestPOSTIsNeverRepeated,
		"answers that break off":      TestAnswersThatBreakOff,
		"interim answers":             TestInterimAnswers,
		"unreached":                   TestUnreached,
		"timeout":                     TestTimeout,
		"bodies are bounded":          TestBodiesAreBounded,
		"connections are used again":  TestConnectionsAreUsedAgain,
		"connections that are closed": TestClosedConnections,
		"redirects are not followed":  TestRedirectsAreNotFollowed,
		"a call is broken off":        TestBrokenOff,
		"on the wire":                 TestSendOnTheWire,
		"path segments":               TestPathSegments,
	} {
		t.Run(name, test)
	}
}

// byReading makes dial give clients that look at idle connections as on Windows.
var byReading bool

// On Windows a connection can be looked at only by reading. The same rules hold there.
func TestRulesOfTheWireOnWindows(t *testing.T) {
	byReading = true
	defer func() { byReading = false }()
	for name, test := range map[string]func(*testing.T){
		"POST is never repeated":       TestPOSTIsNeverRepeated,
		"connections are used again":   TestConnectionsAreUsedAgain,
		"TLS connections, too":         TestTLSConnectionsAreUsedAgain,
		"connections that are closed":  TestClosedConnections,
		"answers that nobody asks for": TestUnaskedAnswers,
	} {
		t.Run(name, test)
	}
}

// accepted is the answer to a send that was accepted, as it goes over the wire.
func accepted(t *testing.T, headers string) string {
	ok := golden(t, "send")
	return fmt.Sprintf("HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s", headers, len(ok), ok)
}

// Answers of status 1xx come before the answer itself, and are none.
func TestInterimAnswers(t *testing.T) {
	const early = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
	for _, c := range []struct {
		before string
		want   string
	}{
		{"", "accepted"},
		{"HTTP/1.1 100 Continue\r\n\r\n", "accepted"},
		{strings.Repeat(early, 5), "accepted"},
		{strings.Repeat(early, 5_000), "unknown"},
		{early, "unknown"}, // and nothing after it
		{"HTTP/1.1 101 Switching Protocols\r\nUpgrade: chess\r\nConnection: Upgrade\r\n\r\n", "unknown"},
	} {
		after := accepted(t, "")
		if c.before == early {
			after = ""
		}
		client := dial(t, oneclick.Config{BaseURL: rawServer(t, answer(c.before+after))})
		if _, err := client.Send(t.Context(), order); classOf(err, "accepted") != c.want {
			t.Errorf("%.60q: %v", c.before, err)
		}
	}
}

// A connection that the other side has closed is not used for a send, which nobody
// would know about then; neither is one on which it said that it will.
func TestClosedConnections(t *testing.T) {
	for name, ending := range map[string]struct{ headers, after string }{
		"closed without a word": {},
		"closed as it said":     {headers: "Connection: close\r\n"},
		"HTTP/1.0":              {},
		"another answer":        {after: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"},
		"408 to an idle one":    {after: "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if throughTransport && ending.after != "" {
				t.Skip("net/http writes to its log about it")
			}
			over := make(chan struct{}, 10)
			client := dial(t, oneclick.Config{BaseURL: rawServer(t, func(conn net.Conn) {
				if _, err := hear(bufio.NewReader(conn)); err != nil {
					return
				}
				said := accepted(t, ending.headers)
				if name == "HTTP/1.0" {
					said = strings.Replace(said, "HTTP/1.1", "HTTP/1.0", 1)
				}
				_, _ = io.WriteString(conn, said+ending.after)
				_ = conn.(*net.TCPConn).CloseWrite()
				over <- struct{}{}
				_, _ = io.Copy(io.Discard, conn)
			})})
			for range 5 {
				if _, err := client.Send(t.Context(), order); err != nil {
					t.Fatal(err)
				}
				<-over
				if throughTransport { // it learns of the end by a goroutine of its own
					client.Close()
				}
			}
		})
	}
}

// What comes on an idle connection answers nothing: the next call goes over another.
func TestUnaskedAnswers(t *testing.T) {
	said := make(chan struct{})
	var connections atomic.Int32
	client := dial(t, oneclick.Config{BaseURL: rawServer(t, func(conn net.Conn) {
		first := connections.Add(1) == 1
		r := bufio.NewReader(conn)
		for {
			if _, err := hear(r); err != nil {
				return
			}
			_, _ = io.WriteString(conn, accepted(t, ""))
			if first {
				_, _ = io.WriteString(conn, strings.Replace(accepted(t, ""), orderID, "65f1a0000000000000000099", 1))
				close(said)
			}
		}
	})})
	for n := range 3 {
		r, err := client.Send(t.Context(), order)
		if err != nil || r.TopupID != orderID {
			t.Errorf("send %d: %+v, %v", n, r, err)
		}
		<-said
	}
	if n := connections.Load(); n != 2 {
		t.Errorf("%d connections", n)
	}
}

// Over TLS a connection is kept too.
func TestTLSConnectionsAreUsedAgain(t *testing.T) {
	var connections atomic.Int32
	s := httptest.NewUnstartedServer(say(200, golden(t, "send")))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.EnableHTTP2 = true // it is not to be agreed on
	s.StartTLS()
	t.Cleanup(s.Close)
	client := dial(t, oneclick.Config{BaseURL: s.URL})
	oneclick.Trust(client, s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs)
	for range 20 {
		if _, err := client.Send(t.Context(), order); err != nil {
			t.Fatal(err)
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections for 20 sends, one after the other", n)
	}
}

// A call that is broken off ends at once, and its outcome is unknown.
func TestBrokenOff(t *testing.T) {
	heard := make(chan struct{})
	client := dial(t, oneclick.Config{BaseURL: rawServer(t, func(conn net.Conn) {
		_, _ = hear(bufio.NewReader(conn))
		close(heard)
		_, _ = io.Copy(io.Discard, conn)
	})})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-heard
		cancel()
	}()
	_, err := client.Send(ctx, order)
	if classOf(err, "accepted") != "unknown" || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// While as many calls are under way as there may be connections, one more waits; if its
// time is over first, the provider was not asked.
func TestCallsWaitForAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var talks sync.WaitGroup
		defer talks.Wait()
		client, err := oneclick.New(oneclick.Config{Key: oneclick.NewKey(secret), BaseURL: "http://localhost", Timeout: 10 * time.Second, Connections: 1,
			Dial: func(context.Context, string, string) (net.Conn, error) {
				ours, theirs := net.Pipe()
				talks.Go(func() {
					defer hangUp(theirs)
					_, _ = io.Copy(io.Discard, theirs)
				})
				return ours, nil
			}})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		classes := make([]string, 2)
		var calls sync.WaitGroup
		for n := range classes {
			calls.Go(func() {
				_, err := client.Send(t.Context(), order)
				classes[n] = classOf(err, "accepted")
			})
			synctest.Wait()
			time.Sleep(time.Second)
		}
		calls.Wait()
		if classes[0] != "unknown" || classes[1] == "accepted" {
			t.Errorf("%q", classes)
		}
	})
}

// A connection that nobody needs any more is closed, while others are in use.
func TestIdleConnectionsAreClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var talks sync.WaitGroup
		defer talks.Wait()
		var open, most atomic.Int32
		ok := accepted(t, "")
		client, err := oneclick.New(oneclick.Config{Key: oneclick.NewKey(secret), BaseURL: "http://localhost",
			Dial: func(context.Context, string, string) (net.Conn, error) {
				ours, theirs := net.Pipe()
				most.Store(max(most.Load(), open.Add(1)))
				talks.Go(func() {
					defer open.Add(-1)
					defer hangUp(theirs)
					for r := bufio.NewReader(theirs); ; {
						if _, err := hear(r); err != nil {
							return
						}
						time.Sleep(time.Millisecond) // so that all four are under way at once
						_, _ = io.WriteString(theirs, ok)
					}
				})
				return ours, nil
			}})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		var sends sync.WaitGroup
		for range 4 {
			sends.Go(func() { _, _ = client.Send(t.Context(), order) })
		}
		sends.Wait()
		for range 40 {
			time.Sleep(time.Second)
			if _, err := client.Send(t.Context(), order); err != nil {
				t.Error(err)
			}
		}
		synctest.Wait()
		if most.Load() != 4 || open.Load() != 1 {
			t.Errorf("%d connections were open at once, and %d are", most.Load(), open.Load())
		}
	})
}

// Whatever a server writes, a call means the same over connections of our own as it
// does through net/http's Transport.
func FuzzWire(f *testing.F) {
	ok := golden(f, "send")
	for _, said := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", "HTTP/1.0 200 OK\r\n\r\n%[2]s", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 401 No\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200\r\nX-Request-Id: a\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 200 OK\nA:b\n\n",
	} {
		if strings.Contains(said, "%") {
			said = fmt.Sprintf(said, len(ok), ok)
		}
		f.Add([]byte(said))
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		var ends [2]string
		for n := range ends {
			ends[n] = overPipe(t, said, n == 1)
		}
		if ends[0] != ends[1] {
			t.Errorf("%q: %s; through the Transport %s", said, ends[0], ends[1])
		}
	})
}

// overPipe is what becomes of a send whose server says this and hangs up.
func overPipe(t *testing.T, said []byte, transport bool) string {
	var talks sync.WaitGroup
	defer talks.Wait()
	config := oneclick.Config{Key: oneclick.NewKey(secret), BaseURL: "http://localhost",
		Dial: func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			talks.Go(func() {
				defer hangUp(theirs)
				if _, err := hear(bufio.NewReader(theirs)); err == nil {
					_, _ = theirs.Write(said)
				}
			})
			return ours, nil
		}}
	client, err := oneclick.New(config)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if transport {
		oneclick.ThroughTransport(client, config)
	}
	r, err := client.Send(t.Context(), order)
	if err == nil {
		return "accepted as " + r.TopupID + " with " + r.RequestID
	}
	fault := batch.FaultOf(err)
	return fmt.Sprintf("%s %d %s %q %s %s", fault.Class, fault.Status, fault.Code, fault.Message.String(), fault.RequestID, fault.Pause)
}
