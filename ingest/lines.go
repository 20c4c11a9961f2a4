package ingest

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
	"flexybatch/ingest/xlsx"
)

// lines cuts a CSV text into records, one by one, with the line that each begins
// on, and turns damage into errors that name the place.
type lines struct {
	feed      feed
	csv       *csv.Reader // reads from feed
	delimiter byte
	limits    Limits
	line      line
}

// line is one record. It is valid until the next; the texts of its cells stay.
type line struct {
	number    int    // of the text, from 1
	raw       string // without its end, where it is nothing but cells and delimiters
	cells     []string
	multiline bool // a quoted field may hold a line break
}

func newLines(text string, delimiter rune, l Limits) *lines {
	r := &lines{feed: feed{text: text, limit: l.RecordBytes}, delimiter: byte(delimiter), limits: l}
	r.csv = csv.NewReader(&r.feed)
	r.csv.Comma = delimiter
	r.csv.FieldsPerRecord = -1 // the width of rows is our own affair
	r.csv.ReuseRecord = true
	return r
}

// next returns the next record that is not an empty line, or io.EOF.
func (l *lines) next() (*line, error) {
	r, err := l.record()
	if err != nil {
		return nil, err
	}
	if len(r.cells) > l.limits.Columns && len(trimRight(r.cells)) > l.limits.Columns {
		return nil, &FileError{Row: r.number, What: batch.Msg("the line has %d columns, and %d are the most", len(r.cells), l.limits.Columns), Do: batch.Msg("is this a payroll? If it is, delete the columns that it does not need, or raise the limit: %s", fault.Raise("columns", l.limits.Columns)), Err: ErrLimit}
	}
	if i := strings.IndexByte(r.raw, '\r'); i >= 0 && i < len(strings.TrimRight(r.raw, "\r")) {
		return nil, &FileError{Row: r.number, What: batch.Msg("there is a carriage return within the line: line ends of two kinds are mixed, and rows may be lost"), Do: batch.Msg(`open it in a spreadsheet program, look whether all rows are there, and save it as "CSV UTF-8"`), Err: ErrDamaged}
	}
	if r.raw != "" && len(r.raw) <= l.limits.CellChars {
		return r, nil
	}
	for i, c := range r.cells {
		if len(c) > l.limits.CellChars && utf8.RuneCountInString(c) > l.limits.CellChars {
			return nil, &FileError{Row: r.number, Column: xlsx.Letters(i), Value: c, What: batch.Msg("the cell holds more than %d characters, the most that a spreadsheet takes", l.limits.CellChars), Do: batch.Msg("shorten it, look for a quote that should not be there, or raise the limit: %s", fault.Raise("cell-chars", l.limits.CellChars)), Err: ErrLimit}
		}
	}
	return r, nil
}

// record returns the next record, whatever its size in cells.
func (l *lines) record() (*line, error) {
	f := &l.feed
	f.passBlank()
	number := f.lines + 1
	f.start = f.pos
	cells, err := l.csv.Read()
	if err != nil {
		return nil, l.explain(err, number)
	}
	raw := f.text[f.start:f.pos]
	if len(raw) > f.limit {
		return nil, l.explain(errRecordTooLong, number)
	}
	l.line = line{number: number, cells: cells, multiline: strings.ContainsAny(strings.TrimRight(raw, "\r\n"), "\r\n")}
	if strings.IndexByte(raw, '"') < 0 {
		l.line.raw = strings.TrimSuffix(strings.TrimSuffix(raw, "\n"), "\r")
		l.fromText(cells)
	}
	return &l.line, nil
}

// fromText takes the cells of a line without quotes from the text of the file:
// what encoding/csv gives out is a copy, and a million of them would be kept.
func (l *lines) fromText(cells []string) {
	for i, c := range cells {
		_, column := l.csv.FieldPos(i)
		cells[i] = l.line.raw[column-1:][:len(c)]
	}
}

