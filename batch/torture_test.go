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
	seeds   = flag.Uint64("seeds", 300, "how many schedules TestTorture runs")
	from    = flag.Uint64("from", 1, "the seed of the first schedule")
	story   = flag.Bool("story", false, "print what happens; for a single seed")
	mutants = flag.Bool("mutants", false, "try every mutation, also those that take many seeds to be found")
)

// TestTorture runs whole batches of the real engine, client and journal in virtual
// time. A seed decides what happens: which faults the provider and the network
// have (faults_test.go), when the disk fails, the process dies or the machine loses
// its power, and what the operator does meanwhile (operator_test.go). After each
// schedule the provider's orders, the journal and the requests on the wire are
// checked against the money rules of the package comment (checker_test.go,
// witness_test.go).
//
// This command runs a failing seed again and prints what happens:
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

// counts adds up what the schedules did.
type counts struct{ schedules, runs, crashes, diskFaults, rows, sends int }

func (c *counts) add(d counts) {
	c.schedules += d.schedules
	c.runs += d.runs
	c.crashes += d.crashes
	c.diskFaults += d.diskFaults
	c.rows += d.rows
	c.sends += d.sends
}

// torture runs the schedule of one seed in virtual time, and returns what the
// checks complain about.
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
