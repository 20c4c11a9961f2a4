package report

import (
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
)

// styles are the workbook's cell styles.
type styles struct {
	title, banner, head, label, text, wrap, whole, ordinal, money, date int
	figures                                                             int // a head above figures
	broken                                                              int // a cell that breaks a row rule
	// Formats that cells take on by what stands in them.
	state [8]int // by batch.State: a colour, and a weight that shows in black and white
	alarm int    // for what should be nothing
}

// face is the typeface of every style that names a font: one that does not name
// its face gets whatever the reader takes for a default.
const face = "Calibri"

// dressed is how a state looks.
type dressed struct {
	state        batch.State
	fill         string
	bold, italic bool
}

var dress = []dressed{
	{batch.Fulfilled, "E2EFDA", false, false}, {batch.Refunded, "FCE4D6", true, false}, {batch.Rejected, "F8CBAD", true, false},
	{batch.Invalid, "EDEDED", false, true}, {batch.Unsent, "FFFFFF", false, true}, {batch.Pending, "DDEBF7", false, true},
	{batch.Unknown, "FFF2CC", true, true}, {batch.Conflict, "FF9999", true, true},
}

// newStyles registers them. Texts of a language that is written so run from right
// to left.
func newStyles(f *excelize.File, rightToLeft bool) (st styles, err error) {
	keep := func(id int, e error) int {
		if e != nil && err == nil {
			err = fmt.Errorf("making a cell style: %w", e)
		}
		return id
	}
	words := func(s *excelize.Style) int {
		if s.Alignment == nil {
			s.Alignment = &excelize.Alignment{Vertical: "top"}
		}
		s.Alignment.Horizontal = "left"
		if rightToLeft {
			s.Alignment.Horizontal, s.Alignment.ReadingOrder = "right", 2 // ECMA-376, 18.8.1
		}
		return keep(f.NewStyle(s))
	}
	figures := func(format string, horizontal string) int {
		return keep(f.NewStyle(&excelize.Style{CustomNumFmt: &format, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: horizontal}}))
	}
	font := func(size float64, bold, italic bool, color string) *excelize.Font {
		return &excelize.Font{Family: face, Size: size, Bold: bold, Italic: italic, Color: color}
	}
	fill := func(color string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
	}
	const text = 49 // ECMA-376, 18.8.30: what is typed stays as it is
	st.title = words(&excelize.Style{Font: font(16, true, false, ""), Alignment: &excelize.Alignment{Vertical: "center", Indent: 1}})
	st.banner = words(&excelize.Style{Font: font(12, true, false, "C00000"), Alignment: &excelize.Alignment{Vertical: "center", Indent: 1}})
	st.head = words(&excelize.Style{Font: font(11, true, false, "FFFFFF"), Fill: fill("1F4E78"), Alignment: &excelize.Alignment{Vertical: "center", WrapText: true, Indent: 1}})
	st.figures = keep(f.NewStyle(&excelize.Style{Font: font(11, true, false, "FFFFFF"), Fill: fill("1F4E78"), Alignment: &excelize.Alignment{Vertical: "center", Horizontal: "right", WrapText: true}}))
	st.label = words(&excelize.Style{Font: font(11, true, false, ""), Alignment: &excelize.Alignment{Vertical: "top", Indent: 1}})
	off := func(wrap bool) *excelize.Alignment { // a text keeps off the figure in front of it
		return &excelize.Alignment{Vertical: "top", WrapText: wrap, Indent: 1}
	}
	st.text = words(&excelize.Style{NumFmt: text, Alignment: off(false)})
	st.wrap = words(&excelize.Style{NumFmt: text, Alignment: off(true)})
	st.broken = words(&excelize.Style{NumFmt: text, Alignment: off(false), Font: font(11, true, false, ""), Fill: fill("F8CBAD")})
	st.whole, st.ordinal, st.money = figures("#,##0", ""), figures("0", "center"), figures("#,##0.00", "")
	st.date = figures("yyyy-mm-dd hh:mm:ss", "center")
	for _, s := range dress {
		st.state[s.state] = keep(f.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Bold: s.bold, Italic: s.italic}, Fill: fill(s.fill)}))
	}
	st.alarm = keep(f.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Italic: true}, Fill: fill("FF9999")}))
	return st, err
}

// colour makes cells look as the states that stand in them.
func (d *document) colour(sheet, cells string) error {
	var rules []excelize.ConditionalFormatOptions
	for _, s := range dress {
		rules = append(rules, excelize.ConditionalFormatOptions{
			Type: "cell", Criteria: "==", Value: fmt.Sprintf("%q", d.state(s.state)), Format: &d.styles.state[s.state],
		})
	}
	return d.SetConditionalFormat(sheet, cells, rules)
}

// alarm makes a figure stand out that is not nought.
func (d *document) alarm(sheet, cell string) error {
	return d.SetConditionalFormat(sheet, cell, []excelize.ConditionalFormatOptions{
		{Type: "cell", Criteria: "!=", Value: "0", Format: &d.styles.alarm},
	})
}

// excelTime is a local time as a cell takes it; nothing for the zero time.
func excelTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	t = t.Local()
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}
