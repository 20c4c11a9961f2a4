package report

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
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

// frontColumns are those that stand in front of the user's own: the verdict, and what
// to mend.
const frontColumns = 2

// cells returns the cells of a row that is written as that row of the check sheet.
func (c *Check) cells(d *document, r *batch.Row, what []string, row, columns int) []any {
	cells := make([]any, columns)
	texts := r.Cells.AppendTo(make([]string, 0, columns))
	asked := question(r, texts)
	var broken []string
	for j := range c.Header {
		text := ""
		if j < len(texts) {
			text = texts[j]
		}
		cells[j+frontColumns] = text
		if j == asked || c.broken(r, j) {
			cells[j+frontColumns] = excelize.Cell{StyleID: d.styles.broken, Value: clean(text)}
			broken = append(broken, cellName(j+frontColumns, row))
		}
	}
	cells[0], cells[1] = d.Say(verdict(r, what, broken)), strings.Join(what, "\n")
	return cells
}

// verdict says whether a row is in order, and which of its cells in the check are not.
func verdict(r *batch.Row, what, broken []string) lang.Message {
	switch {
	case !r.Valid() && len(broken) > 0:
		return lang.Msg("mend %s", strings.Join(broken, ", "))
	case !r.Valid():
		return lang.Msg("mend the row")
	case len(what) > 0:
		return lang.Msg("look at it")
	}
	return lang.Msg("in order")
}

// broken reports whether a row has a problem with its j-th cell. A column without a
// title is known by its letter.
func (c *Check) broken(r *batch.Row, j int) bool {
	problems := r.Problems()
	if len(problems) == 0 {
		return false
	}
	name := c.Header[j]
	if name == "" {
		name = columnLetters(j)
	}
	return slices.ContainsFunc(problems, func(p batch.Problem) bool { return p.Column == name })
}

// cellName returns the name of a cell, whose column is counted from 0: C17.
func cellName(column, row int) string { return columnLetters(column) + strconv.Itoa(row) }

// columnLetters returns the name of a column that is counted from 0.
func columnLetters(column int) string {
	name, err := excelize.ColumnNumberToName(column + 1)
	if err != nil { // it is beyond what a sheet holds
		return ""
	}
	return name
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
