package xlsx

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"flexybatch/ingest/fault"
)

// scanned is every token of the scanner in words.
func scanned(r io.Reader) (tokens []string, err error) {
	s := scanner{r: r, limit: tokenBytes}
	text := ""
	flush := func() {
		if text != "" {
			tokens = append(tokens, "text "+text)
		}
		text = ""
	}
	for {
		t, err := s.next()
		if err == io.EOF {
			flush()
			return tokens, nil
		}
		if err != nil {
			return nil, err
		}
		if t == tokenText {
			text += string(s.text)
			continue
		}
		flush()
		switch t {
		case tokenStart:
			word := "start " + string(s.name)
			for _, a := range s.attrs {
				word += fmt.Sprintf(" %s=%q", a.full, a.value)
			}
			tokens = append(tokens, word)
		case tokenEnd:
			tokens = append(tokens, "end "+string(s.name))
		case tokenDirective:
			return nil, errors.New("directive")
		}
	}
}

// decoded is the same by encoding/xml.
func decoded(r io.Reader) (tokens []string, err error) {
	d := xml.NewDecoder(r)
	text := ""
	flush := func() {
		if text != "" {
			tokens = append(tokens, "text "+text)
		}
		text = ""
	}
	full := func(n xml.Name) string {
		if n.Space != "" {
			return n.Space + ":" + n.Local
		}
		return n.Local
	}
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			flush()
			return tokens, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.CharData:
			text += string(t)
		case xml.StartElement:
			flush()
			word := "start " + full(t.Name)
			for _, a := range t.Attr {
				word += fmt.Sprintf(" %s=%q", full(a.Name), a.Value)
			}
			tokens = append(tokens, word)
		case xml.EndElement:
			flush()
			tokens = append(tokens, "end "+full(t.Name))
		case xml.Directive:
			return nil, errors.New("directive")
		}
	}
}

var xmlSeeds = []string{
	``, `<a/>`, `<a></a>`, `<a b="c" d='e'/>`, `<x:a x:b="&lt;&#65;&#x42;"/>`, "<a>\r\nb\rc</a>", `<a><![CDATA[<b>&]]></a>`,
	`<!-- a --><a/>`, `<!-- a -- b --><a/>`, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><a/>`, `<?xml version="1.1"?><a/>`,
	`<?xml version="1.0" encoding="latin1"?><a/>`, `<!DOCTYPE a><a/>`, `<a b=c/>`, `<a b="<"/>`, `<a b="c" b="d"/>`, `<a b="c"d="e"/>`,
	`<a>]]></a>`, `<a b="]]>"/>`, `<a>&b;</a>`, `<a>&#xD800;</a>`, `<a>&#0;</a>`, "<a>\x00</a>", "<a>\xff</a>", "<a>é ع \U0001F600</a>", "<a>\ufffe</a>",
	`<a >`, `< a>`, `</a >`, `</ a>`, `<a/ >`, `<a:b:c/>`, `<:a/>`, `<a:/>`, `<é/>`, `<a`, `<a b`, `<a b=`, `<a b="`, `<`, `<!`, `<!-`, `<!--`, `<![CDATA[`, `<?`, `<?a`, `</`,
	"\ufeff<a/>", `<a b = "c"/>`, "<a\nb='\n\t\"'\n/>", `<a>&amp</a>`, `<a>&amp;&apos;&quot;&gt;</a>`, `<?a b?><a/>`, `<a><?b c?>d<!-- e -->f</a>`,
}

// FuzzScanner holds the scanner to encoding/xml: what that refuses it refuses,
// and of what it takes both say the same, however the bytes come in.
func FuzzScanner(f *testing.F) {
	for _, s := range xmlSeeds {
		f.Add([]byte(s))
	}
	f.Add([]byte(inSheet(goodRow)))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := scanned(bytes.NewReader(text))
		byBytes, errByBytes := scanned(iotest.OneByteReader(bytes.NewReader(text)))
		if (err == nil) != (errByBytes == nil) || !cmp.Equal(got, byBytes) {
			t.Fatalf("whole: %q, %v\nbyte by byte: %q, %v", got, err, byBytes, errByBytes)
		}
		if err != nil {
			return
		}
		want, err := decoded(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("taken, and encoding/xml says %v", err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("encoding/xml (-), the scanner (+):\n%s", diff)
		}
	})
}

// What spreadsheet programs write is taken.
func TestScannerTakesWhatProgramsWrite(t *testing.T) {
	for _, s := range []string{
		`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n" + inSheet(goodRow),
		`<?xml version='1.0' encoding='utf-8'?><x:worksheet xmlns:x="u"><x:sheetData/></x:worksheet>`,
		"\ufeff<?xml version=\"1.0\" encoding=\"UTF-8\"?><a xml:space=\"preserve\"> é\u00a0ع </a>",
		`<a><!-- made by hand --><b c="&quot;x&quot;"/>a &amp; b<![CDATA[ <c> ]]></a>`,
	} {
		if _, err := scanned(strings.NewReader(s)); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// Undamaged sheets say the same to us as to excelize.
func TestCellsAgreeWithExcelize(t *testing.T) {
	content := workbookOf(t, func(f *excelize.File) {
		set(t, f, "Sheet1", []any{"title"}, nil, []any{"phone", "plan", "montant", "nom"})
		for i := 4; i < 300; i++ {
			row := []any{fmt.Sprintf("05%08d", i), "PREPAID_OOREDOO", 100 + i, strings.Repeat("é", i%7) + "<&>\"' \n_x0041_ " + fmt.Sprint(i)}
			switch i % 5 {
			case 0:
				row[1] = nil
			case 1:
				row[2] = 0.1 * float64(i)
			case 2:
				row[3] = i%2 == 0
			}
			if i%11 == 0 {
				continue
			}
			if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i), &row); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.SetCellRichText("Sheet1", "D4", []excelize.RichTextRun{{Text: "Ben "}, {Text: " Ali", Font: &excelize.Font{Bold: true}}}); err != nil {
			t.Fatal(err)
		}
	})
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var want, got []string
	rows, err := f.Rows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		if len(cells) > 0 {
			want = append(want, fmt.Sprintf("%d %q", n, cells))
		}
	}
	w, err := Open(string(content), fault.Limits{}.OrDefault())
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := w.Rows(w.Sheets[0])
	if err != nil {
		t.Fatal(err)
	}
	defer sheet.Close()
	for err = sheet.Next(); err == nil; err = sheet.Next() {
		if cells := sheet.dialect.(*sheetScan).appendStored(nil); len(cells) > 0 {
			got = append(got, fmt.Sprintf("%d %q", sheet.Number, cells))
		}
	}
	if err != io.EOF {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("excelize (-), we (+):\n%s", diff)
	}
}