// explain turns an error about the record in hand, which begins on line number,
// into words about the file.
func (l *lines) explain(err error, number int) error {
	if errors.Is(err, errRecordTooLong) {
		opened, open := l.lastQuote()
		long := &FileError{Row: opened, What: batch.Msg("a line goes on for more than %d KiB", l.limits.RecordBytes>>10), Err: ErrDamaged}
		if long.Do = batch.Msg("is this a payroll? If it is, raise the limit: %s", fault.Raise("record-bytes", l.limits.RecordBytes)); open {
			long.Do = batch.Msg("look for a quote (\") that is opened there and never closed; if it is one long text, raise the limit: %s", fault.Raise("record-bytes", l.limits.RecordBytes))
		}
		return long
	}
	p, ok := errors.AsType[*csv.ParseError](err)
	if !ok {
		return err
	}
	row := number + p.Line - p.StartLine
	if errors.Is(err, csv.ErrBareQuote) {
		return l.bareQuote(p, row)
	}
	if opened, open := l.lastQuote(); open {
		return &FileError{Row: opened, What: batch.Msg("a quote (\") is opened here and never closed"), Do: batch.Msg("close it where the text ends, or delete it"), Err: ErrDamaged}
	}
	return &FileError{Row: row, What: batch.Msg("a quote (\") does not stand where a text begins or ends (character %d of the line)", p.Column), Do: batch.Msg("delete it or double it; the record begins on line %d", number), Err: ErrDamaged}
}

// bareQuote says what a quote is that stands inside a text. The line in hand is
// number row of the file.
func (l *lines) bareQuote(p *csv.ParseError, row int) error {
	text := l.feed.text[l.feed.start:]
	for range p.Line - p.StartLine {
		text = text[len(lineIn(text)):]
	}
	text = strings.TrimRight(lineIn(text), "\r\n")
	at := min(max(p.Column-1, 0), len(text))
	before := text[strings.LastIndexByte(text[:at], l.delimiter)+1 : at]
	cell, _, _ := strings.Cut(text[at:], string(rune(l.delimiter)))
	switch {
	case before == "=" && len(cell) > 1 && strings.IndexByte(cell[1:], '"') == len(cell)-2:
		return &FileError{Row: row, What: batch.Msg(`there is a formula ="…" that keeps the zeros of a number (character %d of the line)`, p.Column), Do: batch.Msg(`open the file in a spreadsheet program and save it as "Excel Workbook (.xlsx)"`), Err: ErrDamaged}
	case before != "" && strings.TrimSpace(before) == "":
		return &FileError{Row: row, What: batch.Msg("a space stands before a quote (\") (character %d of the line), which then does not begin a text", p.Column), Do: batch.Msg("delete the space"), Err: ErrDamaged}
	}
	return &FileError{Row: row, What: batch.Msg("a quote (\") stands inside a text that does not begin with one (character %d of the line)", p.Column), Do: batch.Msg(`delete it, or write the text in quotes with the inner ones doubled: "Café ""Le Port"""`), Err: ErrDamaged}
}

// lastQuote walks the record in hand. It tells the line on which its last quoted
// text begins, and whether that is still open at the text's end or at the limit.
func (l *lines) lastQuote() (opened int, open bool) {
	start := l.feed.start
	text := l.feed.text[:min(len(l.feed.text), start+l.limits.RecordBytes)]
	at, fieldStart := start, true
	for i := start; i < len(text); i++ {
		c := text[i]
		if c == '"' {
			if !open && fieldStart {
				at = i // not the second half of a doubled one
			}
			open = !open
		}
		fieldStart = !open && (c == l.delimiter || c == '\n')
	}
	return lineOf(text, at), open
}

// feed hands out the text line by line, so that encoding/csv never reads beyond
// the record that it is asked for. It stops where one record goes on and on: a
// quote that is never closed would swallow the rest of the file.
type feed struct {
	text       string
	pos, start int // what was handed out, where the record in hand begins
	lines      int // that were handed out
	limit      int // bytes of a record
}

var errRecordTooLong = batch.Errorf("record too long")

// lineIn returns the first line of a text, with its end.
func lineIn(text string) string {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return text[:i+1]
	}
	return text
}

// pass goes over n bytes, at most to a line's end.
func (f *feed) pass(n int) {
	f.pos += n
	if f.text[f.pos-1] == '\n' {
		f.lines++
	}
}

// passBlank goes over empty lines.
func (f *feed) passBlank() {
	for f.pos < len(f.text) {
		line := lineIn(f.text[f.pos:min(len(f.text), f.pos+2)])
		if line != "\n" && line != "\r\n" {
			return
		}
		f.pass(len(line))
	}
}

// Read gives a line, or as much of it as there is room for.
func (f *feed) Read(p []byte) (int, error) {
	if f.pos == len(f.text) {
		return 0, io.EOF
	}
	if f.pos-f.start > f.limit {
		return 0, errRecordTooLong
	}
	n := copy(p, lineIn(f.text[f.pos:min(len(f.text), f.pos+len(p))]))
	f.pass(n)
	return n, nil
}
