//go:build linux

package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/office"
	"flexybatch/internal/office/officetest"
)

// The tests of this file run the workers of an office as processes, with a PostgreSQL
// server of their own, and kill all of them.

var (
	officeRounds = flag.Int("office-rounds", 1, "how often each kind of death is tried on an office")
	officeRows   = flag.Int("office-rows", 250, "rows of an office's batch")
)

// post is a request that has reached the provider.
type post struct {
	by    string // the worker, by its key
	at    time.Time
	ref   string // of the order that is sent, or looked up
	sends bool
}

// bureau is an office: a database, a provider, and workers as processes.
type bureau struct {
	t        *testing.T
	server   *officetest.Server
	books    *office.Database
	dir      string
	database string
	url      string // of the provider
	env      []string
	workers  map[string]*exec.Cmd
	begun    int // workers that were started

	mu    sync.Mutex
	sim   *simulator.Simulator
	posts []post // of orders that are to be sent
	calls []post // all
}

// lease is what the workers of these tests have.
const lease = 2 * time.Second

// newBureau starts the provider and the server, and makes the tables.
func newBureau(t *testing.T, latency time.Duration) *bureau {
	t.Helper()
	server := officetest.Start(t)
	o := &bureau{t: t, server: server, dir: t.TempDir(), workers: map[string]*exec.Cmd{}}
	o.provider(latency)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	provider := &http.Server{Handler: o}
	served := make(chan error, 1)
	go func() { served <- provider.Serve(l) }()
	t.Cleanup(func() {
		if err := errors.Join(provider.Close(), o.sim.Close()); err != nil {
			t.Error(err)
		}
		<-served
	})
	o.url = "http://" + l.Addr().String()
	o.database = server.Database(t)
	o.env = append(os.Environ(), databaseVariable+"="+o.database, "ONECLICKDZ_BASE_URL="+o.url, "HOME="+o.dir)
	if out, code := o.command("database", "init"); code != exitDone {
		t.Fatalf("database init: %d\n%s", code, out)
	}
	if o.books, err = office.Connect(t.Context(), o.database); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.books.Close() })
	t.Cleanup(func() {
		for name := range o.workers {
			o.end(name, syscall.SIGKILL)
		}
		if t.Failed() {
			logs, _ := filepath.Glob(filepath.Join(o.dir, "*.log"))
			for _, log := range logs {
				b, _ := os.ReadFile(log)
				t.Logf("%s:\n%s", filepath.Base(log), b[max(0, len(b)-1500):])
			}
		}
	})
	return o
}

// provider puts a new provider in the place of the one before, if there was one.
func (o *bureau) provider(latency time.Duration) { o.providerWith(latency, 100_000_000_000) }

// providerWith is provider for an account with so many centimes.
func (o *bureau) providerWith(latency time.Duration, balance int64) {
	o.t.Helper()
	var keys []simulator.Key
	for i := range 60 {
		keys = append(keys, simulator.Key{Key: fmt.Sprintf("worker-%d", i), Type: simulator.Production})
	}
	sim, err := simulator.New(simulator.Config{Speed: 1000, Latency: latency, Keys: keys, Balance: balance})
	if err != nil {
		o.t.Fatal(err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.sim != nil {
		if err := o.sim.Close(); err != nil {
			o.t.Error(err)
		}
	}
	o.sim, o.posts, o.calls = sim, nil, nil
}

// ServeHTTP is the provider. It notes who sends.
func (o *bureau) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := post{by: r.Header.Get("X-Access-Token"), ref: path.Base(r.URL.Path), sends: r.Method == http.MethodPost}
	if r.Method == http.MethodPost {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // it was broken off
		}
		var order struct{ Ref string }
		_ = json.Unmarshal(body, &order) // the provider refuses what is none
		call.ref, r.Body = order.Ref, io.NopCloser(bytes.NewReader(body))
	}
	o.mu.Lock()
	sim := o.sim
	call.at = time.Now()
	o.calls = append(o.calls, call)
	if r.Method == http.MethodPost {
		o.posts = append(o.posts, call)
	}
	o.mu.Unlock()
	sim.ServeHTTP(w, r)
}

// sent are the requests to send so far.
func (o *bureau) sent() []post {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]post(nil), o.posts...)
}

// command runs a command to its end.
func (o *bureau) command(args ...string) (out string, code int) {
	cmd := exec.CommandContext(o.t.Context(), binary, args...)
	cmd.Dir, cmd.Env = o.dir, o.env
	b, _ := cmd.CombinedOutput() // the exit code tells
	return string(b), cmd.ProcessState.ExitCode()
}

// must runs a command that ends with 0.
func (o *bureau) must(args ...string) string {
	o.t.Helper()
	out, code := o.command(args...)
	if code != exitDone {
		o.t.Fatalf("%s: exit %d\n%s", strings.Join(args, " "), code, out)
	}
	return out
}

