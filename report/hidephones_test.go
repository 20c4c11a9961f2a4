package report_test

import (
	"strings"
	"testing"

	"flexybatch/report"
)

func TestHidePhones(t *testing.T) {
	for text, want := range map[string]string{
		"0550123456":                      "0550•••456",
		"550123456":                       "550•••456",
		"+213 550 12 34 56":               "+213 550 •• •4 56",
		"00213550123456":                  "00213550•••456",
		"0 5 5 0 1 2 3 4 5 6":             "0 5 5 0 • • • 4 5 6",
		"05.50.12.34.56":                  "05.50.••.•4.56",
		"٠٥٥٠١٢٣٤٥٦":                      "٠٥٥٠•••٤٥٦",
		"Ali 0550123456, Omar 0661234567": "Ali 0550•••456, Omar 0661•••567",
		"5 0661234567":                    "5 0661•••567",
		"550 000 000,00":                  "550 000 000,00",
		"1 550 000 000,00 DA":             "1 550 000 000,00 DA",
		"32,337.57":                       "32,337.57",
		"2026-11-30T08:09:10Z":            "2026-11-30T08:09:10Z",
		"payroll-7k5qz2a6b7":              "payroll-7k5qz2a6b7",
		"20 rows":                         "20 rows",
		strings.Repeat("6", 64):           strings.Repeat("6", 64),
		"":                                "",
	} {
		if got := report.HidePhones(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
