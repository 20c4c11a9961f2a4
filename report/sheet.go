package report

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
)

// maxRows is how many rows an XLSX sheet can hold.
const maxRows = 1_048_576

// column is a column of a sheet that is written row by row.
type column struct {
	title string
	width float64
	style int // of its cells
}

// styles are the workbook's cell styles.
type styles struct {
	title, head, text, wrap, whole, money, date, label int
	state                                              [8]int // by batch.State: a colour, and a weight that shows in black and white
}

// face is the typeface of every style that names a font: one that does not name
// its face gets whatever the reader takes for a default.
const face = "Calibri"

// newStyles registers them.
func newStyles(f *excelize.File) (st styles, err error) {
	add := func(s *excelize.Style) int {
		id, e := f.NewStyle(s)
		if e != nil && err == nil {
			err = fmt.Errorf("making a cell style: %w", e)
		}
		return id
	}
	money, date := "#,##0.00", "yyyy-mm-dd hh:mm:ss"
	top := &excelize.Alignment{Vertical: "top"}
	st.title = add(&excelize.Style{Font: &excelize.Font{Family: face, Bold: true, Size: 16}})
	st.head = add(&excelize.Style{Font: &excelize.Font{Family: face, Size: 11, Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F4E78"}}, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}})
	st.label = add(&excelize.Style{Font: &excelize.Font{Family: face, Size: 11, Bold: true}})
	st.text = add(&excelize.Style{NumFmt: 49, Alignment: top})
	st.wrap = add(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	st.whole = add(&excelize.Style{NumFmt: 3, Alignment: top})
	st.money = add(&excelize.Style{CustomNumFmt: &money, Alignment: top})
	st.date = add(&excelize.Style{CustomNumFmt: &date, Alignment: top})
	for _, s := range []struct {
		state        batch.State
		fill         string
		bold, italic bool
	}{
		{batch.Fulfilled, "E2EFDA", false, false}, {batch.Refunded, "FCE4D6", true, false}, {batch.Rejected, "F8CBAD", true, false},
		{batch.Invalid, "EDEDED", false, true}, {batch.Unsent, "FFFFFF", false, true}, {batch.Pending, "DDEBF7", false, true},
		{batch.Unknown, "FFF2CC", true, true}, {batch.Conflict, "FF9999", true, true},
	} {
		st.state[s.state] = add(&excelize.Style{NumFmt: 49, Alignment: top, Font: &excelize.Font{Family: face, Size: 11, Bold: s.bold, Italic: s.italic},
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{s.fill}}})
	}
	return st, err
}

// sheetWriter writes a sheet row by row, and goes on in a further sheet where
// one is full.
type sheetWriter struct {
	f       *excelize.File
	styles  styles
	name    string
	columns []column
	limit   int // rows a sheet, its header included

	sheets int
	stream *excelize.StreamWriter
	row    int // last row written on this sheet
	cells  []any
}

func newSheet(f *excelize.File, st styles, name string, limit int, columns []column) (*sheetWriter, error) {
	w := &sheetWriter{f: f, styles: st, name: name, columns: unique(columns), limit: limit}
	return w, w.begin()
}

// unique gives every column a title of its own: a table needs that.
func unique(columns []column) []column {
	seen := map[string]int{}
	for i := range columns {
		title := clean(strings.TrimSpace(strings.NewReplacer("\n", " ", "\r", " ").Replace(columns[i].title)))
		if title == "" {
			title = fmt.Sprintf("column %d", i+1)
		}
		if utf8.RuneCountInString(title) > 200 {
			title = string([]rune(title)[:200])
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

// begin begins the next sheet: widths, panes and header come before the first
// row, or the stream writer loses them.
func (w *sheetWriter) begin() error {
	w.sheets++
	name := w.name
	if w.sheets > 1 {
		name = fmt.Sprintf("%s %d", w.name, w.sheets)
	}
	if _, err := w.f.NewSheet(name); err != nil {
		return fmt.Errorf("sheet %s: %w", name, err)
	}
	if err := printed(w.f, name); err != nil {
		return err
	}
	s, err := w.f.NewStreamWriter(name)
	if err != nil {
		return fmt.Errorf("sheet %s: %w", name, err)
	}
	head := make([]any, len(w.columns))
	for i, c := range w.columns {
		if err := s.SetColWidth(i+1, i+1, c.width); err != nil {
			return fmt.Errorf("sheet %s: %w", name, err)
		}
		head[i] = excelize.Cell{StyleID: w.styles.head, Value: c.title}
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return fmt.Errorf("sheet %s: %w", name, err)
	}
	w.stream, w.row = s, 1
	return s.SetRow("A1", head)
}

// printed sets up the page: landscape, one page wide, the header on each page,
// pages numbered.
func printed(f *excelize.File, sheet string) error {
	landscape, wide, high, paper, fit := "landscape", 1, 0, 9, true
	err := f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high, Size: &paper})
	if err == nil {
		err = f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit})
	}
	if err == nil {
		err = f.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&A&R&P / &N"})
	}
	if err == nil {
		err = f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$1:$1", sheet), Scope: sheet})
	}
	if err != nil {
		return fmt.Errorf("page setup of sheet %s: %w", sheet, err)
	}
	return nil
}

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
			if style == w.styles.wrap {
				lines = max(lines, linesOf(x, w.columns[i].width))
			}
		case batch.Centimes:
			v = float64(x) / 100 // exact to the centime up to 90 trillion dinars; the books themselves never are floats
		case time.Time:
			v = excelTime(x)
		case batch.State:
			v, style = x.String(), w.styles.state[x]
		}
		w.cells = append(w.cells, excelize.Cell{StyleID: style, Value: v})
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

// linesOf is about how many lines a wrapped text takes in a column of this
// width: no program makes a streamed row higher by itself.
func linesOf(text string, width float64) int {
	lines := 0
	for line := range strings.SplitSeq(text, "\n") {
		lines += 1 + int(float64(utf8.RuneCountInString(line))/width)
	}
	return lines
}

// excelTime is a local time as a cell takes it; nothing for the zero time.
func excelTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	t = t.Local()
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// end ends the sheet: filters go on, and nothing more can be written.
func (w *sheetWriter) end() error {
	if w.row > 1 {
		last, err := excelize.CoordinatesToCellName(len(w.columns), w.row)
		if err != nil {
			return err
		}
		stripes := false
		err = w.stream.AddTable(&excelize.Table{
			Range: "A1:" + last, Name: fmt.Sprintf("%s%d", strings.ReplaceAll(w.name, " ", ""), w.sheets),
			StyleName: "TableStyleLight1", ShowRowStripes: &stripes,
		})
		if err != nil {
			return fmt.Errorf("sheet %s: %w", w.name, err)
		}
	}
	if err := w.stream.Flush(); err != nil {
		return fmt.Errorf("sheet %s: %w", w.name, err)
	}
	return nil
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
