package batch

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// Dinars is a face value: what a phone is topped up with. The provider takes
// whole dinars only.
type Dinars int64

// MaxDinars bounds the face value of one row. The dearest plan known ends at
// 300,000; the bound keeps every sum of a million rows far inside an int64.
const MaxDinars Dinars = 10_000_000

// Centimes is an amount of money, a hundredth of a dinar a unit. It is what
// costs, charges and balances are counted in; floats never are.
type Centimes int64

// Centimes is the face value as money.
func (d Dinars) Centimes() Centimes { return Centimes(d) * 100 }

// String writes dinars with two decimals: "1234.50".
func (c Centimes) String() string {
	sign, u := "", uint64(c)
	if c < 0 {
		sign, u = "-", -u
	}
	return fmt.Sprintf("%s%d.%02d", sign, u/100, u%100)
}

// MarshalJSON writes the decimal as a JSON string, so that no reader of the
// journal or the summary is tempted to put it through a float.
func (c Centimes) MarshalJSON() ([]byte, error) { return []byte(`"` + c.String() + `"`), nil }

// UnmarshalJSON reads what MarshalJSON writes.
func (c *Centimes) UnmarshalJSON(b []byte) error {
	s, err := strconv.Unquote(string(b))
	if err != nil {
		return fmt.Errorf("money %s is not a JSON string", b)
	}
	*c, err = ParseCentimes(s)
	return err
}

// ParseCentimes reads a decimal number of dinars, as JSON writes numbers, and
// rounds half up (away from zero) to the centime.
func ParseCentimes(s string) (Centimes, error) {
	if n, scale := fraction(s); scale > 0 {
		return Centimes((n*100 + scale/2) / scale), nil // scale is even or 1: half up, exactly
	}
	r, err := decimal(s)
	if err != nil {
		return 0, err
	}
	return roundCentimes(r.Mul(r, big.NewRat(100, 1)))
}

// WholeDinars reads a number of dinars if it is exactly whole, however JSON writes
// it: 500, 500.0, 5e2.
func WholeDinars(s string) (d Dinars, ok bool) {
	if n, scale := fraction(s); scale > 0 {
		return Dinars(n / scale), n%scale == 0
	}
	if _, err := ParseCentimes(s); err != nil { // too long, too large
		return 0, false
	}
	r, err := decimal(s)
	if err != nil || !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	return Dinars(r.Num().Int64()), true
}

// Price is what a dinar of face value costs, exactly: the plan's `cost`, 0.9925
// say. The zero Price is not known (the catalogue gave none); it counts as 1,
// the most any plan has been seen to cost.
type Price struct {
	decimal  string
	n, scale uint64 // the same as n/scale, scale a power of ten, for short ones; else 0
}

// ParsePrice reads a decimal number above zero, as JSON writes numbers.
func ParsePrice(s string) (Price, error) {
	r, err := decimal(s)
	if err != nil {
		return Price{}, err
	}
	if r.Sign() <= 0 || r.Cmp(big.NewRat(10, 1)) > 0 {
		return Price{}, fmt.Errorf("price %q is not between 0 and 10 dinars a dinar", s)
	}
	n, scale := fraction(s)
	return Price{s, n, scale}, nil
}

// Known tells whether the catalogue gave a price.
func (p Price) Known() bool { return p.decimal != "" }

// String is the price as the catalogue wrote it, empty when it gave none.
func (p Price) String() string { return p.decimal }

// Cost is what d costs at this price, rounded half up once, to the centime.
func (p Price) Cost(d Dinars) Centimes {
	if !p.Known() {
		return d.Centimes()
	}
	if p.scale > 0 && d >= 0 {
		if hi, lo := bits.Mul64(uint64(d.Centimes()), p.n); hi == 0 && lo < math.MaxInt64-p.scale {
			return Centimes((lo + p.scale/2) / p.scale) // scale is even or 1: half up, exactly
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

// fraction is a decimal number as n/scale, scale a power of ten: for numbers as
// the provider writes them, which are short. For another the scale is 0.
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

// MarshalJSON writes the price as a JSON number, or null when it is not known.
func (p Price) MarshalJSON() ([]byte, error) {
	if !p.Known() {
		return []byte("null"), nil
	}
	return []byte(p.decimal), nil
}

// UnmarshalJSON reads a JSON number, exactly; null is a price not known.
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

// decimal reads a JSON number exactly. Its length and exponent are bounded,
// since 1e999999999 is a short text and a very long number.
func decimal(s string) (*big.Rat, error) {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(s), "e")
	if exponent != "" {
		if e, err := strconv.Atoi(exponent); err != nil || e < -30 || e > 30 {
			return nil, fmt.Errorf("%q is not a plain decimal number", s)
		}
	}
	if mantissa == "" || len(mantissa) > 40 || strings.Trim(mantissa, "-0123456789.") != "" {
		return nil, fmt.Errorf("%q is not a plain decimal number", s)
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil, fmt.Errorf("%q is not a plain decimal number", s)
	}
	return r, nil
}

func roundCentimes(r *big.Rat) (Centimes, error) {
	// floor(|r| + 1/2), sign restored.
	num := new(big.Int).Abs(r.Num())
	num.Lsh(num, 1).Add(num, r.Denom())
	num.Quo(num, new(big.Int).Lsh(r.Denom(), 1))
	if !num.IsInt64() || num.Int64() > math.MaxInt64/2 {
		return 0, fmt.Errorf("amount of money out of range")
	}
	c := Centimes(num.Int64())
	if r.Sign() < 0 {
		c = -c
	}
	return c, nil
}
