package report

import (
	"errors"
	"fmt"
	"html"
	"io"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
)

// templateRows is how many rows of the template are prepared for writing:
// drop-downs, ranges and the text format end there, and the file can go on.
const templateRows = 20_000

// Template writes the blank input workbook (XLSX) in one of the Languages: a
// sheet to fill in, whose header every reader of input files knows, with the
// phone column as text, the plans as a drop-down, and amounts held to their
// plan's range; the plans with their ranges; and instructions. Plans that
// cannot be bought are not offered.
func Template(w io.Writer, plans batch.Catalogue, language string) (err error) {
	words, ok := templateIn[language]
	if !ok {
		return fmt.Errorf("the template speaks no %q", language)
	}
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	st, err := newStyles(f)
	if err != nil {
		return err
	}
	if words.rightToLeft {
		if err := turn(f, &st); err != nil {
			return err
		}
	}
	t := &template{f: f, styles: st, words: words}
	for _, p := range plans {
		if p.Enabled && !p.Menu() {
			t.plans = append(t.plans, p)
		}
	}
	for _, write := range []func() error{t.fillIn, t.catalogue, t.instructions} {
		if err := write(); err != nil {
			return fmt.Errorf("writing the template: %w", err)
		}
	}
	if err := f.SetDocProps(&excelize.DocProperties{Title: words.title, Creator: "flexybatch", Language: language}); err != nil {
		return err
	}
	return f.Write(w)
}

// template is one Template being written.
type template struct {
	f      *excelize.File
	styles styles
	words  templateWords
	plans  batch.Catalogue
}

// The columns of the sheet to fill in.
const (
	columnID, columnName, columnPhone, columnPlan, columnAmount = "A", "B", "C", "D", "E"
)

// fillIn writes the sheet that people fill in.
func (t *template) fillIn() error {
	name := t.words.sheet
	err := t.f.SetSheetName("Sheet1", name)
	if err == nil {
		err = t.dress(name)
	}
	if err == nil {
		err = t.f.SetSheetRow(name, "A1", &[]any{t.words.id, t.words.name, t.words.phone, t.words.plan, t.words.amount})
	}
	for _, c := range []struct {
		column string
		width  float64
		style  int
	}{
		{columnID, 14, t.styles.text}, {columnName, 28, t.styles.text}, {columnPhone, 16, t.styles.text},
		{columnPlan, 24, t.styles.text}, {columnAmount, 12, t.styles.whole},
	} {
		if err == nil {
			err = t.f.SetColWidth(name, c.column, c.column, c.width)
		}
		if err == nil {
			err = t.f.SetColStyle(name, c.column, c.style)
		}
	}
	if err == nil {
		err = t.f.SetCellStyle(name, "A1", columnAmount+"1", t.styles.head)
	}
	if err == nil {
		err = t.f.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	}
	if err == nil {
		err = printed(t.f, name)
	}
	if err != nil {
		return err
	}
	return t.validations(name)
}

// dress gives a sheet the direction of its language.
func (t *template) dress(sheet string) error {
	if !t.words.rightToLeft {
		return nil
	}
	yes := true
	return t.f.SetSheetView(sheet, -1, &excelize.ViewOptions{RightToLeft: &yes})
}

// turn makes styles for texts that are read from right to left.
func turn(f *excelize.File, st *styles) error {
	for _, id := range []*int{&st.title, &st.head, &st.text, &st.wrap, &st.whole} {
		s, err := f.GetStyle(*id)
		if err != nil {
			return fmt.Errorf("making a cell style: %w", err)
		}
		if s.Alignment == nil {
			s.Alignment = &excelize.Alignment{}
		}
		s.Alignment.ReadingOrder = 2 // ECMA-376, 18.8.1: right to left
		if *id, err = f.NewStyle(s); err != nil {
			return fmt.Errorf("making a cell style: %w", err)
		}
	}
	return nil
}

