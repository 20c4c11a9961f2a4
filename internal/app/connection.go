package app

import (
	"context"
	"errors"
	"net"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/lang"
)

// connection is a provider that is opened when it is needed first.
type connection struct {
	app     *App
	account Account
	pace    Pace
	store   string // of a simulated provider; empty: it forgets

	client Provider      // nil: not opened yet
	whose  batch.Account // zero: not asked for yet
	ends   []func() error
}

// open makes sure that there is a client.
func (c *connection) open(ctx context.Context) (err error) {
	switch {
	case c.client != nil:
		return nil
	case c.account.Simulate:
		return c.openSimulator(ctx)
	case c.app.Provider != nil:
		c.client = c.app.Provider
		return nil
	case c.app.Key == nil:
		return &NoKey{Host: c.account.Host()}
	}
	key, err := c.app.Key(ctx, c.account.Host())
	if err != nil {
		return err
	}
	return c.dial(c.account.BaseURL, key)
}

// dial makes the client.
func (c *connection) dial(baseURL string, key oneclick.Key) (err error) {
	p := c.pace.of("")
	client, err := oneclick.New(oneclick.Config{
		BaseURL: baseURL, Key: key, Timeout: p.Timeout, Connections: p.Concurrency + 4, UserAgent: "flexybatch/" + c.app.Version, Dial: c.app.Dial,
	})
	if err != nil {
		return &BadAddress{BaseURL: baseURL, Err: err}
	}
	c.client = client
	c.ends = append(c.ends, func() error { client.Close(); return nil })
	return nil
}

// openSimulator starts a simulator on a loopback port and a client for it: the
// same code and the same socket as for the real thing.
func (c *connection) openSimulator(ctx context.Context) error {
	sim, err := simulator.New(simulator.Config{Speed: SimulatedSpeed, Store: c.store, Balance: SimulatedBalance})
	if err != nil {
		return refusef("starting the simulator: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return refusef("starting the simulator: %w", errors.Join(err, sim.Close()))
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan error, 1)
	go func() { served <- sim.Serve(ctx, l) }()
	c.ends = append(c.ends, func() error {
		cancel()
		return errors.Join(<-served, sim.Close())
	})
	return c.dial("http://"+l.Addr().String(), oneclick.NewKey(simulator.DefaultKey))
}

// close ends what open has begun, the last first.
func (c *connection) close() error {
	var err error
	for len(c.ends) > 0 {
		last := len(c.ends) - 1
		err = errors.Join(err, c.ends[last]())
		c.ends = c.ends[:last]
	}
	return err
}

// calls is how many API calls were made.
func (c *connection) calls() int {
	if c.client == nil {
		return 0
	}
	return c.client.Calls()
}

// identify opens the provider, if need be, and finds out whom the key belongs to
// and whether it can be used.
func (c *connection) identify(ctx context.Context, sending bool) (batch.Account, error) {
	if err := c.open(ctx); err != nil {
		return batch.Account{}, err
	}
	whose, err := patiently(ctx, lang.Msg("asking the provider about the key"), c.client.Account)
	if err != nil {
		if batch.FaultOf(err).Class == batch.ClassDenied {
			err = &Denied{Err: err}
		}
		return whose, err
	}
	if c.account.Simulate {
		whose.Type, whose.Host = batch.Simulated, "simulator"
	}
	switch {
	case whose.Disabled:
		return whose, refusef("the provider says that this API key is disabled; enable it in the account's settings")
	case sending && whose.ReadOnly:
		return whose, refusef("this API key is read-only: it can look and not send; give one with the scope READ-WRITE")
	}
	c.whose = whose
	return whose, nil
}

// identifyAs is identify for a batch that is in the books: its account must be the
// key's (money rule 8).
func (c *connection) identifyAs(ctx context.Context, was batch.Account, sending bool) error {
	is, err := c.identify(ctx, sending)
	if err == nil && !sameAccount(was, is) {
		return &OtherAccount{Was: was, Is: is}
	}
	return err
}

// sameAccount tells whether two keys are of one account and of one kind (money
// rule 8).
func sameAccount(a, b batch.Account) bool {
	return a.Host == b.Host && a.Username == b.Username && a.Type == b.Type
}

// Identify tells whom a key belongs to, on the host of an account.
func (a *App) Identify(ctx context.Context, account Account, key oneclick.Key) (whose batch.Account, err error) {
	c := &connection{app: a, account: account, pace: Pace{Concurrency: 1}}
	if err := c.dial(account.BaseURL, key); err != nil {
		return whose, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	return c.identify(ctx, false)
}
