package fault

import (
	"cmp"
	"flexybatch/batch"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Limits bound what a file may cost. A zero field takes its default, which no
// payroll comes near; Set raises one. The names that Set knows them by are the
// fields' in kebab case: file-bytes, unzipped-bytes, rows, columns, cell-chars,
// record-bytes.
type Limits struct {
	FileBytes     int // of the file as it lies on the disk, and of the texts of a workbook's cells: 256 MiB
	UnzippedBytes int // of the parts of a workbook that are read, together: 512 MiB
	Rows          int // below the header: 2,000,000
	Columns       int // of a row, as far as it holds values: 1,024
	CellChars     int // of one cell: 32,767, as in Excel
	RecordBytes   int // of one line of a CSV file, with its quoted line breaks: 1 MiB
}

// OrDefault returns the limits with every zero field at its default.
func (l Limits) OrDefault() Limits {
	return Limits{
		FileBytes:     cmp.Or(l.FileBytes, 256<<20),
		UnzippedBytes: cmp.Or(l.UnzippedBytes, 512<<20),
		Rows:          cmp.Or(l.Rows, 2_000_000),
		Columns:       cmp.Or(l.Columns, 1_024),
		CellChars:     cmp.Or(l.CellChars, 32_767),
		RecordBytes:   cmp.Or(l.RecordBytes, 1<<20),
	}
}

// Set sets a limit by a text such as rows=3000000 or file-bytes=1G; K, M and G
// stand for powers of 1024.
func (l *Limits) Set(text string) error {
	name, number, _ := strings.Cut(text, "=")
	fields := map[string]*int{"file-bytes": &l.FileBytes, "unzipped-bytes": &l.UnzippedBytes, "rows": &l.Rows,
		"columns": &l.Columns, "cell-chars": &l.CellChars, "record-bytes": &l.RecordBytes}
	field, known := fields[name]
	if !known {
		return batch.Errorf("%q is no limit; there are %s", name, strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
	}
	digits := strings.TrimRight(number, "KMG")
	shift, known := map[string]int{"": 0, "K": 10, "M": 20, "G": 30}[number[len(digits):]]
	n, err := strconv.Atoi(digits)
	if err != nil || !known || n < 1 || n > math.MaxInt>>shift {
		return batch.Errorf("the limit %q is no whole number above zero: write it as in rows=3000000 or file-bytes=1G", text)
	}
	*field = n << shift
	return nil
}

// Raise returns the flag that would let more in.
func Raise(name string, now int) string {
	if now%(1<<20) == 0 {
		return fmt.Sprintf("--limit %s=%dM", name, 2*now>>20)
	}
	return fmt.Sprintf("--limit %s=%d", name, 2*now)
}
