package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/gocarina/gocsv"
	"golang.org/x/sync/errgroup"

	"flexybatch/batch"
)

// csvTable finds the header of a CSV text. The rows below it are read when they
// are asked for.
func csvTable(ctx context.Context, content []byte, forced string, m mapping, l Limits) (*table, error) {
	text, encoding, err := decode(content, forced)
	if err != nil {
		return nil, err
	}
	text = unixLines(text)
	delimiter, cut := sepLine(text)
	if !cut {
		delimiter = sniffDelimiter(text, m, l)
	}
	// The line that names the delimiter is no row, but it counts as a line.
	lines := newLines(text, delimiter, l)
	if cut {
		if _, err := lines.next(); err != nil {
			return nil, err
		}
	}
	header, columns, own, err := findHeader(lines, m)
	if err != nil {
		return nil, err
	}
	return &table{
		format:   fmt.Sprintf("CSV, %s, delimiter %q", encoding, delimiter),
		header:   header,
		columns:  columns,
		capacity: min(bytes.Count(text, []byte("\n"))+1, len(text)/len("0550000001")),
		entries:  csvEntries(ctx, &ranks{lines: lines, header: header, columns: columns, own: own}),
	}, nil
}

// unixLines turns the line ends of old Macs into ours. encoding/csv knows the
// others.
func unixLines(text []byte) []byte {
	if bytes.IndexByte(text, '\r') < 0 || bytes.IndexByte(text, '\n') >= 0 {
		return text
	}
	return bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
}

func findHeader(lines *lines, m mapping) ([]string, columns, ownColumns, error) {
	f := finder{mapping: m}
	for !f.done() {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, noColumns, nil, err
		}
		own := ownOf(line.cells)
		header := trimRight(own.strip(line.cells))
		columns, ok, err := f.try(header)
		if err != nil {
			return nil, noColumns, nil, onRow(err, line.number)
		}
		if ok {
			return trimmed(header), columns, own, nil
		}
	}
	return nil, noColumns, nil, f.missing()
}

// trimmed is a copy of a header without the spaces around its names.
func trimmed(header []string) []string {
	header = slices.Clone(header)
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	return header
}

// named is what gocsv makes of a line: the fields, by the canonical names that
// canonicalReader gives their columns. All are texts: of a number gocsv would
// read 0100 as 64 and 1.9 as 1.
type named struct {
	Phone  string `csv:"phone"`
	Plan   string `csv:"plan"`
	Amount string `csv:"amount"`
	ID     string `csv:"id"`
}

// UnmarshalCSVWithFields takes a field by its name. Without it gocsv would find
// every field of every row by reflection, which takes most of the time of a
// large file.
func (n *named) UnmarshalCSVWithFields(name, text string) error {
	switch name {
	case "phone":
		n.Phone = text
	case "plan":
		n.Plan = text
	case "amount":
		n.Amount = text
	case "id":
		n.ID = text
	}
	return nil
}

// csvEntries reads the rows through gocsv. What gocsv has no place for, the
// line number and the cells of all columns, travels beside it in the same order.
// Lines are parsed, and gocsv works, in goroutines of their own, ahead of
// whoever takes the entries.
func csvEntries(ctx context.Context, ranks *ranks) iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		ahead, used := make(chan []Entry, 2), make(chan []Entry, 8)
		fields, beside := make(chan named, aheadRows), make(chan []Entry, aheadRows/besideRows+1)
		ranks.to, ranks.used = ahead, used
		reader := &canonicalReader{columns: ranks.columns, ranks: ranks, from: ahead, beside: beside}
		var g errgroup.Group
		g.Go(func() error {
			ranks.read(ctx)
			return nil // its error is the reader's
		})
		g.Go(func() error {
			return gocsv.UnmarshalDecoderToChan(gocsv.NewSimpleDecoderFromCSVReader(reader), fields)
		})
		stopped := false
		var rank []Entry
		next := 0
		for f := range fields { // to its end, always: gocsv would wait for ever
			if next == len(rank) {
				if rank != nil {
					select {
					case used <- rank:
					default:
					}
				}
				rank, next = <-beside, 0
			}
			e := &rank[next]
			next++
			e.Fields = [...]string{phone: f.Phone, plan: f.Plan, amount: f.Amount, id: f.ID}
			if !stopped && !yield(e, nil) {
				stopped = true
				cancel()
			}
		}
		cancel() // where gocsv itself has failed, nobody takes the lines
		if err := g.Wait(); err != nil && !stopped {
			yield(nil, err)
		}
	}
}

// besideRows is how many entries travel together, and aheadRows how many rows
// gocsv may be ahead by.
const (
	besideRows = 512
	aheadRows  = 4 * besideRows
)

