package console_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
	"flexybatch/internal/console"
	"flexybatch/samples"
)

// Nobody is let in without the token, which becomes a cookie, is taken out of the
// address, and is good once.
func TestTokenBecomesACookie(t *testing.T) {
	d := startDesk(t)
	d.get("/", http.StatusUnauthorized)
	d.get("/?token=guess", http.StatusUnauthorized)
	d.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a := d.get("/?token=once&to=/search", http.StatusSeeOther)
	if to := a.Header.Get("Location"); to != "/search" {
		t.Errorf("it leads to %q", to)
	}
	c := a.Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Value == "once" || len(c.Value) < 20 {
		t.Errorf("the cookie: %+v", c)
	}
	d.get("/", http.StatusOK)
	if to := d.get("/?token=once&to=//evil.example/", http.StatusSeeOther).Header.Get("Location"); to != "/" {
		t.Errorf("it leads out: %q", to)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	d.client.Jar = jar // another browser
	d.get("/?token=once", http.StatusUnauthorized)
	r := d.request(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: c.Name, Value: "of yesterday"})
	d.do(r, http.StatusUnauthorized)
	d.has(d.get("/assets/style.css", http.StatusOK), "--ink")
}

// Only the console's own name is answered to, so that no other site's name can be
// made to lead here.
func TestHost(t *testing.T) {
	d := newDesk(t)
	for host, want := range map[string]int{"evil.example": http.StatusMisdirectedRequest, "localhost": http.StatusMisdirectedRequest, strings.TrimPrefix(d.base, "http://"): http.StatusOK} {
		r := d.request(http.MethodGet, "/", nil)
		r.Host = host
		d.do(r, want)
	}
}

// What another site sends is refused, cookie or not.
func TestCrossOrigin(t *testing.T) {
	d := newDesk(t)
	for name, value := range map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"} {
		r := d.request(http.MethodPost, "/quit", nil)
		r.Header.Set(name, value)
		d.do(r, http.StatusForbidden)
	}
	d.get("/", http.StatusOK)
}

// Every answer has the policy, and no page has a script or a style in it.
func TestPolicy(t *testing.T) {
	d := newDesk(t)
	for _, path := range []string{"/", "/assets/console.js", "/nowhere", "/key"} {
		r := d.request(http.MethodGet, path, nil)
		resp, err := d.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(resp.Body); err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		h := resp.Header
		if h.Get("Content-Security-Policy") != console.Policy || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: %v", path, h)
		}
		if strings.Contains(path, "assets") {
			continue
		}
		for _, not := range []string{"<style", " style=", "onclick", "onload", "javascript:", "http://", "https://"} {
			if strings.Contains(strings.ReplaceAll(b.String(), `"http-equiv`, ""), not) {
				t.Errorf("%s holds %q", path, not)
			}
		}
	}
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
		if !strings.Contains(console.Policy, want) {
			t.Errorf("the policy lacks %s", want)
		}
	}
}

// tree is what lies in a folder, by path.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		sum := sha256.Sum256(b)
		found[path] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// No request with GET changes anything, whatever it asks for.
func TestGetChangesNothing(t *testing.T) {
	d := newDesk(t)
	addresses := d.furnish()
	before := tree(t, d.folder.Path)
	for range 2 {
		for _, path := range addresses {
			resp, err := d.client.Do(d.request(http.MethodGet, path, nil))
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if _, err := b.ReadFrom(resp.Body); err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
		}
	}
	after := tree(t, d.folder.Path)
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("the folder has changed:\n%v\n%v", before, after)
	}
	for _, pattern := range d.k.Patterns() {
		if method, path, _ := strings.Cut(pattern, " "); method == http.MethodPost && !strings.Contains(path, "/steps/") {
			switch path = strings.NewReplacer("{name}", "payroll", "{number}", "1", "{digest}", "x").Replace(path); path {
			case "/key", "/search", "/batches/payroll/rows", "/batches/payroll/reconcile", "/batches/payroll/approval", "/batches/payroll/bounds", "/requests", "/approvers":
			default:
				d.get(path, http.StatusNotFound)
			}
		}
	}
}

// A file above the limit is told so before anything of it is kept.
func TestUploadLimit(t *testing.T) {
	d := newDesk(t, func(c *console.Config) { c.Upload = 1 << 20 })
	a := d.send("/files", "big.csv", bytes.Repeat([]byte("0550000001;1000\n"), 1<<17), http.StatusRequestEntityTooLarge)
	d.has(a, "The file is larger than 1 MB", `id="error-summary"`, `href="#file"`)
	for path := range tree(t, d.folder.Path) {
		t.Errorf("%s was kept", path)
	}
	d.has(d.send("/files", "", nil, http.StatusBadRequest), "Choose a file first.")
	r := d.request(http.MethodPost, "/language", strings.NewReader("language="+strings.Repeat("x", 1<<20)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	d.do(r, http.StatusRequestEntityTooLarge)
}

// What is hostile in a file or its name is shown as text.
func TestHostileNames(t *testing.T) {
	d := newDesk(t)
	a := d.send("/files", `"><script>alert(1)</script>.csv`, []byte("nom;phone;amount;plan\n<img src=x onerror=alert(1)>;550000001;100;PREPAID_OOREDOO\n"), http.StatusOK)
	name := strings.Split(a.Request.URL.Path, "/")[2]
	for _, page := range []string{a.text, d.settled("/batches/" + name + "/check").text, d.get("/", http.StatusOK).text, d.get("/batches/"+name+"/history", http.StatusOK).text} {
		for _, not := range []string{"<script>alert", "<img", `"><script`} {
			if strings.Contains(page, not) {
				t.Errorf("a page holds %s", not)
			}
		}
	}
	for _, file := range []string{"../../../evil.csv", `C:\Windows\evil.csv`} {
		d.send("/files", file, samples.Payroll, http.StatusOK)
	}
	above, err := os.ReadDir(filepath.Dir(d.folder.Path))
	if err != nil || len(above) != 1 {
		t.Errorf("beside the folder: %v, %v", above, err)
	}
	for _, path := range []string{"/batches/..%2f..%2fetc", "/batches/%2e%2e/check", "/assets/../console.go", "/batches/x%00y"} {
		resp, err := d.client.Do(d.request(http.MethodGet, path, nil))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
}

// memoryVault is a keyring in memory.
type memoryVault struct {
	mu   sync.Mutex
	keys map[string]string
}

func (v *memoryVault) Get(host string) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.keys[host], nil
}

func (v *memoryVault) Set(host, key string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.keys[host] = key
	return nil
}

func (v *memoryVault) Delete(host string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.keys, host)
	return nil
}

// lockedBuffer is a log.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// knowing starts a provider that knows one key.
func knowing(t *testing.T, key, kind string) (address string, sim *simulator.Simulator) {
	t.Helper()
	sim, err := simulator.New(simulator.Config{Speed: 500, Balance: 100_000_000, Keys: []simulator.Key{{Key: key, Type: kind}}})
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, sim), sim
}

