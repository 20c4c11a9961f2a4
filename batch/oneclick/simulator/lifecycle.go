package simulator

import (
	"fmt"
	"slices"
	"time"
)

// The provider's words for the status of an order (API page). Order and the
// answers on the wire use them.
const (
	Pending      = "PENDING"
	Handling     = "HANDLING"
	Fulfilled    = "FULFILLED"
	Refunded     = "REFUNDED"
	UnknownError = "UNKNOWN_ERROR"

	// OnHold is not one of the provider's words. FaultOddWord shows it.
	OnHold = "ON_HOLD"
	// Vanished is the status of an order that no check and no list shows any more.
	Vanished = ""
)

// lifecycle says what will become of an order. It is decided when the order is
// accepted, and stored with it.
type lifecycle uint8

const (
	endsFulfilled lifecycle = iota
	endsRefunded
	endsRefundedWithOffers
	unknownThenFulfilled
	unknownThenRefunded
	neverFinal
	goesBackwards
	showsOddWord
	vanishes
	refundedAfterFulfilled
)

// step is a status and the age from which an order shows it. Ages are those of
// the real service; Config.Speed shortens them.
type step struct {
	age    time.Duration
	status string
}

// settled is an age that stands for Config.SettleUnknown.
const settled time.Duration = -1

// lifecycles lists every lifecycle with its name in the store and its steps.
// PENDING, HANDLING from 5 s and a final status from 15 s are the vendor's own
// example.
var lifecycles = [...]struct {
	name  string
	steps []step
}{
	endsFulfilled:          {"fulfilled", []step{{0, Pending}, {5 * time.Second, Handling}, {15 * time.Second, Fulfilled}}},
	endsRefunded:           {"refunded", []step{{0, Pending}, {5 * time.Second, Handling}, {15 * time.Second, Refunded}}},
	endsRefundedWithOffers: {"refunded-offers", []step{{0, Pending}, {5 * time.Second, Handling}, {15 * time.Second, Refunded}}},
	unknownThenFulfilled:   {"unknown-fulfilled", []step{{0, Pending}, {5 * time.Second, Handling}, {15 * time.Second, UnknownError}, {settled, Fulfilled}}},
	unknownThenRefunded:    {"unknown-refunded", []step{{0, Pending}, {5 * time.Second, Handling}, {15 * time.Second, UnknownError}, {settled, Refunded}}},
	neverFinal:             {"never-final", []step{{0, Pending}, {5 * time.Second, Handling}}},
	goesBackwards: {"backwards", []step{{0, Pending}, {5 * time.Second, Handling}, {10 * time.Second, Pending},
		{15 * time.Second, Handling}, {30 * time.Second, Fulfilled}}},
	showsOddWord:           {"odd-word", []step{{0, Pending}, {5 * time.Second, Handling}, {15 * time.Second, OnHold}, {settled, Fulfilled}}},
	vanishes:               {"vanish", []step{{0, Pending}, {5 * time.Second, Vanished}}},
	refundedAfterFulfilled: {"refund-after-fulfilled", []step{{0, Pending}, {5 * time.Second, Handling}, {15 * time.Second, Fulfilled}, {time.Minute, Refunded}}},
}

// MarshalText returns the lifecycle's name in the store.
func (c lifecycle) MarshalText() ([]byte, error) { return []byte(lifecycles[c].name), nil }

// UnmarshalText reads the lifecycle's name.
func (c *lifecycle) UnmarshalText(name []byte) error {
	for i := range lifecycles {
		if lifecycles[i].name == string(name) {
			*c = lifecycle(i)
			return nil
		}
	}
	return fmt.Errorf("unknown lifecycle %q", name)
}

// aging says how fast orders go through their steps.
type aging struct {
	speed  float64
	settle time.Duration
}

// due returns when an order that was accepted at created (both in Unix
// nanoseconds) reaches a step. Statuses and refunds are both computed from it, so
// they always agree.
func (a aging) due(created int64, s step) int64 {
	age := s.age
	if age == settled {
		age = a.settle
	}
	return created + int64(float64(age)/a.speed)
}

// status returns the status at now of an order that was accepted at created.
func (a aging) status(c lifecycle, created, now int64) string {
	for _, s := range slices.Backward(lifecycles[c].steps) {
		if a.due(created, s) <= now {
			return s.status
		}
	}
	return Pending
}

// refund returns when an order is refunded; ok is false if it never is.
func (a aging) refund(c lifecycle, created int64) (at int64, ok bool) {
	for _, s := range lifecycles[c].steps {
		if s.status == Refunded {
			return a.due(created, s), true
		}
	}
	return 0, false
}

// sandboxLifecycle returns the lifecycle of an order that has a fixed one: the
// vendor's documentation gives one to some phones, and menu plans sell nothing.
func sandboxLifecycle(phone string, p *priced, coin bool) (lifecycle, bool) {
	switch {
	case phone == "0600000001":
		return endsRefunded, true
	case phone == "0600000002", p.menu():
		return endsRefundedWithOffers, true
	case phone == "0600000003" && coin:
		return unknownThenRefunded, true
	case phone == "0600000003":
		return unknownThenFulfilled, true
	}
	return endsFulfilled, false
}
