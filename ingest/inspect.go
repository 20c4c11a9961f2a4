package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// findings are what is known of a sheet when it was read to its end.
type findings struct {
	filled int    // rows that hold a value
	hidden []span // hidden columns
	merges []merge
}

// mark says something of a cell of the row in hand, or of the whole row.
type mark struct {
	column int // from 0; wholeRow for the row
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

// sheetScan reads a sheet row by row and holds it to the rules of its format.
// Programs that do not end silently where the XML breaks off, take cells out of
// order for cells of other columns, and a text that does not exist for an empty
// cell.
type sheetScan struct {
	*xmlPart
	limits Limits
	texts  *sharedTexts
	dates  []bool // by style
	found  findings
	number int // of the row in hand
	column int // of the cell in hand

	keep  bool // the rows' cells are wanted, not only their being right
	cells []placed
	own   []byte // the texts of the row in hand that are its own
	marks []mark
	buf   []byte // the value of the cell in hand
}

// placed is where the text of a cell is: among the shared ones, or in own.
type placed struct {
	shared     int // -1: it is not shared
	start, end int
}

// scanSheet begins to read a sheet, down to its rows.
func (w *workbook) scanSheet(s worksheet, l Limits) (*sheetScan, error) {
	x, err := w.parts.open(s.part)
	if err != nil {
		return nil, err
	}
	in := &sheetScan{xmlPart: x, limits: l, texts: w.texts, dates: w.dates}
	if err := in.begin(); err != nil {
		x.close()
		return nil, err
	}
	return in, nil
}

// inspect reads a sheet to its end. Its error says what is wrong with it.
func (w *workbook) inspect(s worksheet, l Limits) (findings, error) {
	in, err := w.scanSheet(s, l)
	if err != nil {
		return findings{}, err
	}
	defer in.close()
	for err == nil {
		err = in.row()
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
		k, isDate, err := in.cellHead(el)
		if err != nil {
			return err
		}
		value, err := in.cell(k, isDate)
		if err != nil {
			return err
		}
		if value && in.column >= in.limits.Columns {
			return &FileError{Row: in.number, Column: letters(in.column), What: fmt.Sprintf("a value stands right of the first %d columns", in.limits.Columns), Do: "delete the columns that the payroll does not need, or raise the limit: " + raise("columns", in.limits.Columns), Err: ErrLimit}
		}
		filled = filled || value
	}
	if filled {
		in.found.filled++
	}
	return nil
}

// cellKind is what a cell says that it holds (ECMA-376, 18.18.11 ST_CellType).
type cellKind uint8

const (
	cellNumber cellKind = iota
	cellShared
	cellText // also of a formula
	cellTruth
	cellFault
	cellDate
)

var cellKinds = map[string]cellKind{"n": cellNumber, "s": cellShared, "str": cellText, "inlineStr": cellText, "b": cellTruth, "e": cellFault, "d": cellDate}

// cellHead reads the tag of a cell: where it stands, and what it holds.
func (in *sheetScan) cellHead(el element) (k cellKind, isDate bool, err error) {
	column, known := in.column+1, true
	for i, a := range el.attrs {
		for _, b := range el.attrs[:i] {
			if bytes.Equal(a.name, b.name) { // under two prefixes: programs differ in which they read
				return 0, false, in.damaged("a cell of row %d says %q twice", in.number, a.name)
			}
		}
		switch string(a.name) {
		case "r":
			col, row, ok := cellRef(a.value)
			if !ok || row != in.number {
				return 0, false, in.damaged("a cell of row %d is called %q", in.number, a.value)
			}
			column = col
		case "s":
			style, ok := wholeNumber(a.value)
			if !ok {
				return 0, false, in.damaged("cell %s%d has the style %q", letters(column), in.number, a.value)
			}
			isDate = style < len(in.dates) && in.dates[style]
		case "t":
			if k, known = cellKinds[string(a.value)]; !known {
				return 0, false, in.damaged("cell %s%d is of a kind %q that does not exist", letters(column), in.number, shorten(string(a.value)))
			}
		}
	}
	if column <= in.column {
		return 0, false, in.damaged("in row %d column %s comes after column %s", in.number, letters(column), letters(in.column))
	}
	in.column = column
	return k, isDate, nil
}

// cell reads one cell and marks what is odd about it. It tells whether there is
// a value in it, if only one that should be.
func (in *sheetScan) cell(k cellKind, isDate bool) (bool, error) {
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
		switch string(el.name) {
		case "v":
			values++
			value, err = in.text(value)
		case "f":
			formulas++
			err = in.skip()
		case "is":
			inline++
			value, err = in.richText(value)
		default:
			err = in.skip()
		}
		if err != nil {
			return false, err
		}
	}
	in.buf = value
	if values > 1 || inline > 1 || values+inline > 1 || formulas > 1 {
		return false, in.damaged("cell %s%d has several values", letters(in.column), in.number)
	}
	if formulas > 0 && values+inline == 0 {
		in.mark(uncounted)
		return true, nil
	}
	if len(value) == 0 {
		return false, nil
	}
	if len(value) > in.limits.CellChars && utf8.RuneCount(value) > in.limits.CellChars {
		return false, &FileError{Row: in.number, Column: letters(in.column), What: fmt.Sprintf("the cell holds more than %d characters", in.limits.CellChars), Do: "shorten it, or raise the limit: " + raise("cell-chars", in.limits.CellChars), Err: ErrLimit}
	}
	return true, in.judge(k, isDate, value)
}

