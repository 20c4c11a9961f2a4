package batch

import (
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

// A numberSet has the numbers that were added and not removed, whatever part of it is asked for.
func TestNumberSet(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var s numberSet
		most := 1 + r.IntN(400)
		has := make([]bool, most)
		for range r.IntN(2 * most) {
			n := r.IntN(most)
			switch {
			case !has[n]:
				s.add(n)
				has[n] = true
			case r.IntN(2) == 0:
				s.remove(n)
				has[n] = false
			}
		}
		for range 50 {
			first := r.IntN(most+100) - 50
			last := first + r.IntN(200) - 10
			var want []int
			for n := max(first, 0); n <= min(last, most-1); n++ {
				if has[n] {
					want = append(want, n)
				}
			}
			if got := slices.Collect(s.each(first, last)); !slices.Equal(got, want) || s.count(first, last) != len(want) {
				t.Fatalf("from %d to %d: %v, %d; want %v", first, last, got, s.count(first, last), want)
			}
		}
	}
	var empty numberSet
	if empty.count(0, 100) != 0 {
		t.Error("an empty set has numbers")
	}
}

// Rows that are waited for may be as many as the batch has.
func TestPolledIsSmall(t *testing.T) {
	t.Parallel()
	if size := unsafe.Sizeof(polled{}); size > 48 {
		t.Errorf("a polled row has %d bytes", size)
	}
}
