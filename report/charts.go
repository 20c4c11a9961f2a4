package report

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// chart is a chart of two columns of a sheet.
type chart struct {
	title         string
	kind          excelize.ChartType
	sheet         string
	rows          [2]int // first and last
	names, values string // columns
}

// charts draws, beside the tables, the outcomes, the dinars that were paid by operator, and how
// the rows were settled over time. Outcomes and operators are the rows of their
// tables.
func (b *book) charts(w *cellWriter, outcomes, operators [2]int) {
	for i, c := range []chart{
		{b.Title("Number of rows by state"), excelize.Bar, w.sheet, outcomes, "A", "B"},
		{b.Title("Dinars paid by operator, less what came back"), excelize.Col, w.sheet, operators, "A", "H"},
		{b.Title("Rows settled so far, by time"), excelize.Col, b.Title("Over time"), [2]int{2, len(b.settled.rows) + 1}, "A", "D"},
	} {
		if w.err == nil && c.rows[0] <= c.rows[1] {
			w.keep(b.AddChart(w.sheet, fmt.Sprintf("J%d", 2+15*i), c.drawn()))
		}
	}
}

// cells is the range of a column of the chart.
func (c *chart) cells(column string) string {
	return reference(c.sheet, fmt.Sprintf("$%s$%d:$%s$%d", column, c.rows[0], column, c.rows[1]))
}

// skip is of how many names one is written, so that they do not run into each other.
func (c *chart) skip() int { return (c.rows[1]-c.rows[0])/8 + 1 }

// turn is by how many degrees names are turned that would not fit beside each other.
func (c *chart) turn() int {
	if c.kind == excelize.Col && c.rows[1]-c.rows[0] > 8 {
		return -90
	}
	return 0
}

// drawn returns the chart as excelize takes it. Where there is room for each figure
// beside its bar, an axis is not needed.
func (c *chart) drawn() *excelize.Chart {
	one, gap, nought, figures := false, uint(60), 0.0, excelize.ChartNumFmt{CustomNumFmt: "#,##0"}
	roomy := c.rows[1]-c.rows[0] < 12
	ink := excelize.Font{Family: face, Size: 9, Color: "404040"}
	return &excelize.Chart{
		Type: c.kind, VaryColors: &one, GapWidth: &gap,
		Series: []excelize.ChartSeries{{
			Name:       reference(c.sheet, fmt.Sprintf("$%s$%d", c.values, c.rows[0]-1)),
			Categories: c.cells(c.names), Values: c.cells(c.values),
			Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F4E78"}},
			DataLabel: excelize.ChartDataLabel{Font: ink},
		}},
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: c.title, Font: &excelize.Font{Family: face, Size: 12, Bold: true, Color: "202020"}}}},
		Legend:    excelize.ChartLegend{Position: "none"},
		PlotArea:  excelize.ChartPlotArea{ShowVal: roomy, NumFmt: figures},
		XAxis:     excelize.ChartAxis{Font: ink, ReverseOrder: c.kind == excelize.Bar, TickLabelSkip: c.skip(), Alignment: excelize.Alignment{TextRotation: c.turn()}},
		YAxis:     excelize.ChartAxis{Font: ink, None: roomy, MajorGridLines: !roomy, Minimum: &nought, NumFmt: figures},
		Dimension: excelize.ChartDimension{Width: 480, Height: 265},
	}
}
