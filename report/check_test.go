package report

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/batch/unusual"
)

// mixedCheck is a check with rows of every verdict.
func mixedCheck() *Check {
	rows := []batch.Row{
		{Number: 4, Cells: batch.CellsOf("Amel", "0660000001", "100", ""), Topup: batch.Topup{ID: "E1", Phone: "0660000001"}},
		{Number: 5, Cells: batch.CellsOf("Omar", "660000002", "1x", ""), Topup: batch.Topup{ID: "E2"}},
		{Number: 6, Cells: batch.CellsOf("", "0660000003", "100", "#REF!")},
		{Number: 7, Cells: batch.CellsOf("Lina", "0660000004", "100", "")},
		{Number: 8, Cells: batch.CellsOf("Nabil", "0660000001", "900", ""), Topup: batch.Topup{Phone: "0660000001"}},
	}
	rows[1].AddProblem(batch.Problem{Code: batch.PhoneFormat, Column: "Tél", Value: "660000002", Message: batch.Msg("write %s", "0660000002")})
	rows[1].AddProblem(batch.Problem{Code: batch.AmountFormat, Column: "Montant", Value: "1x", Message: batch.Msg("no amount")})
	rows[2].AddProblem(batch.Problem{Code: batch.CellError, Column: "D", Value: "#REF!", Message: batch.Msg("mend it")}) // a column without a title
	rows[3].AddProblem(batch.Problem{Code: batch.DuplicateRow, Message: batch.Msg("it repeats row 4")})
	return &Check{
		File: "october.xlsx", Header: []string{"Nom", "Tél", "Montant", ""}, Rows: rows, Totals: batch.Total(batch.Rows(rows), nil),
		Warnings: []batch.Warning{{Row: 8, Code: batch.PhoneAgain, Message: batch.Msg("the phone is in row 4 too")}},
		Unusual:  []unusual.Finding{{Row: 8, Code: unusual.Tenfold, Name: "Nabil", Phone: "0660000001", Amount: 900, Typical: 90, From: unusual.File}},
	}
}

// Every row of a check has a verdict, and the cells that it names are those that are
// broken.
func TestEveryRowHasAVerdict(t *testing.T) {
	var b bytes.Buffer
	if err := mixedCheck().Workbook(&b); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var got []string
	for _, row := range table(t, f, "Check") {
		got = append(got, row[verdictColumn])
	}
	if d := cmp.Diff([]string{"in order", "mend D3, E3", "mend F4", "mend the row", "look at it"}, got); d != "" {
		t.Error(d)
	}
	for cell, want := range map[string]string{"D3": "660000002", "E3": "1x", "F4": "#REF!"} {
		text, err := f.GetCellValue("Check", cell)
		style, err2 := f.GetCellStyle("Check", cell)
		plain, err3 := f.GetCellStyle("Check", "D2")
		if err != nil || err2 != nil || err3 != nil || text != want || style == plain {
			t.Errorf("%s holds %q, want %q, and looks %d where others look %d: %v %v %v", cell, text, want, style, plain, err, err2, err3)
		}
	}
}

// Problems come by kind, and each example says whose row it is.
func TestGroups(t *testing.T) {
	var got []string
	for _, g := range mixedCheck().Groups(1) {
		for _, e := range g.Examples {
			got = append(got, string(g.Code)+": "+e.Line().String())
		}
		if g.Kind.IsZero() || g.Remedy.IsZero() || g.Count != 1 || g.Warning != (g.Code == batch.PhoneAgain || g.Code == unusual.Tenfold) {
			t.Errorf("%+v", g)
		}
	}
	want := []string{
		`phone.format: row 5, Omar (E2), "660000002": write 0660000002`, `amount.format: row 5, Omar (E2), "1x": no amount`, `cell.error: row 6, "#REF!": mend it`,
		"duplicate.row: row 7, Lina: it repeats row 4", "phone.again: row 8, Nabil: the phone is in row 4 too",
		"amount.tenfold: row 8: Nabil (0660000001): 900 dinars, where 90 is usual in this file; is there a zero too many?",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Every rule has its words, and a code that is not known stands for itself.
func TestRulesHaveWords(t *testing.T) {
	for _, code := range []batch.Code{batch.PhoneMissing, batch.PhoneFormat, batch.PlanMissing, batch.PlanUnknown, batch.PlanDisabled, batch.PlanOperator, batch.PlanUnsupported,
		batch.AmountMissing, batch.AmountFormat, batch.AmountRange, batch.AmountFixed, batch.AmountCap, batch.DuplicateRow, batch.DuplicateID, batch.IDChanged, batch.PaidBefore,
		batch.CellError, batch.RowWidth, batch.PhoneAgain, unusual.Tenfold, unusual.Tenth, unusual.CutOff} {
		if w := ruleWordsOf(code); w.kind.String() == string(code) || w.remedy.IsZero() {
			t.Errorf("%s has no words", code)
		}
	}
	if w := ruleWordsOf("row.odd"); w.kind.String() != "row.odd" || !w.remedy.IsZero() {
		t.Errorf("a code that is not known is %v", w)
	}
}
