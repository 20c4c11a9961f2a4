package cli

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/secret"
	"flexybatch/internal/settings"
)

const drillHelp = `Show the promise on this machine: a simulated batch on a bad day of the provider,
killed again and again, resumed each time, and at the end the provider's ledger
held against the journal and the report, row by row. Between the kills people
correct the file: ids are respelt, rows sorted; then it is copied under another
name, and what came back is resent, and the resend copied. Nobody is paid twice.
No key, no network, no money.

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
	people  drillPeople
}

func newDrill(w machine) *cobra.Command {
	d := &drill{output: output{machine: w}}
	cmd := takesNothing(&cobra.Command{
		Use: "drill", Short: "Show the promise on this machine: kill a simulated batch, resume it, and audit it", Long: drillHelp,
		RunE: func(cmd *cobra.Command, _ []string) error { return d.run(cmd.Context()) },
	})
	f := cmd.Flags()
	f.Var(settings.NewWhole(&d.kills, 20), "kills", "how often the program is killed")
	f.Var(settings.NewWhole(&d.rows, 200), "rows", "rows of the batch that can be paid; one more cannot")
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
	d.say("A batch of %s, on a bad day of the provider (seed %d), in %s.\n", lang.Count(d.rows+1, "%d row", "%d rows"), d.seed, d.dir)
	killed, err := d.torment(ctx)
	if err == nil {
		err = d.tidyUp(ctx)
	}
	if err != nil {
		return nothingf("running the batch: %w", err)
	}
	v, err := d.audit(ctx)
	if err != nil {
		return nothingf("auditing the batch: %w", err)
	}
	v.Kills, v.Acts, v.DurationS = killed, d.people.acts, time.Since(begun).Seconds()
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
		return nil, lang.Errorf("%s holds a drill already: give another --dir", d.dir)
	}
	return remove, d.save(drillVersions[0])
}

// serve starts the provider, which outlives the killed processes.
func (d *drill) serve(ctx context.Context) (stop func() error, err error) {
	d.sim, err = simulator.New(simulator.Config{Speed: 500, Seed: d.seed, Faults: drillFaults, Latency: 2 * time.Millisecond, Balance: app.SimulatedBalance,
		Keys: []simulator.Key{{Key: simulator.DefaultKey, Type: simulator.Production}}}) // which refuses what a sandbox key is told of
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
	cmd.Env = append(cmd.Env, settings.FileVariable+"=none", settings.Variable("lang")+"="+d.words.Language(), secret.KeyVariable+"="+simulator.DefaultKey)
	for _, name := range []string{"XDG_STATE_HOME", "LocalAppData", "HOME"} { // the drill is in nobody's register of batches
		cmd.Env = append(cmd.Env, name+"="+d.dir)
	}
	return cmd
}

// torment kills and resumes the batch, then lets it come to its end.
func (d *drill) torment(ctx context.Context) (killed int, err error) {
	rng := rand.New(rand.NewPCG(d.seed, 1))
	for tries := 0; ; tries++ {
		run, cancel := context.WithCancel(ctx)
		if killed < d.kills {
			run, cancel = context.WithTimeout(ctx, time.Duration(30+rng.IntN(120))*time.Millisecond)
		}
		out, err := d.command(run, d.pay(d.file, d.people.amended)...).CombinedOutput()
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
			if err := d.correct(killed); err != nil {
				return killed, err
			}
		case (err == nil || exit.ExitCode() == exitProblems) && d.people.version != 0:
			if err := d.correct(0); err != nil { // as it was at first
				return killed, err
			}
		case (err == nil || exit.ExitCode() == exitProblems) && d.people.more(len(d.sim.Orders())):
		case err == nil || exit.ExitCode() == exitProblems:
			d.say("  the batch came to its end after %s\n", lang.Count(killed, "%d kill", "%d kills"))
			return killed, nil
		case exit.ExitCode() != exitOpen || tries > d.kills+20:
			return killed, unexpected(exit.ExitCode(), out)
		}
	}
}
