package batch_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/journal"
	"flexybatch/journal/journaltest"
)

var (
	seeds = flag.Uint64("seeds", 1000, "how many schedules TestTorture runs")
	from  = flag.Uint64("from", 1, "the first of them")
	story = flag.Bool("story", false, "print what happens; for one seed")
)

// TestTorture runs whole batches of the real engine, client and journal in
// virtual time. A seed decides everything that happens: which faults the
// provider and the network have, when the disk fails, when the process dies or
// the power goes, and what the operator does meanwhile. After each schedule the
// provider's books, the journal and the wire are held against the promise
// (money rules, package comment).
//
// A failing seed is run again, with its trace, by
//
//	go test ./batch -run TestTorture -from SEED -seeds 1 -story -v
func TestTorture(t *testing.T) {
	begun := time.Now()
	var mu sync.Mutex
	var total counts
	work := make(chan uint64)
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for seed := range work {
				c, complaints := torture(t, seed)
				mu.Lock()
				total.add(c)
				mu.Unlock()
				if len(complaints) > 0 {
					t.Errorf("seed %d: %s\nagain, with its trace: go test ./batch -run TestTorture -from %d -seeds 1 -story -v", seed, strings.Join(complaints, "\n\t"), seed)
				}
			}
		})
	}
	for seed := *from; seed < *from+*seeds && !t.Failed(); seed++ {
		work <- seed
	}
	close(work)
	group.Wait()
	minutes := time.Since(begun).Minutes()
	t.Logf("%d schedules, %d runs, %d crashes, %d disk faults, %d rows, %d sends on the wire: %.0f schedules and %.0f crashes a minute",
		total.schedules, total.runs, total.crashes, total.diskFaults, total.rows, total.sends,
		float64(total.schedules)/minutes, float64(total.crashes)/minutes)
}

// counts is what was done.
type counts struct{ schedules, runs, crashes, diskFaults, rows, sends int }

func (c *counts) add(d counts) {
	c.schedules += d.schedules
	c.runs += d.runs
	c.crashes += d.crashes
	c.diskFaults += d.diskFaults
	c.rows += d.rows
	c.sends += d.sends
}

// schedule is one batch under one seed.
type schedule struct {
	t    *testing.T
	rng  *rand.Rand
	sim  *simulator.Simulator
	wire *witness
	disk *journaltest.Disk

	plans   batch.Catalogue
	file    []batch.Row // as it stands on the disk, before refs are given
	people  *rand.Rand
	ours    map[batch.Ref]bool // every ref that a row of the file ever had
	keys    []string
	grace   time.Duration
	finals  map[batch.Ref]batch.State // final states that were ever on disk
	ledger  *batch.Ledger             // as the last run left it
	counts  counts
	mu      sync.Mutex
	fails   []string
	armed   diskPlan
	synced  string // the journal's content after the last fsync that succeeded
	durable sync.Mutex
	forgot  bool // the journal was lost once

	corrected bool // the file differs from the plan in the books
}

const journalName = "october.journal"

func (s *schedule) complain(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.fails) < 10 {
		s.fails = append(s.fails, fmt.Sprintf(format, args...))
	}
}

func (s *schedule) say(format string, args ...any) {
	if *story {
		s.t.Logf("%s  %s", time.Now().UTC().Format("02 15:04:05.000"), fmt.Sprintf(format, args...))
	}
}

// torture runs the schedule of one seed, in a bubble of virtual time.
func torture(t *testing.T, seed uint64) (c counts, complaints []string) {
	t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newSchedule(t, seed)
			server := &http.Server{Handler: s.wire}
			network := simulator.NewMemory()
			served := make(chan error, 1)
			go func() { served <- server.Serve(network) }()
			s.live(network)
			if err := server.Close(); err != nil {
				t.Error(err)
			}
			<-served
			s.check()
			s.counts.schedules, s.counts.rows, s.counts.sends = 1, len(s.file), s.wire.sends()
			c, complaints = s.counts, s.fails
		})
	})
	return c, complaints
}