// worker starts a worker, whose name is its key.
func (o *bureau) worker(args ...string) (name string) {
	o.t.Helper()
	return o.workerWith(nil, args...)
}

// workerWith starts a worker with variables of its own.
func (o *bureau) workerWith(env []string, args ...string) (name string) {
	o.t.Helper()
	name, cmd := o.workerCommand(env, args...)
	if err := cmd.Start(); err != nil {
		o.t.Fatal(err)
	}
	return name
}

// workerCommand is a worker that is to be started.
func (o *bureau) workerCommand(env []string, args ...string) (name string, cmd *exec.Cmd) {
	name = fmt.Sprintf("worker-%d", o.begun)
	o.begun++
	cmd = exec.Command(binary, append([]string{"worker", "--lease", lease.String(), "--timeout", "1s", "--resend-after", "3500ms", "--rate", "0", "--phone-gap", "0s",
		"--poll-interval", "100ms", "--listen", "127.0.0.1:0", "--log-file", name + ".log", "--name", name}, args...)...)
	cmd.Dir, cmd.Env = o.dir, append(append(slices.Clone(o.env), "ONECLICKDZ_API_KEY="+name), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	o.workers[name] = cmd
	return name, cmd
}

// end ends a worker with a signal, and waits for it.
func (o *bureau) end(name string, how syscall.Signal) {
	cmd := o.workers[name]
	delete(o.workers, name)
	_ = cmd.Process.Signal(how) // it may have ended
	if how == syscall.SIGKILL {
		_ = cmd.Process.Signal(syscall.SIGCONT)
	}
	_ = cmd.Wait() // how it ends is seen in the books
}

// write writes a payroll.
func (o *bureau) write(name string, rows int) {
	o.t.Helper()
	var b strings.Builder
	b.WriteString("id,phone,plan,amount\n")
	for i := range rows {
		fmt.Fprintf(&b, "E%d,06%08d,PREPAID_MOBILIS,%d\n", i, 20_000_000+i, 100+i%300)
	}
	if err := os.WriteFile(filepath.Join(o.dir, name), []byte(b.String()), 0o600); err != nil {
		o.t.Fatal(err)
	}
}

// batchState is the state of a batch, and who owns it. Without a server it is empty.
func (o *bureau) batchState(name string) (state, owner string) {
	list, err := o.books.Batches(o.t.Context(), 0)
	if err != nil {
		return "", ""
	}
	for _, b := range list {
		if b.Name == name {
			return b.State, b.Owner
		}
	}
	return "", ""
}

// await waits until something is so.
func (o *bureau) await(what string, is func() bool) {
	o.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			o.t.Fatalf("waited too long until %s", what)
		}
	}
}

// awaitSent waits until so many requests to send have reached the provider.
func (o *bureau) awaitSent(n int) {
	o.t.Helper()
	o.await(fmt.Sprintf("%d rows are sent", n), func() bool { return len(o.sent()) >= n })
}

// awaitState waits until a batch is in a state.
func (o *bureau) awaitState(name, want string) {
	o.t.Helper()
	o.await(name+" is "+want, func() bool { state, _ := o.batchState(name); return state == want })
}

// paid fails the test unless so many people were paid, each once.
func (o *bureau) paid(rows int) {
	o.t.Helper()
	seen := map[string]int{}
	for _, order := range o.sim.Orders() {
		seen[order.Phone]++
	}
	for phone, n := range seen {
		if n != 1 {
			o.t.Errorf("%s was paid %d times", phone, n)
		}
	}
	if len(seen) != rows {
		o.t.Errorf("%d people were paid, want %d", len(seen), rows)
	}
}

// paidOnce fails the test unless each row was paid once, and the books agree.
func (o *bureau) paidOnce(name string, rows int) {
	o.t.Helper()
	o.paid(rows)
	folder, err := os.MkdirTemp(o.dir, "exported")
	if err != nil {
		o.t.Fatal(err)
	}
	file := filepath.Join(folder, name+".journal")
	o.must("journal", "export", name, "--out", file)
	o.must("journal", "verify", file)
	var s struct{ Rows map[string]int }
	out := o.must("status", "--json", file)
	if err := json.Unmarshal([]byte(out), &s); err != nil || s.Rows["fulfilled"] != rows {
		o.t.Errorf("the exported journal tells of %v: %v", s.Rows, err)
	}
}

