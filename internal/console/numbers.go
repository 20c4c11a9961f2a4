package console

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// wholeNumber reads a number as people type one: 1000, 1 000 or ١٠٠٠. A point or a
// comma is refused, since it means one thing to one reader and another to the next.
func wholeNumber(text string) (n int, ok bool) {
	n, err := strconv.Atoi(strings.Map(plainDigit, text))
	return n, err == nil && n >= 0
}

// plainDigit is a digit as ASCII has it, of whatever keyboard; spaces and the Arabic
// separator of thousands go away.
func plainDigit(r rune) rune {
	switch {
	case r >= '٠' && r <= '٩':
		return r - '٠' + '0'
	case r >= '۰' && r <= '۹':
		return r - '۰' + '0'
	case unicode.IsSpace(r), r == '٬', r == '\u200e', r == '\u200f':
		return -1
	}
	return r
}

// groups is a number whose thousands are set apart by commas.
var groups = regexp.MustCompile(`^\d{1,3}(,\d{3})+$`)

// rowCount is the number of rows that a person has typed, in plain digits. Rows are
// whole, so a comma can only set thousands apart. What is no number stays as it is.
func rowCount(text string) string {
	text = strings.TrimSpace(text)
	digits := strings.Map(plainDigit, text)
	if groups.MatchString(digits) {
		digits = strings.ReplaceAll(digits, ",", "")
	}
	if n, err := strconv.Atoi(digits); err == nil && n >= 0 {
		return strconv.Itoa(n)
	}
	return text
}
