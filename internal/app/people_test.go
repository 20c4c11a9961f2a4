package app_test

import (
	"flag"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var (
	seeds   = flag.Uint64("seeds", 5, "how many offices TestPeople watches")
	from    = flag.Uint64("from", 1, "the seed of the first office")
	story   = flag.Bool("story", false, "print what happens; for a single seed")
	mutants = flag.Bool("mutants", false, "try every mutation, also those that take many seeds to be found")
)

// TestPeople simulates what people do with the program. In virtual time, with real
// files in a folder of its own and one provider, an office pays its payrolls. A
// seed decides what the office does between and during the runs: it respells ids,
// sorts, corrects and copies files (people_sheets_test.go, people_edits_test.go),
// loses and copies books, resends, pays again and interrupts (people_acts_test.go,
// people_tasks_test.go). The faults of the provider are few.
//
// The provider's own orders are the truth. The office knows how many payments each
// person was meant to get of each payroll, and the checker (people_checker_test.go)
// makes sure that
//
//   - nobody is paid more often than meant, refunds taken off,
//   - a task that is refused changed no file and sent nothing,
//   - no task destroyed a journal, an input or a file of somebody else,
//   - in the end, when the provider works and the office does what the messages say,
//     everybody is paid, or a row in the books says why not, and no row is stuck
//     (people_end_test.go).
//
// What the rules let be paid twice is not drawn; office.covered says what that is.
//
// This command runs a failing seed again and prints what happens:
//
//	go test ./internal/app -run TestPeople -from SEED -seeds 1 -story -v
func TestPeople(t *testing.T) {
	begun := time.Now()
	var mu sync.Mutex
	var total tally
	work := make(chan uint64)
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for seed := range work {
				c, complaints := watch(t, seed)
				mu.Lock()
				total.add(c)
				mu.Unlock()
				if len(complaints) > 0 {
					t.Errorf("seed %d: %s\nagain, with its trace: go test ./internal/app -run TestPeople -from %d -seeds 1 -story -v", seed, strings.Join(complaints, "\n\t"), seed)
				}
			}
		})
	}
	for seed := *from; seed < *from+*seeds && !t.Failed(); seed++ {
		work <- seed
	}
	close(work)
	group.Wait()
	t.Logf("%d offices, %d acts of theirs, %d tasks (%d refused), %d orders, %d payments meant, %d violations: %.0f offices a minute",
		total.offices, total.acts, total.tasks, total.refused, total.orders, total.meant, total.violations, float64(total.offices)/time.Since(begun).Minutes())
}

// tally adds up what the offices did.
type tally struct{ offices, acts, tasks, refused, orders, meant, violations int }

func (c *tally) add(d tally) {
	c.offices += d.offices
	c.acts += d.acts
	c.tasks += d.tasks
	c.refused += d.refused
	c.orders += d.orders
	c.meant += d.meant
	c.violations += d.violations
}

// watch lets the office of one seed work in virtual time, and returns what the
// checks complain about.
func watch(t *testing.T, seed uint64) (c tally, complaints []string) {
	t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
		root := folder(t)
		synctest.Test(t, func(t *testing.T) {
			o := newOffice(t, seed, root)
			closed := o.serve()
			o.work()
			o.end()
			closed()
			o.tally.offices, o.tally.violations = 1, len(o.fails)
			c, complaints = o.tally, o.fails
		})
	})
	return c, complaints
}
