package batch

import (
	"errors"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Phone is an Algerian mobile number (MSISDN) in the only form the provider
// takes: a zero, 5, 6 or 7, and eight digits. ParsePhone and RepairPhone make
// one; the zero value is no phone.
type Phone string

// ErrPhone is what ParsePhone answers to anything that is not a Phone.
var ErrPhone = errors.New("not a phone in the form 05, 06 or 07 and eight digits")

// ParsePhone accepts exactly ^0[567][0-9]{8}$ and nothing else: a number that
// only a guess could complete is not a number to send money to.
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

// RepairPhone reads a number as a person would: spaces, dots, dashes, slashes,
// brackets, invisible marks, an apostrophe in front and the formula ="…" around it
// are dropped, digits of other scripts become 0 to 9, and +213, 00213, 213 or a
// lost leading zero become the zero. It reports false where a doubt is left.
func RepairPhone(s string) (Phone, bool) {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.No, r) }) {
		return "", false // a footnote's ¹ is no digit of the number
	}
	if formula, ok := strings.CutPrefix(s, `="`); ok { // in which some programs export numbers, to keep their zeros
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

// national gives what follows a country code its zero, if it lacks it: both
// +213 550… and the common mistake +213 0550… name the same line.
func national(digits string) string {
	if strings.HasPrefix(digits, "0") {
		return digits
	}
	return "0" + digits
}

// Digit is the value of a decimal digit of any script. Unicode lays the digits of
// a script out in a run of ten that begins with its zero; mathematics has five
// such runs in a row.
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

// Operator names, as the provider's catalogue spells them.
const (
	Mobilis = "Mobilis"
	Djezzy  = "Djezzy"
	Ooredoo = "Ooredoo"
)

// Operator is the operator whose prefix the phone has: 05 Ooredoo, 06 Mobilis,
// 07 Djezzy. Algeria has no number portability.
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
