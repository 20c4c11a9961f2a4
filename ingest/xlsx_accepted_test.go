package ingest

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

// utf16Of is a text in UTF-16, little-endian, with a byte order mark.
func utf16Of(text string) string {
	b := []byte("\xff\xfe")
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

// What real producers have written, and Excel opens, is read.
func TestAccepted(t *testing.T) {
	sheet := inSheet(goodRow)
	styles := func(xfs string) [2]string {
		return [2]string{"xl/styles.xml", `<styleSheet xmlns:mc="mc"><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts><cellXfs>` + xfs + `</cellXfs></styleSheet>`}
	}
	rels := func(more string) [2]string {
		return [2]string{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="r"><Relationship Id="s1" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="s2" Type="` + office + `/sharedStrings" Target="/xl/sharedStrings.xml"/>` + more + `</Relationships>`}
	}
	inline := `<row r="2"><c r="A2" t="inlineStr"><is><t>0550000001</t></is></c><c r="B2"><v>500</v></c></row>`
	noShared := `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c><c r="B1" t="inlineStr"><is><t>amount</t></is></c></row>` + inline + `</sheetData></worksheet>`
	for name, content := range map[string][]byte{
		"a module of macros": rawBook(t, sheet, [2]string{"xl/workbook.xml", `<workbook xmlns:r="x"><sheets><sheet name="Module1" sheetId="2" r:id=""/><sheet name="Paie" sheetId="1" r:id="s1"/></sheets></workbook>`}),
		"inline and value":   rawBook(t, inSheet(`<row r="2"><c r="A2" t="inlineStr"><v>7</v><is><t>0550000001</t></is></c><c r="B2"><v>500</v></c></row>`)),
		"inline, then value": rawBook(t, inSheet(`<row r="2"><c r="A2" t="inlineStr"><is><t>0550000001</t></is><v>7</v></c><c r="B2"><v>500</v></c></row>`)),
		"UTF-16":             rawBook(t, utf16Of(`<?xml version="1.0" encoding="UTF-16"?>`+sheet)),
		"UTF-16 everywhere": rawBook(t, utf16Of(`<?xml version="1.0" encoding="UTF-16" standalone="yes"?>`+sheet), [2]string{"xl/workbook.xml", utf16Of(`<?xml version="1.0" encoding="utf-16"?><workbook xmlns:r="x"><sheets><sheet name="Paie" sheetId="1" r:id="s1"/></sheets></workbook>`)},
			[2]string{"xl/sharedStrings.xml", utf16Of(`<sst><si><t>phone</t></si><si><t>amount</t></si><si><t>0550000001</t></si></sst>`)}),
		"US-ASCII":                rawBook(t, `<?xml version="1.0" encoding="US-ASCII"?>`+sheet),
		"ISO-8859-1":              rawBook(t, `<?xml version="1.0" encoding="ISO-8859-1"?>`+strings.Replace(strings.Replace(sheet, "</row><row", "<c r=\"C1\" t=\"str\"><v>n</v></c></row><row", 1), "</row></sheetData>", "<c r=\"C2\" t=\"str\"><v>\xe9t\xe9</v></c></row></sheetData>", 1)),
		"XML 1.1":                 rawBook(t, `<?xml version="1.1" encoding="UTF-8"?>`+sheet),
		"empty style":             rawBook(t, strings.Replace(sheet, `<c r="B2">`, `<c r="B2" s="">`, 1)),
		"styles missing":          rawBook(t, sheet, rels(`<Relationship Id="s3" Type="`+office+`/styles" Target="nowhere.xml"/>`)),
		"shared texts missing":    rawBook(t, noShared, [2]string{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="r"><Relationship Id="s1" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="s2" Type="` + office + `/sharedStrings" Target="nowhere.xml"/></Relationships>`}),
		"merged column beside":    rawBook(t, strings.Replace(sheet, "</sheetData>", `</sheetData><mergeCells><mergeCell ref="D:E"/><mergeCell ref="1:1"/></mergeCells>`, 1)),
		"a filter among rows":     rawBook(t, strings.Replace(sheet, `<row r="2">`, `<autoFilter ref="A1:B2"/><row r="2"><autoFilter ref="A1"><filterColumn colId="0"/></autoFilter>`, 1)),
		"a filter before":         rawBook(t, strings.Replace(sheet, `<sheetData>`, `<autoFilter ref="A1:B2"/><sheetData>`, 1)),
		"name with %20":           rawBook(t, "<x/>", [2]string{"xl/_rels/workbook.xml.rels", strings.Replace(rels("")[1], "sheet1.xml", "my%20sheet.xml", 1)}, [2]string{"xl/worksheets/my sheet.xml", sheet}),
		"name with %20 in ZIP":    rawBook(t, "<x/>", [2]string{"xl/_rels/workbook.xml.rels", strings.Replace(rels("")[1], "sheet1.xml", "my sheet.xml", 1)}, [2]string{"xl/worksheets/my%20sheet.xml", sheet}),
		"alternative styles":      rawBook(t, strings.Replace(sheet, `<c r="B2">`, `<c r="B2" s="2">`, 1), styles(`<xf numFmtId="0"/><mc:AlternateContent><mc:Choice Requires="x"><xf numFmtId="164"/></mc:Choice><mc:Fallback><xf numFmtId="164"/></mc:Fallback></mc:AlternateContent><xf numFmtId="0"/>`)),
		"alternative, none dates": rawBook(t, strings.Replace(sheet, `<c r="B2">`, `<c r="B2" s="1">`, 1), styles(`<xf numFmtId="164"/><mc:AlternateContent><mc:Choice Requires="x"><xf numFmtId="0"/></mc:Choice><mc:Fallback><xf numFmtId="1"/></mc:Fallback></mc:AlternateContent>`)),
	} {
		in, err := readBytes(t, content, Options{}, Rules{DefaultPlan: Auto})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff([]string{"2 0550000001 PREPAID_OOREDOO 500"}, paid(in)); d != "" || !in.Rows[0].Valid() {
			t.Errorf("%s: %s %v", name, d, in.Rows[0].Problems())
		}
		if name == "ISO-8859-1" && in.Rows[0].Cells.At(2) != "été" {
			t.Errorf("%s: %q", name, in.Rows[0].Cells.List())
		}
	}
	for name, tt := range map[string]struct {
		content []byte
		words   string
	}{
		"a style that may be a date": {rawBook(t, strings.Replace(sheet, `<c r="B2">`, `<c r="B2" s="1">`, 1), rels(`<Relationship Id="s3" Type="`+office+`/styles" Target="nowhere.xml"/>`)), "it may be a date"},
		"a text that is nowhere":     {rawBook(t, sheet, [2]string{"xl/_rels/workbook.xml.rels", strings.Replace(rels("")[1], "/xl/sharedStrings.xml", "nowhere.xml", 1)}), "shared texts is missing"},
		"a merged column of ours":    {rawBook(t, strings.Replace(sheet, "</sheetData>", `</sheetData><mergeCells><mergeCell ref="A:A"/></mergeCells>`, 1)), "A:A"},
		"merged rows":                {rawBook(t, strings.Replace(sheet, "</sheetData>", `</sheetData><mergeCells><mergeCell ref="2:3"/></mergeCells>`, 1)), "2:3"},
		"rows in a filter":           {rawBook(t, strings.Replace(sheet, `<sheetData>`, `<sheetData><autoFilter><row r="1"/></autoFilter>`, 1)), "<row> outside"},
		"cut UTF-16":                 {rawBook(t, utf16Of(sheet[:len(sheet)-30])), "ends"},
		"no id of a sheet":           {rawBook(t, sheet, [2]string{"xl/workbook.xml", `<workbook xmlns:r="x"><sheets><sheet name="Paie" sheetId="1"/></sheets></workbook>`}), "where the sheet is"},
		"UTF-7":                      {rawBook(t, `<?xml version="1.0" encoding="UTF-7"?>`+sheet), "it is not XML 1.0 in UTF-8"},
	} {
		_, err := readBytes(t, tt.content, Options{}, Rules{DefaultPlan: Auto})
		if err == nil || !strings.Contains(err.Error(), tt.words) {
			t.Errorf("%s: error %v does not say %q", name, err, tt.words)
		}
	}
}

