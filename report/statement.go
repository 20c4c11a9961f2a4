package report

import (
	"slices"
	"strings"
	"time"

	"flexybatch/batch"
)

// Statement is the provider's own book: its list of top-ups, and the
// transactions of the account. It may have more in it than the batch's span.
type Statement struct {
	// Taken is when it was begun to be read, by this machine's clock; what a
	// row came to later is not in it for sure. Zero where nobody knows.
	Taken time.Time
	// Listed tells that Orders are the account's top-ups; a statement that was
	// exported by hand has transactions only.
	Listed    bool
	Orders    []batch.RemoteOrder
	Movements []Movement // as OldestFirst puts them
}

// Movement is a transaction of the account. What the statement left out is zero.
type Movement struct {
	ID        string
	Type      string         // FLEXY, REFUND-FLEXY, DEPOSIT and others (API page)
	Operation string         // + or -, where the statement says so in words of its own
	Amount    batch.Centimes // as the statement writes it, with a sign or without
	Before    *batch.Centimes
	After     *batch.Centimes
	Object    string // presumably the top-up's id (a guess, says the API page)
	Ref       string // in exports that have such a column
	Note      string
	Time      time.Time
}

// The types of transaction (API page): what takes money from the account, and
// what puts money in.
var (
	outgoing = []string{"FLEXY", "ADSL", "ORDER", "WITHDRAW", "SEND", "SERVICE"}
	incoming = []string{"DEPOSIT", "RECEIVE", "POINT-EXCHANGE", "REFUND-FLEXY", "REFUND-ADSL", "REFUND-ORDER"}
)

// Signed is the amount, below zero where it was taken from the account. The
// balances say which it was; where there are none, the sign, the operation or
// the type. ok is false where nothing does.
func (m *Movement) Signed() (amount batch.Centimes, ok bool) {
	size := max(m.Amount, -m.Amount)
	if m.balanced() && *m.After != *m.Before {
		if *m.After < *m.Before {
			return -size, true
		}
		return size, true
	}
	kind := strings.ToUpper(m.Type)
	switch {
	case m.Amount <= 0, m.Operation == "-":
		return -size, true
	case m.Operation == "+":
		return size, true
	case slices.Contains(outgoing, kind):
		return -size, true
	case slices.Contains(incoming, kind):
		return size, true
	}
	return 0, false
}

// balanced tells a movement that shows the balance before and after it.
func (m *Movement) balanced() bool { return m.Before != nil && m.After != nil }

// rounding is how far an amount may be from the difference of its balances: the
// provider counts in ten-thousandths of a dinar, and each of the three figures
// is rounded to the centime.
const rounding batch.Centimes = 1

// moved is what the movement did to the balance: the difference of its balances,
// since amounts that are rounded to the centime do not add up. whole is false
// where that is not its amount, or nothing tells which way it went.
func (m *Movement) moved() (amount batch.Centimes, whole bool) {
	amount, ok := m.Signed()
	if !m.balanced() {
		return amount, ok
	}
	step := *m.After - *m.Before
	if d := step - amount; d < -rounding || d > rounding {
		return amount, false
	}
	return step, true
}

// OldestFirst puts transactions in the order of Statement.Movements, in place:
// by time, those of one time as they are listed, or the other way round where
// the newest is listed first.
func OldestFirst(list []Movement) []Movement {
	if n := len(list); n > 0 && list[0].Time.After(list[n-1].Time) {
		slices.Reverse(list)
	}
	slices.SortStableFunc(list, func(a, b Movement) int { return a.Time.Compare(b.Time) })
	return list
}

// what names the movement for people.
func (m *Movement) what() message {
	id, kind, at := m.ID, m.Type, ""
	if !m.Time.IsZero() {
		at = m.Time.Local().Format(time.DateTime)
	}
	switch {
	case id != "" && kind != "" && at != "":
		return messagef("transaction %s (%s) of %s", id, kind, at)
	case id != "" && kind != "":
		return messagef("transaction %s (%s)", id, kind)
	case id != "" && at != "":
		return messagef("transaction %s of %s", id, at)
	case id != "":
		return messagef("the transaction %s", id)
	case kind != "" && at != "":
		return messagef("a transaction (%s) of %s", kind, at)
	case kind != "":
		return messagef("a transaction (%s)", kind)
	case at != "":
		return messagef("a transaction of %s", at)
	}
	return messagef("a transaction")
}
