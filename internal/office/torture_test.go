package office

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flexybatch/batch"
)

var (
	seeds = flag.Uint64("seeds", 60, "how many schedules TestFencingTorture runs")
	from  = flag.Uint64("from", 1, "the seed of the first schedule")
	story = flag.Bool("story", false, "print what happens; for a single seed")
)

// layer is what a mutant of the fencing has lost.
type layer int

const (
	nothing   layer = iota
	both            // Guard and the connection do not ask
	wireLayer       // the connection does not ask
	bookLayer       // writes of an earlier epoch are taken
	noMargin        // the lease counts as ours for far longer than it is
)

// contest is a batch that two owners want to send, one of which is stopped now and then.
type contest struct {
	t      *testing.T
	model  *model
	lost   layer
	length time.Duration
	clock  clock

	mu      sync.Mutex
	charged map[batch.Ref]int
	fails   []string
}

func (c *contest) say(format string, args ...any) {
	if *story {
		c.t.Logf("%s  %s", time.Now().Format("04:05.000"), fmt.Sprintf(format, args...))
	}
}

func (c *contest) complain(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fails = append(c.fails, fmt.Sprintf(format, args...))
}

// rawProvider is a provider that carries out every request, also one whose reference it
// has seen before: nothing but the fencing keeps it from paying twice.
type rawProvider struct {
	batch.Provider // nil: nobody asks for the account
	*contest
	process *process
	lease   *Lease
}

func (r rawProvider) Send(ctx context.Context, o batch.Order) (batch.Receipt, error) {
	if r.process.draw(25) == 0 { // between Guard and the connection
		r.process.stop(time.Duration(1+r.process.draw(400)) * time.Second)
	}
	r.process.gate()
	if r.lost != both && r.lost != wireLayer {
		if err := r.lease.Sure(); err != nil { // as fencedConn does
			return batch.Receipt{}, &batch.Fault{Message: batch.Msg("broken"), Err: err}
		}
	}
	r.say("%s sends %s under epoch %d", r.process.name, o.Ref, r.lease.epoch)
	if now := r.model.current().epoch; now != r.lease.epoch {
		r.complain("%s sent %s under epoch %d, which was over: %d", r.process.name, o.Ref, r.lease.epoch, now)
	}
	select { // the request is under way
	case <-time.After(time.Duration(r.process.draw(20_000)) * time.Millisecond):
	case <-time.After(30 * time.Second):
	}
	r.mu.Lock()
	r.charged[o.Ref]++
	n := r.charged[o.Ref]
	r.mu.Unlock()
	if n > 1 {
		r.complain("%s was charged %d times", o.Ref, n)
	}
	if r.process.draw(6) == 0 || ctx.Err() != nil {
		return batch.Receipt{}, &batch.Fault{Message: batch.Msg("the answer is lost"), Err: context.DeadlineExceeded}
	}
	return batch.Receipt{TopupID: "T-" + string(o.Ref), Ref: string(o.Ref)}, nil
}

func (r rawProvider) order(ref batch.Ref) (batch.RemoteOrder, error) {
	r.process.gate()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.charged[ref] == 0 {
		return batch.RemoteOrder{}, &batch.Fault{Class: batch.ClassNotFound, Status: 404, Message: batch.Msg("no such order")}
	}
	return batch.RemoteOrder{ID: "T-" + string(ref), Ref: string(ref), Status: "FULFILLED", Plan: "PREPAID_MOBILIS", Phone: phoneOf(ref), Amount: 100}, nil
}

func (r rawProvider) CheckRef(_ context.Context, ref batch.Ref) (batch.RemoteOrder, error) {
	return r.order(ref)
}

func (r rawProvider) CheckID(_ context.Context, id string) (batch.RemoteOrder, error) {
	return r.order(batch.Ref(strings.TrimPrefix(id, "T-")))
}

func (r rawProvider) List(context.Context, batch.ListQuery) (batch.Page, error) {
	return batch.Page{}, nil
}

// current is the lease as it stands.
func (m *model) current() standing {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.lease
}

// contestRows is how many rows the batch of a contest has.
const contestRows = 6

func phoneOf(ref batch.Ref) string { return "06500000" + string(ref[len(ref)-2:]) }

func contestBatch() (head batch.BatchRecord, rows []batch.Row) {
	for i := range contestRows {
		ref := batch.Ref(fmt.Sprintf("october-%02d", i))
		rows = append(rows, batch.Row{Number: i + 2, Ref: ref, Cost: 10_000,
			Topup: batch.Topup{Phone: batch.Phone(phoneOf(ref)), Plan: "PREPAID_MOBILIS", Amount: 100}})
	}
	return batch.BatchRecord{Name: "october", Account: batch.Account{Host: "host", Username: "u", Type: batch.Sandbox}}, rows
}

