package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"flexybatch/batch"
)

// rawBook is a workbook part by part. A part that is given as a file replaces
// the ordinary one.
func rawBook(tb testing.TB, sheet string, files ...[2]string) []byte {
	tb.Helper()
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	all := [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		{"_rels/.rels", `<Relationships xmlns="r"><Relationship Id="a" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + mainNamespace + `" xmlns:r="` + office + `"><sheets><sheet name="Paie" sheetId="1" r:id="s1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="r"><Relationship Id="s1" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="s2" Type="` + office + `/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="s3" Type="` + office + `/styles" Target="styles.xml"/></Relationships>`},
		{"xl/sharedStrings.xml", `<sst xmlns="` + mainNamespace + `"><si><t>phone</t></si><si><t>amount</t></si><si><r><t>055000</t></r><r><t>0001</t></r></si></sst>`},
		{"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="#,##0\ &quot;dinars&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`},
		{"xl/worksheets/sheet1.xml", sheet},
	}
	for _, f := range files {
		replaced := false
		for i := range all {
			if all[i][0] == f[0] {
				all[i], replaced = f, true
			}
		}
		if !replaced {
			all = append(all, f)
		}
	}
	return zipOf(tb, all...)
}

// inSheet is a sheet with the header phone, amount and the given rows of XML.
func inSheet(rows string) string {
	return `<worksheet xmlns="` + mainNamespace + `"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>` + rows + `</sheetData></worksheet>`
}

// Every kind of cell is read as the spreadsheet means it.
func TestCellKinds(t *testing.T) {
	for name, tt := range map[string]struct {
		cell string // B2: the amount beside 0550000001
		want string
	}{
		"number":                {`<c r="B2"><v>500</v></c>`, "500"},
		"number in words":       {`<c r="B2" t="n"><v>500</v></c>`, "500"},
		"decimal":               {`<c r="B2"><v>500.0</v></c>`, "500"},
		"scientific":            {`<c r="B2"><v>1E3</v></c>`, "1000"},
		"float noise":           {`<c r="B2"><v>1499.9999999999998</v></c>`, "1500"},
		"styled as dinars":      {`<c r="B2" s="3"><v>1500</v></c>`, "1500"},
		"inline":                {`<c r="B2" t="inlineStr"><is><t>1 500</t></is></c>`, "1500"},
		"inline, rich":          {`<c r="B2" t="inlineStr"><is><r><t>1 </t></r><r><t>500</t></r></is></c>`, "1500"},
		"formula":               {`<c r="B2"><f>SUM(1,2)</f><v>500</v></c>`, "500"},
		"formula of a text":     {`<c r="B2" t="str"><f>A1</f><v>500 DA</v></c>`, "500"},
		"no cell name":          {`<c><v>500</v></c>`, "500"},
		"fraction":              {`<c r="B2"><v>500.5</v></c>`, "amount.format"},
		"thousandths":           {`<c r="B2"><v>1.125</v></c>`, "amount.format"},
		"negative":              {`<c r="B2"><v>-500</v></c>`, "amount.range"},
		"huge":                  {`<c r="B2"><v>1E+30</v></c>`, "amount.range"},
		"text with doubt":       {`<c r="B2" t="str"><v>1.500</v></c>`, "amount.format"},
		"date":                  {`<c r="B2" s="1"><v>1500</v></c>`, "amount.format"},
		"date, own format":      {`<c r="B2" s="2"><v>1500</v></c>`, "amount.format"},
		"date, ISO":             {`<c r="B2" t="d"><v>2026-01-31</v></c>`, "amount.format"},
		"true":                  {`<c r="B2" t="b"><v>1</v></c>`, "amount.format"},
		"error":                 {`<c r="B2" t="e"><v>#REF!</v></c>`, "cell.error"},
		"formula in error":      {`<c r="B2" t="e"><f>A1/0</f><v>#DIV/0!</v></c>`, "cell.error"},
		"formula, no value":     {`<c r="B2"><f>SUM(1,2)</f></c>`, "cell.error"},
		"formula, empty value":  {`<c r="B2"><f>SUM(1,2)</f><v></v></c>`, "cell.error"}, // as openpyxl writes it
		"formula, no text":      {`<c r="B2" t="str"><f>A1</f></c>`, "cell.error"},
		"formula, empty text":   {`<c r="B2" t="str"><f>IF(1,"","")</f><v></v></c>`, "amount.missing"},
		"empty but styled":      {`<c r="B2" s="2"/>`, "amount.missing"},
		"missing":               {``, "amount.missing"},
		"empty, far right":      {`<c r="B2"><v>500</v></c><c r="XFD2" s="1"/>`, "500"},
		"value right of header": {`<c r="B2"><v>500</v></c><c r="D2"><v>1</v></c>`, "row.width"},
	} {
		t.Run(name, func(t *testing.T) {
			in := mustRead(t, rawBook(t, inSheet(`<row r="2"><c r="A2" t="s"><v>2</v></c>`+tt.cell+`</row>`)), Options{}, Rules{DefaultPlan: Auto})
			got := strings.TrimSpace(strings.TrimPrefix(told(in)[0], "2"))
			if got == "" {
				got = fmt.Sprint(in.Rows[0].Topup.Amount)
			}
			if got != tt.want {
				t.Errorf("%s, want %s: %v", got, tt.want, in.Rows[0].Problems())
			}
		})
	}
}

// A phone that Excel made a number of is never a phone by itself.
func TestNumericPhones(t *testing.T) {
	rows := ""
	for i, v := range []string{"550000001", "5.50000002E8", "213550000003", "7.78E+08"} {
		rows += fmt.Sprintf(`<row r="%d"><c r="A%[1]d"><v>%s</v></c><c r="B%[1]d"><v>500</v></c></row>`, i+2, v)
	}
	content := rawBook(t, inSheet(rows))
	in := mustRead(t, content, Options{}, Rules{DefaultPlan: Auto})
	if d := cmp.Diff([]string{"2 phone.format", "3 phone.format", "4 phone.format", "5 phone.format"}, told(in)); d != "" {
		t.Error(d)
	}
	in = mustRead(t, content, Options{}, Rules{DefaultPlan: Auto, FixPhones: true})
	want := []string{"2 0550000001 PREPAID_OOREDOO 500", "3 0550000002 PREPAID_OOREDOO 500", "4 0550000003 PREPAID_OOREDOO 500", "5 0778000000 PREPAID_DJEZZY 500"}
	if d := cmp.Diff(want, paid(in)); d != "" {
		t.Error(d)
	}
}

// What is shown as a date or a truth is no phone, also where its number would be
// one with a zero in front.
func TestPhonesThatAreNone(t *testing.T) {
	for cell, words := range map[string]string{
		`<c r="A2" s="1"><v>550000001</v></c>`:      "the cell is a date",
		`<c r="A2" t="d"><v>2026-01-31</v></c>`:     "the cell is a date",
		`<c r="A2" t="b"><v>1</v></c>`:              "TRUE or FALSE",
		`<c r="A2" t="str"><f>B1</f><v>x</v></c>`:   "not an Algerian mobile number",
		`<c r="A2"><v>45658</v></c>`:                "write 05, 06 or 07",
		`<c r="A2" t="str"><v>0870000001</v></c>`:   "this is not an Algerian mobile number",
		`<c r="A2" t="str"><v>077000001</v></c>`:    "9 digits, not the 10",
		`<c r="A2" t="str"><v>7.78E+08</v></c>`:     "lost digits",
		`<c r="A2" t="str"><v>21 33 44 55</v></c>`:  "write 05, 06 or 07",
		`<c r="A2" t="str"><v>021 33 44 55</v></c>`: "write 05, 06 or 07",
	} {
		in := mustRead(t, rawBook(t, inSheet(`<row r="2">`+cell+`<c r="B2"><v>500</v></c></row>`)), Options{}, Rules{DefaultPlan: Auto, FixPhones: true})
		if p := in.Rows[0].Problems(); len(p) != 1 || p[0].Code != batch.PhoneFormat || !strings.Contains(p[0].Message.String(), words) {
			t.Errorf("%s: %+v does not say %q", cell, p, words)
		}
	}
}

// Other columns come through: dates as dates, truths as words, errors as such.
func TestOtherColumns(t *testing.T) {
	content := workbookOf(t, func(f *excelize.File) {
		set(t, f, "Sheet1", []any{"Né le", "phone", "ok", "amount"}, []any{time.Date(1990, 1, 31, 0, 0, 0, 0, time.UTC), "0550000001", true, 500})
	})
	in := mustRead(t, content, Options{}, Rules{DefaultPlan: Auto})
	if d := cmp.Diff([]string{"1990-01-31", "0550000001", "TRUE", "500"}, in.Rows[0].Cells.List()); d != "" || !in.Rows[0].Valid() {
		t.Error(d, in.Rows[0].Problems())
	}
	of1904 := rawBook(t, inSheet(`<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" s="1"><v>0</v></c></row>`),
		[2]string{"xl/workbook.xml", `<workbook xmlns:r="x"><workbookPr date1904="1"/><sheets><sheet name="Paie" sheetId="1" r:id="s1"/></sheets></workbook>`})
	if in := mustRead(t, of1904, Options{}, Rules{DefaultPlan: Auto}); in.Rows[0].Cells.At(1) != "1904-01-01" {
		t.Errorf("day 0 of 1904 is %s", in.Rows[0].Cells.At(1))
	}
}

func TestRowsOfSheet(t *testing.T) {
	content := workbookOf(t, func(f *excelize.File) {
		set(t, f, "Sheet1", []any{"Paie de mars"}, nil, []any{"Nom", "Téléphone", "Montant"}, []any{"A", "0550000001", 500}, nil, []any{"B", "0660000002", "300"}, []any{"Total", nil, 800})
		if err := f.SetRowVisible("Sheet1", 6, false); err != nil {
			t.Fatal(err)
		}
	})
	in := mustRead(t, content, Options{}, Rules{DefaultPlan: Auto})
	if d := cmp.Diff([]string{"4 0550000001 PREPAID_OOREDOO 500", "6 0660000002 PREPAID_MOBILIS 300"}, paid(in)); d != "" {
		t.Error(d)
	}
	if in.Rows[0].Hidden() || !in.Rows[1].Hidden() || in.Hidden != 1 || in.Sheet != "Sheet1" || in.Format.String() != "XLSX" {
		t.Errorf("%+v", in)
	}
	if d := cmp.Diff([]Total{{7, 800}}, in.Totals); d != "" {
		t.Error(d)
	}
}

// A table that stands anywhere in the sheet, is formatted as a table of Excel and
// filtered, is read from its first row to its last.
func TestTableInSheet(t *testing.T) {
	content := workbookOf(t, func(f *excelize.File) {
		rows := [][]any{{"Nom", "Téléphone", "Montant"}, {"A", "0550000001", 500}, {"B", "0660000002", 300}, {"C", "0770000003", 200}}
		for i, row := range rows {
			if err := f.SetSheetRow("Sheet1", fmt.Sprintf("C%d", i+5), &row); err != nil {
				t.Fatal(err)
			}
		}
		set(t, f, "Sheet1", []any{"Paie", "mars"})
		err := errors.Join(
			f.AddTable("Sheet1", &excelize.Table{Range: "C5:E8", Name: "Paie"}),
			f.AutoFilter("Sheet1", "C5:E8", []excelize.AutoFilterOptions{{Column: "C", Expression: "x != B"}}),
			f.SetRowVisible("Sheet1", 7, false), // as a filter does
		)
		if err != nil {
			t.Fatal(err)
		}
	})
	in := mustRead(t, content, Options{}, Rules{DefaultPlan: Auto})
	want := []string{"6 0550000001 PREPAID_OOREDOO 500", "7 0660000002 PREPAID_MOBILIS 300", "8 0770000003 PREPAID_DJEZZY 200"}
	if d := cmp.Diff(want, paid(in)); d != "" || len(in.Rows[0].Problems()) > 0 {
		t.Error(d, in.Rows[0].Problems())
	}
	if in.Hidden != 1 || !in.Rows[1].Hidden() || !strings.Contains(in.Notes[0].String(), "filtered out") {
		t.Errorf("%d hidden, notes %q", in.Hidden, in.Notes)
	}
}

// Nobody is paid unseen: hidden rows, flat rows, hidden columns and sheets.
func TestHidden(t *testing.T) {
	row := `<row r="2"%s><c r="A2" t="s"><v>2</v></c><c r="B2"><v>500</v></c></row>`
	for name, content := range map[string][]byte{
		"row":      rawBook(t, inSheet(fmt.Sprintf(row, ` hidden="1"`))),
		"flat row": rawBook(t, inSheet(fmt.Sprintf(row, ` ht="0" customHeight="1"`))),
		"column":   rawBook(t, strings.Replace(inSheet(fmt.Sprintf(row, "")), "<sheetData>", `<cols><col min="2" max="3" width="9" hidden="true"/></cols><sheetData>`, 1)),
		"narrow":   rawBook(t, strings.Replace(inSheet(fmt.Sprintf(row, "")), "<sheetData>", `<cols><col min="1" max="1" width="0"/></cols><sheetData>`, 1)),
		"sheet":    rawBook(t, inSheet(fmt.Sprintf(row, "")), [2]string{"xl/workbook.xml", `<workbook xmlns:r="x"><sheets><sheet name="Paie" state="veryHidden" r:id="s1"/></sheets></workbook>`}),
	} {
		if in := mustRead(t, content, Options{}, Rules{DefaultPlan: Auto}); !in.Rows[0].Hidden() || in.Hidden != 1 || len(in.Notes) != 1 {
			t.Errorf("hidden %s: %+v", name, in)
		}
	}
	elsewhere := strings.Replace(inSheet(fmt.Sprintf(row, "")), "<sheetData>", `<cols><col min="3" max="9" hidden="1"/></cols><sheetData>`, 1)
	if in := mustRead(t, rawBook(t, elsewhere), Options{}, Rules{DefaultPlan: Auto}); in.Hidden != 0 {
		t.Errorf("another column hidden: %+v", in)
	}
}

func TestSheets(t *testing.T) {
	content := workbookOf(t, func(f *excelize.File) {
		for _, s := range []string{"Mars", "Avril", "Notes"} {
			if _, err := f.NewSheet(s); err != nil {
				t.Fatal(err)
			}
		}
		set(t, f, "Mars", []any{"phone", "amount"}, []any{"0550000001", 500})
		set(t, f, "Avril", []any{"phone", "amount"}, []any{"0550000002", 500})
		set(t, f, "Notes", []any{"Bonjour"})
	})
	_, err := readBytes(t, content, Options{}, Rules{DefaultPlan: Auto})
	wantError(t, err, ErrSheets, `"Mars", "Avril"`, "--sheet")
	for _, name := range []string{"Avril", "avril "} {
		if in := mustRead(t, content, Options{Sheet: name}, Rules{DefaultPlan: Auto}); in.Sheet != "Avril" || in.Rows[0].Topup.Phone != "0550000002" {
			t.Errorf("%+v", in)
		}
	}
	_, err = readBytes(t, content, Options{Sheet: "Mai"}, Rules{DefaultPlan: Auto})
	wantError(t, err, ErrSheets, `"Mai"`, `"Mars", "Avril", "Notes"`)
	// Two names that differ little are two sheets.
	alike := rawBook(t, inSheet(goodRow), [2]string{"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="Paie" r:id="s1"/><sheet name="Paie " r:id="s4"/></sheets></workbook>`},
		[2]string{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="s1" Type="r/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="s2" Type="r/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="s4" Type="r/worksheet" Target="worksheets/sheet2.xml"/></Relationships>`},
		[2]string{"xl/worksheets/sheet2.xml", inSheet(strings.Replace(goodRow, "500", "600", 1))})
	for name, amount := range map[string]batch.Dinars{"Paie": 500, "Paie ": 600} {
		if in := mustRead(t, alike, Options{Sheet: name}, Rules{DefaultPlan: Auto}); in.Sheet != name || in.Rows[0].Topup.Amount != amount {
			t.Errorf("--sheet %q reads %q: %d", name, in.Sheet, in.Rows[0].Topup.Amount)
		}
	}
	_, err = readBytes(t, alike, Options{Sheet: "PAIE"}, Rules{DefaultPlan: Auto})
	wantError(t, err, ErrSheets, `several sheets are called "PAIE"`, `"Paie", "Paie "`)
	_, err = readBytes(t, content, Options{Sheet: "Notes"}, Rules{DefaultPlan: Auto})
	wantError(t, err, ErrNoPhone, `sheet "Notes"`, `"Bonjour"`)
}

func TestMerged(t *testing.T) {
	merged := func(ref string) []byte {
		return workbookOf(t, func(f *excelize.File) {
			set(t, f, "Sheet1", []any{"Service", "phone", "amount"}, []any{"S", "0550000001", 500}, []any{"", "0550000002", 300})
			from, to, _ := strings.Cut(ref, ":")
			if err := f.MergeCell("Sheet1", from, to); err != nil {
				t.Fatal(err)
			}
		})
	}
	_, err := readBytes(t, merged("C2:C3"), Options{}, Rules{DefaultPlan: Auto})
	wantError(t, err, ErrColumns, "C2:C3", `"amount"`, "row 2", "unmerge")
	if in := mustRead(t, merged("A2:A3"), Options{}, Rules{DefaultPlan: Auto}); len(in.Rows) != 2 || !in.Rows[1].Valid() {
		t.Errorf("a merged column of another meaning: %+v", in)
	}
}

// A plan or an amount that is merged over several rows is a question; a phone is
// none.
func TestSpreadMerged(t *testing.T) {
	merged := func(refs ...string) []byte {
		return workbookOf(t, func(f *excelize.File) {
			set(t, f, "Sheet1", []any{"phone", "plan", "amount", "id"}, []any{"0550000001", "PREPAID_OOREDOO", 500}, []any{"0550000002"}, []any{"0550000003"}, []any{"0550000004", "PREPAID_OOREDOO", 70})
			for _, ref := range refs {
				from, to, _ := strings.Cut(ref, ":")
				if err := f.MergeCell("Sheet1", from, to); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	_, err := readBytes(t, merged("C2:C4"), Options{}, Rules{DefaultPlan: Auto})
	wantError(t, err, ErrMerged, "C2:C4", "2 to 4")
	if e, _ := errors.AsType[*FileError](err); !errors.Is(err, ErrColumns) || e.Field != "amount" {
		t.Errorf("%+v", e)
	}
	in := mustRead(t, merged("B2:B4", "C2:C4"), Options{SpreadMerged: true}, Rules{})
	want := []string{"2 0550000001 PREPAID_OOREDOO 500", "3 0550000002 PREPAID_OOREDOO 500", "4 0550000003 PREPAID_OOREDOO 500", "5 0550000004 PREPAID_OOREDOO 70"}
	if d := cmp.Diff(want, paid(in)); d != "" || in.Rows[2].Cells.At(2) != "500" {
		t.Error(d, in.Rows[2].Cells.List())
	}
	for _, ref := range []string{"A2:A3", "D2:D3", "B2:C4", "A2:C4"} {
		_, err := readBytes(t, merged(ref), Options{SpreadMerged: true}, Rules{DefaultPlan: Auto})
		wantError(t, err, ErrColumns, ref, "unmerge")
		if errors.Is(err, ErrMerged) {
			t.Errorf("%s is asked about: %v", ref, err)
		}
	}
}

// A header of two rows, as payrolls have it: names over both, and names over
// others below them. Its second row is no payment, unless it may be one.
func TestMergedHeader(t *testing.T) {
	merged := func(second ...any) []byte {
		return workbookOf(t, func(f *excelize.File) {
			set(t, f, "Sheet1", []any{"phone", "Personne", "", "amount"}, second, []any{"0550000001", "A", "B", 500})
			for _, ref := range []string{"A1:A2", "B1:C1", "D1:D2"} {
				from, to, _ := strings.Cut(ref, ":")
				if err := f.MergeCell("Sheet1", from, to); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	in := mustRead(t, merged(nil, "Nom", "Prénom"), Options{}, Rules{DefaultPlan: Auto})
	if d := cmp.Diff([]string{"3 0550000001 PREPAID_OOREDOO 500"}, paid(in)); d != "" {
		t.Error(d)
	}
	unseen := workbookOf(t, func(f *excelize.File) {
		set(t, f, "Sheet1", []any{"phone", "amount"}, []any{"", 300}, []any{"0550000001", 500})
		if err := f.MergeCell("Sheet1", "A1", "A2"); err != nil {
			t.Fatal(err)
		}
	})
	_, err := readBytes(t, unseen, Options{}, Rules{DefaultPlan: Auto})
	wantError(t, err, ErrColumns, "A1:A2", "row 1", "unmerge", `"Sheet1"`)
}

// What excelize's own iterator says of a sheet is what comes out: the package
// that it is given holds the same cells.
func TestSameAsExcelize(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("aé \t\n<&>\"'_x0041_رقم;,0123=#")), 0, 12, -1)
		rows := rapid.SliceOfN(rapid.SliceOfN(text, 3, 3), 1, 8).Draw(rt, "rows")
		content := workbookOf(t, func(f *excelize.File) {
			set(t, f, "Sheet1", []any{"phone", "a", "b"})
			for i, r := range rows {
				row := []any{r[0] + "!", r[1], r[2]} // no row is blank
				if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+2), &row); err != nil {
					rt.Fatal(err)
				}
			}
		})
		in, err := readBytes(t, content, Options{}, Rules{})
		if err != nil {
			rt.Fatal(err)
		}
		if len(in.Rows) != len(rows) {
			rt.Fatalf("%d rows of %d", len(in.Rows), len(rows))
		}
		for i, r := range in.Rows {
			if d := cmp.Diff([]string{rows[i][0] + "!", rows[i][1], rows[i][2]}, r.Cells.List()); d != "" {
				rt.Fatal(d)
			}
		}
	})
}

// Phones are never written anywhere: large workbooks are read without
// temporary files, and on a disk that has no room for any.
func TestNoTemporaryFiles(t *testing.T) {
	large := rawBook(t, inSheet(goodRow+strings.Repeat("<!-- sixteen b -->", excelize.StreamChunkSize/16)))
	path := file(t, "payroll.xlsx", large)
	t.Setenv("TMPDIR", t.TempDir()+"/none")
	if _, err := os.CreateTemp("", ""); err == nil {
		t.Skip("temporary files go elsewhere on this system")
	}
	in, err := Read(context.Background(), path, Options{}, Rules{Catalogue: catalogue(t), DefaultPlan: Auto})
	if err != nil || len(in.Rows) != 1 || !in.Rows[0].Valid() {
		t.Errorf("%+v, %v", in, err)
	}
}

// What the cell shows and what it holds are two amounts: nobody can tell which
// is meant.
func TestScaledAmounts(t *testing.T) {
	for _, format := range []string{"0%", "0,", `0" 000"`} {
		content := workbookOf(t, func(f *excelize.File) {
			set(t, f, "Sheet1", []any{"phone", "amount", "note"}, []any{"0550000001", 500, 0.5}, []any{"0550000002", "500 DA", 1})
			style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellStyle("Sheet1", "A2", "C3", style); err != nil {
				t.Fatal(err)
			}
		})
		in := mustRead(t, content, Options{}, Rules{DefaultPlan: Auto})
		if d := cmp.Diff([]string{"2 amount.format", "3"}, told(in)); d != "" {
			t.Errorf("%s: %s", format, d)
		}
		if p := in.Rows[0].Problems(); len(p) != 1 || p[0].Value != "500 ?" || !strings.Contains(p[0].Message.String(), "another number than it holds") || in.Rows[0].Cells.At(2) != "0.5" {
			t.Errorf("%s: %+v", format, p)
		}
	}
}
