package batch_test

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"flexybatch/batch"
)

func TestRepairPhone(t *testing.T) {
	for written, want := range map[string]batch.Phone{
		"0550000001":              "0550000001",
		"550000001":               "0550000001",
		"+213550000001":           "0550000001",
		"+213 (0) 550 00 00 01":   "0550000001",
		"00213660000002":          "0660000002",
		"213770000003":            "0770000003",
		"05 50 00 00 01":          "0550000001",
		"05.50-00/00.01":          "0550000001",
		"\u200f0550000001\u200e":  "0550000001",
		"٠٥٥٠٠٠٠٠٠١":              "0550000001",
		"۰۷۷۰۰۰۰۰۰۳":              "0770000003",
		"'0550000001":             "0550000001",
		"0550\u00a0000\u202f001":  "0550000001",
		`="0550000001"`:           "0550000001",
		`="550000001"`:            "0550000001",
		`="0550000001`:            "",
		`"0550000001"`:            "",
		"0450000001":              "",
		"+33612345678":            "",
		"05500000011":             "",
		"055000000":               "",
		"0550000001 / 0660000002": "",
		"phone":                   "",
		"550123456.0":             "0550123456", // a number cell, as text
		"550123456,00":            "0550123456",
		"0550123456.0":            "0550123456",
		"213550123456.0":          "0550123456",
		"2130550123456":           "0550123456",
		"+2130550123456":          "0550123456",
		"+213(0)550123456":        "0550123456",
		"(0550) 12 34 56":         "0550123456",
		"+213 5 50 12 34 56":      "0550123456",
		"0 550 12 34 56":          "0550123456",
		"00 213 550 12 34 56":     "0550123456",
		"(+213) 550-123-456":      "0550123456",
		"550.123.456":             "0550123456",
		"0550.123456":             "0550123456",
		"0550/12.34.56":           "0550123456",
		"55012345.0":              "", // once 0550123450
		"55012345,0":              "",
		"55012345/0":              "",
		"55012345-0":              "",
		"55012345 0":              "",
		"5501234.00":              "",
		"5501234/00":              "",
		"5501234-00":              "",
		"550123456.5":             "",
		"550.123456":              "", // may be a number with decimals
		"055012345.6":             "",
		"05501234.56":             "",
		"05501234-56":             "",
		"055012345/6":             "",
		"0550 12 34 5 6":          "",
		"0550 12 34 / 56":         "", // the end of another one
		"0550123456-0":            "",
		"21355012345.0":           "",
		"213 55012345 0":          "",
		"5 50 12 34 56":           "",
		"0550--12--34--56":        "",
		"0550123456.":             "",
		"":                        "",
		"+":                       "",
		"5.5e8":                   "",
		"0550000001+":             "",
		"21355000000":             "",
		"077000000¹":              "", // the mark of a footnote
		"0770000001²":             "",
		"⑦70000001":               "",
	} {
		got, ok := batch.RepairPhone(written)
		if ok != (want != "") || ok && got != want {
			t.Errorf("RepairPhone(%q) = %q, %v, want %q", written, got, ok, want)
		}
	}
}

// Unicode's own decompositions say for some digits which ASCII digit they stand for.
func TestDigit(t *testing.T) {
	told := 0
	for _, block := range unicode.Nd.R32 {
		for r := rune(block.Lo); r <= rune(block.Hi); r++ {
			plain := norm.NFKC.String(string(r))
			if len(plain) != 1 {
				continue
			}
			told++
			if got, ok := batch.Digit(r); !ok || '0'+got != plain[0] {
				t.Errorf("%q (%U) is %d, want %s", r, r, got, plain)
			}
		}
	}
	if told < 50 {
		t.Errorf("%d digits were looked at", told)
	}
	for r, want := range map[rune]byte{'0': 0, '9': 9, '٥': 5, '۵': 5, '０': 0, '９': 9, '๙': 9} {
		if got, ok := batch.Digit(r); !ok || got != want {
			t.Errorf("%q is %d, want %d", r, got, want)
		}
	}
	for _, r := range "a¹½①Ⅷ五" {
		if got, ok := batch.Digit(r); ok {
			t.Errorf("%q is %d, want no digit", r, got)
		}
	}
}

func FuzzRepairPhone(f *testing.F) {
	for _, s := range []string{"0550000001", "+213550000001", "٠٥٥٠٠٠٠٠٠١", "05 50", "𝟘𝟝"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, ok := batch.RepairPhone(s)
		if !ok {
			return
		}
		if _, err := batch.ParsePhone(string(p)); err != nil {
			t.Fatalf("%q was repaired to %q", s, p)
		}
		if again, ok := batch.RepairPhone(string(p)); !ok || again != p {
			t.Fatalf("repairing %q again gave %q", p, again)
		}
		if p.Operator() == "" {
			t.Fatalf("%q has no operator", p)
		}
	})
}

// What is repaired is what a person would dial: however a phone is written by the
// grammar of RepairPhone, it is that phone; and what is written with a digit too
// few is none, whatever stands behind it.
func TestRepairUsesOnlyWhatIsDialled(t *testing.T) {
	groupings := [][]int{{9}, {3, 6}, {3, 3, 3}, {3, 2, 2, 2}, {1, 8}, {1, 2, 2, 2, 2}, {2, 7}, {3, 2, 4}}
	rapid.Check(t, func(t *rapid.T) {
		national := rapid.StringMatching(`[567][0-9]{8}`).Draw(t, "national")
		prefix := rapid.SampledFrom([]string{"0", "+213", "00213", "+213 ", "+213 (0)", "00213 0", "(+213) ", "213"}).Draw(t, "prefix")
		sizes := rapid.SampledFrom(groupings).Draw(t, "groups")
		if prefix == "213" {
			sizes = groupings[0]
		}
		separator := rapid.SampledFrom([]string{" ", ".", "-", "\u00a0", " - "}).Draw(t, "separator")
		group := func(digits string) string {
			var parts []string
			for _, n := range sizes {
				n = min(n, len(digits))
				parts, digits = append(parts, digits[:n]), digits[n:]
			}
			return prefix + strings.Join(parts, separator) + digits
		}
		mark := rapid.SampledFrom([]string{"", "\u200f", "'", " "}).Draw(t, "mark")
		if p, ok := batch.RepairPhone(mark + group(national)); !ok || string(p) != "0"+national {
			t.Fatalf("%q is %q, %v; want 0%s", mark+group(national), p, ok, national)
		}
		short := national[:8]
		tail := rapid.SampledFrom([]string{".0", ",0", "-0", "/0", " 0", ".00", "/1", " (0)", ".5", "-1"}).Draw(t, "tail")
		for _, written := range []string{prefix + short + tail, group(short) + tail, short + tail, "0" + short + tail} {
			if p, ok := batch.RepairPhone(written); ok {
				t.Fatalf("%q has eight digits and is taken for %s", written, p)
			}
		}
		for _, behind := range []string{"1", " 2", "/3", "-4", ".5"} {
			if p, ok := batch.RepairPhone("0" + national + behind); ok {
				t.Fatalf("%q is taken for %s", "0"+national+behind, p)
			}
		}
	})
}
