package ingest

import (
	"slices"
	"strings"
	"unicode"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
)

// Aside are the lines of a payroll that are no payments, nor meant as such. Each
// is mentioned in the Notes.
type Aside struct {
	Totals  []Total // lines that add up the rows above them
	Headers []int   // lines that say the header once more
	Remarks []Line  // what stands below a total: signatures, the sum in words
}

// Count returns how many lines they are.
func (a Aside) Count() int { return len(a.Totals) + len(a.Headers) + len(a.Remarks) }

// Total is a line below the rows that holds their sum.
type Total struct {
	Number int // the line of the file, or the row of the sheet
	Amount batch.Dinars
}

// Line is a line of text.
type Line struct {
	Number int
	Text   string
}

// setRemarksAside takes the lines of text at the end of a payroll out of its
// rows. They are no payments where they stand below a total and name neither a
// phone nor a plan nor an amount. Without a total somebody may have lost a phone.
func (in *Input) setRemarksAside(c columns, isPlan func(string) bool) {
	if len(in.Totals) == 0 {
		return
	}
	below := in.Totals[len(in.Totals)-1].Number
	end := len(in.Rows)
	for end > 0 && in.Rows[end-1].Number > below && isRemark(&in.Rows[end-1], c, isPlan) {
		end--
	}
	for i := range in.Rows[end:] {
		r := &in.Rows[end+i]
		line := Line{r.Number, remarkText(r)}
		in.Remarks = append(in.Remarks, line)
		in.Notes = append(in.Notes, batch.Msg("row %d is text below the total, and no payment: %q", line.Number, fault.Shorten(line.Text)))
		if r.Hidden() {
			in.Hidden--
		}
	}
	clear(in.Rows[end:])
	in.Rows = in.Rows[:end]
}

// isRemark tells a row of mere text.
func isRemark(r *batch.Row, c columns, isPlan func(string) bool) bool {
	for i, text := range r.Cells.All() {
		f, ours := c.fieldAt(i)
		switch {
		case isPhone(text), isPlan(text):
			return false
		case ours && (f == phone || f == amount) && strings.ContainsFunc(text, unicode.IsDigit) && !strings.ContainsFunc(text, unicode.IsLetter):
			return false
		}
	}
	return !slices.ContainsFunc(r.Problems(), func(p batch.Problem) bool {
		return p.Code == batch.RowWidth && isPhone(p.Value)
	})
}

// remarkText returns what a row of text says.
func remarkText(r *batch.Row) string {
	var said []string
	for _, text := range r.Cells.All() {
		if text = strings.TrimSpace(text); text != "" {
			said = append(said, text)
		}
	}
	return strings.Join(said, " ")
}
