package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/secret"
	"flexybatch/internal/settings"
	"flexybatch/journal"
	"flexybatch/report"
)

const drillHelp = `Show the promise on this machine: a simulated batch on a bad day of the provider,
killed again and again, resumed each time, and at the end the provider's ledger
held against the journal and the report, row by row. No key, no network, no money.

  flexybatch drill
  flexybatch drill --kills 50 --rows 500 --seed 7
  flexybatch drill --dir drilled          keep the files to look at

Exit codes: 0 the promise held; 1 the drill could not be done; 70 it did not hold.`

// drill is one drill.
type drill struct {
	output
	kills, rows int
	seed        uint64
	dir         string

	program string
	file    string
	url     string
	sim     *simulator.Simulator
}

func newDrill(w world) *cobra.Command {
	d := &drill{output: output{world: w}}
	cmd := takesNothing(&cobra.Command{
		Use: "drill", Short: "Show the promise on this machine: kill a simulated batch, resume it, and audit it", Long: drillHelp,
		RunE: func(cmd *cobra.Command, _ []string) error { return d.run(cmd.Context()) },
	})
	f := cmd.Flags()
	f.Var(settings.NewWhole(&d.kills, 20), "kills", "how often the program is killed")
	f.Var(settings.NewWhole(&d.rows, 200), "rows", "rows of the batch")
	f.Var(settings.NewWhole(&d.seed, 1), "seed", "of the faults and of the moments of the kills")
	f.StringVar(&d.dir, "dir", "", "folder for the files, kept afterwards (default a temporary one)")
	f.BoolVar(&d.json, "json", false, "the verdict as one JSON object on stdout; everything else goes to stderr")
	f.BoolVar(&d.quiet, "quiet", false, "only the verdict")
	complete(cmd, "dir", folders)
	return cmd
}

// drillFaults are what the provider and the network do on the day of a drill.
var drillFaults = map[string]float64{
	simulator.FaultResetBefore: 0.03, simulator.FaultResetAfter: 0.04, simulator.FaultTruncated: 0.03, simulator.FaultHTML: 0.03,
	simulator.FaultError500After: 0.03, simulator.FaultError503: 0.02, simulator.FaultOtherRef: 0.02,
	simulator.FaultRefunded: 0.03, simulator.FaultBackwards: 0.02,
}

// verdict is what a drill comes to.
type verdict struct {
	Held        bool           `json:"held"`
	Rows        int            `json:"rows"`
	Kills       int            `json:"kills"`
	Orders      int            `json:"orders"` // that the provider took
	Charged     batch.Centimes `json:"charged"`
	Refunded    batch.Centimes `json:"refunded"`
	Differences []string       `json:"differences"`
	DurationS   float64        `json:"duration_s"`
}

// run is the drill.
func (d *drill) run(ctx context.Context) (err error) {
	begun := time.Now()
	if d.kills < 0 || d.rows < 1 || d.rows > 100_000 {
		return usagef("give --rows from 1 to 100000, and --kills of 0 or more")
	}
	if d.program, err = os.Executable(); err != nil {
		return nothingf("finding the program itself: %w", err)
	}
	remove, err := d.prepare()
	if err != nil {
		return nothingf("preparing the drill: %w", err)
	}
	defer func() { err = errors.Join(err, remove()) }()
	stop, err := d.serve(ctx)
	if err != nil {
		return nothingf("starting the simulated provider: %w", err)
	}
	defer func() { err = errors.Join(err, stop()) }()
	d.say("A batch of %s, on a bad day of the provider (seed %d), in %s.\n", lang.Count(d.rows, "%d row", "%d rows"), d.seed, d.dir)
	killed, err := d.torment(ctx)
	if err != nil {
		return nothingf("running the batch: %w", err)
	}
	v, err := d.audit(ctx)
	if err != nil {
		return nothingf("auditing the batch: %w", err)
	}
	v.Kills, v.DurationS = killed, time.Since(begun).Seconds()
	return d.tell(v)
}

// prepare makes the folder and the input file.
func (d *drill) prepare() (remove func() error, err error) {
	remove = func() error { return nil }
	if d.dir == "" {
		if d.dir, err = os.MkdirTemp("", "flexybatch-drill-"); err != nil {
			return nil, err
		}
		remove = func() error { return os.RemoveAll(d.dir) }
	} else if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return nil, err
	}
	d.file = filepath.Join(d.dir, "drill.csv")
	if _, err := os.Stat(filepath.Join(d.dir, "drill.journal")); err == nil {
		return nil, fmt.Errorf("%s holds a drill already: give another --dir", d.dir)
	}
	var b strings.Builder
	b.WriteString("id,phone,plan,amount\n")
	for i := range d.rows {
		fmt.Fprintf(&b, "E%06d,06%08d,PREPAID_MOBILIS,%d\n", i, 10_000_000+i, 100+i%400)
	}
	b.WriteString("E-invalid,not a phone,PREPAID_MOBILIS,100\n")
	return remove, os.WriteFile(d.file, []byte(b.String()), 0o600)
}

// serve starts the provider, which outlives the killed processes.
func (d *drill) serve(ctx context.Context) (stop func() error, err error) {
	d.sim, err = simulator.New(simulator.Config{Speed: 500, Seed: d.seed, Faults: drillFaults, Latency: 2 * time.Millisecond, Balance: app.SimulatedBalance})
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d.url = "http://" + l.Addr().String()
	ctx, cancel := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- d.sim.Serve(ctx, l) }()
	return func() error {
		cancel()
		return errors.Join(<-served, d.sim.Close())
	}, nil
}

