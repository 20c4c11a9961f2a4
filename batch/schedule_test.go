package batch_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/journal"
	"flexybatch/journal/journaltest"
)

// schedule is a batch and all that happens to it under one seed.
type schedule struct {
	t    *testing.T
	rng  *rand.Rand
	sim  *simulator.Simulator
	wire *witness
	disk *journaltest.Disk

	plans   batch.Catalogue
	file    []batch.Row        // the rows of the operator's file, before they get refs
	people  *rand.Rand         // draws what the operator does
	ours    map[batch.Ref]bool // every ref that a row of the file has ever had
	keys    []string           // the API keys; the last one is in use
	grace   time.Duration
	finals  map[batch.Ref]batch.State // the final states that have been on disk
	ledger  *batch.Ledger             // the books as the last run left them
	counts  counts
	mu      sync.Mutex
	fails   []string  // the complaints of the checks
	armed   diskFault // what the disk will do to the present process
	synced  string    // the content of the journal after the last fsync that succeeded
	durable sync.Mutex
	forgot  bool // the journal was lost at least once

	corrected bool // the file differs from the books
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

// misleading lists faults that no rule would be broken by alone: an order that is
// carried out after a later attempt was refused, answers that come again, and orders
// that are shown under the wrong id.
var misleading = [][]simulator.Fault{
	{simulator.FaultLate, simulator.FaultRefuse},
	{simulator.FaultRepeated, simulator.FaultRefuse, simulator.FaultEmptyAccount},
	{simulator.FaultOtherID, simulator.FaultError500After, simulator.FaultNameless},
	{simulator.FaultOtherID, simulator.FaultNoList},
}

// newSchedule draws the provider and the file of a schedule.
func newSchedule(t *testing.T, seed uint64) *schedule {
	rng := rand.New(rand.NewPCG(seed, 0x5eed))
	c := simulator.Config{Seed: seed, Faults: map[string]float64{}, Keys: []simulator.Key{{Key: "first"}, {Key: "second"}}}
	classes := simulator.Faults()
	for kinds, n := rng.IntN(6), 0; n < kinds; n++ {
		c.Faults[classes[rng.IntN(len(classes))].Name] = []float64{0.05, 0.2, 0.7}[rng.IntN(3)] / float64(kinds)
	}
	if rng.IntN(6) == 0 { // faults that mislead together
		c.Faults, c.Latency = map[string]float64{}, 50*time.Millisecond
		for _, name := range misleading[rng.IntN(len(misleading))] {
			c.Faults[name] = 0.25
		}
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
	if rng.IntN(4) == 0 { // the balance may not pay for all rows
		c.Balance = int64(rng.IntN(len(rows)*300+1) * 100)
	}
	sim, err := simulator.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s := &schedule{t: t, rng: rng, sim: sim, disk: journaltest.NewDisk(), file: rows, keys: []string{"first"},
		people: newPeople(seed), ours: map[batch.Ref]bool{}, grace: 2 * time.Minute, finals: map[batch.Ref]batch.State{}}
	s.wire = &witness{schedule: s, next: sim, by: map[string][]event{}}
	s.disk.Hook = s.failDisk
	s.say("seed %d: %d rows, %+v", seed, len(rows), c)
	return s
}

// drawRows draws a small file: valid rows with several plans, a few of them for the
// vendor's test phones, a few invalid rows, and some rows with ids.
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
			r.Topup.Phone = "0660000066" // several rows may have this phone
		}
		if rng.IntN(3) == 0 {
			r.Topup.ID = fmt.Sprintf("E%d", i)
		}
		r.Cells = cellsOf(r.Topup)
		rows[i] = r
	}
	return rows
}

// cellsOf returns the cells of a row of the file.
func cellsOf(t batch.Topup) batch.Cells {
	return batch.CellsOf(string(t.Phone), fmt.Sprint(t.Amount), t.ID)
}

// live runs the batch again and again, as an operator does. The first runs have
// faults, and things happen between them. The last runs have neither, until
// nothing is left to do.
func (s *schedule) live(network *simulator.Memory) {
	troubled := s.rng.IntN(5)
	for i := 0; i < troubled+4 && len(s.fails) == 0; i++ {
		calm := i >= troubled
		if calm {
			s.endTrouble()
		}
		s.once(network, i, calm)
		if calm && s.ledger != nil && s.ledger.Sealed() && s.ledger.Tally().Of(batch.Unsent)+s.ledger.Tally().Open() == 0 {
			return
		}
		if !calm {
			s.operate()
		}
		if calm || s.rng.IntN(3) == 0 {
			time.Sleep(25 * time.Hour)
		} else {
			time.Sleep(time.Duration(s.rng.IntN(300)) * time.Second)
		}
	}
}

// once runs one process: it opens the journal and runs the engine. It may end
// properly, be killed, or lose its disk or its power.
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
			return // the provider did not answer, and nothing was begun
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
	if !calm && s.rng.IntN(5) == 0 { // somebody starts the same batch twice
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

// process does what the program's run command does.
func (s *schedule) process(ctx, drain context.Context, fs journal.FS, client *oneclick.Client, n int, e *batch.Engine, calm bool) {
	books, err := batch.OpenBooks(&syncedFS{fs, s}, journalName)
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
	if !s.begin(books, n) {
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

// begin writes the rows of the file into the books, as the run command does with
// --amend. It reports false if it fails; then nothing may be sent.
func (s *schedule) begin(books *batch.Books, n int) bool {
	rows, amends := s.read(books.Ledger), books.Sealed()
	refused := 0
	if amends {
		d := books.Compare(rows)
		if d.None() {
			return true
		}
		if !s.corrected {
			s.complain("the rows in the books are not those of the file: %+v", d)
		}
		s.say("process %d amends: %+v", n, d)
		refused = d.Refused + d.Paid
	}
	if err := books.Begin(batch.BatchRecord{Name: "october", Catalogue: s.plans, Amends: amends}, rows); err != nil {
		s.say("process %d cannot begin: %v", n, err)
		return false
	}
	// What was refused because it may have been paid may be sent once that is known
	// to be untrue: the file then differs from the books again.
	s.corrected = refused > 0
	return true
}

// read returns the rows of the file with their refs, as a process reads them.
func (s *schedule) read(known *batch.Ledger) []batch.Row {
	rows := slices.Clone(s.file)
	lineage := batch.NewLineage(nil)
	if known.Sealed() {
		lineage = batch.NewLineage(known)
	}
	lineage.Assign("october", rows, s.plans, batch.Limits{AllowDuplicates: true})
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range rows {
		s.ours[r.Ref] = true
	}
	return rows
}

// tune draws the settings of an engine.
func (s *schedule) tune() *batch.Engine {
	return &batch.Engine{
		Log: slog.New(slog.DiscardHandler), Concurrency: 1 + s.rng.IntN(8), Rate: []float64{0, 60, 120}[s.rng.IntN(3)],
		Poll: 5 * time.Second, Wait: 10 * time.Minute, ResendAfter: s.grace, PhoneGap: time.Minute, StopAfter: 20,
	}
}

// after ends a process. The machine may lose its power too. Then after reads the
// books from the disk and checks them.
func (s *schedule) after(process *journaltest.Process, calm bool) {
	kind := journaltest.ProcessDeath
	if s.armed.power {
		kind = journaltest.PowerLoss
		s.counts.crashes++
		s.say("the power goes")
	}
	process.Kill()
	s.disk.Crash(rand.New(rand.NewPCG(s.rng.Uint64(), 1)), kind)
	s.armed = diskFault{}
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
