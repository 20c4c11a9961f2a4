//go:build linux

package cli

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The tests of this file shut single workers of an office off from what they need, and
// ask the office for two things at once.

// submitted puts october.csv in line as soon as a worker has made the account known.
func (o *bureau) submitted(args ...string) {
	o.t.Helper()
	o.await("the account is known", func() bool { a, err := o.books.Accounts(o.t.Context()); return err == nil && len(a) > 0 })
	o.must(append(append([]string{"submit"}, args...), "october.csv")...)
}

// by returns the requests of one worker.
func by(worker string, posts []post) (own []post) {
	return slices.DeleteFunc(slices.Clone(posts), func(p post) bool { return p.by != worker })
}

// shutOff is how a worker is shut off from a server.
var shutOff = map[string]func(*valve){"silently": (*valve).silence, "with refusals": (*valve).refuse}

// inEachWay does a test with each way to shut a worker off.
func inEachWay(t *testing.T, do func(t *testing.T, shut func(*valve))) {
	for how, shut := range shutOff {
		t.Run(how, func(t *testing.T) {
			if *officeRounds == 1 && how != "silently" {
				t.Skip("it is the easier of the two; give -office-rounds")
			}
			for range *officeRounds {
				do(t, shut)
			}
		})
	}
}

// The owner cannot reach the database any more, and lives. Nothing leaves it after its
// lease's margin, another takes over, and once the way is open it is good for work again.
func TestOfficeOwnerLosesDatabase(t *testing.T) {
	t.Parallel()
	inEachWay(t, func(t *testing.T, shut func(*valve)) {
		o := newBureau(t, 20*time.Millisecond)
		v := newValve(t, onLoopback, "127.0.0.1:0", "unix", filepath.Join(o.server.Dir(), ".s.PGSQL.5432"))
		first := o.workerWith([]string{databaseVariable + "=postgres://flexybatch@" + v.address() + "/office1?sslmode=disable"})
		o.write("october.csv", *officeRows)
		o.submitted()
		o.awaitSent(10)
		second := o.worker()
		o.awaitSent(*officeRows / 5)
		shut(v)
		end := time.Now()
		o.await("the second sends", func() bool { return len(by(second, o.sent())) > 0 })
		t.Logf("the second sends after %v", by(second, o.sent())[0].at.Sub(end).Round(10*time.Millisecond))
		v.open(t)
		o.await("half is sent", func() bool { return len(o.sent()) >= *officeRows/2 })
		o.end(second, syscall.SIGKILL)
		killed := time.Now()
		o.awaitState("october", "done")
		for _, p := range by(first, o.sent()) {
			if p.at.After(end.Add(lease)) && p.at.Before(killed) {
				t.Errorf("a request %v after the database was lost", p.at.Sub(end))
			}
		}
		o.paidOnce("october", *officeRows)
	})
}

// The owner alone cannot reach the provider any more. It lets go, and another takes over.
func TestOfficeOwnerLosesProvider(t *testing.T) {
	t.Parallel()
	inEachWay(t, func(t *testing.T, shut func(*valve)) {
		o := newBureau(t, 20*time.Millisecond)
		address, alone := strings.TrimPrefix(o.url, "http://"), newNetwork(t)
		v := newValve(t, alone.listen, address, "tcp", address)
		_, cmd := o.workerCommand(nil)
		if err := alone.do(cmd.Start); err != nil {
			t.Fatal(err)
		}
		o.write("october.csv", *officeRows)
		o.submitted()
		o.awaitSent(*officeRows / 5)
		second := o.worker()
		shut(v)
		end := time.Now()
		o.await("the second sends", func() bool { return len(by(second, o.sent())) > 0 })
		t.Logf("the second sends after %v", by(second, o.sent())[0].at.Sub(end).Round(10*time.Millisecond))
		v.open(t) // what was held back arrives late
		o.awaitState("october", "done")
		o.paidOnce("october", *officeRows)
	})
}

