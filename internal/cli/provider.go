package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/batch/oneclick/simulator"
)

// account is which provider is used, and with which key.
type account struct {
	simulate bool
	baseURL  string
	keyFile  string
}

func (a *account) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&a.simulate, "simulate", false, "use a simulator inside the process: no key, no network, no money")
	a.whereFlag(cmd)
	f.StringVar(&a.keyFile, "key-file", "", "file that holds the API key, and that nobody else can read (default the variable ONECLICKDZ_API_KEY, then the system keyring)")
}

func (a *account) whereFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.baseURL, "base-url", "", fmt.Sprintf("scheme and host of the API, without /v3 (ONECLICKDZ_BASE_URL; default %s)", oneclick.DefaultBaseURL))
}

// provider is a provider that is ready to use, until close.
type provider struct {
	*oneclick.Client
	simulated bool
	close     func() error
}

// simulatedSpeed is how many times faster than life statuses age inside the
// process: a top-up that takes 15 s takes 30 ms.
const simulatedSpeed = 500

// simulatedBalance is what the simulated account holds at first, in centimes:
// enough for a million rows.
const simulatedBalance = 1_000_000_000_00

// open connects to the provider; a simulated one keeps its ledger in store.
func (a *account) open(ctx context.Context, w world, p pacing, store string) (*provider, error) {
	if a.simulate {
		return openSimulator(ctx, p, store)
	}
	key, _, err := a.key(ctx, w)
	if err != nil {
		return nil, err
	}
	return a.client(p, key)
}

// client is a provider for a key.
func (a *account) client(p pacing, key oneclick.Key) (*provider, error) {
	c, err := oneclick.New(oneclick.Config{
		BaseURL: a.baseURL, Key: key, Timeout: p.timeout, Connections: p.concurrency + 4, UserAgent: "flexybatch/" + version,
	})
	if err != nil {
		return nil, badFlag("base-url", "--base-url: %w", err)
	}
	return &provider{Client: c, close: func() error { c.Close(); return nil }}, nil
}

// openSimulator starts a simulator on a loopback port and a client for it: the
// same code and the same socket as for the real thing.
func openSimulator(ctx context.Context, p pacing, store string) (*provider, error) {
	sim, err := simulator.New(simulator.Config{Speed: simulatedSpeed, Store: store, Balance: simulatedBalance})
	if err != nil {
		return nil, failf(exitNothing, "starting the simulator: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, failf(exitNothing, "starting the simulator: %w", errors.Join(err, sim.Close()))
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan error, 1)
	go func() { served <- sim.Serve(ctx, l) }()
	c, err := oneclick.New(oneclick.Config{
		BaseURL: "http://" + l.Addr().String(), Key: oneclick.NewKey(simulator.DefaultKey), Timeout: p.timeout,
		Connections: p.concurrency + 4, UserAgent: "flexybatch/" + version,
	})
	if err != nil {
		cancel()
		return nil, errors.Join(err, <-served, sim.Close())
	}
	return &provider{Client: c, simulated: true, close: func() error {
		c.Close()
		cancel()
		return errors.Join(<-served, sim.Close())
	}}, nil
}

// patiently asks again while the provider cannot be reached or asks for
// patience, but not for long: nothing has been sent yet. Questions may be
// repeated; sends never are.
func patiently[T any](ctx context.Context, what string, ask func(context.Context) (T, error)) (T, error) {
	v, err := backoff.Retry(ctx, func() (T, error) {
		v, err := ask(ctx)
		switch f := batch.FaultOf(err); {
		case err == nil:
			return v, nil
		case f.Class == batch.ClassThrottled && f.RetryAfter > 0:
			return v, errors.Join(backoff.RetryAfter(int(f.RetryAfter.Seconds())), err)
		case f.Class == batch.ClassThrottled, f.Class == batch.ClassUnreached, f.Class == batch.ClassUnknown:
			return v, err
		}
		return v, backoff.Permanent(err)
	}, backoff.WithBackOff(backoff.NewExponentialBackOff()), backoff.WithMaxTries(4), backoff.WithMaxElapsedTime(time.Minute))
	if err != nil {
		return v, failf(exitNothing, "%s: %w", what, err)
	}
	return v, nil
}

// account is whom the key belongs to, or why it cannot be used.
func (p *provider) account(ctx context.Context, sending bool) (batch.Account, error) {
	a, err := patiently(ctx, "asking the provider about the key", p.Account)
	if err != nil {
		if f := batch.FaultOf(err); f.Class == batch.ClassDenied {
			err = fmt.Errorf("%w\nCheck the key, and the addresses it is allowed from, before trying again: after a few bad tries the provider blocks this address for a while", err)
		}
		return a, err
	}
	if p.simulated {
		a.Type, a.Host = batch.Simulated, "simulator"
	}
	switch {
	case a.Disabled:
		return a, failf(exitNothing, "the provider says that this API key is disabled; enable it in the account's settings")
	case sending && a.ReadOnly:
		return a, failf(exitNothing, "this API key is read-only: it can look and not send; give one with the scope READ-WRITE")
	}
	return a, nil
}
