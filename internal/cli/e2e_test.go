package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/report"
)

// The tests of this file run the built binary against the simulator on a real
// socket, and hold the provider's ledger against the report, row by row.

// binary is the program, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "flexybatch")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		os.Setenv("LC_ALL", "C")               // the tests read English
		os.Setenv("FLEXYBATCH_CONFIG", "none") // and nobody's own settings
		for name, value := range ownState(dir) {
			os.Setenv(name, value) // nor own register of batches
		}
		binary = filepath.Join(dir, "flexybatch")
		if runtime.GOOS == "windows" {
			binary += ".exe"
		}
		build := exec.Command("go", "build", "-trimpath", "-o", binary, "flexybatch")
		build.Env = append(os.Environ(), "CGO_ENABLED=0") // as make build does, with whom it shares what is compiled
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "building the program: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// ownState is what makes the program keep the register of batches in a folder, on
// every system.
func ownState(dir string) map[string]string {
	state := map[string]string{"XDG_STATE_HOME": dir, "LocalAppData": dir}
	if runtime.GOOS == "darwin" {
		state["HOME"] = dir
	}
	return state
}

// site is a provider, and a folder with an input file.
type site struct {
	t    *testing.T
	sim  *simulator.Simulator // replaced by replaceProvider alone
	swap sync.RWMutex         // held while sim is replaced, and while ServeHTTP reads it
	url  string
	dir  string
	file string
	env  []string

	open   sync.Map      // the connections that are not closed, as keys
	closed chan struct{} // has a token where one of them was closed
	sends  atomic.Int64  // that have reached the provider
	notify atomic.Int64  // at how many sends reached is told
	at     chan struct{} // takes one token when so many sends have arrived
	hold   chan struct{} // where not nil, answers to sends wait until it is closed
}

// newSite starts a provider and writes a file of n rows.
func newSite(t *testing.T, c simulator.Config, n int) *site {
	t.Helper()
	if c.Speed == 0 {
		c.Speed = 500
	}
	sim, err := simulator.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, sim: sim, dir: t.TempDir(), at: make(chan struct{}, 1), closed: make(chan struct{}, 1)}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: s, ConnState: s.connection}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	s.url = "http://" + l.Addr().String()
	s.env = append(os.Environ(), "ONECLICKDZ_API_KEY="+simulator.DefaultKey, "ONECLICKDZ_BASE_URL="+s.url)
	for name, value := range ownState(t.TempDir()) {
		s.env = append(s.env, name+"="+value)
	}
	var b strings.Builder
	b.WriteString("Matricule;Nom;Téléphone;Offre;Montant\n")
	for i := range n {
		fmt.Fprintf(&b, "E%05d;Agent %d;06%08d;PREPAID_MOBILIS;%d\n", i, i, 10_000_000+i, 100+i%50)
	}
	s.write("payroll.csv", b.String())
	return s
}

func (s *site) write(name, text string) {
	s.t.Helper()
	s.file = filepath.Join(s.dir, name)
	if err := os.WriteFile(s.file, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// ServeHTTP is the provider; it tells when so many sends have arrived.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		if s.sends.Add(1) == s.notify.Load() {
			s.at <- struct{}{}
		}
		if s.hold != nil {
			<-s.hold
		}
	}
	s.swap.RLock()
	sim := s.sim
	s.swap.RUnlock()
	sim.ServeHTTP(w, r)
}

// connection keeps the list of open connections.
func (s *site) connection(c net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.open.Store(c, true)
	case http.StateClosed, http.StateHijacked:
		s.open.Delete(c)
		select {
		case s.closed <- struct{}{}:
		default:
		}
	}
}

// quiet waits until nothing that a killed process sent is still on its way. The kernel
// hands connections over in their order: when one of our own is answered, the server
// knows of every earlier one.
func (s *site) quiet() {
	s.t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	answer.Body.Close()
	for {
		none := true
		s.open.Range(func(any, any) bool { none = false; return false })
		if none {
			return
		}
		<-s.closed
	}
}

// replaceProvider puts another provider in the place of the site's, which was closed.
func (s *site) replaceProvider(c simulator.Config) {
	s.t.Helper()
	sim, err := simulator.New(c)
	if err != nil {
		s.t.Fatal(err)
	}
	s.swap.Lock()
	defer s.swap.Unlock()
	s.sim = sim
}

