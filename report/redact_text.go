package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"flexybatch/batch"
)

// significant is how many digits a phone has behind its zero.
const significant = 9

// dot stands for a digit that is hidden.
const dot = '•'

// widest is how many signs may stand between two digits of a phone.
const widest = 3

// digit is a digit of a text, of whatever script.
type digit struct {
	at, to int // its bytes
	value  byte
	apart  bool // it does not go on from the digit before
	hidden bool
}

// text redacts the batch's own phones in a text.
func (r *redacted) text(s string) string {
	if len(s) < significant {
		return s
	}
	all := digitsOf(s)
	found := false
	for at := 0; at+significant <= len(all); at++ {
		if one := all[at : at+significant]; r.isPhone(one) {
			hide(one[3:6])
			found = true
			at += significant - 1
		}
	}
	if !found {
		return s
	}
	return covered(s, all)
}

// isPhone reports whether nine digits are those of a phone of the batch.
func (r *redacted) isPhone(digits []digit) bool {
	for _, d := range digits[1:] {
		if d.apart {
			return false
		}
	}
	return r.phones[number(digits)]
}

// id redacts the batch's own phones in an id of the provider's. Such an id is long
// and has digits by chance, so that only what stands alone between other signs is
// taken for a phone.
func (r *redacted) id(s string) string {
	var b strings.Builder
	for s != "" {
		end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		if end < 0 {
			end = len(s)
		}
		word := s[:end]
		if _, ok := batch.RepairPhone(word); ok {
			word = r.text(word)
		}
		b.WriteString(word)
		_, n := utf8.DecodeRuneInString(s[end:])
		b.WriteString(s[end : end+n])
		s = s[end+n:]
	}
	return b.String()
}

// phone redacts a text of a column of phones. Of one that is no phone of the batch,
// the first four and the last three digits are left if at least three are hidden
// between them, else fewer, else none.
func (r *redacted) phone(s string) string {
	if text := r.text(s); text != s {
		return text
	}
	all := digitsOf(s)
	head, tail := 4, 3
	if len(all) < head+tail+3 {
		head = 3
	}
	if len(all) < head+tail+3 {
		head, tail = 0, 0
	}
	hide(all[head : len(all)-tail])
	return covered(s, all)
}

// digitsOf finds the digits of a text. A letter, or more than a few signs, parts
// one number from the next, and so do the signs of times and lists.
func digitsOf(s string) (list []digit) {
	signs, apart := 0, true
	for at, r := range s {
		value, ok := digitOf(r)
		if !ok {
			signs++
			apart = apart || signs > widest || unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune(":;|\n•", r)
			continue
		}
		list = append(list, digit{at: at, to: at + utf8.RuneLen(r), value: value, apart: apart})
		signs, apart = 0, false
	}
	return list
}

// digitOf is the value of a digit of any script, raised, circled or wide ones
// among them: what RepairPhone reads, and what a person reads as a digit.
func digitOf(r rune) (value byte, ok bool) {
	if r < utf8.RuneSelf {
		return byte(r - '0'), '0' <= r && r <= '9'
	}
	if !unicode.IsNumber(r) {
		return 0, false
	}
	plain, _ := utf8.DecodeRuneInString(norm.NFKC.String(string(r)))
	return batch.Digit(plain)
}

// number is the number that the first nine digits make.
func number(digits []digit) (n uint32) {
	for _, d := range digits[:significant] {
		n = n*10 + uint32(d.value)
	}
	return n
}

func hide(list []digit) {
	for i := range list {
		list[i].hidden = true
	}
}

// covered is the text with a dot in the place of each hidden digit.
func covered(s string, all []digit) string {
	var b strings.Builder
	at := 0
	for _, d := range all {
		if d.hidden {
			b.WriteString(s[at:d.at])
			b.WriteRune(dot)
			at = d.to
		}
	}
	b.WriteString(s[at:])
	return b.String()
}
