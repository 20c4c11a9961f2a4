//go:build linux

package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// budget is a rate, and how long it is watched.
type budget struct {
	aSecond float64
	between time.Duration // two kills
	used    float64       // how much of it an owner must use at least
}

// The budget is the account's: it is kept, and used, over takeovers.
func TestOfficeBudget(t *testing.T) {
	budgets := []budget{{aSecond: 40, between: 2 * time.Second, used: 0.85}} // not long enough for more
	if *officeRounds > 1 {
		budgets = []budget{{aSecond: 40, between: 15 * time.Second, used: 0.95}, {aSecond: 2, between: 20 * time.Second, used: 0.95}}
	}
	for _, b := range budgets {
		t.Run(strconv.FormatFloat(b.aSecond, 'f', -1, 64)+" a second", func(t *testing.T) { tryBudget(t, b) })
	}
}

// tryBudget kills three owners, one after the other, and looks at the calls.
func tryBudget(t *testing.T, b budget) {
	o := newBureau(t, 20*time.Millisecond)
	rate := strconv.FormatFloat(b.aSecond*60, 'f', -1, 64)
	for range 2 {
		name := o.worker("--rate", rate)
		o.await("it is ready", func() bool { return strings.Contains(o.log(name), "worker is ready") })
	}
	o.write("october.csv", int(b.aSecond*4*b.between.Seconds())+200)
	began := time.Now()
	o.submitted("--recent", "0")
	for range 3 {
		from := len(o.sent())
		o.awaitSent(from + int(b.aSecond*b.between.Seconds()))
		o.end(o.owner("october"), syscall.SIGKILL)
		o.worker("--rate", rate)
	}
	o.awaitSent(len(o.sent()) + int(b.aSecond*b.between.Seconds()))
	o.mu.Lock()
	calls := slices.DeleteFunc(slices.Clone(o.calls), func(c post) bool { return c.at.Before(began) })
	o.mu.Unlock()
	if mean := float64(len(calls)) / calls[len(calls)-1].at.Sub(began).Seconds(); mean > b.aSecond {
		t.Errorf("%.2f calls a second", mean)
	}
	most := 0
	for i, j := 0, 0; i < len(calls); i++ {
		for calls[i].at.Sub(calls[j].at) >= time.Second {
			j++
		}
		most = max(most, i-j+1)
	}
	if most > int(1.1*b.aSecond+1) {
		t.Errorf("%d calls in a second", most)
	}
	t.Logf("at most %d calls in a second", most)
	for name := range o.begun {
		own := by(fmt.Sprintf("worker-%d", name), calls)
		first := slices.IndexFunc(own, func(c post) bool { return c.sends })
		if first < 0 {
			continue
		}
		span := own[len(own)-1].at.Sub(own[first].at).Seconds()
		used := float64(len(own)-first-1) / span / b.aSecond
		t.Logf("%s used %.3f of the budget in %.1f s", own[0].by, used, span)
		if used < b.used {
			t.Errorf("that is less than %.2f", b.used)
		}
	}
}
