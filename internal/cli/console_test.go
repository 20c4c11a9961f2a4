package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
)

// screen is a terminal that understands what the console says, and nothing
// else. It breaks lines that are too long; it does not scroll.
type screen struct {
	t       *testing.T
	width   int
	rows    [][]string // cells, by row
	at      int        // the row of the cursor
	column  int
	colours int                  // how often a colour was asked for
	erased  func(lines []string) // is told what is taken off; nil: nobody
}

func (s *screen) Write(b []byte) (int, error) {
	for text := string(b); text != ""; {
		switch {
		case text[0] == '\r':
			s.column, text = 0, text[1:]
		case text[0] == '\n':
			s.at, s.column, text = s.at+1, 0, text[1:]
		case strings.HasPrefix(text, "\x1b["):
			end := strings.IndexAny(text, "AJm")
			if end < 0 {
				s.t.Fatalf("a control sequence that nobody knows: %q", text)
			}
			switch n, _ := strconv.Atoi(text[2:end]); text[end] {
			case 'A':
				s.at -= n
			case 'J':
				if s.erased != nil {
					s.erased(s.text()[min(len(s.rows), s.at):])
				}
				s.rows = s.rows[:min(len(s.rows), s.at+1)]
				if s.at < len(s.rows) {
					s.rows[s.at] = s.rows[s.at][:min(len(s.rows[s.at]), s.column)]
				}
			case 'm':
				s.colours++
			}
			text = text[end+1:]
		default:
			cluster, rest, width, _ := uniseg.FirstGraphemeClusterInString(text, -1)
			text = rest
			if s.column+width > s.width {
				s.at, s.column = s.at+1, 0
			}
			for len(s.rows) <= s.at {
				s.rows = append(s.rows, nil)
			}
			for len(s.rows[s.at]) < s.column+width {
				s.rows[s.at] = append(s.rows[s.at], " ")
			}
			if width == 0 { // a mark of direction, which has no place of its own
				break
			}
			s.rows[s.at][s.column] = cluster
			for i := 1; i < width; i++ {
				s.rows[s.at][s.column+i] = ""
			}
			s.column += width
		}
	}
	return len(b), nil
}

// text is what stands on the screen, a line each row.
func (s *screen) text() (lines []string) {
	for _, row := range s.rows {
		lines = append(lines, strings.TrimRight(strings.Join(row, ""), " "))
	}
	return lines
}

func (s *screen) shows(want ...string) {
	s.t.Helper()
	if got := s.text(); !slices.Equal(got, want) {
		s.t.Errorf("the screen shows %q, want %q", got, want)
	}
}

func TestConsole(t *testing.T) {
	s := &screen{t: t, width: 40}
	c := &console{to: s, width: func() int { return s.width }}
	fmt.Fprintln(c, "first")
	c.draw("one", "two")
	s.shows("first", "one", "two")
	c.draw("one more", "two more")
	fmt.Fprintln(c, "second\nthird")
	s.shows("first", "second", "third", "one more", "two more")
	c.draw("1", "2")
	s.shows("first", "second", "third", "1", "2")
	c.draw()
	fmt.Fprint(c, "fourth? ")
	fmt.Fprintln(c, "yes")
	s.shows("first", "second", "third", "fourth? yes")
}

// A screen that was made narrower has broken the live lines: all of their parts
// are taken off, and nothing else.
func TestConsoleMadeNarrower(t *testing.T) {
	s := &screen{t: t, width: 40}
	c := &console{to: s, width: func() int { return s.width }, reflows: true}
	fmt.Fprintln(c, "first")
	c.draw("0123456789012345678901234", "012345678901234")
	s.rows = [][]string{strings.Split("first", ""), strings.Split("0123456789", ""), strings.Split("0123456789", ""), strings.Split("01234", ""), strings.Split("0123456789", ""), strings.Split("01234", "")}
	s.width, s.at, s.column = 10, 5, 5
	c.draw("short", "lines")
	s.shows("first", "short", "lines")
}

func TestClipped(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"abcd", 1, "…"}, {"abcd", 0, ""}, {"été là", 5, "été …"}, {"漢字漢字", 5, "漢字…"}, {"قيمة طويلة", 6, "قيمة …"}} {
		if got := clipped(c.in, c.width); got != c.want || columns(got) > c.width {
			t.Errorf("%q in %d columns: %q, want %q", c.in, c.width, got, c.want)
		}
	}
}