// quick are flags that make a run against a fast simulator short.
var quick = []string{"--rate", "0", "--poll-interval", "20ms", "--wait", "20s", "--resend-after", "200ms", "--phone-gap", "0s", "--timeout", "2s"}

// command is the program with these arguments, not started.
func (s *site) command(args ...string) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
	cmd = exec.Command(binary, args...)
	cmd.Env, cmd.Dir = s.env, s.dir
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	return cmd, stdout, stderr
}

// run runs `flexybatch run --yes --json FILE` and more to its end.
func (s *site) run(want int, more ...string) (report.Summary, string) {
	s.t.Helper()
	return s.json(want, append(append([]string{"run", "--yes", "--json", s.file}, quick...), more...)...)
}

// json runs the program, wants this exit code, and reads the summary.
func (s *site) json(want int, args ...string) (sum report.Summary, stderr string) {
	s.t.Helper()
	cmd, out, errs := s.command(args...)
	code := exitCode(s.t, cmd.Run())
	if code != want {
		s.t.Fatalf("flexybatch %s: exit %d, want %d\n%s%s", strings.Join(args, " "), code, want, out, errs)
	}
	if out.Len() > 0 {
		if err := json.Unmarshal(out.Bytes(), &sum); err != nil {
			s.t.Fatalf("the summary: %v in %s", err, out)
		}
	}
	return sum, errs.String()
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	t.Fatal(err)
	return -1
}

// reconcile holds the provider's ledger against the report, row by row.
func (s *site) reconcile() []report.Row {
	s.t.Helper()
	cmd, out, errs := s.command("report", "--format", "json", s.file)
	if code := exitCode(s.t, cmd.Run()); code == exitNothing || code == exitUsage {
		s.t.Fatalf("report: exit %d: %s", code, errs)
	}
	var book struct {
		Summary report.Summary
		Rows    []report.Row
	}
	if err := json.Unmarshal(out.Bytes(), &book); err != nil {
		s.t.Fatal(err)
	}
	orders := map[string]simulator.Order{}
	var charged, refunded int64
	for _, o := range s.sim.Orders() {
		if twice, ok := orders[o.Ref]; ok {
			s.t.Errorf("ref %s was charged twice: %+v and %+v", o.Ref, twice, o)
		}
		orders[o.Ref] = o
		charged += o.Charged
		refunded += o.Refunded
	}
	for _, r := range book.Rows {
		o, ordered := orders[string(r.Ref)]
		delete(orders, string(r.Ref))
		want := map[string]string{"fulfilled": "FULFILLED", "refunded": "REFUNDED"}[r.State]
		switch {
		case want != "" && o.Status != want, (r.State == "invalid" || r.State == "rejected" || r.State == "unsent") && ordered:
			s.t.Errorf("row %d is %s, and the provider says %q", r.Row, r.State, o.Status)
		case ordered && (o.Phone != string(r.Phone) || o.Amount != int64(r.Amount) || o.ID != r.TopupID && r.TopupID != ""):
			s.t.Errorf("row %d: %+v, and the provider has %+v", r.Row, r, o)
		}
	}
	for ref := range orders {
		s.t.Errorf("the provider has an order for %s, which is no row of the report", ref)
	}
	open := book.Summary.Rows.Unknown + book.Summary.Rows.Pending
	if open == 0 && (int64(book.Summary.Money.Charged) != charged || int64(book.Summary.Money.Refunded) != refunded) {
		s.t.Errorf("the report says %s charged and %s refunded, the provider %d and %d centimes", book.Summary.Money.Charged, book.Summary.Money.Refunded, charged, refunded)
	}
	return book.Rows
}

