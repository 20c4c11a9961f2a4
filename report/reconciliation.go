package report

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
)

// ReconciliationWorkbook writes a reconciliation as XLSX. Sheets: Summary,
// Differences, Rows (file, journal and provider side by side) and Others.
func ReconciliationWorkbook(w io.Writer, r *Reconciliation) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	st, err := newStyles(f)
	if err != nil {
		return err
	}
	if err := f.SetSheetName("Sheet1", "Summary"); err != nil { // the one that every new workbook has
		return err
	}
	s := &reconciled{Reconciliation: r, file: f, styles: st}
	for _, sheet := range []func() error{s.differences, s.rows, s.others, s.summary, s.properties} {
		if err := sheet(); err != nil {
			return fmt.Errorf("making the workbook: %w", err)
		}
	}
	return f.Write(w)
}

// reconciled is the workbook of a reconciliation that is being made.
type reconciled struct {
	*Reconciliation
	file   *excelize.File
	styles styles
}

// summary is the sheet for who signs.
func (r *reconciled) summary() error {
	p := &pen{book: &book{File: r.file, styles: r.styles}, sheet: "Summary", row: 1}
	st := r.styles
	p.err = printed(r.file, p.sheet)
	if p.err == nil {
		p.err = r.file.SetColWidth(p.sheet, "A", "A", 44)
		p.also(r.file.SetColWidth(p.sheet, "B", "B", 60))
	}
	p.line(st.title, "Reconciliation of batch "+r.Batch)
	p.row++
	verdict := "the file, the journal and the provider agree"
	if !r.Agrees {
		verdict = fmt.Sprintf("they do not agree; differences: %d", len(r.Differences))
	}
	fact := func(what string, v any) { p.cells([]int{st.label, 0}, what, v) }
	fact("result", verdict)
	fact("account", fmt.Sprintf("%s, %s (%s)", r.Head.Account.Username, r.Head.Account.Type, r.Head.Account.Host))
	fact("file", r.Head.File)
	p.cells([]int{st.label, st.date}, "from", excelTime(r.From))
	p.cells([]int{st.label, st.date}, "to", excelTime(r.To))
	fact("rows", len(r.Rows))
	fact("rows that are not final yet", r.Open)
	p.row++
	p.line(st.head, "Balance", "dinars")
	var own, others batch.Centimes
	for _, b := range r.Rows {
		own += b.given() - b.taken()
	}
	for _, o := range r.Others {
		others += o.Amount
	}
	for _, x := range []struct {
		what string
		c    batch.Centimes
	}{
		{"before", r.Balance.Before}, {"moved by this batch", own}, {"moved by others", others}, {"moved in all", r.Balance.Moved},
		{"so it should be", r.Balance.Before + r.Balance.Moved}, {"after, as the provider says", r.Balance.After},
		{"not explained", r.Balance.After - r.Balance.Before - r.Balance.Moved},
	} {
		p.cells([]int{st.label, st.money}, x.what, x.c)
	}
	p.row++
	p.line(st.head, "Differences", "number")
	for _, k := range r.Kinds() {
		p.cells([]int{st.text, st.whole}, string(k.Kind), k.Number)
	}
	p.cells([]int{st.label, st.whole}, "transactions of others", len(r.Others))
	return p.err
}

// KindCount is how many differences are of a kind.
type KindCount struct {
	Kind   Kind
	Number int
}

// Kinds counts the differences, in the order in which kinds first come.
func (r *Reconciliation) Kinds() []KindCount {
	at := map[Kind]int{}
	var list []KindCount
	for _, d := range r.Differences {
		i, seen := at[d.Kind]
		if !seen {
			i = len(list)
			at[d.Kind] = i
			list = append(list, KindCount{Kind: d.Kind})
		}
		list[i].Number++
	}
	return list
}

func (r *reconciled) differences() error {
	st := r.styles
	w, err := newSheet(r.file, st, "Differences", maxRows, []column{
		{"kind", 24, st.text}, {"row", 7, st.whole}, {"phone", 12, st.text}, {"ref", 33, st.text}, {"what", 100, st.wrap},
	})
	if err != nil {
		return err
	}
	phones := make(map[batch.Ref]batch.Phone, len(r.Rows))
	for _, b := range r.Rows {
		phones[b.Ref] = b.Topup.Phone
	}
	for _, d := range r.Differences {
		var row any
		phone := ""
		if d.Row > 0 {
			row, phone = d.Row, string(phones[d.Ref])
		}
		if err := w.write(string(d.Kind), row, phone, string(d.Ref), d.Detail); err != nil {
			return err
		}
	}
	return w.end()
}

// rows is the sheet of the three books side by side: what the file asked, what
// the journal says, what the provider says.
func (r *reconciled) rows() error {
	st := r.styles
	w, err := newSheet(r.file, st, "Rows", maxRows, []column{
		{"row", 7, st.whole}, {"ref", 33, st.text}, {"differs", 24, st.text},
		{"asked: phone", 12, st.text}, {"asked: plan", 20, st.text}, {"asked: amount", 10, st.whole}, {"asked: cost", 12, st.money},
		{"journal: state", 11, st.text}, {"journal: id", 27, st.text}, {"journal: charged", 12, st.money}, {"journal: refunded", 12, st.money},
		{"provider: status", 14, st.text}, {"provider: id", 27, st.text}, {"provider: phone", 12, st.text}, {"provider: amount", 10, st.whole},
		{"provider: charged", 12, st.money}, {"provider: refunded", 12, st.money}, {"provider: transactions", 50, st.text},
	})
	if err != nil {
		return err
	}
	for _, b := range r.Rows {
		var amount, ordered any
		var o batch.Sighting
		if b.Topup.Amount > 0 {
			amount = int64(b.Topup.Amount)
		}
		if len(b.Orders) > 0 {
			o = b.Orders[0]
			ordered = int64(o.Amount)
		}
		kinds := make([]string, len(b.Kinds))
		for i, k := range b.Kinds {
			kinds[i] = string(k)
		}
		var ids []string
		for _, v := range append(b.Charges[:len(b.Charges):len(b.Charges)], b.Refunds...) {
			ids = append(ids, v.ID)
		}
		err := w.write(b.Number, string(b.Ref), strings.Join(kinds, " "), string(b.Topup.Phone), b.Topup.Plan, amount, b.Cost,
			b.State, b.TopupID, b.Charged, b.Refunded,
			o.Status, o.ID, o.Phone, ordered, b.taken(), b.given(), strings.Join(ids, " "))
		if err != nil {
			return err
		}
	}
	return w.end()
}

// others is the sheet of the transactions that are no row's.
func (r *reconciled) others() error {
	st := r.styles
	w, err := newSheet(r.file, st, "Others", maxRows, []column{
		{"when", 20, st.date}, {"type", 16, st.text}, {"amount", 14, st.money}, {"whose", 80, st.wrap}, {"transaction", 27, st.text},
	})
	if err != nil {
		return err
	}
	for _, o := range r.Others {
		if err := w.write(o.Time, o.Type, o.Amount, o.Detail, o.ID); err != nil {
			return err
		}
	}
	return w.end()
}

func (r *reconciled) properties() error {
	return r.file.SetDocProps(&excelize.DocProperties{
		Title: "Reconciliation of batch " + clean(r.Batch), Subject: "Airtime top-ups", Creator: "flexybatch", Description: clean(r.Head.File),
	})
}
