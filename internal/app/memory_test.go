package app

import "testing"

// A few rows leave room for garbage, a million leave little, and nothing in between
// takes more memory than a million.
func TestGarbagePercent(t *testing.T) {
	for rows, want := range map[int]int{0: 200, 10: 200, 100_000: 200, 300_000: 200, 500_000: 200, 600_000: 162, 1_000_000: 57, 2_000_000: 30} {
		if got := garbagePercent(rows); got != want {
			t.Errorf("%d rows: %d percent, want %d", rows, got, want)
		}
	}
	for rows := range 1_000_000 {
		if heap := 200 * rows * (100 + garbagePercent(rows)) / 100; heap > 550_000_000 {
			t.Fatalf("%d rows may take %d MB", rows, heap>>20)
		}
	}
}
