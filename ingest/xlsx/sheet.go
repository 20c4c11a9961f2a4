package xlsx

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
)

// Findings are what is known of a sheet when it was read to its end.
type Findings struct {
	Filled int    // rows that hold a value
	Hidden []Span // columns that nobody sees
	Merges []Merge
}

// Span is columns from First to Last, counted from 0.
type Span struct{ First, Last int }

// Merge is a range of cells shown as one, over more than one row.
type Merge struct {
	Span
	Top, Bottom int    // rows, as the user counts them
	Ref         string // as the file writes it
}

// Rows are the rows of a sheet that are in the file, one after the other.
type Rows struct {
	Number int    // of the row in hand, as the user counts
	Hidden bool   // whether that row cannot be seen
	Marks  []Mark // what is odd about its cells

	dialect dialect
}

// dialect reads the rows of a sheet in one of the formats that there are.
type dialect interface {
	// row reads the next row into the Rows; io.EOF after the last, when all of the
	// part was read and was right.
	row() error
	// appendTexts appends the texts of the row in hand, up to the last that is filled.
	appendTexts(to []string) []string
	close()
}

// Next reads the next row; rows are numbered upwards. After the last it reads the
// rest of the sheet, and returns io.EOF.
func (r *Rows) Next() error { return r.dialect.row() }

// AppendTexts appends the texts of the row in hand, a cell for each column up to
// the last that holds one.
func (r *Rows) AppendTexts(to []string) []string { return r.dialect.appendTexts(to) }

// Close ends reading, wherever it is.
func (r *Rows) Close() { r.dialect.close() }

// Rows begins to read the rows of a sheet.
func (w *Workbook) Rows(s Sheet) (*Rows, error) {
	if w.document != nil {
		return w.document.rows(s.table)
	}
	if kept, ok := w.kept[s.part]; ok {
		return kept.rows(w), nil
	}
	in, err := w.scan(s)
	if err != nil {
		return nil, err
	}
	in.keep = true
	return in.Rows, nil
}

// sheetScan reads a sheet row by row and holds it to the rules of its format.
// Programs that do not end silently where the XML breaks off, take cells out of
// order for cells of other columns, and a text that does not exist for an empty
// cell.
type sheetScan struct {
	*xmlPart
	*Rows
	rowTexts // of the row in hand
	limits   fault.Limits
	styles   []style // of cells, by number
	lost     bool    // the part with the styles is missing
	found    Findings
	column   int // of the cell in hand

	keep bool   // the rows' cells are wanted, not only their being right
	buf  []byte // the value of the cell in hand
}

// scan begins to read a sheet, down to its rows.
func (w *Workbook) scan(s Sheet) (*sheetScan, error) {
	x, err := w.parts.open(s.part)
	if err != nil {
		return nil, err
	}
	in := &sheetScan{xmlPart: x, Rows: &Rows{}, limits: w.limits, styles: w.styles, lost: w.lost}
	in.texts, in.dates1904 = w.texts, w.date1904
	in.dialect = in
	if err := in.begin(); err != nil {
		x.close()
		return nil, err
	}
	return in, nil
}

