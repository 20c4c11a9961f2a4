package app

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/internal/lang"
)

// Provider is what a task asks of a provider.
type Provider interface {
	batch.Provider
	Account(ctx context.Context) (batch.Account, error)
	Balance(ctx context.Context) (batch.Centimes, error)
	Plans(ctx context.Context) (batch.Catalogue, error)
	// Transactions is a page of the account's movements, and how many pages there are.
	Transactions(ctx context.Context, q batch.ListQuery) (items []oneclick.Transaction, pages int, err error)
	Calls() int // that were made so far
	Close()
}

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

// patiently asks again while the provider cannot be reached or asks for
// patience, but not for long: nothing has been sent yet. Questions may be
// repeated; sends never are.
func patiently[T any](ctx context.Context, what lang.Message, ask func(context.Context) (T, error)) (T, error) {
	var said error // by the provider last, without how long it asks to wait
	v, err := backoff.Retry(ctx, func() (T, error) {
		v, err := ask(ctx)
		said = err
		switch f := batch.FaultOf(err); {
		case err == nil:
			return v, nil
		case f.Pause > f.RetryAfter: // which nobody waits for
			return v, backoff.Permanent(err)
		case f.Class == batch.ClassThrottled && f.RetryAfter > 0:
			return v, errors.Join(backoff.RetryAfter(int(f.RetryAfter.Seconds())), err)
		case f.Class == batch.ClassThrottled, f.Class == batch.ClassUnreached, f.Class == batch.ClassUnknown:
			return v, err
		}
		return v, backoff.Permanent(err)
	}, backoff.WithBackOff(backoff.NewExponentialBackOff()), backoff.WithMaxTries(4), backoff.WithMaxElapsedTime(time.Minute))
	if _, waits := errors.AsType[*backoff.RetryAfterError](err); waits {
		err = said
	}
	if err != nil {
		return v, refusef("%s: %w", what, err)
	}
	return v, nil
}
