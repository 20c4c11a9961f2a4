package app

import (
	"context"
	"errors"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// Terms are what the provider tells of an account before anything is sent.
type Terms struct {
	Account batch.Account   `json:"account"`
	Plans   batch.Catalogue `json:"plans"`
	Balance batch.Centimes  `json:"balance"` // in centimes
	Rate    float64         `json:"rate"`    // API calls a minute; 0: no limit
	At      time.Time       `json:"at"`      // when it told them
}

// Terms are those that a preflight was made with.
func (p *Preflight) Terms() Terms {
	return Terms{Account: p.Account, Plans: p.Plans, Balance: p.Funds.Before, Rate: p.Rate, At: time.Now().UTC()}
}

// AskTerms asks the provider for the terms of an account.
func (a *App) AskTerms(ctx context.Context, account Account, pace Pace) (t Terms, err error) {
	c := &connection{app: a, account: account, pace: Pace{Concurrency: 1}}
	defer func() { err = errors.Join(err, c.close()) }()
	if t.Account, err = c.identify(ctx, false); err != nil {
		return t, err
	}
	if t.Plans, err = c.plans(ctx); err != nil {
		return t, err
	}
	if t.Balance, err = patiently(ctx, lang.Msg("asking for the balance"), c.client.Balance); err != nil {
		return t, err
	}
	t.Rate, t.At = pace.of(t.Account.Type).Rate, time.Now().UTC()
	return t, nil
}
