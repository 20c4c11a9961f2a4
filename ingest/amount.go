package ingest

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"flexybatch/batch"
	"flexybatch/ingest/xlsx"
)

// badAmount is why a text is no amount.
type badAmount struct {
	code    batch.Code // amount.format or amount.range
	message batch.Message
}

// What is wrong with most of those that are wrong.
var (
	belowZero     = &badAmount{batch.AmountRange, batch.Msg("an amount cannot be below zero")}
	notAboveZero  = &badAmount{batch.AmountRange, batch.Msg("an amount must be above zero")}
	aboveMost     = &badAmount{batch.AmountRange, batch.Msg("it is above %v dinars, the most that a row may ask for", batch.MaxDinars)}
	withExponent  = &badAmount{batch.AmountRange, batch.Msg("it is no amount that a phone is topped up with")}
	withCentimes  = &badAmount{batch.AmountFormat, batch.Msg("it has centimes, and phones are topped up with whole dinars only: round it yourself")}
	notAmount     = &badAmount{batch.AmountFormat, batch.Msg("it is not an amount: write whole dinars in digits, such as 1500")}
	malformed     = &badAmount{batch.AmountFormat, batch.Msg("it is not written as a number is: write whole dinars in digits, such as 1500")}
	isDate        = &badAmount{batch.AmountFormat, batch.Msg("the cell is formatted as a date: make it Number and type the amount again")}
	isTruth       = &badAmount{batch.AmountFormat, batch.Msg("the cell is TRUE or FALSE: write whole dinars in digits, such as 1500")}
	isShownScaled = &badAmount{batch.AmountFormat, batch.Msg("the cell shows another number than it holds, by its number format (a percentage, or thousands): make it Number and look at the amount again")}
)

// readAmount reads dinars as people in Algeria write them: 500, 1 500, 1.500,00,
// 1,500.00, 500 DA, 500,00 د.ج, ٥٠٠. What can be read in two ways is refused with the
// question spelled out: 1.500 and 1,500 are fifteen hundred to one reader and one and
// a half to another. payable adds the bounds of what a row may ask for.
func readAmount(text string) (batch.Dinars, *badAmount) {
	if xlsx.PlainDigits(text) {
		return wholeDinars(text, "")
	}
	s := normalised(text)
	if (strings.HasPrefix(s, "-") || strings.HasSuffix(s, "-")) && strings.ContainsAny(s, "0123456789") {
		return 0, belowZero
	}
	s = strings.TrimSpace(cutCurrency(s))
	if len(s) > 40 || s == "" || strings.Trim(s, "0123456789., '") != "" || !digit(s[0]) || !digit(s[len(s)-1]) {
		return 0, notAmount
	}
	whole, fraction, bad := splitNumber(s)
	if bad != nil {
		return 0, bad
	}
	return wholeDinars(whole, fraction)
}

// readNumber reads the decimal text of a number cell. There a point is a decimal
// point, whatever the user's language.
func readNumber(decimal string) (batch.Dinars, *badAmount) {
	if strings.HasPrefix(decimal, "-") {
		return 0, belowZero
	}
	whole, fraction, _ := strings.Cut(decimal, ".")
	if strings.Contains(decimal, "e") {
		return 0, withExponent
	}
	return wholeDinars(whole, fraction)
}

func wholeDinars(whole, fraction string) (batch.Dinars, *badAmount) {
	if strings.Trim(fraction, "0") != "" {
		return 0, withCentimes
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		n = math.MaxInt64
	}
	return batch.Dinars(n), nil
}

// payable holds an amount to the bounds of what any row may ask for.
func payable(n batch.Dinars, bad *badAmount) (batch.Dinars, *badAmount) {
	switch {
	case bad != nil:
		return 0, bad
	case n > batch.MaxDinars:
		return 0, aboveMost
	case n == 0:
		return 0, notAboveZero
	}
	return n, nil
}

// normalised brings a number's characters down to ASCII: digits of any script,
// the Arabic separators, every kind of space and of minus, and no invisible
// marks.
func normalised(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r < 0x80:
			b.WriteRune(unicode.ToUpper(r))
		case unicode.Is(unicode.Nd, r):
			value, _ := batch.Digit(r)
			b.WriteByte('0' + value)
		case r == '٫': // Arabic decimal separator
			b.WriteByte(',')
		case r == '٬', r == '’': // Arabic and Swiss thousands separators
			b.WriteByte('\'')
		case r == '−', unicode.Is(unicode.Pd, r):
			b.WriteByte('-')
		case unicode.IsSpace(r), unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case unicode.Is(unicode.Cf, r): // direction marks
		case unicode.Is(unicode.No, r): // 500¹ is no 5001, but a footnote
			b.WriteByte('?')
		default:
			b.WriteString(norm.NFKC.String(string(r)))
		}
	}
	return strings.TrimSpace(b.String())
}

// currencies are the dinar's names, as normalised leaves them, longest first.
var currencies = []string{"دينار جزائري", "DINARS", "دينار", "DINAR", "د.ج.", "د ج", "DZD", "د.ج", "D.A.", "D.A", "دج", "DA"}

// cutCurrency takes the dinar's name off, before or behind the number.
func cutCurrency(s string) string {
	for _, c := range currencies {
		if rest, ok := strings.CutSuffix(s, c); ok {
			return rest
		}
		if rest, ok := strings.CutPrefix(s, c); ok {
			return rest
		}
	}
	return s
}

// splitNumber parts the digits before the decimal separator from those after
// it. s begins and ends with a digit.
func splitNumber(s string) (whole, fraction string, bad *badAmount) {
	point := strings.LastIndexAny(s, ".,")
	if point >= 0 && strings.Count(s, s[point:point+1]) == 1 {
		whole, fraction = s[:point], s[point+1:]
		if !digits(fraction) {
			return "", "", malformed
		}
	} else {
		whole = s
	}
	joined := ungroup(whole)
	switch {
	case joined == "", len(fraction) > 3:
		return "", "", malformed
	case len(fraction) == 3 && joined[0] != '0':
		return "", "", &badAmount{batch.AmountFormat, batch.Msg("it can be read as %s%s dinars or as %[1]s.%[2]s: write it without separators", joined, fraction)}
	}
	return joined, fraction, nil
}

// ungroup joins digits in groups of three, all parted by the same separator. It
// is empty for anything else.
func ungroup(s string) string {
	i := strings.IndexAny(s, "., '")
	if i < 0 {
		return s
	}
	groups := strings.Split(s, s[i:i+1])
	for n, g := range groups {
		if !digits(g) || n > 0 && len(g) != 3 || n == 0 && len(g) > 3 {
			return ""
		}
	}
	return strings.Join(groups, "")
}

func digit(b byte) bool { return '0' <= b && b <= '9' }

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