// drain ends a worker as an operator does, and waits for it.
func (o *bureau) drain(name string) {
	o.t.Helper()
	cmd := o.workers[name]
	o.end(name, syscall.SIGTERM)
	if code := cmd.ProcessState.ExitCode(); code != exitDone {
		o.t.Errorf("%s was drained and ends with %d", name, code)
	}
}

// log is what a worker has logged.
func (o *bureau) log(name string) string {
	b, _ := os.ReadFile(filepath.Join(o.dir, name+".log")) // there may be none yet
	return string(b)
}

// Two workers have one name, and one is drained while the other works: first the owner,
// then one that stands by. One owns the account at a time.
func TestOfficeTwoUnderOneName(t *testing.T) {
	t.Parallel()
	for range *officeRounds {
		o := newBureau(t, 20*time.Millisecond)
		first := o.worker("--name", "office")
		o.write("october.csv", *officeRows)
		o.submitted()
		o.awaitSent(10)
		second := o.worker("--name", "office")
		o.await("the second is ready", func() bool { return strings.Contains(o.log(second), "worker is ready") })
		o.awaitSent(*officeRows / 4)
		o.drain(first)
		o.awaitSent(*officeRows / 2)
		third := o.worker("--name", "office")
		o.await("the third is ready", func() bool { return strings.Contains(o.log(third), "worker is ready") })
		o.drain(third)
		o.awaitState("october", "done")
		var owners []string
		for _, p := range o.sent() {
			owners = append(owners, p.by)
		}
		if owners = slices.Compact(owners); !slices.Equal(owners, []string{first, second}) {
			t.Errorf("the owners, one after the other: %v", owners)
		}
		o.paidOnce("october", *officeRows)
	}
}

// The owner is killed in the middle of the canary: whoever goes on sends no more than
// its rest, and a person lets the others go.
func TestOfficeCanaryOwnerIsKilled(t *testing.T) {
	t.Parallel()
	const canary = 30
	for round := range *officeRounds {
		o := newBureau(t, 50*time.Millisecond)
		for range 3 {
			o.worker("--concurrency", "2")
		}
		o.write("october.csv", 60)
		o.submitted("--canary", strconv.Itoa(canary))
		for i := range 2 {
			o.awaitSent((4 + round%6) * (i + 1))
			o.end(o.owner("october"), syscall.SIGKILL)
			o.worker("--concurrency", "2")
		}
		o.awaitState("october", "held")
		if n := len(o.sim.Orders()); n != canary {
			t.Errorf("%d orders before anybody let the rest go, want %d", n, canary)
		}
		o.must("resume", "october")
		o.awaitState("october", "done")
		o.paidOnce("october", 60)
	}
}

// Two people submit one name at the same moment: one is told that it is in line, the
// other that it is taken.
func TestOfficeTwoSubmitOneName(t *testing.T) {
	t.Parallel()
	o := newBureau(t, 0)
	worker := o.worker()
	o.write("october.csv", 20)
	o.await("the account is known", func() bool { a, err := o.books.Accounts(t.Context()); return err == nil && len(a) > 0 })
	o.drain(worker)
	for round := range 3 * *officeRounds {
		var codes, texts [2]string
		var both sync.WaitGroup
		for i := range codes {
			both.Go(func() {
				text, code := o.command("submit", "--batch", fmt.Sprintf("october-%d", round), "october.csv")
				codes[i], texts[i] = strconv.Itoa(code), text
			})
		}
		both.Wait()
		if got := texts[0] + texts[1]; codes[0] == codes[1] || !slices.Contains(codes[:], strconv.Itoa(exitDone)) || !slices.Contains(codes[:], strconv.Itoa(exitNothing)) ||
			!strings.Contains(got, "in line") || !strings.Contains(got, "submitted already") {
			t.Errorf("exit codes %v:\n%s", codes, got)
		}
	}
	if list, err := o.books.Batches(t.Context(), 0); err != nil || len(list) != 3**officeRounds {
		t.Errorf("%d batches: %v", len(list), err)
	}
}

