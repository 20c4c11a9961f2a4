package ingest

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

const goodRow = `<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2"><v>500</v></c></row>`

// Everything that excelize would pass over in silence is an error that names
// the part and the place.
func TestSheetDamage(t *testing.T) {
	cell := func(c string) string { return inSheet(`<row r="2">` + c + `</row>`) }
	for name, tt := range map[string]struct {
		sheet string
		words []string
	}{
		"cut short":            {inSheet(goodRow)[:len(inSheet(goodRow))-40], []string{"xl/worksheets/sheet1.xml", "line 1"}},
		"cut after a row":      {strings.TrimSuffix(inSheet(goodRow), "</sheetData></worksheet>"), []string{"ends within <sheetData>"}},
		"wrong end tag":        {strings.Replace(inSheet(goodRow), "</row></sheetData>", "</raw></sheetData>", 1), []string{"raw"}},
		"something follows":    {inSheet(goodRow) + inSheet(goodRow), []string{"follows its end"}},
		"text that is no XML":  {inSheet(goodRow + `<row r="3"><c r="A3"><v>5 & 6</v></c></row>`), []string{"line 1"}},
		"no worksheet":         {"<chartsheet/>", []string{"no worksheet"}},
		"empty":                {"", []string{"empty"}},
		"no rows":              {`<worksheet xmlns="` + mainNamespace + `"/>`, []string{"no table of rows"}},
		"two tables":           {strings.Replace(inSheet(goodRow), "</worksheet>", "<sheetData/></worksheet>", 1), []string{"several tables"}},
		"row outside":          {strings.Replace(inSheet(goodRow), "<sheetData>", "<sheetPr><row/></sheetPr><sheetData>", 1), []string{"outside"}},
		"rows out of order":    {inSheet(`<row r="3"/>` + goodRow), []string{"row 2 comes after row 3"}},
		"rows twice":           {inSheet(goodRow + goodRow), []string{"row 2 comes after row 2"}},
		"row 0":                {inSheet(`<row r="0"/>`), []string{"row 0"}},
		"row beyond":           {inSheet(`<row r="1048577"/>`), []string{"1048577"}},
		"row of no number":     {inSheet(`<row r="x"/>`), []string{`"x"`}},
		"not a row":            {inSheet(`<raw/>`), []string{"<raw>"}},
		"not a cell":           {cell(`<d/>`), []string{"<d>"}},
		"cells out of order":   {cell(`<c r="B2"><v>1</v></c><c r="A2"><v>1</v></c>`), []string{"column A comes after column B"}},
		"cell twice":           {cell(`<c r="A2"><v>1</v></c><c r="A2"><v>1</v></c>`), []string{"column A comes after column A"}},
		"cell of another row":  {cell(`<c r="A3"><v>1</v></c>`), []string{`"A3"`}},
		"cell without column":  {cell(`<c r="2"><v>1</v></c>`), []string{`"2"`}},
		"cell beyond XFD":      {cell(`<c r="XFE2"><v>1</v></c>`), []string{`"XFE2"`}},
		"two values":           {cell(`<c r="A2"><v>1</v><v>2</v></c>`), []string{"A2 has several"}},
		"value in a value":     {cell(`<c r="A2"><v>1<b/></v></c>`), []string{"<b>"}},
		"unknown text":         {cell(`<c r="A2" t="s"><v>3</v></c>`), []string{"A2", "text number 3", "there are 3"}},
		"negative text":        {cell(`<c r="A2" t="s"><v>-1</v></c>`), []string{"A2"}},
		"number of no digits":  {cell(`<c r="A2"><v>abc</v></c>`), []string{"A2", "abc"}},
		"number in Go's way":   {cell(`<c r="A2"><v>5_00</v></c>`), []string{"A2", "5_00"}},
		"number in base 16":    {cell(`<c r="A2"><v>0x1F4p0</v></c>`), []string{"A2", "0x1F4p0"}},
		"row of another kind":  {inSheet(goodRow + `<y:row xmlns:y="urn:y" r="3"/>`), []string{"<y:row>"}},
		"cell of another kind": {cell(`<y:c xmlns:y="urn:y" r="A2"><v>1</v></y:c>`), []string{"<y:c>"}},
		"style beyond":         {cell(`<c r="A2" s="4"><v>1</v></c>`), []string{"A2", "style number 4", "there are 4"}},
		"merge of no cells":    {strings.Replace(inSheet(goodRow), "</worksheet>", `<mergeCells><mergeCell ref="A2-B3"/></mergeCells></worksheet>`, 1), []string{"A2-B3"}},
		"infinite":             {cell(`<c r="A2"><v>1e999</v></c>`), []string{"A2"}},
		"kind unknown":         {cell(`<c r="A2" t="z"><v>1</v></c>`), []string{`"z"`}},
		"kind twice":           {cell(`<c r="A2" t="n" x:t="s"><v>1</v></c>`), []string{"twice"}},
		"style unknown":        {cell(`<c r="A2" s="-1"><v>1</v></c>`), []string{"style"}},
		"column of no number":  {strings.Replace(inSheet(goodRow), "<sheetData>", `<cols><col min="x" max="2" hidden="1"/></cols><sheetData>`, 1), []string{`"x"`}},
		"document type":        {`<!DOCTYPE worksheet [<!ENTITY a "5">]>` + inSheet(goodRow), []string{"document type"}},
		"external entity":      {`<?xml version="1.0"?><!DOCTYPE w SYSTEM "file:///etc/passwd">` + inSheet(goodRow), []string{"document type"}},
		"entity of no meaning": {inSheet(`<row r="2"><c r="A2" t="str"><v>&a;</v></c></row>`), []string{"&a;"}},
		"deep":                 {strings.Replace(inSheet(goodRow), "<sheetData>", strings.Repeat("<a>", 100)+strings.Repeat("</a>", 100)+"<sheetData>", 1), []string{"64 deep"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readBytes(t, rawBook(t, tt.sheet), Options{}, Rules{DefaultPlan: Auto})
			wantError(t, err, ErrDamaged, append(tt.words, "payroll", "sheet1.xml", `"Paie"`)...)
		})
	}
	if in := mustRead(t, rawBook(t, inSheet(goodRow)), Options{}, Rules{DefaultPlan: Auto}); !in.Rows[0].Valid() {
		t.Error("the undamaged sheet is not valid either")
	}
}

