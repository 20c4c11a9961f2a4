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
	m := batch.NewMeter(time.Now(), before, p.Sends, p.Poll, p.Wait)
	look := func() batch.Gauge {
		tally, progress := p.Look()
		return m.Look(time.Now(), tally, progress)
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

// view puts gauges in words.
type view struct {
	out   io.Writer
	words *lang.Printer
}

// line writes a gauge as a line of text.
func (v view) line(g batch.Gauge) {
	fmt.Fprintln(v.out, v.far(g)+"; "+v.rest(g)+"; "+v.pace(g))
}

// far tells how far the batch is: of all rows how many are sent, and then of those that
// were sent how many are settled.
func (v view) far(g batch.Gauge) string {
	if g.AllSent {
		return v.words.Sprintf("%s of %s sent rows settled", lang.Number(g.Settled), lang.Number(g.Total))
	}
	return v.words.Sprintf("%s of %s rows sent", lang.Number(g.Sent), lang.Number(g.Total))
}

// rest tells what became of what was sent, and when the batch ends.
func (v view) rest(g batch.Gauge) string {
	words, became := v.words, v.became(g)
	switch {
	case g.Left == 0 || g.AllSent && g.Open == 0:
		return became
	case g.AllSent:
		return words.Sprintf("%s; waited for %s at most", became, Rounded(g.Left))
	default:
		return words.Sprintf("%s; done in about %s, at %s", became, Rounded(g.Left), clock(g.End, g.Left))
	}
}

// became tells what became of what was sent.
func (v view) became(g batch.Gauge) string {
	open, trouble := lang.Number(g.Open), lang.Number(g.Trouble)
	if g.AllSent { // the line before it tells how many are settled
		return v.words.Sprintf("%s open, %s in trouble", open, trouble)
	}
	return v.words.Sprintf("%s settled, %s open, %s in trouble", lang.Number(g.Settled), open, trouble)
}

// clock is a time of the day, with its day where that is another one.
func clock(at time.Time, away time.Duration) lang.Moment {
	if before := at.Add(-away).Local(); before.YearDay() != at.Local().YearDay() {
		return lang.Short(at)
	}
	return lang.Clock(at)
}

// pace tells what is under way, and how fast.
func (v view) pace(g batch.Gauge) string {
	inFlight := lang.Number(g.InFlight)
	switch words := v.words; {
	case g.Budget == 0:
		return words.Sprintf("%s in flight, %.0f calls a minute, no limit", inFlight, g.Calls)
	case g.Budget < g.Full:
		return words.Sprintf("%s in flight, %.0f of %.0f calls a minute, held back from %.0f", inFlight, g.Calls, g.Budget, g.Full)
	default:
		return words.Sprintf("%s in flight, %.0f of %.0f calls a minute", inFlight, g.Calls, g.Budget)
	}
}

// lines are the gauge as it is drawn on a screen of that width: what has no
// room is left out, the least important first.
func (v view) lines(g batch.Gauge, width int) []string {
	words := v.words
	width-- // a full line would break, here or there
	far := fitting(width, v.far(g), fmt.Sprintf("%d/%d", g.Part(), g.Total))
	if room := width - Columns(far) - 2; room >= 14 && g.Total > 0 {
		far = bar(g.Part(), g.Total, min(room, 50)) + "  " + far
	}
	trouble := lang.Number(g.Trouble)
	rest := fitting(width, v.rest(g), v.became(g),
		words.Sprintf("%s open, %s in trouble", lang.Number(g.Open), trouble), words.Sprintf("%s in trouble", trouble))
	if g.Trouble > 0 {
		rest = Paint(v.out, Yellow, rest)
	}
	return []string{far, rest, fitting(width, v.pace(g), words.Sprintf("%s in flight", lang.Number(g.InFlight)))}
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
