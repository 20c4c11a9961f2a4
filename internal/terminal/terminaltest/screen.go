// Package terminaltest is a screen for tests: it shows what a terminal would show of
// what is written to it, and fails the test if that holds a control sequence that
// not every terminal knows.
package terminaltest

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
)

// Screen is a terminal that understands what the console says, and nothing
// else. It breaks lines that are too long; it does not scroll.
type Screen struct {
	T       *testing.T
	Width   int
	Rows    [][]string // cells, by row
	At      int        // the row of the cursor
	Column  int
	Colours int                  // how often a colour was asked for
	Erased  func(lines []string) // is told what is taken off; nil: nobody
}

func (s *Screen) Write(b []byte) (int, error) {
	for text := string(b); text != ""; {
		switch {
		case text[0] == '\r':
			s.Column, text = 0, text[1:]
		case text[0] == '\n':
			s.At, s.Column, text = s.At+1, 0, text[1:]
		case strings.HasPrefix(text, "\x1b["):
			end := strings.IndexAny(text, "AJm")
			if end < 0 {
				s.T.Fatalf("a control sequence that nobody knows: %q", text)
			}
			switch n, _ := strconv.Atoi(text[2:end]); text[end] {
			case 'A':
				s.At -= n
			case 'J':
				if s.Erased != nil {
					s.Erased(s.Text()[min(len(s.Rows), s.At):])
				}
				s.Rows = s.Rows[:min(len(s.Rows), s.At+1)]
				if s.At < len(s.Rows) {
					s.Rows[s.At] = s.Rows[s.At][:min(len(s.Rows[s.At]), s.Column)]
				}
			case 'm':
				s.Colours++
			}
			text = text[end+1:]
		default:
			cluster, rest, width, _ := uniseg.FirstGraphemeClusterInString(text, -1)
			text = rest
			if s.Column+width > s.Width {
				s.At, s.Column = s.At+1, 0
			}
			for len(s.Rows) <= s.At {
				s.Rows = append(s.Rows, nil)
			}
			for len(s.Rows[s.At]) < s.Column+width {
				s.Rows[s.At] = append(s.Rows[s.At], " ")
			}
			if width == 0 { // a mark of direction, which has no place of its own
				break
			}
			s.Rows[s.At][s.Column] = cluster
			for i := 1; i < width; i++ {
				s.Rows[s.At][s.Column+i] = ""
			}
			s.Column += width
		}
	}
	return len(b), nil
}

// Text is what stands on the screen, a line each row.
func (s *Screen) Text() (lines []string) {
	for _, row := range s.Rows {
		lines = append(lines, strings.TrimRight(strings.Join(row, ""), " "))
	}
	return lines
}

// Shows fails the test unless the screen shows these lines.
func (s *Screen) Shows(want ...string) {
	s.T.Helper()
	if got := s.Text(); !slices.Equal(got, want) {
		s.T.Errorf("the screen shows %q, want %q", got, want)
	}
}