// newSchedule draws what the world is like.
func newSchedule(t *testing.T, seed uint64) *schedule {
	rng := rand.New(rand.NewPCG(seed, 0x5eed))
	c := simulator.Config{Seed: seed, Faults: map[string]float64{}, Keys: []simulator.Key{{Key: "first"}, {Key: "second"}}}
	classes := simulator.Faults()
	for kinds, n := rng.IntN(6), 0; n < kinds; n++ {
		c.Faults[classes[rng.IntN(len(classes))].Name] = []float64{0.05, 0.2, 0.7}[rng.IntN(3)] / float64(kinds)
	}
	c.PrefixRefs = rng.IntN(4) == 0
	if rng.IntN(5) == 0 {
		c.RateLimit = 30 + rng.IntN(200)
		c.NoRetryAfter = rng.IntN(2) == 0
	}
	if rng.IntN(3) == 0 {
		c.Latency = time.Duration(rng.IntN(3000)) * time.Millisecond
	}
	rows := drawRows(rng)
	if rng.IntN(4) == 0 { // the money will run out
		c.Balance = int64(rng.IntN(len(rows)*300+1) * 100)
	}
	sim, err := simulator.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s := &schedule{t: t, rng: rng, sim: sim, disk: journaltest.NewDisk(), file: rows, keys: []string{"first"},
		people: newPeople(seed), ours: map[batch.Ref]bool{}, grace: 2 * time.Minute, finals: map[batch.Ref]batch.State{}}
	s.wire = &witness{schedule: s, next: sim, by: map[string][]event{}}
	s.disk.Hook = s.diskFault
	s.say("seed %d: %d rows, %+v", seed, len(rows), c)
	return s
}

// drawRows makes a small file: valid rows of several plans, a few for the
// vendor's special phones, a few invalid ones, some with ids.
func drawRows(rng *rand.Rand) []batch.Row {
	rows := make([]batch.Row, 1+rng.IntN(12))
	for i := range rows {
		r := batch.Row{Number: i + 2, Topup: batch.Topup{Phone: batch.Phone(fmt.Sprintf("06%08d", 10000000+rng.IntN(1000))), Plan: "PREPAID_MOBILIS", Amount: batch.Dinars(100 + rng.IntN(400))}}
		switch rng.IntN(12) {
		case 0:
			r.Topup = batch.Topup{Phone: batch.Phone(fmt.Sprintf("07%08d", rng.IntN(1000))), Plan: "PREPAID_DJEZZY", Amount: 101}
		case 1:
			r.Topup.Phone = batch.Phone(fmt.Sprintf("060000000%d", 1+rng.IntN(3)))
		case 2:
			r.AddProblem(batch.Problem{Code: batch.AmountFormat})
		case 3:
			r.Topup.Phone = "0660000066" // a phone that comes again
		}
		if rng.IntN(3) == 0 {
			r.Topup.ID = fmt.Sprintf("E%d", i)
		}
		r.Cells = cellsOf(r.Topup)
		rows[i] = r
	}
	return rows
}

// live runs the batch again and again, as an operator would, with whatever
// happens in between; at last without crashes, until nothing is left to do.
func (s *schedule) live(network *simulator.Memory) {
	troubled := s.rng.IntN(5)
	for i := 0; i < troubled+4 && len(s.fails) == 0; i++ {
		calm := i >= troubled
		if calm {
			s.mend()
		}
		s.once(network, i, calm)
		if calm && s.ledger != nil && s.ledger.Sealed() && s.ledger.Tally().Of(batch.Unsent)+s.ledger.Tally().Open() == 0 {
			return
		}
		if !calm {
			s.meddle()
		}
		if calm || s.rng.IntN(3) == 0 {
			time.Sleep(25 * time.Hour)
		} else {
			time.Sleep(time.Duration(s.rng.IntN(300)) * time.Second)
		}
	}
}

// mend ends all trouble that an operator can end.
func (s *schedule) mend() {
	s.armed = diskPlan{}
	if err := s.sim.Deposit(1_000_000_00); err != nil {
		s.t.Fatal(err)
	}
}

