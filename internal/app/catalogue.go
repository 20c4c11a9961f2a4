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
	"flexybatch/internal/secret"
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

// Plans returns the provider's plans, to look at and to check a file against. Without
// an API key, or where the provider cannot be reached, they are those that the program
// knows by itself, and a note says so. What is sent is never checked against those.
func (a *App) Plans(ctx context.Context, from Catalogue) (batch.Catalogue, error) {
	if from.File != "" {
		return readPlans(from.File)
	}
	plans, err := a.accountPlans(ctx, from.Account)
	if err == nil || from.Account.Simulate || !keyless(err) && !unreached(err) {
		return plans, err
	}
	plans, on, broken := oneclick.BuiltIn()
	if broken != nil {
		return nil, Failed(Internal, broken)
	}
	known := lang.Msg("The plans are those that this program knows, of %s. Prices and ranges may have changed since; nothing can be sent with them.", lang.Day(on))
	if missing, ok := errors.AsType[*secret.NoKey](err); keyless(err) && (!ok || missing.Keyring == nil) {
		known = lang.Msg("There is no API key; flexybatch login keeps one. %s", known)
	} else {
		a.watcher().Note(lang.Msg("Note: %v", err))
	}
	a.watcher().Note(known)
	return plans, nil
}

// accountPlans asks the provider what an account is offered.
func (a *App) accountPlans(ctx context.Context, account Account) (plans batch.Catalogue, err error) {
	c := &connection{app: a, account: account, pace: Pace{Concurrency: 1}}
	defer func() { err = errors.Join(err, c.close()) }()
	return c.plans(ctx)
}

// keyless tells whether an error says that there is no API key.
func keyless(err error) bool {
	if _, ok := errors.AsType[*NoKey](err); ok {
		return true
	}
	_, ok := errors.AsType[*secret.NoKey](err)
	return ok
}

// unreached tells whether an error says that no request came to the provider.
func unreached(err error) bool { return batch.FaultOf(err).Class == batch.ClassUnreached }

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
