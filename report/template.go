package report

import (
	"fmt"
	"html"
	"io"
	"slices"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
)

// templateRows is how many rows of the template have drop-downs and rules. A file
// may be longer.
const templateRows = 20_000

// Template writes the blank input workbook (XLSX). Its first sheet is to be filled
// in: its header is known to the readers of input files in every language, phones
// are texts, plans are a drop-down, and amounts must be within the plan's range. The
// other sheets are the plans with their ranges, and instructions. Plans that cannot
// be bought are left out.
func Template(w io.Writer, plans batch.Catalogue, words *lang.Printer) error {
	return writeDocument(w, words, func(d *document) error {
		d.about = about{kind: outfile.Template, title: d.Sprintf("How to fill in this payroll"), subject: d.Sprintf("Airtime top-ups")}
		t := &template{document: d, payroll: d.Title("Payroll"), offers: d.Title("Plans")}
		for _, p := range plans {
			if p.Enabled && !p.Menu() {
				t.plans = append(t.plans, p)
			}
		}
		for _, write := range []func() error{t.fillIn, t.catalogue, t.instructions} {
			if err := write(); err != nil {
				return err
			}
		}
		return nil
	})
}

// template is a template that is being written.
type template struct {
	*document
	payroll, offers string // sheets
	plans           batch.Catalogue
}

// The columns of the sheet to fill in.
const (
	columnID, columnName, columnPhone, columnPlan, columnAmount = "A", "B", "C", "D", "E"
)

// fillIn writes the sheet that people fill in.
func (t *template) fillIn() error {
	w := t.cellWriter(t.payroll, 18, 28, 16, 24, 12)
	st := t.styles
	for _, column := range []string{columnAmount, columnPlan, columnPhone, columnName, columnID} { // excelize puts each in front of those it has
		style := st.text
		if column == columnAmount {
			style = st.whole
		}
		if w.err == nil {
			w.keep(t.SetColStyle(t.payroll, column, style))
		}
	}
	w.line(st.head, t.Title("Employee ID"), t.Title("Name"), t.Title("Phone"), t.Title("Plan"), t.Title("Amount"))
	t.sample(w)
	w.table("Payroll", 1, 2, 5) // it grows while it is filled in
	if w.err == nil {
		w.keep(t.SetPanes(t.payroll, frozen))
	}
	if w.err != nil {
		return w.err
	}
	return t.setInputRules()
}

// sample writes a row that shows what goes where. It is to be written over, and is no
// payment if nobody does: readers know its phone.
func (t *template) sample(w *cellWriter) {
	plan, amount := "", batch.Dinars(500)
	if len(t.plans) > 0 {
		plan, amount = t.plans[0].Code, max(t.plans[0].Min, t.plans[0].Amount)
	}
	w.cells([]int{t.styles.text, t.styles.text, t.styles.text, t.styles.text, t.styles.whole}, "E001", t.Sprintf("Example: write over this row"), batch.SamplePhone, plan, amount)
}

// inputRule is what a column accepts.
type inputRule struct {
	column, kind, formula string
	title, help           string // for whoever fills it in
}

// inputRules check what is typed against the row rules, as far as a spreadsheet can:
// ten digits of a mobile number, a plan of the list, an amount in its range.
func (t *template) inputRules() []inputRule {
	last := len(t.plans) + 1
	bound := func(column int) string {
		return fmt.Sprintf("VLOOKUP($D2,%s,%d,FALSE)", reference(t.offers, fmt.Sprintf("$A$2:$E$%d", last)), column)
	}
	rules := []inputRule{
		{columnPhone, "custom", `AND(LEN($C2)=10,ISNUMBER(VALUE($C2)),OR(LEFT($C2,2)="05",LEFT($C2,2)="06",LEFT($C2,2)="07"))`, t.Title("Phone"),
			t.Sprintf("Ten digits: 05, 06 or 07 and eight more, such as 0550123456. The column is text, so that the zero stays.")},
		{columnPlan, "list", reference(t.offers, fmt.Sprintf("$A$2:$A$%d", last)), t.Title("Plan"),
			t.Sprintf("Choose a plan from the list; the sheet Plans explains them. Leave it empty if the batch is run with --plan auto.")},
		{columnAmount, "custom", fmt.Sprintf("AND(ISNUMBER($E2),$E2=INT($E2),OR($D2=\"\",IFERROR(AND($E2>=%s,$E2<=%s),FALSE)))", bound(4), bound(5)), t.Title("Amount"),
			t.Sprintf("Whole dinars, within the plan's range (sheet Plans). A plan with a fixed price needs none.")},
	}
	if len(t.plans) == 0 {
		rules = slices.Delete(rules, 1, 2)
	}
	return rules
}

