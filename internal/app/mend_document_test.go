package app_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"flexybatch/internal/app"
)

// openDocument is a payroll as LibreOffice saves it: a title above the header, a hidden
// row, numbers that are shown otherwise than they are held, and a sum.
func openDocument(t *testing.T) string {
	t.Helper()
	text := func(s string) string {
		return `<table:table-cell office:value-type="string"><text:p>` + s + `</text:p></table:table-cell>`
	}
	number := func(value, shown string) string {
		return `<table:table-cell office:value-type="float" office:value="` + value + `"><text:p>` + shown + `</text:p></table:table-cell>`
	}
	row := func(cells ...string) string {
		return "<table:table-row>" + strings.Join(cells, "") + "</table:table-row>"
	}
	content := `<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="Paie de juin">` +
		row(text("Société Atlas")) + row(text("Matricule"), text("Nom"), text("Téléphone"), text("Offre"), text("Montant")) +
		row(text("1"), text("Ali"), text("550000001"), text("PREPAID_OOREDOO"), number("1500", "1 500")) +
		strings.Replace(row(text("2"), text("Inès"), text("0661234567"), text("PREPAID_MOBILIS"), number("200", "200,00")), "<table:table-row>", `<table:table-row table:visibility="collapse">`, 1) +
		row() + row(text("3"), text("Omar"), text("0661234568"), text("PREPAID_MOBILIS"), number("300", "300")) +
		row(text("Total"), text(""), text(""), text(""), number("2000", "2 000")) +
		`</table:table></office:spreadsheet></office:body></office:document-content>`
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range [][2]string{{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"META-INF/manifest.xml", `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>`}, {"content.xml", content}} {
		w, err := z.Create(part[0])
		if err == nil {
			_, err = w.Write([]byte(part[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A cell of an OpenDocument is mended in a version that is a workbook of Excel, in which
// every other row asks for what it asked for before, and stays hidden if it was.
func TestMendOpenDocument(t *testing.T) {
	f := newDesk(t)
	d := f.give("paie.ods", openDocument(t))
	before, err := f.job.Inspect(t.Context(), app.CheckOptions{Place: f.Place(d.Name), Plans: simulated()})
	if err != nil {
		t.Fatal(err)
	}
	if before.Check.Totals.Invalid != 1 {
		t.Fatalf("before: %+v", before.Check.Totals)
	}
	if err := f.job.MendCells(t.Context(), f.Folder, d, simulated(), "Ines", []app.CellMend{{Row: 3, Column: 2, Old: "550000001", New: "0550000001"}}); err != nil {
		t.Fatal(err)
	}
	if v := d.Current(); v.Given != "paie.xlsx" || v.Number != 2 || len(v.Mends) != 1 {
		t.Errorf("the version: %+v", v)
	}
	after, err := f.job.Inspect(t.Context(), app.CheckOptions{Place: f.Place(d.Name), Plans: simulated()})
	if err != nil {
		t.Fatal(err)
	}
	totals := after.Check.Totals
	if totals.Rows != 3 || totals.Invalid != 0 || totals.Hidden != 1 || totals.Requested.String() != "2000.00" || len(after.Check.Found.Totals) != 1 || after.File.Sheet != "Paie de juin" {
		t.Errorf("after: %+v, %+v", totals, after.Check.Found)
	}
	for i, was := range before.Check.Rows[1:] {
		if is := after.Check.Rows[i+1]; is.Topup != was.Topup || is.Ref != was.Ref || is.Number != was.Number || is.Hidden() != was.Hidden() {
			t.Errorf("row %d is %+v, was %+v", was.Number, is, was)
		}
	}
	if err := f.job.MendCells(t.Context(), f.Folder, d, simulated(), "Ines", []app.CellMend{{Row: 6, Column: 4, Old: "300", New: "400"}}); err != nil {
		t.Errorf("a second mend: %v", err)
	}
}

// A workbook under a password is mended, and is under it again.
func TestMendEncrypted(t *testing.T) {
	book := excelize.NewFile()
	for i, row := range [][]any{{"Matricule", "Téléphone", "Offre", "Montant"}, {"1", "066", "PREPAID_MOBILIS", 100}, {"2", "0661234567", "PREPAID_MOBILIS", 200}} {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := book.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b, excelize.Options{Password: "sésame"}); err != nil {
		t.Fatal(err)
	}
	f := newDesk(t)
	d := f.give("paie.xlsx", b.String())
	mend := []app.CellMend{{Row: 2, Column: 1, Old: "066", New: "0661111111"}}
	if err := f.job.MendCells(t.Context(), f.Folder, d, simulated(), "Ines", mend); err == nil {
		t.Fatal("it was mended without its password")
	}
	d.Password = "sésame"
	if err := f.job.MendCells(t.Context(), f.Folder, d, simulated(), "Ines", mend); err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(f.content(d), "PK") {
		t.Error("the mended workbook is not under a password")
	}
	after, err := f.job.Inspect(t.Context(), app.CheckOptions{Place: f.Place(d.Name), Reading: d.Reading(), Plans: simulated()})
	if err != nil || after.Check.Totals.Valid != 2 {
		t.Errorf("after: %+v, %v", after, err)
	}
	kept, err := f.Draft("paie")
	if err != nil || kept.Password != "" {
		t.Errorf("the password is kept: %+v, %v", kept, err)
	}
}

// An amount above a line with the sum is mended: the sum no longer fits, is shown as a
// row to mend, and is a sum again once it was mended too.
func TestMendAboveASum(t *testing.T) {
	f := newDesk(t)
	d := f.give("paie.csv", "Téléphone;Offre;Montant\n0661234567;PREPAID_MOBILIS;100\n0661234568;PREPAID_MOBILIS;200\nTotal;;300\n")
	for i, m := range []app.CellMend{{Row: 2, Column: 2, Old: "100", New: "150"}, {Row: 4, Column: 2, Old: "300", New: "350"}} {
		if err := f.job.MendCells(t.Context(), f.Folder, d, simulated(), "Ines", []app.CellMend{m}); err != nil {
			t.Fatal(err)
		}
		in, err := f.job.Inspect(t.Context(), app.CheckOptions{Place: f.Place(d.Name), Plans: simulated()})
		if err != nil {
			t.Fatal(err)
		}
		if got := in.Check.Totals; got.Valid != 2 || got.Invalid != 1-i || got.Requested.String() != "350.00" {
			t.Errorf("after mend %d: %+v", i+1, got)
		}
	}
}
