package batch

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestIDKey(t *testing.T) {
	for _, same := range [][]string{
		{"101", "00101", "101.0", "101.00", "101,0", "101٫0", "101.", " 101 ", "1 01", "\u00a0101", "101\u202f", "\ufeff101", "\u200e101", "'101", "’00101", "١٠١", "۱۰۱", "١٠١٫٠", "１０１", "\t101\r"},
		{"E1", "e1", " e1", "Ｅ1", "E\u00a01", "E\u200b1"},
		{"é-1", "É-1", "e\u0301-1"},
		{"0", "000", "0.0", "00"},
		{"100", "0100", "100.0", "١٠٠"},
		{"1000", "1 000", "1\u202f000"},
		{"زينة", " زينة ", "زينة\u200f"},
		{"A007.0", "a007.0"},
		{"", " ", "\u00a0", "\u200b", "'"},
	} {
		for _, id := range same {
			if IDKey(id) != IDKey(same[0]) {
				t.Errorf("%q has the key %q, and %q has %q", id, IDKey(id), same[0], IDKey(same[0]))
			}
		}
	}
	different := []string{"101", "1010", "1001", "11", "101.5", "101.05", "1.01", "E1", "E01", "E-1", "F1", "E11", "101A", "-101", "101-", "1..0", "0.5", "0", "", ".", "زينة", "1/2"}
	for i, a := range different {
		for _, b := range different[:i] {
			if IDKey(a) == IDKey(b) {
				t.Errorf("%q and %q have the key %q", a, b, IDKey(a))
			}
		}
	}
}

// Whatever a spreadsheet program does to a number, it stays the same id, and other
// numbers stay other ids. The key of a key is itself.
func TestIDKeyProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64().Draw(t, "n")
		plain := fmt.Sprint(n)
		respelt := strings.Repeat("0", rapid.IntRange(0, 5).Draw(t, "zeros")) + plain +
			rapid.SampledFrom([]string{"", ".0", ".00", ",0", " ", "\u00a0"}).Draw(t, "tail")
		if IDKey(respelt) != plain {
			t.Fatalf("%q has the key %q", respelt, IDKey(respelt))
		}
		if IDKey(fmt.Sprint(n+1)) == plain {
			t.Fatalf("%d has the key of %d", n+1, n)
		}
		id := rapid.StringMatching(`[ '0-9.,A-Za-zé٠-٩ا-ي/_-]{0,12}`).Draw(t, "id")
		if key := IDKey(id); IDKey(" "+id+"\u200f") != key || IDKey("'"+id) != key || IDKey(key) != key {
			t.Fatalf("%q has the key %q, and that %q", id, key, IDKey(key))
		}
		word := rapid.StringMatching(`[A-Za-zéÉ0-9-]{1,10}`).Draw(t, "word")
		if IDKey(strings.ToUpper(word)) != IDKey(strings.ToLower(word)) {
			t.Fatalf("%q has two keys", word)
		}
	})
}

func BenchmarkIDKey(b *testing.B) {
	for b.Loop() {
		IDKey("E-00101")
	}
}
