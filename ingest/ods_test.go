package ingest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// odsContent is the content of a spreadsheet in OpenDocument.
func odsContent(styles string, tables ...string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">` +
		`<office:automatic-styles>` + styles + `</office:automatic-styles><office:body><office:spreadsheet>` + strings.Join(tables, "") + `</office:spreadsheet></office:body></office:document-content>`
}

func odsBook(tb testing.TB, content string, files ...[2]string) []byte {
	return zipOf(tb, append([][2]string{{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"META-INF/manifest.xml", `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="content.xml"/></manifest:manifest>`}, {"content.xml", content}}, files...)...)
}

// odsTable is a sheet of rows of XML below the header phone, amount, id.
func odsTable(name string, rows ...string) string {
	return `<table:table table:name="` + name + `"><table:table-column table:number-columns-repeated="3"/>` + odsRow("phone", "amount", "id") + strings.Join(rows, "") +
		`<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>`
}

func odsRow(texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		b.WriteString(odsText(text))
	}
	return "<table:table-row>" + b.String() + "</table:table-row>"
}

func odsText(text string) string {
	return `<table:table-cell office:value-type="string"><text:p>` + text + `</text:p></table:table-cell>`
}

func odsNumber(value, shown string) string {
	return `<table:table-cell office:value-type="float" office:value="` + value + `"><text:p>` + shown + `</text:p></table:table-cell>`
}

func odsCells(cells ...string) string {
	return "<table:table-row>" + strings.Join(cells, "") + "</table:table-row>"
}

// A spreadsheet of LibreOffice is read as the same in XLSX is.
func TestODS(t *testing.T) {
	phoneCell := odsText("0550000001")
	for name, tt := range map[string]struct {
		row  string
		want string // the rows, as paid or told have them
	}{
		"texts":             {odsRow("0550000001", "500", "A"), "2 0550000001 PREPAID_OOREDOO 500 A"},
		"numbers":           {odsCells(odsNumber("550000001", "0550000001"), odsNumber("500", "500,00 DA"), odsNumber("42", "00042")), "2 0550000001 PREPAID_OOREDOO 500 00042"},
		"plain number id":   {odsCells(phoneCell, odsNumber("1500", "1 500"), odsNumber("1042", "1,042")), "2 0550000001 PREPAID_OOREDOO 1500 1042"},
		"no text shown":     {odsCells(phoneCell, `<table:table-cell office:value-type="float" office:value="500"/>`), "2 0550000001 PREPAID_OOREDOO 500"},
		"currency":          {odsCells(phoneCell, `<table:table-cell office:value-type="currency" office:currency="DZD" office:value="500"><text:p>500 DA</text:p></table:table-cell>`), "2 0550000001 PREPAID_OOREDOO 500"},
		"formula":           {odsCells(phoneCell, `<table:table-cell table:formula="of:=1" office:value-type="float" office:value="500"><text:p>500</text:p></table:table-cell>`), "2 0550000001 PREPAID_OOREDOO 500"},
		"spans and spaces":  {odsCells(odsText(`  <text:span text:style-name="x">0550</text:span>000001 `), odsText("5<text:span>0</text:span>0"), odsText("a<text:s text:c=\"2\"/>b<text:line-break/>c\n  d")), "2 0550000001 PREPAID_OOREDOO 500 a  b\nc d"},
		"a note beside":     {odsCells(phoneCell, `<table:table-cell office:value-type="string"><office:annotation><text:p>900</text:p></office:annotation><text:p>500</text:p></table:table-cell>`), "2 0550000001 PREPAID_OOREDOO 500"},
		"string-value":      {odsCells(phoneCell, `<table:table-cell office:value-type="string" office:string-value="500"><text:p>500</text:p></table:table-cell>`), "2 0550000001 PREPAID_OOREDOO 500"},
		"repeated rows":     {`<table:table-row table:number-rows-repeated="2">` + phoneCell + odsText("500") + `</table:table-row>`, "2 0550000001 PREPAID_OOREDOO 500|3 0550000001 PREPAID_OOREDOO 500"},
		"rows apart":        {`<table:table-row table:number-rows-repeated="7"><table:table-cell/></table:table-row>` + odsRow("0550000001", "500"), "9 0550000001 PREPAID_OOREDOO 500"},
		"groups":            {"<table:table-rows>" + odsRow("0550000001", "500") + "</table:table-rows>" + "<table:table-row-group>" + odsRow("0550000001", "600") + "</table:table-row-group>", "2 0550000001 PREPAID_OOREDOO 500|3 0550000001 PREPAID_OOREDOO 600"},
		"percentage":        {odsCells(phoneCell, `<table:table-cell office:value-type="percentage" office:value="500"><text:p>50000%</text:p></table:table-cell>`), "2 amount.format"},
		"thousands":         {odsCells(phoneCell, odsNumber("500000", "500")), "2 amount.format"},
		"own separator":     {odsCells(phoneCell, odsNumber("500", "5.00")), "2 amount.format"},
		"shows nothing":     {odsCells(phoneCell, odsNumber("500", "")), "2 amount.format"},
		"date":              {odsCells(phoneCell, `<table:table-cell office:value-type="date" office:date-value="2026-01-01"><text:p>01/01/26</text:p></table:table-cell>`), "2 amount.format"},
		"boolean":           {odsCells(phoneCell, `<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>VRAI</text:p></table:table-cell>`), "2 amount.format"},
		"error":             {odsCells(phoneCell, `<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0 !</text:p></table:table-cell>`), "2 cell.error"},
		"formula not saved": {odsCells(phoneCell, `<table:table-cell table:formula="of:=1"/>`), "2 cell.error"},
	} {
		in, err := readBytes(t, odsBook(t, odsContent("", odsTable("Paie", tt.row))), Options{}, Rules{DefaultPlan: Auto})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := strings.Join(paid(in), "|"); got != tt.want && strings.Join(told(in), "|") != tt.want || in.Format.String() != "ODS" {
			t.Errorf("%s: %s is read, %s: %v; want %s", name, in.Format, got, in.Rows[0].Problems(), tt.want)
		}
	}
}

