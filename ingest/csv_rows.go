package ingest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"

	"github.com/gocarina/gocsv"
	"golang.org/x/sync/errgroup"

	"flexybatch/batch"
)

// payrollRow is a row of a CSV file as gocsv decodes it. Every field is a text:
// gocsv reads "0100" as 64 where it is asked for a number.
type payrollRow struct {
	Phone  string `csv:"phone"`
	Plan   string `csv:"plan"`
	Amount string `csv:"amount"`
	ID     string `csv:"id"`

	// The rest is put beside the columns of the file by rowReader.
	Line   string `csv:"line"`   // of the file
	Cells  string `csv:"cells"`  // all of the row's texts, for batch.CutCells
	Cut    string `csv:"cut"`    // what stands between them
	Width  string `csv:"width"`  // as in Entry; empty for 0
	Beyond string `csv:"beyond"` // as in Entry
	Origin string `csv:"origin"` // as in Entry
}

// synthetic are the columns that rowReader puts beside those of the file.
var synthetic = []string{"line", "cells", "cut", "width", "beyond", "origin"}

// UnmarshalCSVWithFields takes the row's next cell. gocsv would find every field
// of every row by reflection without it, at three times the cost.
func (r *payrollRow) UnmarshalCSVWithFields(column, value string) error {
	switch column {
	case "phone":
		r.Phone = value
	case "plan":
		r.Plan = value
	case "amount":
		r.Amount = value
	case "id":
		r.ID = value
	case "line":
		r.Line = value
	case "cells":
		r.Cells = value
	case "cut":
		r.Cut = value
	case "width":
		r.Width = value
	case "beyond":
		r.Beyond = value
	case "origin":
		r.Origin = value
	}
	return nil
}

// fill writes into an entry what stands where in the file.
func (r *payrollRow) fill(e *Entry) error {
	line, err := strconv.Atoi(r.Line)
	if err != nil {
		return err
	}
	*e = Entry{Number: line, Fields: [fields]string{phone: r.Phone, plan: r.Plan, amount: r.Amount, id: r.ID}, Beyond: r.Beyond, Origin: r.Origin}
	if r.Cut != "" {
		e.Cells = batch.CutCells(r.Cells, r.Cut[0])
	}
	if r.Width != "" {
		e.Width, err = strconv.Atoi(r.Width)
	}
	return err
}

// rowReader gives gocsv the rows below the header. The names of their columns are
// those of payrollRow, whatever the file calls them, and every row is as wide as
// the header.
type rowReader struct {
	ctx     context.Context
	rows    *csvRows
	columns []int    // of the fields, in the order of the file
	record  []string // the row in hand; first, the names
	named   bool     // the names were given
}

func newRowReader(ctx context.Context, rows *csvRows) *rowReader {
	r := &rowReader{ctx: ctx, rows: rows}
	for i := range rows.header {
		if f, ok := rows.columns.fieldAt(i); ok {
			r.columns = append(r.columns, i)
			r.record = append(r.record, f.String())
		}
	}
	r.record = append(r.record, synthetic...)
	return r
}

// Read returns the next row, or the names of the columns, as encoding/csv does.
func (r *rowReader) Read() ([]string, error) {
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	if !r.named {
		r.named = true
		return slices.Clone(r.record), nil
	}
	line, err := r.rows.next()
	if err != nil {
		return nil, err
	}
	var e Entry
	cells, cut := r.rows.fill(&e, line)
	r.record = r.record[:0]
	for _, i := range r.columns {
		r.record = append(r.record, line.cells[i])
	}
	r.record = append(r.record, strconv.Itoa(e.Number), cells, cut, "", e.Beyond, e.Origin)
	if e.Width > 0 {
		r.record[len(r.record)-3] = strconv.Itoa(e.Width)
	}
	return r.record, nil
}

// ReadAll is there for the interface. A payroll is never held as a whole.
func (r *rowReader) ReadAll() ([][]string, error) { return nil, errors.ErrUnsupported }

// readAhead is how many rows may lie decoded before whoever takes them.
const readAhead = 1024

// entries returns the rows below the header. gocsv decodes them in a goroutine of its
// own, which has ended when the walk has.
func (c *csvRows) entries(ctx context.Context) iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		rows := make(chan payrollRow, readAhead)
		var g errgroup.Group
		g.Go(func() error {
			return gocsv.UnmarshalDecoderToChan(gocsv.NewSimpleDecoderFromCSVReader(newRowReader(ctx, c)), rows)
		})
		defer func() {
			cancel()
			for range rows { // gocsv waits until somebody takes its rows
			}
			_ = g.Wait() // that it was cancelled is no news
		}()
		var e Entry // one for all rows: it is valid until the next
		for r := range rows {
			if err := r.fill(&e); !yield(&e, err) {
				return
			}
		}
		if err := g.Wait(); err != nil {
			yield(nil, err)
		}
	}
}
