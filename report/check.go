package report

import (
	"encoding/csv"
	"io"
	"strings"

	"flexybatch/batch"
	"flexybatch/batch/unusual"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
)

// CheckColumn is the English title of the column that a check puts in front. In
// every language the title begins with "flexybatch:", and readers of input files
// skip such columns, so that the check itself can be mended and run.
const CheckColumn = "flexybatch: what to mend"

// verdictColumn is the title of the column in front of that, in a workbook: whether a
// row is in order, and which of its cells are not.
const verdictColumn = "flexybatch: verdict"

// Check is what there is to say about a file before anything is sent.
type Check struct {
	File     string      // base name
	Header   []string    // the columns, as the file names them
	Rows     []batch.Row // with refs and costs
	Totals   batch.Totals
	Warnings []batch.Warning   // in the rows' order
	Unusual  []unusual.Finding // likewise: amounts that look like a slip; they are warnings too
	Changes  *Changes          // since the last batch; nil: there is none
	Notes    []batch.Message   // what people should know of the file
	Found    Found
	Words    *lang.Printer // of the workbook and the CSV; nil: English
}

// Clean reports whether there is nothing to mend, and nothing that somebody should look
// at before the rows are paid.
func (c *Check) Clean() bool {
	return c.Totals.Invalid == 0 && c.Totals.Hidden == 0 && len(c.Warnings)+len(c.Unusual)+len(c.Notes) == 0 &&
		(c.Changes == nil || len(c.Changes.List) == 0)
}

// Workbook writes the check as XLSX: the user's own rows again, with what is
// wrong and what mends it in columns in front, the broken cells coloured; and a
// summary.
func (c *Check) Workbook(w io.Writer) error {
	return writeDocument(w, c.Words, func(d *document) error {
		d.about = about{kind: outfile.CheckWorkbook, title: d.Sprintf("Check of %s", c.File), subject: d.Sprintf("Airtime top-ups"), from: c.File}
		columns := []column{{title: d.Sprintf(verdictColumn), width: 19, style: d.styles.text}, {title: d.Sprintf(CheckColumn), width: 70, style: d.styles.wrap}}
		columns = append(columns, d.carried(c.Header, func(yield func(batch.Cells) bool) {
			for i := range c.Rows {
				if !yield(c.Rows[i].Cells) {
					return
				}
			}
		})...)
		s, err := d.sheet("Check", d.Title("Check"), columns)
		if err != nil {
			return err
		}
		for r, what := range c.advice(d.voice) {
			if err := s.write(c.cells(d, r, what, s.next(), len(columns))...); err != nil {
				return err
			}
		}
		if err := s.end(); err != nil {
			return err
		}
		return c.summary(d)
	})
}

// summary writes the second sheet. None of its cells is the name of a payroll's
// column, so that readers of input files do not take it for one.
func (c *Check) summary(d *document) error {
	w := d.cellWriter(d.Title("Summary"), 44, 17, 17, 17)
	st, t := d.styles, c.Totals
	w.heading(d.about.title)
	w.row++
	w.fact(d.Title("rows"), t.Rows)
	w.fact(d.Title("valid rows"), t.Valid)
	w.fact(d.Title("invalid rows"), t.Invalid)
	w.fact(d.Title("rows with a warning"), c.warned())
	w.fact(d.Title("valid rows that are hidden or struck through in the sheet"), t.Hidden)
	w.fact(d.Title("requested, DA"), t.Requested)
	w.fact(d.Title("cost, DA"), t.Cost)
	w.row++
	c.changes(w, d)
	head := w.row
	w.line(st.head, d.Title("broken rules and warnings"), d.Title("rows"), d.Title("rule"), d.Title("what to do"))
	for _, g := range c.Groups(0) {
		w.cells([]int{st.text, st.whole, st.text, st.text}, d.Say(g.Kind), g.Count, string(g.Code), d.Say(g.Remedy))
	}
	w.table("Rules", head, w.row-1, 4)
	w.row++
	head = w.row
	w.line(st.head, d.Title("plans of the valid rows"), d.Title("rows"), d.Title("requested"), d.Title("cost"))
	for _, x := range t.Plans {
		w.cells([]int{st.text, st.whole, st.money, st.money}, x.Plan.Code, x.Rows, x.Requested, x.Cost)
	}
	w.table("Plans", head, w.row-1, 4)
	w.row++
	for _, note := range c.Notes {
		w.line(st.text, d.Say(lang.Msg("%s", note)))
	}
	if w.err == nil {
		w.keep(d.SetPanes(w.sheet, frozen))
	}
	return w.err
}

// CSV writes the check sheet as CSV: UTF-8 with a byte order mark, and defused as
// every CSV of this package is. It has no fixed column but the first, so there is
// no struct of its rows. It has a seal, since people mend it.
func (c *Check) CSV(w io.Writer) error { return outfile.SealCSV(w, c.csv) }

// csv writes the check sheet as CSV. The last column has that title, and no cells.
func (c *Check) csv(w io.Writer, seal string) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out, v := csv.NewWriter(w), voice{Printer: c.Words}
	if err := out.Write(append(append([]string{v.Sprintf(CheckColumn)}, c.Header...), seal)); err != nil {
		return err
	}
	line := make([]string, len(c.Header)+2)
	for r, what := range c.advice(v) {
		clear(line)
		line[0] = strings.Join(what, "\n")
		texts := r.Cells.AppendTo(make([]string, 0, len(line)))
		question(r, texts)
		copy(line[1:len(line)-1], texts)
		for i := range line {
			line[i] = defused(line[i])
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