func TestWholeBatch(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 300)
	sum, _ := s.run(exitDone)
	if sum.Rows.Fulfilled != 300 || sum.SentNow != 300 || sum.Simulated || sum.APICalls < 300 {
		t.Errorf("%+v", sum)
	}
	s.reconcile()
	again, words := s.run(exitDone)
	if again.SentNow != 0 || !strings.Contains(words, "already sent") || !strings.Contains(words, "--batch") {
		t.Errorf("a second run sent %d and said %q", again.SentNow, words)
	}
	if got := len(s.sim.Orders()); got != 300 {
		t.Errorf("%d orders after the second run", got)
	}
	for _, name := range []string{"payroll.journal", "payroll.results.xlsx"} {
		info, err := os.Stat(filepath.Join(s.dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
}

// badDay is what a bad day looks like.
var badDay = map[string]float64{
	"reset-before": 0.03, "reset-after": 0.03, "truncated": 0.02, "html": 0.02, "error-500-after": 0.02, "error-503": 0.02,
	"throttle": 0.01, "other-ref": 0.02, "refunded": 0.03, "backwards": 0.02,
}

// untilDone runs the batch until nothing is left to do.
func (s *site) untilDone(more ...string) {
	s.t.Helper()
	for range 20 {
		cmd, out, errs := s.command(append(append([]string{"run", "--yes", "--json", s.file}, quick...), more...)...)
		switch code := exitCode(s.t, cmd.Run()); code {
		case exitDone, exitProblems:
			return
		case exitOpen:
		default:
			s.t.Fatalf("exit %d\n%s%s", code, out, errs)
		}
	}
	s.t.Fatal("the batch never came to its end")
}

func TestKilledAndResumed(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Faults: badDay, Seed: 3, Latency: time.Millisecond}, 300)
	for _, at := range []int64{1, 40, 90, 91, 150, 220} {
		s.notify.Store(s.sends.Load() + 1 + at/8)
		cmd, _, _ := s.command(append([]string{"run", "--yes", s.file}, quick...)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-s.at
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
	}
	s.untilDone()
	s.reconcile()
}

func TestSIGTERMDrains(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Latency: 5 * time.Millisecond}, 300)
	s.notify.Store(50)
	cmd, out, errs := s.command(append([]string{"run", "--yes", "--json", s.file}, quick...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-s.at
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(t, cmd.Wait()); code != exitOpen {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	var sum report.Summary
	if err := json.Unmarshal(out.Bytes(), &sum); err != nil {
		t.Fatal(err)
	}
	if sum.Rows.Unknown != 0 || sum.Rows.Unsent == 0 || sum.SentNow < 50 {
		t.Errorf("after SIGTERM: %+v", sum)
	}
	s.reconcile()
	s.run(exitDone)
	s.reconcile()
}

func TestSecondSignalLeavesAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 20)
	s.hold = make(chan struct{})
	s.notify.Store(1)
	cmd, out, errs := s.command(append([]string{"run", "--yes", "--json", s.file}, append(quick, "--timeout", "5m")...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-s.at
	// Two signals at once may be one to the kernel: send until it leaves.
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	var err error
	for left := false; !left; {
		select {
		case err = <-done:
			left = true
		case <-time.After(50 * time.Millisecond):
			_ = cmd.Process.Signal(os.Interrupt)
		}
	}
	if code := exitCode(t, err); code != exitOpen {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	close(s.hold)
	s.untilDone()
	s.reconcile()
}

// waitFor asks again and again, for a while.
func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			t.Fatal("it never came about")
		}
		time.Sleep(time.Millisecond)
	}
}

func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 20)
	s.hold = make(chan struct{})
	s.notify.Store(1)
	first, _, _ := s.command(append([]string{"run", "--yes", s.file}, quick...)...)
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	<-s.at
	_, words := s.json(exitNothing, append([]string{"run", "--yes", s.file}, quick...)...)
	if !strings.Contains(words, fmt.Sprintf("process %d", first.Process.Pid)) {
		t.Errorf("the second process was told %q", words)
	}
	sum, _ := s.json(exitOpen, "status", "--json", s.file)
	if sum.Rows.Total != 20 {
		t.Errorf("status while it runs: %+v", sum)
	}
	look, told, _ := s.command("status", s.file)
	if code := exitCode(t, look.Run()); code != exitOpen {
		t.Errorf("status while it runs left with %d", code)
	}
	for _, want := range []string{"Running since ", fmt.Sprintf("process %d", first.Process.Pid), "of 20 rows sent, "} {
		if !strings.Contains(told.String(), want) || strings.Contains(told.String(), "Next:") {
			t.Errorf("status while it runs says %q, and not %q", told, want)
		}
	}
	close(s.hold)
	if code := exitCode(t, first.Wait()); code != exitDone && code != exitOpen {
		t.Errorf("the first process left with %d", code)
	}
	s.untilDone()
	s.reconcile()
}

func TestBalanceGoneInMidBatch(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Balance: 5000_00}, 100)
	sum, words := s.run(exitOpen)
	if sum.Rows.Unsent == 0 || sum.Rows.Fulfilled == 0 || sum.Rows.Rejected != 0 {
		t.Errorf("%+v", sum)
	}
	if !strings.Contains(words, "balance will run out at row") || !strings.Contains(words, "Put money on the account") {
		t.Errorf("it said %q", words)
	}
	s.reconcile()
	if err := s.sim.Deposit(1_000_000_00); err != nil {
		t.Fatal(err)
	}
	if sum, _ = s.run(exitDone); sum.Rows.Fulfilled != 100 {
		t.Errorf("%+v", sum)
	}
	s.reconcile()
}

