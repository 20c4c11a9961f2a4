package batch_test

import (
	"flag"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flexybatch/batch/oneclick/simulator"
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
