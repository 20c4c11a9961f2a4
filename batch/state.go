package batch

import "fmt"

// State is what has become of a row. The zero value is Unknown: whatever was
// forgotten counts as money that may have been spent.
type State uint8

// The states of a row, as journal, report and summary name them.
const (
	Unknown   State = iota // sent, and nobody knows yet
	Unsent                 // valid, not sent yet
	Pending                // accepted by the provider
	Fulfilled              // the phone was topped up; final
	Refunded               // the operator failed, the money came back; final
	Rejected               // the provider refused it and charged nothing; final
	Conflict               // the provider holds this ref for something else; a person decides
	Invalid                // breaks a row rule, never sent; final
)

var stateNames = [...]string{"unknown", "unsent", "pending", "fulfilled", "refunded", "rejected", "conflict", "invalid"}

// States lists every state in the order people read them: what was never sent,
// what is open, what is done.
var States = []State{Invalid, Unsent, Unknown, Pending, Fulfilled, Refunded, Rejected, Conflict}

// String is the state's one name.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// Final tells a state that nothing may change any more (money rule 5).
func (s State) Final() bool {
	return s == Fulfilled || s == Refunded || s == Rejected || s == Invalid
}

// Open tells a state whose outcome the provider still owes.
func (s State) Open() bool { return s == Unknown || s == Pending }

// StateOf reads the provider's status word. Words it does not know, and
// UNKNOWN_ERROR, are Unknown: not final and never sent again (money rule 6).
// The Arabic pages say SUCCESS and FAILED for FULFILLED and REFUNDED.
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
