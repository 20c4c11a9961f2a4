package app

import (
	"context"
	"errors"
	"maps"
	"slices"

	"flexybatch/batch"
	"flexybatch/ingest"
)

// Clarify asks a person what a file leaves open. A door that can ask has one.
type Clarify interface {
	// Column asks which of several columns is meant, and returns its place among the
	// choices. It reports false if nobody answered.
	Column(ctx context.Context, q ColumnQuestion) (choice int, ok bool)
	// Spread asks whether the value of a merged cell is meant for each of its rows.
	Spread(ctx context.Context, q MergedQuestion) bool
	// Accept asks whether what the program offers to do about rows is to be done.
	Accept(ctx context.Context, o Offer) bool
}

// Offer is what the program can do about rows that are invalid as they stand.
type Offer struct {
	Kind     OfferKind
	Rows     int             // that it is about
	Examples []ingest.Repair // of OfferRepair, the first few
}

// OfferKind says what is offered.
type OfferKind string

// What is offered, by the names of the flags that do the same.
const (
	OfferRepair OfferKind = "fix-phones" // pay phones as they can be repaired without doubt
	OfferPlans  OfferKind = "plan"       // take the prepaid plan of each phone's operator where a row names none
)

// ColumnQuestion asks which column holds a field.
type ColumnQuestion struct {
	Field   string // phone, plan, amount or id
	Err     error  // why it is asked
	Choices []ColumnChoice
}

// ColumnChoice is a column that may be meant.
type ColumnChoice struct {
	Header, Letter string
	Examples       []string
}

// MergedQuestion asks about a plan or an amount that is merged over several rows.
type MergedQuestion struct {
	Field string
	Err   error // which cells
}

// mostQuestions is how many questions one file may raise: a field has one, and merged
// cells.
const mostQuestions = 5

// read reads the file of a batch. What the file leaves open is asked, where somebody
// can be, and the answer becomes part of how the file is read.
func (r *Reading) read(ctx context.Context, file, name string, plans batch.Catalogue) (*ingest.Input, error) {
	rules := r.Rules
	rules.Batch, rules.Catalogue, rules.Limits = name, plans, r.Limits
	in, err := ingest.Read(ctx, file, r.Options, rules)
	for range mostQuestions {
		if err != nil && !r.clarified(ctx, err) || err == nil && !r.accepted(ctx, in) {
			break
		}
		rules.FixPhones, rules.DefaultPlan = r.Rules.FixPhones, r.Rules.DefaultPlan
		in, err = ingest.Read(ctx, file, r.Options, rules)
	}
	if _, ours := OutcomeOf(err); err != nil && !ours {
		err = nothing(err)
	}
	if err != nil {
		return nil, err
	}
	return in, nil
}

// clarified puts the question that an error is, if it is one, and takes the answer.
func (r *Reading) clarified(ctx context.Context, err error) bool {
	e, ok := errors.AsType[*ingest.FileError](err)
	if !ok || r.Clarify == nil {
		return false
	}
	if errors.Is(err, ingest.ErrMerged) {
		r.Options.SpreadMerged = r.Clarify.Spread(ctx, MergedQuestion{Field: e.Field, Err: err})
		r.answer("spread-merged")
		return r.Options.SpreadMerged
	}
	if len(e.Choices) == 0 {
		return false
	}
	q := ColumnQuestion{Field: e.Field, Err: err}
	for _, c := range e.Choices {
		q.Choices = append(q.Choices, ColumnChoice(c))
	}
	i, ok := r.Clarify.Column(ctx, q)
	if !ok || i < 0 || i >= len(q.Choices) {
		return false
	}
	answered := maps.Clone(r.Options.Map)
	if answered == nil {
		answered = map[string]string{}
	}
	answered[q.Field], r.Options.Map = q.Choices[i].Letter, answered
	r.answer("map")
	return true
}

// accepted makes the offers that help the rows of a file, each once, and takes one that
// is accepted.
func (r *Reading) accepted(ctx context.Context, in *ingest.Input) bool {
	if r.Clarify == nil {
		return false
	}
	if n := in.Repairable.Count; n > 0 && r.accepts(ctx, Offer{OfferRepair, n, in.Repairable.Examples}) {
		r.Rules.FixPhones = true
		return true
	}
	if n := withoutPlan(in.Rows); n > 0 && r.Rules.DefaultPlan == "" && r.accepts(ctx, Offer{Kind: OfferPlans, Rows: n}) {
		r.Rules.DefaultPlan = ingest.Auto
		return true
	}
	return false
}

// accepts makes an offer, unless it was made before.
func (r *Reading) accepts(ctx context.Context, o Offer) bool {
	if slices.Contains(r.declined, o.Kind) || !r.Clarify.Accept(ctx, o) {
		r.declined = append(r.declined, o.Kind)
		return false
	}
	r.answer(string(o.Kind))
	return true
}

// withoutPlan counts the rows that name no plan.
func withoutPlan(rows []batch.Row) (n int) {
	for i := range rows {
		if slices.ContainsFunc(rows[i].Problems(), func(p batch.Problem) bool { return p.Code == batch.PlanMissing }) {
			n++
		}
	}
	return n
}
