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

	"flexybatch/batch"
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

// sizes are how many rows the benchmarks read. The million is what limits are
// measured by.
var sizes = []int{100_000, 1_000_000}

// ready reads a payroll and makes it ready to be sent: rows checked, duplicates
// found, refs and costs given.
func ready(b *testing.B, path string, rules Rules, rows int) {
	in, err := Read(context.Background(), path, Options{}, rules)
	if err != nil || len(in.Rows) != rows {
		b.Fatal(err)
	}
	batch.Arrange("october", in.Rows, rules.Catalogue, batch.Limits{})
	if in.Rows[rows-1].Ref == "" {
		b.Fatal("a row without ref")
	}
}

// From the bytes of a file to rows that can be sent, against encoding/csv alone
// over the same bytes.
func BenchmarkCSV(b *testing.B) {
	for _, n := range sizes {
		content := payrollCSV(n)
		path := file(b, "payroll.csv", content)
		rules := Rules{Catalogue: catalogue(b)}
		b.Run(fmt.Sprintf("rows=%d/ready", n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(content)))
			for b.Loop() {
				ready(b, path, rules, n)
			}
		})
		b.Run(fmt.Sprintf("rows=%d/encoding-csv", n), func(b *testing.B) {
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
}

// The same for a workbook, against excelize's row iterator alone.
func BenchmarkXLSX(b *testing.B) {
	for _, n := range sizes {
		content := payrollXLSX(b, n)
		path := file(b, "payroll.xlsx", content)
		rules := Rules{Catalogue: catalogue(b)}
		b.Run(fmt.Sprintf("rows=%d/ready", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ready(b, path, rules, n)
			}
		})
		b.Run(fmt.Sprintf("rows=%d/excelize-rows", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				excelizeRows(b, path)
			}
		})
	}
}

func excelizeRows(b *testing.B, path string) {
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