// once is one process: it opens the journal, runs the engine, and ends well, or
// is killed, or loses its disk or its power.
func (s *schedule) once(network *simulator.Memory, n int, calm bool) {
	s.counts.runs++
	process := s.disk.Process(fmt.Sprintf("process %d", n))
	client, err := oneclick.New(oneclick.Config{BaseURL: "http://localhost", Key: oneclick.NewKey(s.keys[len(s.keys)-1]), Connections: 16, Dial: network.DialContext})
	if err != nil {
		s.t.Fatal(err)
	}
	defer client.Close()
	if s.plans == nil {
		if s.plans, err = client.Plans(s.t.Context()); err != nil {
			return // out of reach before anything was begun
		}
	}
	ctx, abort := context.WithCancel(s.t.Context())
	defer abort()
	drain, stop := context.WithCancel(ctx)
	defer stop()
	var done sync.WaitGroup
	if !calm {
		s.arm()
		s.trouble(ctx, &done, process, abort, stop)
	}
	if !calm && s.rng.IntN(5) == 0 { // somebody starts the same batch a second time
		rival, tuned, wait := s.disk.Process(fmt.Sprintf("rival %d", n)), s.tune(), time.Duration(s.rng.IntN(10_000))*time.Millisecond
		done.Go(func() {
			select {
			case <-ctx.Done():
			case <-time.After(wait):
				s.say("a second process begins")
				s.process(ctx, drain, rival, client, -n, tuned, calm)
				rival.Kill()
			}
		})
	}
	s.process(ctx, drain, process, client, n, s.tune(), calm)
	abort()
	done.Wait()
	s.after(process, calm)
}

// trouble draws what will happen to a process while it runs.
func (s *schedule) trouble(ctx context.Context, done *sync.WaitGroup, process *journaltest.Process, abort, stop context.CancelFunc) {
	at := time.Duration(s.rng.IntN(40_000)) * time.Millisecond
	var what string
	var act func()
	switch s.rng.IntN(8) {
	case 0, 1, 2:
		what, act = "SIGKILL", process.Kill
	case 3:
		what, act = "SIGTERM", stop
	case 4:
		what, act = "SIGTERM twice", abort
	case 5:
		what, act = "the key is revoked", func() { s.sim.RevokeKey("first"); s.keys = []string{"second"} }
	case 6:
		what, act = "a plan is disabled", func() { s.sim.DisablePlan("PREPAID_DJEZZY") }
	default:
		return
	}
	done.Go(func() {
		select {
		case <-ctx.Done():
		case <-time.After(at):
			s.say("%s", what)
			act()
			if what == "SIGKILL" {
				s.counts.crashes++
				abort() // its connections die with it
			}
		}
	})
}

// process is the life of one process, as the program's run command lives it.
func (s *schedule) process(ctx, drain context.Context, fs journal.FS, client *oneclick.Client, n int, e *batch.Engine, calm bool) {
	books, err := batch.OpenBooks(&watched{fs, s}, journalName)
	var locked *journal.Locked
	if errors.As(err, &locked) {
		return
	}
	if err != nil {
		s.say("process %d cannot open the books: %v", n, err)
		var corrupt *journal.Corrupt
		if errors.As(err, &corrupt) || errors.Is(err, batch.ErrRecord) || calm {
			s.complain("process %d cannot open the books: %v", n, err)
		}
		return
	}
	defer books.Close()
	s.noLoss(books.Ledger)
	s.remember(books.Ledger)
	if !s.plan(books, n) {
		return
	}
	e.Books, e.Provider = books, client
	if *story {
		e.Log = slog.New(slog.NewTextHandler(s.t.Output(), nil))
	}
	res, err := e.Run(ctx, drain)
	s.remember(books.Ledger)
	s.say("process %d ends: %+v %v %v", n, res, books.Tally().States, err)
	if err != nil && !errors.Is(err, journal.ErrFailed) {
		s.complain("process %d: %v", n, err)
	}
	if err != nil && calm {
		s.complain("process %d failed on a disk without faults: %v", n, err)
	}
}

// plan brings the file into the books, as the run command does with --amend. It
// reports false where that failed: then nothing may be sent.
func (s *schedule) plan(books *batch.Books, n int) bool {
	rows, amends := s.read(), books.Sealed()
	if amends {
		d := books.Compare(rows)
		if d.None() {
			return true
		}
		if !s.corrected {
			s.complain("the plan in the books is not the file's: %+v", d)
		}
		s.say("process %d amends: %+v", n, d)
	}
	if err := books.Begin(batch.BatchRecord{Name: "october", Catalogue: s.plans, Amends: amends}, rows); err != nil {
		s.say("process %d cannot plan: %v", n, err)
		return false
	}
	s.corrected = false
	return true
}

// tune draws how fast and how patiently an engine works.
func (s *schedule) tune() *batch.Engine {
	return &batch.Engine{
		Log: slog.New(slog.DiscardHandler), Concurrency: 1 + s.rng.IntN(8), Rate: []float64{0, 60, 120}[s.rng.IntN(3)],
		Poll: 5 * time.Second, Wait: 10 * time.Minute, ResendAfter: s.grace, PhoneGap: time.Minute, StopAfter: 20,
	}
}

