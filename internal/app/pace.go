package app

import (
	"time"

	"flexybatch/batch"
)

// None in a field of Pace says that there is none of it: no limit, no wait, no gap.
const None = -1

// Pace is how fast and how patiently the provider is used. A field that is zero
// takes its default.
type Pace struct {
	Concurrency int           // sends in flight at once: 8
	Rate        float64       // API calls a minute: what the key allows (60 sandbox, 120 production; none when simulated)
	Auto        bool          // look for the provider's own ceiling, upward from Rate's default
	Timeout     time.Duration // of one API call: 30s
	Poll        time.Duration // between two looks at open rows: 5s (50ms when simulated)
	Wait        time.Duration // for final outcomes, after every row was sent once: 10m
	ResendAfter time.Duration // the grace period of money rule 3: 120s
	PhoneGap    time.Duration // least time between two sends to one phone: 1m (none when simulated)
	StopAfter   int           // failures in a row that are not the rows' own fault: 20
}

// of is the pace with a key of a type, with nothing left open: zero is then none.
func (p Pace) of(keyType string) Pace {
	gap, poll, rate := time.Minute, 5*time.Second, 60.0
	switch keyType {
	case batch.Simulated:
		gap, poll, rate = None, 50*time.Millisecond, None
		if p.Auto {
			rate = 120
		}
	case batch.Production:
		rate = 120
	}
	if p.Auto {
		p.Rate = 0
	}
	return Pace{
		Concurrency: or(p.Concurrency, 8), Rate: or(p.Rate, rate), Auto: p.Auto, Timeout: or(p.Timeout, 30*time.Second),
		Poll: or(p.Poll, poll), Wait: or(p.Wait, 10*time.Minute), ResendAfter: or(p.ResendAfter, 120*time.Second),
		PhoneGap: or(p.PhoneGap, gap), StopAfter: or(p.StopAfter, 20),
	}
}

// Defaults is the pace with a key of a type, with nothing left open: zero is then none.
func (p Pace) Defaults(keyType string) Pace { return p.of(keyType) }

// or is the value, or the other one where it is zero; what is None becomes zero.
func or[T int | float64 | time.Duration](value, other T) T {
	if value == 0 {
		value = other
	}
	return max(value, 0)
}
