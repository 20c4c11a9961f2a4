package xlsx

import "testing"

func TestDecimalText(t *testing.T) {
	for stored, want := range map[string]string{
		"778000000": "778000000", "7.78E+08": "778000000", "7.7800000100000001E8": "778000001", "500.0": "500", "1E3": "1000", "1e-2": "0.01",
		"1499.9999999999998": "1500", "1499.99999999999": "1499.99999999999", "0.1": "0.1", "0.30000000000000004": "0.3", "-5": "-5", "0": "0", " 5 ": "5",
		"213550123456": "213550123456", "1E+300": "1e+300", "1e-300": "1e-300",
	} {
		if got, ok := DecimalText(stored); !ok || got != want {
			t.Errorf("%q is %q, %v; want %q", stored, got, ok, want)
		}
	}
	for _, s := range []string{"", "x", "NaN", "Inf", "-inf", "0x1p3", "1_0", "1e999", "5,5"} {
		if got, ok := DecimalText(s); ok {
			t.Errorf("%q is %q; want no number", s, got)
		}
	}
}

func FuzzDecimalText(f *testing.F) {
	for _, s := range []string{"1", "1499.9999999999998", "7.78E+08", "1e308", "-0", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once, ok := DecimalText(s)
		if !ok {
			return
		}
		if twice, ok := DecimalText(once); !ok || twice != once {
			t.Fatalf("%q is %q, and that is %q", s, once, twice)
		}
		if len(once) > 40 {
			t.Fatalf("%q is a number of %d characters", s, len(once))
		}
	})
}
