package cli

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/report"
)

const sharedSecret = "a secret that both know"

// receiver verifies notifications as the help tells a receiver to.
type receiver struct {
	t       *testing.T
	answers []int // to the first notifications; 200 to all others
	mu      sync.Mutex
	got     []report.Summary
	tries   int
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, err := io.ReadAll(req.Body)
	if err != nil {
		r.t.Error(err)
	}
	stamp := req.Header.Get("X-Flexybatch-Timestamp")
	mac := hmac.New(sha256.New, []byte(sharedSecret))
	mac.Write([]byte(stamp + "." + string(body)))
	sent, err := hex.DecodeString(strings.TrimPrefix(req.Header.Get("X-Flexybatch-Signature"), "v1="))
	if err != nil || !hmac.Equal(sent, mac.Sum(nil)) {
		r.t.Errorf("the signature %q is wrong", req.Header.Get("X-Flexybatch-Signature"))
	}
	if at, err := strconv.ParseInt(stamp, 10, 64); err != nil || time.Since(time.Unix(at, 0)).Abs() > 5*time.Minute {
		r.t.Errorf("the time stamp %q is old", stamp)
	}
	if req.Method != http.MethodPost || req.Header.Get("Content-Type") != "application/json" || req.Header.Get("X-Access-Token") != "" {
		r.t.Errorf("%s with %v", req.Method, req.Header)
	}
	if r.tries++; r.tries <= len(r.answers) {
		if r.answers[r.tries-1] == http.StatusTemporaryRedirect {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(r.answers[r.tries-1])
		return
	}
	var s report.Summary
	if err := json.Unmarshal(body, &s); err != nil {
		r.t.Errorf("%v in %s", err, body)
	}
	r.got = append(r.got, s)
}

// The summary is posted as --json prints it, also after a fault that passes, and
// what a receiver answers changes nothing.
func TestNotify(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers []int
		tries   int
		warned  bool
	}{
		"at once":         {nil, 1, false},
		"after two tries": {[]int{500, 429}, 3, false},
		"never":           {[]int{503, 503, 503, 503}, 3, true},
		"refused":         {[]int{403}, 1, true},
		"redirected":      {[]int{307}, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to := &receiver{t: t, answers: c.answers}
			server := httptest.NewServer(to)
			defer server.Close()
			s := newSite(t, simulator.Config{}, 5)
			s.env = append(s.env, "FLEXYBATCH_NOTIFY_SECRET="+sharedSecret)
			sum, words := s.run(exitDone, "--notify-url", server.URL+"/hook?token=t0ken")
			if to.tries != c.tries || strings.Contains(words, "--notify-url could not be told") != c.warned {
				t.Errorf("%d tries, and it said %q", to.tries, words)
			}
			if !c.warned && (len(to.got) != 1 || to.got[0] != sum) {
				t.Errorf("it was told %+v, and stdout has %+v", to.got, sum)
			}
			if strings.Contains(words, sharedSecret) || strings.Contains(words, "t0ken") {
				t.Errorf("it gave away what nobody else is to know: %q", words)
			}
		})
	}
}

// A run that does not end well tells too, and settle does.
func TestNotifyOfTrouble(t *testing.T) {
	t.Parallel()
	to := &receiver{t: t}
	server := httptest.NewServer(to)
	defer server.Close()
	s := newSite(t, simulator.Config{Speed: 20}, 5)
	s.env = append(s.env, "FLEXYBATCH_NOTIFY_SECRET="+sharedSecret)
	s.run(exitOpen, "--wait", "0s", "--notify-url", server.URL)
	s.json(exitDone, append([]string{"settle", "--json", "--notify-url", server.URL, s.file}, quick[:4]...)...)
	if len(to.got) != 2 || to.got[0].Rows.Pending != 5 || to.got[1].Rows.Fulfilled != 5 || to.got[1].SentNow != 0 {
		t.Errorf("it was told %+v", to.got)
	}
}

func TestNotifyWhere(t *testing.T) {
	env := func(secret string) func(string) string { return func(string) string { return secret } }
	for to, good := range map[string]bool{
		"https://example.org/x": true, "http://localhost:8080/x": true, "http://127.0.0.1/": true, "http://[::1]:1/": true,
		"http://example.org/x": false, "http://10.0.0.1/": false, "http://localhost.example.org/": false, "ftp://localhost/": false,
		"example.org": false, "https://": false, "https://user:word@example.org/": false, "http://127.0.0.1.example.org/": false, "": false,
	} {
		if n, err := newNotifier(to, env(sharedSecret)); (err == nil) != good || (n != nil) != good || err != nil && exitOf(err) != exitUsage {
			t.Errorf("%q: %v", to, err)
		}
	}
	if _, err := newNotifier("https://example.org", env("")); err == nil || !strings.Contains(err.Error(), "FLEXYBATCH_NOTIFY_SECRET") {
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
		n, err := newNotifier("http://localhost", func(string) string { return sharedSecret })
		if err != nil {
			t.Fatal(err)
		}
		n.client.Transport = &http.Transport{DialContext: network.DialContext}
		start := time.Now()
		if err := n.post(t.Context(), report.Summary{}); err == nil || time.Since(start) > notifyAll || asked.Load() < 2 {
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

// Where the log goes, each line has the batch, and what is about a row its ref.
func TestLog(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Faults: map[string]float64{"error-503": 0.2}, Seed: 2}, 30)
	file := filepath.Join(s.dir, "log")
	s.untilDone("--log-file", file, "--log-format", "json", "--log-level", "debug")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	for line := range strings.Lines(string(text)) {
		var l struct{ Time, Level, Msg, Batch, Ref string }
		if err := json.Unmarshal([]byte(line), &l); err != nil || l.Batch != "payroll" || l.Level == "" || l.Time == "" {
			t.Errorf("%v in %s", err, line)
		}
		if (l.Msg == "sent" || l.Msg == "looked") && l.Ref == "" {
			t.Errorf("about which row? %s", line)
		}
		rows[l.Msg]++
	}
	if rows["sent"] < 30 || rows["looked"] < 30 || rows["ended"] == 0 {
		t.Errorf("%v", rows)
	}
}
