package ingest_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

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
		batch.Arrange("october", in.Rows, plans, batch.Limits{})
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
