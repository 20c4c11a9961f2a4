package cli

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/report"
)

// reconciled runs `flexybatch reconcile --json` and wants this exit code.
func (s *site) reconciled(want int, more ...string) (r report.Reconciliation, words string) {
	s.t.Helper()
	cmd, out, errs := s.command(append([]string{"reconcile", "--json", "--rate", "0", s.file}, more...)...)
	if code := exitCode(s.t, cmd.Run()); code != want {
		s.t.Fatalf("reconcile %v: exit %d, want %d\n%s%s", more, code, want, out, errs)
	}
	if out.Len() > 0 {
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			s.t.Fatalf("%v in %s", err, out)
		}
	}
	return r, errs.String()
}

// kindsOf are the kinds of its differences, each once, sorted.
func kindsOf(r report.Reconciliation) []string {
	list := []string{}
	for _, d := range r.Differences {
		list = append(list, string(d.Kind))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// order sends an order of somebody else's to the provider.
func order(t *testing.T, h http.Handler, ref string, amount int) {
	t.Helper()
	body := fmt.Sprintf(`{"plan_code":"PREPAID_MOBILIS","MSSIDN":"0669999999","amount":%d,"ref":%q}`, amount, ref)
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v3/mobile/send", strings.NewReader(body))
	req.Header.Set("X-Access-Token", simulator.DefaultKey)
	answer := httptest.NewRecorder()
	if h.ServeHTTP(answer, req); answer.Code != http.StatusOK {
		t.Fatalf("the provider answered %d %s", answer.Code, answer.Body)
	}
}

// export writes the account's transactions as a person would export them.
func (s *site) export(name string, change func(rows [][]string) [][]string) string {
	s.t.Helper()
	rows := [][]string{{"id", "type", "amount", "oldBalance", "newBalance", "objid", "time"}}
	for _, v := range s.sim.Transactions() {
		rows = append(rows, []string{v.ID, v.Type, batch.Centimes(v.Amount).String(), batch.Centimes(v.Old).String(), batch.Centimes(v.New).String(), v.OrderID, v.Time.Format(time.RFC3339Nano)})
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(change(rows)); err != nil {
		s.t.Fatal(err)
	}
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

func TestReconcileAfterABadDay(t *testing.T) {
	t.Parallel()
	for _, prefix := range []bool{false, true} {
		s := newSite(t, simulator.Config{Faults: badDay, Seed: 3, PrefixRefs: prefix}, 250)
		s.untilDone()
		r, _ := s.reconciled(exitDone)
		if !r.Agrees || len(r.Differences) > 0 || !r.Balance.AddsUp || r.Balance.Before != simulator.DefaultBalance || int64(r.Balance.After) != s.sim.Balance() {
			t.Errorf("%+v", r)
		}
		if _, err := os.Stat(filepath.Join(s.dir, "payroll.reconciliation.xlsx")); err != nil {
			t.Error(err)
		}
	}
}

// The same, with a statement that was exported by hand: no key is needed, and
// what was tampered with is found.
func TestReconcileWithAStatement(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Faults: map[string]float64{"refunded": 0.2}, Seed: 2}, 60)
	s.untilDone()
	s.env = append(s.env, "ONECLICKDZ_API_KEY=")
	line := func(kind string) func(r []string) bool { return func(r []string) bool { return r[1] == kind } }
	// kept is a charge that was not given back.
	kept := func(rows [][]string) int {
		return slices.IndexFunc(rows, func(r []string) bool {
			return r[1] == "FLEXY" && !slices.ContainsFunc(rows, func(o []string) bool { return o[1] == "REFUND-FLEXY" && o[5] == r[5] })
		})
	}
	for _, c := range []struct {
		name   string
		change func(rows [][]string) [][]string
		want   []string
	}{
		{"as it is", func(rows [][]string) [][]string { return rows }, []string{}},
		{"newest first", func(rows [][]string) [][]string { slices.Reverse(rows[1:]); return rows }, []string{}},
		{"a charge is missing", func(rows [][]string) [][]string { i := kept(rows); return slices.Delete(rows, i, i+1) }, []string{"balance-differs", "fulfilled-not-charged"}},
		{"a charge is listed twice", func(rows [][]string) [][]string { i := kept(rows); return slices.Insert(rows, i, rows[i]) }, []string{"balance-differs", "charged-twice"}},
		{"a charge is another", func(rows [][]string) [][]string { rows[kept(rows)][2] = "-1.00"; return rows }, []string{"balance-differs", "cost-differs"}},
		{"a refund is missing", func(rows [][]string) [][]string {
			i := slices.IndexFunc(rows, line("REFUND-FLEXY"))
			return slices.Delete(rows, i, i+1)
		}, []string{"balance-differs", "refund-missing"}},
	} {
		path := s.export("statement.csv", c.change)
		want := exitDone
		if len(c.want) > 0 {
			want = exitProblems
		}
		if r, _ := s.reconciled(want, "--statement", path, "--out", filepath.Join(s.dir, "by hand.xlsx")); !slices.Equal(kindsOf(r), c.want) {
			t.Errorf("%s: %q, want %q: %+v", c.name, kindsOf(r), c.want, r.Differences)
		}
	}
	if _, words := s.reconciled(exitNothing, "--statement", s.file); !strings.Contains(words, "Matricule") {
		t.Errorf("a file that is no statement: %q", words)
	}
	s.reconciled(exitNothing, "--statement", "nowhere.csv")
}

// changing is a provider whose lists change while their pages are read.
type changing struct {
	*simulator.Simulator
	on atomic.Pointer[func(http.ResponseWriter, *http.Request) bool] // true: it has answered
}

func (c *changing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f := c.on.Load(); f != nil && (*f)(w, r) {
		return
	}
	c.Simulator.ServeHTTP(w, r)
}

// newChanging is a site with such a provider in front.
func newChanging(t *testing.T, rows int) (*site, *changing) {
	t.Helper()
	s := newSite(t, simulator.Config{}, rows)
	c := &changing{Simulator: s.sim}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	s.env = append(s.env, "ONECLICKDZ_BASE_URL="+server.URL)
	return s, c
}

// Orders of others that come in between two pages push the rest along; nothing
// is lost or counted twice.
func TestReconcileWhileOthersOrder(t *testing.T) {
	t.Parallel()
	s, provider := newChanging(t, 350)
	s.run(exitDone)
	n := 0
	busy := func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/v3/account/transactions" || r.URL.Path == "/v3/mobile/list" {
			for range 30 {
				n++
				order(t, s.sim, fmt.Sprintf("shop-%d", n), 100)
			}
		}
		return false
	}
	provider.on.Store(&busy)
	r, _ := s.reconciled(exitDone)
	if !r.Balance.AddsUp || n < 200 || len(r.Others) == 0 {
		t.Errorf("%+v, %d orders of others, %d told of", r.Balance, n, len(r.Others))
	}
}

