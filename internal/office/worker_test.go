//go:build linux

package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
)

// bureau is an office with a simulated provider.
type bureau struct {
	t     *testing.T
	d     *Database
	sim   *simulator.Simulator
	base  string // of the provider
	log   lockedBuffer
	whose batch.Account

	workers []*Worker
}

// lockedBuffer is a log that several workers write.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func newBureau(t *testing.T, c simulator.Config) *bureau {
	b := &bureau{t: t, d: connected(t, shared.Database(t))}
	if c.Speed == 0 {
		c.Speed = 2000
	}
	c.Keys = []simulator.Key{{Key: "key"}}
	sim, err := simulator.New(c)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- sim.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-served, sim.Close()); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Log(b.log.String())
		}
	})
	b.sim, b.base = sim, "http://"+l.Addr().String()
	b.whose, err = (&app.App{}).Identify(t.Context(), app.Account{BaseURL: b.base}, oneclick.NewKey("key"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// key is the key of the bureau's account.
func (*bureau) key(context.Context, string) (oneclick.Key, error) { return oneclick.NewKey("key"), nil }

// worker starts a worker, which is drained at the end of the test.
func (b *bureau) worker(name string, change ...func(*WorkerConfig)) (stop func()) {
	b.t.Helper()
	c := WorkerConfig{Database: b.d, Account: app.Account{BaseURL: b.base}, Whose: b.whose, Name: name, Lease: 2 * time.Second, Folder: b.t.TempDir(),
		Pace: app.Pace{Poll: 50 * time.Millisecond, Rate: app.None, PhoneGap: app.None, Wait: 20 * time.Second}}
	c.Job = app.App{Log: slog.New(slog.NewTextHandler(&b.log, nil)).With("worker", name), Key: b.key}
	for _, f := range change {
		f(&c)
	}
	w, err := NewWorker(b.t.Context(), c)
	if err != nil {
		b.t.Fatal(err)
	}
	b.workers = append(b.workers, w)
	drain, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(context.Background(), drain) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				b.t.Errorf("%s: %v", name, err)
			}
		})
	}
	b.t.Cleanup(stop)
	return stop
}

// payroll is a file of so many rows, whose phones are those of the batch alone.
func payroll(name string, rows int) []byte {
	var s strings.Builder
	s.WriteString("phone,plan,amount\n")
	of := crc32.ChecksumIEEE([]byte(name)) % 1000
	for i := range rows {
		fmt.Fprintf(&s, "06%03d%05d,PREPAID_MOBILIS,%d\n", of, i, 100+i%400)
	}
	return []byte(s.String())
}

// submit puts a batch in line.
func (b *bureau) submit(name string, rows int, change ...func(*Submission)) {
	b.t.Helper()
	a, err := b.d.enter(b.t.Context(), b.whose)
	if err != nil {
		b.t.Fatal(err)
	}
	s := Submission{Account: a, Name: name, File: name + ".csv", Content: payroll(name, rows), By: "a clerk"}
	for _, f := range change {
		f(&s)
	}
	if err := b.d.Submit(b.t.Context(), s); err != nil {
		b.t.Fatal(err)
	}
}

// batch is how a batch stands.
func (b *bureau) batch(name string) Batch {
	b.t.Helper()
	list, err := b.d.Batches(b.t.Context(), 0)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, x := range list {
		if x.Name == name {
			return x
		}
	}
	b.t.Fatalf("there is no batch %s", name)
	return Batch{}
}

// await waits until a batch is in a state.
func (b *bureau) await(name, state string) Batch {
	b.t.Helper()
	var is Batch
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if is = b.batch(name); is.State == state {
			return is
		}
	}
	b.t.Fatalf("batch %s does not become %s: %+v", name, state, is)
	return is
}

// paidOnce fails the test unless each row was ordered once, and no other.
func (b *bureau) paidOnce(rows int) {
	b.t.Helper()
	seen := map[string]int{}
	for _, o := range b.sim.Orders() {
		seen[o.Phone]++
	}
	for phone, n := range seen {
		if n != 1 {
			b.t.Errorf("%s was paid %d times", phone, n)
		}
	}
	if len(seen) != rows {
		b.t.Errorf("%d people were paid, want %d", len(seen), rows)
	}
}

// account is the number of the bureau's account.
func (b *bureau) account() int64 {
	b.t.Helper()
	a, err := b.d.Account(b.t.Context(), "")
	if err != nil {
		b.t.Fatal(err)
	}
	return a.ID
}

