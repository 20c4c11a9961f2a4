//go:build linux

package cli

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

var (
	speedRounds  = flag.Int("office-speed", 0, "how often an office is timed beside the local disk")
	speedRows    = flag.Int("office-speed-rows", 20_000, "rows of a batch that is timed")
	speedLatency = flag.Duration("office-speed-latency", 0, "the provider's latency when an office is timed")
	throughRows  = flag.Int("office-through", 0, "rows of a batch that goes once through an office, to be measured")
	speedWorkers = flag.Int("office-speed-workers", 1, "workers of an office that is timed")
)

// An office's worker is timed beside a run on the local disk, in turns, with the same
// provider and the same file. What counts is the ratio of the two.
func TestOfficeSpeed(t *testing.T) {
	if *speedRounds == 0 {
		t.Skip("give -office-speed ROUNDS")
	}
	o := newBureau(t, *speedLatency)
	concurrency := "8"
	if *speedLatency > 0 {
		concurrency = "64"
	}
	for range *speedWorkers {
		o.worker("--concurrency", concurrency)
	}
	o.write("payroll.csv", *speedRows)
	o.await("the account is known", func() bool { a, err := o.books.Accounts(t.Context()); return err == nil && len(a) == 1 })
	var ratios, calls []float64
	for round := range *speedRounds {
		disk, office := fmt.Sprintf("disk%d", round), fmt.Sprintf("office%d", round)
		var onDisk, inOffice time.Duration
		runs := []func(){func() { onDisk = o.timeDisk(disk, concurrency) }, func() {
			inOffice = o.timeOffice(office)
			calls = append(calls, float64(len(o.calls))/float64(*speedRows))
		}}
		if round%2 == 1 {
			slices.Reverse(runs)
		}
		for _, run := range runs {
			o.provider(*speedLatency)
			run()
		}
		ratio := onDisk.Seconds() / inOffice.Seconds()
		ratios = append(ratios, ratio)
		t.Logf("round %d: disk %v (%.0f rows/s), office %v (%.0f rows/s), ratio %.2f", round+1, onDisk.Round(10*time.Millisecond), float64(*speedRows)/onDisk.Seconds(),
			inOffice.Round(10*time.Millisecond), float64(*speedRows)/inOffice.Seconds(), ratio)
	}
	slices.Sort(ratios)
	slices.Sort(calls)
	t.Logf("%d rows, latency %v, %d workers: the office has %.2f of the disk's rows a second (median of %d; %.2f to %.2f), %.3f calls a row",
		*speedRows, *speedLatency, *speedWorkers, ratios[len(ratios)/2], len(ratios), ratios[0], ratios[len(ratios)-1], calls[len(calls)/2])
}

// timeDisk is how long a run takes whose journal lies in a file.
func (o *bureau) timeDisk(name, concurrency string) time.Duration {
	o.t.Helper()
	cmd := exec.Command(binary, "run", "--yes", "--quiet", "--batch", name, "--recent", "0", "--state", filepath.Join(o.dir, "disk"), "--timeout", "1s", "--resend-after", "3500ms",
		"--rate", "0", "--phone-gap", "0s", "--poll-interval", "100ms", "--concurrency", concurrency, "payroll.csv")
	cmd.Dir, cmd.Env = o.dir, append(slices.DeleteFunc(slices.Clone(o.env), func(v string) bool { return strings.HasPrefix(v, databaseVariable) }),
		"ONECLICKDZ_API_KEY=worker-50", "XDG_STATE_HOME="+filepath.Join(o.dir, "disk"))
	began := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		o.t.Fatalf("%v\n%s", err, out)
	}
	return time.Since(began)
}

// timeOffice is how long an office takes, from the command that submits a batch to its
// end.
func (o *bureau) timeOffice(name string) time.Duration {
	o.t.Helper()
	began := time.Now()
	// The rows of the rounds before look paid.
	o.must("submit", "--batch", name, "--recent", "0", "payroll.csv")
	for state := ""; state != "done"; time.Sleep(20 * time.Millisecond) {
		if state, _ = o.batchState(name); state != "" && state != "waiting" && state != "running" && state != "done" || time.Since(began) > 10*time.Minute {
			o.t.Fatalf("%s is %s", name, state)
		}
	}
	return time.Since(began)
}

// A large batch goes once through an office: how long it takes, what memory its worker
// needs, and how large the database is then.
func TestOfficeOnceThrough(t *testing.T) {
	rows := *throughRows
	if rows == 0 {
		t.Skip("give -office-through ROWS")
	}
	o := newBureau(t, 0)
	worker := o.worker("--concurrency", "64", "--log-level", "warn")
	o.write("payroll.csv", rows)
	o.await("the account is known", func() bool { a, err := o.books.Accounts(t.Context()); return err == nil && len(a) == 1 })
	before := o.databaseSize()
	took := o.timeOffice("payroll")
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", o.workers[worker].Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rows in %v (%.0f rows/s), %.3f calls a row, the worker's memory at most %s, the database %.0f bytes a row", rows, took.Round(time.Second), float64(rows)/took.Seconds(),
		float64(len(o.calls))/float64(rows), regexp.MustCompile(`VmHWM:\s*(.*)`).FindSubmatch(status)[1], float64(o.databaseSize()-before)/float64(rows))
	o.paidOnce("payroll", rows)
}

// databaseSize is how many bytes the database has on disk.
func (o *bureau) databaseSize() (size int64) {
	o.t.Helper()
	conn, err := pgx.Connect(o.t.Context(), o.database)
	if err == nil {
		err = conn.QueryRow(o.t.Context(), "select pg_database_size(current_database())").Scan(&size)
		_ = conn.Close(o.t.Context()) // it was only read
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return size
}
