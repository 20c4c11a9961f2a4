package lang

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// Formats are found where messages are made of them, be they a single word, and a
// pair of formats is one message.
func TestFormatsAreFound(t *testing.T) {
	const source = `package p
func f(n int) {
	lang.Msg("one"); lang.Msg("%s: %d", "x", 1)
	lang.Errorf("two %w", lang.Count(n, "three", "%d fours of %s", lang.Msg("five")))
	lang.Count(n, "a six", "%d sevens", n)
	lang.Title("eight")
	other.Count(n, "nine", "ten")
}`
	file := filepath.Join(t.TempDir(), "p.go")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	w := &words{seen: map[key]bool{}}
	if err := w.file(file, "p.go"); err != nil {
		t.Fatal(err)
	}
	want := []word{{key{"", "one"}, "", "p.go"}, {key{"", "two %w"}, "", "p.go"}, {key{"", "three"}, "%d fours of %s", "p.go"}, {key{"", "five"}, "", "p.go"},
		{key{"", "a six"}, "%d sevens", "p.go"}, {key{titles, "eight"}, "", "p.go"}}
	if !reflect.DeepEqual(w.list, want) {
		t.Errorf("it found %v, want %v", w.list, want)
	}
	if len(w.parts) != 1 { // "%d sevens" is given two values
		t.Errorf("it complained of %q", w.parts)
	}
}
