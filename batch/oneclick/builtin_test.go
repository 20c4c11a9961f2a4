package oneclick_test

import (
	"testing"
	"time"

	"flexybatch/batch/oneclick"
)

// The plans that the program knows by itself can all be bought, and say how old they
// are.
func TestBuiltIn(t *testing.T) {
	plans, on, err := oneclick.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	operators := map[string]bool{}
	for _, p := range plans {
		operators[p.Operator] = true
		if !p.Enabled || p.Name == "" || p.Fixed != (p.Amount > 0) || !p.Fixed && p.Min <= 0 {
			t.Errorf("%+v", p)
		}
	}
	for _, operator := range []string{"Mobilis", "Djezzy", "Ooredoo", "Pixx"} {
		if !operators[operator] {
			t.Errorf("no plan of %s", operator)
		}
	}
	if on.IsZero() || on.After(time.Now().Add(24*time.Hour)) {
		t.Errorf("of %s", on)
	}
}
