//go:build linux

package console_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/approval/approvaltest"
	"flexybatch/batch/oneclick"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
	"flexybatch/internal/console"
	"flexybatch/internal/office"
	"flexybatch/internal/office/officetest"
	"flexybatch/internal/people"
)

// bureau is an office with a database and a simulated provider, whose workers send what
// the pages put in line.
type bureau struct {
	t    *testing.T
	d    *office.Database
	sim  *simulator.Simulator
	base string // of the provider
}

func newBureau(t *testing.T) *bureau {
	t.Helper()
	d, err := office.Connect(t.Context(), officetest.Start(t).Database(t))
	must(t, err)
	t.Cleanup(d.Close)
	_, _, err = d.Init(t.Context())
	must(t, err)
	sim, err := simulator.New(simulator.Config{Speed: 2000, Latency: 20 * time.Millisecond, Keys: []simulator.Key{{Key: "key", Type: simulator.Production}}})
	must(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- sim.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		must(t, errors.Join(<-served, sim.Close()))
	})
	return &bureau{t, d, sim, "http://" + l.Addr().String()}
}

// worker starts a worker, which is drained at the end of the test, and returns the line
// of its account.
func (b *bureau) worker(needs app.Approvals) *office.Line {
	b.t.Helper()
	job := app.App{Version: "test", Key: func(context.Context, string) (oneclick.Key, error) { return oneclick.NewKey("key"), nil }}
	whose, err := job.Identify(b.t.Context(), app.Account{BaseURL: b.base}, oneclick.NewKey("key"))
	must(b.t, err)
	w, err := office.NewWorker(b.t.Context(), office.WorkerConfig{
		Database: b.d, Job: job, Account: app.Account{BaseURL: b.base}, Whose: whose, Name: "worker 1", Lease: 2 * time.Second, Folder: b.t.TempDir(), Needs: needs,
		Pace: app.Pace{Poll: 50 * time.Millisecond, Rate: app.None, PhoneGap: app.None, Wait: 20 * time.Second},
	})
	must(b.t, err)
	drain, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(context.Background(), drain) }()
	b.t.Cleanup(func() {
		cancel()
		must(b.t, <-ended)
	})
	a, err := b.d.Account(b.t.Context(), "")
	must(b.t, err)
	return b.d.Line(*a)
}

// house is the office's pages.
func (b *bureau) house(l *office.Line) *house {
	return newHouse(b.t, func(c *console.Config) {
		c.Account = app.Account{BaseURL: b.base}
		c.Office.People.Store, c.Office.Line = b.d.People(), l
	})
}

// starts gives a file, looks at what it will cost, and starts it.
func (m *member) starts(name, text string, more ...string) {
	m.t.Helper()
	m.send("/files", name+".csv", []byte(text), http.StatusOK, "money", "real")
	m.startsAgain(name, more...)
}

// startsAgain starts a batch that was given.
func (m *member) startsAgain(name string, more ...string) {
	m.t.Helper()
	a := m.settled("/batches/" + name + "/answers")
	form := hidden(a.text)
	form.Set("rows", form.Get("shown"))
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	m.post("/batches/"+name+"/start", form, http.StatusOK)
}

// sees waits until the page of a batch has a text.
func (m *member) sees(name, text string) answer {
	m.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		a := m.get("/batches/"+name, http.StatusOK)
		if strings.Contains(a.text, text) {
			return a
		}
		if time.Now().After(deadline) {
			m.t.Fatalf("%q is not in the page:\n%s", text, plain(a.text))
		}
	}
}

// people is how many phones were ordered, each of them once.
func (b *bureau) people() int {
	b.t.Helper()
	seen := map[string]bool{}
	for _, o := range b.sim.Orders() {
		if seen[o.Phone] {
			b.t.Errorf("%s was paid twice", o.Phone)
		}
		seen[o.Phone] = true
	}
	return len(seen)
}

// What is started in the pages is sent by a worker, and followed in the pages to its
// end. The pages themselves never ask the provider.
func TestLine(t *testing.T) {
	b := newBureau(t)
	h := b.house(b.worker(app.Approvals{}))
	nadia := h.comes("Nadia", people.Clerk)
	nadia.starts("october", simple)
	nadia.sees("october", "Every row was paid.")
	if n := b.people(); n != 3 {
		t.Errorf("%d people were paid", n)
	}
	nadia.has(nadia.get("/", http.StatusOK), "done", "Real money")
	nadia.has(nadia.get("/batches/october/rows", http.StatusOK), "0661000001")
	nadia.has(nadia.get("/key", http.StatusOK), "The API key lives with the office&#39;s workers.", "Balance on")
	nadia.get("/batches/october/download/results.xlsx", http.StatusOK)
	nadia.post("/sample", nil, http.StatusForbidden)
}

