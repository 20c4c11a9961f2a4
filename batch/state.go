package batch

import "fmt"

// State is what has become of a row. The zero value is Unknown, so a state that
// was never set counts as money that may have been spent.
type State uint8

// The states of a row, as journal, report and summary name them.
const (
	Unknown   State = iota // sent, and nobody knows the outcome yet
	Unsent                 // valid, not sent yet
	Pending                // accepted by the provider
	Fulfilled              // the phone was topped up; final
	Refunded               // the operator failed and the provider gave the money back; final
	Rejected               // the provider refused it and charged nothing; final
	Conflict               // the provider holds this ref for something else; a person decides
	Invalid                // breaks a row rule, never sent; final
)

var stateNames = [...]string{"unknown", "unsent", "pending", "fulfilled", "refunded", "rejected", "conflict", "invalid"}

// States lists every state in the order in which people read them: first rows that
// were never sent, then open rows, then final rows and conflicts.
var States = []State{Invalid, Unsent, Unknown, Pending, Fulfilled, Refunded, Rejected, Conflict}

// String returns the name of the state.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// Title returns the name of the state, which a message says in the reader's language.
func (s State) Title() string { return s.String() }

// Final reports whether the state may never change again (money rule 5).
func (s State) Final() bool {
	return s == Fulfilled || s == Refunded || s == Rejected || s == Invalid
}

// Open reports whether the row was sent and its outcome is not final yet.
func (s State) Open() bool { return s == Unknown || s == Pending }

// StateOf returns the state for the provider's status word. UNKNOWN_ERROR, and every
// word that it does not know, is Unknown: not final, and never sent again (money
// rule 6). The vendor's Arabic pages say SUCCESS and FAILED instead of FULFILLED
// and REFUNDED.
func StateOf(status string) State {
	switch status {
	case "PENDING", "HANDLING":
		return Pending
	case "FULFILLED", "SUCCESS":
		return Fulfilled
	case "REFUNDED", "FAILED":
		return Refunded
	}
	return Unknown
}
