package batch

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// IDKey returns what all spellings of an id have in common, so that two ids with
// the same key are taken for those of one person. Spreadsheet programs respell ids:
// they save 00101 as 101 or 101.0, and people add spaces or change case. Case,
// spaces, invisible characters, an apostrophe in front and the script of digits do
// not count; in a number, leading zeros and a decimal part of zeros do not either.
// Other punctuation counts: E-001 and E001 are two ids. The key is "" for an id
// that has nothing else.
//
// Where a spelling is ambiguous the ids count as the same (1.000 and 1): a person
// who is asked about needlessly is better than one who is paid twice.
func IDKey(id string) string {
	var b strings.Builder
	for _, r := range caseless(id) {
		switch digit, isDigit := Digit(r); {
		case isDigit:
			b.WriteByte('0' + digit)
		case !unicode.IsSpace(r) && !invisible(r):
			b.WriteRune(r)
		}
	}
	key := strings.TrimLeft(b.String(), "'’") // in front of a number it tells a spreadsheet program that it is text
	if number, ok := wholeNumber(key); ok {
		return number
	}
	return key
}

// caseless returns a text in one case and in its compatible composed form. Most ids
// are ASCII, where that is cheap.
func caseless(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0 {
		return strings.ToLower(s)
	}
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s)))
}

// invisible reports whether nobody sees a character.
func invisible(r rune) bool {
	if r > ' ' && r < unicode.MaxASCII {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// wholeNumber returns a number without leading zeros and without a decimal part of
// zeros. ok is false for what is not such a number.
func wholeNumber(s string) (number string, ok bool) {
	whole := strings.TrimRight(s, "0")
	if cut := strings.TrimRight(whole, ".,٫"); len(whole)-len(cut) == 1 || whole == cut+"٫" {
		s = cut // what was cut is one separator and zeros
	}
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return "", false
	}
	if number = strings.TrimLeft(s, "0"); number == "" {
		number = "0"
	}
	return number, true
}