// The key is checked, kept, and in no page and no log; a production key wants the
// number of rows typed in.
func TestKeyAndRealMoney(t *testing.T) {
	const secretKey = "key-that-nobody-may-see"
	address, sim := knowing(t, secretKey, simulator.Production)
	vault, log := &memoryVault{keys: map[string]string{}}, &lockedBuffer{}
	d := newDesk(t, func(c *console.Config) {
		c.Account, c.Vault = app.Account{BaseURL: address}, vault
		c.Job.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		c.Quiet, c.Pace = c.Job.Log, app.Pace{Rate: app.None, Poll: 20e6, PhoneGap: app.None}
	})
	var seen []answer
	look := func(a answer) answer { seen = append(seen, a); return a }
	d.has(look(d.get("/", http.StatusOK)), "It is simulated, since there is no key yet.")
	d.has(look(d.post("/key", form("key", "wrong", "keep", "sitting"), http.StatusConflict)), "error-summary")
	d.has(look(d.post("/key", form("key", secretKey, "keep", "keyring"), http.StatusOK)), "PRODUCTION")
	if len(vault.keys) != 1 {
		t.Errorf("the keyring holds %d keys", len(vault.keys))
	}
	d.has(look(d.get("/", http.StatusOK)), "Real money", "money-production")
	look(d.send("/files", "payroll.csv", samples.Payroll, http.StatusOK, "money", "real"))
	a := look(d.settled("/batches/payroll/answers"))
	d.has(a, "This is real money. To send them, type the number of rows", "money-production")
	f := hidden(a.text)
	for _, typed := range []string{"", "19", "yes"} {
		f.Set("rows", typed)
		d.has(look(d.start("payroll", f)), "error-summary", "is not 20")
	}
	if n := len(sim.Orders()); n != 0 {
		t.Fatalf("%d were sent without the number", n)
	}
	f.Set("rows", "20")
	look(d.post("/batches/payroll/start", f, http.StatusOK))
	d.over("payroll")
	d.has(look(d.settled("/batches/payroll")), "Every row was paid.")
	if n := len(sim.Orders()); n != 20 {
		t.Errorf("%d orders", n)
	}
	look(d.settled("/batches/payroll/rows"))
	look(d.get("/key", http.StatusOK))
	for _, a := range seen {
		if strings.Contains(a.text, secretKey) {
			t.Errorf("%s shows the key", a.Request.URL)
		}
	}
	if log.String() == "" || strings.Contains(log.String(), secretKey) || strings.Contains(log.String(), "0550000001") {
		t.Errorf("the log: %s", log.String())
	}
	d.has(d.post("/key/forget", nil, http.StatusOK), "Enter the API key")
	if len(vault.keys) != 0 {
		t.Error("the keyring still holds the key")
	}
}

// What is under way when the console is ended is finished, and nothing new is begun.
func TestEndDrains(t *testing.T) {
	address, sim := knowing(t, "k", simulator.Sandbox)
	d := newDesk(t, func(c *console.Config) {
		c.Account, c.Vault = app.Account{BaseURL: address}, &memoryVault{keys: map[string]string{}}
		c.Pace = app.Pace{Rate: 600, Poll: 20e6, PhoneGap: app.None, Concurrency: 1}
	})
	d.post("/key", form("key", "k", "keep", "sitting"), http.StatusOK)
	d.send("/files", "payroll.csv", samples.Payroll, http.StatusOK, "money", "real")
	d.post("/batches/payroll/start", hidden(d.settled("/batches/payroll/answers").text), http.StatusOK)
	d.has(d.post("/quit", nil, http.StatusOK), "The console is closed", "payroll")
	if err := <-d.ended; err != nil {
		t.Fatal(err)
	}
	d.ended <- nil
	sent := len(sim.Orders())
	if sent == 20 {
		t.Error("everything was sent all the same")
	}
	k, err := app.ReadKnown(app.Place{File: d.folder.Journal("payroll"), State: d.folder.Path})
	if err != nil {
		t.Fatal(err)
	}
	if got := 20 - k.Ledger.Tally().States[1]; got != sent {
		t.Errorf("the books have %d rows that were sent, the provider %d", got, sent)
	}
}
