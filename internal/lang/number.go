package lang

import (
	"fmt"
	"strconv"
	"strings"
)

// style is how a language writes numbers and times.
type style struct {
	group  string // between groups of three digits
	point  string // before the decimals
	day    string // layouts of package time
	minute string
	zoned  string
	second string
	exact  string
	short  string
	cell   string // a format of workbooks
}

// A narrow no-break space between groups is what French wants, and what the reader
// of amounts understands in any language. The Arabic of Algeria takes the same digits
// and the same comma; CLDR's point between its groups would make 1.500 of 1500, which
// is one and a half to another reader.
var (
	english = style{",", ".", "2006-01-02", "2006-01-02 15:04", "2006-01-02 15:04 MST", "2006-01-02 15:04:05", "2006-01-02 15:04:05.000", "01-02 15:04", "yyyy-mm-dd hh:mm:ss"}
	french  = style{"\u202f", ",", "02/01/2006", "02/01/2006 15:04", "02/01/2006 15:04 MST", "02/01/2006 15:04:05", "02/01/2006 15:04:05,000", "02/01 15:04", "dd/mm/yyyy hh:mm:ss"}
)

// style returns how the printer's language writes numbers and times.
func (p *Printer) style() style {
	if p.Language() == "en" {
		return english
	}
	return french // and Arabic
}

// Number makes a message of a number of things, whose digits each language groups in
// its way. A number that is a name, such as a row's, is passed to a message as it is.
func Number(n int) Message { return Count(n, "%d", "%d") }

// Decimal is a number as computers write it, such as a price of the catalogue.
type Decimal string

// grouped writes a whole number with its digits in groups of three.
func (s style) grouped(n int64) string {
	digits := fmt.Sprint(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + s.group + digits[at:]
	}
	return sign + digits
}

// fraction writes a number that need not be whole, of which text is how fmt writes it.
func (s style) fraction(text string) string {
	number := strings.TrimSpace(text)
	whole, decimals, cut := strings.Cut(number, ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil && n >= 1000 {
		whole = s.grouped(n)
	}
	if cut {
		whole += s.point + decimals
	}
	return strings.Replace(text, number, whole, 1)
}

// padded writes a text as wide as its verb wants it.
func padded(v verb, text string) string {
	flags, _, _ := strings.Cut(v.text[1:len(v.text)-1], ".")
	return fmt.Sprintf("%"+strings.Trim(flags, "+# 0")+"s", text)
}
