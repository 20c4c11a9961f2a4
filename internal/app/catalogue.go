package app

import (
	"context"
	"encoding/json"
	"errors"
	"os"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
)

// Catalogue says where the provider's plans come from.
type Catalogue struct {
	File    string // saved with Plans as JSON, or the provider's own answer; empty: ask the account
	Account Account
}

// inputs are the files that the plans are read from.
func (c Catalogue) inputs() []outfile.Input {
	if c.File == "" {
		return nil
	}
	return []outfile.Input{{Path: c.File, Role: outfile.Other}}
}

// Plans is the catalogue of the provider's plans.
func (a *App) Plans(ctx context.Context, from Catalogue) (plans batch.Catalogue, err error) {
	if from.File != "" {
		return readPlans(from.File)
	}
	c := &connection{app: a, account: from.Account, pace: Pace{Concurrency: 1}}
	defer func() { err = errors.Join(err, c.close()) }()
	return c.plans(ctx)
}

// plans asks the provider for its catalogue.
func (c *connection) plans(ctx context.Context) (batch.Catalogue, error) {
	if err := c.open(ctx); err != nil {
		return nil, err
	}
	return patiently(ctx, lang.Msg("asking for the plan catalogue"), c.client.Plans)
}

// readPlans reads a catalogue that was saved.
func readPlans(file string) (batch.Catalogue, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, refusef("reading the catalogue: %w", err)
	}
	var plans batch.Catalogue
	if json.Unmarshal(b, &plans) == nil && len(plans) > 0 {
		return plans, nil
	}
	if plans, err = oneclick.ParsePlans(b); err != nil {
		return nil, &NotCatalogue{File: file, Err: err}
	}
	return plans, nil
}

// NotCatalogue says that a file is no catalogue of plans.
type NotCatalogue struct {
	nothingDone
	File string
	Err  error
}

func (e *NotCatalogue) Error() string { return e.Message().String() }
func (e *NotCatalogue) Unwrap() error { return e.Err }

// Message names the file and says why.
func (e *NotCatalogue) Message() lang.Message {
	return lang.Msg("%s is no plan catalogue: %v", e.File, e.Err)
}
