package report

import (
	"fmt"

	"flexybatch/batch"
)

// summary writes the first sheet, for whoever reads no other.
func (b *book) summary(w *cellWriter) error {
	w.heading(b.about.title)
	w.line(b.styles.banner, b.kind())
	w.row++
	b.facts(w)
	t := b.books.Tally()
	outcomes := b.outcomes(w, t)
	operators := b.table(w, "Operators", b.Title("operator"), b.operators)
	b.table(w, "Plans", b.Title("plan"), b.plans)
	b.balance(w, t)
	b.approvals(w)
	if w.err == nil {
		w.keep(b.SetPanes(w.sheet, frozen))
	}
	b.charts(w, outcomes, operators)
	return w.err
}

// kind says whether real money moved.
func (b *book) kind() string {
	switch b.batch.Account.Type {
	case batch.Simulated:
		return b.Sprintf("SIMULATED: no money moved")
	case batch.Sandbox:
		return b.Sprintf("SANDBOX key: no real top-ups")
	}
	return b.Title("PRODUCTION")
}

// facts writes what was paid, on whose account, by whom and when.
func (b *book) facts(w *cellWriter) {
	first, last := b.books.Span()
	w.fact(b.Title("account"), fmt.Sprintf("%s (%s)", b.batch.Account.Username, b.batch.Account.Host))
	w.fact(b.Title("file"), b.batch.File)
	w.fact(b.Title("sheet"), b.batch.Sheet)
	w.fact(b.Title("file's SHA-256"), b.batch.SHA256)
	w.fact(b.Title("begun"), first)
	w.fact(b.Title("last change"), last)
	var runs []batch.Note
	for _, n := range b.books.Notes() {
		if n.What == batch.NoteStarted {
			runs = append(runs, n)
		}
	}
	if len(runs) > 0 {
		w.fact(b.Title("run by"), b.message(runs[0].Text))
	}
	if n := len(runs); n > 1 {
		w.fact(b.Title("last run by"), b.Sprintf("%s (%s; runs in all: %d)", runs[n-1].Text, runs[n-1].At, n))
	}
	if n := len(b.books.Versions()); n > 1 {
		w.fact(b.Title("corrected"), b.Sprintf("times: %d (see the sheets Changes and Journal)", n-1))
	}
	w.fact(b.Title("prepared with"), fmt.Sprintf("flexybatch %s", b.batch.Tool))
	w.fact(b.Title("journal"), b.Sprintf("%s, line %d, link %s", b.options.Journal, b.options.Lines, b.options.Head))
}

// outcomes writes what became of the rows, by state, and returns the first and the
// last row of the table.
func (b *book) outcomes(w *cellWriter, t batch.Tally) [2]int {
	by := map[batch.State]*sums{}
	b.books.Each(func(s *batch.RowStatus) bool {
		if by[s.State] == nil {
			by[s.State] = &sums{}
		}
		by[s.State].add(s)
		return true
	})
	w.row++
	head := w.row
	w.head(b.Title("state"), b.Title("rows"), b.Title("requested"), b.Title("cost"), b.Title("charged"), b.Title("refunded"))
	whole, m := b.styles.whole, b.styles.money
	for _, s := range batch.States {
		if by[s] == nil {
			continue
		}
		x := *by[s]
		if s == batch.Invalid {
			x.requested, x.cost = 0, 0
		}
		w.cells([]int{b.styles.text, whole, m, m, m, m}, s, x.rows, x.requested, x.cost, x.charged, x.refunded)
	}
	last := w.row - 1
	w.table("States", head, last, 6)
	if w.err == nil && last > head {
		w.keep(b.colour(w.sheet, fmt.Sprintf("A%d:A%d", head+1, last)))
	}
	w.cells([]int{b.styles.label, whole, m, m, m, m}, b.Title("all rows"), t.Total, t.Requested, t.Cost, t.Charged, t.Refunded)
	return [2]int{head + 1, last}
}

// table writes sums by name, and returns the first and the last row of the table.
func (b *book) table(w *cellWriter, id, title string, by map[string]*sums) [2]int {
	st := b.styles
	w.row++
	head := w.row
	w.head(title, b.Title("rows"), b.Title("fulfilled"), b.Title("requested"), b.Title("cost"), b.Title("charged"), b.Title("refunded"))
	for _, name := range names(by) {
		s := by[name]
		w.cells([]int{st.text, st.whole, st.whole, st.money, st.money, st.money, st.money}, name, s.rows, s.fulfilled, s.requested, s.cost, s.charged, s.refunded)
	}
	w.table(id, head, w.row-1, 7)
	return [2]int{head + 1, w.row - 1}
}

// approvals lists who approved the batch, and what of it.
func (b *book) approvals(w *cellWriter) {
	st := b.styles
	begun := false
	for _, n := range b.books.Notes() {
		if n.What != batch.NoteApproved {
			continue
		}
		if !begun {
			w.row++
			w.line(st.head, b.Title("Approved by"), b.Title("when"), b.Title("approved request"), b.Title("needed"))
			begun = true
		}
		if a := n.Approval; a != nil {
			w.cells([]int{st.text, st.date, st.text, st.whole}, a.Approver, a.At, abridged(a.Digest), a.Required)
		} else {
			w.cells([]int{st.text, st.date}, b.message(n.Text), n.At)
		}
	}
}

// abridged returns as much of a digest as people compare. The sheet Journal has all
// of it.
func abridged(digest string) string {
	if len(digest) > 12 {
		return digest[:12] + "…"
	}
	return digest
}
