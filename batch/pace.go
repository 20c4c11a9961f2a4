package batch

import (
	"math"
	"math/rand/v2"
	"time"

	"golang.org/x/time/rate"
)

// pace is the call budget: it tells how many calls a second may be made, sends and
// looks together. It only calculates with the times it is given; the engine makes
// the calls and waits.
//
// When the provider pushes back (429, 503), pace halves the budget and allows no
// call for a while. Every answer after that raises the budget by a fixed step, up
// to the ceiling that the operator gave. This is additive increase, multiplicative
// decrease, as in TCP (Chiu and Jain, 1989).
//
// If it searches for the provider's ceiling, pace raises its own by a quarter
// after each trial in which the whole budget was spent and no call was refused. The
// first refusal ends the search, because the provider's ceiling then lies between
// the last two. From there each refusal of a fully spent budget lowers the ceiling
// a little.
type pace struct {
	limiter *rate.Limiter
	ceiling rate.Limit    // calls a second
	rest    time.Time     // no call may be made before it
	cut     time.Time     // when the budget was last lowered
	step    rate.Limit    // how much the budget grows in a second, spread over the answers of that second
	resting time.Duration // the last rest that the provider did not name; 0 since the last answer
	chance  *rand.Rand    // spreads the rests of programs that fail at the same time

	auto    bool      // the ceiling adapts to what the provider allows
	seeking bool      // no call was refused yet, so the ceiling still rises
	trial   time.Time // when the trial of the present ceiling began
	spent   int       // calls answered since then

	// How many answers came in the second that began at window, and in the one
	// before it. They give the first estimate of the provider's ceiling if the
	// operator gave none.
	window   time.Time
	answers  int
	previous int
}

const (
	slowest = rate.Limit(0.5)                 // calls a second, the lowest that the budget can fall
	longest = 5 * time.Second                 // the longest rest after a 429 that names none
	outage  = 30 * time.Second                // the longest rest while the provider fails or cannot be reached
	unspent = 20 * time.Millisecond           // how much unspent budget is kept, because timers are coarse
	pause   = 500 * time.Millisecond          // the first rest
	settled = time.Second                     // the shortest time between two decreases: calls in flight were made before the first
	noLimit = rate.Limit(math.MaxFloat64 / 2) // no ceiling

	trialTime = 65 * time.Second // the provider's limits count calls a minute (API page, Limits)
	raise     = 1.25             // the factor by which a trial raises the ceiling
	lower     = 0.95             // the factor by which a refusal lowers it
)

// newPace returns a budget of so many calls a minute; 0 means no limit.
func newPace(aMinute float64, now time.Time) *pace {
	p := &pace{ceiling: noLimit, window: now, chance: rand.New(rand.NewPCG(uint64(now.UnixNano()), 0))}
	if aMinute > 0 {
		p.ceiling = rate.Limit(aMinute / 60)
	}
	p.limiter = rate.NewLimiter(p.ceiling, burst(p.ceiling))
	return p
}

// lookFor makes the pace search for the provider's ceiling. It raises the present
// ceiling step by step, unless found says that an earlier search ended with it.
func (p *pace) lookFor(found bool) {
	p.auto, p.seeking, p.trial = true, !found, p.window
}

// refused is called when the provider refused a call for coming too fast (429),
// before pushedBack. It lowers the ceiling if that was reached, and reports
// whether it did.
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
		return false // the budget was far below the ceiling, so the refusal says nothing about it
	}
	p.ceiling = max(p.ceiling, slowest)
	return true
}

// tryHigher counts an answer of the trial and raises the ceiling at its end.
func (p *pace) tryHigher(now time.Time) {
	if p.limiter.Limit() < p.ceiling { // the budget is still growing after a decrease
		p.trial, p.spent = now, 0
		return
	}
	p.spent++
	if took := now.Sub(p.trial); took >= trialTime {
		if float64(p.spent) >= 0.8*float64(p.ceiling)*took.Seconds() { // if not, something else limits the calls
			p.ceiling *= raise
			p.set(now, p.ceiling)
		}
		p.trial, p.spent = now, 0
	}
}

// burst returns how many unspent calls are kept, at least one.
func burst(l rate.Limit) int {
	return int(min(max(1, float64(l)*unspent.Seconds()), 1000))
}

// spend takes one call from the budget and returns 0, or takes none and returns
// how long to wait before asking again.
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

// answered is called when the provider did what it was asked; it raises a lowered
// budget.
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

// pushedBack is called when the provider wants fewer calls. It lowers the budget
// and allows no call for wait; 0 means that the provider named no time.
func (p *pace) pushedBack(now time.Time, wait time.Duration) {
	if now.Sub(p.cut) < settled && !p.cut.IsZero() {
		p.rest = latest(p.rest, now.Add(wait))
		return
	}
	p.lowerBudget(now)
	if wait == 0 {
		wait = p.nextRest(longest)
	}
	p.rest = latest(p.rest, now.Add(wait))
}

// failed is called when the provider failed or could not be reached. It lowers the
// budget and allows no call for a time that grows exponentially with each failure,
// with jitter, as the vendor asks.
func (p *pace) failed(now time.Time) {
	if now.Sub(p.cut) >= settled || p.cut.IsZero() {
		p.lowerBudget(now)
	}
	p.rest = latest(p.rest, now.Add(p.nextRest(outage)))
}

// nextRest returns the next rest, twice as long as the last one.
func (p *pace) nextRest(longest time.Duration) time.Duration {
	p.resting = min(max(pause, 2*p.resting), longest)
	return p.jitter(p.resting)
}

// jitter returns a time within a quarter of d.
func (p *pace) jitter(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.75 + 0.5*p.chance.Float64()))
}

// lowerBudget halves the budget. If there was none, the budget becomes a little
// less than what was let through last.
func (p *pace) lowerBudget(now time.Time) {
	limit := p.limiter.Limit() / 2
	if p.limiter.Limit() == noLimit {
		elapsed := max(now.Sub(p.window), 100*time.Millisecond).Seconds()
		limit = rate.Limit(max(float64(p.answers)/elapsed, float64(p.previous), 1)) * 0.9
	}
	limit = max(slowest, limit)
	p.set(now, limit)
	p.step = max(slowest, limit/20) // the budget is back after twenty seconds
	p.cut = now
}

// set makes l the present budget.
func (p *pace) set(now time.Time, l rate.Limit) {
	p.limiter.SetLimitAt(now, l)
	p.limiter.SetBurstAt(now, burst(l))
}

// ceilingAMinute returns the ceiling in calls a minute.
func (p *pace) ceilingAMinute() float64 { return float64(p.ceiling * 60) }

// aMinute returns the present budget in calls a minute; 0 means no limit.
func (p *pace) aMinute() float64 {
	if p.limiter.Limit() == noLimit {
		return 0
	}
	return float64(p.limiter.Limit() * 60)
}

// latest returns the later of two times.
func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