// Every command of an office works, from the submission to the journal that is taken
// back to files.
func TestOffice(t *testing.T) {
	o := newBureau(t, 10*time.Millisecond)
	o.write("october.csv", 30)
	if out, code := o.command("submit", "october.csv"); code != exitUsage || !strings.Contains(out, "start a worker") {
		t.Errorf("without any worker: exit %d\n%s", code, out)
	}
	o.worker("--listen", "127.0.0.1:0")
	o.await("the account is known", func() bool {
		out, _ := o.command("submit", "--canary", "2", "october.csv")
		return strings.Contains(out, "in line")
	})
	o.awaitState("october", "held")
	if n := len(o.sim.Orders()); n != 2 {
		t.Errorf("the canary had %d orders", n)
	}
	o.must("resume", "october")
	o.awaitState("october", "done")
	o.paidOnce("october", 30)
	var list []struct {
		Name, State, Owner string
		Rows               map[string]int
	}
	if err := json.Unmarshal([]byte(o.must("batches", "--json")), &list); err != nil || len(list) != 1 || list[0].Name != "october" || list[0].State != "done" || list[0].Owner != "" || list[0].Rows["fulfilled"] != 30 {
		t.Errorf("batches --json: %+v, %v", list, err)
	}
	if out, code := o.command("submit", "october.csv"); code != exitNothing || !strings.Contains(out, "submitted already") {
		t.Errorf("submitted again: exit %d\n%s", code, out)
	}
	if out, code := o.command("submit", "--batch", "october2", "october.csv"); code != exitDone {
		t.Errorf("the same rows under another name: exit %d\n%s", code, out)
	}
	o.awaitState("october2", "refused") // since they look paid, and nobody is there to be asked
	if n := len(o.sim.Orders()); n != 30 {
		t.Errorf("%d orders, want 30", n)
	}
	if out := o.must("batches"); !strings.Contains(out, "30 of 30 rows look paid already") || !strings.Contains(out, "--pay-again 30") {
		t.Errorf("why it is refused:\n%s", out)
	}
	o.must("submit", "--amend", "--batch", "october2", "--pay-again", "30", "--reason", "a bonus", "october.csv")
	o.awaitState("october2", "done") // a person has said so
	if n := len(o.sim.Orders()); n != 60 {
		t.Errorf("%d orders, want 60", n)
	}
	for _, args := range [][]string{{"status", "october"}, {"journal", "verify", "october"}, {"journal", "show", "--row", "2", "october"}, {"report", "--format", "csv", "october"},
		{"reconcile", "october", "--key-file", o.key()}, {"resend", "october"}, {"database", "init"}, {"database", "restored"}, {"batches"}} {
		o.must(args...)
	}
	if out, code := o.command("console", "--no-browser"); code != exitUsage || !strings.Contains(out, "flexybatch serve") {
		t.Errorf("console with a database: exit %d\n%s", code, out)
	}
	if out, code := o.command("run", "october.csv"); code != exitUsage || !strings.Contains(out, "flexybatch submit") {
		t.Errorf("run with a database: exit %d\n%s", code, out)
	}
	for _, args := range [][]string{{"pause", "october"}, {"cancel", "nosuch"}, {"settle", "october"}, {"journal", "export", "nosuch"}} {
		if out, code := o.command(args...); code != exitNothing {
			t.Errorf("%s: exit %d\n%s", strings.Join(args, " "), code, out)
		}
	}
}

// key is a file with a worker's key.
func (o *bureau) key() string {
	o.t.Helper()
	file := filepath.Join(o.dir, "key")
	if err := os.WriteFile(file, []byte("worker-39"), 0o600); err != nil {
		o.t.Fatal(err)
	}
	return file
}

// The owner is killed again and again, and each row is paid once, with few calls more
// than rows.
func TestOfficeWorkersAreKilled(t *testing.T) {
	t.Parallel()
	var times []time.Duration
	for range *officeRounds {
		o := newBureau(t, 20*time.Millisecond)
		o.worker()
		o.worker()
		o.write("october.csv", *officeRows)
		o.await("the account is known", func() bool { out, _ := o.command("submit", "october.csv"); return strings.Contains(out, "in line") })
		for kill := range 2 {
			o.awaitSent((kill + 1) * *officeRows / 4)
			owner := o.owner("october")
			o.end(owner, syscall.SIGKILL)
			killed := time.Now()
			before := len(o.sent())
			o.worker()
			o.awaitSent(before + 1)
			took := o.sent()[before].at.Sub(killed)
			t.Logf("takeover %d: the first call after %v", kill+1, took.Round(10*time.Millisecond))
			if times = append(times, took); took > lease+10*time.Second {
				t.Errorf("takeover %d took %v", kill+1, took)
			}
		}
		o.awaitState("october", "done")
		o.paidOnce("october", *officeRows)
		t.Logf("%.3f calls a row", float64(len(o.calls))/float64(*officeRows))
	}
	slices.Sort(times)
	t.Logf("%d takeovers: the first call after %v (median) and %v (at most)", len(times), times[len(times)/2], times[len(times)-1])
}

