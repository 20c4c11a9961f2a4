package batch

import "time"

// Gauge is what an operator wants to know of a batch under way.
type Gauge struct {
	Sent, Total   int // rows whose send was answered, of those that are to be sent
	Settled       int // rows with an outcome, be it one that a person must look at
	InFlight      int // sends whose answer is awaited
	Open          int // sent, and not settled
	Trouble       int // refunded, rejected or in conflict: a person must look at them
	Calls, Budget float64
	Full          float64       // what the budget was before the provider pushed back
	Left          time.Duration // to the end; 0: nobody knows
	End           time.Time     // when that is
	AllSent       bool          // Left is how long the rest is waited for, at most
}

// Part returns how many rows of the total the person waits for now have come so far: of
// all rows those that were sent, and then those that are settled.
func (g Gauge) Part() int {
	if g.AllSent {
		return g.Settled
	}
	return g.Sent
}

// Meter makes gauges of what it is shown from time to time.
type Meter struct {
	before   Tally
	sends    int           // rows to send
	poll     time.Duration // between two looks at an open row
	wait     time.Duration // for outcomes after every row was sent once
	full     float64       // the highest budget
	lastSend time.Time
	seen     []sample // within the last window, oldest first
}

// sample is what was counted at a time.
type sample struct {
	at          time.Time
	sent, calls int
}

// window is how far back the pace is measured.
const window = time.Minute

// NewMeter returns a meter for a batch that stands at before, and of which so many rows
// are to be sent. Open rows are looked at each poll, and waited for so long after the
// last send.
func NewMeter(now time.Time, before Tally, sends int, poll, wait time.Duration) *Meter {
	return &Meter{before: before, sends: sends, poll: poll, wait: wait, lastSend: now, seen: []sample{{at: now}}}
}

// outcomes is how many rows have come to an outcome.
func outcomes(t Counts) int { return t.Valid() - t.Of(Unsent) - t.Open() }

// Look takes in how things stand.
func (m *Meter) Look(now time.Time, t Tally, p Progress) Gauge {
	sent := m.before.Of(Unsent) - t.Of(Unsent)
	if last := m.seen[len(m.seen)-1]; sent > last.sent || p.InFlight > 0 {
		m.lastSend = now
	}
	m.seen = append(m.seen, sample{now, sent, p.Calls})
	for now.Sub(m.seen[0].at) > window {
		m.seen = m.seen[1:]
	}
	m.full = max(m.full, p.Rate)
	toSend := max(0, m.sends-sent)
	file := m.before.File() // who has left it is in no count
	total := outcomes(file) + file.Open() + m.sends
	g := Gauge{
		Sent: total - toSend - p.InFlight, Total: total, Settled: outcomes(t.File()), InFlight: p.InFlight, Open: max(0, t.Open()-p.InFlight),
		Trouble: t.Of(Refunded) + t.Of(Rejected) + t.Of(Conflict), Budget: p.Rate, Full: m.full,
	}
	first := m.seen[0]
	minutes := now.Sub(first.at).Minutes()
	if minutes > 0 {
		g.Calls = float64(p.Calls-first.calls) / minutes
	}
	// The first seconds of a minute make the pace look faster than the budget, which is
	// all that is known before them.
	pace := p.Rate
	if now.Sub(first.at) >= 2*time.Second {
		if pace = float64(sent-first.sent) / minutes; p.Rate > 0 {
			pace = min(pace, p.Rate)
		}
	}
	switch {
	case toSend == 0 && p.InFlight == 0:
		g.Left, g.AllSent = max(0, m.wait-now.Sub(m.lastSend)), true
	case pace > 0:
		// Rows settle while others are sent, a hundred with one look; the last
		// ones are looked at first after three polls, and most are final then.
		g.Left = time.Duration(float64(toSend+p.InFlight)/pace*float64(time.Minute)) + 4*m.poll
	}
	g.End = now.Add(g.Left)
	return g
}