// What cannot be seen in a spreadsheet of LibreOffice is flagged, and what is
// merged is asked about.
func TestODSUnseen(t *testing.T) {
	row := odsRow("0550000001", "500")
	styles := `<style:style style:name="off" style:family="table"><style:table-properties table:display="false"/></style:style>` +
		`<style:style style:name="struck" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/></style:style>` +
		`<style:style style:name="child" style:parent-style-name="struck"/><style:style style:name="plain"><style:text-properties style:text-line-through-style="none" style:text-line-through-type="none"/></style:style>`
	for name, tt := range map[string]struct {
		table  string
		unseen bool
	}{
		"row":                   {odsTable("P", strings.Replace(row, "table-row>", `table-row table:visibility="collapse">`, 1)), true},
		"filtered":              {odsTable("P", strings.Replace(row, "table-row>", `table-row table:visibility="filter">`, 1)), true},
		"group":                 {odsTable("P", `<table:table-row-group table:display="false">`+row+`</table:table-row-group>`), true},
		"column":                {strings.Replace(odsTable("P", row), `<table:table-column table:number-columns-repeated="3"/>`, `<table:table-column/><table:table-column table:visibility="collapse"/>`, 1), true},
		"another column":        {strings.Replace(odsTable("P", row), `<table:table-column table:number-columns-repeated="3"/>`, `<table:table-column table:number-columns-repeated="3"/><table:table-column table:visibility="collapse"/>`, 1), false},
		"sheet":                 {strings.Replace(odsTable("P", row), `table:name="P"`, `table:name="P" table:style-name="off"`, 1), true},
		"struck":                {odsTable("P", strings.Replace(row, "table-cell ", `table-cell table:style-name="struck" `, 1)), true},
		"struck, by its parent": {odsTable("P", strings.Replace(row, "table-cell ", `table-cell table:style-name="child" `, 1)), true},
		"struck text":           {odsTable("P", odsCells(odsText(`<text:span text:style-name="struck">0550000001</text:span>`), odsText("500"))), true},
		"partly struck":         {odsTable("P", odsCells(odsText(`<text:span text:style-name="struck">0550</text:span>000001`), odsText("500"))), false},
		"plain":                 {odsTable("P", strings.Replace(row, "table-cell ", `table-cell table:style-name="plain" `, 1)), false},
	} {
		in := mustRead(t, odsBook(t, odsContent(styles, tt.table)), Options{}, Rules{DefaultPlan: Auto})
		if in.Rows[0].Hidden() != tt.unseen || !in.Rows[0].Valid() {
			t.Errorf("%s: hidden %v, %v", name, in.Rows[0].Hidden(), in.Rows[0].Problems())
		}
	}
	merged := odsTable("P", odsCells(odsText("0550000001"), `<table:table-cell office:value-type="string" table:number-rows-spanned="2"><text:p>500</text:p></table:table-cell>`), odsCells(odsText("0550000002"), `<table:covered-table-cell/>`))
	_, err := readBytes(t, odsBook(t, odsContent("", merged)), Options{}, Rules{DefaultPlan: Auto})
	wantError(t, err, ErrMerged, "B2:B3")
	in := mustRead(t, odsBook(t, odsContent("", merged)), Options{SpreadMerged: true}, Rules{DefaultPlan: Auto})
	if d := cmp.Diff([]string{"2 0550000001 PREPAID_OOREDOO 500", "3 0550000002 PREPAID_OOREDOO 500"}, paid(in)); d != "" {
		t.Error(d)
	}
}

