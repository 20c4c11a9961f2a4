package report

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/batch/changes"
	"flexybatch/batch/unusual"
	"flexybatch/internal/lang"
)

// likeOctober is the check of a payroll that was compared with october's: a phone that
// comes again, an amount with a zero too many, and every kind of change.
func likeOctober() *Check {
	person := func(row int, name, id, phone, plan string, amount batch.Dinars) changes.Person {
		return changes.Person{Row: row, Name: name, ID: id, Phone: batch.Phone(phone), Plans: []string{plan}, Amount: amount, Rows: 1}
	}
	amel := person(2, "Amel", "E1", "0660000001", "PREPAID_MOBILIS", 3000)
	amelBefore := person(2, "Amel", "E1", "0660000001", "PREPAID_MOBILIS", 300)
	warda := person(3, "Warda", "E17", "0770000017", "PREPAID_DJEZZY", 300)
	wardaBefore := person(7, "Warda", "E17", "0660000017", "PREPAID_MOBILIS", 300)
	nabil := person(4, "", "", "0660000005", "PREPAID_MOBILIS", 100)
	nabilBefore := person(3, "", "", "0660000005", "PREPAID_MOBILIS", 300)
	lina := person(5, "Lina", "N6", "0660000006", "PREPAID_MOBILIS", 300)
	linaBefore := person(4, "Lina", "E6", "0660000006", "PREPAID_MOBILIS", 300)
	rows := make([]batch.Row, 4)
	for i, p := range []changes.Person{amel, warda, nabil, lina} {
		rows[i] = batch.Row{Number: p.Row, Topup: batch.Topup{Phone: p.Phone, ID: p.ID, Plan: p.Plans[0], Amount: p.Amount},
			Cells: batch.CellsOf(p.ID, p.Name, string(p.Phone), p.Plans[0], fmt.Sprint(p.Amount))}
	}
	plans := batch.Catalogue{{Code: "PREPAID_MOBILIS"}, {Code: "PREPAID_DJEZZY"}}
	return &Check{
		File: "november.csv", Header: []string{"Matricule", "Nom", "phone", "plan", "amount"}, Rows: rows, Totals: batch.Total(batch.Rows(rows), plans),
		Warnings: []batch.Warning{{Row: 3, Code: batch.PhoneAgain, Message: batch.Msg("the phone %s is in row %d too, with %d dinars (%s); both will be paid", batch.Phone("0770000017"), 2, batch.Dinars(3000), "PREPAID_MOBILIS")}},
		Unusual: []unusual.Finding{
			{Row: 2, Code: unusual.Tenfold, Name: "Amel", ID: "E1", Phone: "0660000001", Amount: 3000, Typical: 300, From: unusual.Earlier, Batch: "october"},
			{Row: 3, Code: unusual.Tenth, Name: "Warda", Phone: "0770000017", Amount: 30, Typical: 300, From: unusual.File},
			{Row: 4, Code: unusual.CutOff, Phone: "0660000005", Amount: 255},
			{Row: 5, Code: unusual.CutOff, Name: "Lina", ID: "N6", Amount: 255, Typical: 300, From: unusual.File},
		},
		Changes: &Changes{Since: "october", Begun: time.Date(2026, 10, 28, 12, 0, 0, 0, time.Local), Changes: changes.Changes{
			Now: changes.Totals{People: 4, Rows: 4, Amount: 3700}, Before: changes.Totals{People: 5, Rows: 5, Amount: 1500},
			List: []changes.Change{
				{Kind: changes.Up, Now: amel, Before: amelBefore}, {Kind: changes.Number, Now: warda, Before: wardaBefore}, {Kind: changes.Plan, Now: warda, Before: wardaBefore},
				{Kind: changes.Down, Now: nabil, Before: nabilBefore}, {Kind: changes.ID, Now: lina, Before: linaBefore},
				{Kind: changes.New, Now: person(6, "Omar", "E8", "0660000008", "PREPAID_MOBILIS", 300)}, {Kind: changes.New, Now: person(7, "Ines", "E9", "0660000009", "PREPAID_MOBILIS", 300)},
				{Kind: changes.Left, Before: person(5, "Djamel", "E4", "0660000004", "PREPAID_MOBILIS", 300)},
			},
		}},
	}
}

// The check workbook says the same, cell by cell, as it ever did, in each language.
func TestCheckGolden(t *testing.T) {
	for _, language := range lang.Languages {
		words, err := lang.New(language)
		if err != nil {
			t.Fatal(err)
		}
		c := likeOctober()
		c.Words = words
		var b bytes.Buffer
		if err := c.Workbook(&b); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for _, sheet := range f.GetSheetList() {
			cells, err := f.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&got, "== %s\n", sheet)
			for _, row := range cells {
				got.WriteString(strings.TrimRight(strings.ReplaceAll(strings.Join(row, " | "), "\n", " / "), " |") + "\n")
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", "check."+language+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got.String()); d != "" {
			t.Errorf("%s: %s", language, d)
		}
	}
}
