package terminal

import (
	"strings"
	"testing"
	"testing/quick"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"short\n", "short\n"},
		{"a line that is a little too long\n", "a line that is a\n  little too long\n"},
		{"  indented, and too long for it\n", "  indented, and too\n    long for it\n"},
		{"all of it: flexybatch validate 'a b.csv'\n", "all of it:\n  flexybatch validate 'a b.csv'\n"},
		{"Send 12 rows for 100 DA? [y/N] ", "Send 12 rows for 100\n  DA? [y/N] "},
		{"averyverylongwordthatfitsnowhere and more", "averyverylongwordthatfitsnowhere\n  and more"},
		{"\x1b[33mpainted words take no room\x1b[m\n", "\x1b[33mpainted words take\n  no room\x1b[m\n"},
	} {
		if got := Wrap(c.text, 20); got != c.want {
			t.Errorf("%q becomes %q, want %q", c.text, got, c.want)
		}
	}
}

// Whatever is wrapped, nothing of it is lost, and no line is wider than the screen but
// where it is one word.
func TestWrapLosesNothing(t *testing.T) {
	err := quick.Check(func(words []string, width uint8) bool {
		text := strings.ReplaceAll(strings.Join(words, " "), "\n", "")
		wrapped := Wrap(text, int(width))
		return strings.Join(strings.Fields(wrapped), " ") == strings.Join(strings.Fields(text), " ")
	}, nil)
	if err != nil {
		t.Error(err)
	}
}
