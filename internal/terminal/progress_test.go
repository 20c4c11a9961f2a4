package terminal

import (
	"strings"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// The lines fit, whatever is to be told and in whatever language, and on a
// screen of the usual width nothing is left out.
func TestLinesFit(t *testing.T) {
	end := time.Date(2026, 11, 2, 15, 40, 0, 0, time.Local)
	gauges := []batch.Gauge{
		{},
		{Sent: 1, Total: 2, Settled: 1, Calls: 59.7, Budget: 60, Full: 60},
		{Sent: 6200, Total: 10_000, Settled: 5888, InFlight: 8, Open: 312, Trouble: 3, Calls: 118, Budget: 120, Full: 120, Left: 21 * time.Minute, End: end},
		{Sent: 999_999, Total: 1_000_000, Settled: 876_543, InFlight: 64, Open: 123_456, Trouble: 12_345, Calls: 123_456, Left: 123 * time.Hour, End: end},
		{Settled: 9700, Sent: 10_000, Total: 10_000, InFlight: 1, Open: 300, Calls: 11, Budget: 12, Full: 120, Left: 10 * time.Minute, End: end, AllSent: true},
	}
	for _, language := range lang.Languages {
		words, err := lang.New(language)
		if err != nil {
			t.Fatal(err)
		}
		v := view{&Console{colours: true}, words}
		for i, g := range gauges {
			for width := 1; width <= 130; width++ {
				for _, line := range v.lines(g, width) {
					if Columns(line) >= max(width, 2) {
						t.Errorf("%s: on a screen of %d columns: %q takes %d", language, width, line, Columns(line))
					}
				}
			}
			if language == "ar" || i == 3 {
				continue
			}
			at80 := strings.Join(v.lines(g, 80), "\n")
			for _, fact := range []string{v.far(g), v.rest(g), v.pace(g)} {
				if !strings.Contains(at80, fact) {
					t.Errorf("on a screen of 80 columns, %q is missing in %q", fact, at80)
				}
			}
			if !strings.Contains(at80, "%") && g.Total > 0 {
				t.Errorf("there is no bar in %q", at80)
			}
		}
	}
}

// A batch of 80 rows at 120 calls a minute, which take five minutes to settle, tells
// from the beginning when it ends, and moves all the time: first by what is sent, then
// by what is settled.
func TestProgressMoves(t *testing.T) {
	english, err := lang.New("en")
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Date(2026, 11, 2, 9, 0, 0, 0, time.Local)
	m := batch.NewMeter(begin, tally(80, 0, 0), 80, 5*time.Second, 10*time.Minute)
	for _, c := range []struct {
		second, sent, settled int
		want                  string
	}{
		{0, 0, 0, "0 of 80 rows sent; 0 settled, 0 open, 0 in trouble; done in about 1 minute, at 09:01"},
		{1, 8, 0, "8 of 80 rows sent; 0 settled, 8 open, 0 in trouble; done in about 56 seconds, at 09:00"},
		{20, 40, 0, "40 of 80 rows sent; 0 settled, 40 open, 0 in trouble; done in about 40 seconds, at 09:01"},
		{40, 80, 0, "0 of 80 sent rows settled; 80 open, 0 in trouble; waited for 10 minutes at most"},
		{60, 80, 20, "20 of 80 sent rows settled; 60 open, 0 in trouble; waited for 9 minutes, 40 seconds at most"},
		{300, 80, 80, "80 of 80 sent rows settled; 0 open, 0 in trouble"},
	} {
		g := m.Look(begin.Add(time.Duration(c.second)*time.Second), tally(80-c.sent, c.sent-c.settled, c.settled), batch.Progress{Calls: c.sent, Rate: 120})
		v := view{words: english}
		if got := v.far(g) + "; " + v.rest(g); got != c.want {
			t.Errorf("after %d s it says %q, want %q", c.second, got, c.want)
		}
	}
}

// tally counts rows that are unsent, open and paid.
func tally(unsent, open, paid int) batch.Tally {
	var t batch.Tally
	t.Total = unsent + open + paid
	t.States[batch.Unsent], t.States[batch.Pending], t.States[batch.Fulfilled] = unsent, open, paid
	return t
}

func TestBar(t *testing.T) {
	for _, c := range []struct {
		done, total, width int
		want               string
	}{{0, 300, 16, "   0% ░░░░░░░░░░"}, {150, 300, 16, "  50% █████░░░░░"}, {299, 300, 16, "  99% █████████░"}, {300, 300, 16, " 100% ██████████"}, {301, 300, 16, " 100% ██████████"}} {
		if got := bar(c.done, c.total, c.width); got != c.want {
			t.Errorf("%d of %d: %q, want %q", c.done, c.total, got, c.want)
		}
	}
}