// own is the life of a worker until the batch is done: it waits for the lease, drives
// the batch while it has it, and gives it back.
func (c *contest) own(p *process) {
	w := &watch{clock: c.clock}
	for !c.done() {
		time.Sleep(time.Second)
		p.gate()
		ctx, cancel := limited(context.Background())
		seen, err := p.look(ctx, 1)
		cancel()
		if err != nil || !w.free(seen) {
			continue
		}
		l, err := claim(context.Background(), p, c.clock, 1, seen, p.name, c.length)
		if err != nil || l == nil {
			continue
		}
		c.say("%s owns epoch %d", p.name, l.epoch)
		err = c.drive(p, l)
		c.say("%s is done with epoch %d: %v", p.name, l.epoch, err)
		_ = l.release(context.Background()) // else it ends by itself
	}
}

// drive sends the batch while the lease is ours.
func (c *contest) drive(p *process, l *Lease) (err error) {
	drain, cancel := context.WithCancel(context.Background())
	var kept sync.WaitGroup
	defer kept.Wait()
	defer cancel()
	if c.lost == noMargin {
		l.mu.Lock()
		l.until = never
		l.mu.Unlock()
	}
	kept.Go(func() { l.keep(drain) })
	kept.Go(func() {
		select {
		case <-drain.Done():
		case <-l.Over():
			cancel()
		}
	})
	books, err := batch.OpenBooks(&Storage{store: p, account: 1, lease: l, holder: p.name}, "october.journal")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	if !books.Sealed() {
		head, rows := contestBatch()
		if err := books.Begin(head, rows); err != nil {
			return err
		}
	}
	fence := &Fence{lease: l}
	provider := batch.Provider(rawProvider{nil, c, p, l})
	if c.lost != both {
		provider = fence.Guard(provider)
	}
	e := &batch.Engine{Books: books, Provider: provider, Log: slog.New(slog.DiscardHandler),
		Concurrency: 2, Poll: 5 * time.Second, Wait: 10 * time.Minute, ResendAfter: 2 * time.Minute}
	_, err = e.Run(drain, drain)
	return err
}

// done tells whether every row is at its end, as an independent reader sees it.
func (c *contest) done() bool {
	c.mu.Lock()
	failed := len(c.fails) > 0
	c.mu.Unlock()
	l, _, err := batch.ReadLedger(&Storage{store: &process{model: c.calm(), name: "reader"}, account: 1}, "october.journal")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		c.complain("the journal: %v", err)
		return true
	}
	return failed || err == nil && l.Sealed() && l.Tally().Of(batch.Fulfilled) == contestRows
}

// calm is the database as it stands, without trouble.
func (c *contest) calm() *model {
	c.model.mu.Lock()
	defer c.model.mu.Unlock()
	m := newModel(nil)
	m.lease = c.model.lease
	for name, f := range c.model.files {
		copied := *f
		copied.bytes = append([]byte(nil), f.bytes...)
		m.files[name] = &copied
	}
	return m
}

// contestOf runs the schedule of a seed in virtual time.
func contestOf(t *testing.T, seed uint64, lost layer) (fails []string) {
	t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			noise := rand.New(rand.NewPCG(seed, 1))
			c := &contest{t: t, model: newModel(noise), lost: lost, length: 15 * time.Second, charged: map[batch.Ref]int{},
				clock: func() time.Duration { return time.Since(begun) }}
			c.model.blind = lost == bookLayer
			var all sync.WaitGroup
			for _, name := range []string{"the first", "the second"} {
				p := &process{model: c.model, name: name}
				all.Go(func() { c.own(p) })
				all.Go(func() { // now and then the network to the database breaks
					for !c.done() {
						time.Sleep(time.Duration(20+c.model.draw(300)) * time.Second)
						p.mu.Lock()
						p.cutOff = time.Now().Add(time.Duration(c.model.draw(40)) * time.Second)
						p.mu.Unlock()
					}
				})
			}
			all.Wait()
			fails = c.fails
			for ref, n := range c.charged {
				if n != 1 {
					fails = append(fails, fmt.Sprintf("%s was charged %d times", ref, n))
				}
			}
			if len(c.charged) < contestRows && len(fails) == 0 {
				fails = append(fails, fmt.Sprintf("only %d rows were charged", len(c.charged)))
			}
		})
	})
	return fails
}

// TestFencingTorture lets two workers contend for a batch in virtual time. They are
// stopped at any moment, for up to seven minutes, they are cut off from the database,
// and answers of both get lost. The provider carries out whatever it is sent, so a
// request that leaves after a takeover pays twice.
//
//	go test ./internal/office -run TestFencingTorture -from SEED -seeds 1 -story -v
func TestFencingTorture(t *testing.T) {
	for seed := *from; seed < *from+*seeds && !t.Failed(); seed++ {
		if fails := contestOf(t, seed, nothing); len(fails) > 0 {
			t.Errorf("seed %d: %s", seed, strings.Join(fails, "\n\t"))
		}
	}
}

// A layer that is missing is noticed: else the torture proves nothing.
func TestFencingTortureFindsMissingLayers(t *testing.T) {
	for name, lost := range map[string]layer{
		"Guard and the connection": both, "the connection": wireLayer, "the epoch of writes": bookLayer, "the margin": noMargin,
	} {
		found := false
		for seed := uint64(1); seed <= 300 && !found; seed++ {
			found = len(contestOf(t, seed, lost)) > 0
		}
		if !found {
			t.Errorf("nothing notices that %s does not ask", name)
		}
	}
}