func TestODSSheets(t *testing.T) {
	row := odsRow("0550000001", "500")
	other := `<table:table table:name="Notes">` + odsRow("Bonjour") + `</table:table>`
	changes := `<table:tracked-changes><table:deletion><table:table-cell><text:p>phone</text:p></table:table-cell></table:deletion></table:tracked-changes>`
	in := mustRead(t, odsBook(t, odsContent("", changes, other, odsTable("Paie", row), other)), Options{}, Rules{DefaultPlan: Auto})
	if in.Sheet != "Paie" || len(in.Rows) != 1 {
		t.Errorf("%+v", in)
	}
	_, err := readBytes(t, odsBook(t, odsContent("", odsTable("Mars", row), odsTable("Avril", row))), Options{}, Rules{DefaultPlan: Auto})
	wantError(t, err, ErrSheets, `"Mars", "Avril"`)
	if in := mustRead(t, odsBook(t, odsContent("", odsTable("Mars", row), odsTable("Avril", row, row))), Options{Sheet: "avril"}, Rules{DefaultPlan: Auto}); len(in.Rows) != 2 {
		t.Errorf("%+v", in)
	}
	// Without its first part, and under other prefixes.
	content := odsContent("", odsTable("Paie", row))
	mustRead(t, zipOf(t, [2]string{"META-INF/manifest.xml", "<m/>"}, [2]string{"content.xml", content}), Options{}, Rules{DefaultPlan: Auto})
	mustRead(t, odsBook(t, strings.NewReplacer("table:", "t:", "xmlns:table=", "xmlns:t=", "office:", "o:", "xmlns:office=", "xmlns:o=", "opendocument:xmlns:table:", "opendocument:xmlns:table:", "opendocument:xmlns:office:", "opendocument:xmlns:office:").Replace(content)), Options{}, Rules{DefaultPlan: Auto})
	locked := odsBook(t, "noise")
	_, err = readBytes(t, zipOf(t, [2]string{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, [2]string{"META-INF/manifest.xml", `<m:manifest xmlns:m="m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>`}, [2]string{"content.xml", "noise"}), Options{}, Rules{})
	wantError(t, err, ErrPassword, "under a password")
	_, err = readBytes(t, locked, Options{}, Rules{})
	wantError(t, err, ErrDamaged, "content.xml")
}

// A spreadsheet that is cut short or changed is never a shorter list of rows.
func TestODSDamage(t *testing.T) {
	row := odsRow("0550000001", "500")
	content := odsContent("", odsTable("Paie", row, odsRow("0550000002", "600")))
	for name, damaged := range map[string]string{
		"cut":           content[:len(content)-100],
		"cut in a row":  content[:strings.LastIndex(content, "0550000002")],
		"wrong end":     strings.Replace(content, "</table:table-row>", "</table:table-raw>", 1),
		"not a number":  odsContent("", odsTable("Paie", odsCells(odsText("0550000001"), odsNumber("5oo", "500")))),
		"no kind":       odsContent("", odsTable("Paie", odsCells(odsText("0550000001"), `<table:table-cell office:value-type="money" office:value="5"><text:p>5</text:p></table:table-cell>`))),
		"within a cell": odsContent("", odsTable("Paie", odsCells(odsText("0550000001")+"<table:table-row/>"))),
		"sub-table":     odsContent("", odsTable("Paie", `<table:table table:name="x"/>`)),
		"repeated":      odsContent("", odsTable("Paie", strings.Replace(row, "table-row>", `table-row table:number-rows-repeated="-1">`, 1))),
		"without end":   odsContent("", odsTable("Paie", strings.Replace(row, "table-row>", `table-row table:number-rows-repeated="9999999">`, 1))),
	} {
		_, err := readBytes(t, odsBook(t, damaged), Options{}, Rules{DefaultPlan: Auto})
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	wide := odsContent("", odsTable("Paie", odsCells(odsText("0550000001"), `<table:table-cell office:value-type="string" table:number-columns-repeated="16000"><text:p>x</text:p></table:table-cell>`)))
	_, err := readBytes(t, odsBook(t, wide), Options{}, Rules{DefaultPlan: Auto})
	wantError(t, err, ErrLimit, "right of the first")
	many := odsContent("", odsTable("Paie", strings.Replace(row, "table-row>", `table-row table:number-rows-repeated="1000000">`, 1)))
	_, err = readBytes(t, odsBook(t, many), Options{Limits: Limits{Rows: 1000}}, Rules{DefaultPlan: Auto})
	wantError(t, err, ErrLimit, "more than 1000 rows")
	long := odsContent("", odsTable("Paie", odsCells(odsText("0550000001"), odsText(strings.Repeat(`<text:s text:c="999999999"/>`, 1000)+"5"))))
	_, err = readBytes(t, odsBook(t, long), Options{}, Rules{DefaultPlan: Auto})
	wantError(t, err, ErrLimit)
}

// Changing a byte of a document changes nothing in silence.
func TestODSEveryByteCounts(t *testing.T) {
	whole := odsBook(t, odsContent("", odsTable("Paie", odsRow("0550000001", "500"), odsRow("0550000002", "600"))))
	want := paid(mustRead(t, whole, Options{}, Rules{DefaultPlan: Auto}))
	rules := Rules{Catalogue: catalogue(t), DefaultPlan: Auto}
	for i := range whole {
		changed := slices.Clone(whole)
		changed[i] ^= 0x10
		in, err := read(context.Background(), string(changed), Options{}, Limits{}.OrDefault(), rules)
		if err == nil && !slices.Equal(paid(in), want) {
			t.Fatalf("byte %d changed: %q", i, paid(in))
		}
	}
}

func FuzzODS(f *testing.F) {
	for _, row := range []string{odsRow("0550000001", "500"), odsCells(odsNumber("550000001", "0550000001"), odsNumber("500", "500")), `<table:table-row table:number-rows-repeated="3">` + odsText("a") + `</table:table-row>`} {
		f.Add(odsContent("", odsTable("P", row)))
	}
	f.Fuzz(func(t *testing.T, content string) {
		in, err := read(context.Background(), string(odsBook(t, content)), Options{}, small, Rules{Catalogue: catalogue(t), DefaultPlan: Auto})
		sound(t, in, err)
	})
}
