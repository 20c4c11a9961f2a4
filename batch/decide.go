package batch

import (
	"fmt"
	"time"
)

// act is what may be done next for a row.
type act uint8

const (
	leave    act = iota // nothing: it is final, or a person decides
	send                // send it
	checkRef            // ask the provider for its ref: nobody knows whether it holds the order
	checkID             // ask the provider for its order, which it is known to hold
)

// decide says what may be done next for a row, from what is known of it. It is
// the one place where a row becomes fit to be sent: it must be Unsent, and a row
// is that only when it was never sent, when the provider surely did nothing
// (money rule 2), or when a check after the grace period found nothing (rule 3).
func decide(s *RowStatus) act {
	switch {
	case s.State == Unsent && !s.Gone:
		return send
	case s.State.Open() && s.TopupID != "":
		return checkID
	case s.State == Unknown:
		return checkRef
	}
	return leave
}

// clears tells whether a check of the row's ref that found nothing proves that
// it may be sent again (money rule 3): the check was asked at a time when the
// lost attempt had been over for the grace period, and the provider has never
// said that it holds the ref.
func clears(s *RowStatus, lostFor, grace time.Duration) bool {
	return s.State == Unknown && s.TopupID == "" && !s.is(held) && lostFor >= grace
}

// contradiction says how an order found under our ref differs from ours; empty
// when it does not (money rule 4). What the answer leaves out contradicts
// nothing.
func contradiction(t Topup, o RemoteOrder) string {
	found := Topup{Phone: Phone(o.Phone), Plan: o.Plan, Amount: o.Amount}
	if found.Phone == "" {
		found.Phone = t.Phone
	}
	if found.Plan == "" {
		found.Plan = t.Plan
	}
	if found.Amount == 0 {
		found.Amount = t.Amount
	}
	if d := difference(t, found); d != "" {
		return fmt.Sprintf("the provider holds this ref for another order: %s", d)
	}
	return ""
}

// parked tells a row that is not worth waiting for in this run: the provider's
// staff settle UNKNOWN_ERROR within 24 hours (API page), and a person a
// conflict.
func parked(s *RowStatus) bool {
	return s.State == Conflict || s.State == Unknown && s.Evidence != nil && s.Evidence.Code == "UNKNOWN_ERROR"
}
