package xlsx

import (
	"math"
	"strconv"
	"strings"
)

// DecimalText writes the number of a cell as a plain decimal: "7.78E+08" is
// 778000000. Spreadsheet programs keep numbers as binary floats and store up to
// 17 digits of them, of which they themselves count 15: so 1499.9999999999998
// is 1500, and so it is shown to the user. It reports false for what is no
// number of a spreadsheet.
func DecimalText(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if strings.ContainsAny(s, "_xXpPnN") { // Go's own notations, NaN and Inf
		return "", false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(f) > 1e300 {
		return "", false
	}
	f, err = strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64)
	if err != nil {
		return "", false
	}
	if math.Abs(f) >= 1e21 || f != 0 && math.Abs(f) < 1e-15 { // no phone and no money: not worth 300 digits
		return strconv.FormatFloat(f, 'g', -1, 64), true
	}
	return strconv.FormatFloat(f, 'f', -1, 64), true
}

// PlainDigits tells a number that is its own decimal text, as nearly all are.
func PlainDigits[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return 0 < len(s) && len(s) <= 15 && (s[0] != '0' || len(s) == 1)
}
