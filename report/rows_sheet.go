package report

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"flexybatch/batch"
)

// rows writes the sheet of all rows, and adds them up. On paper it has who it is, what
// was asked for and what became of it; the rest stands aside.
func (b *book) rows() error {
	st := b.styles
	r := b.rowColumns()
	columns := []column{{title: b.beside(r, b.Title("row")), width: 8, style: st.ordinal}}
	columns = append(columns, b.input(r.front, false)...)
	columns = append(columns,
		column{title: b.beside(r, b.Title("phone")), width: 13, style: st.text}, column{title: b.beside(r, b.Title("plan")), width: 19, style: st.text},
		column{title: b.beside(r, b.Title("amount")), width: 10, style: st.whole}, b.states(b.beside(r, b.Title("state"))), column{title: b.beside(r, b.Title("why")), width: 36, style: st.wrap})
	columns = append(columns, b.input(r.aside, true)...)
	for _, c := range []column{
		{title: b.Title("ref"), width: 28, style: st.text}, {title: b.Title("cost"), width: 11, style: st.money}, {title: b.Title("charged"), width: 11, style: st.money},
		{title: b.Title("refunded"), width: 13, style: st.money}, {title: b.Title("code"), width: 19, style: st.text}, {title: b.Title("message"), width: 40, style: st.text},
		{title: b.Title("provider id"), width: 27, style: st.text},
		{title: b.Title("sent"), width: 19, style: st.date}, {title: b.Title("settled"), width: 19, style: st.date}, {title: b.Title("attempts"), width: 11, style: st.ordinal},
		{title: b.Title("notes"), width: 40, style: st.text},
	} {
		c.aside = true
		columns = append(columns, c)
	}
	cells, texts := make([]any, 0, len(columns)), make([]string, 0, len(b.batch.Header))
	return b.each("Rows", b.Title("Rows"), columns, func(s *batch.RowStatus) []any {
		b.figures.add(s)
		texts = s.Cells.AppendTo(texts[:0])
		cells = append(cells[:0], s.Number)
		cells = pick(cells, texts, r.front)
		phone, plan, amount := string(s.Topup.Phone), s.Topup.Plan, whole(s.Topup.Amount)
		if s.State == batch.Invalid {
			phone, plan, amount = asked(s, &b.batch)
		}
		cells = append(cells, phone, plan, amount, s.State, b.briefly(s))
		cells = pick(cells, texts, r.aside)
		return append(cells, string(s.Ref), s.Cost, s.Charged, s.Refunded, code(s), b.explanation(s), s.TopupID, s.Sent(), s.Settled(), s.Attempts, b.notes(s))
	})
}

// pick appends some of the texts of a row, which may have fewer.
func pick(cells []any, texts []string, columns []int) []any {
	for _, i := range columns {
		if i < len(texts) {
			cells = append(cells, texts[i])
		} else {
			cells = append(cells, "")
		}
	}
	return cells
}

// rowColumns are the columns of the input, from 0, as the sheet of all rows has them.
type rowColumns struct {
	front []int // on paper: those that say who it is, and as many others as there is room for
	aside []int
}

// paperColumns is how many columns are read well on a page, and ownFront how many of
// them are ours.
const paperColumns, ownFront = 8, 6

// rowColumns sorts the columns of the input. One that says of every row what a column
// of ours says is left out, so that nothing stands there twice.
func (b *book) rowColumns() (r rowColumns) {
	same := b.sameColumns()
	who := slices.Clone(b.names)
	if id := columnNamed(&b.batch, "id"); id >= 0 {
		who = append([]int{id}, slices.DeleteFunc(who, func(i int) bool { return i == id })...)
	}
	r.front = who
	for i := range b.batch.Header {
		switch {
		case same[i] || slices.Contains(who, i):
		case len(r.front)+ownFront < paperColumns && !b.isField(i):
			r.front = append(r.front, i)
		default:
			r.aside = append(r.aside, i)
		}
	}
	return r
}

// ownFields are the fields for which there are columns of ours.
var ownFields = []string{"phone", "plan", "amount"}

// isField tells whether a field is read from a column.
func (b *book) isField(column int) bool {
	return slices.ContainsFunc(ownFields, func(field string) bool { return columnNamed(&b.batch, field) == column })
}

// sameColumns finds the columns of the input that say of every row what a column of
// ours says, or nothing.
func (b *book) sameColumns() map[int]bool {
	same := map[int]bool{}
	for _, field := range ownFields {
		if i := columnNamed(&b.batch, field); i >= 0 {
			same[i] = true
		}
	}
	if len(same) == 0 {
		return same
	}
	at := [3]int{columnNamed(&b.batch, "phone"), columnNamed(&b.batch, "plan"), columnNamed(&b.batch, "amount")}
	b.books.Each(func(s *batch.RowStatus) bool {
		for i, text := range s.Cells.All() {
			if same[i] && text != "" && !says(s, slices.Index(at[:], i), text) {
				delete(same, i)
			}
		}
		return len(same) > 0
	})
	return same
}

// says tells whether a text is what our column of a field shows, of ownFields.
func says(s *batch.RowStatus, field int, text string) bool {
	var ours string
	switch field {
	case 0:
		ours = string(s.Topup.Phone)
	case 1:
		ours = s.Topup.Plan
	default:
		if s.Topup.Amount > 0 {
			ours = strconv.FormatInt(int64(s.Topup.Amount), 10)
		}
	}
	return text == ours || ours == "" && s.State == batch.Invalid // of which ours shows what the file has
}

// columnNamed finds the column of the input that a field is read from; -1 if there is
// none. A column without a title is known by its letter.
func columnNamed(head *batch.BatchRecord, field string) int {
	title := head.Fields[field]
	if title == "" {
		return -1
	}
	if i := slices.Index(head.Header, title); i >= 0 {
		return i
	}
	return columnOf(head.Header, title)
}

// input returns columns of the input, as wide as the texts in the first rows.
func (b *book) input(which []int, aside bool) []column {
	all := b.carried(b.batch.Header, func(yield func(batch.Cells) bool) {
		b.books.Each(func(s *batch.RowStatus) bool { return yield(s.Cells) })
	})
	columns := make([]column, len(which))
	for i, at := range which {
		columns[i] = all[at]
		columns[i].aside = aside
	}
	return columns
}

// carried returns the input's columns, as wide as the texts in the first rows.
func (d *document) carried(header []string, rows func(func(batch.Cells) bool)) []column {
	const looked, least, most = 500, 8, 28
	columns := make([]column, len(header))
	for i, title := range header {
		columns[i] = column{title: title, width: least, style: d.styles.text}
		columns[i].width = max(least, min(most/2, float64(utf8.RuneCountInString(title)+filterButton+2)))
	}
	n := 0
	rows(func(c batch.Cells) bool {
		for i, text := range c.All() {
			if i < len(columns) {
				columns[i].width = max(columns[i].width, min(most, float64(utf8.RuneCountInString(text)+3)))
			}
		}
		n++
		return n < looked
	})
	return columns
}

// beside returns the title of a column of ours. Where the sheet has a column of the
// file with the same title, ours says that it is what was read from there.
func (b *book) beside(r rowColumns, title string) string {
	for _, i := range slices.Concat(r.front, r.aside) {
		if strings.EqualFold(caption(b.batch.Header[i]), title) {
			return b.Sprintf("%s, as read", title)
		}
	}
	return title
}

// whole returns an amount as a cell takes it, and nil where there is none.
func whole(amount batch.Dinars) any {
	if amount <= 0 {
		return nil
	}
	return int64(amount)
}
