package batch_test

import (
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

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
