package ingest

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"flexybatch/batch"
)

func TestAmount(t *testing.T) {
	const f, r = batch.AmountFormat, batch.AmountRange
	for text, want := range map[string]any{
		"500": 500, "0500": 500, "500 ": 500, "1 500": 1500, "1\u00a0500": 1500, "1\u202f500": 1500, "1'500": 1500, "1’500": 1500,
		"1.500,00": 1500, "1,500.00": 1500, "1 500,00": 1500, "1500,0": 1500, "1500.00": 1500, "1.500.000": 1_500_000, "1,500,000": 1_500_000,
		"500 DA": 500, "500DA": 500, "500 da": 500, "500,00 DZD": 500, "500 د.ج": 500, "500 د.ج.\u200f": 500, "DZD 500": 500, "500 Dinars": 500, "دج 500": 500, "500 د ج": 500,
		"٥٠٠": 500, "٥٠٠ د.ج": 500, "١٬٥٠٠": 1500, "٥٠٠٫٠٠": 500, "۵۰۰": 500, "５００": 500, "\u200f500\u200e": 500, "\u202b500\u202c": 500,
		"1.500": f, "1,500": f, "12.500": f, "150.000": f, "1.000": f, "1,500.000": f, "1 500,000": f,
		"500,50": f, "0.5": f, "0,500": f, "500.5 DA": f, "1.5": f,
		"": f, "abc": f, "500 EUR": f, "500-600": f, "5OO": f, "500 500 50": f, "1 50": f, "1..500": f, ".5": f, "5.": f, "1,50,000": f, "1.500,000.00": f,
		"1e3": f, "1E+03": f, "0x10": f, "1_000": f, "+500": f, "(500)": f, "01/02/2026": f, "500¹": f, "5²": f, "①00": f, "½": f, "500½": f, "5𝟬0": 500, "⒈500": f, "=500": f, "--": f, "-": f, "−": f,
		"0": r, "0,00": r, "-500": r, "−500": r, "500-": r, "10000001": r, "0550123456": r, "99999999999999999999": r,
	} {
		n, bad := parseAmount(text)
		switch want := want.(type) {
		case int:
			if bad != nil || n != batch.Dinars(want) {
				t.Errorf("%q is %d, %v; want %d", text, n, bad, want)
			}
		case batch.Code:
			if bad == nil || bad.code != want || bad.message.IsZero() {
				t.Errorf("%q is %d, %v; want %s", text, n, bad, want)
			}
		}
	}
	if _, bad := parseAmount("1.500"); !strings.Contains(bad.message.String(), "1500 dinars or as 1.500") {
		t.Errorf("the question is not spelled out: %s", bad.message)
	}
}

// Every certain way of writing an amount is read as that amount.
func TestAmountSpellings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, int64(batch.MaxDinars)).Draw(t, "amount")
		group := rapid.SampledFrom([]string{"", " ", "\u00a0", "\u202f", "'", ".", ","}).Draw(t, "group")
		point := rapid.SampledFrom([]string{"", ".0", ",0", ".00", ",00"}).Draw(t, "point")
		unit := rapid.SampledFrom([]string{"", " DA", "DZD", " د.ج"}).Draw(t, "unit")
		if group != "" && strings.HasPrefix(point, group) || point == "" && (group == "." || group == ",") && n < 1_000_000 {
			t.Skip("one sign for two things, or a doubtful one")
		}
		s := grouped(n, group) + point + unit
		if got, bad := parseAmount(s); bad != nil || got != batch.Dinars(n) {
			t.Fatalf("%q is %d, %v; want %d", s, got, bad, n)
		}
	})
}

func grouped(n int64, group string) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + group + s[i:]
	}
	return s
}

func FuzzAmount(f *testing.F) {
	for _, s := range []string{"500", "1 500,00 DA", "1.500", "٥٠٠ د.ج", "-5", "1,500,000.00", "\u200f12\u200e", "9999999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, bad := parseAmount(s)
		if bad == nil && (n <= 0 || n > batch.MaxDinars) || bad != nil && (bad.message.IsZero() || n != 0) {
			t.Fatalf("%q is %d, %v", s, n, bad)
		}
		if bad != nil {
			return
		}
		// What is read is what the digits say, in order, less the centimes.
		var digits strings.Builder
		for _, r := range normalised(s) {
			if '0' <= r && r <= '9' {
				digits.WriteRune(r)
			}
		}
		if want := strconv.FormatInt(int64(n), 10); !strings.HasPrefix(strings.TrimLeft(digits.String(), "0"), want) {
			t.Fatalf("%q is %d", s, n)
		}
	})
}

// parseAmount reads an amount as a row's is read.
func parseAmount(text string) (batch.Dinars, *badAmount) { return payable(readAmount(text)) }
