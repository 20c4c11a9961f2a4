package batch

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// RepairPhone returns the phone that a text names without doubt, though it is not
// written as the provider takes it. This is the grammar of what is repaired, once
// digits of every script are 0 to 9, and every space is one of ASCII:
//
//	text     = number | "=" quote number quote | apostrophe number
//	number   = whole [ ("." | ",") zeros ] | [ country ] [ trunk ] national
//	whole    = country national | trunk national | national    as one run of digits
//	country  = "+213" | "00213" | "213"
//	trunk    = "0" | "(0)"
//	national = nine digits that begin with 5, 6 or 7
//
// Direction marks and their like are passed over. Between digits may stand
// separators: spaces, and one of . - / and parentheses. They part the number into
// groups as people do: the first has at most four digits, the others at least
// two. So a lone digit, or the decimals of a number, are never taken for a part of
// a phone: 55012345.0 and 55012345/0 name none.
func RepairPhone(s string) (Phone, bool) {
	text, ok := plainPhone(s)
	if !ok {
		return "", false
	}
	if m := wholePhone.FindStringSubmatch(text); m != nil {
		return nationalPhone([]string{m[1]})
	}
	groups, ok := digitGroups(text)
	if !ok {
		return "", false
	}
	return nationalPhone(groups)
}

// wholePhone is a number without leading zeros, or a phone, with the decimals
// that a spreadsheet program has put behind it.
var wholePhone = regexp.MustCompile(`^([0-9]{9,13})[.,]0+$`)

// plainPhone brings a text down to ASCII, and takes off what marks it as a text.
// It reports false for characters that stand in no phone.
func plainPhone(s string) (string, bool) {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.No, r) }) {
		return "", false // a footnote's ¹ is no digit of the number
	}
	if formula, ok := strings.CutPrefix(s, `="`); ok { // in which some programs export numbers, to keep their zeros
		if s, ok = strings.CutSuffix(formula, `"`); !ok {
			return "", false
		}
	}
	var b strings.Builder
	for _, r := range norm.NFKC.String(s) {
		value, isDigit := Digit(r)
		switch {
		case isDigit:
			b.WriteByte('0' + value)
		case unicode.Is(unicode.Cf, r): // a mark that nobody sees
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.Is(unicode.Pd, r):
			b.WriteByte('-')
		case r == '’':
			b.WriteByte('\'')
		case strings.ContainsRune("+.,-/()[]'", r):
			b.WriteRune(r)
		default:
			return "", false
		}
	}
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(b.String()), "'")), true
}

// separated is a phone in groups: digits with separators between them, one of
// which may open or close the whole.
var (
	separated = regexp.MustCompile(`^[(\[]?(\+ ?)?[(\[]?[0-9]+([ )\]]*[ .\-/]?[ (\[]*[0-9]+)*[)\]]?$`)
	digitRuns = regexp.MustCompile(`[0-9]+`)
	decimals  = regexp.MustCompile(`^[1-9][0-9]*\.[0-9]+$`)
)

// digitGroups parts a number at its separators. A plus stands at the beginning of
// the first group.
func digitGroups(text string) ([]string, bool) {
	if !separated.MatchString(text) || decimals.MatchString(text) || strings.Contains(text, " /") || strings.Contains(text, "/ ") {
		return nil, false
	}
	groups := digitRuns.FindAllString(text, -1)
	if strings.Contains(text, "+") {
		groups[0] = "+" + groups[0]
	}
	return groups, true
}

// nationalPhone takes the country's code and the trunk's zero off, and holds what
// is left to be nine digits in groups that people dial.
func nationalPhone(groups []string) (Phone, bool) {
	groups, abroad := cutCountry(groups)
	if len(groups) > 1 && groups[0] == "0" {
		groups, abroad = groups[1:], true
	}
	for i, g := range groups {
		switch {
		case len(groups) == 1:
		case i == 0 && (len(g) > 4 || len(g) == 1 && !abroad):
			return "", false
		case i > 0 && len(g) == 1:
			return "", false
		}
	}
	p, err := ParsePhone("0" + strings.TrimPrefix(strings.Join(groups, ""), "0"))
	return p, err == nil
}

// cutCountry takes the code of Algeria off, and tells whether it was there. A
// plus before another code is left, and fits no phone.
func cutCountry(groups []string) (rest []string, abroad bool) {
	digits := strings.Join(groups, "")
	var code string
	switch {
	case strings.HasPrefix(digits, "+213"):
		code = "+213"
	case strings.HasPrefix(digits, "00213"):
		code = "00213"
	case strings.HasPrefix(digits, "213") && (len(digits) == 12 || len(digits) == 13):
		code = "213"
	default:
		return groups, false
	}
	for i, g := range groups {
		if len(g) > len(code) {
			if !strings.HasPrefix(g, code) {
				return groups, false
			}
			return append([]string{g[len(code):]}, groups[i+1:]...), true
		}
		if !strings.HasPrefix(code, g) {
			return groups, false
		}
		code = code[len(g):]
		if code == "" {
			return groups[i+1:], true
		}
	}
	return groups, false
}
