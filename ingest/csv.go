package ingest

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"flexybatch/batch"
)

// csvTable finds the header of a CSV text. The rows below it are read when they
// are asked for.
func csvTable(ctx context.Context, content, forced string, m mapping, l Limits) (*table, error) {
	lines, encoding, cut, err := csvLines(content, forced, m.headerIn, l)
	if err != nil {
		return nil, err
	}
	text := lines.feed.text
	f, err := findHeader(text, lines, m, cut)
	if err != nil {
		return nil, doubted(err, encoding, forced)
	}
	return &table{
		format:   batch.Msg("CSV, %s, delimiter %q", encoding, rune(lines.delimiter)),
		header:   f.names,
		columns:  f.columns,
		capacity: min(strings.Count(text, "\n")+1, len(text)/len("0550000001")),
		entries:  (&csvRows{lines: lines, header: f.names, columns: f.columns, own: f.own}).entries(ctx),
	}, nil
}

// csvLines begins to read a CSV text: it finds the encoding, unless one is forced,
// and the delimiter, by the header that is among the first rows. cut tells that the
// text begins with Excel's line that names the delimiter.
func csvLines(content, forced string, headerIn func(head) (columns int, found bool), l Limits) (lines *lines, encoding string, cut bool, err error) {
	text, encoding, err := decode(content, forced)
	if err != nil {
		return nil, "", false, err
	}
	text = unixLines(strings.TrimRight(text, "\x1a")) // with which DOS ended its files
	delimiter, cut := sepLine(text)
	if !cut {
		delimiter = sniffDelimiter(text, headerIn, l)
	}
	return newLines(text, delimiter, l), encoding, cut, nil
}

// doubted returns the error for a header in which no name is known. Where the encoding
// was guessed, the guess may be why.
func doubted(err error, encoding, forced string) error {
	e, ok := errors.AsType[*FileError](err)
	if ok && e.Do.Equal(nameThePhone) && forced == "" && !strings.HasPrefix(encoding, "UTF-") {
		e.Do = batch.Msg("name the phone column: --map phone=HEADER; if the headers look odd, the file is not in %s: say what it is in, as with --encoding iso-8859-6 or cp850", encoding)
	}
	return err
}

// unixLines turns the line ends of old Macs into ours. encoding/csv knows the
// others.
func unixLines(text string) string {
	if strings.IndexByte(text, '\r') < 0 || strings.IndexByte(text, '\n') >= 0 {
		return text
	}
	return strings.ReplaceAll(text, "\r", "\n")
}

// readHead reads the first rows. Damage among them is told when they are read
// again, unless no header is above it.
func readHead(lines *lines) (h head, damage error) {
	for len(h) < headerRows {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return h, nil
		}
		if err != nil {
			return h, err
		}
		h = append(h, headRow{line.number, slices.Clone(line.cells), line.raw == ""})
	}
	return h, nil
}

// findHeader finds the header, and leaves the lines behind it. Excel's line that
// names the delimiter is no row, but it counts as a line.
func findHeader(text string, lines *lines, m mapping, sepLine bool) (*found, error) {
	h, damage := readHead(newLines(text, rune(lines.delimiter), lines.limits))
	if sepLine && len(h) > 0 {
		h = h[1:]
	}
	f, _, err := h.header(m)
	if err != nil {
		return nil, cmp.Or(damage, err)
	}
	for {
		line, err := lines.next()
		if err != nil {
			return nil, err
		}
		if line.number == f.number {
			return f, nil
		}
	}
}

// trimmed returns a copy of a header without the spaces around its names.
func trimmed(header []string) []string {
	header = slices.Clone(header)
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	return header
}

// csvRows are the lines below the header.
type csvRows struct {
	lines   *lines
	header  []string
	columns columns
	own     ownColumns
	origin  string // what the own columns say of the line in hand
	packer  batch.CellPacker
}

// next returns the next line that is not blank.
func (r *csvRows) next() (*line, error) {
	line, err := r.lines.next()
	for ; err == nil; line, err = r.lines.next() {
		r.origin = r.own.originIn(line.cells)
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

// fill brings a line to the header's width. It returns the row's texts as one,
// with what stands between them: of most lines that is the line itself, as it
// stands in the file.
func (r *csvRows) fill(e *Entry, l *line) (cells, cut string) {
	*e = Entry{Number: l.number, Origin: r.origin}
	width := len(r.header)
	size := len(l.raw)
	if len(l.cells) < width {
		e.Width, size = len(l.cells), 0
		l.cells = append(l.cells, make([]string, width-len(l.cells))...)
	}
	for i, c := range l.cells[width:] {
		size -= len(c) + 1
		if strings.TrimSpace(c) != "" {
			e.Width = width + i + 1
			if e.Beyond == "" {
				e.Beyond = c
			}
		}
	}
	l.cells = l.cells[:width]
	if size > 0 && len(r.own.at) == 0 {
		return l.raw[:size], string(rune(r.lines.delimiter))
	}
	packed := r.packer.Pack(l.cells)
	l.cells = packed.AppendTo(l.cells[:0]) // so that nothing else need be kept
	return packed.Joined(), packedCut
}

// packedCut is what stands between the texts that a batch.CellPacker joins.
const packedCut = "\xff"

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
func (r *csvRows) swallowed(l *line) error {
	for k, cell := range l.cells {
		parts := splitLines(cell)
		for i, part := range parts {
			first, end := 0, len(r.header) // the columns that the part would cover as a row
			if i == 0 {
				first = k
			}
			if i == len(parts)-1 {
				end = k + 1
			}
			if len(parts) > 1 && r.holdsPhone(part, first, end) {
				return &FileError{Row: l.number, Column: columnName(r.header, k), Value: cell, What: batch.Msg("a quote (\") opened here swallows the %d lines below it, with rows in them", len(parts)-1),
					Do: batch.Msg("delete the stray quotes"), Err: ErrDamaged}
			}
		}
	}
	return nil
}

// splitLines parts a text at its line ends, of whatever system.
func splitLines(text string) []string {
	return strings.Split(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), "\n")
}

// holdsPhone tells whether text is the columns first to end of a row, with a
// phone where it belongs.
func (r *csvRows) holdsPhone(text string, first, end int) bool {
	cells := strings.Split(text, string(rune(r.lines.delimiter)))
	at := r.columns[phone] - first
	if len(cells) != end-first || at < 0 || at >= len(cells) || len(cells) == 1 && len(r.header) > 1 {
		return false
	}
	_, ok := batch.RepairPhone(cells[at])
	return ok
}