// The other parts are read to their end too.
func TestPackageDamage(t *testing.T) {
	for name, tt := range map[string]struct {
		part  [2]string
		words string
	}{
		"shared texts cut short": {[2]string{"xl/sharedStrings.xml", `<sst xmlns="` + mainNamespace + `"><si><t>phone</t></si><si>`}, "xl/sharedStrings.xml"},
		"shared texts of others": {[2]string{"xl/sharedStrings.xml", `<html/>`}, "no list of shared texts"},
		"workbook cut short":     {[2]string{"xl/workbook.xml", `<workbook><sheets>`}, "xl/workbook.xml"},
		"relations cut short":    {[2]string{"xl/_rels/workbook.xml.rels", `<Relationships>`}, "workbook.xml.rels"},
		"styles cut short":       {[2]string{"xl/styles.xml", `<styleSheet`}, "xl/styles.xml"},
		"styles of no number":    {[2]string{"xl/styles.xml", `<styleSheet><cellXfs><xf numFmtId="x"/></cellXfs></styleSheet>`}, "xl/styles.xml"},
		"no workbook":            {[2]string{"_rels/.rels", `<Relationships><Relationship Id="a" Type="x/other" Target="xl/workbook.xml"/></Relationships>`}, "part _rels/.rels"},
		"two workbooks":          {[2]string{"_rels/.rels", `<Relationships><Relationship Id="a" Type="x/officeDocument" Target="xl/workbook.xml"/><Relationship Id="b" Type="x/officeDocument" Target="xl/other.xml"/></Relationships>`}, "officeDocument"},
		"a sheet nowhere":        {[2]string{"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="Paie" r:id="s1"/><sheet name="Août" r:id="s9"/></sheets></workbook>`}, `sheet "Août"`},
		"a sheet elsewhere":      {[2]string{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="s1" Type="x/worksheet" Target="http://localhost/sheet1.xml" TargetMode="External"/></Relationships>`}, `sheet "Paie"`},
		"a relationship twice":   {[2]string{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="s1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="s1" Type="x/worksheet" Target="worksheets/sheet2.xml"/></Relationships>`}, `"s1"`},
		"two lists of texts":     {[2]string{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="s1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="s2" Type="x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="s3" Type="x/sharedStrings" Target="other.xml"/></Relationships>`}, "sharedStrings"},
		"a part twice":           {[2]string{"XL\\Worksheets\\sheet1.XML", inSheet(goodRow)}, "twice"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readBytes(t, rawBook(t, inSheet(goodRow), tt.part), Options{}, Rules{DefaultPlan: Auto})
			wantError(t, err, ErrDamaged, tt.words)
		})
	}
	missing := rawBook(t, inSheet(goodRow), [2]string{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="s1" Type="x/worksheet" Target="../../../etc/passwd"/></Relationships>`})
	_, err := readBytes(t, missing, Options{}, Rules{})
	wantError(t, err, ErrDamaged, "etc/passwd", "missing")
}

// A part whose checksum is wrong is refused, though its XML is good.
func TestChecksum(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	whole, err := zip.NewReader(bytes.NewReader(rawBook(t, inSheet(goodRow))), int64(len(rawBook(t, inSheet(goodRow)))))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range whole.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, r); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	content := b.Bytes()
	if in := mustRead(t, content, Options{}, Rules{DefaultPlan: Auto}); in.Rows[0].Topup.Amount != 500 {
		t.Fatal(in.Rows[0])
	}
	at := bytes.Index(content, []byte("<v>500"))
	content[at+3] = '9' // 900 dinars, and good XML
	_, err = readBytes(t, content, Options{}, Rules{DefaultPlan: Auto})
	wantError(t, err, ErrDamaged, "checksum", "sheet1.xml")
}

// Cut anywhere, changed anywhere: a workbook is an error or the same payroll.
// Never is it another.
func TestEveryByteCounts(t *testing.T) {
	whole := workbookOf(t, func(f *excelize.File) {
		rows := [][]any{{"id", "phone", "amount"}}
		for i := range 40 {
			rows = append(rows, []any{fmt.Sprint("E", i), fmt.Sprintf("0550%06d", i), 500 + i})
		}
		set(t, f, "Sheet1", rows...)
	})
	want := mustRead(t, whole, Options{}, Rules{DefaultPlan: Auto})
	try := func(what string, content []byte) {
		in, err := readBytes(t, content, Options{}, Rules{DefaultPlan: Auto})
		if _, told := errors.AsType[*FileError](err); err != nil && !told {
			t.Errorf("%s: %v is no *FileError", what, err)
		}
		if err == nil {
			if d := cmp.Diff(want.Rows, in.Rows); d != "" {
				t.Errorf("%s: another payroll\n%s", what, d)
			}
		}
	}
	step := 23
	if testing.Short() {
		step = 97
	}
	for n := 0; n < len(whole); n += step {
		try(fmt.Sprintf("cut at byte %d of %d", n, len(whole)), whole[:n])
		flipped := bytes.Clone(whole)
		flipped[n] ^= 0x20
		try(fmt.Sprintf("byte %d of %d changed", n, len(whole)), flipped)
	}
}

// manyAttributes are n attributes of different names.
func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` a%d=""`, i)
	}
	return b.String()
}

