package app_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"flexybatch/ingest"
	"flexybatch/internal/app"
)

// answers gives the answers of a person.
type answers struct {
	column int
	asked  []string
}

func (a *answers) Column(_ context.Context, q app.ColumnQuestion) (int, bool) {
	a.asked = append(a.asked, q.Field)
	return a.column, a.column >= 0
}

func (a *answers) Spread(_ context.Context, q app.MergedQuestion) bool {
	a.asked = append(a.asked, "merged "+q.Field)
	return true
}

// Which column is meant is asked, and the answer is how the file is read.
func TestClarify(t *testing.T) {
	path := filepath.Join(t.TempDir(), "paie.csv")
	if err := os.WriteFile(path, []byte("Tél;Montant;Net à payer\n0550000001;600;500\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	check := func(a *answers) (*app.Checked, error) {
		r := app.Reading{Rules: ingest.Rules{DefaultPlan: ingest.Auto}}
		if a != nil {
			r.Clarify = a
		}
		var job app.App
		return job.Check(t.Context(), app.CheckOptions{Place: app.Place{File: path}, Reading: r, Plans: app.Catalogue{Account: app.Account{Simulate: true}}})
	}
	for column, want := range []string{"600", "500"} {
		a := &answers{column: column}
		c, err := check(a)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Check.Totals.Requested.String(); got != want+".00" || len(a.asked) != 1 || a.asked[0] != "amount" {
			t.Errorf("column %d: %s dinars, asked %q", column, got, a.asked)
		}
	}
	for _, a := range []*answers{nil, {column: -1}} {
		_, err := check(a)
		if outcome, _ := app.OutcomeOf(err); err == nil || outcome != app.Nothing {
			t.Errorf("without an answer: %v", err)
		}
	}
}
