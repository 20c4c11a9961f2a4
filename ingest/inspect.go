package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// findings are what is known of a sheet when it was read to its end.
type findings struct {
	filled int    // rows that hold a value
	hidden []span // hidden columns
	merges []merge
}

// wholeRow is the column of the mark of a hidden row.
const wholeRow = -1

// span is columns from first to last, counted from 0.
type span struct{ first, last int }

// merge is a range of cells shown as one, over more than one row.
type merge struct {
	span
	top, bottom int
	ref         string
}

// sheetScan reads a sheet row by row and holds it to the rules of its format.
// Programs that do not end silently where the XML breaks off, take cells out of
// order for cells of other columns, and a text that does not exist for an empty
// cell.
type sheetScan struct {
	*xmlPart
	limits Limits
	texts  *sharedTexts
	shown  []oddity // numbers, by style
	found  findings
	number int // of the row in hand
	column int // of the cell in hand

	keep  bool // the rows' cells are wanted, not only their being right
	cells []placed
	own   []byte // the texts of the row in hand that are its own
	marks []mark
	buf   []byte // the value of the cell in hand
}

// scanSheet begins to read a sheet, down to its rows.
func (w *workbook) scanSheet(s worksheet, l Limits) (*sheetScan, error) {
	x, err := w.parts.open(s.part)
	if err != nil {
		return nil, err
	}
	in := &sheetScan{xmlPart: x, limits: l, texts: w.texts, shown: w.shown}
	if err := in.begin(); err != nil {
		x.close()
		return nil, err
	}
	return in, nil
}

// inspect reads a sheet to its end. Its error says what is wrong with it.
func (w *workbook) inspect(ctx context.Context, s worksheet, l Limits) (findings, error) {
	in, err := w.scanSheet(s, l)
	if err != nil {
		return findings{}, err
	}
	defer in.close()
	for err == nil {
		if err = in.row(); err == nil && in.number%1024 == 0 {
			err = ctx.Err()
		}
	}
	if !errors.Is(err, io.EOF) {
		return findings{}, err
	}
	return in.found, nil
}

// begin reads what stands before the rows.
func (in *sheetScan) begin() error {
	root, ok, err := in.child()
	if err != nil {
		return err
	}
	if !ok || string(root.name) != "worksheet" {
		return in.damaged("it is no worksheet")
	}
	for {
		el, ok, err := in.child()
		switch {
		case err != nil:
			return err
		case !ok:
			return in.damaged("it has no table of rows")
		case string(el.name) == "sheetData":
			return nil
		case string(el.name) == "cols":
			err = in.hiddenColumns()
		default:
			err = in.other()
		}
		if err != nil {
			return err
		}
	}
}

// finish reads what stands behind the rows, to the end of the part.
func (in *sheetScan) finish() error {
	for {
		el, ok, err := in.child()
		switch {
		case err != nil:
			return err
		case !ok:
			return in.skipAll()
		case string(el.name) == "sheetData":
			return in.damaged("it has several tables of rows, not one")
		case string(el.name) == "mergeCells":
			err = in.merges()
		default:
			err = in.skip()
		}
		if err != nil {
			return err
		}
	}
}

// other passes over an element before the rows that says nothing to us. Nothing
// in it may look like a row: other programs would take it for one.
func (in *sheetScan) other() error {
	for outside := in.depth() - 1; in.depth() > outside; {
		t, err := in.next()
		if err != nil {
			return in.early(err)
		}
		if name := string(local(in.scan.name)); t == tokenStart && (name == "row" || name == "sheetData") {
			return in.damaged("there is a <%s> outside the table of rows", name)
		}
	}
	return nil
}