// validations hold what is typed to the row rules, as far as a spreadsheet can:
// ten digits of a mobile number, a plan of the list, an amount of its range.
func (t *template) validations(sheet string) error {
	list := fmt.Sprintf("'%s'!$A$2:$E$%d", t.words.plans, len(t.plans)+1)
	end := func(n int) string { return fmt.Sprintf("VLOOKUP($D2,%s,%d,FALSE)", list, n) }
	rules := []struct{ column, kind, formula, title, help string }{
		{columnPhone, "custom", `AND(LEN($C2)=10,ISNUMBER(VALUE($C2)),OR(LEFT($C2,2)="05",LEFT($C2,2)="06",LEFT($C2,2)="07"))`, t.words.phone, t.words.phoneHelp},
		{columnPlan, "list", fmt.Sprintf("'%s'!$A$2:$A$%d", t.words.plans, len(t.plans)+1), t.words.plan, t.words.planHelp},
		{columnAmount, "custom", fmt.Sprintf("AND(ISNUMBER($E2),$E2=INT($E2),OR($D2=\"\",IFERROR(AND($E2>=%s,$E2<=%s),FALSE)))", end(4), end(5)), t.words.amount, t.words.amountHelp},
	}
	for _, r := range rules {
		if r.kind == "list" && len(t.plans) == 0 {
			continue
		}
		v := excelize.NewDataValidation(true)
		v.SetSqref(fmt.Sprintf("%s2:%s%d", r.column, r.column, templateRows+1))
		v.Type, v.Formula1 = r.kind, html.EscapeString(r.formula) // excelize writes it as XML
		v.SetError(excelize.DataValidationErrorStyleStop, r.title, r.help)
		v.SetInput(r.title, r.help)
		if err := t.f.AddDataValidation(sheet, v); err != nil {
			return fmt.Errorf("the rule of column %s: %w", r.column, err)
		}
	}
	return nil
}

// catalogue writes the sheet of the plans. Columns D and E are what amounts are
// held to.
func (t *template) catalogue() error {
	name := t.words.plans
	if _, err := t.f.NewSheet(name); err != nil {
		return err
	}
	if err := t.dress(name); err != nil {
		return err
	}
	if err := t.f.SetSheetRow(name, "A1", &[]any{t.words.plan, t.words.planName, t.words.operator, t.words.least, t.words.most}); err != nil {
		return err
	}
	for i, p := range t.plans {
		least, most := p.Min, p.Max
		if p.Fixed {
			least, most = p.Amount, p.Amount
		}
		cell, err := excelize.CoordinatesToCellName(1, i+2)
		if err != nil {
			return err
		}
		if err := t.f.SetSheetRow(name, cell, &[]any{clean(p.Code), clean(p.Name), clean(p.Operator), int64(least), int64(most)}); err != nil {
			return err
		}
	}
	err := t.f.SetCellStyle(name, "A1", "E1", t.styles.head)
	if err == nil {
		err = t.f.SetColWidth(name, "A", "C", 26)
	}
	if err == nil {
		err = t.f.SetColWidth(name, "D", "E", 12)
	}
	if err == nil && len(t.plans) > 0 {
		err = t.f.SetCellStyle(name, "D2", fmt.Sprintf("E%d", len(t.plans)+1), t.styles.whole)
	}
	if err != nil {
		return err
	}
	return printed(t.f, name)
}

// instructions writes the sheet that tells how to fill in the first one. Each
// line is one cell: a row of column names would look like a header.
func (t *template) instructions() error {
	name := t.words.instructions
	if _, err := t.f.NewSheet(name); err != nil {
		return err
	}
	err := t.dress(name)
	if err == nil {
		err = t.f.SetColWidth(name, "A", "A", 110)
	}
	if err == nil {
		err = t.f.SetCellStr(name, "A1", t.words.title)
	}
	if err == nil {
		err = t.f.SetCellStyle(name, "A1", "A1", t.styles.title)
	}
	for i, line := range t.words.lines {
		cell := fmt.Sprintf("A%d", i+3)
		if err == nil {
			err = t.f.SetCellStr(name, cell, line)
		}
		if err == nil {
			err = t.f.SetCellStyle(name, cell, cell, t.styles.wrap)
		}
		if err == nil {
			err = t.f.SetRowHeight(name, i+3, float64(lineHeight*linesOf(line, 110)))
		}
	}
	if err != nil {
		return err
	}
	return printed(t.f, name)
}
