package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
)

// pen writes cells down a sheet that is small enough to be written cell by cell,
// and stops at the first error.
type pen struct {
	d     *document
	sheet string
	row   int // the next one
	err   error
}

// pen begins a sheet whose columns are this wide.
func (d *document) pen(sheet string, widths ...float64) *pen {
	p := &pen{d: d, sheet: sheet, row: 1, err: d.add(sheet)}
	p.widths(widths...)
	return p
}

func (p *pen) widths(widths ...float64) {
	for i, width := range slices.Backward(widths) { // excelize puts each in front of those it has
		name, err := excelize.ColumnNumberToName(i + 1)
		p.also(err)
		if p.err == nil {
			p.also(p.d.SetColWidth(p.sheet, name, name, width))
		}
	}
}

func (p *pen) also(err error) {
	if p.err == nil {
		p.err = err
	}
}

// heading writes what the sheet is about.
func (p *pen) heading(text string) {
	if p.err == nil {
		p.also(p.d.SetRowHeight(p.sheet, p.row, 24))
	}
	p.line(p.d.styles.title, text)
}

// line writes a row in one style.
func (p *pen) line(style int, values ...any) {
	st := make([]int, len(values))
	for i := range st {
		st[i] = style
	}
	p.cells(st, values...)
}

// head writes the head of a table: a title above words, the others above figures.
func (p *pen) head(title string, figures ...string) {
	st, values := []int{p.d.styles.head}, []any{title}
	for _, f := range figures {
		st, values = append(st, p.d.styles.figures), append(values, f)
	}
	p.cells(st, values...)
}

// cells writes a row, each cell in its style.
func (p *pen) cells(style []int, values ...any) {
	for i, v := range values {
		cell, err := excelize.CoordinatesToCellName(i+1, p.row)
		p.also(err)
		switch x := v.(type) {
		case batch.Centimes:
			v = float64(x) / 100
		case time.Time:
			v = excelTime(x)
		case batch.State:
			v = p.d.state(x)
		case string:
			v = clean(x)
		}
		if p.err == nil {
			p.also(p.d.SetCellValue(p.sheet, cell, v))
		}
		if p.err == nil && style[i] != 0 {
			p.also(p.d.SetCellStyle(p.sheet, cell, cell, style[i]))
		}
	}
	p.row++
}

// fact writes what something is; nothing where that is not known.
func (p *pen) fact(what string, is any) {
	st := p.d.styles
	style := st.text
	switch x := is.(type) {
	case string:
		if x == "" {
			return
		}
	case time.Time:
		if x.IsZero() {
			return
		}
		is = clock(x)
	case int:
		style = st.whole
	case batch.Centimes:
		style = st.money
	}
	p.cells([]int{st.label, style}, what, is)
}

// tabled makes a table of the rows from one to another, its header the first,
// as wide as so many columns. The sheet's own header must be written.
func (p *pen) tabled(id string, from, to, columns int) {
	if p.err != nil || to <= from {
		return
	}
	last, err := excelize.CoordinatesToCellName(columns, to)
	p.also(err)
	plain := false
	if p.err == nil {
		p.also(p.d.AddTable(p.sheet, &excelize.Table{
			Range: fmt.Sprintf("A%d:%s", from, last), Name: id, StyleName: "TableStyleLight1", ShowRowStripes: &plain,
		}))
	}
}
