package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// cellWriter writes a sheet cell by cell, from its first row down. It is for sheets
// that are small. After its first error it writes nothing more.
type cellWriter struct {
	d     *document
	sheet string
	row   int // the next one
	err   error
}

// cellWriter begins a sheet whose columns are this wide.
func (d *document) cellWriter(sheet string, widths ...float64) *cellWriter {
	w := &cellWriter{d: d, sheet: sheet, row: 1, err: d.add(sheet)}
	w.widths(widths...)
	return w
}

// widths sets the widths of the first columns.
func (w *cellWriter) widths(widths ...float64) {
	for i, width := range slices.Backward(widths) { // excelize puts each in front of those it has
		name, err := excelize.ColumnNumberToName(i + 1)
		w.keep(err)
		if w.err == nil {
			w.keep(w.d.SetColWidth(w.sheet, name, name, width))
		}
	}
}

// keep keeps the first error.
func (w *cellWriter) keep(err error) {
	if w.err == nil {
		w.err = err
	}
}

// heading writes what the sheet is about.
func (w *cellWriter) heading(text string) {
	if w.err == nil {
		w.keep(w.d.SetRowHeight(w.sheet, w.row, 24))
	}
	w.line(w.d.styles.title, text)
}

// line writes a row in one style.
func (w *cellWriter) line(style int, values ...any) {
	st := make([]int, len(values))
	for i := range st {
		st[i] = style
	}
	w.cells(st, values...)
}

// head writes the head of a table. The first title stands above words, the others
// stand above figures.
func (w *cellWriter) head(title string, figures ...string) {
	st, values := []int{w.d.styles.head}, []any{title}
	for _, f := range figures {
		st, values = append(st, w.d.styles.figures), append(values, f)
	}
	w.cells(st, values...)
}

// cells writes a row, each cell in its style; 0 is no style.
func (w *cellWriter) cells(style []int, values ...any) {
	for i, v := range values {
		cell, err := excelize.CoordinatesToCellName(i+1, w.row)
		w.keep(err)
		switch x := v.(type) {
		case batch.Centimes:
			v = float64(x) / 100
		case time.Time:
			v = excelTime(x)
		case batch.State:
			v = w.d.state(x)
		case string:
			v = clean(x)
		}
		if w.err == nil {
			w.keep(w.d.SetCellValue(w.sheet, cell, v))
		}
		if w.err == nil && style[i] != 0 {
			w.keep(w.d.SetCellStyle(w.sheet, cell, cell, style[i]))
		}
	}
	w.row++
}

// fact writes a name and its value. It writes nothing where the value is not known.
func (w *cellWriter) fact(name string, value any) {
	st := w.d.styles
	style := st.text
	switch x := value.(type) {
	case string:
		if x == "" {
			return
		}
	case time.Time:
		if x.IsZero() {
			return
		}
		value = w.d.Say(lang.Msg("%s", lang.Second(x)))
	case int:
		style = st.whole
	case batch.Centimes:
		style = st.money
	}
	w.cells([]int{st.label, style}, name, value)
}

// table makes a table of the rows from one to another, the first of which is its
// header, and of the first columns.
func (w *cellWriter) table(id string, from, to, columns int) {
	if w.err != nil || to <= from {
		return
	}
	last, err := excelize.CoordinatesToCellName(columns, to)
	w.keep(err)
	plain := false
	if w.err == nil {
		w.keep(w.d.AddTable(w.sheet, &excelize.Table{
			Range: fmt.Sprintf("A%d:%s", from, last), Name: id, StyleName: "TableStyleLight1", ShowRowStripes: &plain,
		}))
	}
}
