package office

import (
	"context"
	"time"

	"flexybatch/batch"
)

// The engine keeps the account's budget of calls while it works. What is called around
// it is paid for here, so that the provider sees no more than the budget where one owner
// or batch follows another.

// quiet waits until the calls of whoever drove the account before are a second old.
func quiet(ctx context.Context, aMinute float64) {
	if aMinute > 0 {
		wait(ctx, time.Second)
	}
}

// payFor waits until the budget has paid for the calls that a provider's client has made
// since then.
func payFor(ctx context.Context, p batch.Provider, since time.Time, aMinute float64) {
	if c, counts := p.(interface{ Calls() int }); counts && aMinute > 0 {
		wait(ctx, time.Until(since.Add(time.Duration(float64(c.Calls())/aMinute*float64(time.Minute)))))
	}
}

// wait waits for a time, or until ctx is done.
func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