// Rows that look paid at the provider by hand, which only a worker sees, are refused with
// the rows that they are, and paid once more when the pages are told their number and why.
func TestLinePaysAgain(t *testing.T) {
	b := newBureau(t)
	l := b.worker(app.Approvals{})
	for _, o := range []string{"1", "2", "3"} { // somebody has paid the three by hand
		order := fmt.Sprintf(`{"plan_code":"PREPAID_MOBILIS","MSSIDN":"066100000%s","amount":%s00,"ref":"by-hand-%s"}`, o, o, o)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.base+"/v3/mobile/send", strings.NewReader(order))
		must(t, err)
		r.Header.Set("X-Access-Token", "key")
		r.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(r)
		must(t, err)
		must(t, resp.Body.Close())
		if resp.StatusCode != http.StatusOK {
			t.Fatal(resp.Status)
		}
	}
	h := b.house(l)
	nadia := h.comes("Nadia", people.Clerk)
	nadia.starts("october", simple)
	nadia.sees("october", "3 of 3 rows look paid already")
	a := nadia.settled("/batches/october/answers")
	nadia.has(a, "as the provider&#39;s list shows", "Pay them all the same", "/batches/october/again")
	if strings.Contains(plain(a.text), "flexybatch ") {
		t.Errorf("a person without a terminal reads %s", plain(a.text))
	}
	nadia.post("/batches/october/again", url.Values{"again": {"2"}, "reason": {"a second bonus"}}, http.StatusOK)
	nadia.startsAgain("october")
	nadia.sees("october", "3 rows look paid already, and 2 were named")
	if n := len(b.sim.Orders()); n != 3 {
		t.Errorf("%d orders: nothing was to be sent", n)
	}
	nadia.post("/batches/october/again", url.Values{"again": {"3"}, "reason": {"a second bonus"}}, http.StatusOK)
	nadia.startsAgain("october")
	nadia.sees("october", "Every row was paid.")
	if n := len(b.sim.Orders()); n != 6 {
		t.Errorf("%d orders, 6 are meant", n)
	}
}

// Typed wrongly, or seen at another cost, nothing comes into the line, and the page says
// so. The canary is held until a person lets the rest go; a paused batch goes on; what
// was cancelled stays unsent.
func TestLineIsHeld(t *testing.T) {
	b := newBureau(t)
	l := b.worker(app.Approvals{})
	h := b.house(l)
	nadia := h.comes("Nadia", people.Clerk)
	nadia.send("/files", "october.csv", []byte(simple), http.StatusOK, "money", "real")
	form := hidden(nadia.settled("/batches/october/answers").text)
	form.Set("rows", "2")
	nadia.has(nadia.start("october", form), "is not 3")
	form.Set("rows", "3")
	form.Set("cost", "1")
	nadia.has(nadia.start("october", form), "something else than the page has shown")
	if list, err := l.Batches(t.Context()); err != nil || len(list) != 0 {
		t.Fatalf("in line are %v, %v", list, err)
	}
	nadia.startsAgain("october", "canary", "1", "rows", "1")
	nadia.sees("october", "held after its canary")
	if n := b.people(); n != 1 {
		t.Errorf("the canary has paid %d people", n)
	}
	nadia.post("/batches/october/cancel", nil, http.StatusOK)
	nadia.sees("october", "cancelled")
	nadia.post("/batches/october/resume", nil, http.StatusOK)
	nadia.sees("october", "held after its canary") // nobody has let the rest go yet
	nadia.has(nadia.post("/batches/october/resume", url.Values{"rows": {"3"}}, http.StatusConflict), "is not 2")
	nadia.post("/batches/october/resume", url.Values{"rows": {"2"}}, http.StatusOK)
	nadia.sees("october", "Every row was paid.")
	if n := b.people(); n != 3 {
		t.Errorf("%d people were paid", n)
	}
	nadia.post("/batches/october/discard", nil, http.StatusConflict)
}

// A worker that asks for approval refuses what none has approved, and says so in the
// language of whoever reads. Whoever gave the file does not approve it.
func TestLineWantsApproval(t *testing.T) {
	b := newBureau(t)
	l := b.worker(app.Approvals{Required: 1, Approvers: writeApprovers(t)})
	h := b.house(l)
	nadia := h.comes("Nadia", people.Clerk)
	nadia.starts("october", simple)
	nadia.sees("october", "before 1 person has approved it")
	nadia.post("/language", url.Values{"language": {"fr"}, "back": {"/"}}, http.StatusOK)
	nadia.sees("october", "approuv")
	if n := b.people(); n != 0 {
		t.Errorf("%d people were paid", n)
	}
}

