package batch

import (
	"math"
	"time"

	"golang.org/x/time/rate"
)

// pace is the call budget: how many calls may be made, sends and looks
// together. It is arithmetic over the times it is given; the engine spends it.
//
// When the provider pushes back (429, 503) the budget is halved and rests; with
// every answer after that it grows again by a fixed step (additive increase,
// multiplicative decrease: Chiu and Jain, 1989, the rule of TCP), up to the
// ceiling that the operator gave.
//
// A ceiling that is looked for is raised by a quarter after each trial in which
// the whole of it was spent and nothing refused. The first refusal ends that: the
// real ceiling is then between the last two, and between them the budget stays,
// a little lower after each refusal that comes while it is all spent.
type pace struct {
	limiter *rate.Limiter
	ceiling rate.Limit // calls a second
	rest    time.Time  // no call before it
	cut     time.Time  // of the last decrease
	step    rate.Limit // what the budget grows by in a second, spread over its answers
	resting time.Duration

	auto    bool      // the ceiling follows what the provider lets through
	seeking bool      // and nothing was refused yet
	trial   time.Time // when the spending of the present ceiling began
	spent   int       // calls answered since

	// Answers in the second that began at window, and in the one before it:
	// the first guess of the provider's ceiling where the operator gave none.
	window   time.Time
	answers  int
	previous int
}

const (
	slowest = rate.Limit(0.5)                 // calls a second, however hard the provider pushes
	longest = 5 * time.Second                 // rest, where the provider does not name one
	unspent = 20 * time.Millisecond           // of unspent budget that is kept: timers are coarse
	pause   = 500 * time.Millisecond          // the first rest
	settled = time.Second                     // between two decreases: calls under way know nothing of the first
	noLimit = rate.Limit(math.MaxFloat64 / 2) // a budget without end

	trialTime = 65 * time.Second // limits are by the minute (API page, Limits)
	raise     = 1.25
	lower     = 0.95
)

// newPace makes a budget of so many calls a minute; 0 means no limit.
func newPace(aMinute float64, now time.Time) *pace {
	p := &pace{ceiling: noLimit, window: now}
	if aMinute > 0 {
		p.ceiling = rate.Limit(aMinute / 60)
	}
	p.limiter = rate.NewLimiter(p.ceiling, burst(p.ceiling))
	return p
}

// lookFor makes the pace look for the provider's ceiling: upward from the one it
// has, unless that was found before.
func (p *pace) lookFor(found bool) {
	p.auto, p.seeking, p.trial = true, !found, p.window
}

// refused takes in that the provider refused a call because of the pace (429),
// and tells whether the ceiling is another one for it. pushedBack comes after it.
func (p *pace) refused(now time.Time) (lowered bool) {
	underway := now.Sub(p.cut) < settled && !p.cut.IsZero()
	switch {
	case !p.auto || underway || p.ceiling <= slowest:
		return false
	case p.seeking:
		p.seeking = false
		p.ceiling /= rate.Limit(math.Sqrt(raise))
	case p.limiter.Limit() >= p.ceiling*lower:
		p.ceiling *= lower
	default:
		return false // it was refused far below: that is no ceiling
	}
	p.ceiling = max(p.ceiling, slowest)
	return true
}

// tryHigher raises the ceiling at the end of a trial.
func (p *pace) tryHigher(now time.Time) {
	if p.limiter.Limit() < p.ceiling { // it is coming back from a decrease
		p.trial, p.spent = now, 0
		return
	}
	p.spent++
	if took := now.Sub(p.trial); took >= trialTime {
		if float64(p.spent) >= 0.8*float64(p.ceiling)*took.Seconds() { // else something else is the limit
			p.ceiling *= raise
			p.set(now, p.ceiling)
		}
		p.trial, p.spent = now, 0
	}
}

// burst is the credit in calls; one at least.
func burst(l rate.Limit) int {
	return int(min(max(1, float64(l)*unspent.Seconds()), 1000))
}

// spend spends one call, or says how long to wait before asking again.
func (p *pace) spend(now time.Time) (wait time.Duration) {
	if wait := p.rest.Sub(now); wait > 0 {
		return wait
	}
	if p.limiter.Limit() == noLimit {
		return 0
	}
	r := p.limiter.ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// answered takes in that the provider did its work.
func (p *pace) answered(now time.Time) {
	if since := now.Sub(p.window); since >= time.Second {
		p.previous, p.answers, p.window = p.answers, 0, now
		if since >= 2*time.Second {
			p.previous = 0
		}
	}
	p.answers++
	p.resting = 0
	if p.seeking {
		p.tryHigher(now)
	}
	if limit := p.limiter.Limit(); limit < p.ceiling {
		p.set(now, min(p.ceiling, limit+p.step/max(1, limit)))
	}
}

// pushedBack takes in that the provider wants fewer calls, and for how long it
// wants none (0: it does not say).
func (p *pace) pushedBack(now time.Time, wait time.Duration) {
	if now.Sub(p.cut) < settled && !p.cut.IsZero() {
		p.rest = latest(p.rest, now.Add(wait))
		return
	}
	limit := p.limiter.Limit() / 2
	if p.limiter.Limit() == noLimit {
		elapsed := max(now.Sub(p.window), 100*time.Millisecond).Seconds()
		limit = rate.Limit(max(float64(p.answers)/elapsed, float64(p.previous), 1)) * 0.9
	}
	limit = max(slowest, limit)
	p.set(now, limit)
	p.step = max(slowest, limit/20) // twenty seconds to where it was
	p.cut = now
	if wait == 0 {
		p.resting = min(max(pause, 2*p.resting), longest)
		wait = p.resting
	}
	p.rest = latest(p.rest, now.Add(wait))
}

func (p *pace) set(now time.Time, l rate.Limit) {
	p.limiter.SetLimitAt(now, l)
	p.limiter.SetBurstAt(now, burst(l))
}

// ceilingAMinute is the ceiling in calls a minute.
func (p *pace) ceilingAMinute() float64 { return float64(p.ceiling * 60) }

// aMinute is the budget as it stands, in calls a minute; 0 means no limit.
func (p *pace) aMinute() float64 {
	if p.limiter.Limit() == noLimit {
		return 0
	}
	return float64(p.limiter.Limit() * 60)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