// Hostile workbooks end with an error, soon.
func TestHostile(t *testing.T) {
	small := Limits{UnzippedBytes: 5 << 20}
	blanks := strings.Repeat(" ", 1<<20)
	huge := strings.Repeat("<!--"+blanks+"-->", 6)
	for name, tt := range map[string]struct {
		content []byte
		reason  error
		words   string
	}{
		"zip bomb in the sheet":  {rawBook(t, inSheet(huge)), ErrLimit, "5 MiB"},
		"zip bomb in the texts":  {rawBook(t, inSheet(goodRow), [2]string{"xl/sharedStrings.xml", `<sst>` + huge + `</sst>`}), ErrLimit, "5 MiB"},
		"zip bomb in the styles": {rawBook(t, inSheet(goodRow), [2]string{"xl/styles.xml", `<styleSheet>` + huge + `</styleSheet>`}), ErrLimit, "styles.xml"},
		"one endless attribute":  {rawBook(t, inSheet(`<row r="2" x="`+strings.Repeat("y", 9<<19)+`"/>`)), ErrLimit, "4 MiB"},
		"endless attributes":     {rawBook(t, inSheet(`<row r="2"`+manyAttributes(1<<18)+`/>`)), ErrDamaged, "256 attributes"},
		"an endless text":        {rawBook(t, inSheet(`<row r="2"><c r="A2" t="str"><v>`+strings.Repeat("0", 32_768)+`</v></c></row>`)), ErrLimit, "32767 characters"},
		"values far right":       {rawBook(t, inSheet(`<row r="2"><c r="XFD2"><v>1</v></c></row>`)), ErrLimit, `"XFD"`},
		"a picture of a bomb":    {rawBook(t, inSheet(``), [2]string{"xl/media/image1.png", huge + huge}), ErrEmpty, "no row"},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := readBytes(t, tt.content, Options{Limits: small}, Rules{DefaultPlan: Auto})
			wantError(t, err, tt.reason, tt.words)
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("it took %s", d)
			}
		})
	}
}