// A batch that is submitted is sent once, by one of the workers, and its journal is whole.
func TestWorkers(t *testing.T) {
	b := newBureau(t, simulator.Config{})
	b.worker("first")
	b.worker("second")
	b.submit("october", 50)
	done := b.await("october", Done)
	b.paidOnce(50)
	if done.Rows["fulfilled"] != 50 || done.Rows["total"] != 50 || done.Owner != "" {
		t.Errorf("the batch: %+v", done)
	}
	l, info, err := batch.ReadLedger(b.d.Storage(b.account()), "october.journal")
	if err != nil || info.Torn != nil || l.Tally().Of(batch.Fulfilled) != 50 {
		t.Errorf("the journal: %+v, %v", info, err)
	}
	var report int
	if err := b.d.pool.QueryRow(t.Context(), "select length(bytes) from blob where kind = 'report'").Scan(&report); err != nil || report == 0 {
		t.Errorf("the report has %d bytes: %v", report, err)
	}
	err = b.d.Submit(t.Context(), Submission{Account: b.account(), Name: "october", File: "x.csv", Content: payroll("x", 2)})
	if exists, ok := errors.AsType[*BatchExists](err); !ok || exists.Name != "october" {
		t.Errorf("the same name again: %v", err)
	}
}

// The worker that owns the account is drained in the middle, and another goes on.
func TestWorkerIsDrained(t *testing.T) {
	b := newBureau(t, simulator.Config{Latency: 30 * time.Millisecond})
	stop := b.worker("first")
	b.submit("october", 200)
	for len(b.sim.Orders()) < 20 {
		time.Sleep(5 * time.Millisecond)
	}
	b.worker("second")
	stop()
	b.await("october", Done)
	b.paidOnce(200)
}

// What a person wishes is seen to within two seconds.
func TestPauseResumeCancel(t *testing.T) {
	b := newBureau(t, simulator.Config{Latency: 50 * time.Millisecond})
	b.worker("first")
	b.submit("october", 400)
	for len(b.sim.Orders()) < 10 {
		time.Sleep(5 * time.Millisecond)
	}
	wish := func(do func(context.Context, int64, string, string) error) {
		t.Helper()
		if err := do(t.Context(), b.account(), "october", "a clerk"); err != nil {
			t.Fatal(err)
		}
	}
	wish(b.d.Pause)
	wished := time.Now()
	b.await("october", Paused)
	if took := time.Since(wished); took > 5*time.Second {
		t.Errorf("it took %v to pause", took)
	}
	paused := len(b.sim.Orders())
	if paused >= 400 {
		t.Fatal("nothing was left to pause")
	}
	wish(b.d.Resume)
	for len(b.sim.Orders()) < paused+10 {
		time.Sleep(5 * time.Millisecond)
	}
	wish(b.d.Cancel)
	cancelled := b.await("october", Cancelled)
	if n := len(b.sim.Orders()); n >= 400 || cancelled.Rows["unsent"] != 400-n {
		t.Errorf("%d orders, and %d rows unsent", n, cancelled.Rows["unsent"])
	}
	b.paidOnce(len(b.sim.Orders()))
}

// After the canary a person lets the rest go.
func TestCanaryIsHeld(t *testing.T) {
	b := newBureau(t, simulator.Config{})
	b.worker("first")
	b.submit("october", 30, func(s *Submission) { s.Options.Canary = 3 })
	b.await("october", Held)
	b.paidOnce(3)
	if err := b.d.Resume(t.Context(), b.account(), "october", "a clerk"); err != nil {
		t.Fatal(err)
	}
	b.await("october", Done)
	b.paidOnce(30)
}

// An empty account stops everything of the account until somebody resumes it.
func TestEmptyAccount(t *testing.T) {
	b := newBureau(t, simulator.Config{Balance: 2_000_00})
	b.worker("first")
	b.submit("october", 40)
	for b.batch("october").Stopped == "" {
		time.Sleep(20 * time.Millisecond)
	}
	b.submit("november", 5)
	submitted := time.Now()
	for _, w := range b.workers { // which looks for work
		for w.figures.heard.Load() < submitted.Add(2*time.Second).Unix() {
			time.Sleep(20 * time.Millisecond)
		}
	}
	if is := b.batch("november"); is.State != Waiting {
		t.Errorf("a batch of an account that is stopped: %+v", is)
	}
	if err := b.sim.Deposit(1_000_000_00); err != nil {
		t.Fatal(err)
	}
	if err := b.d.Resume(t.Context(), b.account(), "october", "a clerk"); err != nil {
		t.Fatal(err)
	}
	b.await("october", Done)
}

