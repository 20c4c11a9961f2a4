package ingest

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// lines reads the records of a CSV text one by one, with the line that each
// begins on, and turns damage into errors that name the place.
type lines struct {
	guard  *guard
	csv    *csv.Reader
	limits Limits
}

// line is one record. Its cells are valid until the next; their texts stay.
type line struct {
	number    int // of the text, from 1
	cells     []string
	multiline bool // a quoted field may hold a line break
}

func newLines(text []byte, delimiter rune, l Limits) *lines {
	g := &guard{text: text, limit: l.RecordBytes}
	return &lines{guard: g, csv: newReader(g, delimiter), limits: l}
}

// next is the next record that is not an empty line, or io.EOF.
func (l *lines) next() (line, error) {
	start := int(l.csv.InputOffset())
	l.guard.start = start
	cells, err := l.csv.Read()
	if err != nil {
		return line{}, l.explain(err, start)
	}
	number, _ := l.csv.FieldPos(0)
	if len(cells) > l.limits.Columns && len(trimRight(cells)) > l.limits.Columns {
		return line{}, &FileError{Row: number, What: fmt.Sprintf("the line has %d columns, and %d are the most", len(cells), l.limits.Columns), Do: "is this a payroll? If it is, delete the columns that it does not need, or raise the limit: " + raise("columns", l.limits.Columns), Err: ErrLimit}
	}
	for i, c := range cells {
		if len(c) > l.limits.CellChars && utf8.RuneCountInString(c) > l.limits.CellChars {
			return line{}, &FileError{Row: number, Column: letters(i), Value: c, What: fmt.Sprintf("the cell holds more than %d characters, the most that a spreadsheet takes", l.limits.CellChars), Do: "shorten it, look for a quote that should not be there, or raise the limit: " + raise("cell-chars", l.limits.CellChars), Err: ErrLimit}
		}
	}
	raw := l.guard.text[start:l.csv.InputOffset()]
	return line{number, cells, bytes.IndexByte(raw, '\n') < len(raw)-1}, nil
}

// explain turns an error of encoding/csv into words about the file.
func (l *lines) explain(err error, start int) error {
	if errors.Is(err, io.EOF) {
		return err
	}
	if errors.Is(err, errRecordTooLong) {
		opened, _ := l.lastQuote(start)
		return &FileError{Row: opened, What: fmt.Sprintf("a line goes on for more than %d KiB", l.limits.RecordBytes>>10), Do: "look for a quote (\") that is opened there and never closed; if it is one long text, raise the limit: " + raise("record-bytes", l.limits.RecordBytes), Err: ErrDamaged}
	}
	p, ok := errors.AsType[*csv.ParseError](err)
	if !ok {
		return err
	}
	if errors.Is(err, csv.ErrBareQuote) {
		return &FileError{Row: p.Line, What: fmt.Sprintf("a quote (\") stands inside a text that does not begin with one (character %d of the line)", p.Column), Do: `delete it, or write the text in quotes with the inner ones doubled: "Café ""Le Port"""`, Err: ErrDamaged}
	}
	if opened, open := l.lastQuote(start); open {
		return &FileError{Row: opened, What: "a quote (\") is opened here and never closed", Do: "close it where the text ends, or delete it", Err: ErrDamaged}
	}
	return &FileError{Row: p.Line, What: fmt.Sprintf("a quote (\") does not stand where a text begins or ends (character %d of the line)", p.Column), Do: fmt.Sprintf("delete it or double it; the record begins on line %d", p.StartLine), Err: ErrDamaged}
}

// lastQuote walks the record that begins at start. It tells the line on which
// its last quoted text begins, and whether that is still open at the text's end
// or at the limit.
func (l *lines) lastQuote(start int) (opened int, open bool) {
	text := l.guard.text[:min(len(l.guard.text), start+l.limits.RecordBytes)]
	at, fieldStart := start, true
	for i := start; i < len(text); i++ {
		c := text[i]
		if c == '"' {
			if !open && fieldStart {
				at = i // not the second half of a doubled one
			}
			open = !open
		}
		fieldStart = !open && (rune(c) == l.csv.Comma || c == '\n')
	}
	return lineOf(text, at), open
}

// guard hands out the text, and stops where one record goes on and on: a quote
// that is never closed would swallow the rest of the file.
type guard struct {
	text       []byte
	pos, start int // what was handed out, where the record in hand begins
	limit      int
}

var errRecordTooLong = errors.New("record too long")

func (g *guard) Read(p []byte) (int, error) {
	if g.pos-g.start > g.limit+cap(p) {
		return 0, errRecordTooLong
	}
	if g.pos == len(g.text) {
		return 0, io.EOF
	}
	n := copy(p, g.text[g.pos:])
	g.pos += n
	return n, nil
}