// A text that is stored once may stand in any number of cells: what the cells
// hold is bounded, not only what is unzipped.
func TestTextsAreBounded(t *testing.T) {
	text := `<si><t>` + strings.Repeat("z", 30_000) + `</t></si>`
	texts := func(n int) [2]string {
		return [2]string{"xl/sharedStrings.xml", `<sst><si><t>phone</t></si><si><t>amount</t></si>` + strings.Repeat(text, n) + `</sst>`}
	}
	rows := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `<row r="%d"><c r="A%[1]d" t="s"><v>2</v></c></row>`, i+2)
		}
		return inSheet(b.String())
	}
	small := Limits{FileBytes: 1 << 20}
	for name, content := range map[string][]byte{
		"one text in many cells": rawBook(t, rows(40), texts(1)),
		"many texts":             rawBook(t, rows(1), texts(40)),
		"many empty texts":       rawBook(t, rows(1), [2]string{"xl/sharedStrings.xml", `<sst>` + strings.Repeat(`<si/>`, 100_000) + `</sst>`}),
	} {
		_, err := readBytes(t, content, Options{Limits: small}, Rules{DefaultPlan: Auto})
		wantError(t, err, ErrLimit, "1 MiB", "--limit file-bytes=2M")
		if name == "one text in many cells" {
			wantError(t, err, ErrLimit, `"Paie"`)
		}
	}
	mustRead(t, rawBook(t, rows(30), texts(1)), Options{Limits: small}, Rules{DefaultPlan: Auto})
}

// Sheets as real programs leave them: rows by the hundred thousand that hold
// nothing, other namespaces, other prefixes, parts elsewhere, macros.
func TestOddButSound(t *testing.T) {
	var blankRows strings.Builder
	for i := 3; i <= 20_000; i++ {
		fmt.Fprintf(&blankRows, `<row r="%d" spans="1:2"><c r="A%[1]d" s="1"/></row>`, i)
	}
	const strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
	const strictRel = "http://purl.oclc.org/ooxml/officeDocument/relationships"
	for name, content := range map[string][]byte{
		"blank rows":      rawBook(t, inSheet(goodRow+blankRows.String())),
		"last row of all": rawBook(t, inSheet(goodRow+`<row r="1048576"><c r="A1048576" s="1"/></row>`)),
		"strict OOXML": rawBook(t, strings.ReplaceAll(inSheet(goodRow), mainNamespace, strict),
			[2]string{"_rels/.rels", `<Relationships><Relationship Id="a" Type="` + strictRel + `/officeDocument" Target="/xl/workbook.xml"/></Relationships>`},
			[2]string{"xl/workbook.xml", `<workbook xmlns="` + strict + `" xmlns:r="` + strictRel + `"><sheets><sheet name="Paie" sheetId="1" r:id="s1"/></sheets></workbook>`},
			[2]string{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="s1" Type="` + strictRel + `/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="s2" Type="` + strictRel + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
			[2]string{"xl/sharedStrings.xml", `<sst xmlns="` + strict + `"><si><t>phone</t></si><si><t>amount</t></si><si><t>0550000001</t></si></sst>`}),
		"prefixes": rawBook(t, strings.NewReplacer("<worksheet xmlns=", "<x:worksheet xmlns:x=", "</", "</x:", "<", "<x:").Replace(inSheet(goodRow))),
		"parts elsewhere": rawBook(t, "",
			[2]string{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="s1" Type="r/worksheet" Target="../data/Blatt.XML"/><Relationship Id="s2" Type="r/sharedStrings" Target="/data/texts.xml"/></Relationships>`},
			[2]string{"data/blatt.xml", inSheet(goodRow)},
			[2]string{"data/texts.xml", `<sst xmlns="` + mainNamespace + `"><si><t>phone</t></si><si><t>amount</t></si><si><t>0550000001</t><rPh sb="0" eb="1"><t>x</t></rPh></si></sst>`}),
		"macros and links": rawBook(t, inSheet(goodRow), [2]string{"xl/vbaProject.bin", "\x00\x01"}, [2]string{"xl/externalLinks/externalLink1.xml", "<externalLink/>"}),
		"comments in XML":  rawBook(t, inSheet(strings.Replace(goodRow, "<v>500", "<v>5<!-- x -->00", 1))),
		"drawings behind":  rawBook(t, strings.Replace(inSheet(goodRow), "</worksheet>", "<controls><from><row>1</row></from></controls></worksheet>", 1)),
	} {
		t.Run(name, func(t *testing.T) {
			in := mustRead(t, content, Options{}, Rules{DefaultPlan: Auto})
			if d := cmp.Diff([]string{"2 0550000001 PREPAID_OOREDOO 500"}, paid(in)); d != "" {
				t.Error(d)
			}
		})
	}
}
