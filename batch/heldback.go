package batch

import "slices"

// problem is the broken rule of a row that a payment stands against (money rule 14).
// name is the batch's.
func (p Payment) problem(r *Row, name string) Problem {
	b := Problem{Code: PaidBefore, Value: string(r.Topup.Phone), Message: p.standsAgainst()}
	if p.Batch == name {
		b.Against = p.Ref
	}
	return b
}

// standsAgainst says what is known of the payment that stands against a row, and what
// to do.
func (p Payment) standsAgainst() Message {
	switch p.State {
	case Unknown:
		return Msg("it may be paid already: %s; run settle, which asks the provider about that, and then run again with --amend", p)
	case Unsent: // an attempt was lost, and a check found nothing of it
		return Msg("it may be paid already: %s; look tomorrow whether the provider's list has it, and if not, run with --pay-again and the number of such rows", p)
	case Refunded, Rejected:
		return Msg("it was held back while nobody knew whether it was paid already: %s; it was not, so run again with --amend", p)
	}
	return Msg("it looks paid already: %s; make the row again what it was, or, if a further payment is meant, run with --pay-again and the number of such rows", p)
}

// holdBack notes which invalid rows an order of this batch stands against.
func (l *Ledger) holdBack(s *RowStatus) {
	for _, p := range s.Problems() {
		if p.Against != "" {
			if l.heldBack == nil {
				l.heldBack = map[Ref][]position{}
			}
			l.heldBack[p.Against] = append(l.heldBack[p.Against], s.at)
		}
	}
}

// tellHeldBack tells the rows that an order stands against what is known of it now: a
// doubt is told no longer than it lasts.
func (l *Ledger) tellHeldBack(order *RowStatus) {
	for _, at := range l.heldBack[order.Ref] {
		s, _ := l.rows.status(at, true)
		p := l.payment(order, l.batch.Name, NameColumns(l.batch.Header))
		s.Remark(func(m *Remarks) {
			m.Problems = slices.Clone(m.Problems)
			for i := range m.Problems {
				if m.Problems[i].Against == order.Ref {
					m.Problems[i].Message = p.standsAgainst()
				}
			}
		})
		l.rows.update(at, &s)
	}
}