// Whoever gave or mended a file does not approve it, whoever starts it; somebody else's
// approval, made in the pages, is verified by the worker, and the books tell who has
// started the batch.
func TestLineIsApproved(t *testing.T) {
	b := newBureau(t)
	approvers := filepath.Join(t.TempDir(), "approvers")
	must(t, os.WriteFile(approvers, nil, 0o600))
	l := b.worker(app.Approvals{Required: 1, Approvers: approvers})
	h := newHouse(t, func(c *console.Config) {
		c.Account, c.Needs = app.Account{BaseURL: b.base}, app.Approvals{Required: 1}
		c.Office.People.Store, c.Office.Line = b.d.People(), l
	})
	both := []people.Role{people.Clerk, people.Approver}
	giver, starter, other, admin := h.comes("Giver", both...), h.comes("Starter", people.Clerk), h.comes("Other", people.Approver), h.comes("Admin", people.Admin)
	admin.count(giver)
	admin.count(other)
	list, err := os.ReadFile(filepath.Join(h.folder.Path, "approvers"))
	must(t, err)
	must(t, os.WriteFile(approvers, list, 0o600))
	giver.send("/files", "october.csv", []byte(simple), http.StatusOK, "money", "real")
	giver.settled("/batches/october/answers")
	starter.post("/batches/october/approval", url.Values{"people": {"1"}}, http.StatusOK)
	giver.has(giver.sign("/batches/october/approval", http.StatusOK), "0 have approved it")
	starter.post("/batches/october/start", url.Values{"shown": {"3"}, "rows": {"3"}, "cost": {"576.00"}}, http.StatusOK)
	if list, err := l.Batches(t.Context()); err != nil || len(list) != 0 {
		t.Fatalf("in line are %v, %v", list, err)
	}
	other.has(other.sign("/batches/october/approval", http.StatusOK), "1 has approved it")
	starter.startsAgain("october")
	starter.sees("october", "Every row was paid.")
	if n := b.people(); n != 3 {
		t.Errorf("%d people were paid", n)
	}
	ledger, _, err := batch.ReadLedger(l.Storage(), "october.journal")
	must(t, err)
	if notes := ledger.Notes(); !slices.ContainsFunc(notes, func(n batch.Note) bool { return strings.HasPrefix(n.Text.String(), "Starter, through ") }) {
		t.Errorf("the books have %v", notes)
	}
}

// writeApprovers is a file with one person whose approval counts.
func writeApprovers(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "approvers")
	must(t, os.WriteFile(path, []byte(approvaltest.New(t, approvaltest.ES256).Approver(t, "Lina").String()+"\n"), 0o600))
	return path
}

// What stands in line is shown by pages that were not there when it was put there, and
// two offices do not get one name.
func TestLineFromElsewhere(t *testing.T) {
	b := newBureau(t)
	l := b.worker(app.Approvals{})
	first, second := b.house(l), b.house(l)
	nadia, amel := first.comes("Nadia", people.Clerk), second.comes("Amel", people.Clerk)
	nadia.starts("october", simple)
	nadia.sees("october", "Every row was paid.")
	amel.has(amel.get("/", http.StatusOK), "october")
	amel.sees("october", "Every row was paid.")
	a := amel.send("/files", "october.csv", []byte(strings.ReplaceAll(simple, "06610", "06620")), http.StatusOK, "money", "real")
	if !strings.HasPrefix(a.Request.URL.Path, "/batches/october-2") {
		t.Errorf("another file of the name leads to %s", a.Request.URL)
	}
	for _, m := range []*member{nadia, amel} { // before either is in line
		m.send("/files", "november.csv", []byte(strings.NewReplacer("06610", map[string]string{"Nadia": "06630", "Amel": "06640"}[m.name], "\n", "\n"+m.name).Replace(strings.TrimSpace(simple))), http.StatusOK, "money", "real")
	}
	nadia.startsAgain("november")
	nadia.sees("november", "Every row was paid.")
	a = amel.settled("/batches/november/answers")
	form := hidden(a.text)
	form.Set("rows", form.Get("shown"))
	amel.has(amel.start("november", form), "was submitted already")
	if n := b.people(); n != 6 {
		t.Errorf("%d people were paid", n)
	}
	if list, err := b.d.People().People(t.Context()); err != nil || len(list) != 2 {
		t.Errorf("the people: %v, %v", list, err)
	}
}

// The pages of an office with workers in a real browser: a canary is held, seen in three
// languages by the rules of accessibility, let go with a button, and followed to its end.
func TestLineInBrowser(t *testing.T) {
	t.Parallel()
	startChromium(t)
	b := newBureau(t)
	h := b.house(b.worker(app.Approvals{}))
	clerk := h.comesIn("Amel", people.Clerk)
	clerk.choose("#file", file(t, "october.csv", []byte(simple)))
	clerk.press("form.upload button.main")
	clerk.steps()
	clerk.open("/batches/october/answers")
	eval[bool](clerk, `document.querySelector("details:has(#canary)").open = true`)
	clerk.fill("#canary", "1")
	clerk.fill("#rows", "1")
	clerk.press("button.pay")
	clerk.until(`!!document.querySelector('form[action$="/resume"]')`)
	for _, language := range []string{"fr", "ar", "en"} {
		for _, path := range []string{"/batches/october", "/", "/key"} {
			clerk.open(path)
			clerk.speak(language)
			clerk.axe()
			clerk.narrow()
		}
	}
	clerk.open("/batches/october")
	clerk.shows("held after its canary")
	clerk.fill("#rest", "2")
	clerk.press(`form[action$="/resume"] button`)
	clerk.until(`document.body.innerText.includes("Every row was paid.")`)
	if n := b.people(); n != 3 {
		t.Errorf("%d people were paid", n)
	}
}
