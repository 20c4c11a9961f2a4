package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/ingest"
	"flexybatch/report"
)

// A check, as package report writes it, is read as the file that it was made
// from: what is in order keeps its ref, and what is broken can be mended there.
func TestCheckIsReadAsItsFile(t *testing.T) {
	if ingest.CheckColumn != report.CheckColumn {
		t.Errorf("a check's column is %q here and %q in report", ingest.CheckColumn, report.CheckColumn)
	}
	price, err := batch.ParsePrice("0.98")
	if err != nil {
		t.Fatal(err)
	}
	plans := batch.Catalogue{{Code: "PREPAID_MOBILIS", Operator: batch.Mobilis, Cost: price, Enabled: true, Min: 40, Max: 3999}}
	read := func(name string, content []byte) *ingest.Input {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		in, err := ingest.Read(context.Background(), path, ingest.Options{}, ingest.Rules{Catalogue: plans, DefaultPlan: ingest.Auto})
		if err != nil {
			t.Fatal(err)
		}
		batch.Assign("october", in.Rows, plans, batch.Limits{})
		return in
	}
	const file = "Paie d'octobre\nMatricule;Téléphone;;Montant;Note\n" +
		"-12;0660000001;x;500;=1+1\n\n@ali;0660000002;;\"1 500,00 DA\";\"a\nb\"\n+3;660000003;;20;\t\n;0660000004;;50;'quoted'\n'=7;0660000005;;60;''\n"
	want := read("october.csv", []byte(file))
	check := report.Check{File: "october.csv", Header: want.Header, Rows: want.Rows, Totals: batch.Total(rowsOf(want), plans), Notes: want.Notes}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"october.check.csv":  func(b *bytes.Buffer) error { return check.CSV(b) },
		"october.check.xlsx": func(b *bytes.Buffer) error { return check.Workbook(b) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		got := read(name, b.Bytes())
		if d := cmp.Diff(want.Fields, got.Fields); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if d := cmp.Diff(told(want), told(got)); d != "" {
			t.Errorf("%s: the file (-), its check (+):\n%s", name, d)
		}
	}
}

// What was refused stays refused in a check until somebody has mended it, also
// where the doubt does not lie in the texts of the cells: a cell too many, a
// formula that was never computed, an amount shown as a percentage.
func TestCheckStaysInDoubt(t *testing.T) {
	price, err := batch.ParsePrice("0.98")
	if err != nil {
		t.Fatal(err)
	}
	plans := batch.Catalogue{{Code: "PREPAID_MOBILIS", Operator: batch.Mobilis, Cost: price, Enabled: true, Min: 40, Max: 3999}}
	read := func(name string, content []byte, fixPhones bool) *ingest.Input {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		in, err := ingest.Read(context.Background(), path, ingest.Options{}, ingest.Rules{Catalogue: plans, DefaultPlan: ingest.Auto, DefaultAmount: 300, FixPhones: fixPhones})
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	f := excelize.NewFile()
	defer f.Close()
	percent, err := f.NewStyle(&excelize.Style{NumFmt: 9})
	if err := errors.Join(err,
		f.SetSheetRow("Sheet1", "A1", &[]any{"phone", "amount", "id"}),
		f.SetSheetRow("Sheet1", "A2", &[]any{"0660000001", 100, "a"}), f.SetCellStyle("Sheet1", "B2", "B2", percent),
		f.SetSheetRow("Sheet1", "A3", &[]any{"0660000002", nil, "b"}), f.SetCellFormula("Sheet1", "B3", "1+1"),
		f.SetSheetRow("Sheet1", "A4", &[]any{"0660000003", 100, nil}), f.SetCellFormula("Sheet1", "C4", "1+1"),
		f.SetSheetRow("Sheet1", "A5", &[]any{"0660000004", 100, "d", "e"}),
		f.SetSheetRow("Sheet1", "A6", &[]any{"0660000005", 100, "f"})); err != nil {
		t.Fatal(err)
	}
	var book bytes.Buffer
	if err := f.Write(&book); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"wide.csv":  []byte("phone,amount\n0660000001,100,000\n660000002,100,000\n0660000003,100\n"),
		"short.csv": []byte("phone,amount,name\n0660000001,100\n0660000003,100,x\n"),
		"book.xlsx": book.Bytes(),
	} {
		for _, fixPhones := range []bool{false, true} { // when the check is made; when it is run, they are
			want := read(name, content, fixPhones)
			check := report.Check{File: name, Header: want.Header, Rows: want.Rows, Totals: batch.Total(rowsOf(want), plans), Notes: want.Notes}
			for form, write := range map[string]func(*bytes.Buffer) error{
				"csv":  func(b *bytes.Buffer) error { return check.CSV(b) },
				"xlsx": func(b *bytes.Buffer) error { return check.Workbook(b) },
			} {
				var b bytes.Buffer
				if err := write(&b); err != nil {
					t.Fatal(err)
				}
				got := read("again."+form, b.Bytes(), true)
				last := len(got.Rows) - 1
				for i, row := range got.Rows {
					if row.Valid() != (i == last) || row.Valid() != want.Rows[i].Valid() {
						t.Errorf("%s as %s: row %d is valid: %v; problems %v", name, form, i, row.Valid(), row.Problems())
					}
				}
			}
		}
	}
}

func rowsOf(in *ingest.Input) func(func(*batch.Row) bool) {
	return func(yield func(*batch.Row) bool) {
		for i := range in.Rows {
			if !yield(&in.Rows[i]) {
				return
			}
		}
	}
}

// told is what a row says wherever it stands.
func told(in *ingest.Input) (all [][]string) {
	for _, r := range in.Rows {
		row := append([]string{string(r.Ref), string(r.Topup.Phone), r.Topup.ID}, r.Cells.List()...)
		for _, p := range r.Problems() {
			row = append(row, string(p.Code))
		}
		all = append(all, row)
	}
	return all
}
