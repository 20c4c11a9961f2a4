package batch

import "time"

// act is what to do next for a row.
type act uint8

const (
	leave    act = iota // do nothing: it is final, or a person has to decide
	send                // send it
	checkRef            // ask the provider for its ref, to learn whether there is an order
	checkID             // ask the provider for its order, by the provider's id
)

// decide returns what to do next for a row, given what is known of it. It is the
// only function that lets a row be sent. It requires that the row is Unsent: the
// row was never sent, or the provider surely did not process it (money rule 2), or
// a check after the grace period found nothing (money rule 3).
func decide(s *RowStatus) act {
	switch {
	case s.State == Unsent && !s.Gone:
		return send
	case (s.State.Open() || s.is(missing)) && s.TopupID != "":
		return checkID
	case s.State == Unknown, s.is(missing):
		return checkRef
	}
	return leave
}

// clears reports whether a check of the row's ref that found nothing allows the
// row to be sent again (money rule 3). lostFor is the time from the end of the
// lost attempt to the check. It must be at least the grace period, and the
// provider must never have said that it holds the ref.
func clears(s *RowStatus, lostFor, grace time.Duration) bool {
	return s.State == Unknown && s.TopupID == "" && !s.is(held) && lostFor >= grace
}

// parked reports whether the row is not worth waiting for in this run. The
// provider's staff settle UNKNOWN_ERROR within 24 hours (API page), and a person
// settles a conflict.
func parked(s *RowStatus) bool {
	return s.State == Conflict || s.State == Unknown && s.Evidence != nil && s.Evidence.Code == "UNKNOWN_ERROR"
}

// patienceWithOrders is how long the provider may hold an order without showing it.
// It settles its own errors within 24 hours (API page).
const patienceWithOrders = 24 * time.Hour

// neverShown says what to do about a row whose order the provider does not find
// although it has said that it holds one, when it has had a day to show it (money
// rule 4). It returns nothing before, and for any other row. The times
// come from a wall clock, which decides nothing about money here: such a row is not
// sent again, neither before nor after.
func neverShown(s *RowStatus, now time.Time) Message {
	last := s.Tried()
	if last.IsZero() {
		last = s.Sent()
	}
	switch {
	case !s.State.Open() || now.Sub(last) < patienceWithOrders:
		return Message{}
	case s.TopupID != "":
		return Msg("the provider accepted order %s and does not know it a day later; ask its support what became of it", s.TopupID)
	case s.is(held):
		return Msg("the provider says that it holds this reference and has not shown the order within a day; ask its support what became of it")
	}
	return Message{}
}
