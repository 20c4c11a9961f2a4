package ingest

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/xuri/excelize/v2"
)

// payrollCSV is a payroll of n rows and four columns.
func payrollCSV(n int) []byte {
	var b bytes.Buffer
	b.WriteString("Matricule;Téléphone;Offre;Montant\n")
	for i := range n {
		fmt.Fprintf(&b, "%06d;07%08d;PREPAID_DJEZZY;%d\n", i, i, 100+i%9900)
	}
	return b.Bytes()
}

// payrollXLSX is the same as a workbook.
func payrollXLSX(tb testing.TB, n int) []byte {
	return workbookOf(tb, func(f *excelize.File) {
		w, err := f.NewStreamWriter("Sheet1")
		if err != nil {
			tb.Fatal(err)
		}
		row := func(i int, cells ...any) {
			if err := w.SetRow(fmt.Sprintf("A%d", i), cells); err != nil {
				tb.Fatal(err)
			}
		}
		row(1, "Matricule", "Téléphone", "Offre", "Montant")
		for i := range n {
			row(i+2, fmt.Sprintf("%06d", i), fmt.Sprintf("07%08d", i), "PREPAID_DJEZZY", 100+i%9900)
		}
		if err := w.Flush(); err != nil {
			tb.Fatal(err)
		}
	})
}

const benchRows = 100_000

// The whole of Read, against encoding/csv alone over the same bytes.
func BenchmarkCSV(b *testing.B) {
	content := payrollCSV(benchRows)
	path := file(b, "payroll.csv", content)
	rules := Rules{Catalogue: catalogue(b)}
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			in, err := Read(context.Background(), path, Options{}, rules)
			if err != nil || len(in.Rows) != benchRows {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-csv", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			r := csv.NewReader(bytes.NewReader(content))
			r.Comma = ';'
			for {
				if _, err := r.Read(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// The whole of Read, against excelize's row iterator alone.
func BenchmarkXLSX(b *testing.B) {
	content := payrollXLSX(b, benchRows)
	path := file(b, "payroll.xlsx", content)
	rules := Rules{Catalogue: catalogue(b)}
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			in, err := Read(context.Background(), path, Options{}, rules)
			if err != nil || len(in.Rows) != benchRows {
				b.Fatal(err)
			}
		}
	})
	b.Run("excelize-rows", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true})
			if err != nil {
				b.Fatal(err)
			}
			rows, err := f.Rows("Sheet1")
			if err != nil {
				b.Fatal(err)
			}
			for rows.Next() {
				if _, err := rows.Columns(); err != nil {
					b.Fatal(err)
				}
			}
			if err := errors.Join(rows.Close(), f.Close()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
