package ingest

import (
	"iter"

	"flexybatch/batch"
	"flexybatch/ingest/xlsx"
)

// Entry is one data row as it was read: what stands where, not yet what it
// means.
type Entry struct {
	Number int                 // the line of the file, or the row of the sheet, as the user sees it
	Fields [fields]string      // phone, plan, amount and id, as written; empty where the file has no such column
	Cells  batch.Cells         // a text for each column of the header
	Width  int                 // how many columns the row fills or parts off, where that differs from the header; else 0
	Beyond string              // the first text right of the header's last column, if there is one
	Hidden bool                // hidden in the sheet
	Struck bool                // its text is struck through
	Origin string              // of a row that resend wrote: see batch.OriginColumn
	Odd    [fields]xlsx.Oddity // what the sheet says of the fields' cells beyond their text
}

// table is a header with the rows below it.
type table struct {
	sheet    string        // XLSX only
	format   batch.Message // encoding and delimiter, or "XLSX"
	header   []string
	columns  columns
	capacity int                      // rows that there are at most
	entries  iter.Seq2[*Entry, error] // may be walked once; each is valid until the next
}

// fieldColumns names the field's columns as the header writes them; a column
// without a header by its letter.
func (t *table) fieldColumns() map[string]string {
	m := map[string]string{}
	for f, i := range t.columns {
		if i >= 0 {
			m[fieldNames[f]] = columnName(t.header, i)
		}
	}
	return m
}

// columnName returns the name by which the user knows a column.
func columnName(header []string, i int) string {
	if i < 0 || i >= len(header) || header[i] == "" {
		return xlsx.Letters(max(i, 0))
	}
	return header[i]
}
