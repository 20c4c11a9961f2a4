package batch_test

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"flexybatch/batch"
)

func TestCostIsExact(t *testing.T) {
	for _, c := range []struct {
		price  string
		amount batch.Dinars
		want   string
	}{
		{"0.98", 1000, "980.00"},
		{"0.9925", 500, "496.25"},
		{"0.9925", 50, "49.63"}, // 49.625 is rounded up
		{"0.9925", 1, "0.99"},   // 0.9925
		{"1", 300000, "300000.00"},
		{"0.333333333333", 10, "3.33"},
		{"9.8e-1", 1000, "980.00"},
	} {
		if got := price(c.price).Cost(c.amount).String(); got != c.want {
			t.Errorf("%d dinars at %s cost %s, want %s", c.amount, c.price, got, c.want)
		}
	}
	if got := (batch.Price{}).Cost(5000).String(); got != "5000.00" {
		t.Errorf("without a price 5000 dinars cost %s", got)
	}
}

// The cost differs from the exact product by at most half a centime, and a half is
// rounded up.
func TestCostRoundsHalfUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`0\.[0-9]{1,18}[1-9]`).Draw(t, "price")
		amount := batch.Dinars(rapid.Int64Range(1, int64(batch.MaxDinars)).Draw(t, "amount"))
		exact, _ := new(big.Rat).SetString(digits)
		exact.Mul(exact, new(big.Rat).SetInt64(int64(amount)*100))
		off := new(big.Rat).Sub(new(big.Rat).SetInt64(int64(price(digits).Cost(amount))), exact)
		if off.Cmp(big.NewRat(-1, 2)) <= 0 || off.Cmp(big.NewRat(1, 2)) > 0 {
			t.Fatalf("%d at %s is off by %s centimes", amount, digits, off.FloatString(4))
		}
	})
}

// A number of any length is read exactly and rounded once.
func TestNumbersAreReadExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`-?[0-9]{1,13}(\.[0-9]{1,8})?(e-?[0-9])?`).Draw(t, "number")
		exact, ok := new(big.Rat).SetString(s)
		c, err := batch.ParseCentimes(s)
		if !ok || err != nil {
			if ok && new(big.Rat).Abs(exact).Cmp(big.NewRat(math.MaxInt64/300, 1)) < 0 {
				t.Fatalf("%q was not read: %v", s, err)
			}
			return
		}
		off := new(big.Rat).Sub(new(big.Rat).SetInt64(int64(c)), new(big.Rat).Mul(exact, big.NewRat(100, 1)))
		if exact.Sign() < 0 {
			off.Neg(off)
		}
		if off.Cmp(big.NewRat(-1, 2)) <= 0 || off.Cmp(big.NewRat(1, 2)) > 0 {
			t.Fatalf("%q was read as %s", s, c)
		}
		d, whole := batch.WholeDinars(s)
		if whole != exact.IsInt() || whole && exact.Cmp(new(big.Rat).SetInt64(int64(d))) != 0 {
			t.Fatalf("%q was read as %d dinars, %v", s, d, whole)
		}
	})
}

func TestMoneyThroughJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := batch.Centimes(rapid.Int64Range(-1<<50, 1<<50).Draw(t, "centimes"))
		b, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var back batch.Centimes
		if err := json.Unmarshal(b, &back); err != nil || back != c {
			t.Fatalf("%d became %s became %d (%v)", c, b, back, err)
		}
	})
}

func TestNumbersThatAreNone(t *testing.T) {
	for _, s := range []string{"", "1e999999999", "1e31", "NaN", "Inf", "0x10", "1/3", "1_000", "--1", "1e", "12,5", "1e1e1"} {
		if c, err := batch.ParseCentimes(s); err == nil {
			t.Errorf("%q was read as %s", s, c)
		}
	}
	for _, s := range []string{"0", "-1", "11", ""} {
		if _, err := batch.ParsePrice(s); err == nil {
			t.Errorf("%q was taken for a price", s)
		}
	}
}
