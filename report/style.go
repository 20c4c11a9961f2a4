package report

import (
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// styles are the workbook's cell styles.
type styles struct {
	title, banner, head, label, text, wrap, whole, ordinal, money, date int
	figures                                                             int // the head of a column of figures
	broken                                                              int // a cell that breaks a row rule
	small                                                               int // what few readers look for
	share                                                               int // a part of all, in per cent
	// Conditional formats, which depend on what stands in a cell.
	state [8]int // by batch.State: a colour, and a weight that is seen in black and white too
	alarm int    // of a figure that should be 0 and is not
}

// face is the typeface of every style that names a font. Without one, programs would
// each take a default of their own.
const face = "Calibri"

// look is how the cell of a state looks.
type look struct {
	state        batch.State
	fill         string
	bold, italic bool
}

// looks are those of all states.
var looks = []look{
	{batch.Fulfilled, "E2EFDA", false, false}, {batch.Refunded, "FCE4D6", true, false}, {batch.Rejected, "F8CBAD", true, false},
	{batch.Invalid, "EDEDED", false, true}, {batch.Unsent, "FFFFFF", false, true}, {batch.Pending, "DDEBF7", false, true},
	{batch.Unknown, "FFF2CC", true, true}, {batch.Conflict, "FF9999", true, true},
}

// newStyles registers the styles in a language: texts run its way, and times are
// written its way.
func newStyles(f *excelize.File, words *lang.Printer) (st styles, err error) {
	m := &styleMaker{file: f, rightToLeft: words.RightToLeft(), times: words.CellTimes()}
	m.texts(&st)
	m.figures(&st)
	m.conditional(&st)
	return st, m.err
}

// styleMaker registers styles, and keeps the first error.
type styleMaker struct {
	file        *excelize.File
	rightToLeft bool
	times       string // the format of times
	err         error
}

func (m *styleMaker) keep(id int, err error) int {
	if err != nil && m.err == nil {
		m.err = fmt.Errorf("making a cell style: %w", err)
	}
	return id
}

// text registers a style of texts, which are indented, so that a text keeps away
// from the figure before it.
func (m *styleMaker) text(s excelize.Style, vertical string, wrap bool) int {
	s.Alignment = &excelize.Alignment{Vertical: vertical, WrapText: wrap, Indent: 1, Horizontal: "left"}
	if m.rightToLeft {
		s.Alignment.Horizontal, s.Alignment.ReadingOrder = "right", 2 // ECMA-376, 18.8.1
	}
	return m.keep(m.file.NewStyle(&s))
}

// texts registers the styles of texts.
func (m *styleMaker) texts(st *styles) {
	const asTyped = 49 // ECMA-376, 18.8.30: a text stays as it was typed
	bold := font(11, "")
	st.title = m.text(excelize.Style{Font: font(16, "")}, "center", false)
	st.banner = m.text(excelize.Style{Font: font(12, "C00000")}, "center", false)
	st.head = m.text(excelize.Style{Font: font(11, "FFFFFF"), Fill: fill("1F4E78")}, "center", true)
	st.label = m.text(excelize.Style{Font: bold}, "top", false)
	st.text = m.text(excelize.Style{NumFmt: asTyped}, "top", false)
	st.wrap = m.text(excelize.Style{NumFmt: asTyped}, "top", true)
	st.small = m.text(excelize.Style{NumFmt: asTyped, Font: &excelize.Font{Family: face, Size: 8, Color: "7F7F7F"}}, "top", false)
	st.broken = m.text(excelize.Style{NumFmt: asTyped, Font: bold, Fill: fill("F8CBAD")}, "top", false)
}

// figures registers the styles of figures.
func (m *styleMaker) figures(st *styles) {
	figure := func(format, horizontal string) int {
		return m.keep(m.file.NewStyle(&excelize.Style{CustomNumFmt: &format, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: horizontal}}))
	}
	st.figures = m.keep(m.file.NewStyle(&excelize.Style{Font: font(11, "FFFFFF"), Fill: fill("1F4E78"),
		Alignment: &excelize.Alignment{Vertical: "center", Horizontal: "right", WrapText: true}}))
	st.whole, st.ordinal, st.money = figure("#,##0", ""), figure("0", "center"), figure("#,##0.00", "")
	st.share = figure("0.0%", "")
	st.date = figure(m.times, "center")
}

// conditional registers the conditional formats.
func (m *styleMaker) conditional(st *styles) {
	format := func(bold, italic bool, color string) int {
		return m.keep(m.file.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Bold: bold, Italic: italic}, Fill: fill(color)}))
	}
	for _, l := range looks {
		st.state[l.state] = format(l.bold, l.italic, l.fill)
	}
	st.alarm = format(true, true, "FF9999")
}

// font is a bold font of a size and a colour.
func font(size float64, color string) *excelize.Font {
	return &excelize.Font{Family: face, Size: size, Bold: true, Color: color}
}

// fill fills a cell with a colour.
func fill(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

// colour gives cells the looks of the states that stand in them.
func (d *document) colour(sheet, cells string) error {
	var rules []excelize.ConditionalFormatOptions
	for _, s := range looks {
		rules = append(rules, excelize.ConditionalFormatOptions{
			Type: "cell", Criteria: "==", Value: fmt.Sprintf("%q", d.state(s.state)), Format: &d.styles.state[s.state],
		})
	}
	return d.SetConditionalFormat(sheet, cells, rules)
}

// alarm makes a figure stand out where it is not 0.
func (d *document) alarm(sheet, cell string) error {
	return d.SetConditionalFormat(sheet, cell, []excelize.ConditionalFormatOptions{
		{Type: "cell", Criteria: "!=", Value: "0", Format: &d.styles.alarm},
	})
}

// excelTime returns a time as a cell takes it, in this machine's zone; nil for the
// zero time.
func excelTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	t = t.Local()
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}
