package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
)

// Resend is the rows of a batch, sorted by whether they may be paid anew.
type Resend struct {
	Rows []*batch.RowStatus // provably unpaid, in the order of the file
	Left []LeftOut          // neither provably unpaid nor fulfilled
	Open int                // of those, the rows that are not final yet: the batch is not done

	head batch.BatchRecord
}

// LeftOut is a row that is not paid anew, and why.
type LeftOut struct {
	*batch.RowStatus
	Why string // in English
}

// NewResend finds the rows that are provably unpaid: rejected, refunded or
// invalid, with nothing in the books that says otherwise.
func NewResend(l *batch.Ledger) *Resend {
	r := &Resend{head: l.Batch()}
	l.Each(func(s *batch.RowStatus) bool {
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

// leftOut says why a row is not to be paid anew. It is empty for rows that are
// fulfilled and for those that are provably unpaid.
func leftOut(s *batch.RowStatus, head *batch.BatchRecord) string {
	switch {
	case s.State == batch.Unsent:
		return "It was not sent yet: run the batch itself again."
	case s.State == batch.Unknown, s.State == batch.Pending:
		return "Nobody knows yet whether it was paid: run settle, then resend again."
	case s.State == batch.Conflict:
		return voice{}.todo(s)
	case s.Evidence != nil && len(s.Evidence.Facts) > 0:
		return "The provider has contradicted itself about this row. Ask its support, with the reference, before paying it again."
	case s.State == batch.Fulfilled:
		return ""
	case s.Gone:
		return "The corrected file no longer has this row."
	}
	for _, p := range s.Problems() {
		if text := elsewhere(p, head); text != "" {
			return text
		}
	}
	return ""
}

// elsewhere says why a row with a broken rule must not be in a file of the unpaid
// rows: alone there it would not break the rule any more, though nothing was
// mended. It is empty for all other rules.
func elsewhere(p batch.Problem, head *batch.BatchRecord) string {
	switch {
	case p.Code == batch.DuplicateRow, p.Code == batch.DuplicateID, p.Code == batch.IDChanged,
		p.Code == batch.AmountCap && head.Options["max-per-phone"] != "":
		return "It was refused for other rows of this batch, which may have been paid; without them nothing would tell. If it is to be paid all the same, put it in a file of its own."
	case p.Code == batch.RowWidth, p.Code == batch.CellError && p.Value == "":
		return fmt.Sprintf("What is wrong with it does not stand in its cells, so that a new file would not tell. Mend it in %s and run that with --amend.", head.File)
	}
	return ""
}

// Without takes the rows that pick selects out of Rows, and adds them to Left with
// the reason.
func (r *Resend) Without(why string, pick func(*batch.RowStatus) bool) {
	r.Rows = slices.DeleteFunc(r.Rows, func(s *batch.RowStatus) bool {
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
func (r *Resend) Workbook(w io.Writer, words *lang.Printer) error {
	return writeDocument(w, words, func(d *document) error {
		d.about = about{kind: outfile.Resend, batch: r.head.Name, title: d.Sprintf("Unpaid rows of batch %s", r.head.Name), subject: d.Sprintf("Airtime top-ups"), from: r.head.File}
		if err := r.rows(d); err != nil {
			return err
		}
		return r.left(d)
	})
}

// ResendSheet returns the name of the sheet of the rows that are to be paid anew.
func ResendSheet(words *lang.Printer) string { return words.Title("Rows") }

// rows writes the sheet that will be run.
func (r *Resend) rows(d *document) error {
	columns := d.carried(r.head.Header, func(yield func(batch.Cells) bool) {
		for _, row := range r.Rows {
			if !yield(row.Cells) {
				return
			}
		}
	})
	n := len(columns)
	columns = append(columns, column{title: d.Title("flexybatch: why"), width: 70, style: d.styles.wrap}, column{title: d.Title("flexybatch: offers"), width: 40, style: d.styles.wrap})
	s, err := d.sheet("Rows", ResendSheet(d.Printer), columns)
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
		cells[n], cells[n+1] = r.why(d.voice, row), list
		if err := s.write(cells...); err != nil {
			return err
		}
	}
	return s.end()
}

// why says what became of a row that is to be paid anew.
func (r *Resend) why(v voice, s *batch.RowStatus) string {
	first := v.Sprintf("row %d of %s: %s", s.Number, r.head.File, stateName(s.State))
	if s.State == batch.Refunded {
		first = v.Sprintf("row %d of %s: %s, %s DZD charged and given back", s.Number, r.head.File, stateName(s.State), s.Refunded)
	}
	parts := []string{first}
	for _, p := range s.Problems() {
		parts = append(parts, v.problem(p))
	}
	if s.Evidence != nil {
		parts = append(parts, v.evidence(s.Evidence)...)
	}
	if s.Hidden() {
		parts = append(parts, v.Sprintf("it was hidden in the sheet"))
	}
	return strings.Join(parts, "\n")
}

// left writes the sheet of the rows that are left out. Its titles begin with
// "flexybatch:", so that no reader takes it for a payroll.
func (r *Resend) left(d *document) error {
	st := d.styles
	s, err := d.sheet("Leftout", d.Title("Left out"), []column{
		{title: d.Title("flexybatch: row"), width: 12, style: st.ordinal}, d.states(d.Title("flexybatch: state")),
		{title: d.Title("flexybatch: phone"), width: 16, style: st.text}, {title: d.Title("flexybatch: plan"), width: 20, style: st.text},
		{title: d.Title("flexybatch: amount"), width: 12, style: st.whole}, {title: d.Title("flexybatch: why it is left out"), width: 80, style: st.wrap},
		{title: d.Title("flexybatch: ref"), width: 33, style: st.text},
	})
	if err != nil {
		return err
	}
	for _, row := range r.Left {
		phone, plan, amount := asked(row.RowStatus, &r.head)
		if err := s.write(row.Number, row.State, phone, plan, amount, d.Text(row.Why), string(row.Ref)); err != nil {
			return err
		}
	}
	return s.end()
}
