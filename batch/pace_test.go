package batch

import (
	"testing"
	"time"
)

// bucket is a provider that limits calls a second with a token bucket.
type bucket struct {
	perSecond, tokens float64
	last              time.Time
}

func (b *bucket) allow(now time.Time) bool {
	b.tokens = min(b.perSecond, b.tokens+now.Sub(b.last).Seconds()*b.perSecond)
	b.last = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// The pace finds a limit that it was not told, and few calls are refused.
func TestPaceFindsTheLimit(t *testing.T) {
	for _, given := range []float64{0, 6000, 3000} {
		for _, retryAfter := range []time.Duration{0, time.Second} {
			now := time.Unix(0, 0)
			p, b := newPace(given, now), &bucket{perSecond: 50, tokens: 50, last: now}
			calls, refused := 0, 0
			for end := now.Add(10 * time.Minute); now.Before(end); {
				if wait := p.spend(now); wait > 0 {
					now = now.Add(wait)
					continue
				}
				calls++
				if b.allow(now) {
					p.answered(now)
				} else {
					refused++
					p.pushedBack(now, retryAfter)
				}
				now = now.Add(time.Millisecond)
			}
			good := calls - refused
			t.Logf("given %g, Retry-After %s: %d answered, %d refused", given, retryAfter, good, refused)
			if refused*2 > good {
				t.Errorf("given %g: %d refused for %d answered", given, refused, good)
			}
			if least := 10 * 60 * 50 * 6 / 10; good < least {
				t.Errorf("given %g: %d answered, want at least %d", given, good, least)
			}
		}
	}
}

func TestPaceKeepsTheCeiling(t *testing.T) {
	now := time.Unix(0, 0)
	p := newPace(120, now)
	calls := 0
	for end := now.Add(10 * time.Minute); now.Before(end); {
		if wait := p.spend(now); wait > 0 {
			now = now.Add(wait)
			continue
		}
		calls++
		p.answered(now)
	}
	if calls < 1199 || calls > 1202 {
		t.Errorf("%d calls in ten minutes at 120 a minute", calls)
	}
}

// A burst of refusals lowers the budget once, because the other calls were in flight
// already.
func TestPaceTakesABurstForOnePush(t *testing.T) {
	now := time.Unix(0, 0)
	p := newPace(6000, now)
	for range 8 {
		p.pushedBack(now.Add(10*time.Millisecond), 0)
	}
	if got := p.aMinute(); got != 3000 {
		t.Errorf("after one burst %g calls a minute, want 3000", got)
	}
}

// A push-back in the first moments of an unlimited run says little about the
// provider's limit. Three answers in ten milliseconds were once taken for a limit of
// three calls a second, and a batch of 300 rows took a minute.
func TestPaceIsNotFooledByAShortStart(t *testing.T) {
	now := time.Unix(0, 0)
	p := newPace(0, now)
	for range 30 {
		now = now.Add(3 * time.Millisecond)
		p.answered(now)
	}
	p.pushedBack(now, 0)
	if got := p.aMinute() / 60; got < 100 {
		t.Errorf("after 30 answers in 90 ms and one push-back: %.0f calls a second", got)
	}
}

// minutes is a provider that limits the calls in each minute; a minute begins with
// its first call.
type minutes struct {
	limit, calls int
	began        time.Time
}

func (m *minutes) allow(now time.Time) bool {
	if now.Sub(m.began) >= time.Minute {
		m.began, m.calls = now, 0
	}
	m.calls++
	return m.calls <= m.limit
}

// A search finds the ceiling to within a tenth, for both kinds of limits, and few
// calls are refused. A second run uses what was found and does not search.
func TestPaceLooksForTheCeiling(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{90, 120, 300, 900, 3000} {
		for kind, allow := range map[string]func(time.Time) bool{
			"a bucket":     (&bucket{perSecond: float64(limit) / 60, tokens: float64(limit) / 60}).allow,
			"whole minute": (&minutes{limit: limit}).allow,
		} {
			now := time.Unix(0, 0)
			p := newPace(120, now)
			p.lookFor(false)
			run := func(p *pace, length time.Duration) (answered, refused int) {
				for end := now.Add(length); now.Before(end); {
					if wait := p.spend(now); wait > 0 {
						now = now.Add(wait)
						continue
					}
					if allow(now) {
						answered++
						p.answered(now)
					} else {
						refused++
						p.refused(now)
						p.pushedBack(now, time.Second)
					}
					now = now.Add(time.Millisecond)
				}
				return answered, refused
			}
			_, refused := run(p, time.Hour)
			found := p.ceilingAMinute()
			if found < 0.85*float64(limit) || found > 1.02*float64(limit) || refused > 30*20 {
				t.Errorf("%s of %d: found %.0f, with %d calls refused", kind, limit, found, refused)
			}
			again := newPace(found, now)
			again.lookFor(true)
			answered, refusedAgain := run(again, time.Hour)
			if answered < limit*60*8/10 || refusedAgain > refused || again.ceilingAMinute() > found {
				t.Errorf("%s of %d: with %.0f found before, %d calls were answered in an hour, %d refused", kind, limit, found, answered, refusedAgain)
			}
			t.Logf("%s of %d: found %.0f with %d refused; then %d an hour, %d refused", kind, limit, found, refused, answered, refusedAgain)
		}
	}
}

// The ceiling is not raised while the budget is not fully spent.
func TestPaceDoesNotRaiseWhatIsNotSpent(t *testing.T) {
	now := time.Unix(0, 0)
	p := newPace(120, now)
	p.lookFor(false)
	for range 1000 {
		now = now.Add(time.Second) // one call a second, half of the budget
		p.answered(now)
	}
	if got := p.ceilingAMinute(); got != 120 {
		t.Errorf("the ceiling is %g", got)
	}
}
