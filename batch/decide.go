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
	case s.State.Open() && s.TopupID != "":
		return checkID
	case s.State == Unknown:
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