// judge holds a value against the cell's kind, and keeps its text.
func (in *sheetScan) judge(k cellKind, isDate bool, value []byte) error {
	switch k {
	case cellShared:
		n, ok := wholeNumber(trimSpace(value))
		if !ok || n >= in.texts.len() {
			return in.damaged("cell %s%d refers to text number %s, and there are %d", letters(in.column), in.number, shorten(string(value)), in.texts.len())
		}
		in.place(placed{shared: n})
		return nil
	case cellText:
		value = unescape(value)
	case cellNumber:
		value = trimSpace(value)
		plain := plainDigits(value)
		if !plain {
			f, err := strconv.ParseFloat(string(value), 64)
			if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
				return in.damaged("cell %s%d should be a number and is %q", letters(in.column), in.number, shorten(string(value)))
			}
		}
		switch {
		case isDate:
			in.mark(date)
		case !plain:
			in.mark(number)
		}
	case cellTruth:
		in.mark(truth)
	case cellFault:
		in.mark(fault)
	case cellDate:
		in.mark(date)
	}
	from := len(in.own)
	if in.keep {
		in.own = append(in.own, value...)
	}
	in.place(placed{shared: -1, start: from, end: len(in.own)})
	return nil
}

// place puts a text into the column in hand.
func (in *sheetScan) place(c placed) {
	if !in.keep || in.column >= in.limits.Columns {
		return
	}
	for len(in.cells) < in.column {
		in.cells = append(in.cells, placed{shared: -1})
	}
	in.cells = append(in.cells, c)
}

// appendTexts appends the texts of the row in hand, a cell for each column up to
// the last that holds one.
func (in *sheetScan) appendTexts(to []string) []string {
	own := string(in.own)
	for _, c := range in.cells {
		if c.shared >= 0 {
			to = append(to, in.texts.at(c.shared))
		} else {
			to = append(to, own[c.start:c.end])
		}
	}
	return to
}

// richText leaves a text of formatted runs (ECMA-376, 18.4.8 si and its kin),
// and appends what it says to buf, without the readings of East Asian words.
func (x *xmlPart) richText(buf []byte) ([]byte, error) {
	for {
		el, ok, err := x.child()
		if !ok || err != nil {
			return buf, err
		}
		switch string(el.name) {
		case "t":
			buf, err = x.text(buf)
		case "r":
			buf, err = x.richText(buf)
		default:
			err = x.skip()
		}
		if err != nil {
			return buf, err
		}
	}
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
			from, to, _ := strings.Cut(string(a.value), ":")
			left, top, ok1 := cellRef([]byte(from))
			right, bottom, ok2 := cellRef([]byte(to))
			if ok1 && ok2 && bottom > top {
				in.found.merges = append(in.found.merges, merge{span{left, right}, top, bottom, string(a.value)})
			}
		}
		if err := in.skip(); err != nil {
			return err
		}
	}
}

func (in *sheetScan) mark(odd oddity) {
	if in.keep {
		in.marks = append(in.marks, mark{in.column, odd})
	}
}

// cellRef reads a cell's name: B12 is column 1, row 12.
func cellRef(s []byte) (column, row int, ok bool) {
	i := 0
	for i < len(s) && (s[i] >= 'A' && s[i] <= 'Z' || s[i] >= 'a' && s[i] <= 'z') {
		column = column*26 + int(s[i]&^0x20-'A') + 1
		if i++; i > 3 {
			return 0, 0, false
		}
	}
	row, ok = wholeNumber(s[i:])
	return column - 1, row, ok && column >= 1 && column <= 16_384 && row >= 1
}

// wholeNumber reads a whole number of at most nine digits.
func wholeNumber(s []byte) (n int, ok bool) {
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, 0 < len(s) && len(s) <= 9
}

// trimSpace is bytes.TrimSpace, for texts that nearly never need it.
func trimSpace(b []byte) []byte {
	if len(b) > 0 && b[0] > ' ' && b[0] < utf8.RuneSelf && b[len(b)-1] > ' ' && b[len(b)-1] < utf8.RuneSelf {
		return b
	}
	return bytes.TrimSpace(b)
}

func isZero(s string) bool {
	f, err := strconv.ParseFloat(s, 64)
	return err == nil && f == 0
}
