package cli

import (
	"strings"
	"testing"

	"flexybatch/batch"
	"flexybatch/report"
)

// Three thousand rows with the same fault are told in a few lines; a few are told
// each.
func TestManyProblemsAreGrouped(t *testing.T) {
	check := func(n int) string {
		c := &report.Check{}
		for i := range n {
			r := batch.Row{Number: i + 2}
			r.AddProblem(batch.Problem{Code: batch.PhoneFormat, Column: "Tél", Message: batch.Msg("no phone")})
			if i == 500 {
				r.AddProblem(batch.Problem{Code: batch.PlanMissing, Message: batch.Msg("no plan")})
			}
			c.Rows = append(c.Rows, r)
			c.Warnings = append(c.Warnings, batch.Warning{Row: i + 2, Code: "phone.again", Message: batch.Literal("again")})
		}
		var out strings.Builder
		tellProblems(&out, nil, c)
		return out.String()
	}
	many := check(3000)
	for _, want := range []string{`3,000 rows, column "Tél" (phone.format)`, "  row 2: no phone", "  row 4: no phone", "… and 2,997 more, which are in the check", "what to do: --fix-phones",
		"1 row (plan.missing)", "  row 502: no plan", "warning: phones that are in several rows: 3,000 rows (phone.again)", "  row 2: again"} {
		if !strings.Contains(many, want) {
			t.Errorf("%q is not in\n%s", want, many)
		}
	}
	if n := strings.Count(many, "\n"); n != 15 {
		t.Errorf("%d lines:\n%s", n, many)
	}
	if few := check(10); strings.Count(few, "\n") != 24 || strings.Contains(few, "more") {
		t.Errorf("ten rows:\n%s", few)
	}
}
