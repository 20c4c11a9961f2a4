package app

import (
	"context"
	"slices"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// askPrices asks for the catalogue of today, for a batch whose rows were checked
// against an earlier one (money rule 21). What changed for rows that are still to
// be sent is told; rows that the catalogue of today forbids are not sent.
func (j *job) askPrices(ctx context.Context) error {
	if j.rows.file != nil { // which was checked against the catalogue of today
		return nil
	}
	was := j.rows.plans
	now, err := j.provider.plans(ctx)
	if err != nil {
		return err
	}
	j.rows.plans = now
	told := map[string]bool{}
	for row := range j.rows.unsent() {
		code := row.Topup.Plan
		before, _ := was.Find(code)
		plan, known := now.Find(code)
		if known && plan == before {
			continue
		}
		if !told[code] {
			told[code] = true
			j.app.watcher().Note(lang.Msg("Attention: %s.", changeOfPlan(before, plan, known)))
		}
		if !known || !plan.Sells(row.Topup.Amount) {
			if j.rows.forbidden == nil {
				j.rows.forbidden = map[batch.Ref]bool{}
			}
			j.rows.forbidden[row.Ref] = true
		}
	}
	if n := len(j.rows.forbidden); n > 0 {
		j.app.watcher().Note(lang.Count(n, "%d row is not sent for it: mend it, and run with --amend.", "%d rows are not sent for it: mend them, and run with --amend."))
	}
	return nil
}

// changeOfPlan says how a plan differs from what rows were checked against.
func changeOfPlan(before, now batch.Plan, known bool) lang.Message {
	switch {
	case !known:
		return lang.Msg("the provider no longer has the plan %s", before.Code)
	case before.Enabled && !now.Enabled:
		return lang.Msg("the provider has disabled the plan %s", now.Code)
	case before.Min != now.Min || before.Max != now.Max || before.Fixed != now.Fixed || before.Amount != now.Amount:
		return lang.Msg("the plan %s now takes other amounts than when the rows were checked", now.Code)
	case before.Cost != now.Cost:
		return lang.Msg("the price of the plan %s is %s of the amount now, and was %s when the rows were checked", now.Code, now.Cost, before.Cost)
	}
	return lang.Msg("the provider has changed the plan %s", now.Code)
}

// pick is which unsent rows the engine may send: those that the canary picks, if
// there is one, but none that the catalogue of today forbids.
func (j *job) pick(only func(*batch.RowStatus) bool) func(*batch.RowStatus) bool {
	if j.rows == nil || len(j.rows.forbidden) == 0 {
		return only
	}
	return func(s *batch.RowStatus) bool { return !j.rows.forbidden[s.Ref] && (only == nil || only(s)) }
}

// cheapest is what the cheapest of the rows costs that are still to be sent.
func (p *payroll) cheapest() (cost batch.Centimes) {
	var costs []batch.Centimes
	for row := range p.unsent() {
		costs = append(costs, row.Cost)
	}
	if len(costs) == 0 {
		return 0
	}
	return slices.Min(costs)
}

// PaysForNone says that the balance does not pay for a single row, so that nothing
// is sent (money rule 7).
type PaysForNone struct {
	Balance, Cheapest batch.Centimes
	Begun             bool // some of the batch was sent before
}

func (e *PaysForNone) Error() string { return e.Message().String() }

// Outcome is Open for a batch that was begun before.
func (e *PaysForNone) Outcome() Outcome {
	if e.Begun {
		return Open
	}
	return Nothing
}

// Message says what the balance is.
func (e *PaysForNone) Message() lang.Message {
	return lang.Msg("the balance of %s DA does not pay for a single row (the cheapest costs %s); nothing was sent", e.Balance, e.Cheapest)
}
