package report

import (
	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// InStates says how many rows are in which state.
func InStates(of func(batch.State) int) (list []lang.Message) {
	for _, s := range batch.States {
		if n := of(s); n > 0 {
			list = append(list, inState(s, n))
		}
	}
	return list
}

// inState is a number of rows in a state.
func inState(s batch.State, n int) lang.Message {
	switch s {
	case batch.Invalid:
		return lang.Count(n, "%d invalid", "%d invalid")
	case batch.Unsent:
		return lang.Count(n, "%d unsent", "%d unsent")
	case batch.Pending:
		return lang.Count(n, "%d pending", "%d pending")
	case batch.Fulfilled:
		return lang.Count(n, "%d fulfilled", "%d fulfilled")
	case batch.Refunded:
		return lang.Count(n, "%d refunded", "%d refunded")
	case batch.Rejected:
		return lang.Count(n, "%d rejected", "%d rejected")
	case batch.Conflict:
		return lang.Count(n, "%d in conflict", "%d in conflict")
	}
	return lang.Count(n, "%d unknown", "%d unknown")
}

// Gone tells the rows apart that were sent and that the corrected file no longer has.
// It says nothing where there are none.
func Gone(t batch.Tally) lang.Message {
	if t.Gone.Total == 0 {
		return lang.Message{}
	}
	return lang.Count(t.Gone.Total, "apart from these, %d row was sent before the file was corrected and is no longer in it (%s): charged %s DA, refunded %s",
		"apart from these, %d rows were sent before the file was corrected and are no longer in it (%s): charged %s DA, refunded %s", InStates(t.Gone.Of), t.Gone.Charged, t.Gone.Refunded)
}
