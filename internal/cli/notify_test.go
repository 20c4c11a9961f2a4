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
	"testing"
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
