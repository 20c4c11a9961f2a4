package ingest

import (
	"context"
	"errors"
	"flexybatch/batch"
	"io"
	"strings"
)

// statementCSV reads the rows of a statement in CSV.
func statementCSV(ctx context.Context, content string, l Limits) (rows []statementRow, err error) {
	lines, _, cut, err := csvLines(content, "", statementHeaderAmong, l)
	if err == nil && cut {
		_, err = lines.next() // the line that names the delimiter is no row
	}
	if err != nil {
		return nil, err
	}
	h, err := statementHeaderIn(lines)
	if err != nil {
		return nil, err
	}
	for {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err == nil && line.number%1024 == 0 {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		row := h.row(line.number, line.cells)
		if err := h.whole(row, line, lines.delimiter); err != nil {
			return nil, err
		}
		if row.blank() {
			continue
		}
		if rows = append(rows, row); len(rows) > l.Rows {
			return nil, tooManyRows(line.number, l)
		}
	}
}

// statementHeaderAmong finds the header among the first rows of a statement, and
// tells how many columns it has.
func statementHeaderAmong(h head) (columns int, found bool) {
	for _, r := range h {
		if isStatementHeader(r.texts) {
			return len(r.texts), true
		}
	}
	return 0, false
}

// statementHeaderIn reads down to the header.
func statementHeaderIn(lines *lines) (h *statementHeader, err error) {
	var f statementFinder
	for !f.done() {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return h, err
		}
		if h, ok, err := f.try(line.number, line.cells); ok || err != nil {
			return h, err
		}
	}
	return h, f.missing()
}

// whole refuses a line that is cut short, whose columns are shifted by a delimiter
// that is not quoted, or whose quotes have swallowed other lines.
func (h *statementHeader) whole(r statementRow, l *line, delimiter byte) error {
	if n := len(trimRight(l.cells)); !r.blank() && (len(l.cells) < len(h.titles) || n > len(h.titles)) {
		return &FileError{Row: l.number, What: batch.Msg("the line has %d columns, and the header has %d", max(n, len(l.cells)), len(h.titles)),
			Do: batch.Msg("the statement may be cut short, or a text with a delimiter in it lacks its quotes: export it again"), Err: ErrDamaged}
	}
	if !l.multiline {
		return nil
	}
	for column, cell := range l.cells {
		if h.swallowed(cell, column, delimiter) {
			return &FileError{Row: l.number, Value: cell, What: batch.Msg("a quote (\") opened here swallows the %d lines below it, with rows in them", strings.Count(cell, "\n")),
				Do: batch.Msg("delete the stray quotes"), Err: ErrDamaged}
		}
	}
	return nil
}

// swallowed reports whether a cell holds the rest of its row, whole rows, or the
// beginning of a row: two stray quotes, lines apart, make one text of all that
// lies between them.
func (h *statementHeader) swallowed(cell string, column int, delimiter byte) bool {
	parts := strings.Split(cell, "\n")
	for i, part := range parts {
		first, end := 0, len(h.titles) // the columns that the part would fill as a row
		if i == 0 {
			first = column
		}
		if i == len(parts)-1 {
			end = column + 1
		}
		if n := strings.Count(part, string(rune(delimiter))) + 1; len(parts) > 1 && n > 1 && n == end-first {
			return true
		}
	}
	return false
}
