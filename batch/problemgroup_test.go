package batch_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"flexybatch/batch"
)

func TestGroupProblems(t *testing.T) {
	var rows []batch.Row
	for i := range 3000 {
		r := batch.Row{Number: i + 2}
		r.AddProblem(batch.Problem{Code: batch.PhoneFormat, Column: "Tél"})
		if i%1000 == 0 {
			r.AddProblem(batch.Problem{Code: batch.PlanMissing})
		}
		rows = append(rows, r)
	}
	rows = append(rows, batch.Row{Number: 9000})
	got := batch.GroupProblems(rows, 2)
	want := []batch.ProblemGroup{
		{Code: batch.PhoneFormat, Column: "Tél", Count: 3000, Examples: []batch.RowProblem{{Row: 2, Problem: batch.Problem{Code: batch.PhoneFormat, Column: "Tél"}}, {Row: 3, Problem: batch.Problem{Code: batch.PhoneFormat, Column: "Tél"}}}},
		{Code: batch.PlanMissing, Count: 3, Examples: []batch.RowProblem{{Row: 2, Problem: batch.Problem{Code: batch.PlanMissing}}, {Row: 1002, Problem: batch.Problem{Code: batch.PlanMissing}}}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