// row reads the next row that is in the file; rows are numbered upwards. After
// the last it reads the rest of the sheet, and is io.EOF.
func (in *sheetScan) row() error {
	el, ok, err := in.child()
	if err != nil {
		return err
	}
	if !ok {
		if err := in.finish(); err != nil {
			return err
		}
		return io.EOF
	}
	if string(el.name) != "row" {
		return in.damaged("there is a <%s> among the rows", el.name)
	}
	number, hidden := in.number+1, false
	for _, a := range el.attrs {
		switch string(a.name) {
		case "r":
			if number, err = strconv.Atoi(string(a.value)); err != nil {
				return in.damaged("a row is numbered %q", shorten(string(a.value)))
			}
		case "hidden":
			hidden = hidden || isTrue(string(a.value))
		case "ht":
			hidden = hidden || isZero(string(a.value))
		}
	}
	if number <= in.number || number > 1<<20 {
		return in.damaged("row %d comes after row %d", number, in.number)
	}
	in.number = number
	in.cells, in.own, in.marks = in.cells[:0], in.own[:0], in.marks[:0]
	if hidden {
		in.marks = append(in.marks, mark{wholeRow, hiddenRow})
	}
	return in.rowCells()
}

// rowCells reads the cells of the row in hand. Columns go upwards.
func (in *sheetScan) rowCells() error {
	in.column = -1
	filled := false
	for {
		el, ok, err := in.child()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if string(el.name) == "extLst" {
			if err := in.skip(); err != nil {
				return err
			}
			continue
		}
		if string(el.name) != "c" {
			return in.damaged("there is a <%s> among the cells of row %d", el.name, in.number)
		}
		k, shown, err := in.cellHead(el)
		if err != nil {
			return err
		}
		value, err := in.cell(k, shown)
		if err != nil {
			return err
		}
		if value && in.column >= in.limits.Columns {
			return &FileError{Row: in.number, Column: letters(in.column), What: fmt.Sprintf("a value stands right of the first %d columns", in.limits.Columns), Do: fmt.Sprintf("delete the columns that the payroll does not need, or raise the limit: %s", raise("columns", in.limits.Columns)), Err: ErrLimit}
		}
		filled = filled || value
	}
	if filled {
		in.found.filled++
	}
	return nil
}

// hiddenColumns reads which columns are hidden, or so narrow that nobody sees
// them.
func (in *sheetScan) hiddenColumns() error {
	for {
		el, ok, err := in.child()
		if !ok || err != nil {
			return err
		}
		var s span
		hidden := false
		for _, a := range el.attrs {
			switch value := string(a.value); string(a.name) {
			case "min":
				s.first, err = strconv.Atoi(value)
			case "max":
				s.last, err = strconv.Atoi(value)
			case "hidden":
				hidden = hidden || isTrue(value)
			case "width":
				hidden = hidden || isZero(value)
			}
			if err != nil {
				return in.damaged("a column is numbered %q", shorten(string(a.value)))
			}
		}
		if hidden {
			in.found.hidden = append(in.found.hidden, span{s.first - 1, s.last - 1})
		}
		if err := in.skip(); err != nil {
			return err
		}
	}
}

// merges reads the merged ranges that span rows.
func (in *sheetScan) merges() error {
	for {
		el, ok, err := in.child()
		if !ok || err != nil {
			return err
		}
		for _, a := range el.attrs {
			if string(a.name) != "ref" {
				continue
			}
			from, to, ranged := strings.Cut(string(a.value), ":")
			if !ranged {
				to = from
			}
			left, top, ok1 := cellRef([]byte(from))
			right, bottom, ok2 := cellRef([]byte(to))
			if !ok1 || !ok2 {
				return in.damaged("it merges the cells %q, which are none", shorten(string(a.value)))
			}
			if top != bottom {
				in.found.merges = append(in.found.merges, merge{span{min(left, right), max(left, right)}, min(top, bottom), max(top, bottom), string(a.value)})
			}
		}
		if err := in.skip(); err != nil {
			return err
		}
	}
}

func isZero(s string) bool {
	f, err := strconv.ParseFloat(s, 64)
	return err == nil && f == 0
}