// after is what comes when a process has ended: if it died, the machine may
// have died with it. Then the books are read as they are on disk.
func (s *schedule) after(process *journaltest.Process, calm bool) {
	kind := journaltest.ProcessDeath
	if s.armed.power {
		kind = journaltest.PowerLoss
		s.counts.crashes++
		s.say("the power goes")
	}
	process.Kill()
	s.disk.Crash(rand.New(rand.NewPCG(s.rng.Uint64(), 1)), kind)
	s.armed = diskPlan{}
	if !calm && s.rng.IntN(20) == 0 {
		s.forget()
	}
	ledger, _, err := batch.ReadLedger(s.disk.Process("a reader"), journalName)
	if err != nil {
		var corrupt *journal.Corrupt
		if errors.As(err, &corrupt) || errors.Is(err, batch.ErrRecord) {
			s.complain("the journal cannot be read: %v", err)
		}
		return
	}
	s.noLoss(ledger)
	s.ledger = ledger
}

// forget is an operator who empties the journal. From here on only the refs
// protect what was paid: the wire of before proves nothing.
func (s *schedule) forget() {
	if _, err := s.disk.ReadFile(journalName); err != nil {
		return
	}
	synctest.Wait() // what was on its way has arrived
	s.say("the journal is emptied")
	s.forgot = true
	s.disk.WriteFile(journalName, nil)
	s.finals, s.synced = map[batch.Ref]batch.State{}, ""
	s.wire.forget()
}

// noLoss checks that final states that were on disk stay what they are.
func (s *schedule) noLoss(l *batch.Ledger) {
	s.mu.Lock()
	finals := maps.Clone(s.finals)
	s.mu.Unlock()
	if !l.Sealed() {
		if len(finals) > 0 {
			s.complain("the books are empty, and %d rows were final in them", len(finals))
		}
		return
	}
	for ref, state := range finals {
		if row, _ := l.Row(ref); row.State != state {
			s.complain("%s was %s and is %s", ref, state, row.State)
		}
	}
}

// remember notes which rows are final in books that are on disk: what a process
// has been told is, what merely stands in the page cache of one that died is
// not.
func (s *schedule) remember(l *batch.Ledger) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.Each(func(row *batch.RowStatus) bool {
		if row.State.Final() && row.Ref != "" {
			s.finals[row.Ref] = row.State
		}
		return true
	})
}

// diskPlan is what the disk will do to a process.
type diskPlan struct {
	in    int // operations until it does it; 0: never
	err   error
	kind  journaltest.OpKind // the operation it befalls; empty: any
	power bool               // and the machine loses its power when the process has ended
}

// arm draws the disk's faults for one process.
func (s *schedule) arm() {
	s.armed = diskPlan{power: s.rng.IntN(3) == 0}
	if s.rng.IntN(2) == 0 {
		return
	}
	s.armed.in = 1 + s.rng.IntN(30)
	switch s.rng.IntN(6) {
	case 0:
		s.armed.err = journaltest.ErrKilled
	case 1:
		s.armed.err, s.armed.kind = syscall.ENOSPC, journaltest.OpWrite
	case 2:
		s.armed.err, s.armed.kind = syscall.EIO, journaltest.OpWrite
	case 3:
		s.armed.err, s.armed.kind = syscall.EIO, journaltest.OpSync
	case 4:
		s.armed.err, s.armed.kind = &journaltest.Short{Bytes: s.rng.IntN(400), Err: syscall.ENOSPC}, journaltest.OpWrite
	case 5:
		s.armed.err, s.armed.kind = &journaltest.Short{Bytes: s.rng.IntN(400), Err: journaltest.ErrKilled}, journaltest.OpWrite
	}
}

// diskFault is the disk's hook.
func (s *schedule) diskFault(op journaltest.Op) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &s.armed
	if p.in == 0 || op.Process == "a reader" || p.kind != "" && op.Kind != p.kind {
		return nil
	}
	if p.in--; p.in > 0 {
		return nil
	}
	s.counts.diskFaults++
	if errors.Is(p.err, journaltest.ErrKilled) {
		s.counts.crashes++
	}
	s.say("the disk: %s: %v", op.Kind, p.err)
	return p.err
}
