package simulator

import (
	"fmt"
	"slices"
	"time"
)

// The provider's words for what has become of an order (API page). Orders and
// answers use them.
const (
	Pending      = "PENDING"
	Handling     = "HANDLING"
	Fulfilled    = "FULFILLED"
	Refunded     = "REFUNDED"
	UnknownError = "UNKNOWN_ERROR"

	// OnHold is no word of the provider's: the fault OddWord shows it.
	OnHold = "ON_HOLD"
	// Vanished is what Orders says of an order that no look shows any more.
	Vanished = ""
)

// course is what will become of an order. It is drawn when the order is
// accepted, and kept with it.
type course uint8

const (
	toFulfilled course = iota
	toRefunded
	toRefundedOffers
	toUnknownFulfilled
	toUnknownRefunded
	toNeverFinal
	toBackwards
	toOddWord
	toVanish
	toRefundAfterFulfilled
)

// step is a status and the age, in life, from which an order shows it.
type step struct {
	age    time.Duration
	status string
}

// settled stands for Config.SettleUnknown.
const settled time.Duration = -1

// courses holds every course: its name in the store, and its steps. PENDING,
// HANDLING from 5 s and the end from 15 s are the vendor's own example.
var courses = [...]struct {
	name  string
	steps []step
}{
	toFulfilled:        {"fulfilled", []step{{0, Pending}, {5 * time.Second, Handling}, {15 * time.Second, Fulfilled}}},
	toRefunded:         {"refunded", []step{{0, Pending}, {5 * time.Second, Handling}, {15 * time.Second, Refunded}}},
	toRefundedOffers:   {"refunded-offers", []step{{0, Pending}, {5 * time.Second, Handling}, {15 * time.Second, Refunded}}},
	toUnknownFulfilled: {"unknown-fulfilled", []step{{0, Pending}, {5 * time.Second, Handling}, {15 * time.Second, UnknownError}, {settled, Fulfilled}}},
	toUnknownRefunded:  {"unknown-refunded", []step{{0, Pending}, {5 * time.Second, Handling}, {15 * time.Second, UnknownError}, {settled, Refunded}}},
	toNeverFinal:       {"never-final", []step{{0, Pending}, {5 * time.Second, Handling}}},
	toBackwards: {"backwards", []step{{0, Pending}, {5 * time.Second, Handling}, {10 * time.Second, Pending},
		{15 * time.Second, Handling}, {30 * time.Second, Fulfilled}}},
	toOddWord:              {"odd-word", []step{{0, Pending}, {5 * time.Second, Handling}, {15 * time.Second, OnHold}, {settled, Fulfilled}}},
	toVanish:               {"vanish", []step{{0, Pending}, {5 * time.Second, Vanished}}},
	toRefundAfterFulfilled: {"refund-after-fulfilled", []step{{0, Pending}, {5 * time.Second, Handling}, {15 * time.Second, Fulfilled}, {time.Minute, Refunded}}},
}

// MarshalText is the course's name in the store.
func (c course) MarshalText() ([]byte, error) { return []byte(courses[c].name), nil }

// UnmarshalText reads the course's name.
func (c *course) UnmarshalText(name []byte) error {
	for i := range courses {
		if courses[i].name == string(name) {
			*c = course(i)
			return nil
		}
	}
	return fmt.Errorf("unknown course %q", name)
}

// aging is how fast orders grow old.
type aging struct {
	speed  float64
	settle time.Duration
}

// due is when an order accepted at created (Unix nanoseconds) comes to a step.
// Status and refund both follow from it, so that they always agree.
func (a aging) due(created int64, s step) int64 {
	age := s.age
	if age == settled {
		age = a.settle
	}
	return created + int64(float64(age)/a.speed)
}

// status is what an order of that course, accepted at created, shows at now.
func (a aging) status(c course, created, now int64) string {
	for _, s := range slices.Backward(courses[c].steps) {
		if a.due(created, s) <= now {
			return s.status
		}
	}
	return Pending
}

// refund is when an order of that course gives its money back; false if never.
func (a aging) refund(c course, created int64) (at int64, ok bool) {
	for _, s := range courses[c].steps {
		if s.status == Refunded {
			return a.due(created, s), true
		}
	}
	return 0, false
}

// sandboxCourse is the course of the phones that have one of their own in the
// vendor's documentation, and of the plans that sell nothing.
func sandboxCourse(phone string, p *priced, coin bool) (course, bool) {
	switch {
	case phone == "0600000001":
		return toRefunded, true
	case phone == "0600000002", p.menu():
		return toRefundedOffers, true
	case phone == "0600000003" && coin:
		return toUnknownRefunded, true
	case phone == "0600000003":
		return toUnknownFulfilled, true
	}
	return toFulfilled, false
}
