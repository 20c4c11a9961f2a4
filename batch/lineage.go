package batch

import (
	"time"
)

// Lineage answers one question, for every command: who was paid already, or may
// have been, for the rows of a batch (money rule 14). It covers the batch in all
// versions of its file, the batch that it was resent from, and the batches that
// resend made from it. A nil Lineage is that of a batch that nothing was ever
// paid for.
type Lineage struct {
	own *Ledger   // nil: the batch has no books yet
	kin []*Ledger // the batches it was resent from, and those resent from it or from them
}

// NewLineage is the lineage of a batch. own is nil where the batch has no books
// yet; kin are the ledgers of its relatives by resend, in any order.
func NewLineage(own *Ledger, kin ...*Ledger) *Lineage {
	return &Lineage{own: own, kin: kin}
}

// Payment is an order that may have been charged: it was sent, and nothing proves
// that it was refunded, rejected or not processed.
type Payment struct {
	Topup
	Batch  string    // the name of the batch that paid it
	Row    int       // of that batch's file, as its user sees it
	Name   string    // of the person, where the file tells; else empty
	Ref    Ref       // that it was sent under, as the provider writes it where only the provider knows of it
	Origin string    // of the row that it pays: see Row.Origin
	At     time.Time // when it was first sent, or when the provider made it
	State  State

	TopupID string // the provider's id; empty where it is not known

	gone bool // the corrected file of its batch no longer has its row
}

// String tells the payment in English.
func (p Payment) String() string { return p.message().String() }

// Parts returns what a message says of the payment.
func (p Payment) Parts() (format, many string, n int, args []any) { return p.message().Parts() }

func (p Payment) message() Message {
	who := string(p.Phone)
	if p.Name != "" {
		who = p.Name + ", " + who
	}
	format := "row %d of batch %s (%s, %d dinars, sent on %s, and nobody knows yet whether it was paid)"
	switch p.State {
	case Fulfilled:
		format = "row %d of batch %s (%s, %d dinars, sent on %s, fulfilled)"
	case Pending:
		format = "row %d of batch %s (%s, %d dinars, sent on %s, pending)"
	case Conflict:
		format = "row %d of batch %s (%s, %d dinars, sent on %s, in conflict)"
	case Refunded:
		format = "row %d of batch %s (%s, %d dinars, sent on %s, refunded)"
	case Rejected:
		format = "row %d of batch %s (%s, %d dinars, sent on %s, rejected)"
	}
	return Msg(format, p.Row, p.Batch, who, p.Amount, Day{p.At})
}

// Findings is what Lineage.Assign found beside the rules that rows break.
type Findings struct {
	PaidBefore []EarlierPayment // rows that look paid already, in the order of the file
	Left       []Payment        // of this batch, whose row the file no longer has
}

// EarlierPayment is the payment that stands against a row which looks paid
// already.
type EarlierPayment struct {
	Row     int // of the file, as the user sees it
	Payment Payment
}

// MayBeCharged tells a row whose order may have been charged: it was sent, and
// nothing proves that it was refunded, rejected or not processed.
func (s *RowStatus) MayBeCharged() bool {
	return s.State == Unknown || s.State == Pending || s.State == Fulfilled || s.State == Conflict
}

// charged tells whether the row, which has its ref, was sent as it stands and may
// have been charged.
func (l *Lineage) charged(r *Row) bool { return l.chargedAs(r.Ref, r.Topup) }

// chargedAs tells whether the ref was sent in this batch for this top-up, and may
// have been charged.
func (l *Lineage) chargedAs(ref Ref, t Topup) bool {
	if l == nil || l.own == nil || ref == "" {
		return false
	}
	s, known := l.own.Row(ref)
	return known && s.Topup == t && s.MayBeCharged()
}

// chargedNumbers lists, for the kinds of rows without id of which more than the
// first was charged, the numbers of those that may have been, in ascending order.
// There are no more of them than the books have equal rows, but where some rows
// were dropped the numbers have gaps.
func (l *Lineage) chargedNumbers(refs *refs) map[Topup][]int {
	if l == nil || l.own == nil {
		return nil
	}
	charged := map[Topup]map[Ref]bool{}
	kinds := func(pick func(*RowStatus) bool, take func(*RowStatus)) {
		l.own.Each(func(s *RowStatus) bool {
			if s.Topup.ID == "" && s.MayBeCharged() && pick(s) {
				take(s)
			}
			return true
		})
	}
	kinds(func(s *RowStatus) bool { return refs.byContent(s.Topup, 0) != s.Ref },
		func(s *RowStatus) { charged[s.Topup] = map[Ref]bool{} })
	if len(charged) == 0 {
		return nil
	}
	kinds(func(s *RowStatus) bool { return charged[s.Topup] != nil },
		func(s *RowStatus) { charged[s.Topup][s.Ref] = true })
	numbers := map[Topup][]int{}
	for t, wanted := range charged {
		for n := 0; len(wanted) > 0 && n < mostEquals; n++ {
			if ref := refs.byContent(t, n); wanted[ref] {
				numbers[t] = append(numbers[t], n)
				delete(wanted, ref)
			}
		}
	}
	return numbers
}

// mostEquals is how many equal rows a file may have at most: a sheet's rows.
const mostEquals = 1 << 20

// payments lists the orders of a batch that may have been charged and that pick,
// which is asked about every row in its order, names.
func (l *Ledger) payments(pick func(*RowStatus) bool) (list []*Payment) {
	name, columns := l.Batch().Name, NameColumns(l.Batch().Header)
	l.Each(func(s *RowStatus) bool {
		if picked := pick(s); picked && s.MayBeCharged() {
			list = append(list, l.payment(s, name, columns))
		}
		return true
	})
	return list
}

// doubts lists unsent rows of which an attempt was lost before a check found
// nothing, and which the file no longer has. Under their own refs they may be sent
// again, since the provider refuses a second use; a row that is to be paid under
// another ref has no such protection. present tells of each row of the ledger, in
// its order, whether the file has it.
func (l *Ledger) doubts(present []bool) (list []*Payment) {
	name, columns := l.Batch().Name, NameColumns(l.Batch().Header)
	l.mu.RLock()
	defer l.mu.RUnlock()
	l.rows.each(func(s *RowStatus) bool {
		if s.State == Unsent && s.is(doubted) && !present[s.at] {
			list = append(list, l.payment(s, name, columns))
		}
		return true
	})
	for _, s := range l.doubtful {
		if _, known := l.rows.position(s.Ref); !known {
			list = append(list, l.payment(s, name, columns))
		}
	}
	return list
}

// payment is the order of a row.
func (l *Ledger) payment(s *RowStatus, name string, columns []int) *Payment {
	return &Payment{Topup: s.Topup, Batch: name, Row: s.Number, Name: NameIn(s.Cells, columns), Ref: s.Ref,
		Origin: s.Origin(), At: s.Sent(), State: s.State, TopupID: s.TopupID, gone: s.Gone}
}

// Left lists the orders that may have been charged and whose row the corrected file
// no longer has.
func (l *Ledger) Left() []Payment {
	var list []Payment
	for _, p := range l.payments(func(s *RowStatus) bool { return s.Gone }) {
		list = append(list, *p)
	}
	return list
}

// Payments lists the orders of the batch that may have been charged, those of
// rows that its file no longer has included.
func (l *Ledger) Payments() []Payment {
	var list []Payment
	for _, p := range l.payments(func(*RowStatus) bool { return true }) {
		list = append(list, *p)
	}
	return list
}