// command is the program on the drill's batch.
func (d *drill) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, d.program, args...)
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(strings.ToUpper(entry), settings.Prefix) { // the drill is the same for every user
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.Env = append(cmd.Env, settings.FileVariable+"=none", secret.KeyVariable+"="+simulator.DefaultKey)
	return cmd
}

// torment kills and resumes the batch, then lets it come to its end.
func (d *drill) torment(ctx context.Context) (killed int, err error) {
	rng := rand.New(rand.NewPCG(d.seed, 1))
	args := []string{"run", "--yes", "--quiet", "--base-url", d.url, "--rate", "0", "--poll-interval", "20ms", "--wait", "30s",
		"--resend-after", "300ms", "--phone-gap", "0s", "--timeout", "3s", "--concurrency", "4", d.file}
	for tries := 0; ; tries++ {
		run, cancel := context.WithCancel(ctx)
		if killed < d.kills {
			run, cancel = context.WithTimeout(ctx, time.Duration(30+rng.IntN(120))*time.Millisecond)
		}
		out, err := d.command(run, args...).CombinedOutput()
		dead := run.Err() != nil
		cancel()
		var exit *exec.ExitError
		switch {
		case ctx.Err() != nil:
			return killed, ctx.Err()
		case err != nil && !errors.As(err, &exit):
			return killed, err
		case dead:
			killed++
			d.say("  kill %d: the provider has %s\n", killed, lang.Count(len(d.sim.Orders()), "%d order", "%d orders"))
		case err == nil || exit.ExitCode() == exitProblems:
			d.say("  the batch came to its end after %s\n", lang.Count(killed, "%d kill", "%d kills"))
			return killed, nil
		case exit.ExitCode() != exitOpen || tries > d.kills+20:
			return killed, fmt.Errorf("exit %d: %.500s", exit.ExitCode(), out)
		}
	}
}

// audit holds the provider's ledger against the journal and the report.
func (d *drill) audit(ctx context.Context) (verdict, error) {
	l, _, err := batch.ReadLedger(journal.Disk{}, filepath.Join(d.dir, "drill.journal"))
	if err != nil {
		return verdict{}, err
	}
	var rows []report.Row
	out, err := d.command(ctx, "report", "--format", "ndjson", d.file).Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return verdict{}, err
	}
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		var r report.Row
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			return verdict{}, fmt.Errorf("reading the report: %w", err)
		}
		rows = append(rows, r)
	}
	return judge(d.sim.Orders(), l, rows), nil
}

// judge compares three books: the provider's, the journal's and the report's.
func judge(orders []simulator.Order, l *batch.Ledger, rows []report.Row) verdict {
	t := l.Tally()
	v := verdict{Rows: t.Total, Orders: len(orders), Charged: t.Charged, Refunded: t.Refunded, Differences: []string{}}
	differ := func(format string, args ...any) { v.Differences = append(v.Differences, fmt.Sprintf(format, args...)) }
	byRef := map[batch.Ref]simulator.Order{}
	var charged, refunded batch.Centimes
	for _, o := range orders {
		if _, twice := byRef[batch.Ref(o.Ref)]; twice {
			differ("the provider was paid twice for %s", o.Ref)
		}
		byRef[batch.Ref(o.Ref)] = o
		charged += batch.Centimes(o.Charged)
		refunded += batch.Centimes(o.Refunded)
	}
	if len(rows) != t.Total {
		differ("the report has %d rows, the journal %d", len(rows), t.Total)
	}
	words := map[string]string{"fulfilled": simulator.Fulfilled, "refunded": simulator.Refunded}
	for _, r := range rows {
		o, ordered := byRef[r.Ref]
		delete(byRef, r.Ref)
		s, known := l.Row(r.Ref)
		switch {
		case r.State == "invalid" && !ordered:
		case !known || s.State.String() != r.State:
			differ("row %d is %s in the report, and not in the journal", r.Row, r.State)
		case words[r.State] == "" || o.Status != words[r.State]:
			differ("row %d is %s in the report, and %q at the provider", r.Row, r.State, o.Status)
		case o.Phone != string(r.Phone) || o.Amount != int64(r.Amount) || batch.Centimes(o.Charged) != r.Charged || batch.Centimes(o.Refunded) != r.Refunded:
			differ("row %d: %s got %d dinars for %s at the provider, and %s %d for %s in the report", r.Row, o.Phone, o.Amount, batch.Centimes(o.Charged), r.Phone, r.Amount, r.Charged)
		}
	}
	for ref := range byRef {
		differ("the provider has an order for %s, which is no row of the report", ref)
	}
	if charged != t.Charged || refunded != t.Refunded {
		differ("the provider charged %s and refunded %s, the journal says %s and %s", charged, refunded, t.Charged, t.Refunded)
	}
	v.Held = len(v.Differences) == 0
	return v
}

// tell gives the verdict.
func (d *drill) tell(v verdict) error {
	if d.json {
		if err := json.NewEncoder(d.stdout).Encode(v); err != nil {
			return nothingf("writing the verdict: %w", err)
		}
	} else {
		d.words.Fprintf(d.stdout, "%s, %s, %d orders at the provider, %s DZD charged, %s refunded, in %.1f s.\n",
			lang.Count(v.Rows, "%d row", "%d rows"), lang.Count(v.Kills, "%d kill", "%d kills"), v.Orders, v.Charged, v.Refunded, v.DurationS)
		for _, difference := range v.Differences {
			fmt.Fprintln(d.stdout, "  "+d.words.Text(difference))
		}
		if v.Held {
			d.words.Fprintf(d.stdout, "The promise held: every row was charged exactly once, or the report says why not, to the centime.\n")
		} else {
			d.words.Fprintf(d.stdout, "THE PROMISE DID NOT HOLD. Please report this with the seed.\n")
		}
	}
	if !v.Held {
		return ends(app.Internal)
	}
	return nil
}
