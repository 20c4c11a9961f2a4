package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

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
}

// states is the column of the rows' states.
func (d *document) states(title string) column { return column{title, 14, d.styles.text, true} }

// sheetWriter writes a sheet row by row, and goes on in a further sheet where
// one is full.
type sheetWriter struct {
	d       *document
	id      string // of its tables: one word, the same in every language
	name    string
	columns []column
	limit   int // rows a sheet, its header included

	sheets int
	at     string // name of the sheet that is being written
	stream *excelize.StreamWriter
	row    int   // last row written on it
	cells  []any // pointers into room: excelize takes either, and a value in an any is an allocation
	room   []excelize.Cell
}

// sheet begins a sheet that goes on in a further one after maxRows.
func (d *document) sheet(id, name string, columns []column) (*sheetWriter, error) {
	return d.limited(id, name, columns, maxRows)
}

func (d *document) limited(id, name string, columns []column, limit int) (*sheetWriter, error) {
	w := &sheetWriter{d: d, id: id, name: name, columns: unique(columns), limit: limit, room: make([]excelize.Cell, len(columns))}
	return w, w.begin()
}

// unique gives every column a title of its own: a table needs that.
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

// escape is what spells a character in cells and in the names of a table's
// columns (ECMA-376, 22.9.2.19), which not every program takes for the same.
var escape = regexp.MustCompile(`_(x[0-9A-Fa-f]{4}_)`)

// caption makes a text fit for a column's title, which stands in the sheet and in
// its table: one line, and nothing that the two could spell in different ways.
func caption(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, clean(s))
	s = strings.TrimSpace(escape.ReplaceAllString(s, "_ $1"))
	if utf8.RuneCountInString(s) > 200 {
		s = string([]rune(s)[:200])
	}
	return s
}

// begin begins the next sheet: widths, panes and header come before the first
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
		if err := s.SetColWidth(i+1, i+1, c.width); err != nil {
			return fmt.Errorf("sheet %s: %w", w.at, err)
		}
		head[i] = excelize.Cell{StyleID: w.d.styles.head, Value: c.title}
		lines = max(lines, linesOf(c.title, c.width-filterButton))
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

// write writes a row; values stand in the columns' order.
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
		style := w.columns[i].style
		switch x := v.(type) {
		case excelize.Cell: // with a style of its own
			v, style = x.Value, x.StyleID
		case string:
			v = clean(x)
			if style == w.d.styles.wrap {
				lines = max(lines, linesOf(x, w.columns[i].width))
			}
		case batch.Centimes:
			v = float64(x) / 100 // exact to the centime up to 90 trillion dinars; the books themselves never are floats
		case time.Time:
			v = excelTime(x)
		case batch.State:
			v = w.d.state(x)
		}
		w.room[i] = excelize.Cell{StyleID: style, Value: v}
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

// lineHeight is the height of a line of text, in points; a row can have 409.
const lineHeight = 15

// linesOf is about how many lines a text takes that is wrapped at its words in a
// column of this width, which is counted in digits: most letters are narrower. No
// program makes a streamed row higher by itself.
func linesOf(text string, width float64) int {
	room := int(1.05*width) - 1 // what it is indented by
	lines := 0
	for line := range strings.SplitSeq(text, "\n") {
		lines++
		at := 0
		for word := range strings.SplitSeq(line, " ") {
			n := utf8.RuneCountInString(word)
			if at > 0 && at+1+n > room {
				lines++
				at = 0
			} else if at > 0 {
				at++
			}
			at += n
			for ; at > room && room > 0; at -= room { // a word that is broken
				lines++
			}
		}
	}
	return lines
}

// end ends the sheet: it becomes a table, and nothing more can be written.
func (w *sheetWriter) end() error {
	last, err := excelize.CoordinatesToCellName(len(w.columns), max(w.row, 2)) // a table has a row
	if err != nil {
		return err
	}
	plain := false
	err = w.stream.AddTable(&excelize.Table{
		Range: "A1:" + last, Name: fmt.Sprintf("%s%d", w.id, w.sheets), StyleName: "TableStyleLight1", ShowRowStripes: &plain,
	})
	for i := range w.columns {
		if err == nil && w.columns[i].states && w.row > 1 {
			err = w.dress(i + 1)
		}
	}
	if err == nil {
		err = w.stream.Flush()
	}
	if err != nil {
		return fmt.Errorf("sheet %s: %w", w.at, err)
	}
	return nil
}

// dress makes the states of a column, counted from 1, look as they do.
func (w *sheetWriter) dress(column int) error {
	name, err := excelize.ColumnNumberToName(column)
	if err != nil {
		return err
	}
	return w.d.colour(w.at, fmt.Sprintf("%s2:%s%d", name, name, w.row))
}

// maxCell is how many characters a cell can hold.
const maxCell = 32_767

// clean makes a text fit for a cell: characters that XML cannot hold become �,
// and what is too long ends in a mark.
func clean(s string) string {
	ok := true
	for i := 0; i < len(s) && ok; i++ {
		ok = s[i] >= 0x20 && s[i] < 0x80
	}
	if !ok {
		s = strings.Map(func(r rune) rune {
			if r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 {
				return r
			}
			return '\ufffd'
		}, strings.ToValidUTF8(s, "\ufffd"))
	}
	if len(s) > maxCell && utf8.RuneCountInString(s) > maxCell-2 {
		s = string([]rune(s)[:maxCell-2]) + "…"
	}
	return s
}
