package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
)

// maxRows is how many rows an XLSX sheet can hold.
const maxRows = 1_048_576

// column is a column of a sheet that is written row by row.
type column struct {
	title  string
	width  float64
	style  int  // of its cells
	states bool // its cells are states
	aside  bool // it is grouped with others beyond the page: it is not printed, and makes no row higher
}

// states returns the column of the rows' states.
func (d *document) states(title string) column {
	return column{title: title, width: 14, style: d.styles.text, states: true}
}

// sheetWriter writes a sheet row by row. Where one is full, it continues in another.
type sheetWriter struct {
	d       *document
	id      string // of its tables: one word, which is the same in every language
	name    string
	columns []column
	limit   int // rows a sheet, its header included

	sheets int
	at     string // the name of the sheet that is being written
	stream *excelize.StreamWriter
	row    int   // the last row written on it
	cells  []any // pointers into room: excelize also takes values, but each would be an allocation
	room   []excelize.Cell
}

// sheet begins a sheet that continues in another after maxRows.
func (d *document) sheet(id, name string, columns []column) (*sheetWriter, error) {
	w := d.limited(id, name, columns, maxRows)
	return w, w.begin()
}

// limited is a sheet of at most so many rows, which is begun with its first row.
func (d *document) limited(id, name string, columns []column, limit int) *sheetWriter {
	return &sheetWriter{d: d, id: id, name: name, columns: unique(columns), limit: limit, row: limit, room: make([]excelize.Cell, len(columns))}
}

// unique gives every column a title of its own, as a table needs it.
func unique(columns []column) []column {
	seen := map[string]int{}
	for i := range columns {
		title := caption(columns[i].title)
		if title == "" {
			title = fmt.Sprintf("column %d", i+1)
		}
		for try := title; ; try = fmt.Sprintf("%s (%d)", title, seen[strings.ToLower(title)]) {
			seen[strings.ToLower(title)]++
			if try == title && seen[strings.ToLower(title)] == 1 || try != title && seen[strings.ToLower(try)] == 0 {
				columns[i].title = try
				seen[strings.ToLower(try)]++
				break
			}
		}
	}
	return columns
}

// begin begins the next sheet. Widths, panes and header must come before the first
// row, or the stream writer loses them.
func (w *sheetWriter) begin() error {
	w.sheets++
	w.at = w.name
	if w.sheets > 1 {
		w.at = fmt.Sprintf("%s %d", w.name, w.sheets)
	}
	if err := w.d.add(w.at); err != nil {
		return err
	}
	s, err := w.d.NewStreamWriter(w.at)
	if err != nil {
		return fmt.Errorf("sheet %s: %w", w.at, err)
	}
	head, lines := make([]any, len(w.columns)), 1
	for i, c := range slices.Backward(w.columns) { // excelize puts each in front of those it has
		err := s.SetColWidth(i+1, i+1, c.width)
		if err == nil {
			err = s.SetColStyle(i+1, i+1, c.style) // of its empty cells, which are not written
		}
		if err == nil && c.aside {
			err = s.SetColOutlineLevel(i+1, 1)
		}
		if err != nil {
			return fmt.Errorf("sheet %s: %w", w.at, err)
		}
		head[i] = excelize.Cell{StyleID: w.d.styles.head, Value: c.title}
		if !c.aside {
			lines = max(lines, linesOf(c.title, c.width-filterButton))
		}
	}
	if err := s.SetPanes(frozen); err != nil {
		return fmt.Errorf("sheet %s: %w", w.at, err)
	}
	w.stream, w.row = s, 1
	return s.SetRow("A1", head, excelize.RowOpts{Height: float64(min(lines, 3)) * (lineHeight + 2)})
}

// frozen keeps the first row in sight.
var frozen = &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}

// filterButton is how much of a title's width its filter takes.
const filterButton = 2

// write writes a row: a value for each column, in their order.
func (w *sheetWriter) write(values ...any) error {
	if w.row == w.limit {
		if err := w.end(); err != nil {
			return err
		}
		if err := w.begin(); err != nil {
			return err
		}
	}
	w.row++
	w.cells = w.cells[:0]
	lines := 1
	for i, v := range values {
		var n int
		if v == nil || v == "" {
			w.cells = append(w.cells, nil)
			continue
		}
		w.room[i], n = w.cell(i, v)
		lines = max(lines, n)
		w.cells = append(w.cells, &w.room[i])
	}
	cell, err := excelize.CoordinatesToCellName(1, w.row)
	if err != nil {
		return err
	}
	if lines == 1 {
		return w.stream.SetRow(cell, w.cells)
	}
	return w.stream.SetRow(cell, w.cells, excelize.RowOpts{Height: min(float64(lines)*lineHeight, 409)})
}

// next returns the number that the next row has on its sheet.
func (w *sheetWriter) next() int {
	if w.row == w.limit {
		return 2 // of another sheet
	}
	return w.row + 1
}

// cell returns a value as the cell of the i-th column, and how many lines it takes.
func (w *sheetWriter) cell(i int, v any) (c excelize.Cell, lines int) {
	style := w.columns[i].style
	switch x := v.(type) {
	case excelize.Cell: // with a style of its own
		return x, 1
	case string:
		if style == w.d.styles.wrap {
			lines = linesOf(x, w.columns[i].width)
		}
		if c := clean(x); c != x {
			v = c // putting a text into an any is an allocation
		}
	case batch.Centimes:
		v = float64(x) / 100 // exact to the centime up to 90 trillion dinars; the books themselves never are floats
	case time.Time:
		v = excelTime(x)
	case batch.State:
		v = w.d.state(x)
	}
	return excelize.Cell{StyleID: style, Value: v}, lines
}

// end makes the sheet a table and ends it, if it was begun. Nothing more can be
// written to it.
func (w *sheetWriter) end() error {
	if w.stream == nil {
		return nil
	}
	last, err := excelize.CoordinatesToCellName(len(w.columns), max(w.row, 2)) // a table has at least one row
	if err != nil {
		return err
	}
	plain := false
	err = w.stream.AddTable(&excelize.Table{
		Range: "A1:" + last, Name: fmt.Sprintf("%s%d", w.id, w.sheets), StyleName: "TableStyleLight1", ShowRowStripes: &plain,
	})
	for i := range w.columns {
		if err == nil && w.columns[i].states && w.row > 1 {
			err = w.colourStates(i + 1)
		}
	}
	if err == nil {
		err = w.printArea()
	}
	if err == nil {
		err = w.stream.Flush()
	}
	if err != nil {
		return fmt.Errorf("sheet %s: %w", w.at, err)
	}
	return nil
}

// colourStates gives the states in a column, counted from 1, their looks.
func (w *sheetWriter) colourStates(column int) error {
	name, err := excelize.ColumnNumberToName(column)
	if err != nil {
		return err
	}
	return w.d.colour(w.at, fmt.Sprintf("%s2:%s%d", name, name, w.row))
}

// printArea leaves the columns aside out of what is printed.
func (w *sheetWriter) printArea() error {
	first := slices.IndexFunc(w.columns, func(c column) bool { return c.aside })
	if first < 1 {
		return nil
	}
	last, err := excelize.ColumnNumberToName(first)
	if err != nil {
		return err
	}
	return w.d.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: reference(w.at, fmt.Sprintf("$A$1:$%s$%d", last, w.row)), Scope: w.at})
}
