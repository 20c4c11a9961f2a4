package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flexybatch/batch"
	"flexybatch/ingest"
	"flexybatch/internal/lang"
	"flexybatch/internal/terminal"
	"flexybatch/internal/terminal/terminaltest"
)

// The preflight fits a page, whatever is to be told, and has all that is needed
// to answer its question.
func TestPreflightFitsAPage(t *testing.T) {
	var plans batch.Catalogue
	for i := range 40 {
		plans = append(plans, batch.Plan{Code: fmt.Sprintf("PREPAID_NUMBER%02d", i), Operator: []string{"Ooredoo", "Mobilis", "Djezzy", "Pixx"}[i%4], Min: 1, Max: 10_000_000})
	}
	rows := make([]batch.Row, 5000)
	for i := range rows {
		rows[i] = batch.Row{Number: i + 2, Topup: batch.Topup{Phone: batch.Phone(fmt.Sprintf("06%08d", i%2000)), Plan: plans[i%(i%40+1)].Code, Amount: 900}}
		rows[i].Remark(func(m *batch.Remarks) { m.Hidden = i%7 == 0 })
		if i%10 == 0 {
			rows[i].AddProblem(batch.Problem{Code: "phone.format", Field: "phone", Value: "6", Message: strings.Repeat("it is long to explain, ", 10)})
		}
	}
	batch.Assign("october", rows, plans, batch.Limits{AllowDuplicates: true})
	in := &ingest.Input{Rows: rows, Notes: []string{"a note", "another note", "a third", "a fourth"}}
	for _, language := range lang.Languages {
		words, err := lang.New(language)
		if err != nil {
			t.Fatal(err)
		}
		s := &terminaltest.Screen{T: t, Width: 80}
		w := world{words: words, stderr: terminal.FixedConsole(s, 80)}
		r := &runner{world: w, talk: talk{world: w}, plans: plans, totals: batch.Total(batch.Rows(rows), plans), canary: 5,
			shared: []string{"Attention: one batch", "Attention: two", "Attention: three", "Attention: four"}}
		r.file, r.name, r.rate.Number, r.whose = "payroll of the second half of october.xlsx", "october", 120, batch.Account{Username: "somebody", Type: batch.Production}
		a := r.ahead(1000_00, in)
		r.preflight(a)
		shown := s.Text()
		if len(shown) >= page {
			t.Errorf("%s: %d lines:\n%s", language, len(shown), strings.Join(shown, "\n"))
		}
		all := strings.Join(shown, "\n")
		for _, line := range r.leaf(a, 8, 3).lines {
			if strings.Contains(line, "PREPAID_") && !strings.Contains(line, "row ") && terminal.Columns(line) >= 80 {
				t.Errorf("%s: a sum would be broken in %q", language, line)
			}
		}
		for _, want := range []any{a.left.Valid, r.totals.Invalid, a.left.Cost, a.balance - a.left.Cost, "PREPAID_NUMBER", "Mobilis", a.short, len(plans) - 3} {
			if !strings.Contains(all, fmt.Sprint(want)) {
				t.Errorf("%s: %v is missing in\n%s", language, want, all)
			}
		}
		if a.canary.Valid != 5 || a.short != 4 {
			t.Errorf("%+v short at %d", a.canary, a.short)
		}
		sum := 0
		for _, line := range r.leaf(a, 4, 1).lines {
			var n int
			if at := strings.Index(line, "rows "); at >= 0 && !strings.Contains(line, "together") && language == "en" {
				if _, err := fmt.Sscanf(line[at:], "rows %d,", &n); err == nil {
					sum += n
				}
			}
		}
		if language == "en" && sum != a.left.Valid {
			t.Errorf("the lines of the table come to %d rows of %d", sum, a.left.Valid)
		}
	}
}

// What a run has left to do is told, not what it was once.
func TestPreflightOfResumedBatch(t *testing.T) {
	t.Parallel()
	s := newSite(t, busy, 40)
	s.run(exitOpen, "--canary", "4", "--wait", "0s")
	before, err := os.ReadFile(filepath.Join(s.dir, "payroll.journal"))
	if err != nil {
		t.Fatal(err)
	}
	cmd, out, errs := s.command("run", "--dry-run", "--json", s.file)
	code := exitCode(t, cmd.Run())
	for _, want := range []string{"40 rows: 40 valid, 0 invalid", "4 rows are in the books already; 36 rows are left to send", "rows     36,", "to send: 36 for"} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("%q is missing in\n%s", want, errs)
		}
	}
	if after, err := os.ReadFile(filepath.Join(s.dir, "payroll.journal")); err != nil || string(after) != string(before) || code != exitDone || !strings.Contains(out.String(), `"to_send":{"rows":36,`) {
		t.Errorf("exit %d, the journal has %d bytes and had %d (%v)\n%s", code, len(after), len(before), err, out)
	}
}
