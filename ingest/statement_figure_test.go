package ingest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flexybatch/batch"
)

// What a figure says in a statement of its own. An empty want is no amount, or a
// doubtful one.
func TestStatementFigures(t *testing.T) {
	for text, want := range map[string]string{
		"(980,00)":              "-980.00",
		"980,00-":               "-980.00",
		"1'000'000,00":          "1000000.00",
		"1’000’000.00":          "1000000.00",
		"-980":                  "-980.00",
		"−980,5":                "-980.50", // U+2212
		"+ 980.5":               "980.50",
		"980 +":                 "980.00",
		"( 980.00 DA )":         "-980.00",
		"(980.00) DA":           "-980.00",
		"-980,00 د.ج":           "-980.00",
		"980,00- DZD":           "-980.00",
		"DA 1 500,00":           "1500.00",
		"1\u202f500,00":         "1500.00",
		"1\u00a0500,00 DA":      "1500.00",
		"٩٨٠٫٥٠":                "980.50",
		"1.234,50":              "1234.50",
		"1,234.50":              "1234.50",
		"1,234,567":             "1234567.00",
		"1.234.567":             "1234567.00",
		"100.2425":              "100.24",
		"100,2425":              "100.24",
		"0,235":                 "0.24", // no group begins with 0
		"1234,567":              "1234.57",
		"101.235":               "101.24", // as the API writes it
		"0":                     "0.00",
		"101,235":               "",
		"":                      "",
		"-":                     "",
		"()":                    "",
		"(980":                  "",
		"980)":                  "",
		"(-980)":                "",
		"--980":                 "",
		"-980-":                 "",
		"9 80":                  "",
		"1'000 000":             "",
		"1,23,456":              "",
		"1,234,56":              "",
		"1.234.56":              "",
		"980,":                  "",
		",98":                   "",
		"9e2":                   "",
		"0x10":                  "",
		"980¹":                  "",
		strings.Repeat("9", 41): "",
	} {
		got := ""
		row := statementRow{header: &statementHeader{}, texts: [statementFields]string{colAmount: text}}
		if separator, err := decimalSeparator([]statementRow{row}); err == nil {
			if c, err := row.money(colAmount, separator); err == nil && c != nil {
				got = c.String()
			}
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// In one statement, figures whose separators could be read in two ways are read as
// the others show.
func TestStatementFiguresTogether(t *testing.T) {
	for shown, want := range map[string]string{"1,5": "101.24 101235.00", "1.5": "101235.00 101.24", "1.000,00": "101.24 101235.00", "1,000,000": "101235.00 101.24"} {
		var rows []statementRow
		for _, text := range []string{"101,235", "101.235", shown} {
			rows = append(rows, statementRow{header: &statementHeader{}, texts: [statementFields]string{colAmount: text}})
		}
		separator, err := decimalSeparator(rows)
		if err != nil {
			t.Errorf("%s: %v", shown, err)
			continue
		}
		var got []string
		for _, r := range rows[:2] {
			c, err := r.money(colAmount, separator)
			if err != nil {
				t.Fatalf("%s: %v", shown, err)
			}
			got = append(got, c.String())
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %s, want %s", shown, s, want)
		}
	}
}

// However an amount is written, it is read as the amount that it is, and never as
// another one.
func TestStatementFiguresHaveOneMeaning(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole, cents := rapid.Int64Range(0, 10_000_000_000).Draw(t, "whole"), rapid.Int64Range(0, 99).Draw(t, "centimes")
		decimal := rapid.SampledFrom([]string{",", "."}).Draw(t, "decimal")
		group := rapid.SampledFrom([]string{"", " ", "\u00a0", "\u202f", "'", "’", map[string]string{",": ".", ".": ","}[decimal]}).Draw(t, "group")
		sign := rapid.SampledFrom([]string{"%s", "+%s", "-%s", "- %s", "%s-", "(%s)", "( %s )", "−%s"}).Draw(t, "sign")
		currency := rapid.SampledFrom([]string{"%s", "%s DA", "%s DZD", "DA %s", "%s دج", " %s "}).Draw(t, "currency")
		text := fmt.Sprintf(currency, fmt.Sprintf(sign, grouped(whole, group)+decimal+fmt.Sprintf("%02d", cents)))
		want := batch.Centimes(whole*100 + cents)
		if strings.ContainsAny(sign, "-−(") {
			want = -want
		}
		f, ok := figureOf(text)
		if !ok {
			t.Fatalf("%q is no figure", text)
		}
		shown, doubtful := f.decimal()
		if string(shown) != decimal || doubtful != 0 {
			t.Fatalf("%q shows %q", text, shown)
		}
		if got, ok := f.centimes(shown); !ok || got != want {
			t.Fatalf("%q is %s, want %s", text, got, want)
		}
	})
}

func TestStatementDates(t *testing.T) {
	day := time.Date(2026, 11, 29, 0, 0, 0, 0, time.Local)
	for text, want := range map[string]time.Time{
		"29-11-2026":                   day,
		"29.11.2026":                   day,
		"2026/11/29":                   day,
		"29/11/2026":                   day,
		"2026-11-29":                   day,
		"2026.11.29":                   day,
		"9/1/2026":                     time.Date(2026, 1, 9, 0, 0, 0, 0, time.Local), // the day comes first
		"46355":                        day,
		"46355.5":                      day.Add(12 * time.Hour),
		"29.11.2026 14:30":             day.Add(14*time.Hour + 30*time.Minute),
		"29-11-2026 14:30:05":          day.Add(14*time.Hour + 30*time.Minute + 5*time.Second),
		"2026/11/29T14:30":             day.Add(14*time.Hour + 30*time.Minute),
		"2026-11-29T14:30:05Z":         time.Date(2026, 11, 29, 14, 30, 5, 0, time.UTC),
		"2026-11-29T14:30:05.25+01:00": time.Date(2026, 11, 29, 13, 30, 5, 250_000_000, time.UTC),
		"":                             {},
	} {
		if got, ok := readMoment(text); !ok || !got.Equal(want) {
			t.Errorf("%q is %v, %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"11/29/2026", "29/11/26", "29-11/2026", "2026", "20261129", "31.02.2026", "29.11.2026 25:00", "yesterday", "1", "-46355", "NaN", "Inf"} {
		if got, ok := readMoment(text); ok {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

// However a time is written, it is read as the time that it is.
func TestStatementDatesHaveOneMeaning(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(2000, 1, 1, 0, 0, 0, 0, time.Local).AddDate(0, 0, rapid.IntRange(0, 36_500).Draw(t, "day"))
		at := time.Date(day.Year(), day.Month(), day.Day(), rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"), rapid.IntRange(0, 59).Draw(t, "second"), 0, time.Local)
		layout := rapid.SampledFrom([]string{"2006-01-02", "2006/01/02", "02-01-2006", "02.01.2006", "02/01/2006", "2.1.2006"}).Draw(t, "layout")
		clock := rapid.SampledFrom([]string{"", " 15:04", " 15:04:05", "T15:04:05"}).Draw(t, "clock")
		text := at.Format(layout + clock)
		want, err := time.ParseInLocation(layout+clock, text, time.Local)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := readMoment(text); !ok || !got.Equal(want) || !got.Truncate(time.Minute).Equal(want.Truncate(time.Minute)) {
			t.Fatalf("%q is %v, %v, want %v", text, got, ok, want)
		}
	})
}