// What somebody wishes from another machine is seen to within two seconds.
func TestOfficeWishes(t *testing.T) {
	for range *officeRounds {
		o := newBureau(t, 50*time.Millisecond)
		o.worker("--concurrency", "4")
		o.worker("--concurrency", "4")
		o.write("october.csv", 1000)
		o.submitted()
		for _, wish := range []struct{ command, state string }{{"pause", "paused"}, {"cancel", "cancelled"}} {
			o.awaitSent(len(o.sent()) + 20)
			o.must(wish.command, "october")
			wished := time.Now()
			o.awaitState("october", wish.state)
			o.lookedSince(time.Now()) // and would have found something to send
			for _, p := range o.sent() {
				if p.at.After(wished.Add(2 * time.Second)) {
					t.Errorf("%s: a request after %v", wish.command, p.at.Sub(wished))
				}
			}
			if wish.command == "pause" {
				o.must("resume", "october")
			}
		}
		n := len(o.sent())
		if n >= 1000 {
			t.Fatal("nothing was left to cancel")
		}
		o.paid(n)
	}
}

// lookedSince waits until each worker has looked for work since then, twice.
func (o *bureau) lookedSince(begun time.Time) {
	o.t.Helper()
	for name := range o.workers {
		o.await(name+" looks for work", func() bool { return o.lookedAt(name).After(begun.Add(time.Second)) })
	}
}

// lookedAt is when a worker has looked for work last, to the second.
func (o *bureau) lookedAt(name string) time.Time {
	at := regexp.MustCompile(`msg=listens address=(\S+)`).FindStringSubmatch(o.log(name))
	if at == nil {
		return time.Time{}
	}
	resp, err := http.Get("http://" + at[1] + "/metrics")
	if err != nil {
		return time.Time{}
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body) // what is missing is not found
	seen := regexp.MustCompile(`(?m)^flexybatch_worker_database_seen_time_seconds\{.*\} (\S+)$`).FindSubmatch(b)
	if seen == nil {
		return time.Time{}
	}
	seconds, _ := strconv.ParseFloat(string(seen[1]), 64)
	return time.Unix(int64(seconds), 0)
}

// An account that is empty, or whose key is dead, is left alone by all workers until
// somebody says that it is well again.
func TestOfficeAccountIsStopped(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		balance    int64
		harm, mend func(o *bureau)
	}{
		"empty": {balance: 15_000_00, harm: func(*bureau) {}, mend: func(o *bureau) {
			if err := o.sim.Deposit(1_000_000_00); err != nil {
				o.t.Fatal(err)
			}
		}},
		"dead key": {balance: 1_000_000_00,
			harm: func(o *bureau) { o.awaitSent(20); o.sim.RevokeKey(o.owner("october")) },
			mend: func(o *bureau) {
				for name := range o.workers {
					o.drain(name)
				}
				o.worker()
			}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newBureau(t, 20*time.Millisecond)
			o.providerWith(20*time.Millisecond, c.balance)
			o.worker("--concurrency", "1") // of many requests with a dead key the provider would take offence at the address
			o.worker("--concurrency", "1")
			o.write("october.csv", 150)
			o.submitted()
			c.harm(o)
			o.await("the account is stopped", func() bool {
				a, err := o.books.Accounts(t.Context())
				return err == nil && a[0].Stopped != ""
			})
			stopped, orders := len(o.sent()), len(o.sim.Orders())
			if orders == 0 || orders >= 150 {
				t.Fatalf("%d orders", orders)
			}
			o.lookedSince(time.Now())
			if n := len(o.sent()); n != stopped {
				t.Errorf("%d requests to send after the account was stopped", n-stopped)
			}
			c.mend(o)
			o.must("resume", "october")
			o.awaitState("october", "done")
			o.paidOnce("october", 150)
		})
	}
}
