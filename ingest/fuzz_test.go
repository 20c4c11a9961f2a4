package ingest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"flexybatch/ingest/xlsx"
)

// small keeps a fuzzer from waiting for large files.
var small = Limits{FileBytes: 1 << 20, UnzippedBytes: 8 << 20, Rows: 5000, Columns: 64, CellChars: 1000, RecordBytes: 1 << 16}

// sound holds what came of a file against what every file must come to.
func sound(t *testing.T, in *Input, err error) {
	if err != nil {
		if _, ok := errors.AsType[*FileError](err); !ok {
			t.Fatalf("%v is no *FileError", err)
		}
		if e := new(FileError); errors.As(err, &e) && (e.What.IsZero() || e.Err == nil) {
			t.Fatalf("%+v says too little", e)
		}
		return
	}
	last := 0
	for _, r := range in.Rows {
		if r.Number <= last {
			t.Fatalf("row %d comes after row %d", r.Number, last)
		}
		last = r.Number
		if len(r.Cells.List()) != len(in.Header) {
			t.Fatalf("row %d has %d cells, the header %d", r.Number, len(r.Cells.List()), len(in.Header))
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"phone,amount\n0550000001,500\n", "sep=;\nphone;amount\n0550000001;\"500\n\"\n", "\ufeffT\u00e9l\tMontant\r\n0550000001\t1 500,00 DA\r\n",
		"\xff\xfep\x00h\x00o\x00n\x00e\x00\n\x000\x00", "T\xe9l\xe9phone|Montant\n0550000001|5\n", "\xd1\xde\xe3 \xc7\xe1\xe5\xc7\xca\xdd;\xc7\xe1\xe3\xc8\xe1\xdb\n0550000001;500\n",
		"phone,amount\n\"0550000001,500\n", "phone\r0550000001\r", ",,\n", "<html>", "phone,amount,phone\n1,2,3\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		in, err := read(context.Background(), string(content), Options{}, small, Rules{Catalogue: catalogue(t), DefaultPlan: Auto})
		sound(t, in, err)
	})
}

// The bytes of a package: its ZIP, and whatever a change of a byte makes of it.
func FuzzXLSX(f *testing.F) {
	f.Add(rawBook(f, inSheet(goodRow)))
	f.Add(workbookOf(f, func(x *excelize.File) { set(f, x, "Sheet1", []any{"phone", "amount"}, []any{"0550000001", 500}) }))
	locked, err := excelize.Encrypt(rawBook(f, inSheet(goodRow)), &excelize.Options{Password: "x"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(locked)
	f.Fuzz(func(t *testing.T, content []byte) {
		in, err := read(context.Background(), string(content), Options{Password: "x"}, small, Rules{Catalogue: catalogue(t), DefaultPlan: Auto})
		sound(t, in, err)
	})
}

// The XML of a sheet: nothing comes out that is not in it.
func FuzzSheet(f *testing.F) {
	for _, row := range []string{
		goodRow, `<row r="3"><c><v>1</v></c></row>`, `<row><c r="B2" t="inlineStr"><is><r><t>5</t></r></is></c></row>`, `<row r="2" hidden="1"><c r="A2" t="e"><v>#REF!</v></c></row>`,
		`<row r="2"><c r="A2" s="1"><v>45658</v></c><c r="B2"><f>A1</f></c></row>`, `<row r="9"/>` + strings.Repeat(" ", 20), `<row r="2"><c r="A2" t="b"><v>1</v></c></row>`,
	} {
		f.Add(inSheet(row))
	}
	f.Fuzz(func(t *testing.T, sheet string) {
		content := rawBook(t, sheet)
		in, err := read(context.Background(), string(content), Options{}, small, Rules{Catalogue: catalogue(t), DefaultPlan: Auto})
		sound(t, in, err)
		if err != nil {
			return
		}
		w, err := xlsx.Open(string(content), small)
		if err != nil {
			t.Fatal(err)
		}
		found, err := w.Inspect(context.Background(), w.Sheets[0])
		if err != nil {
			t.Fatal(err)
		}
		if rows := len(in.Rows) + len(in.Totals); rows >= found.Filled {
			t.Fatalf("%d rows came out of a header and rows that are %d together", rows, found.Filled)
		}
	})
}
