package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"flexybatch/ingest"
	"flexybatch/internal/app"
)

// answers gives the answers of a person.
type answers struct {
	column int
	accept bool
	asked  []string
}

func (a *answers) Accept(_ context.Context, o app.Offer) bool {
	a.asked = append(a.asked, fmt.Sprintf("%s %d", o.Kind, o.Rows))
	return a.accept
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

// What the program can do about rows is offered, each once; what was accepted holds
// for the batch, so that nobody is asked again.
func TestOffers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "paie.csv")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const two = "Matricule;Tél;Montant\nE1;550000001;500\nE2;0550000002;600\n"
	write(two)
	run := func(a *answers, amend bool) *app.RunResult {
		t.Helper()
		o := app.RunOptions{Place: app.Place{File: path}, Account: app.Account{Simulate: true}, Amend: amend, Yes: true, Reading: app.Reading{Clarify: a}}
		r, err := (&app.App{}).Run(t.Context(), t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	no := &answers{}
	if _, err := (&app.App{}).Check(t.Context(), app.CheckOptions{Place: app.Place{File: path}, Reading: app.Reading{Clarify: no}, Plans: app.Catalogue{Account: app.Account{Simulate: true}}}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"fix-phones 1", "plan 2"}; !slices.Equal(no.asked, want) {
		t.Errorf("who declines is asked %q, want %q", no.asked, want)
	}
	yes := &answers{accept: true}
	if r := run(yes, false); r.Summary.SentNow != 2 || !slices.Equal(yes.asked, []string{"fix-phones 1", "plan 2"}) {
		t.Errorf("%d sent, asked %q", r.Summary.SentNow, yes.asked)
	}
	again := &answers{accept: true}
	if r := run(again, false); r.Summary.SentNow != 0 || len(again.asked) != 0 {
		t.Errorf("run again: %d sent, asked %q", r.Summary.SentNow, again.asked)
	}
	write(two + "E3;550000003;700\n")
	if r := run(again, true); r.Summary.SentNow != 1 || len(again.asked) != 0 {
		t.Errorf("corrected: %d sent, asked %q", r.Summary.SentNow, again.asked)
	}
}
