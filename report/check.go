package report

import (
	"cmp"
	"encoding/csv"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
)

// CheckColumn is the title of the column that a check puts in front, in English.
// Readers of input files pass over what begins as it does in every language, so
// that the check can be mended and run.
const CheckColumn = "flexybatch: what to mend"

// Check is what there is to say about a file before anything is sent.
type Check struct {
	File     string      // base name
	Header   []string    // the columns, as the file names them
	Rows     []batch.Row // with refs and costs
	Totals   batch.Totals
	Warnings []batch.Warning // in the rows' order
	Notes    []string        // what people should know of the file, in words
	Words    *lang.Printer   // of the workbook and the CSV; nil: English
}

// Workbook writes the check as XLSX: the user's own rows again, with what is
// wrong and what mends it in a column in front, the broken cells coloured; and a
// summary.
func (c *Check) Workbook(w io.Writer) error {
	return making(w, c.Words, func(d *document) error {
		d.about = about{kind: outfile.CheckWorkbook, title: d.Sprintf("Check of %s", c.File), subject: d.Sprintf("Airtime top-ups"), from: c.File}
		columns := []column{{title: d.Sprintf(CheckColumn), width: 70, style: d.styles.wrap}}
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
		for r, what := range c.told(d.voice) {
			if err := s.write(c.cells(r, what, len(columns), d.styles)...); err != nil {
				return err
			}
		}
		if err := s.end(); err != nil {
			return err
		}
		return c.summary(d)
	})
}

// cells are a row of the check sheet.
func (c *Check) cells(r *batch.Row, what []string, columns int, st styles) []any {
	cells := make([]any, columns)
	cells[0] = strings.Join(what, "\n")
	texts := r.Cells.AppendTo(make([]string, 0, columns))
	asked := question(r, texts)
	for j, h := range c.Header {
		text := ""
		if j < len(texts) {
			text = texts[j]
		}
		cells[j+1] = text
		if j == asked || h != "" && slices.ContainsFunc(r.Problems(), func(p batch.Problem) bool { return p.Column == h }) {
			cells[j+1] = excelize.Cell{StyleID: st.broken, Value: clean(text)}
		}
	}
	return cells
}

// question puts the phone in question of a row that is wider or narrower than the
// header, and tells where it stands; -1 where nothing is in question. The check
// has as many cells in each row as there are columns, so that such a row would
// look in order there, and be paid by whatever has come to stand under the
// amount, though nobody has looked at it.
func question(r *batch.Row, texts []string) int {
	phone := misplaced(r)
	if phone == "" {
		return -1
	}
	at := slices.Index(texts, phone)
	if at >= 0 {
		texts[at] = "? " + phone
	}
	return at
}

// misplaced is the phone, as it is written, of a row whose cells may stand under
// wrong columns; empty for all others, and where there is no phone to be paid.
func misplaced(r *batch.Row) string {
	wide, broken := false, ""
	for _, p := range r.Problems() {
		wide = wide || p.Code == batch.RowWidth
		if p.Code == batch.PhoneFormat {
			broken = p.Value // which --fix-phones may mend when the check is run
		}
	}
	if !wide {
		return ""
	}
	return cmp.Or(broken, r.Written(), string(r.Topup.Phone))
}

// told is every row with what there is to say of it.
func (c *Check) told(v voice) iter.Seq2[*batch.Row, []string] {
	return func(yield func(*batch.Row, []string) bool) {
		warnings := c.Warnings
		for i := range c.Rows {
			r := &c.Rows[i]
			var what []string
			for _, p := range r.Problems() {
				what = append(what, v.Sprintf("row %d: %s", r.Number, p))
			}
			if misplaced(r) != "" {
				what = append(what, v.Sprintf("row %d: when its cells are right, take the question mark away from its phone", r.Number))
			}
			for ; len(warnings) > 0 && warnings[0].Row == r.Number; warnings = warnings[1:] {
				what = append(what, v.Sprintf("row %d: warning: %s: %s", r.Number, warnings[0].Code, warnings[0].Message))
			}
			if r.Hidden() && r.Valid() {
				what = append(what, v.Sprintf("row %d: warning: it is hidden in the sheet, and would be paid", r.Number))
			}
			if !yield(r, what) {
				return
			}
		}
	}
}

// summary is the second sheet. No cell of it alone is a column's name, so that
// readers do not take it for a payroll.
func (c *Check) summary(d *document) error {
	p := d.pen(d.Title("Summary"), 44, 17, 17, 17)
	st, t := d.styles, c.Totals
	p.heading(d.about.title)
	p.row++
	p.fact(d.Title("rows"), t.Rows)
	p.fact(d.Title("valid rows"), t.Valid)
	p.fact(d.Title("invalid rows"), t.Invalid)
	p.fact(d.Title("rows with a warning"), len(c.Warnings))
	p.fact(d.Title("valid rows that are hidden in the sheet"), t.Hidden)
	p.fact(d.Title("requested, DZD"), t.Requested)
	p.fact(d.Title("cost, DZD"), t.Cost)
	p.row++
	head := p.row
	p.line(st.head, d.Title("broken rules and warnings"), d.Title("rows"))
	for _, rule := range c.rules() {
		p.cells([]int{st.text, st.whole}, string(rule.code), rule.rows)
	}
	p.tabled("Rules", head, p.row-1, 2)
	p.row++
	head = p.row
	p.line(st.head, d.Title("plans of the valid rows"), d.Title("rows"), d.Title("requested"), d.Title("cost"))
	for _, x := range t.Plans {
		p.cells([]int{st.text, st.whole, st.money, st.money}, x.Plan.Code, x.Rows, x.Requested, x.Cost)
	}
	p.tabled("Plans", head, p.row-1, 4)
	p.row++
	for _, note := range c.Notes {
		p.line(st.text, d.Text(note))
	}
	if p.err == nil {
		p.also(d.SetPanes(p.sheet, frozen))
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
		for _, p := range c.Rows[i].Problems() {
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
func (c *Check) CSV(w io.Writer) error { return outfile.SealCSV(w, c.csv) }

// csv writes the check sheet as CSV, with a last column of that title and no cells.
func (c *Check) csv(w io.Writer, seal string) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out, v := csv.NewWriter(w), newVoice(c.Words)
	if err := out.Write(append(append([]string{v.Sprintf(CheckColumn)}, c.Header...), seal)); err != nil {
		return err
	}
	line := make([]string, len(c.Header)+2)
	for r, what := range c.told(v) {
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
