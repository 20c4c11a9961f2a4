package report

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// advice yields every row with what there is to say of it.
func (c *Check) advice(v voice) iter.Seq2[*batch.Row, []string] {
	return func(yield func(*batch.Row, []string) bool) {
		warnings, amounts := c.Warnings, c.Unusual
		for i := range c.Rows {
			r := &c.Rows[i]
			var what []string
			for _, p := range r.Problems() {
				what = append(what, v.Say(lang.Msg("row %d: %s", r.Number, p)))
			}
			if misplaced(r) != "" {
				what = append(what, v.Sprintf("row %d: when its cells are right, take the question mark away from its phone", r.Number))
			}
			for ; len(warnings) > 0 && warnings[0].Row == r.Number; warnings = warnings[1:] {
				what = append(what, v.Sprintf("row %d: warning: %s: %s", r.Number, warnings[0].Code, warnings[0].Message))
			}
			for ; len(amounts) > 0 && amounts[0].Row == r.Number; amounts = amounts[1:] {
				what = append(what, v.Sprintf("row %d: warning: %s: %s", r.Number, amounts[0].Code, UnusualAmount(amounts[0])))
			}
			if r.Hidden() && r.Valid() {
				what = append(what, v.Sprintf("row %d: warning: it is hidden or struck through in the sheet, and would be paid", r.Number))
			}
			if !yield(r, what) {
				return
			}
		}
	}
}

// cells returns the cells of a row of the check sheet.
func (c *Check) cells(r *batch.Row, what []string, columns int, st styles) []any {
	cells := make([]any, columns)
	cells[0] = strings.Join(what, "\n")
	texts := r.Cells.AppendTo(make([]string, 0, columns))
	asked := question(r, texts)
	for j, h := range c.Header {
		text := ""
		if j < len(texts) {
			text = texts[j]
		}
		cells[j+1] = text
		if j == asked || h != "" && slices.ContainsFunc(r.Problems(), func(p batch.Problem) bool { return p.Column == h }) {
			cells[j+1] = excelize.Cell{StyleID: st.broken, Value: clean(text)}
		}
	}
	return cells
}

// question puts a question mark before the phone of a row that is wider or narrower
// than the header, and returns the phone's column, or -1 for any other row. In the
// check every row has as many cells as the header, so that such a row would look
// right there, and whatever has come to stand under the amount would be paid though
// nobody has looked at it. The mark makes it invalid until a person takes it away.
func question(r *batch.Row, texts []string) int {
	phone := misplaced(r)
	if phone == "" {
		return -1
	}
	at := slices.Index(texts, phone)
	if at >= 0 {
		texts[at] = "? " + phone
	}
	return at
}

// misplaced returns the phone, as it is written, of a row whose cells may stand
// under the wrong columns. It is empty for all other rows, and for those without a
// phone.
func misplaced(r *batch.Row) string {
	wide, broken := false, ""
	for _, p := range r.Problems() {
		wide = wide || p.Code == batch.RowWidth
		if p.Code == batch.PhoneFormat {
			broken = p.Value // which --fix-phones may mend when the check is run
		}
	}
	if !wide {
		return ""
	}
	return cmp.Or(broken, r.Written(), string(r.Topup.Phone))
}
