package ingest

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/ingest/xlsx"
)

// CellChange is another text for a cell of a payroll.
type CellChange struct {
	Row    int // the line of the file, or the row of the sheet, as the user sees it
	Column int // of Input.Header, counted from 0
	Text   string
}

// errNotMended is why a file is not changed here.
var errNotMended = batch.Errorf("the cells of this file cannot be changed here: change them in a spreadsheet program, and give the file again")

// SetCells writes the payroll again with other texts in some of its cells. Everything
// else of it stays as it is; a CSV file becomes UTF-8. Whoever calls it reads what was
// written, and makes sure that nothing else has changed. Of an OpenDocument it writes
// the rows of the payroll as a workbook of Excel. One that was under a password is
// under it again.
func SetCells(ctx context.Context, path string, o Options, changes []CellChange, to io.Writer) error {
	limits := o.Limits.OrDefault()
	content, err := readFile(path, limits.FileBytes)
	if err != nil {
		return err
	}
	m, err := newMapping(o.Map)
	if err != nil {
		return err
	}
	kind, err := kindOf(content)
	if err != nil {
		return err
	}
	if kind == kindText {
		return setCSV(content, o.Encoding, m, limits, changes, to)
	}
	if kind == kindEncrypted {
		if content, err = xlsx.Decrypt(content, o.Password); err != nil {
			return err
		}
	}
	return setWorkbook(ctx, content, o, m, limits, changes, to)
}

// setCSV changes cells of a CSV text.
func setCSV(content, forced string, m mapping, l Limits, changes []CellChange, to io.Writer) error {
	lines, _, cut, err := csvLines(content, forced, m.headerIn, l)
	if err != nil {
		return err
	}
	text, delimiter := lines.feed.text, rune(lines.delimiter)
	f, err := findHeader(text, lines, m, cut)
	if err != nil {
		return err
	}
	byRow := map[int][]CellChange{}
	for _, c := range changes {
		c.Column = f.own.inFile(c.Column)
		byRow[c.Row] = append(byRow[c.Row], c)
	}
	if _, err := io.WriteString(to, "\ufeff"); err != nil {
		return err
	}
	kept := 0 // what was written of the text
	for len(byRow) > 0 {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return errNotMended // a row that is not there
		}
		if err != nil {
			return err
		}
		these, ok := byRow[line.number]
		if !ok {
			continue
		}
		delete(byRow, line.number)
		if _, err := io.WriteString(to, text[kept:lines.feed.start]); err != nil {
			return err
		}
		if err := writeRecord(to, delimiter, changed(line.cells, these), text[lines.feed.start:lines.feed.pos]); err != nil {
			return err
		}
		kept = lines.feed.pos
	}
	_, err = io.WriteString(to, text[kept:])
	return err
}

// changed is a row with other texts in some of its cells.
func changed(cells []string, changes []CellChange) []string {
	row := append([]string(nil), cells...)
	for _, c := range changes {
		for len(row) <= c.Column {
			row = append(row, "")
		}
		row[c.Column] = c.Text
	}
	return row
}

// writeRecord writes a record with the line end that it had.
func writeRecord(to io.Writer, delimiter rune, row []string, was string) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = delimiter
	if err := w.Write(row); err != nil {
		return err
	}
	w.Flush()
	end := was[len(strings.TrimRight(was, "\r\n")):]
	_, err := io.WriteString(to, strings.TrimRight(b.String(), "\r\n")+end)
	return errors.Join(w.Error(), err)
}

// setWorkbook changes cells of a workbook.
func setWorkbook(ctx context.Context, content string, o Options, m mapping, l Limits, changes []CellChange, to io.Writer) error {
	opened, err := xlsx.Open(content, l)
	if err != nil {
		return err
	}
	w := &workbook{opened, o.SpreadMerged}
	if err := w.keep(o.Sheet); err != nil {
		return err
	}
	found, err := w.inspectAll(ctx)
	if err != nil {
		return err
	}
	r, err := w.choose(found, m, l)
	if err != nil {
		return err
	}
	defer r.Close()
	if opened.Format != FormatXLSX {
		return setDocument(ctx, r, changes, to)
	}
	f, err := excelize.OpenReader(strings.NewReader(content), excelize.Options{UnzipSizeLimit: int64(l.UnzippedBytes), UnzipXMLSizeLimit: int64(l.UnzippedBytes)})
	if err != nil {
		return errNotMended
	}
	defer func() { _ = f.Close() }() // it is written already, or of no use
	for _, c := range changes {
		cell, err := excelize.CoordinatesToCellName(r.own.inFile(c.Column)+1, c.Row)
		if err == nil {
			err = f.SetCellStr(r.sheet.Name, cell, c.Text)
		}
		if err != nil {
			return errNotMended
		}
	}
	return f.Write(to, excelize.Options{Password: o.Password})
}
