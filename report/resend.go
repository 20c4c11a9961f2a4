package report

import (
	"io"
	"strings"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
)

// resend writes the rows of a batch that are provably unpaid.
type resend struct{ *batch.Resend }

// LeftOutReason says why a row is not to be paid anew. file is the batch's input.
func LeftOutReason(l batch.LeftOut, file string) lang.Message {
	switch l.Why {
	case batch.LeftUnsent:
		return lang.Msg("It was not sent yet: run the batch itself again.")
	case batch.LeftOpen:
		return lang.Msg("Nobody knows yet whether it was paid: run settle, then resend again.")
	case batch.LeftConflict:
		return askSupport(l.RowStatus)
	case batch.LeftContradicted:
		return lang.Msg("The provider has contradicted itself about this row. Ask its support, with the reference, before paying it again.")
	case batch.LeftGone:
		return lang.Msg("The corrected file no longer has this row.")
	case batch.LeftOtherRows:
		return lang.Msg("It was refused for other rows of this batch, which may have been paid; without them nothing would tell. If it is to be paid all the same, put it in a file of its own.")
	case batch.LeftNotInCells:
		return lang.Msg("What is wrong with it does not stand in its cells, so that a new file would not tell. Mend it in %s and run that with --amend.", file)
	case batch.LeftForOther:
		return lang.Msg("It left for the batch %s already: resend that one, if it came back there too.", l.Batch)
	case batch.LeftPaid:
		return lang.Msg("It may have been paid since: %s.", l.Paid)
	}
	return lang.Message{}
}

// ResendWorkbook writes the rows that are to be paid anew as an input file (XLSX):
// the user's own columns as text, then why each row is to be paid anew, what the
// operator offers instead, and the row's origin, by which it is known when the file
// is run. A second sheet lists the rows that are left out.
func ResendWorkbook(w io.Writer, r *batch.Resend, words *lang.Printer) error {
	return resend{r}.workbook(w, words)
}

// workbook writes both sheets.
func (r resend) workbook(w io.Writer, words *lang.Printer) error {
	return writeDocument(w, words, func(d *document) error {
		d.about = about{kind: outfile.Resend, batch: r.Batch.Name, title: d.Sprintf("Unpaid rows of batch %s", r.Batch.Name), subject: d.Sprintf("Airtime top-ups"), from: r.Batch.File}
		if err := r.rows(d); err != nil {
			return err
		}
		return r.left(d)
	})
}

// ResendSheet returns the name of the sheet of the rows that are to be paid anew.
func ResendSheet(words *lang.Printer) string { return words.Title("Rows") }

// rows writes the sheet that will be run.
func (r resend) rows(d *document) error {
	columns := d.carried(r.Batch.Header, func(yield func(batch.Cells) bool) {
		for _, row := range r.Rows {
			if !yield(row.Cells) {
				return
			}
		}
	})
	n := len(columns)
	columns = append(columns, column{title: d.Title("flexybatch: why"), width: 70, style: d.styles.wrap}, column{title: d.Title("flexybatch: offers"), width: 40, style: d.styles.wrap},
		column{title: batch.OriginColumn, width: 40, style: d.styles.text})
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
		cells[n], cells[n+1], cells[n+2] = r.why(d.voice, row.RowStatus), list, row.From
		if err := s.write(cells...); err != nil {
			return err
		}
	}
	return s.end()
}

// why says what became of a row that is to be paid anew.
func (r resend) why(v voice, s *batch.RowStatus) string {
	first := v.Sprintf("row %d of %s: %s", s.Number, r.Batch.File, stateName(s.State))
	if s.State == batch.Refunded {
		first = v.Sprintf("row %d of %s: %s, %s DA charged and given back", s.Number, r.Batch.File, stateName(s.State), s.Refunded)
	}
	parts := []string{first}
	for _, p := range s.Problems() {
		parts = append(parts, v.problem(p))
	}
	if s.Evidence != nil {
		parts = append(parts, v.evidence(s.Evidence)...)
	}
	if s.Hidden() {
		parts = append(parts, v.Sprintf("it was hidden or struck through in the sheet"))
	}
	return strings.Join(parts, "\n")
}

// left writes the sheet of the rows that are left out. Its titles begin with
// "flexybatch:", so that no reader takes it for a payroll.
func (r resend) left(d *document) error {
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
		phone, plan, amount := asked(row.RowStatus, &r.Batch)
		if err := s.write(row.Number, row.State, phone, plan, amount, d.Say(LeftOutReason(row, r.Batch.File)), string(row.Ref)); err != nil {
			return err
		}
	}
	return s.end()
}
