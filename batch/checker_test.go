package batch_test

import (
	"maps"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
)

// check compares the provider's orders, the journal and the wire with what the
// money rules promise.
func (s *schedule) check() {
	if len(s.fails) > 0 {
		return
	}
	s.checkWire()
	if s.ledger == nil || !s.ledger.Sealed() {
		if n := len(s.sim.Orders()); n > 0 {
			s.complain("the provider has %d orders, and there are no books", n)
		}
		return
	}
	s.checkRows()
}

// checkWire checks every two sends of a ref: the first was surely not processed, or
// a check after the grace period found nothing before the second.
func (s *schedule) checkWire() {
	for ref, events := range s.wire.by {
		var doubt *event // the last send that may have been processed
		for i := range events {
			e := &events[i]
			switch {
			case e.send && doubt != nil:
				s.complain("%s was sent again at %s though nobody knew what became of the send at %s (%s)",
					ref, e.begun.Format(time.TimeOnly), doubt.begun.Format(time.TimeOnly), doubt.says)
			case e.send && !e.certain:
				doubt = e
			case !e.send && e.certain && doubt != nil && e.begun.Sub(doubt.begun) >= s.grace:
				doubt = nil
			}
		}
	}
}

// checkRows compares every row with the provider's order for it.
func (s *schedule) checkRows() {
	orders := map[string]int{}
	var charged, refunded int64
	list := s.sim.Orders()
	for i, o := range list {
		if j, twice := orders[o.Ref]; twice {
			s.complain("the provider has two orders for %s: %+v and %+v", o.Ref, list[j], o)
		}
		orders[o.Ref] = i
		if o.Amount == foreignAmount {
			continue // an order of a stranger is not paid by this batch
		}
		charged += o.Charged
		refunded += o.Refunded
	}
	var booked, back int64
	unknowable := false // the provider hides an order, so the books cannot know what it charged
	s.ledger.Each(func(row *batch.RowStatus) bool {
		i, ordered := orders[string(row.Ref)]
		delete(orders, string(row.Ref))
		booked += int64(row.Charged)
		back += int64(row.Refunded)
		status := ""
		// The order may be a stranger's. If the journal was lost and the file
		// corrected after that, it may be for what the row asked for before.
		// Then it is not an order of this row.
		taken := ordered && !holds(list[i], row.Topup)
		if taken && list[i].Amount != foreignAmount && !s.forgot {
			s.complain("row %d asks for %+v, and the provider has %+v", row.Number, row.Topup, list[i])
		}
		if ordered = ordered && !taken; ordered {
			status = list[i].Status
		}
		ok := true
		switch row.State {
		case batch.Invalid, batch.Rejected, batch.Unsent:
			// A provider that has an order and answers a check of its ref with
			// NOT_FOUND defeats every rule. It still refuses the ref when it is
			// sent again. After a lost journal, the provider may refuse a row
			// for another reason before it looks at the ref, which may have
			// been paid before; and a row that is still to be sent may have been.
			ok = !ordered || status == "" && (row.Attempts > 1 || row.Gone) || s.forgot && (row.State == batch.Unsent || row.State == batch.Rejected && row.Evidence.Code != "DUPLICATED_REF")
			// The provider may carry a send out after it has answered NOT_FOUND, when
			// the row waits to be sent again: that finds the order.
			tooLate := ordered && row.State == batch.Unsent && list[i].Late
			ok = ok || tooLate
			if ordered && ok {
				s.forgot = true // the books cannot know what the provider charged
			}
		case batch.Fulfilled:
			ok = status == "FULFILLED" || status == "REFUNDED" && s.late(row)
		case batch.Refunded:
			ok = status == "REFUNDED"
		case batch.Pending:
			ok = ordered
		case batch.Conflict:
			ok = taken || row.Missing() && status == ""
			unknowable = unknowable || row.Missing()
		case batch.Unknown:
			unknowable = true
		}
		if !ok {
			s.complain("row %d (%s) is %s, and the provider's order is %q", row.Number, row.Ref, row.State, status)
		}
		return true
	})
	for ref, i := range orders { // these orders are of rows that were taken out of the file
		if strange := list[i].Amount == foreignAmount || s.forgot; !strange || !s.ours[batch.Ref(ref)] {
			s.complain("the provider has an order for %s, which is no row of ours", ref)
		}
	}
	t := s.ledger.Tally()
	if int64(t.Charged) != booked || int64(t.Refunded) != back {
		s.complain("the tally says %s and %s, the rows %d and %d", t.Charged, t.Refunded, booked, back)
	}
	if t.Open() == 0 && !unknowable && s.wire.late == 0 && !s.forgot && (booked != charged || back != refunded) {
		s.complain("the books say %d charged and %d refunded, the provider %d and %d", booked, back, charged, refunded)
	}
}

// holds reports whether an order is for what a row asks for.
func holds(o simulator.Order, t batch.Topup) bool {
	return o.Phone == string(t.Phone) && o.Amount == int64(t.Amount) && o.Plan == t.Plan
}

// late counts a row whose refund came after it was final.
func (s *schedule) late(*batch.RowStatus) bool { s.wire.late++; return true }

// noLoss checks that no final state that was on disk has changed.
func (s *schedule) noLoss(l *batch.Ledger) {
	s.mu.Lock()
	finals := maps.Clone(s.finals)
	s.mu.Unlock()
	if !l.Sealed() {
		if len(finals) > 0 {
			s.complain("the books are empty, and %d rows were final in them", len(finals))
		}
		return
	}
	for ref, state := range finals {
		if row, _ := l.Row(ref); row.State != state {
			s.complain("%s was %s and is %s", ref, state, row.State)
		}
	}
}

// remember notes the final states of books that are on disk. The books of a running
// process are: it was told so by fsync. Those that are read after a process died
// may be in the page cache only.
func (s *schedule) remember(l *batch.Ledger) {
	s.oneRowAnOrder(l)
	s.mu.Lock()
	defer s.mu.Unlock()
	l.Each(func(row *batch.RowStatus) bool {
		if row.State.Final() && row.Ref != "" {
			s.finals[row.Ref] = row.State
		}
		return true
	})
}

// oneRowAnOrder checks that no two rows have the same order of the provider's (money
// rule 15).
func (s *schedule) oneRowAnOrder(l *batch.Ledger) {
	owners := map[string]int{}
	l.Each(func(row *batch.RowStatus) bool {
		if other, taken := owners[row.TopupID]; taken && row.TopupID != "" {
			s.complain("order %s is that of row %d and of row %d", row.TopupID, other, row.Number)
		}
		owners[row.TopupID] = row.Number
		return true
	})
}
