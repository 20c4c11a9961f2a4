package xlsx

import (
	"slices"
	"strings"
)

// numberFormat is how a cell shows a number.
type numberFormat struct {
	odd  Oddity
	form []formPart // of whole numbers, where the format says more than their digits
}

// formPart is a place for a digit, or something that stands beside the digits.
type formPart struct {
	place   byte // 0, # or ?; 0 for a literal
	literal string
}

// builtIn knows the number formats that have no code in the file (ECMA-376,
// 18.8.30 numFmt), those of East Asian versions included.
func builtIn(id int) Oddity {
	switch {
	case 14 <= id && id <= 22, 27 <= id && id <= 36, 45 <= id && id <= 47, 50 <= id && id <= 58:
		return Date
	case id == 9, id == 10:
		return Scaled
	}
	return Ordinary
}

// formatOf reads a number format. A letter of days, months, years, hours or
// seconds shows a date or a time, as an elapsed time in brackets and A/P do. A
// percent sign shows a hundred times the number and a comma behind the last digit
// a thousandth of it; digits of the format's own, as in 0" 000", stand beside
// those of the number; a separator of its own, as in 0\.00, makes another number
// of them; and a format may show nothing.
func formatOf(code string) numberFormat {
	sections := sectionsOf(code)
	if sections == nil {
		return numberFormat{}
	}
	f := numberFormat{}
	for i, s := range sections {
		odd := s.odd()
		if odd == Date {
			return numberFormat{odd: Date}
		}
		if i == 0 && s.hides(len(sections) > 1) {
			odd = Scaled
		}
		f.odd = max(f.odd, odd)
	}
	if first := sections[0]; !first.conditional && !first.general {
		f.form = first.form()
	}
	return f
}

// section is a part of a format: for positive numbers, for negative ones, for
// zero, for texts.
type section struct {
	parts       []sectionPart
	general     bool // General stands in it
	conditional bool // it is for numbers that fit a condition
}

// sectionPart is a sign of the format, or a literal.
type sectionPart struct {
	sign    byte // 0 for a literal
	literal string
}

// sectionsOf takes a format apart; nil where it breaks off.
func sectionsOf(code string) (all []section) {
	var s section
	lower := strings.ToLower(code)
	for i := 0; i < len(code); i++ {
		switch c := lower[i]; c {
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return nil
			}
			s.parts = append(s.parts, sectionPart{literal: code[i+1:][:end]})
			i += end + 1
		case '\\', '_', '*': // the next character is no sign of the format
			n := len(firstRune(code[i+1:]))
			if n == 0 {
				return nil
			}
			if c == '\\' {
				s.parts = append(s.parts, sectionPart{literal: code[i+1:][:n]})
			}
			i += n
		case '[':
			end := strings.IndexByte(lower[i:], ']')
			if end < 0 {
				return nil
			}
			s.bracket(lower[i+1 : i+end])
			i += end
		case ';':
			all, s = append(all, s), section{}
		case 'g':
			if strings.HasPrefix(lower[i:], "general") {
				s.general = true
				i += len("general") - 1
				break
			}
			s.parts = append(s.parts, sectionPart{sign: c})
		case 'a':
			if strings.HasPrefix(lower[i:], "a/p") || strings.HasPrefix(lower[i:], "am/pm") {
				s.parts = append(s.parts, sectionPart{sign: 'h'})
				i = strings.IndexByte(lower[i:], 'p') + i
				break
			}
			s.parts = append(s.parts, sectionPart{literal: "a"})
		default:
			s.parts = append(s.parts, sectionPart{sign: c})
		}
	}
	return append(all, s)
}

func firstRune(s string) string {
	for i := range s {
		if i > 0 {
			return s[:i]
		}
	}
	return s
}

// bracket reads what stands in [ ]: a colour, a language, an elapsed time, or a
// condition.
func (s *section) bracket(text string) {
	if text != "" && strings.Trim(text, "hms") == "" {
		s.parts = append(s.parts, sectionPart{sign: 'h'})
	}
	s.conditional = s.conditional || text != "" && strings.ContainsRune("<>=", rune(text[0]))
}

func isPlace(c byte) bool { return c == '0' || c == '#' || c == '?' }

// odd tells how the section shows numbers.
func (s *section) odd() Oddity {
	odd := Ordinary
	for i, p := range s.parts {
		switch {
		case p.sign == 0:
			if strings.ContainsAny(p.literal, "0123456789") || strings.ContainsAny(p.literal, ".,٫٬") && s.within(i) {
				odd = Scaled
			}
		case strings.IndexByte("dmyhsbg", p.sign) >= 0:
			return Date
		case p.sign == 'e' && (i+1 == len(s.parts) || s.parts[i+1].sign != '+' && s.parts[i+1].sign != '-'):
			return Date // a year, and no exponent
		case p.sign == '%':
			odd = Scaled
		case p.sign == ',' && s.divides(i):
			odd = Scaled
		}
	}
	return odd
}

// within tells that there are places for digits on both sides of part i.
func (s *section) within(i int) bool {
	place := func(p sectionPart) bool { return isPlace(p.sign) }
	return slices.ContainsFunc(s.parts[:i], place) && slices.ContainsFunc(s.parts[i:], place)
}

// divides tells a comma that shows a thousandth: it stands behind the last place
// of the whole number.
func (s *section) divides(i int) bool {
	if i == 0 || !isPlace(s.parts[i-1].sign) {
		return false
	}
	for i < len(s.parts) && s.parts[i].sign == ',' {
		i++
	}
	return i == len(s.parts) || !isPlace(s.parts[i].sign)
}

// hides tells a section for positive numbers that shows none of their digits.
// Alone and empty it is General.
func (s *section) hides(others bool) bool {
	shows := s.general || slices.ContainsFunc(s.parts, func(p sectionPart) bool { return isPlace(p.sign) || p.sign == '@' })
	return !shows && !s.conditional && (others || len(s.parts) > 0)
}

// form returns the section as places for the digits of a whole number; nil where it
// says no more than they do, or where what it shows depends on the language.
func (s *section) form() (form []formPart) {
	places := 0
	for _, p := range s.parts {
		switch {
		case p.sign == 0:
			form = append(form, formPart{literal: p.literal})
		case isPlace(p.sign):
			places++
			form = append(form, formPart{place: p.sign})
		case strings.IndexByte(" -()+", p.sign) >= 0:
			form = append(form, formPart{literal: string(rune(p.sign))})
		default:
			return nil
		}
	}
	if places == 0 || len(form) == 1 {
		return nil
	}
	return form
}

// show writes a whole number, in digits, as its form has it.
func show(digits string, form []formPart) string {
	var shown []string
	first := slices.IndexFunc(form, func(p formPart) bool { return p.place != 0 })
	for i, p := range slices.Backward(form) {
		text := p.literal
		if p.place != 0 {
			text, digits = lastDigit(digits, p.place)
			if i == first {
				text, digits = digits+text, ""
			}
		}
		shown = append(shown, text)
	}
	slices.Reverse(shown)
	return strings.TrimSpace(strings.Join(shown, ""))
}

// lastDigit returns what a place shows of the digits that are left.
func lastDigit(digits string, place byte) (text, rest string) {
	if n := len(digits); n > 0 {
		return digits[n-1:], digits[:n-1]
	}
	switch place {
	case '0':
		return "0", ""
	case '?':
		return " ", ""
	}
	return "", ""
}
