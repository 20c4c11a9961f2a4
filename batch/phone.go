package batch

import "unicode"

// SamplePhone is what the template has in the place of a phone, in the row that shows
// what goes where. A row with it is no payment.
const SamplePhone = "0xxxxxxxxx"

// Phone is an Algerian mobile number (MSISDN) in the only form the provider
// takes: a zero, 5, 6 or 7, and eight digits. ParsePhone and RepairPhone make
// one; the zero value is no phone.
type Phone string

// ErrPhone is what ParsePhone answers to anything that is not a Phone.
var ErrPhone = Errorf("not a phone in the form 05, 06 or 07 and eight digits")

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