// An entry that is taken out between two pages pulls the rest up, so that one is
// passed over: the balances show it, and the list is read once more.
func TestReconcileWhileEntriesVanish(t *testing.T) {
	t.Parallel()
	s, provider := newChanging(t, 350)
	s.run(exitDone)
	passes := 0
	first := func(w http.ResponseWriter, r *http.Request) bool {
		q := r.URL.Query()
		if r.URL.Path != "/v3/account/transactions" {
			return false
		}
		if q.Get("page") == "1" {
			passes++
		}
		if q.Get("page") != "2" || passes > 1 {
			return false
		}
		answer := httptest.NewRecorder()
		s.sim.ServeHTTP(answer, r)
		var page map[string]any
		if err := json.Unmarshal(answer.Body.Bytes(), &page); err != nil {
			t.Error(err)
		}
		data := page["data"].(map[string]any)
		data["items"] = data["items"].([]any)[1:] // the first of them stands on page 1 now, which was read
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(page); err != nil {
			t.Error(err)
		}
		return true
	}
	provider.on.Store(&first)
	if r, _ := s.reconciled(exitDone); passes != 2 {
		t.Errorf("%d passes, %+v", passes, r.Balance)
	}
}

func TestReconcileFindsAStrangersOrder(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 5)
	s.run(exitDone)
	order(t, s.sim, string(refByID("payroll", "another machine's row")), 100)
	order(t, s.sim, "shop-1", 100)
	r, _ := s.reconciled(exitProblems)
	if !slices.Equal(kindsOf(r), []string{"foreign-order"}) || len(r.Others) != 2 {
		t.Errorf("%+v", r)
	}
	// As a batch beside it, it is known.
	s.run(exitDone, "--batch", "payroll-2")
	if r, _ := s.reconciled(exitProblems); len(r.Differences) != 1 || len(r.Others) != 7 || !strings.Contains(r.Others[6].Detail, "of the batch payroll-2") {
		t.Errorf("%+v", r)
	}
}