// Of three workers the oldest is killed each few seconds, as often as not the owner. The
// killed cost few calls.
func TestOfficeWorkersAreKilledAllTheTime(t *testing.T) {
	if *officeRounds == 1 {
		t.Skip("give -office-rounds")
	}
	const rows, every = 2000, 5 * time.Second
	o := newBureau(t, 100*time.Millisecond)
	for range 3 {
		o.worker("--rate", "6000", "--poll-interval", "5s")
	}
	o.write("october.csv", rows)
	o.submitted("--recent", "0")
	o.awaitSent(1)
	kills, owners, killed := 0, 0, time.Now()
	o.await("all is done", func() bool {
		state, owner := o.batchState("october")
		if oldest := fmt.Sprintf("worker-%d", kills); state != "done" && time.Since(killed) >= every {
			if owner == oldest {
				owners++
			}
			o.end(oldest, syscall.SIGKILL)
			o.worker("--rate", "6000", "--poll-interval", "5s")
			kills, killed = kills+1, time.Now()
		}
		return state == "done"
	})
	o.paidOnce("october", rows)
	calls := float64(len(o.calls)) / rows
	kinds := map[string]int{}
	for _, c := range o.calls {
		kind := c.ref
		if strings.HasPrefix(kind, "october") {
			kind = "order"
		}
		kinds[kind]++
	}
	t.Logf("%d kills, %d of them of the owner; %.3f calls a row, %d of them to send, and in all %v", kills, owners, calls, len(o.posts), kinds)
	if owners == 0 || calls > 1.05 {
		t.Errorf("%d owners were killed, and there were %.3f calls a row", owners, calls)
	}
}

// owner is the worker that owns a batch.
func (o *bureau) owner(name string) (owner string) {
	o.t.Helper()
	o.await("somebody owns the batch", func() bool { _, owner = o.batchState(name); return o.workers[owner] != nil })
	return owner
}

// The owner is stopped for longer than its lease. When it goes on, another has taken
// over, and nothing more leaves the first.
func TestOfficeWorkerIsStopped(t *testing.T) {
	t.Parallel()
	for round := range *officeRounds {
		o := newBureau(t, 30*time.Millisecond)
		first := o.worker()
		o.write("october.csv", *officeRows)
		o.await("the account is known", func() bool { out, _ := o.command("submit", "october.csv"); return strings.Contains(out, "in line") })
		o.awaitSent(10 + round)
		second := o.worker()
		o.awaitSent(*officeRows/5 + 3*round)
		if err := o.workers[first].Process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		stopped := len(o.sent())
		o.await("the second sends", func() bool { posts := o.sent(); return len(posts) > stopped && posts[len(posts)-1].by == second })
		took := len(o.sent())
		if err := o.workers[first].Process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		o.awaitState("october", "done")
		for _, p := range o.sent()[took:] {
			if p.by == first {
				t.Errorf("the first sent after it had lost its lease")
			}
		}
		o.paidOnce("october", *officeRows)
	}
}

// The database is killed in the middle, and in the middle of a takeover.
func TestOfficeDatabaseIsKilled(t *testing.T) {
	t.Parallel()
	for round := range *officeRounds {
		o := newBureau(t, 20*time.Millisecond)
		o.worker()
		o.worker()
		o.write("october.csv", *officeRows)
		o.await("the account is known", func() bool { out, _ := o.command("submit", "october.csv"); return strings.Contains(out, "in line") })
		for i, end := range []func(){o.server.Kill, o.server.Stop} {
			o.awaitSent((i + 1) * *officeRows / 4)
			if (round+i)%2 == 1 { // in the middle of a takeover
				o.takeover(round % 4)
			}
			end()
			if err := o.server.Begin(); err != nil {
				t.Fatal(err)
			}
		}
		o.awaitState("october", "done")
		o.paidOnce("october", *officeRows)
	}
}

// takeover kills the owner of october, and waits until a moment of the takeover that
// follows, from 0: at once, when another has the lease, when it has begun to read the
// books, when it has sent.
func (o *bureau) takeover(moment int) {
	o.t.Helper()
	dead, sent := o.owner("october"), len(o.sent())
	begun := map[string]int{}
	drives := func(name string) int { return strings.Count(o.log(name), "drives the batch") }
	for name := range o.workers {
		begun[name] = drives(name)
	}
	o.end(dead, syscall.SIGKILL)
	o.worker()
	is := []func() bool{
		func() bool { return true },
		func() bool {
			a, err := o.books.Accounts(o.t.Context())
			return err == nil && a[0].Holder != dead && a[0].Holder != ""
		},
		func() bool {
			for name := range o.workers {
				if drives(name) > begun[name] {
					return true
				}
			}
			return false
		},
		func() bool { return len(o.sent()) > sent },
	}
	o.await("the takeover has come so far", is[moment])
}
