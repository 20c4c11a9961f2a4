package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/rivo/uniseg"
	"golang.org/x/term"
)

// console is a terminal: what is said scrolls by, above a few live lines that
// are drawn again and again in one place. Its methods may be called from many
// goroutines.
type console struct {
	to      io.Writer
	width   func() int // in columns, as of now
	colours bool
	live    bool // live lines are wanted
	reflows bool // lines that become too long when it is made narrower are broken, not cut

	mu    sync.Mutex
	lines []string // the live lines as they stand on the screen, each without its end
}

// newConsole is the terminal behind a stream; nil where there is none that
// understands more than lines.
func newConsole(stream io.Writer, getenv func(string) string) *console {
	if !terminal(stream) || getenv("TERM") == "dumb" {
		return nil
	}
	f := stream.(*os.File)
	if !understands(f) {
		return nil
	}
	return &console{
		to: f,
		width: func() int {
			width, _, err := term.GetSize(int(f.Fd()))
			if err != nil || width <= 0 {
				return 80
			}
			return width
		},
		colours: getenv("NO_COLOR") == "", // https://no-color.org
		live:    getenv("CI") == "",       // what every CI service sets: its log keeps each drawing
		// xterm, the Linux console and GNU screen cut; all others that are met today break.
		reflows: getenv("XTERM_VERSION") == "" && getenv("TERM") != "linux" && getenv("STY") == "",
	}
}

// Write says something above the live lines. It must end with its line where
// there are any.
func (c *console) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.lines) == 0 {
		return c.to.Write(b)
	}
	_, err := io.WriteString(c.to, c.erase()+string(b)+strings.Join(c.lines, "\n"))
	return len(b), err
}

// draw puts live lines in the place of those that were there; none ends them.
// Each must be narrower than the screen.
func (c *console) draw(lines ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	text := c.erase() + strings.Join(lines, "\n")
	c.lines = lines
	_, _ = io.WriteString(c.to, text) // a screen that cannot be drawn on changes nothing
}

// erase takes the live lines off the screen and leaves the cursor where they
// began: the control functions are ECMA-48's CUU and ED.
func (c *console) erase() string {
	if len(c.lines) == 0 {
		return ""
	}
	up, width := len(c.lines)-1, c.width()
	for _, line := range c.lines {
		if over := columns(line) - 1; c.reflows && over > 0 {
			up += over / width
		}
	}
	if up == 0 {
		return "\r\x1b[J"
	}
	return fmt.Sprintf("\r\x1b[%dA\x1b[J", up)
}

// The colours, as ECMA-48's SGR has them.
const (
	yellow = "33"
	bold   = "1"
)

// painted is a text in a colour, where colours are wanted.
func (w world) painted(colour, text string) string {
	if c, ok := w.stderr.(*console); !ok || !c.colours || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[m"
}

// columns is how wide a text is on a screen.
func columns(s string) int {
	return uniseg.StringWidth(unpainted(s))
}

// unpainted takes the colours off a text.
func unpainted(s string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "\x1b[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		_, s, _ = strings.Cut(after, "m")
	}
}

// clipped is as much of a text as fits, and a mark where something is missing.
func clipped(s string, width int) string {
	if columns(s) <= width {
		return s
	}
	var b strings.Builder
	room := width - 1
	for g := uniseg.NewGraphemes(s); g.Next(); {
		if room -= g.Width(); room < 0 {
			break
		}
		b.WriteString(g.Str())
	}
	if width > 0 {
		b.WriteString("…")
	}
	return b.String()
}
