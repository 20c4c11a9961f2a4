package terminal

import (
	"fmt"
	"strings"
	"testing"

	"flexybatch/internal/terminal/terminaltest"
)

func TestConsole(t *testing.T) {
	s := &terminaltest.Screen{T: t, Width: 40}
	c := &Console{to: s, width: func() int { return s.Width }}
	fmt.Fprintln(c, "first")
	c.Draw("one", "two")
	s.Shows("first", "one", "two")
	c.Draw("one more", "two more")
	fmt.Fprintln(c, "second\nthird")
	s.Shows("first", "second", "third", "one more", "two more")
	c.Draw("1", "2")
	s.Shows("first", "second", "third", "1", "2")
	c.Draw()
	fmt.Fprint(c, "fourth? ")
	fmt.Fprintln(c, "yes")
	s.Shows("first", "second", "third", "fourth? yes")
}

// A screen that was made narrower has broken the live lines: all of their parts
// are taken off, and nothing else.
func TestConsoleMadeNarrower(t *testing.T) {
	s := &terminaltest.Screen{T: t, Width: 40}
	c := &Console{to: s, width: func() int { return s.Width }, reflows: true}
	fmt.Fprintln(c, "first")
	c.Draw("0123456789012345678901234", "012345678901234")
	s.Rows = [][]string{strings.Split("first", ""), strings.Split("0123456789", ""), strings.Split("0123456789", ""), strings.Split("01234", ""), strings.Split("0123456789", ""), strings.Split("01234", "")}
	s.Width, s.At, s.Column = 10, 5, 5
	c.Draw("short", "lines")
	s.Shows("first", "short", "lines")
}

func TestClipped(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"abcd", 1, "…"}, {"abcd", 0, ""}, {"été là", 5, "été …"}, {"漢字漢字", 5, "漢字…"}, {"قيمة طويلة", 6, "قيمة …"}} {
		if got := Clip(c.in, c.width); got != c.want || Columns(got) > c.width {
			t.Errorf("%q in %d columns: %q, want %q", c.in, c.width, got, c.want)
		}
	}
}
