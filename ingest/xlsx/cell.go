package xlsx

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
)

// Mark says what is odd about a cell of the row in hand.
type Mark struct {
	Column int // from 0
	Odd    Oddity
	Struck bool   // its text is struck through
	Shown  string // a whole number as the sheet shows it, where that is not its digits: 00042
}

// placed is where the text of a cell is: among the shared ones, or in own.
type placed struct {
	shared     int // -1: it is not shared
	start, end int
}

// cellKind is what a cell says that it holds (ECMA-376, 18.18.11 ST_CellType).
type cellKind uint8

const (
	cellNumber cellKind = iota
	cellShared
	cellText   // of a formula
	cellInline // in the cell itself
	cellTruth
	cellFault
	cellDate
)

var cellKinds = map[string]cellKind{"n": cellNumber, "s": cellShared, "str": cellText, "inlineStr": cellInline, "b": cellTruth, "e": cellFault, "d": cellDate}

// cellHead reads the tag of a cell: where it stands, and what it holds.
func (in *sheetScan) cellHead(el element) (k cellKind, s style, err error) {
	if len(in.styles) > 0 {
		s = in.styles[0] // of cells that name none
	}
	column := in.column + 1
	for i, a := range el.attrs {
		for _, b := range el.attrs[:i] {
			if bytes.Equal(a.name, b.name) { // under two prefixes: programs differ in which they read
				return 0, style{}, in.damaged("a cell of row %d says %q twice", in.Number, string(a.name))
			}
		}
		switch string(a.name) {
		case "r":
			col, row, ok := cellRef(a.value)
			if !ok || row != in.Number {
				return 0, style{}, in.damaged("a cell of row %d is called %q", in.Number, string(a.value))
			}
			column = col
		case "s":
			if len(a.value) == 0 {
				continue
			}
			n, ok := wholeNumber(a.value)
			if !ok {
				return 0, style{}, in.damaged("cell %s%d has the style %q", Letters(column), in.Number, string(a.value))
			}
			switch {
			case n < len(in.styles):
				s = in.styles[n]
			case in.lost:
				s.lost = n > 0
			case len(in.styles) > 0: // without styles all numbers are as they stand
				return 0, style{}, in.damaged("cell %s%d has style number %d, and there are %d: it may be a date", Letters(column), in.Number, n, len(in.styles))
			}
		case "t":
			said, known := cellKinds[string(a.value)]
			if !known {
				return 0, style{}, in.damaged("cell %s%d is of a kind %q that does not exist", Letters(column), in.Number, fault.Shorten(string(a.value)))
			}
			k = said
		}
	}
	if column <= in.column {
		return 0, style{}, in.damaged("in row %d column %s comes after column %s", in.Number, Letters(column), Letters(in.column))
	}
	in.column = column
	return k, s, nil
}

// cell reads one cell and marks what is odd about it. It tells whether there is
// a value in it, if only one that should be.
func (in *sheetScan) cell(k cellKind, s style) (bool, error) {
	var values, inline, formulas int
	struck := false
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
			if k == cellInline && inline > 0 {
				err = in.skip()
				break
			}
			values++
			value, err = in.text(value)
		case "f":
			formulas++
			err = in.skip()
		case "is":
			inline++
			if k == cellInline { // its text is here, whatever value an older program finds
				value, values = value[:0], 0
			}
			value, struck, err = in.richText(value)
		default:
			err = in.skip()
		}
		if err != nil {
			return false, err
		}
	}
	in.buf = value
	if values > 1 || inline > 1 || values+inline > 1 || formulas > 1 {
		return false, in.damaged("cell %s%d has several values", Letters(in.column), in.Number)
	}
	// Some programs write an empty value beside a formula that nobody has
	// computed; a formula whose value is the empty text says that it is a text.
	if formulas > 0 && len(value) == 0 && (values+inline == 0 || k != cellText && k != cellInline) {
		in.mark(Uncounted)
		in.place(placed{shared: -1})
		return true, nil
	}
	if len(value) == 0 {
		return false, nil
	}
	if len(value) > in.limits.CellChars && utf8.RuneCount(value) > in.limits.CellChars {
		return false, &fault.Error{Row: in.Number, Column: Letters(in.column), What: batch.Msg("the cell holds more than %d characters", in.limits.CellChars), Do: batch.Msg("shorten it, or raise the limit: %s", fault.Raise("cell-chars", in.limits.CellChars)), Err: fault.ErrLimit}
	}
	if err := in.judge(k, s, value); err != nil {
		return true, err
	}
	if struck || s.struck {
		in.lastMark().Struck = true
	}
	return true, nil
}

