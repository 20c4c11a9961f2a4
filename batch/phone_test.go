package batch_test

import (
	"testing"

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
	} {
		got, ok := batch.RepairPhone(written)
		if ok != (want != "") || ok && got != want {
			t.Errorf("RepairPhone(%q) = %q, %v, want %q", written, got, ok, want)
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
