package terminal

import (
	"strings"
	"testing"
	"time"

	"flexybatch/internal/lang"
)

// The lines fit, whatever is to be told and in whatever language, and on a
// screen of the usual width nothing is left out.
func TestLinesFit(t *testing.T) {
	gauges := []gauge{
		{},
		{done: 1, total: 2, calls: 59.7, budget: 60, full: 60},
		{done: 6200, total: 10_000, inFlight: 8, open: 312, trouble: 3, calls: 118, budget: 120, full: 120, left: 21 * time.Minute},
		{done: 999_999, total: 1_000_000, inFlight: 64, open: 123_456, trouble: 12_345, calls: 123_456, left: 123 * time.Hour},
		{done: 10, total: 10_000, inFlight: 1, open: 300, calls: 11, budget: 12, full: 120, left: 10 * time.Minute, atMost: true},
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
			if language != "en" || i > 2 {
				continue
			}
			at80 := strings.Join(v.lines(g, 80), "\n")
			for _, fact := range []string{v.doneLine(g), v.paceLine(g)} {
				if !strings.Contains(at80, fact) {
					t.Errorf("on a screen of 80 columns, %q is missing in %q", fact, at80)
				}
			}
			if !strings.Contains(at80, "%") && g.total > 0 {
				t.Errorf("there is no bar in %q", at80)
			}
		}
	}
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
