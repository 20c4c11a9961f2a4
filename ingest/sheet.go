package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// sheetReader reads the rows of a sheet through excelize, and joins what the
// inspection found about them.
type sheetReader struct {
	sheet     worksheet
	found     findings
	dates1904 bool
	rows      *excelize.Rows
	number    int // of the row in hand
	marks     []mark

	header  []string
	columns columns
}

// open begins to read the sheet that excelize knows as name, down to its
// header. It reports true where there is a phone column; an error then says
// what about the header is not clear.
func (r *sheetReader) open(book *excelize.File, name string, m mapping) (bool, error) {
	var err error
	if r.rows, err = book.Rows(name); err != nil {
		return false, damaged(r.sheet.part, "the sheet cannot be read (%v)", err)
	}
	r.marks = r.found.marks
	f := finder{mapping: m}
	for !f.done() {
		cells, _, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return false, err
		}
		header := trimRight(cells)
		columns, ok, err := f.try(header)
		if err != nil {
			return true, onRow(err, r.number)
		}
		if ok {
			r.header, r.columns = trimmed(header), columns
			return true, nil
		}
	}
	return false, f.missing()
}

// close ends the reading, also of a sheet that was never begun.
func (r *sheetReader) close() error {
	if r.rows == nil {
		return nil
	}
	return r.rows.Close()
}

// checkMerges refuses cells of our fields that are merged over several rows:
// only the first of them holds the value, and whom it is meant for is a guess.
func (r *sheetReader) checkMerges() error {
	for _, m := range r.found.merges {
		for _, i := range r.columns {
			if i >= m.first && i <= m.last && m.bottom > r.number {
				return &FileError{Row: m.top, Column: columnName(r.header, i), What: fmt.Sprintf("the cells %s are merged into one over several rows", m.ref),
					Do: "unmerge them and give each row its own value", Err: ErrColumns}
			}
		}
	}
	return nil
}

// next is the next row, with its marks, or io.EOF. Rows that are not in the
// file come as empty ones.
func (r *sheetReader) next() (cells []string, marks []mark, err error) {
	defer shield(&err)
	if !r.rows.Next() {
		if err := r.rows.Error(); err != nil {
			return nil, nil, damaged(r.sheet.part, "row %d cannot be read (%v)", r.number+1, err)
		}
		if r.number < r.found.last {
			return nil, nil, damaged(r.sheet.part, "the rows end after row %d, and there should be %d", r.number, r.found.last)
		}
		return nil, nil, io.EOF
	}
	r.number++
	if cells, err = r.rows.Columns(); err != nil {
		return nil, nil, damaged(r.sheet.part, "row %d cannot be read (%v)", r.number, err)
	}
	n := slices.IndexFunc(r.marks, func(m mark) bool { return int(m.row) > r.number })
	if n < 0 {
		n = len(r.marks)
	}
	marks, r.marks = r.marks[:n], r.marks[n:]
	return cells, marks, nil
}

// entries are the rows below the header that are not blank.
func (r *sheetReader) entries(ctx context.Context) iter.Seq2[Entry, error] {
	unseen := r.sheet.hidden || r.fieldHidden()
	return func(yield func(Entry, error) bool) {
		for {
			cells, marks, err := r.next()
			if err == nil && r.number%1024 == 0 {
				err = ctx.Err()
			}
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Entry{}, located(err, "", r.sheet.name))
				return
			}
			if onlyHidden(marks) && blank(cells) {
				continue
			}
			if !yield(r.entry(cells, marks, unseen), nil) {
				return
			}
		}
	}
}

// onlyHidden tells marks that say nothing of a cell.
func onlyHidden(marks []mark) bool {
	return !slices.ContainsFunc(marks, func(m mark) bool { return m.column != wholeRow })
}

// fieldHidden tells that a column is hidden by which people are paid.
func (r *sheetReader) fieldHidden() bool {
	return slices.ContainsFunc(r.found.hidden, func(s span) bool {
		return slices.ContainsFunc(r.columns[:], func(i int) bool { return i >= s.first && i <= s.last })
	})
}

// entry brings a row to the header's width and spells out its odd cells.
func (r *sheetReader) entry(cells []string, marks []mark, hidden bool) Entry {
	e := Entry{Number: r.number, Hidden: hidden}
	for _, m := range marks {
		if m.column == wholeRow {
			e.Hidden = true
			continue
		}
		if i := int(m.column); i < len(cells) {
			cells[i] = spell(cells[i], m.odd, r.dates1904)
		}
		if f, ok := r.columns.fieldAt(int(m.column)); ok {
			e.Odd[f] = m.odd
		}
	}
	n := len(r.header)
	for i := n; i < len(cells); i++ {
		if strings.TrimSpace(cells[i]) != "" {
			e.Width = i + 1
			if e.Beyond == "" {
				e.Beyond = cells[i]
			}
		}
	}
	if len(cells) < n {
		cells = append(cells, make([]string, n-len(cells))...)
	}
	e.Cells = cells[:n:n]
	for f := range e.Fields {
		e.Fields[f] = r.columns.of(field(f), e.Cells)
	}
	return e
}

// spell writes what is stored in an odd cell as its user knows it.
func spell(stored string, odd oddity, dates1904 bool) string {
	switch odd {
	case number:
		if s, ok := decimalText(stored); ok {
			return s
		}
	case truth:
		if isTrue(stored) {
			return "TRUE"
		}
		return "FALSE"
	case date:
		days, err := strconv.ParseFloat(stored, 64)
		if err != nil {
			break // ISO text already
		}
		if t, err := excelize.ExcelDateToTime(days, dates1904); err == nil {
			return strings.TrimSuffix(t.Round(time.Second).Format("2006-01-02 15:04:05"), " 00:00:00")
		}
	}
	return stored
}
