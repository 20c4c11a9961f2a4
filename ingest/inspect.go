package ingest

import (
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// findings are what an inspection tells of a sheet beyond its texts.
type findings struct {
	last   int    // the number of the last <row>
	filled int    // rows that hold a value
	marks  []mark // in reading order
	hidden []span // hidden columns
	merges []merge
}

// mark says something of a cell, or of a whole row.
type mark struct {
	row    int32
	column int16 // from 0; wholeRow for the row
	odd    oddity
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

// inspector holds a sheet to the rules of its format, before excelize reads it:
// excelize ends silently where the XML breaks off, takes cells out of order for
// cells of other columns, and a string that does not exist for an empty cell.
type inspector struct {
	*xmlPart
	limits  Limits
	strings int    // how many shared strings there are
	dates   []bool // by style
	found   findings
	buf     []byte
}

// inspect reads a sheet to its end. Its error says what is wrong with it.
func (w *workbook) inspect(s worksheet, sharedStrings int, l Limits) (findings, error) {
	x, err := w.parts.open(s.part)
	if err != nil {
		return findings{}, err
	}
	defer x.close()
	i := &inspector{xmlPart: x, limits: l, strings: sharedStrings, dates: w.dates}
	err = i.worksheet()
	return i.found, err
}

func (in *inspector) worksheet() error {
	root, ok, err := in.child()
	if err != nil {
		return err
	}
	if !ok || root.Name.Local != "worksheet" {
		return in.damaged("it is no worksheet")
	}
	data := 0
	for {
		el, ok, err := in.child()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		switch el.Name.Local {
		case "sheetData":
			data++
			err = in.rows()
		case "cols":
			err = in.columns()
		case "mergeCells":
			err = in.merges()
		default:
			err = in.other(data == 0)
		}
		if err != nil {
			return err
		}
	}
	if data != 1 {
		return in.damaged("it has %d tables of rows, not one", data)
	}
	return in.skipAll()
}

// other passes over an element that says nothing to us. Before the rows nothing
// may look like one: excelize would take it for one.
func (in *inspector) other(beforeRows bool) error {
	for outside := in.depth() - 1; in.depth() > outside; {
		t, err := in.next()
		if err != nil {
			return in.early(err)
		}
		if el, ok := t.(xml.StartElement); ok && beforeRows && (el.Name.Local == "row" || el.Name.Local == "sheetData") {
			return in.damaged("there is a <%s> outside the table of rows", el.Name.Local)
		}
	}
	return nil
}

// rows reads sheetData. Rows are numbered upwards.
func (in *inspector) rows() error {
	for {
		el, ok, err := in.child()
		if !ok || err != nil {
			return err
		}
		if el.Name.Local != "row" {
			return in.damaged("there is a <%s> among the rows", el.Name.Local)
		}
		number := in.found.last + 1
		hidden := false
		for _, a := range el.Attr {
			switch a.Name.Local {
			case "r":
				if number, err = strconv.Atoi(a.Value); err != nil {
					return in.damaged("a row is numbered %q", a.Value)
				}
			case "hidden":
				hidden = hidden || isTrue(a.Value)
			case "ht":
				hidden = hidden || isZero(a.Value)
			}
		}
		if number <= in.found.last || number > 1<<20 {
			return in.damaged("row %d comes after row %d", number, in.found.last)
		}
		in.found.last = number
		if hidden {
			in.mark(wholeRow, hiddenRow)
		}
		if err := in.row(number); err != nil {
			return err
		}
	}
}

// row reads the cells of a row. Columns go upwards.
func (in *inspector) row(number int) error {
	column, filled := -1, false
	for {
		el, ok, err := in.child()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if el.Name.Local == "extLst" {
			if err := in.skip(); err != nil {
				return err
			}
			continue
		}
		if el.Name.Local != "c" {
			return in.damaged("there is a <%s> among the cells of row %d", el.Name.Local, number)
		}
		c, err := in.cellAttributes(el, column+1, number)
		if err != nil {
			return err
		}
		if c.column <= column {
			return in.damaged("in row %d column %s comes after column %s", number, letters(c.column), letters(column))
		}
		column = c.column
		value, err := in.cell(c)
		if err != nil {
			return err
		}
		if value && column >= in.limits.Columns {
			return &FileError{Row: number, Column: letters(column), What: fmt.Sprintf("a value stands right of the first %d columns", in.limits.Columns), Do: "delete the columns that the payroll does not need", Err: ErrLimit}
		}
		filled = filled || value
	}
	if filled {
		in.found.filled++
	}
	return nil
}

// cellHead is what the tag of a cell says.
type cellHead struct {
	column, row int
	kind        string
	date        bool
}

func (in *inspector) cellAttributes(el xml.StartElement, column, row int) (cellHead, error) {
	c := cellHead{column: column, row: row, kind: "n"}
	for n, a := range el.Attr {
		for _, b := range el.Attr[:n] {
			if a.Name.Local == b.Name.Local {
				return c, in.damaged("a cell of row %d says %q twice", row, a.Name.Local)
			}
		}
		switch a.Name.Local {
		case "r":
			col, r, ok := cellRef(a.Value)
			if !ok || r != row {
				return c, in.damaged("a cell of row %d is called %q", row, a.Value)
			}
			c.column = col
		case "s":
			style, err := strconv.Atoi(a.Value)
			if err != nil || style < 0 {
				return c, in.damaged("cell %s%d has the style %q", letters(c.column), row, a.Value)
			}
			c.date = style < len(in.dates) && in.dates[style]
		case "t":
			c.kind = a.Value
		}
	}
	return c, nil
}

// cell reads one cell and marks what is odd about it. It tells whether there is
// a value in it, if only one that should be.
func (in *inspector) cell(c cellHead) (bool, error) {
	var values, inline, formulas int
	value := in.buf[:0]
	for {
		el, ok, err := in.child()
		if err != nil {
			return false, err
		}
		if !ok {
			break
		}
		switch el.Name.Local {
		case "v":
			values++
			value, err = in.text(value)
		case "f":
			formulas++
			err = in.skip()
		case "is":
			inline++
			value, err = in.runs(value)
		default:
			err = in.skip()
		}
		if err != nil {
			return false, err
		}
	}
	in.buf = value
	if values > 1 || inline > 1 || values+inline > 1 || formulas > 1 {
		return false, in.damaged("cell %s%d has several values", letters(c.column), c.row)
	}
	if formulas > 0 && values+inline == 0 {
		in.mark(c.column, uncounted)
		return true, nil
	}
	if len(value) == 0 {
		return false, nil
	}
	if utf8.RuneCount(value) > in.limits.CellChars {
		return false, &FileError{Row: c.row, Column: letters(c.column), What: fmt.Sprintf("the cell holds more than %d characters", in.limits.CellChars), Do: "shorten it", Err: ErrLimit}
	}
	return true, in.judge(c, string(value))
}

// judge holds a value against the cell's kind (ECMA-376, 18.18.11 ST_CellType).
func (in *inspector) judge(c cellHead, value string) error {
	switch c.kind {
	case "s":
		if n, err := strconv.Atoi(strings.TrimSpace(value)); err != nil || n < 0 || n >= in.strings {
			return in.damaged("cell %s%d refers to text number %s, and there are %d", letters(c.column), c.row, shorten(value), in.strings)
		}
	case "str", "inlineStr":
	case "n":
		f, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return in.damaged("cell %s%d should be a number and is %q", letters(c.column), c.row, shorten(value))
		}
		switch {
		case c.date:
			in.mark(c.column, date)
		case !plainDigits(value):
			in.mark(c.column, number)
		}
	case "b":
		in.mark(c.column, truth)
	case "e":
		in.mark(c.column, fault)
	case "d":
		in.mark(c.column, date)
	default:
		return in.damaged("cell %s%d is of a kind %q that does not exist", letters(c.column), c.row, shorten(c.kind))
	}
	return nil
}

// runs reads the text of an inline string, with its formatted runs.
func (in *inspector) runs(buf []byte) ([]byte, error) {
	for outside := in.depth() - 1; in.depth() > outside; {
		t, err := in.next()
		if err != nil {
			return buf, in.early(err)
		}
		if text, ok := t.(xml.CharData); ok {
			buf = append(buf, text...)
		}
	}
	return buf, nil
}

// columns reads which columns are hidden, or so narrow that nobody sees them.
func (in *inspector) columns() error {
	for {
		el, ok, err := in.child()
		if !ok || err != nil {
			return err
		}
		var s span
		hidden := false
		for _, a := range el.Attr {
			switch a.Name.Local {
			case "min":
				s.first, err = strconv.Atoi(a.Value)
			case "max":
				s.last, err = strconv.Atoi(a.Value)
			case "hidden":
				hidden = hidden || isTrue(a.Value)
			case "width":
				hidden = hidden || isZero(a.Value)
			}
			if err != nil {
				return in.damaged("a column is numbered %q", shorten(a.Value))
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
func (in *inspector) merges() error {
	for {
		el, ok, err := in.child()
		if !ok || err != nil {
			return err
		}
		for _, a := range el.Attr {
			if a.Name.Local != "ref" {
				continue
			}
			from, to, _ := strings.Cut(a.Value, ":")
			left, top, ok1 := cellRef(from)
			right, bottom, ok2 := cellRef(to)
			if ok1 && ok2 && bottom > top {
				in.found.merges = append(in.found.merges, merge{span{left, right}, top, bottom, a.Value})
			}
		}
		if err := in.skip(); err != nil {
			return err
		}
	}
}

func (in *inspector) mark(column int, odd oddity) {
	in.found.marks = append(in.found.marks, mark{int32(in.found.last), int16(column), odd})
}

// cellRef reads a cell's name: B12 is column 1, row 12.
func cellRef(s string) (column, row int, ok bool) {
	i := 0
	for i < len(s) && (s[i] >= 'A' && s[i] <= 'Z' || s[i] >= 'a' && s[i] <= 'z') {
		column = column*26 + int(s[i]&^0x20-'A') + 1
		if i++; i > 3 {
			return 0, 0, false
		}
	}
	row, err := strconv.Atoi(s[i:])
	return column - 1, row, err == nil && column >= 1 && column <= 16_384 && row >= 1 && digit(s[i])
}

func isZero(s string) bool {
	f, err := strconv.ParseFloat(s, 64)
	return err == nil && f == 0
}
