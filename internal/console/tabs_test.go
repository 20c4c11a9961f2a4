package console_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
	"flexybatch/internal/console"
)

// watching opens the page of a batch and its live view in so many tabs, until ctx ends.
// It returns how long the slowest page took.
func (d *desk) watching(ctx context.Context, name string, tabs int) (slowest time.Duration) {
	var all sync.WaitGroup
	took := make([]time.Duration, tabs)
	for i := range tabs {
		all.Go(func() {
			begin := time.Now()
			d.get("/batches/"+name, http.StatusOK)
			took[i] = time.Since(begin)
			r := d.request(http.MethodGet, "/batches/"+name+"/live", nil).WithContext(ctx)
			resp, err := d.client.Do(r)
			if err != nil {
				return // the window is over
			}
			defer func() { _ = resp.Body.Close() }()
			for lines := bufio.NewScanner(resp.Body); lines.Scan(); { // until ctx ends
			}
		})
	}
	all.Wait()
	for _, t := range took {
		slowest = max(slowest, t)
	}
	return slowest
}

// A large batch is looked at in five tabs while it is sent: each page comes at once,
// and sending goes on as if nobody looked. With -slow it is a million rows, and how
// much is sent is measured with and without the tabs, by turns.
func TestFiveTabsUnraced(t *testing.T) {
	apart(t)
	rows, window, turns, atOnce := 20_000, 500*time.Millisecond, 1, 5*time.Second // of a machine that does much else
	if *slow {
		rows, window, turns, atOnce = 1_000_000, 8*time.Second, 6, time.Second
	}
	p := newRemote(t, simulator.Sandbox)
	var err error
	p.sim, err = simulator.New(simulator.Config{Keys: []simulator.Key{{Key: simulator.DefaultKey, Type: simulator.Sandbox}}, Balance: 1 << 50, Speed: 500})
	must(t, err)
	d := p.desk(t, withKey, func(c *console.Config) { c.Pace.Poll, c.Pace.Concurrency = time.Hour, 8 })
	d.client.Timeout = 5 * time.Minute
	d.letIn()
	d.send("/files", "payroll.csv", []byte(payrollOf(rows)), http.StatusOK, "money", "real")
	f := hidden(d.settledIn("/batches/payroll/answers", 5*time.Minute).text)
	d.post("/batches/payroll/start", f, http.StatusOK)
	for d.k.Sent("payroll") == 0 {
		d.get("/batches/payroll", http.StatusOK)
	}
	var sent [2]int // without tabs, and with
	for turn := range 2 * turns {
		before := d.k.Sent("payroll")
		ctx, stop := context.WithTimeout(t.Context(), window)
		with := (turn + 1) / 2 % 2 // without, with, with, without: the machine and the batch change meanwhile
		if with == 1 {
			if slowest := d.watching(ctx, "payroll", 5); slowest > atOnce {
				t.Errorf("a page took %v", slowest)
			} else {
				t.Logf("the slowest of 5 pages took %v", slowest.Round(time.Millisecond))
			}
		}
		<-ctx.Done()
		stop()
		sent[with] += d.k.Sent("payroll") - before
	}
	t.Logf("%d rows: sent without tabs %d, with five %d: %+.1f %%", rows, sent[0], sent[1], 100*float64(sent[1]-sent[0])/float64(sent[0]))
	d.stop()
	if err := <-d.ended; err != nil {
		t.Error(err)
	}
	d.ended <- nil
	k, err := app.ReadKnown(app.Place{File: d.folder.Journal("payroll"), State: d.folder.Path})
	must(t, err)
	phones := map[string]int{}
	for _, o := range p.sim.Orders() {
		phones[o.Phone]++
		if phones[o.Phone] > 1 {
			t.Fatalf("%s was paid twice", o.Phone)
		}
	}
	if len(phones) == 0 || k.Ledger.Tally().Total != rows {
		t.Errorf("%d were paid of %d", len(phones), k.Ledger.Tally().Total)
	}
}

// settledIn is settled for what takes its time.
func (d *desk) settledIn(path string, patience time.Duration) answer {
	d.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if a := d.get(path, http.StatusOK); !strings.Contains(a.text, `http-equiv="refresh"`) {
			return a
		}
	}
	d.t.Fatalf("%s does not settle", path)
	return answer{}
}

// What a tab costs that looks at a batch of a million rows while it is sent, or with
// -short of 100,000: its page once, and then a snapshot a second. Sending has all the
// rest of the processors.
func BenchmarkTab(b *testing.B) {
	rows := 1_000_000
	if testing.Short() {
		rows = 100_000
	}
	p := newRemote(b, simulator.Sandbox)
	p.hold.Store(100)
	defer close(p.free)
	c := console.Config{Folder: app.Folder{Path: b.TempDir()}, Job: app.App{Version: "test"}, Account: app.Account{BaseURL: p.url}, Token: "once", Hosts: []string{"example.com"},
		Pace: app.Pace{Rate: app.None, Poll: time.Hour, PhoneGap: app.None, Timeout: time.Hour, Concurrency: 8}}
	withKey(&c)
	k, err := console.New(c)
	must(b, err)
	defer k.Abort()
	draft, err := c.Folder.NewDraft(app.Given{Name: "payroll.csv", From: strings.NewReader(payrollOf(rows))})
	must(b, err)
	draft.Settled = true
	must(b, c.Folder.Keep(draft))
	w := httptest.NewRecorder()
	k.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/?token=once", nil))
	cookie := w.Result().Cookies()[0]
	ask := func(method, path, form string) string {
		r := httptest.NewRequest(method, path, strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(cookie)
		w := httptest.NewRecorder()
		k.ServeHTTP(w, r)
		return w.Body.String()
	}
	page := ask(http.MethodGet, "/batches/payroll/answers", "")
	for strings.Contains(page, `http-equiv="refresh"`) {
		page = ask(http.MethodGet, "/batches/payroll/answers", "")
	}
	ask(http.MethodPost, "/batches/payroll/start", hidden(page).Encode())
	<-p.at
	b.Run("page", func(b *testing.B) {
		for b.Loop() {
			if !strings.Contains(ask(http.MethodGet, "/batches/payroll", ""), "data-live") {
				b.Fatal("the batch is not shown as it is sent")
			}
		}
	})
	b.Run("snapshot", func(b *testing.B) {
		for b.Loop() {
			must(b, k.Snapshot("payroll"))
		}
	})
}
