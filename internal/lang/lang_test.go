package lang

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/leonelquinteros/gotext"
)

const sample = `
msgid ""
msgstr ""
"Language: ar\n"
"Plural-Forms: nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);\n"

msgid "line %d has %d columns"
msgstr "%[2]d columns are in line %[1]d (said)"

msgid "reading %s: %w"
msgstr "%[1]s could not be read: %[2]s (said)"

msgid "%d row"
msgid_plural "%d rows"
msgstr[0] "zero"
msgstr[1] "one"
msgstr[2] "two"
msgstr[3] "few %d"
msgstr[4] "many %d"
msgstr[5] "other %d"

msgid "the row of %[2]s"
msgid_plural "%d rows of %s"
msgstr[0] "0: %[2]s"
msgstr[1] "1: %[2]s"
msgstr[2] "2: %[2]s"
msgstr[3] "%d: %s"
msgstr[4] "%d: %s"
msgstr[5] "%d: %s"

msgid "%s not sent, %.1f%% of all"
msgstr "%[2]s%% (said), not sent: %[1]s"

msgid "the header %q comes twice"
msgstr "twice (said): %q"

msgid "no account"
msgstr "no account (said)"

msgid "100%% sure"
msgstr "sure (said), 100%%"

msgctxt "title"
msgid "state"
msgstr "State (said)"
`

// spoken is a printer with a catalogue of its own.
func spoken(language, text string) *Printer {
	return &Printer{language, sync.OnceValue(func() *gotext.Po { return parse([]byte(text)) })}
}

func TestPrinter(t *testing.T) {
	p := spoken("ar", sample)
	for _, c := range []struct{ got, want string }{
		{p.Sprintf("line %d has %d columns", 5, 3), "3 columns are in line 5 (said)"},
		{p.Sprintf("reading %s: %w", "a.csv", errors.New("disk")), "a.csv could not be read: disk (said)"},
		{p.Sprintf("reading %s: %w", "no account", errors.New("no account")), "no account could not be read: no account (said)"}, // values are nobody's English
		{p.Sprintf("%s not sent, %.1f%% of all", Count(7, "%d row", "%d rows"), 12.34), "12,3% (said), not sent: few 7"},
		{p.Sprintf("100%% sure"), "sure (said), 100%"},
		{p.Sprintf("what nobody knows: at all; 100%%"), "what nobody knows: at all; 100%"},
		{p.Title("state"), "State (said)"},
		{p.Sprintf("state"), "state"}, // which is a title only
		{p.Title("other"), "other"},
		{p.Title("100%"), "100%"},
		{p.Sprintf(""), ""},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	var b strings.Builder
	if n, err := p.Fprintf(&b, "no account"); err != nil || n != b.Len() || b.String() != "no account (said)" {
		t.Errorf("it wrote %q (%d, %v)", b.String(), n, err)
	}
}

// A nil Printer is English: what it says is what fmt says.
func TestEnglish(t *testing.T) {
	p, err := New("en")
	if err != nil {
		t.Fatal(err)
	}
	cause := errors.New("disk")
	for _, c := range []struct{ got, want string }{
		{p.Sprintf("reading %q, %d%%: %w", "a", 7, cause), "reading \"a\", 7%: disk"},
		{p.Say(Count(1, "%d row", "%d rows")), "1 row"},
		{p.Say(Count(0, "%d row", "%d rows")), "0 rows"},
		{p.Say(Count(2, "%d row of %s", "%d rows of %s", "x")), "2 rows of x"},
		{p.Title("state"), "state"},
		{p.Language(), "en"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	if p.RightToLeft() {
		t.Error("English runs from right to left")
	}
	if _, err := New("de"); err == nil {
		t.Error("German has no catalogue and no error")
	}
}
