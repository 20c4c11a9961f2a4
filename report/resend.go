package report

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
)

// ownColumn begins the titles of our own columns in a file that is to be run.
// Readers of input files pass over them.
const ownColumn = "flexybatch:"

// ResendSheet is the sheet of the rows that are to be paid anew.
const ResendSheet = "Rows"

// Resend sorts a batch for being paid anew.
type Resend struct {
	Rows []*batch.Standing // provably unpaid, in the order of the file
	Left []LeftOut         // neither provably unpaid nor fulfilled
	Open int               // of those, rows whose end is not known yet: the batch is not done

	head batch.BatchRecord
}

// LeftOut is a row that is not paid anew, and why.
type LeftOut struct {
	*batch.Standing
	Why string
}

// NewResend finds the rows that are provably unpaid: rejected, refunded or
// invalid, with nothing in the books that says otherwise.
func NewResend(l *batch.Ledger) *Resend {
	r := &Resend{head: l.Batch()}
	l.Each(func(s *batch.Standing) bool {
		row := *s
		why := leftOut(&row, &r.head)
		switch {
		case row.State == batch.Fulfilled && why == "":
		case why == "":
			r.Rows = append(r.Rows, &row)
		default:
			r.Left = append(r.Left, LeftOut{&row, why})
			if !row.State.Final() {
				r.Open++
			}
		}
		return true
	})
	return r
}

// leftOut is why a row is not to be paid anew; empty for rows that are
// fulfilled and for those that are provably unpaid.
func leftOut(s *batch.Standing, head *batch.BatchRecord) string {
	switch {
	case s.State == batch.Unsent:
		return "It was not sent yet: run the batch itself again."
	case s.State == batch.Unknown, s.State == batch.Pending:
		return "Nobody knows yet whether it was paid: run settle, then resend again."
	case s.State == batch.Conflict:
		return todo(s)
	case s.Evidence != nil && len(s.Evidence.Facts) > 0:
		return "The provider has contradicted itself about this row. Ask its support, with the reference, before paying it again."
	case s.State == batch.Fulfilled:
		return ""
	case s.Gone:
		return "The corrected file no longer has this row."
	}
	for _, p := range s.Problems {
		if text := elsewhere(p, head); text != "" {
			return text
		}
	}
	return ""
}

// elsewhere says of a broken rule that a file of the unpaid rows alone would not
// break it any more, though nothing was mended; empty for all others.
func elsewhere(p batch.Problem, head *batch.BatchRecord) string {
	switch {
	case p.Code == batch.DuplicateRow, p.Code == batch.DuplicateID, p.Code == batch.IDChanged,
		p.Code == batch.AmountCap && head.Options["max-per-phone"] != "":
		return "It was refused for other rows of this batch, which may have been paid; without them nothing would tell. If it is to be paid all the same, put it in a file of its own."
	case p.Code == batch.RowWidth, p.Code == batch.CellError && p.Value == "":
		return "What is wrong with it does not stand in its cells, so that a new file would not tell. Mend it in " + head.File + " and run that with --amend."
	}
	return ""
}

// Without takes out the rows that pick names, and lists them apart with why.
func (r *Resend) Without(why string, pick func(*batch.Standing) bool) {
	r.Rows = slices.DeleteFunc(r.Rows, func(s *batch.Standing) bool {
		if !pick(s) {
			return false
		}
		r.Left = append(r.Left, LeftOut{s, why})
		return true
	})
}

// Workbook writes the rows as an input file (XLSX): the user's own columns as
// text, then why each row is to be paid anew and what the operator offers
// instead. A second sheet lists the rows that are left out.
func (r *Resend) Workbook(w io.Writer) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	st, err := newStyles(f)
	if err != nil {
		return err
	}
	if err := f.SetSheetName("Sheet1", ResendSheet); err != nil { // the one that every new workbook has
		return err
	}
	if err := r.rows(f, st); err != nil {
		return fmt.Errorf("making the workbook: %w", err)
	}
	if err := r.left(f, st); err != nil {
		return fmt.Errorf("making the workbook: %w", err)
	}
	if err := f.SetDocProps(&excelize.DocProperties{Title: "Unpaid rows of batch " + clean(r.head.Name), Creator: "flexybatch"}); err != nil {
		return err
	}
	return f.Write(w)
}

// rows is the sheet that is run.
func (r *Resend) rows(f *excelize.File, st styles) error {
	var columns []column
	for _, h := range r.head.Header {
		columns = append(columns, column{h, 18, st.text})
	}
	n := len(columns)
	columns = append(columns, column{ownColumn + " why", 70, st.wrap}, column{ownColumn + " offers", 40, st.wrap})
	s, err := newSheet(f, st, ResendSheet, maxRows, columns)
	if err != nil {
		return err
	}
	cells := make([]any, len(columns))
	for _, row := range r.Rows {
		for i := range n {
			cells[i] = ""
		}
		for i, text := range row.Cells.All() {
			if i < n {
				cells[i] = text
			}
		}
		list := ""
		if row.Evidence != nil {
			list = offers(row.Evidence.Offers)
		}
		cells[n], cells[n+1] = r.why(row), list
		if err := s.write(cells...); err != nil {
			return err
		}
	}
	return s.end()
}

// why says what became of a row that is to be paid anew.
func (r *Resend) why(s *batch.Standing) string {
	parts := []string{fmt.Sprintf("row %d of %s: %s", s.Number, r.head.File, s.State)}
	if s.State == batch.Refunded {
		parts[0] += fmt.Sprintf(", %s DZD charged and given back", s.Refunded)
	}
	for _, p := range s.Problems {
		parts = append(parts, p.String())
	}
	if e := s.Evidence; e != nil {
		if text := strings.Trim(e.Code+": "+e.Message, ": "); text != "" {
			parts = append(parts, text)
		}
	}
	if s.Hidden {
		parts = append(parts, "it was hidden in the sheet")
	}
	return strings.Join(parts, "\n")
}

// left is the sheet of the rows that are left out. Its titles are none that a
// reader would take for a payroll's.
func (r *Resend) left(f *excelize.File, st styles) error {
	columns := []column{{"row", 7, st.whole}, {"state", 11, st.text}, {"phone", 14, st.text}, {"plan", 20, st.text}, {"amount", 10, st.text},
		{"why it is left out", 90, st.wrap}, {"ref", 33, st.text}}
	for i := range columns {
		columns[i].title = ownColumn + " " + columns[i].title
	}
	s, err := newSheet(f, st, "Left out", maxRows, columns)
	if err != nil {
		return err
	}
	b := &book{batch: r.head}
	for _, row := range r.Left {
		phone, plan, amount := b.asked(row.Standing)
		if err := s.write(row.Number, row.State, phone, plan, amount, row.Why, string(row.Ref)); err != nil {
			return err
		}
	}
	return s.end()
}
