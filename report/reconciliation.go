package report

import (
	"fmt"
	"io"
	"strings"

	"flexybatch/batch"
	"flexybatch/batch/reconcile"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
)

// ReconciliationWorkbook writes a reconciliation as XLSX. Sheets: Summary,
// Differences, Rows (file, journal and provider side by side) and Others.
func ReconciliationWorkbook(w io.Writer, r *reconcile.Result, words *lang.Printer) error {
	return writeDocument(w, words, func(d *document) error {
		d.about = about{kind: outfile.Reconciliation, batch: r.Batch.Name, title: d.Sprintf("Reconciliation of batch %s", r.Batch.Name), subject: d.Sprintf("Airtime top-ups"), from: r.Batch.File, at: r.To}
		s := &reconciled{Result: r, document: d}
		top := d.cellWriter(d.Title("Summary"), 44, 60)
		for _, sheet := range []func() error{s.differences, s.rows, s.others} {
			if err := sheet(); err != nil {
				return err
			}
		}
		return s.summary(top)
	})
}

// reconciled is the workbook of a reconciliation that is being written.
type reconciled struct {
	*reconcile.Result
	*document
}

// summary writes the first sheet, for whoever signs.
func (r *reconciled) summary(w *cellWriter) error {
	st := r.styles
	w.heading(r.about.title)
	w.row++
	if r.Agrees {
		w.fact(r.Title("result"), r.Sprintf("the file, the journal and the provider agree"))
	} else {
		w.fact(r.Title("result"), r.Sprintf("they do not agree; differences: %s", lang.Number(len(r.Differences))))
	}
	w.fact(r.Title("account"), fmt.Sprintf("%s, %s (%s)", r.Batch.Account.Username, r.Batch.Account.Type, r.Batch.Account.Host))
	w.fact(r.Title("file"), r.Batch.File)
	w.fact(r.Title("from"), r.From)
	w.fact(r.Title("to"), r.To)
	w.fact(r.Title("rows"), len(r.Rows))
	w.fact(r.Title("rows that are not final yet"), r.Open)
	w.row++
	w.head(r.Title("Balance"), r.Title("dinars"))
	var own, others batch.Centimes
	for _, b := range r.Rows {
		own += b.Given() - b.Taken()
	}
	for _, o := range r.Others {
		others += o.Amount
	}
	w.fact(r.Title("before"), r.Balance.Before)
	w.fact(r.Title("moved by this batch"), own)
	w.fact(r.Title("moved by others"), others)
	w.fact(r.Title("moved in all"), r.Balance.Moved)
	w.fact(r.Title("so it should be"), r.Balance.Before+r.Balance.Moved)
	w.fact(r.Title("after, as the provider says"), r.Balance.After)
	if w.err == nil {
		w.keep(r.alarm(w.sheet, fmt.Sprintf("B%d", w.row)))
	}
	w.fact(r.Title("not explained"), r.Balance.After-r.Balance.Before-r.Balance.Moved)
	w.row++
	head := w.row
	w.head(r.Title("Differences"), r.Title("number"))
	for _, k := range r.Kinds() {
		w.cells([]int{st.text, st.whole}, string(k.Kind), k.Number)
	}
	w.table("Kinds", head, w.row-1, 2)
	w.fact(r.Title("transactions of others"), len(r.Others))
	if w.err == nil {
		w.keep(r.SetPanes(w.sheet, frozen))
	}
	return w.err
}

func (r *reconciled) differences() error {
	st := r.styles
	w, err := r.sheet("Differences", r.Title("Differences"), []column{
		{title: r.Title("kind"), width: 24, style: st.text}, {title: r.Title("row"), width: 9, style: st.ordinal}, {title: r.Title("phone"), width: 12, style: st.text},
		{title: r.Title("ref"), width: 30, style: st.text}, {title: r.Title("what"), width: 90, style: st.wrap},
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
		if err := w.write(string(d.Kind), row, phone, string(d.Ref), r.Say(difference(d))); err != nil {
			return err
		}
	}
	return w.end()
}

// rows writes the sheet of the three books side by side: what the file asked for,
// what the journal says, and what the provider says.
func (r *reconciled) rows() error {
	st := r.styles
	w, err := r.sheet("Rows", r.Title("Rows"), []column{
		{title: r.Title("row"), width: 9, style: st.ordinal}, {title: r.Title("ref"), width: 30, style: st.text}, {title: r.Title("differs"), width: 22, style: st.wrap},
		{title: r.Title("asked: phone"), width: 12, style: st.text}, {title: r.Title("asked: plan"), width: 19, style: st.text},
		{title: r.Title("asked: amount"), width: 10, style: st.whole}, {title: r.Title("asked: cost"), width: 11, style: st.money},
		r.states(r.Title("journal: state")), {title: r.Title("journal: id"), width: 27, style: st.text},
		{title: r.Title("journal: charged"), width: 11, style: st.money}, {title: r.Title("journal: refunded"), width: 11, style: st.money},
		{title: r.Title("provider: status"), width: 14, style: st.text}, {title: r.Title("provider: id"), width: 27, style: st.text},
		{title: r.Title("provider: phone"), width: 12, style: st.text}, {title: r.Title("provider: amount"), width: 12, style: st.whole},
		{title: r.Title("provider: charged"), width: 12, style: st.money}, {title: r.Title("provider: refunded"), width: 12, style: st.money},
		{title: r.Title("provider: transactions"), width: 30, style: st.wrap},
	})
	if err != nil {
		return err
	}
	for _, b := range r.Rows {
		var ordered any
		var o batch.RemoteOrder
		if len(b.Orders) > 0 {
			o = b.Orders[0]
			ordered = int64(o.Amount)
		}
		kinds := make([]string, len(b.Kinds))
		for i, k := range b.Kinds {
			kinds[i] = string(k)
		}
		var ids []string
		for _, v := range b.Movements() {
			ids = append(ids, v.ID)
		}
		err := w.write(b.Number, string(b.Ref), strings.Join(kinds, " "), string(b.Topup.Phone), b.Topup.Plan, whole(b.Topup.Amount), b.Cost,
			b.State, b.TopupID, b.Charged, b.Refunded,
			o.Status, o.ID, o.Phone, ordered, b.Taken(), b.Given(), strings.Join(ids, " "))
		if err != nil {
			return err
		}
	}
	return w.end()
}

// others writes the sheet of the transactions that belong to no row.
func (r *reconciled) others() error {
	st := r.styles
	w, err := r.sheet("Others", r.Title("Others"), []column{
		{title: r.Title("when"), width: 20, style: st.date}, {title: r.Title("type"), width: 16, style: st.text}, {title: r.Title("amount"), width: 14, style: st.money},
		{title: r.Title("whose"), width: 80, style: st.wrap}, {title: r.Title("transaction"), width: 27, style: st.text},
	})
	if err != nil {
		return err
	}
	for _, o := range r.Others {
		if err := w.write(o.Time, o.Type, o.Amount, r.Say(owner(o.Owner)), o.ID); err != nil {
			return err
		}
	}
	return w.end()
}
