package publish

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/report"
)

const secret = "a secret that both know"

func TestNotifyWhere(t *testing.T) {
	for to, good := range map[string]bool{
		"https://example.org/x": true, "http://localhost:8080/x": true, "http://127.0.0.1/": true, "http://[::1]:1/": true,
		"http://example.org/x": false, "http://10.0.0.1/": false, "http://localhost.example.org/": false, "ftp://localhost/": false,
		"example.org": false, "https://": false, "https://user:word@example.org/": false, "http://127.0.0.1.example.org/": false, "": false,
	} {
		n, err := NewWebhook(to, secret, "")
		if bad, ok := errors.AsType[*BadTarget](err); (err == nil) != good || (n != nil) != good || ok == good || ok && bad.Flag() != "notify-url" {
			t.Errorf("%q: %v", to, err)
		}
	}
	if _, err := NewWebhook("https://example.org", "", ""); err == nil || !strings.Contains(err.Error(), "FLEXYBATCH_NOTIFY_SECRET") {
		t.Errorf("without a secret: %v", err)
	}
}

// A receiver that never answers is not waited for long.
func TestNotifyHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := simulator.NewMemory()
		var asked atomic.Int64
		server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			_, _ = io.Copy(io.Discard, r.Body) // the server sees only then that the other side has left
			<-r.Context().Done()
		})}
		served := make(chan error, 1)
		go func() { served <- server.Serve(network) }()
		n, err := NewWebhook("http://localhost", secret, "")
		if err != nil {
			t.Fatal(err)
		}
		n.client.Transport = &http.Transport{DialContext: network.DialContext}
		start := time.Now()
		if err := n.Post(t.Context(), report.Summary{}); err == nil || time.Since(start) > notifyAll || asked.Load() < 2 {
			t.Errorf("%v after %s and %d tries", err, time.Since(start), asked.Load())
		}
		n.client.CloseIdleConnections()
		server.Close()
		<-served
	})
}

// The signature is one that others compute as well: the value is openssl's
// (printf 1764370000.{} | openssl dgst -sha256 -hmac secret).
func TestSignature(t *testing.T) {
	if got, want := signature([]byte("secret"), "1764370000", []byte("{}")), "672c1bb58eefed03318c1d9cd9de96f06cfc88984424675c8264ede756a89d80"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
