package reconcile

import (
	"slices"
	"strings"
	"time"

	"flexybatch/batch"
)

// Statement is the provider's two books: its list of top-ups, and the
// transactions of the account. It may hold more than the batch's span.
type Statement struct {
	// Taken is when the reading of it began, by this machine's clock; what
	// happened to a row later may not be in it. It is zero where nobody knows.
	Taken time.Time
	// Listed means that Orders are the account's top-ups. A statement that was
	// exported by hand has transactions only.
	Listed    bool
	Orders    []batch.RemoteOrder
	Movements []Movement // in the order of OldestFirst
}

// Movement is a transaction of the account. What the statement leaves out is
// zero.
type Movement struct {
	ID        string
	Type      string         // FLEXY, REFUND-FLEXY, DEPOSIT and others (API page)
	Operation string         // + or -, where the statement says so explicitly
	Amount    batch.Centimes // as the statement writes it, with a sign or without
	Before    *batch.Centimes
	After     *batch.Centimes
	Object    string // presumably the top-up's id (the API page does not say)
	Ref       string // in exports that have such a column
	Note      string
	Time      time.Time
}

// outgoing lists the types of transaction that take money from the account (API
// page).
var outgoing = []string{"FLEXY", "ADSL", "ORDER", "WITHDRAW", "SEND", "SERVICE"}

// incoming lists the types of transaction that put money into the account (API
// page).
var incoming = []string{"DEPOSIT", "RECEIVE", "POINT-EXCHANGE", "REFUND-FLEXY", "REFUND-ADSL", "REFUND-ORDER"}

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

// balanced reports whether the movement shows the balance before and after it.
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

// OldestFirst sorts transactions in place, as Statement.Movements has them: by
// time, and those of one time as they are listed, or the other way round where
// the newest is listed first.
func OldestFirst(list []Movement) []Movement {
	if n := len(list); n > 0 && list[0].Time.After(list[n-1].Time) {
		slices.Reverse(list)
	}
	slices.SortStableFunc(list, func(a, b Movement) int { return a.Time.Compare(b.Time) })
	return list
}
