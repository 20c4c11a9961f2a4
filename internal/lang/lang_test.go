package lang

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
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
	return &Printer{language, sync.OnceValue(func() *catalogue { return parse([]byte(text)) })}
}

func TestPrinter(t *testing.T) {
	p := spoken("ar", sample)
	wrapped := fmt.Errorf("reading %s: %w", "a.csv", fmt.Errorf("line %d has %d columns", 5, 3))
	for _, c := range []struct{ got, want string }{
		{p.Sprintf("line %d has %d columns", 5, 3), "3 columns are in line 5 (said)"},
		{p.Text("line 5 has 3 columns"), "3 columns are in line 5 (said)"},
		{p.Text("x.csv: sheet 2: line 5 has 3 columns"), "x.csv: sheet 2: 3 columns are in line 5 (said)"},
		{p.Text(wrapped.Error()), "a.csv could not be read: 3 columns are in line 5 (said) (said)"},
		{p.Sprintf("reading %s: %w", "a.csv", errors.New("disk")), "a.csv could not be read: disk (said)"},
		{p.N(0, "%d row", "%d rows"), "zero"},
		{p.N(1, "%d row", "%d rows"), "one"},
		{p.N(2, "%d row", "%d rows"), "two"},
		{p.N(7, "%d row", "%d rows"), "few 7"},
		{p.N(11, "%d row", "%d rows"), "many 11"},
		{p.N(100, "%d row", "%d rows"), "other 100"},
		{p.Text("12 rows"), "many 12"},
		{p.Text("1 row"), "one"},
		{p.Text("1 row, 3 rows; no account\nno account"), "one, few 3; no account (said)\nno account (said)"},
		{p.Text("the header \"no account\" comes twice"), "twice (said): \"no account\""}, // what is quoted is the user's
		{p.Sprintf("%s not sent, %.1f%% of all", "7 rows", 12.34), "12,3% (said), not sent: few 7"},
		{p.Title("state"), "State (said)"},
		{p.Text("state"), "state"}, // a word of the user's own
		{p.Title("other"), "other"},
		{p.Text("what nobody knows: at all; 100%"), "what nobody knows: at all; 100%"},
		{p.Text("a.csv: 100% sure"), "a.csv: sure (said), 100%"},
		{p.Text(""), ""},
		{p.Text(strings.Repeat("a: b; ", 2000)), strings.Repeat("a: b; ", 2000)}, // in time
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
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
		{p.N(1, "%d row", "%d rows"), "1 row"},
		{p.N(0, "%d row", "%d rows"), "0 rows"},
		{p.N(2, "%d row of %s", "%d rows of %s", "x"), "2 rows of x"},
		{p.Text("as it is"), "as it is"},
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
