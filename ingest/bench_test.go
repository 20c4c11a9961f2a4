package ingest

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime/debug"
	"strconv"
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
// measured by; with -short, as in make bench, it is left out.
func sizes() []int {
	if testing.Short() {
		return []int{100_000}
	}
	return []int{100_000, 1_000_000}
}

// A payroll read, from the bytes on the disk to rows held to every rule, and
// made ready to be sent besides: duplicates found, refs and costs given. Beside
// it what a bare library takes for doing nothing with the rows.
func BenchmarkCSV(b *testing.B) {
	for _, n := range sizes() {
		path := file(b, "payroll.csv", payrollCSV(n))
		payroll(b, path, n)
		b.Run(fmt.Sprintf("rows=%d/decode", n), func(b *testing.B) { decoded(b, path, n) })
		b.Run(fmt.Sprintf("rows=%d/encoding-csv", n), func(b *testing.B) { bareCSV(b, path, false) })
		b.Run(fmt.Sprintf("rows=%d/encoding-csv-reuse", n), func(b *testing.B) { bareCSV(b, path, true) })
	}
}

// A payroll whose phones have all lost their zero, as a spreadsheet leaves them: every
// row has a problem.
func BenchmarkInvalid(b *testing.B) {
	rules := Rules{Catalogue: catalogue(b)}
	for _, n := range sizes() {
		path := file(b, "payroll.csv", bytes.ReplaceAll(payrollCSV(n), []byte(";07"), []byte(";7")))
		b.Run(fmt.Sprintf("rows=%d", n), func(b *testing.B) {
			measured(b, func() {
				in, err := Read(context.Background(), path, Options{}, rules)
				if err != nil || len(in.Rows) != n || in.Rows[n-1].Valid() {
					b.Fatal(err)
				}
			})
		})
	}
}

func BenchmarkXLSX(b *testing.B) {
	for _, n := range sizes() {
		path := file(b, "payroll.xlsx", payrollXLSX(b, n))
		payroll(b, path, n)
		b.Run(fmt.Sprintf("rows=%d/excelize-rows", n), func(b *testing.B) { bareExcelize(b, path) })
	}
}

func payroll(b *testing.B, path string, rows int) {
	rules := Rules{Catalogue: catalogue(b)}
	read := func(b *testing.B) *Input {
		in, err := Read(context.Background(), path, Options{}, rules)
		if err != nil || len(in.Rows) != rows || !in.Rows[rows-1].Valid() {
			b.Fatal(err)
		}
		return in
	}
	b.Run(fmt.Sprintf("rows=%d/read", rows), func(b *testing.B) {
		measured(b, func() { read(b) })
	})
	b.Run(fmt.Sprintf("rows=%d/ready", rows), func(b *testing.B) {
		measured(b, func() {
			in := read(b)
			batch.Assign("october", in.Rows, rules.Catalogue, batch.Limits{})
			if in.Rows[rows-1].Ref == "" {
				b.Fatal("a row without ref")
			}
		})
	})
}

// decoded measures the way from the text through gocsv to entries alone, to be
// held against encoding-csv.
func decoded(b *testing.B, path string, rows int) {
	content, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	text := string(content)
	measured(b, func() {
		table, err := csvTable(context.Background(), text, "", nil, Limits{}.OrDefault())
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for _, err := range table.entries {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != rows {
			b.Fatalf("%d rows", n)
		}
	})
}

func bareCSV(b *testing.B, path string, reuse bool) {
	content, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	measured(b, func() {
		r := csv.NewReader(bytes.NewReader(content))
		r.Comma, r.ReuseRecord = ';', reuse
		for {
			if _, err := r.Read(); err == io.EOF {
				return
			} else if err != nil {
				b.Fatal(err)
			}
		}
	})
}

func bareExcelize(b *testing.B, path string) {
	measured(b, func() {
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
	})
}

// measured runs the loop. On Linux it also tells the most memory that the whole
// process held in RAM during the first round, as a program that reads one
// payroll would.
func measured(b *testing.B, f func()) {
	debug.FreeOSMemory()
	resettable := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) == nil // proc(5): resets VmHWM
	peak := 0
	b.ReportAllocs()
	for b.Loop() {
		f()
		if resettable && peak == 0 {
			peak = highWater(b)
		}
	}
	if peak > 0 {
		b.ReportMetric(float64(peak)/1024, "peak-MiB")
	}
}

// highWater is the most memory that the process held in RAM, in KiB.
func highWater(b *testing.B) int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	m := regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(status)
	if m == nil {
		b.Fatal("no VmHWM")
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		b.Fatal(err)
	}
	return n
}
