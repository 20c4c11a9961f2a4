package ingest

import (
	"strings"

	"flexybatch/batch"
)

// figure is an amount of a statement as people write it, taken apart: its sign,
// and its digits with what separates them.
type figure struct {
	negative bool
	digits   string // ASCII digits, and . , ' or a space between them
}

// figureOf takes an amount apart. Digits may be of any script. One sign or none
// stands before or behind the digits, or parentheses around them, which mean the
// same as a minus; the currency may stand on either side.
func figureOf(text string) (f figure, ok bool) {
	s, signs := normalised(text), 0
	for before := ""; before != s; {
		before = s
		s = strings.TrimSpace(cutCurrency(s))
		if rest, negative, signed := cutSign(s); signed {
			s, f.negative = strings.TrimSpace(rest), negative
			signs++
		}
	}
	if signs > 1 || len(s) > 40 || s == "" || strings.Trim(s, "0123456789., '") != "" || !digit(s[0]) || !digit(s[len(s)-1]) {
		return f, false
	}
	f.digits = s
	return f, true
}

// cutSign takes one sign off, on either side, or a pair of parentheses.
func cutSign(s string) (rest string, negative, signed bool) {
	if inner, open := strings.CutPrefix(s, "("); open {
		inner, closed := strings.CutSuffix(inner, ")")
		return inner, true, closed
	}
	for _, sign := range []string{"-", "+"} {
		if rest, ok := strings.CutPrefix(s, sign); ok {
			return rest, sign == "-", true
		}
		if rest, ok := strings.CutSuffix(s, sign); ok {
			return rest, sign == "-", true
		}
	}
	return s, false, false
}

// decimal returns the separator that the figure shows to stand before its centimes:
// '.' or ',', or 0 where it shows none. Of both separators the last does, and one
// that is there twice parts thousands, so that the other one does. A separator
// that is there once does, unless exactly three digits follow it and it may part
// thousands: then doubtful is that separator.
func (f figure) decimal() (separator, doubtful byte) {
	comma, point := strings.LastIndexByte(f.digits, ','), strings.LastIndexByte(f.digits, '.')
	last := max(comma, point)
	if last < 0 {
		return 0, 0
	}
	this, other := f.digits[last], byte('.')
	if this == '.' {
		other = ','
	}
	whole, fraction := f.digits[:last], f.digits[last+1:]
	switch {
	case comma >= 0 && point >= 0:
		return this, 0
	case strings.IndexByte(whole, this) >= 0:
		return other, 0
	case len(fraction) == 3 && len(whole) <= 3 && whole[0] != '0':
		return 0, this
	}
	return this, 0
}

// centimes reads the figure with a decimal separator. ok is false where its other
// digits are not whole or in groups of three, parted by one and the same sign.
func (f figure) centimes(separator byte) (c batch.Centimes, ok bool) {
	whole, fraction, cut := f.digits, "", false
	if i := strings.LastIndexByte(f.digits, separator); i >= 0 {
		whole, fraction, cut = f.digits[:i], f.digits[i+1:], true
	}
	joined := ungroup(whole)
	if joined == "" || cut && !digits(fraction) {
		return 0, false
	}
	if cut {
		joined += "." + fraction
	}
	c, err := batch.ParseCentimes(joined)
	if f.negative {
		c = -c
	}
	return c, err == nil
}
