package batch

import "time"

// How far the provider's clock may be from ours. An order counts as older than the
// batch only by more than clockDoubt. If the provider itself has said that the
// order was there before the row's only send, duplicateDoubt is enough.
const (
	clockDoubt     = 10 * time.Minute
	duplicateDoubt = 10 * time.Second
)

// before returns when the provider made the order of a row, if that was before the
// batch was begun, and nil if not.
func (l *Ledger) before(s *RowStatus, o RemoteOrder) *time.Time {
	latest, _ := l.Span()
	latest = latest.Add(-clockDoubt)
	if s.is(held) && !s.is(doubted) && s.TopupID == "" && s.Attempts > 0 {
		latest = s.Sent().Add(-duplicateDoubt)
	}
	if o.Created.IsZero() || !o.Created.Before(latest) {
		return nil
	}
	created := o.Created.UTC().Truncate(time.Millisecond)
	return &created
}

// Adopt takes in orders that the provider holds under refs of rows that were never
// sent from these books: an earlier run sent them, whose books are lost. The rows
// take the states of the orders, and nothing is sent for them. Adopt returns how
// many rows that were. Orders of others are passed over.
func (b *Books) Adopt(orders []RemoteOrder) (adopted int, err error) {
	asked := time.Now()
	var looks []LookRecord
	seen := map[Ref]bool{}
	for _, o := range orders {
		s, ours := b.match(o)
		if !ours || s.State != Unsent || s.Attempts > 0 || seen[s.Ref] {
			continue
		}
		seen[s.Ref] = true
		created := o.Created.UTC().Truncate(time.Millisecond)
		if o.Created.IsZero() {
			created = asked.UTC().Truncate(time.Millisecond)
		}
		look := LookRecord{Ref: s.Ref, By: "list", Earlier: &created}
		look.describe(&s, o)
		if look.Nameless || !look.Foreign.IsZero() {
			continue // it does not say that it is the row's: the provider is asked when its turn comes
		}
		looks = append(looks, look)
	}
	return len(looks), b.Look(asked, looks...)
}

// Held lists which valid rows the provider holds orders for, by their refs.
func Held(rows []Row, orders []RemoteOrder) map[Ref]RemoteOrder {
	byTail := map[string]RemoteOrder{} // by the hash that a ref ends with
	for _, o := range orders {
		if n := len(o.Ref); n >= hashLength {
			byTail[o.Ref[n-hashLength:]] = o
		}
	}
	held := map[Ref]RemoteOrder{}
	if len(byTail) == 0 {
		return held
	}
	for i := range rows {
		ref := rows[i].Ref
		if ref == "" {
			continue
		}
		if o, ok := byTail[string(ref[len(ref)-hashLength:])]; ok && ref.Is(o.Ref) {
			held[ref] = o
		}
	}
	return held
}