// Inspect reads a sheet to its end. Its error says what is wrong with it. It keeps the
// rows, unless they take too much room, so that the sheet need not be read again.
func (w *Workbook) Inspect(ctx context.Context, s Sheet) (Findings, error) {
	if w.document != nil {
		return w.document.found[s.table], nil // all of it was read when it was opened
	}
	in, err := w.scan(s)
	if err != nil {
		return Findings{}, err
	}
	defer in.close()
	kept := keptRows{}
	in.keep = w.room > 0
	for err == nil {
		if err = in.row(); err != nil {
			break
		}
		if in.keep {
			kept.add(in.Rows, &in.rowTexts)
			in.keep = len(kept) <= w.room
		}
		if in.Number%1024 == 0 {
			err = ctx.Err()
			if w.Progress != nil {
				w.Progress(in.Number)
			}
		}
	}
	if !errors.Is(err, io.EOF) {
		return Findings{}, err
	}
	if in.keep {
		w.kept[s.part] = kept
		w.room -= len(kept)
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
	if string(el.name) == "autoFilter" { // in an odd place, where programs pass over it
		if err := in.other(); err != nil {
			return err
		}
		return in.row()
	}
	if string(el.name) != "row" {
		return in.damaged("there is a <%s> among the rows", string(el.name))
	}
	number, hidden := in.Number+1, false
	for _, a := range el.attrs {
		switch string(a.name) {
		case "r":
			if number, err = strconv.Atoi(string(a.value)); err != nil {
				return in.damaged("a row is numbered %q", fault.Shorten(string(a.value)))
			}
		case "hidden":
			hidden = hidden || isTrue(string(a.value))
		case "ht":
			hidden = hidden || isZero(string(a.value))
		}
	}
	if number <= in.Number || number > maxRows {
		return in.damaged("row %d comes after row %d", number, in.Number)
	}
	in.Number = number
	in.Hidden = hidden
	in.cells, in.own, in.Marks = in.cells[:0], in.own[:0], in.Marks[:0]
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
		if name := string(el.name); name == "extLst" || name == "autoFilter" {
			if err := in.other(); err != nil {
				return err
			}
			continue
		}
		if string(el.name) != "c" {
			return in.damaged("there is a <%s> among the cells of row %d", string(el.name), in.Number)
		}
		k, s, err := in.cellHead(el)
		if err != nil {
			return err
		}
		value, err := in.cell(k, s)
		if err != nil {
			return err
		}
		if value && in.column >= in.limits.Columns {
			return &fault.Error{Row: in.Number, Column: Letters(in.column), What: batch.Msg("a value stands right of the first %d columns", in.limits.Columns), Do: batch.Msg("delete the columns that the payroll does not need, or raise the limit: %s", fault.Raise("columns", in.limits.Columns)), Err: fault.ErrLimit}
		}
		filled = filled || value
	}
	if filled {
		in.found.Filled++
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
		var s Span
		hidden := false
		for _, a := range el.attrs {
			switch value := string(a.value); string(a.name) {
			case "min":
				s.First, err = strconv.Atoi(value)
			case "max":
				s.Last, err = strconv.Atoi(value)
			case "hidden":
				hidden = hidden || isTrue(value)
			case "width":
				hidden = hidden || isZero(value)
			}
			if err != nil {
				return in.damaged("a column is numbered %q", fault.Shorten(string(a.value)))
			}
		}
		if hidden {
			in.found.Hidden = append(in.found.Hidden, Span{s.First - 1, s.Last - 1})
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
			left, top, right, bottom, ok := rangeOf(from, to)
			if !ok {
				return in.damaged("it merges the cells %q, which are none", fault.Shorten(string(a.value)))
			}
			if top != bottom {
				in.found.Merges = append(in.found.Merges, Merge{Span{min(left, right), max(left, right)}, min(top, bottom), max(top, bottom), string(a.value)})
			}
		}
		if err := in.skip(); err != nil {
			return err
		}
	}
}

// rangeOf reads a range of cells, B2:C3, of whole columns, A:B, or of whole rows,
// 1:2.
func rangeOf(from, to string) (left, top, right, bottom int, ok bool) {
	left, top, ok1 := cellRef([]byte(from))
	right, bottom, ok2 := cellRef([]byte(to))
	if ok1 && ok2 {
		return left, top, right, bottom, true
	}
	if left, _, ok1 = cellRef([]byte(from + "1")); ok1 {
		right, _, ok2 = cellRef([]byte(to + "1"))
		return left, 1, right, maxRows, ok2
	}
	_, top, ok1 = cellRef([]byte("A" + from))
	_, bottom, ok2 = cellRef([]byte("A" + to))
	return 0, top, maxColumns - 1, bottom, ok1 && ok2
}

// What a sheet of Excel has at most.
const (
	maxRows    = 1 << 20
	maxColumns = 1 << 14
)

func isZero(s string) bool {
	f, err := strconv.ParseFloat(s, 64)
	return err == nil && f == 0
}
