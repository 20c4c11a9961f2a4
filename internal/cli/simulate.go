package cli

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
	"flexybatch/internal/settings"
)

const simulateHelp = `A local server that behaves as the provider's API does, with faults on demand.
Ends with Ctrl-C.

  flexybatch simulate
  flexybatch simulate --speed 100 --fault reset-after=0.05 --fault throttle=0.02 --seed 7

and in another terminal:

  ONECLICKDZ_API_KEY=simulator flexybatch run --base-url http://127.0.0.1:8080 payroll.xlsx

The phones 0600000001 (refunded), 0600000002 (refunded, with offers) and
0600000003 (UNKNOWN_ERROR) take the courses they take in the provider's sandbox.

Faults (CLASS=SHARE, a share of the calls from 0 to 1):
`

// simulateOptions is what simulate can be told.
type simulateOptions struct {
	listen, key, keyType, balance, store string
	readOnly, noRetryAfter, prefixRefs   bool
	speed                                float64
	seed                                 uint64
	faults                               []string
	latency                              time.Duration
	rateLimit                            int
}

func newSimulate(w machine) *cobra.Command {
	var o simulateOptions
	cmd := takesNothing(&cobra.Command{
		Use: "simulate", Short: "A local server that behaves as the provider's API does", Long: w.words.Say(lang.Msg(simulateHelp)) + faultHelp(w.words),
		RunE: func(cmd *cobra.Command, _ []string) error { return runSimulate(cmd.Context(), w, o) },
	})
	f := cmd.Flags()
	f.StringVar(&o.listen, "listen", "127.0.0.1:8080", "loopback address to listen on; port 0 takes a free one")
	f.StringVar(&o.key, "key", simulator.DefaultKey, "the API key that it knows")
	f.StringVar(&o.keyType, "key-type", simulator.Sandbox, "SANDBOX or PRODUCTION")
	f.BoolVar(&o.readOnly, "read-only", false, "the key's scope is READ-ONLY")
	f.Float64Var(&o.speed, "speed", 1, "how many times faster than life statuses age")
	f.StringVar(&o.balance, "balance", "1000000", "what the account holds, in dinars")
	f.Var(settings.NewWhole(&o.seed, 1), "seed", "of the faults: the same seed, the same faults")
	f.StringArrayVar(&o.faults, "fault", nil, "CLASS=SHARE, may be given again; the classes are listed above")
	f.DurationVar(&o.latency, "latency", 0, "of every call")
	f.Var(settings.NewWhole(&o.rateLimit, 0), "rate-limit", "calls a minute that the key may make; 0: any number")
	f.BoolVar(&o.noRetryAfter, "no-retry-after", false, "answer 429 without Retry-After")
	f.BoolVar(&o.prefixRefs, "prefix-refs", false, "give refs back as API-<username>-<ref>")
	f.StringVar(&o.store, "store", "", "file that keeps orders and deposits from one start to the next")
	complete(cmd, "key-type", words(simulator.Sandbox, simulator.Production))
	complete(cmd, "fault", beginnings(faultNames()...))
	complete(cmd, "store", files())
	return cmd
}

// faultNames are the faults as they begin on the command line.
func faultNames() (list []string) {
	for _, f := range simulator.Faults() {
		list = append(list, f.Name+"=")
	}
	return list
}

// faultHelp lists the faults.
func faultHelp(words *lang.Printer) string {
	var s strings.Builder
	tab := tabwriter.NewWriter(&s, 0, 0, 2, ' ', 0)
	for _, f := range simulator.Faults() {
		fmt.Fprintf(tab, "  %s\t%s\n", f.Name, words.Say(wording(f.What)))
	}
	if err := tab.Flush(); err != nil {
		return ""
	}
	return strings.TrimRight(s.String(), "\n")
}

// config is the simulator that was asked for.
func (o simulateOptions) config() (simulator.Config, error) {
	c := simulator.Config{
		Speed: o.speed, Seed: o.seed, Latency: o.latency, RateLimit: o.rateLimit, NoRetryAfter: o.noRetryAfter,
		PrefixRefs: o.prefixRefs, Store: o.store, Faults: map[simulator.Fault]float64{},
		Keys: []simulator.Key{{Key: o.key, Type: strings.ToUpper(o.keyType), ReadOnly: o.readOnly}},
	}
	if c.Keys[0].Type != simulator.Sandbox && c.Keys[0].Type != simulator.Production {
		return c, usagef("--key-type %q: give SANDBOX or PRODUCTION", o.keyType)
	}
	balance, err := batch.ParseCentimes(o.balance)
	if err != nil || balance < 0 {
		return c, usagef("--balance %q: give a number of dinars", o.balance)
	}
	if c.Balance = int64(balance); balance == 0 {
		c.Balance = simulator.Empty
	}
	switch {
	case !(o.speed > 0):
		return c, usagef("--speed %g: give a number above 0", o.speed)
	case o.latency < 0:
		return c, badDuration("latency", o.latency)
	case o.rateLimit < 0:
		return c, usagef("--rate-limit %d: give a whole number, 0 for any number of calls", o.rateLimit)
	case o.key == "":
		return c, usagef("--key: give the key that the simulator is to know")
	}
	for _, text := range o.faults {
		name, share, err := simulator.ParseFault(text)
		if err != nil {
			return c, usagef("--fault %q: give CLASS=SHARE, with a class of those that the help lists and a share from 0 to 1", text)
		}
		c.Faults[name] = share
	}
	return c, nil
}

// runSimulate serves until it is told to stop.
func runSimulate(ctx context.Context, w machine, o simulateOptions) error {
	c, err := o.config()
	if err != nil {
		return err
	}
	if a, err := netip.ParseAddrPort(strings.Replace(o.listen, "localhost:", "127.0.0.1:", 1)); err != nil || !a.Addr().IsLoopback() {
		return usagef("--listen %q: give an address of this machine, such as 127.0.0.1:8080", o.listen)
	}
	if o.store != "" { // or lines would be cut off and added there
		if err := app.CheckTargets([]outfile.Target{{Path: o.store, Kind: outfile.Store}}, nil); err != nil {
			return err
		}
	}
	sim, err := simulator.New(c)
	if err != nil {
		return nothingf("starting the simulated provider: %w", err)
	}
	l, err := net.Listen("tcp", o.listen)
	if err != nil {
		return nothingf("listening: %w", err)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	w.words.Fprintf(w.stdout, "Simulating the provider on http://%s (key %q, %s). Ctrl-C ends it.\n", l.Addr(), o.key, c.Keys[0].Type)
	if err := sim.Serve(ctx, l); err != nil {
		return nothingf("serving: %w", err)
	}
	if err := sim.Close(); err != nil {
		return nothingf("closing: %w", err)
	}
	w.words.Fprintf(w.stderr, "%s top-ups were accepted; the account holds %s DA.\n", lang.Number(len(sim.Orders())), batch.Centimes(sim.Balance()))
	return nil
}
