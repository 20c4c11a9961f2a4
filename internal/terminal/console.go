package terminal

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/rivo/uniseg"
	"golang.org/x/term"
)

// Console is a terminal that understands control sequences: what is written to it
// scrolls by, above a few live lines that are drawn again and again in one place.
// Its methods may be called from many goroutines.
type Console struct {
	to      io.Writer
	width   func() int // in columns, as of now
	colours bool
	live    bool // live lines are wanted
	reflows bool // lines that become too long when it is made narrower are broken, not cut

	mu    sync.Mutex
	lines []string // the live lines as they stand on the screen, each without its end
}

// NewConsole returns the terminal behind a stream; nil where there is none that
// understands more than lines.
func NewConsole(stream io.Writer, getenv func(string) string) *Console {
	if !Is(stream) || getenv("TERM") == "dumb" {
		return nil
	}
	f := stream.(*os.File)
	if !understands(f) {
		return nil
	}
	return &Console{
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

// FixedConsole returns a console that is always so many columns wide, has no colours
// and no live lines of its own.
func FixedConsole(to io.Writer, width int) *Console {
	return &Console{to: to, width: func() int { return width }}
}

// Write writes a text, whose lines are broken between words where they are too long,
// above the live lines. It must end with its line where there are any.
func (c *Console) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	text := Wrap(string(b), c.width())
	if len(c.lines) > 0 {
		text = c.erase() + text + strings.Join(c.lines, "\n")
	}
	_, err := io.WriteString(c.to, text)
	return len(b), err
}

// Onto returns the console for texts that reach it through another writer.
func (c *Console) Onto(to io.Writer) *Console {
	return &Console{to: to, width: c.width, colours: c.colours}
}

// Width returns how many columns the screen has now.
func (c *Console) Width() int { return c.width() }

// Draw puts live lines in the place of those that were there; none ends them.
// Each must be narrower than the screen.
func (c *Console) Draw(lines ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	text := c.erase() + strings.Join(lines, "\n")
	c.lines = lines
	_, _ = io.WriteString(c.to, text) // a screen that cannot be drawn on changes nothing
}

// erase is what takes the live lines off the screen and leaves the cursor where
// they began: the control functions are ECMA-48's CUU and ED.
func (c *Console) erase() string {
	if len(c.lines) == 0 {
		return ""
	}
	up, width := len(c.lines)-1, c.width()
	for _, line := range c.lines {
		if over := Columns(line) - 1; c.reflows && over > 0 {
			up += over / width
		}
	}
	if up == 0 {
		return "\r\x1b[J"
	}
	return fmt.Sprintf("\r\x1b[%dA\x1b[J", up)
}

// Colour is how a text is shown, as ECMA-48's SGR has it.
type Colour string

// The colours: of what a person should look at, and of a question.
const (
	Yellow Colour = "33"
	Bold   Colour = "1"
)

// Paint returns a text in a colour, if out is a console that wants colours.
func Paint(out io.Writer, colour Colour, text string) string {
	if c, ok := out.(*Console); !ok || !c.colours || text == "" {
		return text
	}
	return "\x1b[" + string(colour) + "m" + text + "\x1b[m"
}

// Columns returns how wide a text is on a screen.
func Columns(s string) int {
	return uniseg.StringWidth(Plain(s))
}

// Plain takes the colours off a text.
func Plain(s string) string {
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

// Clip returns as much of a text as fits, and a mark where something is missing.
func Clip(s string, width int) string {
	if Columns(s) <= width {
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
