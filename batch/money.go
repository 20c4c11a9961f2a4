package batch

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// Dinars is the face value of a top-up, in whole dinars. The provider accepts no
// fractions.
type Dinars int64

// MaxDinars is the largest face value of one row. The most expensive known plan
// ends at 300,000. The limit keeps sums over a million rows far below the largest
// int64.
const MaxDinars Dinars = 10_000_000

// Centimes is an amount of money in hundredths of a dinar. Costs, charges and
// balances are counted in it, never in floating-point numbers.
type Centimes int64

// Money returns the face value in centimes, and that people write it without any.
// Whoever says a Message writes the amount by it in the reader's language.
func (d Dinars) Money() (centimes int64, decimals int) { return int64(d) * 100, 0 }

// Money returns the amount, and that people write it with two decimals.
func (c Centimes) Money() (centimes int64, decimals int) { return int64(c), 2 }

// Centimes returns the face value in centimes.
func (d Dinars) Centimes() Centimes { return Centimes(d) * 100 }

// String returns the amount in dinars with two decimals: "1234.50".
func (c Centimes) String() string { return string(c.append(make([]byte, 0, 24))) }

// append appends what String returns to b.
func (c Centimes) append(b []byte) []byte {
	u := uint64(c)
	if c < 0 {
		b, u = append(b, '-'), -u
	}
	b = strconv.AppendUint(b, u/100, 10)
	return append(b, '.', byte('0'+u/10%10), byte('0'+u%10))
}

// MarshalJSON writes the amount as a JSON string, so that no reader of the journal
// or the summary parses it as a floating-point number.
func (c Centimes) MarshalJSON() ([]byte, error) { return []byte(`"` + c.String() + `"`), nil }

// UnmarshalJSON reads what MarshalJSON writes.
func (c *Centimes) UnmarshalJSON(b []byte) error {
	s, err := strconv.Unquote(string(b))
	if err != nil {
		return Errorf("money %s is not a JSON string", b)
	}
	*c, err = ParseCentimes(s)
	return err
}

// ParseCentimes parses a number of dinars in the syntax of JSON. It rounds to the
// nearest centime, and a half away from zero.
func ParseCentimes(s string) (Centimes, error) {
	if n, scale := fraction(s); scale > 0 {
		return Centimes((n*100 + scale/2) / scale), nil // exact, since scale is even or 1
	}
	r, err := decimal(s)
	if err != nil {
		return 0, err
	}
	return roundCentimes(r.Mul(r, big.NewRat(100, 1)))
}

// WholeDinars parses a number of dinars in the syntax of JSON, and reports whether
// it is whole: 500, 500.0 and 5e2 are.
func WholeDinars(s string) (d Dinars, ok bool) {
	if n, scale := fraction(s); scale > 0 {
		return Dinars(n / scale), n%scale == 0
	}
	if _, err := ParseCentimes(s); err != nil { // it is too long or too large
		return 0, false
	}
	r, err := decimal(s)
	if err != nil || !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	return Dinars(r.Num().Int64()), true
}

// Price is the exact price of one dinar of face value, a plan's `cost`, for example
// 0.9925. The zero Price means that the catalogue gave none. It counts as 1, the
// highest price of any known plan.
type Price struct {
	decimal  string
	n, scale uint64 // the same as the fraction n/scale, if decimal is short; scale is 0 if not
}

// ParsePrice parses a number above zero and up to 10 in the syntax of JSON.
func ParsePrice(s string) (Price, error) {
	r, err := decimal(s)
	if err != nil {
		return Price{}, err
	}
	if r.Sign() <= 0 || r.Cmp(big.NewRat(10, 1)) > 0 {
		return Price{}, Errorf("price %q is not between 0 and 10 dinars a dinar", s)
	}
	n, scale := fraction(s)
	return Price{s, n, scale}, nil
}

// Known reports whether the catalogue gave a price.
func (p Price) Known() bool { return p.decimal != "" }

// String returns the price as the catalogue wrote it, or an empty string if it
// gave none.
func (p Price) String() string { return p.decimal }

// Cost returns the cost of d at this price, rounded once to the nearest centime,
// and a half up.
func (p Price) Cost(d Dinars) Centimes {
	if !p.Known() {
		return d.Centimes()
	}
	if p.scale > 0 && d >= 0 {
		if hi, lo := bits.Mul64(uint64(d.Centimes()), p.n); hi == 0 && lo < math.MaxInt64-p.scale {
			return Centimes((lo + p.scale/2) / p.scale) // exact, since scale is even or 1
		}
	}
	r, err := decimal(p.decimal)
	if err != nil {
		return d.Centimes()
	}
	c, err := roundCentimes(r.Mul(r, new(big.Rat).SetInt64(int64(d.Centimes()))))
	if err != nil {
		return d.Centimes()
	}
	return c
}

// fraction returns a decimal number as n/scale, where scale is a power of ten. It
// only reads short numbers without sign and exponent, as the provider writes them.
// For any other text scale is 0.
func fraction(decimal string) (n, scale uint64) {
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	if len(decimal) == 0 || len(decimal) > 15 || !digit(decimal[0]) || !digit(decimal[len(decimal)-1]) {
		return 0, 0
	}
	scale = 1
	point := false
	for _, c := range []byte(decimal) {
		switch {
		case digit(c):
			n = n*10 + uint64(c-'0')
			if point {
				scale *= 10
			}
		case c == '.' && !point:
			point = true
		default:
			return 0, 0
		}
	}
	return n, scale
}

// MarshalJSON writes the price as a JSON number, or null if it is not known.
func (p Price) MarshalJSON() ([]byte, error) {
	if !p.Known() {
		return []byte("null"), nil
	}
	return []byte(p.decimal), nil
}

// UnmarshalJSON reads a JSON number exactly; null stands for a price that is not
// known.
func (p *Price) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*p = Price{}
		return nil
	}
	v, err := ParsePrice(string(b))
	if err != nil {
		return err
	}
	*p = v
	return nil
}

// decimal parses a JSON number exactly. It limits length and exponent, because
// 1e999999999 is a short text and a very long number.
func decimal(s string) (*big.Rat, error) {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(s), "e")
	if exponent != "" {
		if e, err := strconv.Atoi(exponent); err != nil || e < -30 || e > 30 {
			return nil, Errorf("%q is not a plain decimal number", s)
		}
	}
	if mantissa == "" || len(mantissa) > 40 || strings.Trim(mantissa, "-0123456789.") != "" {
		return nil, Errorf("%q is not a plain decimal number", s)
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil, Errorf("%q is not a plain decimal number", s)
	}
	return r, nil
}

// roundCentimes rounds to the nearest whole number, and a half away from zero.
func roundCentimes(r *big.Rat) (Centimes, error) {
	// It takes floor(|r| + 1/2) and puts the sign back.
	num := new(big.Int).Abs(r.Num())
	num.Lsh(num, 1).Add(num, r.Denom())
	num.Quo(num, new(big.Int).Lsh(r.Denom(), 1))
	if !num.IsInt64() || num.Int64() > math.MaxInt64/2 {
		return 0, Errorf("amount of money out of range")
	}
	c := Centimes(num.Int64())
	if r.Sign() < 0 {
		c = -c
	}
	return c, nil
}
