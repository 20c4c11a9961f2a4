package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flexybatch/batch"
	"flexybatch/batch/changes"
	"flexybatch/batch/unusual"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/terminal"
	"flexybatch/internal/terminal/terminaltest"
	"flexybatch/report"
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
			rows[i].AddProblem(batch.Problem{Code: "phone.format", Field: "phone", Value: "6", Message: batch.Literal(strings.Repeat("it is long to explain, ", 10))})
		}
	}
	batch.Assign("october", rows, plans, batch.Limits{AllowDuplicates: true})
	totals := batch.Total(batch.Rows(rows), plans)
	p := &app.Preflight{Batch: "october", File: "payroll of the second half of october.xlsx", Account: batch.Account{Username: "somebody", Type: batch.Production},
		All: totals, ToSend: totals, Rate: 120, Funds: app.Funds{Before: 1000_00, After: 1000_00 - totals.Cost, ShortAt: 4}}
	p.Findings = app.Findings{Rows: batch.Rows(rows), Warnings: batch.Warnings(rows), Notes: []batch.Message{batch.Msg("a note"), batch.Msg("another note"), batch.Msg("a third"), batch.Msg("a fourth")}}
	for _, name := range []string{"one", "two", "three", "four"} {
		p.Findings.Neighbours = append(p.Findings.Neighbours, app.Neighbour{Name: name, Shared: 3})
	}
	rows[17].Topup.Amount = 9000
	p.Compared = app.Comparison{Unusual: unusual.Find(batch.Rows(rows), plans, nil), Changes: &report.Changes{Since: "september", Changes: changes.Compare(batch.Rows(rows), batch.Rows(rows[2000:]))}}
	if len(p.Compared.Unusual) == 0 || len(p.Compared.Changes.List) == 0 {
		t.Fatal("nothing is unusual, or nothing changed")
	}
	for _, language := range lang.Languages {
		words, err := lang.New(language)
		if err != nil {
			t.Fatal(err)
		}
		s := &terminaltest.Screen{T: t, Width: 80}
		v := preflightView{machine{words: words, stderr: terminal.FixedConsole(s, 80)}}
		v.show(p)
		shown := s.Text()
		if len(shown) >= pageHeight+2 {
			t.Errorf("%s: %d lines:\n%s", language, len(shown), strings.Join(shown, "\n"))
		}
		all := strings.Join(shown, "\n")
		for _, line := range v.page(p, 8, 3).lines {
			if strings.Contains(line, "PREPAID_NUMBER") && !strings.Contains(line, "06") && terminal.Columns(line) >= 80 {
				t.Errorf("%s: a sum would be broken in %q", language, line)
			}
		}
		for _, want := range []any{lang.Number(p.ToSend.Valid), p.All.Invalid, p.ToSend.Cost, p.Funds.After, "PREPAID_NUMBER", "Mobilis", "september", batch.Dinars(9000), p.Funds.ShortAt, len(plans) - 3} {
			if want := strings.Trim(words.Say(lang.Msg("%v", want)), "\u200e"); !strings.Contains(all, want) {
				t.Errorf("%s: %v is missing in\n%s", language, want, all)
			}
		}
		sum := 0
		for _, line := range v.page(p, 4, 1).lines {
			var n int
			if at := strings.Index(line, "rows "); at >= 0 && !strings.Contains(line, "together") && language == "en" {
				if _, err := fmt.Sscanf(strings.Replace(line[at:], ",", "", 1), "rows %d", &n); err == nil {
					sum += n
				}
			}
		}
		if language == "en" && sum != p.ToSend.Valid {
			t.Errorf("the lines of the table come to %d rows of %d", sum, p.ToSend.Valid)
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
