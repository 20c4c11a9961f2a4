package cli

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"flexybatch/batch"
)

// canary is the n valid rows of a plan that go first: of every operator, and of
// each of its plans, the first rows of the file, in turn. It follows from the
// plan alone and not from what has become of it: so a run that was interrupted
// finds the same rows again, and a canary that failed is not followed by
// another.
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

// goOn shows what became of the canary and asks whether the rest may be sent.
// Where nobody is asked, the rule that --help states decides.
func (r *runner) goOn(ctx context.Context, first map[batch.Ref]bool) bool {
	became := map[batch.State]int{}
	var rest batch.Totals
	var rows []string
	r.books.Each(func(s *batch.RowStatus) bool {
		switch {
		case first[s.Ref]:
			became[s.State]++
			if len(rows) < 10 {
				rows = append(rows, r.words.Sprintf("  row %d: %s %s %d, %s\n", s.Number, s.Topup.Phone, s.Topup.Plan, s.Topup.Amount, r.fate(s)))
			}
		case s.State == batch.Unsent && !s.Gone:
			rest.Valid++
			rest.Cost += s.Cost
		}
		return true
	})
	r.say("Canary: %s sent: %s.\n", count(len(first), "row was", "rows were"), r.outcomes(became))
	if !r.quiet {
		fmt.Fprint(r.stderr, strings.Join(rows, ""))
	}
	switch good := became[batch.Fulfilled]; {
	case rest.Valid == 0:
		return true
	case !r.yes:
		err := r.confirm(ctx, rest.Valid, rest.Cost,
			"Real money again. To send the rest, %s for %s DZD, type the number of rows: ",
			"Send the rest, %s for %s DZD (%s key)? [y/N] ")
		if err != nil {
			r.say("The rest is not sent: %v.\n", err)
		}
		return err == nil
	case good == 0 || good+became[batch.Rejected] < len(first):
		r.say("The rest is not sent: with --yes, every canary row must be fulfilled first, or refused by the provider for what the row asks. Look at the report; without --canary the same command sends the rest.\n")
		return false
	}
	return true
}

// fate is what became of a row, in a few words.
func (r *runner) fate(s *batch.RowStatus) string {
	fate := r.words.Title(s.State.String())
	if e := s.Evidence; e != nil && e.Code+e.Message != "" {
		return fmt.Sprintf("%s (%s)", fate, strings.Trim(e.Code+": "+e.Message, ": "))
	}
	return fate
}

// outcomes is how many rows stand in which state.
func (r *runner) outcomes(states map[batch.State]int) string {
	var parts []string
	for _, s := range batch.States {
		if n := states[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, r.words.Title(s.String())))
		}
	}
	return strings.Join(parts, ", ")
}