// setInputRules sets the rules of the sheet that people fill in.
func (t *template) setInputRules() error {
	for _, r := range t.inputRules() {
		v := excelize.NewDataValidation(true)
		v.SetSqref(fmt.Sprintf("%s2:%s%d", r.column, r.column, templateRows+1))
		v.Type, v.Formula1 = r.kind, html.EscapeString(r.formula) // excelize writes it as XML
		v.SetError(excelize.DataValidationErrorStyleStop, r.title, r.help)
		v.SetInput(r.title, r.help)
		if err := t.AddDataValidation(t.payroll, v); err != nil {
			return fmt.Errorf("the rule of column %s: %w", r.column, err)
		}
	}
	return nil
}

// catalogue writes the sheet of the plans. Amounts are checked against its columns D
// and E.
func (t *template) catalogue() error {
	st := t.styles
	s, err := t.sheet("Plans", t.offers, []column{
		{title: t.Title("Plan"), width: 26, style: st.text}, {title: t.Title("Offer"), width: 40, style: st.text}, {title: t.Title("Operator"), width: 16, style: st.text},
		{title: t.Title("From (DA)"), width: 13, style: st.whole}, {title: t.Title("To (DA)"), width: 13, style: st.whole},
	})
	if err != nil {
		return err
	}
	for _, p := range t.plans {
		least, most := p.Min, p.Max
		if p.Fixed {
			least, most = p.Amount, p.Amount
		}
		if err := s.write(p.Code, p.Name, p.Operator, int64(least), int64(most)); err != nil {
			return err
		}
	}
	return s.end()
}

// instructions writes the sheet that says how to fill in the first one. Each line is
// one cell, since a row with the names of columns would look like a header.
func (t *template) instructions() error {
	const width = 120
	w := t.cellWriter(t.Title("Instructions"), width)
	w.heading(t.about.title)
	w.row++
	for _, line := range []string{
		t.Sprintf("One row is one top-up. Write below the header of the sheet Payroll; the order of the rows does not matter, and blank rows are skipped."),
		t.Sprintf("Employee ID: yours, optional, once in the file. It makes the row known when the file is corrected later: a row with an ID is never paid twice in a batch, whatever else changes."),
		t.Sprintf("Name: for people; it is carried through to the report. You may add further columns of your own."),
		t.Sprintf("Phone: ten digits, 05, 06 or 07 and eight more. Pasted numbers without their zero are refused, with what mends them."),
		t.Sprintf("Plan: a code of the sheet Plans, in these very letters."),
		t.Sprintf("Amount: whole dinars within the plan's range. For a plan with one price leave it empty or write that price."),
		t.Sprintf("Save the file as XLSX under the name of the pay period, such as payroll-2026-11.xlsx: the name becomes the batch's, and a batch is paid once."),
		t.Sprintf("Look first: flexybatch validate payroll-2026-11.xlsx sends nothing and writes down what to mend. Then: flexybatch run payroll-2026-11.xlsx"),
		t.Sprintf("A line with the total below the rows may stay: it is known by its sum. Delete nothing of what was sent; corrections are sent with --amend."),
	} {
		if w.err == nil {
			w.keep(t.SetRowHeight(w.sheet, w.row, float64(lineHeight*linesOf(line, width))))
		}
		w.line(t.styles.wrap, line)
	}
	return w.err
}