func TestJournalDeleted(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 50)
	s.run(exitDone)
	if err := os.Remove(filepath.Join(s.dir, "payroll.journal")); err != nil {
		t.Fatal(err)
	}
	if sum, _ := s.run(exitDone); sum.Rows.Fulfilled != 50 {
		t.Errorf("%+v", sum)
	}
	if got := len(s.sim.Orders()); got != 50 {
		t.Errorf("%d orders for 50 rows", got)
	}
	s.reconcile()
}

func TestRefundedRefusedUnknownThenSettled(t *testing.T) {
	t.Parallel()
	// UNKNOWN_ERROR is settled after 24 h of life: three seconds here.
	s := newSite(t, simulator.Config{Speed: 24 * 3600 / 3}, 0)
	s.write("payroll.csv", "id,phone,plan,amount\n1,0600000001,PREPAID_MOBILIS,100\n2,0600000002,PREPAID_MOBILIS,100\n"+
		"3,0600000003,PREPAID_MOBILIS,100\n4,0660000004,PREPAID_MOBILIS,100\n5,0770000005,PREPAID_DJEZZY,100\n6,bad,PREPAID_DJEZZY,100\n")
	s.sim.DisablePlan("PREPAID_DJEZZY")
	sum, words := s.run(exitOpen)
	if r := sum.Rows; r.Refunded != 2 || r.Unknown != 1 || r.Fulfilled != 1 || r.Invalid != 2 {
		t.Fatalf("%+v", r)
	}
	if !strings.Contains(words, "settle") {
		t.Errorf("it said %q", words)
	}
	s.reconcile()
	waitFor(t, func() bool {
		for _, o := range s.sim.Orders() {
			if o.Status == "UNKNOWN_ERROR" {
				return false
			}
		}
		return true
	})
	sum, _ = s.json(exitProblems, append([]string{"settle", "--json", s.file}, quick[:8]...)...)
	if r := sum.Rows; r.Unknown != 0 || r.Refunded+r.Fulfilled != 4 || sum.SentNow != 0 {
		t.Fatalf("after settle: %+v", sum)
	}
	rows := s.reconcile()
	if len(rows[1].Offers) == 0 || rows[0].Message == "" {
		t.Errorf("the provider's words are lost: %+v", rows[:2])
	}
}

func TestCorrectedFile(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 0)
	head := "id,phone,plan,amount\n"
	a, b, bad := "a,0660000001,PREPAID_MOBILIS,100\n", "b,0660000002,PREPAID_MOBILIS,100\n", "c,066000000,PREPAID_MOBILIS,100\n"
	s.write("payroll.csv", head+a+b+bad)
	s.run(exitProblems)
	mended := "c,0660000003,PREPAID_MOBILIS,100\n"
	s.write("payroll.csv", head+b+mended+a)
	if _, words := s.run(exitNothing); !strings.Contains(words, "--amend") {
		t.Errorf("it said %q", words)
	}
	if sum, _ := s.run(exitDone, "--amend"); sum.SentNow != 1 || sum.Rows.Fulfilled != 3 {
		t.Errorf("amended: %+v", sum)
	}
	s.write("payroll.csv", head+strings.Replace(a, "100", "150", 1)+b+mended)
	sum, words := s.run(exitProblems, "--amend")
	if sum.SentNow != 0 || sum.Rows.Invalid != 1 || !strings.Contains(words, "id.changed") {
		t.Errorf("id reused: %+v %s", sum, words)
	}
	s.reconcile()
}

func TestReorderedAndShortenedFile(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 0)
	head, a, b := "phone,plan,amount\n", "0660000001,PREPAID_MOBILIS,100\n", "0660000002,PREPAID_MOBILIS,100\n"
	s.write("payroll.csv", head+a+b)
	s.run(exitDone)
	s.write("payroll.csv", head+b+a)
	if sum, words := s.run(exitDone); sum.SentNow != 0 || !strings.Contains(words, "already sent") {
		t.Errorf("reordered: %+v %s", sum, words)
	}
	s.write("payroll.csv", head+b)
	if _, words := s.run(exitNothing); !strings.Contains(words, "1 row is gone") || !strings.Contains(words, "--amend") {
		t.Errorf("shortened: it said %q", words)
	}
	if sum, _ := s.run(exitDone, "--amend"); sum.SentNow != 0 || sum.Rows.Fulfilled != 2 {
		t.Errorf("shortened and amended, what was paid left the books: %+v", sum)
	}
	s.write("payroll.csv", head+"0770000009,PREPAID_DJEZZY,100\n")
	if _, words := s.run(exitNothing); !strings.Contains(words, "--batch") {
		t.Errorf("another payroll under the same name: it said %q", words)
	}
	s.reconcile()
}

