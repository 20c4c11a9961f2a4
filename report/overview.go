package report

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
)

// summary is the sheet that a director looks at. It is small, so it is written
// cell by cell.
func (b *book) summary() error {
	p := &pen{book: b, sheet: "Summary", row: 1}
	if err := printed(b.File, p.sheet); err != nil {
		return err
	}
	p.err = b.SetColWidth(p.sheet, "A", "A", 26)
	p.also(b.SetColWidth(p.sheet, "B", "G", 17))
	p.line(b.styles.title, "Batch "+b.batch.Name)
	kind := map[string]string{batch.Simulated: "SIMULATED: no money moved", batch.Sandbox: "SANDBOX key: no real top-ups", batch.Production: "PRODUCTION"}[b.batch.Account.Type]
	first, last := b.ledger.Span()
	p.row++
	for _, fact := range [][2]any{
		{"account", fmt.Sprintf("%s, %s (%s)", b.batch.Account.Username, kind, b.batch.Account.Host)},
		{"file", b.batch.File}, {"file's SHA-256", b.batch.SHA256}, {"sheet", b.batch.Sheet},
		{"begun", first}, {"last change", last}, {"made by", "flexybatch " + b.batch.Tool},
		{"journal", fmt.Sprintf("%s, line %d, link %s", b.options.Journal, b.options.Lines, b.options.Head)},
	} {
		if fact[1] != "" {
			p.cells([]int{b.styles.label, 0}, fact[0], fact[1])
		}
	}
	t := b.ledger.Tally()
	outcomes := b.states(p, t)
	operators := p.table("By operator", b.operators)
	p.table("By plan", b.plans)
	b.money(p, t)
	b.charts(p, outcomes, operators)
	return p.err
}

// states writes what became of the rows and returns the table's range.
func (b *book) states(p *pen, t batch.Tally) [2]int {
	by := map[batch.State]*sums{}
	b.ledger.Each(func(s *batch.Standing) bool {
		if by[s.State] == nil {
			by[s.State] = &sums{}
		}
		by[s.State].add(s)
		return true
	})
	p.row++
	p.line(b.styles.head, "state", "rows", "requested", "cost", "charged", "refunded")
	from := p.row
	for _, s := range batch.States {
		if by[s] == nil {
			continue
		}
		x := *by[s]
		if s == batch.Invalid {
			x.requested, x.cost = 0, 0
		}
		m := b.styles.money
		p.cells([]int{b.styles.state[s], b.styles.whole, m, m, m, m}, s.String(), x.rows, x.requested, x.cost, x.charged, x.refunded)
	}
	m := b.styles.money
	p.cells([]int{b.styles.label, b.styles.whole, m, m, m, m}, "all rows", t.Total, t.Requested, t.Cost, t.Charged, t.Refunded)
	return [2]int{from, p.row - 2}
}

// money explains the balance.
func (b *book) money(p *pen, t batch.Tally) {
	var before, after *batch.Centimes
	for _, n := range b.ledger.Notes() {
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
	p.row++
	p.line(b.styles.head, "Balance", "dinars")
	expected := *before - t.Charged + t.Refunded
	for _, x := range []struct {
		what string
		c    batch.Centimes
	}{
		{"before the first send", *before}, {"charged", -t.Charged}, {"refunded", t.Refunded}, {"so it should be", expected},
		{"when last asked", *after}, {"other movements", *after - expected},
	} {
		p.cells([]int{b.styles.label, b.styles.money}, x.what, x.c)
	}
	if t.Open() > 0 {
		p.cells([]int{0}, "Rows are still open: what they move is not in these figures yet.")
	}
}

// charts draws the outcomes and the dinars by operator beside the tables.
func (b *book) charts(p *pen, outcomes, operators [2]int) {
	if p.err != nil {
		return
	}
	series := func(r [2]int, column string) []excelize.ChartSeries {
		return []excelize.ChartSeries{{
			Name:       fmt.Sprintf("Summary!$%s$%d", column, r[0]-1),
			Categories: fmt.Sprintf("Summary!$A$%d:$A$%d", r[0], r[1]), Values: fmt.Sprintf("Summary!$%s$%d:$%s$%d", column, r[0], column, r[1]),
		}}
	}
	chart := func(cell, title string, kind excelize.ChartType, s []excelize.ChartSeries) {
		p.also(b.AddChart("Summary", cell, &excelize.Chart{
			Type: kind, Series: s, Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title}}},
			Legend: excelize.ChartLegend{Position: "none"}, PlotArea: excelize.ChartPlotArea{ShowVal: true},
			Dimension: excelize.ChartDimension{Width: 460, Height: 260},
		}))
	}
	if outcomes[1] >= outcomes[0] {
		chart("I2", "Rows by state", excelize.Bar, series(outcomes, "B"))
	}
	if operators[1] >= operators[0] {
		chart("I17", "Dinars by operator", excelize.Col, series(operators, "D"))
	}
}

// pen writes cells down a sheet, and stops at the first error.
type pen struct {
	book  *book
	sheet string
	row   int // the next one
	err   error
}

func (p *pen) also(err error) {
	if p.err == nil {
		p.err = err
	}
}

// line writes a row in one style.
func (p *pen) line(style int, values ...any) {
	st := make([]int, len(values))
	for i := range st {
		st[i] = style
	}
	p.cells(st, values...)
}

// cells writes a row, each cell in its style.
func (p *pen) cells(style []int, values ...any) {
	for i, v := range values {
		cell, err := excelize.CoordinatesToCellName(i+1, p.row)
		p.also(err)
		switch x := v.(type) {
		case batch.Centimes:
			v = float64(x) / 100
		case string:
			v = clean(x)
		}
		if p.err == nil {
			p.also(p.book.SetCellValue(p.sheet, cell, v))
		}
		if p.err == nil && style[i] != 0 {
			p.also(p.book.SetCellStyle(p.sheet, cell, cell, style[i]))
		}
	}
	p.row++
}

// table writes sums by name and returns the rows of the table.
func (p *pen) table(title string, by map[string]*sums) [2]int {
	st := p.book.styles
	p.row++
	p.line(st.head, title, "rows", "fulfilled", "requested", "cost", "charged", "refunded")
	from := p.row
	for _, name := range names(by) {
		s := by[name]
		p.cells([]int{st.label, st.whole, st.whole, st.money, st.money, st.money, st.money}, name, s.rows, s.fulfilled, s.requested, s.cost, s.charged, s.refunded)
	}
	return [2]int{from, p.row - 1}
}
