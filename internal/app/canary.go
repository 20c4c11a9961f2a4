package app

import (
	"context"
	"iter"
	"maps"
	"slices"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// canary is the n valid rows of a batch that go first: of every operator, and of
// each of its plans, the first rows of the file, in turn. It follows from the rows
// alone and not from what has become of them: so a run that was interrupted finds
// the same rows again, and a canary that failed is not followed by another.
func canary(rows iter.Seq[*batch.Row], plans batch.Catalogue, n int) map[batch.Ref]bool {
	operator := map[string]string{}
	for _, p := range plans {
		operator[p.Code] = p.Operator
	}
	by := map[string]map[string][]batch.Ref{}
	for row := range rows {
		if !row.Valid() {
			continue
		}
		o, p := operator[row.Topup.Plan], row.Topup.Plan
		if by[o] == nil {
			by[o] = map[string][]batch.Ref{}
		}
		if len(by[o][p]) < n {
			by[o][p] = append(by[o][p], row.Ref)
		}
	}
	operators := make([][]batch.Ref, 0, len(by))
	for _, o := range slices.Sorted(maps.Keys(by)) {
		operators = append(operators, inTurn(sorted(by[o])))
	}
	first := map[batch.Ref]bool{}
	for _, ref := range inTurn(operators) {
		if len(first) < n {
			first[ref] = true
		}
	}
	return first
}

// sorted is the values of a map in the order of its keys.
func sorted[V any](m map[string]V) (values []V) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		values = append(values, m[k])
	}
	return values
}

// inTurn takes from every list its first, then from every list its second, until
// there is no more.
func inTurn[V any](lists [][]V) (all []V) {
	for i, more := 0, true; more; i++ {
		more = false
		for _, list := range lists {
			if i < len(list) {
				all, more = append(all, list[i]), true
			}
		}
	}
	return all
}

// CanaryResult is what became of the rows that went first.
type CanaryResult struct {
	Rows   int
	First  []batch.RowStatus // the first few of them
	States map[batch.State]int
	Rest   batch.Totals // what is left to send: rows and cost
}

// shownCanary is how many rows of a canary are kept to be shown.
const shownCanary = 10

// canaryResult looks up what became of the first rows.
func canaryResult(known *batch.Ledger, first map[batch.Ref]bool) *CanaryResult {
	c := &CanaryResult{Rows: len(first), States: map[batch.State]int{}}
	known.Each(func(s *batch.RowStatus) bool {
		switch {
		case first[s.Ref]:
			c.States[s.State]++
			if len(c.First) < shownCanary {
				c.First = append(c.First, *s)
			}
		case s.State == batch.Unsent && !s.Gone:
			c.Rest.Valid++
			c.Rest.Cost += s.Cost
		}
		return true
	})
	return c
}

// well tells whether the rest may follow without a question: every row was
// fulfilled, or refused by the provider for what the row asks, and one at least was
// fulfilled.
func (c *CanaryResult) well() bool {
	good := c.States[batch.Fulfilled]
	return good > 0 && good+c.States[batch.Rejected] == c.Rows
}

// mayGoOn shows what became of the canary and finds out whether the rest may be
// sent. An error says why not.
func (j *job) mayGoOn(ctx context.Context, first map[batch.Ref]bool) error {
	c := canaryResult(j.books.known, first)
	j.app.watcher().Canary(c)
	switch {
	case c.Rest.Valid == 0:
		return nil
	case !j.options.Yes:
		err := j.app.ask(ctx, Question{About: AboutRest, Rows: c.Rest.Valid, Cost: c.Rest.Cost, Account: j.provider.whose.Type})
		if err != nil || c.well() {
			return err
		}
		return j.noteCanary(c.Rest.Valid)
	case !c.well():
		return &CanaryFailed{}
	}
	return nil
}

// heldByCanary is what the books say of a run whose canary held the rest back.
func heldByCanary() batch.Message { return batch.Msg("the canary did not let the rest go") }

// noteCanary writes down why the rest is sent though the canary held it back, if the
// operator gave a reason.
func (j *job) noteCanary(rest int) error {
	if j.options.Reason == "" {
		return nil
	}
	return j.noteOverride("canary", rest)
}

// goesOn is noteCanary for a run without a canary that follows one which was held
// back.
func (j *job) goesOn() error {
	for _, n := range slices.Backward(j.books.known.Notes()) {
		switch {
		case n.What == batch.NoteEnded && n.Text.Equal(heldByCanary()):
			return j.noteCanary(j.books.known.Tally().Of(batch.Unsent))
		case n.What == batch.NoteEnded, n.What == batch.NoteOverride && n.Override != nil && n.Override.Warning == "canary":
			return nil
		}
	}
	return nil
}

// CanaryFailed says that the rest is not sent without a question, since some row of
// the canary was neither fulfilled nor refused for what it asks.
type CanaryFailed struct {
	notDone
}

func (e *CanaryFailed) Error() string { return e.Message().String() }

// Message states the rule.
func (*CanaryFailed) Message() lang.Message {
	return lang.Msg("every row of the canary must be fulfilled first, or refused by the provider for what the row asks")
}
