package report

import (
	"fmt"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// summary writes the first sheet, for whoever reads no other.
func (b *book) summary(w *cellWriter) error {
	w.heading(b.about.title)
	w.line(b.styles.banner, b.Say(kindOf(b.batch)))
	if w.err == nil {
		w.keep(b.SetRowHeight(w.sheet, w.row, 24))
	}
	w.line(b.styles.title, b.Say(b.figures.headline()))
	if gone := Gone(b.figures.tally); !gone.IsZero() {
		w.line(b.styles.text, b.Say(gone))
	}
	w.row++
	b.facts(w)
	outcomes := b.outcomes(w)
	operators := b.table(w, "Operators", b.Title("operator"), b.figures.operators)
	b.table(w, "Plans", b.Title("plan"), b.figures.plans)
	b.balance(w)
	b.approvals(w)
	b.technical(w)
	if w.err == nil {
		w.keep(b.SetPanes(w.sheet, frozen))
	}
	b.charts(w, outcomes, operators)
	return w.err
}

// kindOf says whether real money moved.
func kindOf(of batch.BatchRecord) lang.Message {
	switch of.Account.Type {
	case batch.Simulated:
		return lang.Msg("SIMULATED: no money moved")
	case batch.Sandbox:
		return lang.Msg("SANDBOX key: no real top-ups")
	}
	return lang.Title("PRODUCTION")
}

// facts writes what was paid, on whose account, and when.
func (b *book) facts(w *cellWriter) {
	first, last := b.books.Span()
	w.fact(b.Title("account"), fmt.Sprintf("%s (%s)", b.batch.Account.Username, b.batch.Account.Host))
	w.fact(b.Title("file"), b.batch.File)
	w.fact(b.Title("sheet"), b.batch.Sheet)
	w.fact(b.Title("begun"), first)
	w.fact(b.Title("last change"), last)
	if n := len(b.books.Versions()); n > 1 {
		w.fact(b.Title("corrected"), b.Sprintf("times: %d (see the sheets Changes and Journal)", n-1))
	}
}

// technical writes, last and small, what ties the report to its file, its journal and
// the programs that made it.
func (b *book) technical(w *cellWriter) {
	w.row++
	for _, t := range technicalOf(b.books, b.options) {
		w.cells([]int{b.styles.small, b.styles.small}, b.Say(t.name), b.Say(t.value))
	}
}

// fact is a name and its value.
type fact struct{ name, value lang.Message }

// technicalOf lists what few readers look for.
func technicalOf(from Books, o Options) (list []fact) {
	head := from.Batch()
	add := func(name, value lang.Message) { list = append(list, fact{name, value}) }
	if head.SHA256 != "" {
		add(lang.Title("file's SHA-256"), lang.Msg("%s", head.SHA256))
	}
	var runs []batch.Note
	for _, n := range from.Notes() {
		if n.What == batch.NoteStarted {
			runs = append(runs, n)
		}
	}
	if len(runs) > 0 {
		add(lang.Title("run by"), lang.Msg("%s", runs[0].Text))
	}
	if n := len(runs); n > 1 {
		add(lang.Title("last run by"), lang.Msg("%s (%s; runs in all: %d)", runs[n-1].Text, runs[n-1].At, n))
	}
	add(lang.Title("prepared with"), lang.Msg("%s", "flexybatch "+head.Tool))
	add(lang.Title("journal"), lang.Msg("%s, line %d, link %s", o.Journal, o.Lines, o.Head))
	return list
}

// outcomes writes what became of the rows, by state, and returns the first and the
// last row of the table.
func (b *book) outcomes(w *cellWriter) [2]int {
	f := b.figures
	file := f.tally.File()
	w.row++
	head := w.row
	b.heads(w, b.Title("state"), b.Title("share"))
	for _, s := range batch.States {
		if x := &f.states[s]; x.rows > 0 {
			b.sums(w, b.styles.text, s, share(x.rows, file.Total), x)
		}
	}
	last := w.row - 1
	w.table("States", head, last, tableWidth)
	if w.err == nil && last > head {
		w.keep(b.colour(w.sheet, fmt.Sprintf("A%d:A%d", head+1, last)))
	}
	all := sumsOf(file)
	if f.tally.Gone.Total == 0 {
		b.sums(w, b.styles.label, b.Title("all rows"), nil, &all)
		return [2]int{head + 1, last}
	}
	gone, both := sumsOf(f.tally.Gone), sumsOf(f.tally.Counts)
	b.sums(w, b.styles.label, b.Title("all rows of the file"), nil, &all)
	b.sums(w, b.styles.text, b.Title("no longer in the file"), nil, &gone)
	b.sums(w, b.styles.label, b.Title("together"), nil, &both)
	return [2]int{head + 1, last}
}

// share is which part of all rows some are.
func share(rows, all int) float64 { return float64(rows) / float64(max(1, all)) }

// tableWidth is how many columns the tables of sums have.
const tableWidth = 8

// heads writes the head of a table of sums; count is the title of its third column.
func (b *book) heads(w *cellWriter, title, count string) {
	w.head(title, b.Title("rows"), count, b.Title("requested"), b.Title("cost"), b.Title("charged"), b.Title("refunded"), b.Title("net"))
}

// sums writes a row of a table of sums.
func (b *book) sums(w *cellWriter, style int, name, count any, s *sums) {
	st := b.styles
	counted := st.whole
	if _, ok := count.(float64); ok {
		counted = st.share
	}
	w.cells([]int{style, st.whole, counted, st.money, st.money, st.money, st.money, st.money}, name, s.rows, count, s.requested, s.cost, s.charged, s.refunded, s.net())
}

// table writes sums by name, and returns the first and the last row of the table.
func (b *book) table(w *cellWriter, id, title string, by map[string]*sums) [2]int {
	w.row++
	head := w.row
	b.heads(w, title, b.Title("fulfilled"))
	for _, name := range names(by) {
		b.sums(w, b.styles.text, name, by[name].fulfilled, by[name])
	}
	w.table(id, head, w.row-1, tableWidth)
	return [2]int{head + 1, w.row - 1}
}

// balance writes how the balance follows from what was charged and given back.
func (b *book) balance(w *cellWriter) {
	x, ok := balancesOf(b.books)
	if !ok {
		return
	}
	st := b.styles
	w.row++
	w.head(b.Title("Balance"), b.Title("dinars"))
	for _, l := range x.lines(b.figures) {
		style := st.text
		if l.sum {
			style = st.label
		}
		if l.alarm && w.err == nil {
			w.keep(b.alarm(w.sheet, fmt.Sprintf("B%d", w.row)))
		}
		w.cells([]int{style, st.money}, b.Say(l.what), l.amount)
	}
	for _, remark := range x.remarks(b.figures) {
		w.line(st.text, b.Say(remark))
	}
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
			if w.err == nil {
				w.keep(b.SetRowHeight(w.sheet, w.row, 2*(lineHeight+2)))
			}
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