// A batch that is due later waits, one that is urgent goes first, and one that cannot be
// read is refused without holding up others.
func TestLineOfBatches(t *testing.T) {
	b := newBureau(t, simulator.Config{})
	b.submit("later", 3, func(s *Submission) { s.At = time.Now().Add(4 * time.Second) })
	b.submit("bad", 3, func(s *Submission) { s.Content = []byte("nothing\nto,see\n") })
	b.submit("usual", 3)
	b.submit("urgent", 3, func(s *Submission) { s.Priority = 1 })
	b.worker("first")
	if is := b.await("bad", Refused); is.Note == "" {
		t.Errorf("nobody is told why it is refused: %+v", is)
	}
	b.await("usual", Done)
	if is := b.batch("later"); is.State != Waiting {
		t.Errorf("a batch that is due later is %s", is.State)
	}
	b.await("later", Done)
	var order []string
	rows, err := b.d.pool.Query(t.Context(), "select b.name from act a join batch b on b.id = a.batch where a.what = 'done' order by a.id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		order = append(order, name)
	}
	if got := strings.Join(order, " "); got != "urgent usual later" {
		t.Errorf("the order of the batches: %s", got)
	}
}

// A lease that lets a request of the owner before count as lost too early is refused.
func TestWorkerConfig(t *testing.T) {
	for _, c := range []struct {
		lease, resend time.Duration
		bad           bool
	}{{15 * time.Second, 0, false}, {15 * time.Second, 40 * time.Second, true}, {15 * time.Second, 46 * time.Second, false}, {15 * time.Second, app.None, true}, {time.Second, 0, true}, {time.Hour, 0, true}} {
		w := WorkerConfig{Lease: c.lease, Pace: app.Pace{ResendAfter: c.resend}}
		if _, bad := errors.AsType[*BadLease](w.Check()); bad != c.bad {
			t.Errorf("lease %v, resend after %v: %v", c.lease, c.resend, w.Check())
		}
	}
}

// Monitoring is told how the worker does, and nothing about people.
func TestHealth(t *testing.T) {
	b := newBureau(t, simulator.Config{})
	w, err := NewWorker(t.Context(), WorkerConfig{Database: b.d, Whose: b.whose, Lease: 15 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- w.Serve(ctx, l) }()
	get := func(path string) (int, string) {
		resp, err := http.Get("http://" + l.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		var text bytes.Buffer
		if _, err := text.ReadFrom(resp.Body); err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, text.String()
	}
	if code, _ := get("/healthz"); code != http.StatusOK {
		t.Errorf("healthz: %d", code)
	}
	if code, _ := get("/readyz"); code != http.StatusServiceUnavailable {
		t.Errorf("readyz before the database was asked: %d", code)
	}
	w.heard()
	if code, _ := get("/readyz"); code != http.StatusOK {
		t.Errorf("readyz: %d", code)
	}
	code, text := get("/metrics")
	for _, want := range []string{"flexybatch_worker_ready{", "flexybatch_worker_owns{", `flexybatch_batches{account="`, `state="waiting"} 0`} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics (%d) have no %s:\n%s", code, want, text)
		}
	}
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// A batch that was cancelled while outcomes were open is asked about until none is, and
// sends nothing more. A wish that an owner has not lived to see to is seen to by the next
// before it sends anything.
func TestCancelledIsSettled(t *testing.T) {
	b := newBureau(t, simulator.Config{Speed: 20, Latency: 100 * time.Millisecond})
	slow := func(c *WorkerConfig) { c.Pace.Wait = 100 * time.Millisecond }
	stop := b.worker("first", slow)
	b.submit("october", 3000)
	for len(b.sim.Orders()) < 20 {
		time.Sleep(5 * time.Millisecond)
	}
	if err := b.d.Cancel(t.Context(), b.account(), "october", "a clerk"); err != nil {
		t.Fatal(err)
	}
	cancelled := b.await("october", Cancelled)
	sent := len(b.sim.Orders())
	if cancelled.Rows["pending"]+cancelled.Rows["unknown"] == 0 || sent == 3000 {
		t.Fatalf("nothing was open, or all was sent: %+v", cancelled)
	}
	stop()
	b.worker("second")
	if err := b.d.Settle(t.Context(), b.account(), "october", "a clerk"); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(40 * time.Second)
	for is := cancelled; is.Rows["fulfilled"] != sent; time.Sleep(20 * time.Millisecond) {
		if is = b.batch("october"); is.State != Cancelled || time.Now().After(deadline) {
			t.Fatalf("the batch has become %+v", is)
		}
	}
	b.paidOnce(sent)
	if _, err := b.d.pool.Exec(t.Context(), "update batch set state = 'running', wish = 'pause' where name = 'october'"); err != nil {
		t.Fatal(err)
	}
	b.await("october", Paused)
	b.paidOnce(sent)
}
