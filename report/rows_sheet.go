package report

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"flexybatch/batch"
)

// rows writes the sheet of all rows: the input's columns, then ours. It sums the
// rows up by plan and by operator.
func (b *book) rows() error {
	st := b.styles
	columns := b.carried(b.batch.Header, func(yield func(batch.Cells) bool) {
		b.books.Each(func(s *batch.RowStatus) bool { return yield(s.Cells) })
	})
	n := len(columns)
	columns = append(columns,
		column{title: b.Title("row"), width: 9, style: st.ordinal}, column{title: b.Title("ref"), width: 28, style: st.text},
		column{title: b.beside(b.Title("phone")), width: 13, style: st.text}, column{title: b.beside(b.Title("plan")), width: 19, style: st.text},
		column{title: b.beside(b.Title("amount")), width: 10, style: st.whole}, column{title: b.Title("cost"), width: 11, style: st.money},
		b.states(b.Title("state")), column{title: b.Title("provider id"), width: 27, style: st.text},
		column{title: b.Title("charged"), width: 11, style: st.money}, column{title: b.Title("refunded"), width: 13, style: st.money},
		column{title: b.Title("code"), width: 19, style: st.wrap}, column{title: b.Title("message"), width: 34, style: st.wrap},
		column{title: b.Title("sent"), width: 19, style: st.date}, column{title: b.Title("settled"), width: 19, style: st.date},
		column{title: b.Title("attempts"), width: 11, style: st.ordinal}, column{title: b.Title("notes"), width: 26, style: st.wrap})
	cells := make([]any, len(columns))
	operator := map[string]string{}
	for _, p := range b.batch.Catalogue {
		operator[p.Code] = p.Operator
	}
	return b.each("Rows", b.Title("Rows"), columns, func(s *batch.RowStatus) []any {
		for i := range n {
			cells[i] = ""
		}
		for i, text := range s.Cells.All() {
			if i < n {
				cells[i] = text
			}
		}
		copy(cells[n:], []any{s.Number, string(s.Ref), string(s.Topup.Phone), s.Topup.Plan, whole(s.Topup.Amount), s.Cost, s.State, s.TopupID,
			s.Charged, s.Refunded, code(s), b.explanation(s), s.Sent(), s.Settled(), s.Attempts, b.notes(s)})
		if s.State != batch.Invalid {
			sumFor(b.plans, s.Topup.Plan).add(s)
			sumFor(b.operators, operator[s.Topup.Plan]).add(s)
		}
		return cells
	})
}

// carried returns the input's columns, as wide as the texts in the first rows.
func (d *document) carried(header []string, rows func(func(batch.Cells) bool)) []column {
	const looked, least, most = 500, 8, 28
	columns := make([]column, len(header))
	for i, title := range header {
		columns[i] = column{title: title, width: least, style: d.styles.text}
		columns[i].width = max(least, min(most/2, float64(utf8.RuneCountInString(title)+filterButton)))
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

// beside returns the title of a column of ours. Where the file has a column of the
// same title, ours says that it is what was read from there.
func (b *book) beside(title string) string {
	if slices.ContainsFunc(b.batch.Header, func(h string) bool { return strings.EqualFold(caption(h), title) }) {
		return b.Sprintf("%s, as read", title)
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

// sums is what some rows add up to.
type sums struct {
	rows, fulfilled                    int
	requested, cost, charged, refunded batch.Centimes
}

func (s *sums) add(row *batch.RowStatus) {
	s.rows++
	if row.State == batch.Fulfilled {
		s.fulfilled++
	}
	s.requested += row.Topup.Amount.Centimes()
	s.cost += row.Cost
	s.charged += row.Charged
	s.refunded += row.Refunded
}

func sumFor(m map[string]*sums, key string) *sums {
	if m[key] == nil {
		m[key] = &sums{}
	}
	return m[key]
}

// names lists the keys of m, sorted.
func names(m map[string]*sums) []string { return slices.Sorted(maps.Keys(m)) }