// A cell without a style has the first one.
func TestFirstStyle(t *testing.T) {
	content := rawBook(t, inSheet(goodRow), [2]string{"xl/styles.xml", `<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>`})
	if p := mustRead(t, content, Options{}, Rules{DefaultPlan: Auto}).Rows[0].Problems(); len(p) != 1 || !strings.Contains(p[0].Message.String(), "a date") {
		t.Errorf("%+v", p)
	}
}

// A workbook that Excel locks with its own password needs none.
func TestVelvetSweatshop(t *testing.T) {
	plain := workbookOf(t, func(f *excelize.File) { set(t, f, "Sheet1", []any{"phone", "amount"}, []any{"0550000001", 500}) })
	locked, err := excelize.Encrypt(plain, &excelize.Options{Password: "VelvetSweatshop"})
	if err != nil {
		t.Fatal(err)
	}
	if in := mustRead(t, locked, Options{}, Rules{DefaultPlan: Auto}); !in.Rows[0].Valid() {
		t.Error(in.Rows[0].Problems())
	}
}

// Texts beyond 16 bits are written as two escapes.
func TestEscapedPairs(t *testing.T) {
	sheet := strings.Replace(inSheet(goodRow), "</row></sheetData>", `<c r="C2" t="str"><v>a_xD83D__xDE00_b_x0041__xD83D_c_xDE00_</v></c></row></sheetData>`, 1)
	sheet = strings.Replace(sheet, `</row><row r="2">`, `<c r="C1" t="str"><v>note</v></c></row><row r="2">`, 1)
	if got := mustRead(t, rawBook(t, sheet), Options{}, Rules{DefaultPlan: Auto}).Rows[0].Cells.At(2); got != "a😀bA\ufffdc\ufffd" {
		t.Errorf("%q", got)
	}
}