// An open row is no difference until the provider has its end: UNKNOWN_ERROR is
// settled after 24 h of life, eight seconds here.
func TestReconcileOpenRows(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Speed: 24 * 3600 / 8}, 0)
	s.write("payroll.csv", "id,phone,plan,amount\n3,0600000003,PREPAID_MOBILIS,100\n4,0660000004,PREPAID_MOBILIS,100\n5,bad,PREPAID_MOBILIS,100\n")
	s.run(exitOpen, "--wait", "2s")
	s.reconciled(exitDone)
	waitFor(t, func() bool {
		return s.sim.Orders()[0].Status != "UNKNOWN_ERROR" && s.sim.Orders()[1].Status != "UNKNOWN_ERROR"
	})
	if r, _ := s.reconciled(exitProblems); !slices.Equal(kindsOf(r), []string{"open"}) || !strings.Contains(r.Differences[0].Detail, "settle") {
		t.Errorf("%+v", r.Differences)
	}
	s.json(exitProblems, append([]string{"settle", "--json", s.file}, quick[:8]...)...)
	s.reconciled(exitDone)
}

// It works while the batch is being run, and changes nothing.
func TestReconcileWhileTheBatchRuns(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 20)
	s.hold = make(chan struct{})
	s.notify.Store(1)
	cmd, _, _ := s.command(append([]string{"run", "--yes", s.file}, quick...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-s.at
	if r, _ := s.reconciled(exitDone); !r.Agrees {
		t.Errorf("%+v", r)
	}
	close(s.hold)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	before, err := os.ReadFile(filepath.Join(s.dir, "payroll.journal"))
	if err != nil {
		t.Fatal(err)
	}
	s.reconciled(exitDone)
	after, err := os.ReadFile(filepath.Join(s.dir, "payroll.journal"))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the journal was changed: %v", err)
	}
}

func TestReconcileRefusesAnotherAccount(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Keys: []simulator.Key{{Key: "simulator"}, {Key: "live", Type: simulator.Production}, {Key: "looker", ReadOnly: true}}}, 5)
	_, words := s.reconciled(exitNothing)
	if !strings.Contains(words, "no journal") {
		t.Errorf("before the first run it said %q", words)
	}
	s.run(exitDone)
	env := s.env
	for key, want := range map[string]string{"live": "PRODUCTION", "wrong": "INVALID_ACCESS_TOKEN", "": "no API key"} {
		s.env = append(slices.Clone(env), "ONECLICKDZ_API_KEY="+key)
		if _, words := s.reconciled(exitNothing); !strings.Contains(words, want) {
			t.Errorf("with the key %q it said %q", key, words)
		}
	}
	s.env = append(slices.Clone(env), "ONECLICKDZ_API_KEY=looker")
	s.reconciled(exitDone)
	s.env = append(slices.Clone(env), "ONECLICKDZ_BASE_URL=http://127.0.0.1:1")
	if _, words := s.reconciled(exitNothing); !strings.Contains(words, "could not be reached") {
		t.Errorf("out of reach it said %q", words)
	}
}

// The whole of it between processes: a provider with faults, a run, a resend of
// what came back, run twice, and both batches reconciled against it.
func TestReconcileAndResendAgainstASimulateProcess(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 40)
	provider, _, _ := s.command("simulate", "--listen", "127.0.0.1:0", "--speed", "500", "--seed", "5", "--prefix-refs",
		"--fault", "refunded=0.3", "--fault", "reset-after=0.1", "--fault", "error-503=0.1")
	provider.Stdout = nil
	stdout, err := provider.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := provider.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = provider.Process.Kill()
		_ = provider.Wait() // it was killed
	}()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	_, url, _ := strings.Cut(line, " on ")
	url, _, _ = strings.Cut(url, " ")
	s.env = append(s.env, "ONECLICKDZ_BASE_URL="+url)

	s.untilDone()
	original := s.file
	s.reconciled(exitDone)
	sum, _ := s.resend(exitDone, original)
	if sum.Rows == 0 {
		t.Fatal("nothing came back: the test proves nothing")
	}
	s.file = sum.File
	s.untilDone()
	s.untilDone()
	r, _ := s.reconciled(exitDone)
	if charges := len(r.Others); charges != 0 {
		t.Errorf("the resend's reconciliation tells of %d transactions of others", charges)
	}
	s.file = original
	r, _ = s.reconciled(exitDone)
	charged := 0
	for _, o := range r.Others {
		if !strings.HasSuffix(o.Detail, "of the batch payroll-r1") {
			t.Errorf("%+v", o)
		}
		if o.Amount < 0 {
			charged++
		}
	}
	if charged != sum.Rows {
		t.Errorf("%d charges for the %d rows of the resend", charged, sum.Rows)
	}
}
