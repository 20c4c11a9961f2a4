package app

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/lang"
)

// Account says which provider is used. The key is App.Key's.
type Account struct {
	Simulate bool   // a simulator inside the process: no key, no network, no money
	BaseURL  string // scheme and host of the API, without /v3; empty: the provider's own
}

// Host is where the key goes, with its port where that is not the usual one.
func (a Account) Host() string {
	base := a.BaseURL
	if base == "" {
		base = oneclick.DefaultBaseURL
	}
	u, err := url.Parse(base)
	if err != nil {
		return "" // which no key is kept for; the client says what is wrong
	}
	return strings.ToLower(u.Host)
}

// SimulatedSpeed is how many times faster than life statuses age inside the
// process: a top-up that takes 15 s takes 30 ms.
const SimulatedSpeed = 500

// SimulatedBalance is what the simulated account holds at first, in centimes:
// enough for a million rows.
const SimulatedBalance = 1_000_000_000_00

// connection is a provider that is opened when it is needed first.
type connection struct {
	app     *App
	account Account
	pace    Pace
	store   string // of a simulated provider; empty: it forgets

	client *oneclick.Client // nil: not opened yet
	whose  batch.Account    // zero: not asked for yet
	ends   []func() error
}

// open makes sure that there is a client.
func (c *connection) open(ctx context.Context) (err error) {
	switch {
	case c.client != nil:
		return nil
	case c.account.Simulate:
		return c.openSimulator(ctx)
	case c.app.Key == nil:
		return &NoKey{c.account.Host()}
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
	c.client, err = oneclick.New(oneclick.Config{
		BaseURL: baseURL, Key: key, Timeout: p.Timeout, Connections: p.Concurrency + 4, UserAgent: "flexybatch/" + c.app.Version, Dial: c.app.Dial,
	})
	if err != nil {
		return &BadAddress{baseURL, err}
	}
	c.ends = append(c.ends, func() error { c.client.Close(); return nil })
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
			err = &Denied{err}
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
		return &OtherAccount{was, is}
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

// patiently asks again while the provider cannot be reached or asks for
// patience, but not for long: nothing has been sent yet. Questions may be
// repeated; sends never are.
func patiently[T any](ctx context.Context, what lang.Message, ask func(context.Context) (T, error)) (T, error) {
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
		return v, refusef("%s: %w", what, err)
	}
	return v, nil
}

// NoKey says that there is no API key for a host.
type NoKey struct{ Host string }

func (e *NoKey) Error() string  { return e.Message().String() }
func (*NoKey) Outcome() Outcome { return Nothing }

// Message names the host.
func (e *NoKey) Message() lang.Message { return lang.Msg("there is no API key for %s", e.Host) }

// BadAddress says that an API's address cannot be used.
type BadAddress struct {
	BaseURL string
	Err     error
}

func (e *BadAddress) Error() string  { return e.Err.Error() }
func (e *BadAddress) Unwrap() error  { return e.Err }
func (*BadAddress) Outcome() Outcome { return Usage }

// Denied says that the provider refuses the key, or the address that it is used
// from.
type Denied struct{ Err error }

func (e *Denied) Error() string  { return e.Err.Error() }
func (e *Denied) Unwrap() error  { return e.Err }
func (*Denied) Outcome() Outcome { return Nothing }

// OtherAccount says that a key is not of the account that a batch belongs to
// (money rule 8).
type OtherAccount struct{ Was, Is batch.Account }

func (e *OtherAccount) Error() string  { return e.Message().String() }
func (*OtherAccount) Outcome() Outcome { return Nothing }

// Message names both accounts.
func (e *OtherAccount) Message() lang.Message {
	return lang.Msg("this batch belongs to account %q (%s, %s), and the key is of account %q (%s, %s): another account cannot say what became of it",
		e.Was.Username, e.Was.Type, e.Was.Host, e.Is.Username, e.Is.Type, e.Is.Host)
}
