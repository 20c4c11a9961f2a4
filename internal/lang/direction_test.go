package lang

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/bidi"
)

// oneRun tells whether a text is shown from left to right, in one piece, where it stands
// in an Arabic sentence.
func oneRun(t *testing.T, sentence, text string) bool {
	t.Helper()
	var p bidi.Paragraph
	if _, err := p.SetString(sentence, bidi.DefaultDirection(bidi.RightToLeft)); err != nil {
		t.Fatal(err)
	}
	order, err := p.Order()
	if err != nil {
		t.Fatal(err)
	}
	for i := range order.NumRuns() {
		if run := order.Run(i); strings.Contains(run.String(), text) {
			return run.Direction() == bidi.LeftToRight
		}
	}
	return false
}

// What is somebody else's is shown in its own order in an Arabic sentence, and no mark
// is there without need.
func TestDirection(t *testing.T) {
	p, err := New("ar")
	if err != nil {
		t.Fatal(err)
	}
	const before, behind = "الملف ", " موجود"
	for text, marks := range map[string]string{
		"paie.csv":                  "",
		"paie-2026-11.results.xlsx": "",
		"C:\\Users\\Amel\\paie.csv": "",
		"paie-abcdefghij2345":       "",
		"0550123456":                "",
		"2026":                      "",
		"127.0.0.1:8080":            "",
		"+213550123456":             "before",
		"0550 12 34 56":             "before",
		"2026-11-29":                "before",
		"2026-11-paie.csv":          "before",
		"/home/amel/paie.csv":       "before",
		"--fix-phones":              "before",
		"-500":                      "before",
		"paie (2)":                  "",
		"Amel (E1)":                 "",
		"copy of payroll/":          "behind",
		"../":                       "both",
		"3G":                        "",
		"رواتب":                     "none, since it is Arabic",
		"رواتب 2026.csv":            "none, since it is Arabic",
		"connect: connection (!)":   "",
	} {
		said := p.Say(Msg("%s", text))
		want := map[string]string{"before": leftToRight + text, "behind": text + leftToRight, "both": leftToRight + text + leftToRight}[marks]
		if want == "" {
			want = text
		}
		if said != want {
			t.Errorf("%q is said %q, want %q", text, said, want)
		}
		if strings.HasPrefix(marks, "none") {
			continue
		}
		if strings.HasSuffix(text, ")") {
			continue // the library does not pair brackets
		}
		if !oneRun(t, before+said+behind, text) {
			t.Errorf("%q does not keep its order", said)
		}
		if marks != "" && oneRun(t, before+text+behind, text) {
			t.Errorf("%q needs no mark", text)
		}
		if got := (*Printer)(nil).Say(Msg("%s", text)); got != text {
			t.Errorf("English: %q, want %q", got, text)
		}
	}
}

// A command may be copied from the screen: it has its mark in front of it, and none within.
func TestCommandsHaveNoMarks(t *testing.T) {
	p := spoken("ar", sample+`
msgid "look: flexybatch validate %s"
msgstr "انظر %[1]s بالأمر: `+"\u200e"+`flexybatch validate %[1]s؛ أو %[1]s"
`)
	const file = "/home/amel/paie/"
	want := "انظر \u200e" + file + "\u200e بالأمر: \u200eflexybatch validate " + file + "؛ أو \u200e" + file + "\u200e"
	if got := p.Say(Msg("look: flexybatch validate %s", file)); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
