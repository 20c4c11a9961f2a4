package report

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
)

// summary is the sheet that a director looks at.
func (b *book) summary(p *pen) error {
	p.heading(b.about.title)
	p.line(b.styles.banner, b.kind())
	p.row++
	b.facts(p)
	t := b.books.Tally()
	outcomes := b.outcomes(p, t)
	operators := b.table(p, "Operators", b.Title("operator"), b.operators)
	b.table(p, "Plans", b.Title("plan"), b.plans)
	b.money(p, t)
	b.approvals(p)
	if p.err == nil {
		p.also(b.SetPanes(p.sheet, frozen))
	}
	b.charts(p, outcomes, operators)
	return p.err
}

// kind says whether money moved.
func (b *book) kind() string {
	switch b.batch.Account.Type {
	case batch.Simulated:
		return b.Sprintf("SIMULATED: no money moved")
	case batch.Sandbox:
		return b.Sprintf("SANDBOX key: no real top-ups")
	}
	return b.Title("PRODUCTION")
}

// facts are what was paid, on whose account, by whom and when.
func (b *book) facts(p *pen) {
	first, last := b.books.Span()
	p.fact(b.Title("account"), fmt.Sprintf("%s (%s)", b.batch.Account.Username, b.batch.Account.Host))
	p.fact(b.Title("file"), b.batch.File)
	p.fact(b.Title("sheet"), b.batch.Sheet)
	p.fact(b.Title("file's SHA-256"), b.batch.SHA256)
	p.fact(b.Title("begun"), first)
	p.fact(b.Title("last change"), last)
	var runs []batch.Note
	for _, n := range b.books.Notes() {
		if n.What == batch.NoteStarted {
			runs = append(runs, n)
		}
	}
	if len(runs) > 0 {
		p.fact(b.Title("run by"), b.Text(runs[0].Text))
	}
	if n := len(runs); n > 1 {
		p.fact(b.Title("last run by"), b.Sprintf("%s (%s; runs in all: %d)", runs[n-1].Text, clock(runs[n-1].At), n))
	}
	if n := len(b.books.Versions()); n > 1 {
		p.fact(b.Title("corrected"), b.Sprintf("times: %d (see the sheets Changes and Journal)", n-1))
	}
	p.fact(b.Title("planned with"), fmt.Sprintf("flexybatch %s", b.batch.Tool))
	p.fact(b.Title("journal"), b.Sprintf("%s, line %d, link %s", b.options.Journal, b.options.Lines, b.options.Head))
}

// outcomes writes what became of the rows and returns the table's rows.
func (b *book) outcomes(p *pen, t batch.Tally) [2]int {
	by := map[batch.State]*sums{}
	b.books.Each(func(s *batch.RowStatus) bool {
		if by[s.State] == nil {
			by[s.State] = &sums{}
		}
		by[s.State].add(s)
		return true
	})
	p.row++
	head := p.row
	p.head(b.Title("state"), b.Title("rows"), b.Title("requested"), b.Title("cost"), b.Title("charged"), b.Title("refunded"))
	whole, m := b.styles.whole, b.styles.money
	for _, s := range batch.States {
		if by[s] == nil {
			continue
		}
		x := *by[s]
		if s == batch.Invalid {
			x.requested, x.cost = 0, 0
		}
		p.cells([]int{b.styles.text, whole, m, m, m, m}, s, x.rows, x.requested, x.cost, x.charged, x.refunded)
	}
	last := p.row - 1
	p.tabled("States", head, last, 6)
	if p.err == nil && last > head {
		p.also(b.colour(p.sheet, fmt.Sprintf("A%d:A%d", head+1, last)))
	}
	p.cells([]int{b.styles.label, whole, m, m, m, m}, b.Title("all rows"), t.Total, t.Requested, t.Cost, t.Charged, t.Refunded)
	return [2]int{head + 1, last}
}

// table writes sums by name and returns the table's rows.
func (b *book) table(p *pen, id, title string, by map[string]*sums) [2]int {
	st := b.styles
	p.row++
	head := p.row
	p.head(title, b.Title("rows"), b.Title("fulfilled"), b.Title("requested"), b.Title("cost"), b.Title("charged"), b.Title("refunded"))
	for _, name := range names(by) {
		s := by[name]
		p.cells([]int{st.text, st.whole, st.whole, st.money, st.money, st.money, st.money}, name, s.rows, s.fulfilled, s.requested, s.cost, s.charged, s.refunded)
	}
	p.tabled(id, head, p.row-1, 7)
	return [2]int{head + 1, p.row - 1}
}