// Rows that are struck through are flagged as hidden ones are.
func TestStruckThrough(t *testing.T) {
	content := workbookOf(t, func(f *excelize.File) {
		set(t, f, "Sheet1", []any{"phone", "amount", "note"}, []any{"0550000001", 500, "x"}, []any{"0550000002", 500, "x"}, []any{"0550000003", 500, "x"}, []any{nil, 500}, []any{"0550000005", 500})
		style, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
		if err != nil {
			t.Fatal(err)
		}
		for _, cells := range [][2]string{{"A2", "C2"}, {"C3", "C3"}, {"B4", "B4"}} {
			if err := f.SetCellStyle("Sheet1", cells[0], cells[1], style); err != nil {
				t.Fatal(err)
			}
		}
		runs := func(cell string, all ...bool) {
			var list []excelize.RichTextRun
			for i, struck := range all {
				list = append(list, excelize.RichTextRun{Text: []string{"05500", "00005", "0"}[i], Font: &excelize.Font{Strike: struck}})
			}
			if err := f.SetCellRichText("Sheet1", cell, list); err != nil {
				t.Fatal(err)
			}
		}
		runs("A5", true, false)
		runs("A6", true, true)
	})
	in := mustRead(t, content, Options{}, Rules{DefaultPlan: Auto})
	var got []bool
	for _, r := range in.Rows {
		got = append(got, r.Hidden())
	}
	if d := cmp.Diff([]bool{true, false, true, false, true}, got); d != "" || in.Struck != 3 || in.Hidden != 3 || !strings.Contains(in.Notes[0].String(), "struck through: 3 of 5") {
		t.Errorf("%s\n%d struck, notes %q", d, in.Struck, in.Notes)
	}
}

// Ids and phones are what the sheet shows, as a CSV file of it has them; amounts
// are what it holds.
func TestShownNumbers(t *testing.T) {
	for format, want := range map[string]string{"00000": "00042", `"E-"0000`: "E-0042", "000-000": "000-042", "0": "42", "General": "42", "#,##0": "42", "0.00": "42", `0\ 000`: "0 042", "@": "42", `00000;"-"00000`: "00042", `"20"000`: "20042"} {
		content := workbookOf(t, func(f *excelize.File) {
			set(t, f, "Sheet1", []any{"id", "phone", "amount"}, []any{42, 550000001, 500})
			for cell, code := range map[string]string{"A2": format, "B2": "0000000000", "C2": "00000"} {
				style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
				if err == nil {
					err = f.SetCellStyle("Sheet1", cell, cell, style)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		})
		in := mustRead(t, content, Options{}, Rules{DefaultPlan: Auto})
		if d := cmp.Diff([]string{"2 0550000001 PREPAID_OOREDOO 500 " + want}, paid(in)); d != "" {
			t.Errorf("%s: %s%v", format, d, in.Rows[0].Problems())
		}
	}
}
