package app

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"flexybatch/batch"
)

var threeOperators = batch.Catalogue{{Code: "A1", Operator: "Alpha"}, {Code: "A2", Operator: "Alpha"}, {Code: "B1", Operator: "Beta"}, {Code: "C1", Operator: "Gamma"}}

// planned are rows of these plans, in turn, with refs.
func planned(plans ...string) []batch.Row {
	rows := make([]batch.Row, len(plans))
	for i, p := range plans {
		rows[i] = batch.Row{Number: i + 2, Topup: batch.Topup{Phone: batch.Phone(fmt.Sprintf("06%08d", i)), Plan: p, Amount: 100}}
		if p == "" {
			rows[i].AddProblem(batch.Problem{Code: "plan.missing"})
		}
	}
	batch.Assign("october", rows, threeOperators, batch.Limits{})
	return rows
}

func TestCanaryIsSpread(t *testing.T) {
	rows := planned("A1", "A1", "A1", "", "A2", "A1", "B1", "A2", "B1", "A1")
	for _, c := range []struct {
		n    int
		want []int // numbers of rows
	}{{1, []int{2}}, {2, []int{2, 8}}, {3, []int{2, 6, 8}}, {4, []int{2, 6, 8, 10}}, {5, []int{2, 3, 6, 8, 10}}, {9, []int{2, 3, 4, 6, 7, 8, 9, 10, 11}}, {1000, []int{2, 3, 4, 6, 7, 8, 9, 10, 11}}} {
		first := canary(batch.Rows(rows), threeOperators, c.n)
		var got []int
		for _, r := range rows {
			if first[r.Ref] {
				got = append(got, r.Number)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("a canary of %d is %v, want %v", c.n, got, c.want)
		}
	}
}

// However rows and plans are mixed, a canary has as many rows as were asked for,
// of as many operators as there are.
func TestCanaryOfAnyPlan(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		plans := make([]string, 1+rng.IntN(40))
		for i := range plans {
			plans[i] = []string{"", "A1", "A2", "B1", "C1"}[rng.IntN(5)]
		}
		rows, n := planned(plans...), 1+rng.IntN(20)
		first := canary(batch.Rows(rows), threeOperators, n)
		valid := 0
		operators, all := map[byte]int{}, map[byte]bool{}
		for _, r := range rows {
			if r.Valid() {
				valid++
				all[r.Topup.Plan[0]] = true
				if first[r.Ref] {
					operators[r.Topup.Plan[0]]++
				}
			}
		}
		if len(first) != min(n, valid) || len(operators) != min(n, len(all)) {
			t.Fatalf("of %q a canary of %d has %v", plans, n, operators)
		}
		if again := canary(batch.Rows(rows), threeOperators, n); !maps.Equal(first, again) {
			t.Fatalf("%v, and then %v", first, again)
		}
	}
}