// money explains the balance.
func (b *book) money(p *pen, t batch.Tally) {
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
	if before == nil || after == nil {
		return
	}
	st := b.styles
	kept := map[batch.State]batch.Centimes{}
	b.books.Each(func(s *batch.RowStatus) bool {
		kept[s.State] += s.Charged
		return true
	})
	p.row++
	p.head(b.Title("Balance"), b.Title("dinars"))
	expected := *before - t.Charged + t.Refunded
	line := func(what string, c batch.Centimes) { p.cells([]int{st.text, st.money}, what, c) }
	line(b.Title("before the first send"), *before)
	line(b.Title("charged and fulfilled"), -kept[batch.Fulfilled])
	line(b.Title("charged and refunded"), -kept[batch.Refunded])
	line(b.Title("charged, not final yet"), -(t.Charged - kept[batch.Fulfilled] - kept[batch.Refunded]))
	line(b.Title("given back"), t.Refunded)
	p.cells([]int{st.label, st.money}, b.Title("so it should be"), expected)
	p.cells([]int{st.label, st.money}, b.Title("when last asked"), *after)
	if p.err == nil {
		p.also(b.alarm(p.sheet, fmt.Sprintf("B%d", p.row)))
	}
	p.cells([]int{st.label, st.money}, b.Title("other movements"), *after-expected)
	if t.Open() > 0 {
		p.line(st.text, b.Sprintf("Rows are still open: what they move is not in these figures yet."))
	}
	if *after != expected {
		p.line(st.text, b.Sprintf("Money was moved on this account that is not this batch's. To see which: flexybatch reconcile"))
	} else if t.Open() == 0 {
		p.line(st.text, b.Sprintf("The difference is this batch's, to the centime."))
	}
}

// approvals lists who approved the batch, and what of it.
func (b *book) approvals(p *pen) {
	st := b.styles
	begun := false
	for _, n := range b.books.Notes() {
		if n.What != batch.NoteApproved {
			continue
		}
		if !begun {
			p.row++
			p.line(st.head, b.Title("Approved by"), b.Title("when"), b.Title("approved request"), b.Title("needed"))
			begun = true
		}
		if a := n.Approval; a != nil {
			p.cells([]int{st.text, st.date, st.text, st.whole}, a.Approver, a.At, abridged(a.Digest), a.Required)
		} else {
			p.cells([]int{st.text, st.date}, b.Text(n.Text), n.At)
		}
	}
}

// abridged is as much of a digest as people compare; the Journal has all of it.
func abridged(digest string) string {
	if len(digest) > 12 {
		return digest[:12] + "…"
	}
	return digest
}

// charts draws, beside the tables, the outcomes, the dinars by operator, and how
// the rows came to their end over time.
func (b *book) charts(p *pen, outcomes, operators [2]int) {
	over := b.Title("Over time")
	for i, c := range []struct {
		title         string
		kind          excelize.ChartType
		sheet         string
		rows          [2]int
		names, values string // columns
	}{
		{b.Title("Rows by state"), excelize.Bar, p.sheet, outcomes, "A", "B"},
		{b.Title("Dinars by operator"), excelize.Col, p.sheet, operators, "A", "D"},
		{b.Title("Rows settled over time"), excelize.Col, over, [2]int{2, len(b.settled.rows) + 1}, "A", "D"},
	} {
		if p.err != nil || c.rows[1] < c.rows[0] {
			continue
		}
		one, gap, nought, figures := false, uint(60), 0.0, excelize.ChartNumFmt{CustomNumFmt: "#,##0"}
		told := c.rows[1]-c.rows[0] < 12 // room for each figure beside its bar, and no need of an axis
		ink := excelize.Font{Family: face, Size: 9, Color: "404040"}
		cells := func(column string, from, to int) string {
			return reference(c.sheet, fmt.Sprintf("$%s$%d:$%s$%d", column, from, column, to))
		}
		p.also(b.AddChart(p.sheet, fmt.Sprintf("I%d", 2+15*i), &excelize.Chart{
			Type: c.kind, VaryColors: &one, GapWidth: &gap,
			Series: []excelize.ChartSeries{{
				Name:       reference(c.sheet, fmt.Sprintf("$%s$%d", c.values, c.rows[0]-1)),
				Categories: cells(c.names, c.rows[0], c.rows[1]), Values: cells(c.values, c.rows[0], c.rows[1]),
				Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F4E78"}},
				DataLabel: excelize.ChartDataLabel{Font: ink},
			}},
			Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: c.title, Font: &excelize.Font{Family: face, Size: 12, Bold: true, Color: "202020"}}}},
			Legend:    excelize.ChartLegend{Position: "none"},
			PlotArea:  excelize.ChartPlotArea{ShowVal: told, NumFmt: figures},
			XAxis:     excelize.ChartAxis{Font: ink, ReverseOrder: c.kind == excelize.Bar},
			YAxis:     excelize.ChartAxis{Font: ink, None: told, MajorGridLines: !told, Minimum: &nought, NumFmt: figures},
			Dimension: excelize.ChartDimension{Width: 480, Height: 265},
		}))
	}
}
