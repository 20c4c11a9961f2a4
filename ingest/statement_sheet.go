package ingest

import (
	"context"
	"errors"
	"io"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
	"flexybatch/ingest/xlsx"
)

// statementSheet reads the rows of a statement in a workbook: those of the one
// sheet that has the header of a statement. All sheets are inspected to their end
// first, since a damaged one may be it.
func statementSheet(ctx context.Context, content string, l Limits) ([]statementRow, error) {
	opened, err := xlsx.Open(content, l)
	if err != nil {
		return nil, err
	}
	w := &workbook{Workbook: opened}
	if _, err := w.inspectAll(ctx); err != nil {
		return nil, err
	}
	r, err := chooseStatement(w)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	rows, err := r.read(ctx, l)
	return rows, fault.Located(err, "", r.sheet)
}

// statementReader reads the rows of a statement's sheet.
type statementReader struct {
	*xlsx.Rows
	sheet  string
	header *statementHeader
	cells  []string // of the row in hand
	held   int      // bytes of the rows so far, and of the texts that they share
}

// chooseStatement finds the one sheet that has the header of a statement, and
// reads it down to there.
func chooseStatement(w *workbook) (chosen *statementReader, err error) {
	var fitting []string
	var unclear, missing error // about the header of chosen; why the others have none
	for _, s := range w.Sheets {
		rows, err := w.Rows(s)
		if err != nil {
			return nil, fault.Located(err, "", s.Name)
		}
		r := &statementReader{Rows: rows, sheet: s.Name, held: w.Held()}
		defer func() {
			if r != chosen {
				r.Close()
			}
		}()
		ok, err := r.find()
		err = fault.Located(err, "", s.Name)
		switch {
		case ok:
			fitting = append(fitting, s.Name)
			chosen, unclear = r, err
		case missing == nil || errors.Is(missing, ErrEmpty):
			missing = err
		}
	}
	switch {
	case len(fitting) > 1:
		chosen, err = nil, &FileError{What: batch.Msg("several sheets look like a statement"), List: fitting, Do: batch.Msg("delete the others"), Err: ErrSheets}
	case unclear != nil:
		chosen, err = nil, unclear
	case chosen == nil:
		err = missing
	}
	return chosen, err
}

// next reads the next row, or returns io.EOF.
func (r *statementReader) next() error {
	if err := r.Next(); err != nil {
		return err
	}
	r.cells = r.AppendTexts(r.cells[:0])
	return nil
}

// find reads down to the header. It reports true where there is one; an error then
// says what about it is not clear.
func (r *statementReader) find() (ok bool, err error) {
	var f statementFinder
	for !f.done() {
		err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return false, err
		}
		if r.header, ok, err = f.try(r.Number, r.cells); ok {
			r.header.sheet = r.sheet
			return true, err
		}
	}
	return false, f.missing()
}

// read reads the rows below the header.
func (r *statementReader) read(ctx context.Context, l Limits) (rows []statementRow, err error) {
	for {
		err := r.next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err == nil && r.Number%1024 == 0 {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		row := r.row()
		if row.blank() {
			continue
		}
		if r.held > l.FileBytes {
			return nil, xlsx.TooMuchText(l)
		}
		if rows = append(rows, row); len(rows) > l.Rows {
			return nil, tooManyRows(r.Number, l)
		}
	}
}

// row takes the row in hand, with what is odd about its cells.
func (r *statementReader) row() statementRow {
	row := r.header.row(r.Number, r.cells)
	for f, i := range r.header.columns {
		r.held += len(row.texts[f])
		for _, m := range r.Marks {
			if m.Column == i {
				row.odd[f] = m.Odd
			}
		}
	}
	return row
}
