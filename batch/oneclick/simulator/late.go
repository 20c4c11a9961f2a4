package simulator

import (
	"slices"
	"time"
)

// lateSend is a send whose connection broke before the provider acted, and that it
// carries out all the same, later.
type lateSend struct {
	at   int64 // when, in Unix nanoseconds
	call call
}

// How long after a send the provider carries it out if it is late: before the
// checks that a client makes, or after them.
const (
	soonLate = 40 * time.Second
	veryLate = 150 * time.Second
)

// postpone notes a send that is to be carried out late. What is postponed is
// forgotten when the process ends.
func (s *Simulator) postpone(c call, coin bool) {
	delay := soonLate
	if coin {
		delay = veryLate
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.late = true
	due := lateSend{at: s.now() + int64(delay), call: c}
	at, _ := slices.BinarySearchFunc(s.late, due, func(a, b lateSend) int { return int(min(max(a.at-b.at, -1), 1)) })
	s.late = slices.Insert(s.late, at, due)
}

// firstOrder returns the id of the first order of the account, or nothing.
func (s *Simulator) firstOrder() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.account.orders) == 0 {
		return ""
	}
	return s.account.id(0)
}
