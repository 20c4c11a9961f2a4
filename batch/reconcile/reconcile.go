package reconcile

import (
	"slices"

	"flexybatch/batch"
)

// Compare holds a batch against the provider's two books. The batches beside it
// are those that share the account, as far as they are known; their orders are
// nobody's difference.
//
// Transactions older than the batch that are no row's count for nothing. Where
// the statement lists no top-ups, only money is compared. Nothing can be missing
// of a row that was settled after the statement was taken. An open row differs
// only where the provider has what the journal lacks.
func Compare(l *batch.Ledger, st Statement, beside ...*batch.Ledger) *Result {
	r := &Result{Batch: l.Batch()}
	r.From, _ = l.Span()
	l.Each(func(s *batch.RowStatus) bool {
		r.Rows = append(r.Rows, &RowBooks{RowStatus: *s})
		return true
	})
	m := newMatcher(r.Rows, beside)
	r.sortOrders(st, m)
	begin := r.spanBegin(st.Movements, m)
	r.sortMovements(st.Movements[begin:], m)
	r.compareRows(st)
	r.foreignOrders(st, m)
	r.foreignMovements(st, m)
	r.checkBalance(l.Notes(), st.Movements, begin)
	r.To = st.Taken
	if n := len(st.Movements); r.To.IsZero() && n > 0 {
		r.To = st.Movements[n-1].Time
	}
	r.Agrees = len(r.Differences) == 0
	return r
}

// sortOrders gives every order to its row.
func (r *Result) sortOrders(st Statement, m *matcher) {
	for _, o := range st.Orders {
		if h, ok := m.order(o); ok && h.row != nil {
			h.row.Orders = append(h.row.Orders, o)
		}
	}
}

// spanBegin is the index at which the batch's span begins among the
// transactions: at the first that is a row's, or that is not older than the
// batch. Transactions of the same time belong together.
func (r *Result) spanBegin(movements []Movement, m *matcher) int {
	i := slices.IndexFunc(movements, func(v Movement) bool {
		h, ok := m.movement(&v)
		return ok && h.row != nil || v.Time.IsZero() || !v.Time.Before(r.From)
	})
	if i < 0 {
		return len(movements)
	}
	for i > 0 && movements[i-1].Time.Equal(movements[i].Time) {
		i--
	}
	return i
}

// sortMovements gives every transaction of the span to its row, or to the
// others.
func (r *Result) sortMovements(span []Movement, m *matcher) {
	for i := range span {
		v := &span[i]
		h, ok := m.movement(v)
		amount, _ := v.Signed()
		switch {
		case !ok || h.row == nil:
			r.Others = append(r.Others, Other{v.ID, v.Type, amount, v.Time, Owner{h.batch, h.number, v.Object, v.Ref, v.Note}})
		case amount > 0:
			h.row.Refunds = append(h.row.Refunds, *v)
		default:
			h.row.Charges = append(h.row.Charges, *v)
		}
	}
}

// foreignOrders finds the orders of the list whose reference is made as this
// batch's are, and that are in no journal here.
func (r *Result) foreignOrders(st Statement, m *matcher) {
	for _, o := range st.Orders {
		if _, known := m.order(o); !known && m.looksOurs(o.Ref) {
			r.differ(ForeignOrder, batch.Ref(o.Ref), 0, StrangeOrder{o})
		}
	}
}

// foreignMovements finds the transactions whose reference is made as this batch's
// are, and that are in no journal here. Of each reference the first one is told,
// and none where the list has its order.
func (r *Result) foreignMovements(st Statement, m *matcher) {
	listed := map[string]bool{}
	for _, o := range st.Orders {
		if _, known := m.order(o); !known && m.looksOurs(o.Ref) {
			listed[o.Ref], listed[o.ID] = true, true
		}
	}
	for i := range st.Movements {
		v := &st.Movements[i]
		if _, known := m.movement(v); !known && m.looksOurs(v.Ref) && !listed[v.Ref] && !listed[v.Object] {
			listed[v.Ref] = true
			r.differ(ForeignOrder, batch.Ref(v.Ref), 0, StrangeMovement{*v})
		}
	}
}