// Somebody used our reference for another order: the row is nobody's until a
// person decides.
func TestConflict(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 3)
	body := fmt.Sprintf(`{"plan_code":"PREPAID_MOBILIS","MSSIDN":"0669999999","amount":777,"ref":%q}`, refByID("payroll", "E00001"))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/v3/mobile/send", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Access-Token", simulator.DefaultKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	resp.Body.Close()
	sum, words := s.run(exitOpen)
	if sum.Rows.Conflict != 1 || sum.Rows.Fulfilled != 2 || !strings.Contains(words, "another order") {
		t.Errorf("%+v %s", sum, words)
	}
	if sum, _ = s.run(exitOpen); sum.SentNow != 0 || sum.Rows.Conflict != 1 {
		t.Errorf("run again: %+v", sum)
	}
	if got := len(s.sim.Orders()); got != 3 {
		t.Errorf("%d orders", got)
	}
}

func TestRenamedFile(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 5)
	s.run(exitDone)
	content, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	s.write("payroll copy.csv", string(content))
	if _, words := s.run(exitNothing); !strings.Contains(words, `"payroll"`) || !strings.Contains(words, "--batch") {
		t.Errorf("it said %q", words)
	}
	if got := len(s.sim.Orders()); got != 5 {
		t.Fatalf("%d orders", got)
	}
	s.run(exitDone, "--batch", "november")
	if got := len(s.sim.Orders()); got != 10 {
		t.Errorf("%d orders after a new batch was named", got)
	}
}

func TestOtherAccount(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Keys: []simulator.Key{{Key: "simulator"}, {Key: "live", Type: simulator.Production}, {Key: "looker", ReadOnly: true}}, Balance: 300_00}, 5)
	s.run(exitOpen)
	for key, want := range map[string]string{"live": "PRODUCTION", "looker": "read-only", "wrong": "INVALID_ACCESS_TOKEN"} {
		s.env = append(s.env, "ONECLICKDZ_API_KEY="+key)
		if _, words := s.run(exitNothing); !strings.Contains(words, want) {
			t.Errorf("with the key %s it said %q", key, words)
		}
	}
	if _, words := s.run(exitNothing, "--simulate"); !strings.Contains(words, "simulated") {
		t.Errorf("a simulated run on real books said %q", words)
	}
}

func TestNobodyReadsAlong(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 100)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd, _, _ := s.command(append([]string{"run", "--yes", s.file}, quick...)...)
	cmd.Stdout, cmd.Stderr = write, write
	if err := read.Close(); err != nil { // as after `| head`
		t.Fatal(err)
	}
	if err := cmd.Run(); err != nil {
		t.Logf("%v", err)
	}
	write.Close()
	sum, _ := s.json(exitDone, "status", "--json", s.file)
	if sum.Rows.Fulfilled != 100 {
		t.Errorf("%+v", sum)
	}
	s.reconcile()
}

func TestProviderOutOfReach(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 5)
	s.env = append(s.env, "ONECLICKDZ_BASE_URL=http://127.0.0.1:1")
	_, words := s.run(exitNothing)
	if !strings.Contains(words, "could not be reached") {
		t.Errorf("it said %q", words)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "payroll.journal")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a journal was made: %v", err)
	}
}

// A simulated run that was killed resumes too: the simulator keeps its ledger.
func TestSimulatedRunIsKilledAndResumed(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 2000)
	args := []string{"run", "--simulate", "--yes", "--json", s.file}
	cmd, _, _ := s.command(args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool {
		info, err := os.Stat(filepath.Join(s.dir, "payroll.simulator"))
		return err == nil && info.Size() > 20_000
	})
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	sum, _ := s.json(exitDone, append(args, "--resend-after", "100ms")...)
	if sum.Rows.Fulfilled != 2000 || !sum.Simulated || sum.SentNow == 0 {
		t.Errorf("%+v", sum)
	}
}
