package report

import (
	"fmt"

	"flexybatch/batch"
)

// balances are what the balance was before the first send, and what it should be
// and was when it was last asked for.
type balances struct{ before, expected, after batch.Centimes }

// balances finds the balances that the journal notes; ok is false where it does
// not note one at the start.
func (b *book) balances(t batch.Tally) (x balances, ok bool) {
	var before, after *batch.Centimes
	for _, n := range b.books.Notes() {
		if n.Balance == nil {
			continue
		}
		if before == nil && n.What == batch.NoteStarted {
			before = n.Balance
		}
		after = n.Balance
	}
	if before == nil {
		return balances{}, false
	}
	return balances{*before, *before - t.Charged + t.Refunded, *after}, true
}

// balance writes how the balance follows from what was charged and given back.
func (b *book) balance(w *cellWriter, t batch.Tally) {
	x, ok := b.balances(t)
	if !ok {
		return
	}
	charged := map[batch.State]batch.Centimes{}
	b.books.Each(func(s *batch.RowStatus) bool {
		charged[s.State] += s.Charged
		return true
	})
	st := b.styles
	line := func(style int, what string, c batch.Centimes) { w.cells([]int{style, st.money}, what, c) }
	w.row++
	w.head(b.Title("Balance"), b.Title("dinars"))
	line(st.text, b.Title("before the first send"), x.before)
	line(st.text, b.Title("charged and fulfilled"), -charged[batch.Fulfilled])
	line(st.text, b.Title("charged and refunded"), -charged[batch.Refunded])
	line(st.text, b.Title("charged, not final yet"), -(t.Charged - charged[batch.Fulfilled] - charged[batch.Refunded]))
	line(st.text, b.Title("given back"), t.Refunded)
	line(st.label, b.Title("so it should be"), x.expected)
	line(st.label, b.Title("when last asked"), x.after)
	if w.err == nil {
		w.keep(b.alarm(w.sheet, fmt.Sprintf("B%d", w.row)))
	}
	line(st.label, b.Title("other movements"), x.after-x.expected)
	b.explainBalance(w, x, t.Open() > 0)
}

// explainBalance writes what the figures mean.
func (b *book) explainBalance(w *cellWriter, x balances, open bool) {
	if open {
		w.line(b.styles.text, b.Sprintf("Rows are still open: what they move is not in these figures yet."))
	}
	if x.after != x.expected {
		w.line(b.styles.text, b.Sprintf("Money was moved on this account that is not this batch's. To see which: flexybatch reconcile"))
	} else if !open {
		w.line(b.styles.text, b.Sprintf("The difference is this batch's, to the centime."))
	}
}
