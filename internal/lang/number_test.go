package lang

import (
	"math"
	"strings"
	"testing"
	"time"
)

type amount struct {
	centimes int64
	decimals int
}

func (a amount) Money() (int64, int) { return a.centimes, a.decimals }

// Numbers, amounts and times are written as each language writes them; a number that
// is a name stands as it is.
func TestValues(t *testing.T) {
	at := time.Date(2026, 11, 29, 14, 5, 7, 80e6, time.Local)
	dinars := func(n int64) amount { return amount{n * 100, 0} }
	for _, c := range []struct {
		m       Message
		en, fr  string
		ar      string // as French, where it is empty
		because string
	}{
		{m: Msg("%v", amount{3372376, 2}), en: "33,723.76", fr: "33\u202f723,76"},
		{m: Msg("%v", amount{100000, 2}), en: "1,000.00", fr: "1\u202f000,00"},
		{m: Msg("%v", amount{5, 2}), en: "0.05", fr: "0,05"},
		{m: Msg("%v", amount{-5, 2}), en: "-0.05", fr: "-0,05"},
		{m: Msg("%v", amount{-123456789, 2}), en: "-1,234,567.89", fr: "-1\u202f234\u202f567,89"},
		{m: Msg("%v", amount{math.MinInt64, 2}), en: "-92,233,720,368,547,758.08", fr: "-92\u202f233\u202f720\u202f368\u202f547\u202f758,08"},
		{m: Msg("%d", dinars(500)), en: "500", fr: "500"},
		{m: Msg("%d", dinars(1500)), en: "1500", fr: "1\u202f500", because: "1,500 is one and a half to a French reader"},
		{m: Msg("%v", dinars(9999)), en: "9999", fr: "9\u202f999"},
		{m: Msg("%v", dinars(10000)), en: "10000", fr: "10\u202f000"},
		{m: Msg("%v", dinars(1000000)), en: "1,000,000", fr: "1\u202f000\u202f000"},
		{m: Msg("%v", dinars(-10000)), en: "-10000", fr: "-10\u202f000"},
		{m: Msg("[%12v|%-12d|%2v]", dinars(12500), dinars(12500), dinars(12500)), en: "[       12500|12500       |12500]", fr: "[      12\u202f500|12\u202f500      |12\u202f500]"},
		{m: Dinars(amount{213475, 2}), en: "2,134.75 DA", fr: "2\u202f134,75\u00a0DA", ar: "2\u202f134,75\u00a0د.ج"},
		{m: Number(1234567), en: "1,234,567", fr: "1\u202f234\u202f567"},
		{m: Number(-1000), en: "-1,000", fr: "-1\u202f000"},
		{m: Msg("%d", 1234567), en: "1234567", fr: "1234567", because: "it may be the number of a row"},
		{m: Count(1000, "%d", "%7d of row %d", 2026), en: "  1,000 of row 2026", fr: "  1\u202f000 of row 2026"},
		{m: Msg("%.1f%%", 12.34), en: "12.3%", fr: "12,3%"},
		{m: Msg("[%7.1f|%.0f]", 1234.56, 12000.0), en: "[ 1,234.6|12,000]", fr: "[ 1\u202f234,6|12\u202f000]"},
		{m: Msg("%7s", Decimal("0.9925")), en: " 0.9925", fr: " 0,9925"},
		{m: Msg("%s", at), en: "2026-11-29 14:05", fr: "29/11/2026 14:05"},
		{m: Msg("%s", Day(at)), en: "2026-11-29", fr: "29/11/2026"},
		{m: Msg("%s", Clock(at)), en: "14:05", fr: "14:05"},
		{m: Msg("%s", Exact(at)), en: "2026-11-29 14:05:07.080", fr: "29/11/2026 14:05:07,080"},
		{m: Msg("%s", UTC(time.Date(2026, 11, 29, 14, 5, 0, 0, time.FixedZone("CET", 3600)))), en: "2026-11-29 13:05 UTC", fr: "29/11/2026 13:05 UTC"},
		{m: Msg("%s", time.Duration(0)), en: "0 seconds", fr: "0 seconde", ar: "0 ثانية"},
		{m: Msg("%s", 250*time.Millisecond), en: "250 milliseconds", fr: "250 millisecondes", ar: "250 ملي ثانية"},
		{m: Msg("%s", 4240*time.Millisecond), en: "4.2 s", fr: "4,2\u00a0s", ar: "4,2\u00a0ث"},
		{m: Msg("%s", 4960*time.Millisecond), en: "5 seconds", fr: "5 secondes", ar: "5 ثوان"},
		{m: Msg("%s", 3*time.Minute), en: "3 minutes", fr: "3 minutes", ar: "3 دقائق"},
		{m: Msg("%s", time.Minute+time.Second), en: "1 minute, 1 second", fr: "1 minute, 1 seconde", ar: "دقيقة واحدة، ثانية واحدة"},
		{m: Msg("%s", 2*time.Hour+5*time.Minute+3*time.Second), en: "2 hours, 5 minutes", fr: "2 heures, 5 minutes", ar: "ساعتان، 5 دقائق"},
		{m: Msg("%s", 24*time.Hour), en: "24 hours", fr: "24 heures", ar: "24 ساعة"},
		{m: Msg("%s", 72*time.Hour+20*time.Minute), en: "3 days", fr: "3 jours", ar: "3 أيام"},
		{m: Msg("%s", -50*time.Hour), en: "2 days, 2 hours", fr: "2 jours, 2 heures", ar: "يومان، ساعتان"},
	} {
		if c.ar == "" {
			c.ar = c.fr
		}
		for language, want := range map[string]string{"en": c.en, "fr": c.fr, "ar": c.ar} {
			p, err := New(language)
			if err != nil {
				t.Fatal(err)
			}
			if language == "ar" && strings.HasPrefix(want, "-") && c.m.plural == "" {
				want = leftToRight + want
			}
			if got := p.Say(c.m); got != want {
				t.Errorf("%s: %q, want %q %s", language, got, want, c.because)
			}
		}
	}
}

// Each number has the form of its kind (CLDR 48).
func TestPlurals(t *testing.T) {
	for language, kinds := range map[string][][]int{
		"fr": {
			{0, 1},
			{1_000_000, 2_000_000, 7_000_000, 1_000_000_000},
			{2, 3, 11, 16, 100, 1000, 10_000, 100_000, 999_999, 1_000_001, 1_500_000},
		},
		"ar": {
			{0},
			{1},
			{2},
			{3, 4, 9, 10, 103, 110, 1003, 1_000_010},
			{11, 12, 26, 99, 111, 199, 1011, 1_000_099},
			{100, 101, 102, 200, 202, 1000, 10_000, 1_000_000, 1_000_002},
		},
	} {
		text, err := catalogues.ReadFile(language + ".po")
		if err != nil {
			t.Fatal(err)
		}
		forms := "\nmsgid \"a\"\nmsgid_plural \"b\"\n"
		for i := range kinds {
			forms += "msgstr[" + string(rune('0'+i)) + "] \"" + string(rune('0'+i)) + "\"\n"
		}
		p := spoken(language, string(text)+forms)
		for kind, numbers := range kinds {
			for _, n := range numbers {
				if got, want := p.Say(Count(n, "a", "b")), string(rune('0'+kind)); got != want {
					t.Errorf("%s: %d has the form %s, want %s", language, n, got, want)
				}
			}
		}
	}
}
