package terminal

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// How often progress is shown: drawn anew on a terminal, a line of its own
// elsewhere.
const (
	frame = 200 * time.Millisecond
	calm  = 10 * time.Second
)

// Progress shows what a batch under way does.
type Progress struct {
	Out   io.Writer // a *Console shows live lines, anything else a line now and then
	Words *lang.Printer
	Plain bool          // lines on a console too: for screen readers, and for logs of what is typed
	Sends int           // how many rows there are to send
	Poll  time.Duration // between two looks at open rows
	Wait  time.Duration // for outcomes after the last send
	Look  func() (batch.Tally, batch.Progress)
}

// Show begins to show it: a few live lines on a console, a line each ten seconds
// elsewhere, until the function it returns is called. One goroutine draws what Look
// returns, so a stuck terminal holds up nobody.
func (p Progress) Show() (hide func()) {
	before, _ := p.Look()
	m := newMeter(time.Now(), before, p.Sends, p.Poll, p.Wait)
	look := func() gauge {
		tally, progress := p.Look()
		return m.look(time.Now(), tally, progress)
	}
	v := view{p.Out, p.Words}
	screen, ok := p.Out.(*Console)
	if !ok || !screen.live || p.Plain {
		return every(calm, func() { v.line(look()) })
	}
	stop := every(frame, func() { screen.Draw(v.lines(look(), screen.width())...) })
	return func() {
		stop()
		screen.Draw()
	}
}

// every calls f again and again, in a goroutine of its own, until the function
// it returns is called.
func every(d time.Duration, f func()) (stop func()) {
	end, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(d)
		defer tick.Stop()
		for {
			select {
			case <-end:
				return
			case <-tick.C:
				f()
			}
		}
	}()
	return func() {
		close(end)
		<-gone
	}
}

// gauge is what an operator wants to know of a batch under way.
type gauge struct {
	done, total   int // rows of the file with an outcome, of those that are to have one
	inFlight      int // sends whose answer is awaited
	open          int // sent, and not settled
	trouble       int // refunded, rejected or in conflict: a person must look at them
	calls, budget float64
	full          float64       // what the budget was before the provider pushed back
	left          time.Duration // to the end; 0: nobody knows
	atMost        bool          // nothing is left to send, and left is how long the rest is waited for
}