// ranks parses lines into entries and hands them on in ranks of besideRows.
type ranks struct {
	lines   *lines
	header  []string
	columns columns
	own     ownColumns
	to      chan<- []Entry
	used    <-chan []Entry // ranks that may be written over
	packer  batch.CellPacker
	err     error // why it ended; it may be read once to is closed
}

// read reads the lines to their end, to an error, or until ctx is done.
func (r *ranks) read(ctx context.Context) {
	defer close(r.to)
	for r.err == nil {
		var rank []Entry
		select {
		case rank = <-r.used:
			rank = rank[:0]
		default:
			rank = make([]Entry, 0, besideRows)
		}
		for r.err == nil && len(rank) < besideRows {
			var l line
			if l, r.err = r.next(); r.err == nil {
				rank = slices.Grow(rank, 1)[:len(rank)+1]
				r.fill(&rank[len(rank)-1], l)
			}
		}
		select {
		case r.to <- rank:
		case <-ctx.Done():
			r.err = ctx.Err()
		}
	}
}

// next is the next line that is not blank.
func (r *ranks) next() (line, error) {
	line, err := r.lines.next()
	for ; err == nil; line, err = r.lines.next() {
		line.cells = r.own.strip(line.cells)
		if r.own.revive(line.cells); !blank(line.cells) {
			break
		}
	}
	if err == nil && line.multiline {
		err = r.swallowed(line)
	}
	return line, err
}

// canonicalReader is the CSVReader in front of gocsv: it calls the columns that
// mean something by our names.
type canonicalReader struct {
	columns columns
	ranks   *ranks
	from    <-chan []Entry
	beside  chan<- []Entry // has room for every rank that gocsv may be ahead by
	rank    []Entry
	begun   bool
	row     [fields]string
}

// Read gives the canonical header, then the fields of one row at a time. The
// slice is used again for the next.
func (r *canonicalReader) Read() ([]string, error) {
	if !r.begun {
		r.begun = true
		return fieldNames[:], nil
	}
	for len(r.rank) == 0 {
		rank, ok := <-r.from
		if !ok {
			return nil, r.ranks.err
		}
		if len(rank) > 0 {
			r.beside <- rank
		}
		r.rank = rank
	}
	cells := r.rank[0].Cells
	r.rank = r.rank[1:]
	for f, i := range r.columns {
		if i >= 0 {
			r.row[f] = cells[i]
		}
	}
	return r.row[:], nil
}

// ReadAll is there for the interface. Rows are read one by one.
func (r *canonicalReader) ReadAll() ([][]string, error) { return nil, errors.ErrUnsupported }

// fill brings a line to the header's width.
func (r *ranks) fill(e *Entry, l line) {
	*e = Entry{Number: l.number, Cells: e.Cells}
	e.keep(&r.packer, l.cells, len(r.header))
	n := min(len(l.cells), len(r.header))
	if n < len(r.header) {
		e.Width = n
	}
	for i, c := range l.cells[n:] {
		if strings.TrimSpace(c) != "" {
			e.Width = n + i + 1
			if e.Beyond == "" {
				e.Beyond = c
			}
		}
	}
}

func blank(cells []string) bool {
	for _, c := range cells {
		if c != "" && strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// swallowed refuses a line whose quotes have swallowed other lines: two stray
// quotes, lines apart, make one text of all that lies between them, and its
// rows would be lost without a word.
func (r *ranks) swallowed(l line) error {
	for k, cell := range l.cells {
		parts := strings.Split(cell, "\n")
		for i, part := range parts {
			first, end := 0, len(r.header) // the columns that the part would cover as a row
			if i == 0 {
				first = k
			}
			if i == len(parts)-1 {
				end = k + 1
			}
			if len(parts) > 1 && r.holdsPhone(part, first, end) {
				return &FileError{Row: l.number, Column: columnName(r.header, k), Value: cell, What: fmt.Sprintf("a quote (\") opened here swallows the %d lines below it, with rows in them", len(parts)-1),
					Do: "delete the stray quotes", Err: ErrDamaged}
			}
		}
	}
	return nil
}

// holdsPhone tells whether text is the columns first to end of a row, with a
// phone where it belongs.
func (r *ranks) holdsPhone(text string, first, end int) bool {
	cells := strings.Split(text, string(r.lines.csv.Comma))
	at := r.columns[phone] - first
	if len(cells) != end-first || at < 0 || at >= len(cells) || len(cells) == 1 && len(r.header) > 1 {
		return false
	}
	_, ok := batch.RepairPhone(cells[at])
	return ok
}
