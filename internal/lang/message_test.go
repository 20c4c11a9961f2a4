package lang

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"
)

// moment is an error that has a message of its own.
type moment struct{ columns int }

func (m *moment) Error() string    { return m.Message().String() }
func (m *moment) Message() Message { return Msg("line %d has %d columns", 5, m.columns) }

// place is a value that says itself by a message.
type place struct{}

func (place) String() string   { return "no account" }
func (place) Message() Message { return Msg("no account") }

// code wraps an error and adds no word of its own, as an exit code does.
type code struct{ error }

func (c code) Unwrap() error { return c.error }

func TestMessages(t *testing.T) {
	p := spoken("ar", sample)
	rows := func(n int) Message { return Count(n, "%d row", "%d rows") }
	for _, c := range []struct {
		m               Message
		english, arabic string
	}{
		{Message{}, "", ""},
		{Msg("no account"), "no account", "no account (said)"},
		{Msg("what nobody translated: 100%%, %d", 7), "what nobody translated: 100%, 7", "what nobody translated: 100%, 7"},
		{Msg("line %d has %d columns", 5, 3), "line 5 has 3 columns", "3 columns are in line 5 (said)"},
		{Msg("%s not sent, %.1f%% of all", rows(7), 12.34), "7 rows not sent, 12.3% of all", "12,3% (said), not sent: few 7"},
		{Msg("%s not sent, %.1f%% of all", "7 rows", 12.34), "7 rows not sent, 12.3% of all", "12,3% (said), not sent: \u200e7 rows"}, // a value is nobody's English
		{Msg("%s not sent, %.1f%% of all", []Message{rows(1), rows(2), rows(3)}, 1.0), "1 row, 2 rows, 3 rows not sent, 1.0% of all", "1,0% (said), not sent: one، \u200ftwo، \u200ffew 3"},
		{Msg("the header %q comes twice", "no account"), `the header "no account" comes twice`, `twice (said): "no account"`},
		{Msg("[%-6s|%6s]", Title("state"), Title("%")), "[state |     %]", "[State (said)|     %]"},
		{Msg("%s: %d", place{}, 5), "no account: 5", "no account (said): 5"},
		{rows(0), "0 rows", "zero"},
		{rows(1), "1 row", "one"},
		{rows(2), "2 rows", "two"},
		{rows(7), "7 rows", "few 7"},
		{rows(11), "11 rows", "many 11"},
		{rows(100), "100 rows", "other 100"},
		{Count(1, "the row of %[2]s", "%d rows of %s", "A"), "the row of A", "1: A"},
		{Count(2, "the row of %[2]s", "%d rows of %s", "A"), "2 rows of A", "2: A"},
	} {
		if got := c.m.String(); got != c.english {
			t.Errorf("English: %q, want %q", got, c.english)
		}
		if got := fmt.Sprint(c.m); got != c.english {
			t.Errorf("fmt: %q, want %q", got, c.english)
		}
		if got := p.Say(c.m); got != c.arabic {
			t.Errorf("Arabic: %q, want %q", got, c.arabic)
		}
		if got := p.Sprintf("(%s)", c.m); got != "("+c.arabic+")" {
			t.Errorf("within Sprintf: %q, want %q", got, c.arabic)
		}
	}
	if !(Message{}).IsZero() || rows(0).IsZero() || Msg("no account").IsZero() {
		t.Error("which messages are none?")
	}
}

func TestErrors(t *testing.T) {
	p := spoken("ar", sample)
	narrow := Errorf("line %d has %d columns", 5, 3)
	read := Errorf("reading %s: %w", "a.csv", narrow)
	for _, c := range []struct {
		err             error
		english, arabic string
	}{
		{narrow, "line 5 has 3 columns", "3 columns are in line 5 (said)"},
		{read, "reading a.csv: line 5 has 3 columns", "a.csv could not be read: 3 columns are in line 5 (said) (said)"},
		{Errorf("reading %s: %w", "no account", errors.New("disk")), "reading no account: disk", "no account could not be read: disk (said)"},
		{Errorf("reading %s: %w", Msg("no account"), &moment{3}), "reading no account: line 5 has 3 columns", "no account (said) could not be read: 3 columns are in line 5 (said) (said)"},
		{code{read}, read.Error(), p.Error(read)},
		{code{code{&moment{4}}}, "line 5 has 4 columns", "4 columns are in line 5 (said)"},
		{errors.Join(narrow, Errorf("no account")), "line 5 has 3 columns\nno account", "3 columns are in line 5 (said)\nno account (said)"},
		{fmt.Errorf("reading %s: %w", "a.csv", narrow), read.Error(), read.Error()}, // its words are not ours
		{errors.New("the disk's own words"), "the disk's own words", "the disk's own words"},
		{nil, "", ""},
	} {
		if c.err != nil && c.err.Error() != c.english {
			t.Errorf("%q, want %q", c.err.Error(), c.english)
		}
		if got := (*Printer)(nil).Error(c.err); got != c.english {
			t.Errorf("English: %q, want %q", got, c.english)
		}
		if got := p.Error(c.err); got != c.arabic {
			t.Errorf("Arabic: %q, want %q", got, c.arabic)
		}
	}
}

// What Errorf wraps is found, also where it wraps several.
func TestErrorfWraps(t *testing.T) {
	cause := &moment{3}
	err := Errorf("%w and %w and %v", Errorf("reading %s: %w", "a", os.ErrNotExist), cause, fs.ErrClosed)
	if !errors.Is(err, os.ErrNotExist) || !errors.Is(err, cause) || errors.Is(err, fs.ErrClosed) {
		t.Errorf("%v wraps the wrong errors", err)
	}
	if got, ok := errors.AsType[*moment](err); !ok || got != cause {
		t.Errorf("%v is not found in %v", cause, err)
	}
	if errors.Is(Errorf("no account"), os.ErrNotExist) {
		t.Error("an error that wraps nothing wraps something")
	}
}

func TestVerbs(t *testing.T) {
	for _, c := range []struct {
		format string
		want   []verb
	}{
		{"none, 100%%, and %", nil},
		{"%d rows", []verb{{0, 2, 0, "%d"}}},
		{"%[2]s%%%6.2f %[1]d%s", []verb{{0, 5, 1, "%s"}, {7, 12, 2, "%6.2f"}, {13, 18, 0, "%d"}, {18, 20, 1, "%s"}}},
		{"%-[2]5q%+v", []verb{{0, 7, 1, "%-5q"}, {7, 10, 2, "%+v"}}},
	} {
		if got := verbsOf(c.format); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%q has %v, want %v", c.format, got, c.want)
		}
	}
}