// meter makes gauges of what it is shown from time to time.
type meter struct {
	before   batch.Tally
	sends    int // rows to send
	poll     time.Duration
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

func newMeter(now time.Time, before batch.Tally, sends int, poll, wait time.Duration) *meter {
	return &meter{before: before, sends: sends, poll: poll, wait: wait, lastSend: now, seen: []sample{{at: now}}}
}

// outcomes is how many rows have come to an outcome, be it one that a person
// must look at.
func outcomes(t batch.Counts) int { return t.Valid() - t.Of(batch.Unsent) - t.Open() }

// look takes in how things stand.
func (m *meter) look(now time.Time, t batch.Tally, p batch.Progress) gauge {
	sent := m.before.Of(batch.Unsent) - t.Of(batch.Unsent)
	if last := m.seen[len(m.seen)-1]; sent > last.sent || p.InFlight > 0 {
		m.lastSend = now
	}
	m.seen = append(m.seen, sample{now, sent, p.Calls})
	for now.Sub(m.seen[0].at) > window {
		m.seen = m.seen[1:]
	}
	first := m.seen[0]
	m.full = max(m.full, p.Rate)
	g := gauge{
		done: outcomes(t.File()), total: outcomes(m.before.File()) + m.before.File().Open() + m.sends, inFlight: p.InFlight, open: max(0, t.Open()-p.InFlight),
		trouble: t.Of(batch.Refunded) + t.Of(batch.Rejected) + t.Of(batch.Conflict), budget: p.Rate, full: m.full,
	}
	toSend := max(0, m.sends-sent)
	minutes := now.Sub(first.at).Minutes()
	if minutes > 0 {
		g.calls = float64(p.Calls-first.calls) / minutes
	}
	pace := float64(sent-first.sent) / minutes
	if p.Rate > 0 {
		pace = min(pace, p.Rate) // the first of a minute's sends makes it look faster
	}
	switch {
	case toSend == 0 && p.InFlight == 0:
		g.left, g.atMost = max(0, m.wait-now.Sub(m.lastSend)), g.open > 0
	case now.Sub(first.at) >= 2*time.Second && pace > 0:
		// Rows settle while others are sent, a hundred with one look; the last
		// ones are looked at first after three polls, and most are final then.
		g.left = time.Duration(float64(toSend+p.InFlight)/pace*float64(time.Minute)) + 4*m.poll
	}
	return g
}

// view puts gauges in words.
type view struct {
	out   io.Writer
	words *lang.Printer
}

// line writes a gauge as a line of text.
func (v view) line(g gauge) {
	fmt.Fprintln(v.out, v.doneLine(g)+"; "+v.paceLine(g))
}

// doneLine tells how far the batch is, and how long the rest takes.
func (v view) doneLine(g gauge) string {
	switch words, done, total := v.words, lang.Number(g.done), lang.Number(g.total); {
	case g.left == 0:
		return words.Sprintf("%s of %s rows done", done, total)
	case g.atMost:
		return words.Sprintf("%s of %s rows done, the rest is waited for %s at most", done, total, Rounded(g.left))
	default:
		return words.Sprintf("%s of %s rows done, about %s left", done, total, Rounded(g.left))
	}
}

// paceLine tells what is under way, and how fast.
func (v view) paceLine(g gauge) string {
	inFlight, open, trouble := lang.Number(g.inFlight), lang.Number(g.open), lang.Number(g.trouble)
	switch words := v.words; {
	case g.budget == 0:
		return words.Sprintf("%s in flight, %s open, %s in trouble; %.0f calls a minute, no limit", inFlight, open, trouble, g.calls)
	case g.budget < g.full:
		return words.Sprintf("%s in flight, %s open, %s in trouble; %.0f of %.0f calls a minute, held back from %.0f", inFlight, open, trouble, g.calls, g.budget, g.full)
	default:
		return words.Sprintf("%s in flight, %s open, %s in trouble; %.0f of %.0f calls a minute", inFlight, open, trouble, g.calls, g.budget)
	}
}

// lines are the gauge as it is drawn on a screen of that width: what has no
// room is left out, the least important first.
func (v view) lines(g gauge, width int) []string {
	words := v.words
	width-- // a full line would break, here or there
	done := fitting(width, v.doneLine(g), words.Sprintf("%s of %s rows done", lang.Number(g.done), lang.Number(g.total)), fmt.Sprintf("%d/%d", g.done, g.total))
	if room := width - Columns(done) - 2; room >= 14 && g.total > 0 {
		done = bar(g.done, g.total, min(room, 50)) + "  " + done
	}
	inFlight, open, trouble := lang.Number(g.inFlight), lang.Number(g.open), lang.Number(g.trouble)
	pace := fitting(width, v.paceLine(g),
		words.Sprintf("%s in flight, %s open, %s in trouble", inFlight, open, trouble),
		words.Sprintf("%s open, %s in trouble", open, trouble), words.Sprintf("%s in trouble", trouble))
	if g.trouble > 0 {
		pace = Paint(v.out, Yellow, pace)
	}
	return []string{done, pace}
}

// fitting is the first text that fits, else as much of the last as does.
func fitting(width int, texts ...string) string {
	for _, s := range texts {
		if Columns(s) <= width {
			return s
		}
	}
	return Clip(texts[len(texts)-1], width)
}

// bar is a bar so many columns wide.
func bar(done, total, width int) string {
	var to strings.Builder
	b := progressbar.NewOptions(total, progressbar.OptionSetWriter(&to), progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetWidth(width-6), // per cent take the rest
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "█", SaucerPadding: "░", BarStart: "", BarEnd: ""}))
	_ = b.Set(min(done, total)) // it is drawn into memory
	_ = b.RenderBlank()
	return strings.TrimRight(strings.TrimPrefix(b.String(), "\r"), " ")
}

// Rounded returns a time as people count it: to the second, or to the minute where it
// is long.
func Rounded(d time.Duration) time.Duration {
	if d >= 10*time.Minute {
		return d.Round(time.Minute)
	}
	return d.Round(time.Second)
}
