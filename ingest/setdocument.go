package ingest

import (
	"context"
	"io"

	"github.com/xuri/excelize/v2"
)

// The formats of workbooks, as Input.Format has them.
const (
	FormatXLSX = "XLSX"
	FormatODS  = "ODS"
)

// setDocument writes the rows of a sheet as a workbook of Excel, with other texts in
// some of its cells. Each row and each column stays where it is; what stands above the
// header is left out.
func setDocument(ctx context.Context, r *sheetReader, changes []CellChange, to io.Writer) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // it is written already, or of no use
	if err := f.SetSheetName(f.GetSheetName(0), r.sheet.Name); err != nil {
		return errNotMended
	}
	out, err := f.NewStreamWriter(r.sheet.Name)
	if err != nil {
		return errNotMended
	}
	byRow := map[int][]CellChange{}
	for _, c := range changes {
		byRow[c.Row] = append(byRow[c.Row], c)
	}
	if err := writeTexts(out, r, r.Number, r.header, false); err != nil {
		return err
	}
	for e, err := range r.entries(ctx) {
		if err != nil {
			return err
		}
		texts := changed(e.Cells.List(), byRow[e.Number])
		if e.Beyond != "" {
			texts = append(texts, e.Beyond)
		}
		delete(byRow, e.Number)
		if err := writeTexts(out, r, e.Number, texts, e.Hidden || e.Struck); err != nil {
			return err
		}
	}
	if len(byRow) > 0 { // a row that is not there
		return errNotMended
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Write(to)
}

// writeTexts writes a row of texts, each in the column that it has in the file.
func writeTexts(out *excelize.StreamWriter, r *sheetReader, number int, texts []string, hidden bool) error {
	row := make([]any, r.own.inFile(max(0, len(texts)-1))+1)
	for i, text := range texts {
		row[r.own.inFile(i)] = text
	}
	cell, err := excelize.CoordinatesToCellName(1, number)
	if err != nil {
		return errNotMended
	}
	if err := out.SetRow(cell, row, excelize.RowOpts{Hidden: hidden}); err != nil {
		return errNotMended
	}
	return nil
}
