package batch

import (
	"errors"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Phone is an Algerian mobile number (MSISDN) in the only form that the provider
// accepts: a zero, then 5, 6 or 7, then eight digits. ParsePhone and RepairPhone
// return one. The zero value is not a phone.
type Phone string

// ErrPhone is the error of ParsePhone for a text that is not a Phone.
var ErrPhone = errors.New("not a phone in the form 05, 06 or 07 and eight digits")

// ParsePhone accepts exactly ^0[567][0-9]{8}$. It guesses nothing, because money
// is sent to the number.
func ParsePhone(s string) (Phone, error) {
	if len(s) != 10 || s[0] != '0' || s[1] < '5' || s[1] > '7' {
		return "", ErrPhone
	}
	for i := 2; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return "", ErrPhone
		}
	}
	return Phone(s), nil
}

// RepairPhone reads a number as a person would. It drops spaces, dots, dashes,
// slashes, brackets, invisible characters, apostrophes, and the formula ="…" around
// the number. It turns digits of other scripts into 0 to 9. It replaces +213, 00213
// or 213 by the leading zero, and adds a leading zero that was lost. It reports
// false if it is not sure.
func RepairPhone(s string) (Phone, bool) {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.No, r) }) {
		return "", false // the ¹ of a footnote is not a digit of the number
	}
	if formula, ok := strings.CutPrefix(s, `="`); ok { // some programs export numbers like this to keep their zeros
		if s, ok = strings.CutSuffix(formula, `"`); !ok {
			return "", false
		}
	}
	var b strings.Builder
	plus := false
	for _, r := range norm.NFKC.String(s) {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Nd, r):
			value, _ := Digit(r)
			b.WriteByte('0' + value)
		case r == '+' && b.Len() == 0 && !plus:
			plus = true
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Pd, r), strings.ContainsRune(".-/()[]'’", r):
		default:
			return "", false
		}
	}
	digits := b.String()
	switch {
	case plus && strings.HasPrefix(digits, "213"):
		digits = national(digits[3:])
	case plus:
		return "", false
	case strings.HasPrefix(digits, "00213"):
		digits = national(digits[5:])
	case len(digits) == 12 && strings.HasPrefix(digits, "213"):
		digits = national(digits[3:])
	case len(digits) == 9:
		digits = "0" + digits
	}
	p, err := ParsePhone(digits)
	return p, err == nil
}

// national adds the leading zero to the digits after a country code, unless they
// have it: +213 550… and the common mistake +213 0550… are the same number.
func national(digits string) string {
	if strings.HasPrefix(digits, "0") {
		return digits
	}
	return "0" + digits
}

// Digit returns the value of a decimal digit of any script. In Unicode the digits
// of a script are ten consecutive code points that begin with its zero. The
// mathematical digits are five such groups, one after the other.
func Digit(r rune) (value byte, ok bool) {
	if !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	zero := r
	for zero > 0 && unicode.Is(unicode.Nd, zero-1) {
		zero--
	}
	return byte((r - zero) % 10), true
}

// The names of the operators, as the provider's catalogue spells them.
const (
	Mobilis = "Mobilis"
	Djezzy  = "Djezzy"
	Ooredoo = "Ooredoo"
)

// Operator returns the operator of the phone by its prefix: 05 is Ooredoo, 06
// Mobilis and 07 Djezzy. Algeria has no number portability.
func (p Phone) Operator() string {
	if len(p) < 2 {
		return ""
	}
	switch p[1] {
	case '5':
		return Ooredoo
	case '6':
		return Mobilis
	case '7':
		return Djezzy
	}
	return ""
}