// judge holds a value against the cell's kind, and keeps its text.
func (in *sheetScan) judge(k cellKind, s style, value []byte) error {
	switch k {
	case cellShared:
		n, ok := wholeNumber(trimSpace(value))
		if ok && in.texts.len() == 0 {
			return in.damaged("cell %s%d refers to text number %d, and the part of the shared texts is missing or empty", Letters(in.column), in.Number, n)
		}
		if !ok || n >= in.texts.len() {
			return in.damaged("cell %s%d refers to text number %s, and there are %d", Letters(in.column), in.Number, fault.Shorten(string(value)), in.texts.len())
		}
		in.place(placed{shared: n})
		if in.texts.struck[n] {
			in.lastMark().Struck = true
		}
		return nil
	case cellText, cellInline:
		value = unescape(value)
	case cellNumber:
		value = trimSpace(value)
		plain := PlainDigits(value)
		if !plain {
			_, err := strconv.ParseFloat(string(value), 64)
			if err != nil || len(bytes.Trim(value, "0123456789.eE+-")) > 0 { // other notations are Go's own
				return in.damaged("cell %s%d should be a number and is %q", Letters(in.column), in.Number, fault.Shorten(string(value)))
			}
		}
		switch {
		case s.lost:
			return in.damaged("cell %s%d has a style, and the part of the styles is missing: it may be a date", Letters(in.column), in.Number)
		case s.odd != Ordinary:
			in.mark(s.odd)
		case !plain:
			in.mark(Number)
		}
		if plain && s.form != nil {
			in.lastMark().Shown = show(string(value), s.form)
		}
	case cellTruth:
		in.mark(Truth)
	case cellFault:
		in.mark(Fault)
	case cellDate:
		in.mark(Date)
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

// rowTexts is the texts of a row.
type rowTexts struct {
	cells     []placed
	own       []byte // the texts that are its own
	texts     *sharedTexts
	dates1904 bool
}

func (in *sheetScan) appendTexts(to []string) []string { return in.append(to, in.Marks) }

// append appends the texts of a row with these marks.
func (r *rowTexts) append(to []string, marks []Mark) []string {
	from := len(to)
	to = r.appendStored(to)
	for _, m := range marks {
		if cells := to[from:]; m.Column < len(cells) {
			cells[m.Column] = spell(cells[m.Column], m.Odd, r.dates1904)
		}
	}
	return to
}

// appendStored is append with what the file stores, odd cells included.
func (r *rowTexts) appendStored(to []string) []string {
	own := string(r.own)
	for _, c := range r.cells {
		if c.shared >= 0 {
			to = append(to, r.texts.at(c.shared))
		} else {
			to = append(to, own[c.start:c.end])
		}
	}
	return to
}

func (in *sheetScan) mark(odd Oddity) { in.lastMark().Odd = odd }

// lastMark returns the mark of the cell in hand.
func (in *sheetScan) lastMark() *Mark { return in.Rows.mark(in.column) }

// mark returns the mark of a cell of the row in hand. Columns come in order.
func (r *Rows) mark(column int) *Mark {
	if n := len(r.Marks); n == 0 || r.Marks[n-1].Column != column {
		r.Marks = append(r.Marks, Mark{Column: column})
	}
	return &r.Marks[len(r.Marks)-1]
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
	return column - 1, row, ok && column >= 1 && column <= maxColumns && row >= 1
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
