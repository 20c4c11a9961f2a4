package report

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
)

// CheckColumn is the title of the column that a check puts in front. Readers of
// input files pass over it, so that the check can be mended and run.
const CheckColumn = "flexybatch: what to mend"

// Check is what there is to say about a file before anything is sent.
type Check struct {
	File     string      // base name
	Header   []string    // the columns, as the file names them
	Rows     []batch.Row // arranged
	Totals   batch.Totals
	Warnings []batch.Warning // in the rows' order
	Notes    []string        // what people should know of the file, in words
}

// Workbook writes the check as XLSX: the user's own rows again, with what is
// wrong and what mends it in a column in front, the broken cells coloured; and a
// summary.
func (c *Check) Workbook(w io.Writer) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	st, err := newStyles(f)
	if err != nil {
		return err
	}
	columns := []column{{CheckColumn, 70, st.wrap}}
	for _, h := range c.Header {
		columns = append(columns, column{h, 18, st.text})
	}
	if err := f.SetSheetName("Sheet1", "Check"); err != nil { // the one that every new workbook has
		return err
	}
	s, err := newSheet(f, st, "Check", maxRows, columns)
	if err != nil {
		return err
	}
	for r, what := range c.told() {
		if err := s.write(c.cells(r, what, len(columns), st)...); err != nil {
			return err
		}
	}
	if err := s.end(); err != nil {
		return err
	}
	if err := c.summary(f, st); err != nil {
		return err
	}
	if err := f.SetDocProps(&excelize.DocProperties{Title: "Check of " + clean(c.File), Creator: "flexybatch"}); err != nil {
		return err
	}
	return f.Write(w)
}

// cells are a row of the check sheet.
func (c *Check) cells(r *batch.Row, what []string, columns int, st styles) []any {
	cells := make([]any, columns)
	cells[0] = strings.Join(what, "\n")
	texts := r.Cells.AppendTo(make([]string, 0, columns))
	for j, h := range c.Header {
		text := ""
		if j < len(texts) {
			text = texts[j]
		}
		cells[j+1] = text
		if h != "" && slices.ContainsFunc(r.Problems, func(p batch.Problem) bool { return p.Column == h }) {
			cells[j+1] = excelize.Cell{StyleID: st.state[batch.Rejected], Value: clean(text)}
		}
	}
	return cells
}

// told is every row with what there is to say of it.
func (c *Check) told() iter.Seq2[*batch.Row, []string] {
	return func(yield func(*batch.Row, []string) bool) {
		warnings := c.Warnings
		for i := range c.Rows {
			r := &c.Rows[i]
			var what []string
			for _, p := range r.Problems {
				what = append(what, fmt.Sprintf("row %d: %s", r.Number, p))
			}
			for ; len(warnings) > 0 && warnings[0].Row == r.Number; warnings = warnings[1:] {
				what = append(what, fmt.Sprintf("row %d: warning: %s: %s", r.Number, warnings[0].Code, warnings[0].Message))
			}
			if r.Hidden && r.Valid() {
				what = append(what, fmt.Sprintf("row %d: warning: it is hidden in the sheet, and would be paid", r.Number))
			}
			if !yield(r, what) {
				return
			}
		}
	}
}

// summary is the second sheet. No cell of it alone is a column's name, so that
// readers do not take it for a payroll.
func (c *Check) summary(f *excelize.File, st styles) error {
	const sheet = "Summary"
	if _, err := f.NewSheet(sheet); err != nil {
		return err
	}
	p := &pen{book: &book{File: f, styles: st}, sheet: sheet, row: 1}
	if err := printed(f, sheet); err != nil {
		return err
	}
	p.err = f.SetColWidth(sheet, "A", "A", 44)
	p.also(f.SetColWidth(sheet, "B", "D", 17))
	p.line(st.title, "Check of "+c.File)
	p.row++
	count := func(what string, n int) { p.cells([]int{st.label, st.whole}, what, n) }
	t := c.Totals
	count("rows", t.Rows)
	count("valid rows", t.Valid)
	count("invalid rows", t.Invalid)
	count("rows with a warning", len(c.Warnings))
	count("valid rows that are hidden in the sheet", t.Hidden)
	p.cells([]int{st.label, st.money}, "requested, DZD", t.Requested)
	p.cells([]int{st.label, st.money}, "cost, DZD", t.Cost)
	p.row++
	p.line(st.head, "broken rules and warnings", "rows")
	for _, rule := range c.rules() {
		p.cells([]int{st.text, st.whole}, string(rule.code), rule.rows)
	}
	p.row++
	p.line(st.head, "plans of the valid rows", "rows", "requested", "cost")
	for _, x := range t.Plans {
		p.cells([]int{st.text, st.whole, st.money, st.money}, x.Plan.Code, x.Rows, x.Requested, x.Cost)
	}
	p.row++
	for _, note := range c.Notes {
		p.cells([]int{st.text}, note)
	}
	return p.err
}

// rule is how many rows break a rule.
type rule struct {
	code batch.Code
	rows int
}

// rules are the broken rules and the warnings, the most frequent first.
func (c *Check) rules() []rule {
	by := map[batch.Code]int{}
	for i := range c.Rows {
		for _, p := range c.Rows[i].Problems {
			by[p.Code]++
		}
	}
	for _, w := range c.Warnings {
		by[w.Code]++
	}
	var all []rule
	for _, code := range slices.Sorted(maps.Keys(by)) {
		all = append(all, rule{code, by[code]})
	}
	slices.SortStableFunc(all, func(a, b rule) int { return cmp.Compare(b.rows, a.rows) })
	return all
}

// CSV writes the check sheet as CSV, UTF-8 with a byte order mark, defused as
// every CSV of this package.
func (c *Check) CSV(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write(append([]string{CheckColumn}, c.Header...)); err != nil {
		return err
	}
	line := make([]string, len(c.Header)+1)
	for r, what := range c.told() {
		clear(line)
		line[0] = strings.Join(what, "\n")
		copy(line[1:], r.Cells.AppendTo(make([]string, 0, len(line))))
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

// JSON writes the check as one object, a Validation.
func (c *Check) JSON(w io.Writer) error { return json.NewEncoder(w).Encode(c.Validation()) }
