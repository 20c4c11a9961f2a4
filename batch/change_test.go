package batch_test

import (
	"fmt"
	"slices"
	"testing"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/journal"
)

// Watch tells exactly the changes that ReadChanges later finds in the journal, those
// of each row in the same order.
func TestChanges(t *testing.T) {
	inVirtualTime(t, simulator.Config{Seed: 4, Faults: map[string]float64{"refunded": 0.2, "error-500-after": 0.2, "throttle": 0.2}}, func(w *world) {
		told := map[batch.Ref][]string{}
		tell := func(to map[batch.Ref][]string) func(batch.Change) {
			return func(c batch.Change) {
				to[c.Row.Ref] = append(to[c.Row.Ref], fmt.Sprintf("%s: %s to %s by %s, attempt %d", c.At.UTC(), c.From, c.Row.State, c.By, c.Row.Attempts))
			}
		}
		books := w.books(makeRows(60))
		books.Watch(tell(told))
		if _, err := w.engine(books).Run(w.t.Context(), w.t.Context()); err != nil {
			t.Fatal(err)
		}
		books.Watch(nil)
		if err := books.Close(); err != nil {
			t.Fatal(err)
		}
		read := map[batch.Ref][]string{}
		if err := batch.ReadChanges(journal.Disk{}, w.path, tell(read)); err != nil {
			t.Fatal(err)
		}
		if len(told) != 60 || len(read) != 60 {
			t.Fatalf("%d rows were told of, %d are in the journal", len(told), len(read))
		}
		for ref, changes := range read {
			if !slices.Equal(changes, told[ref]) || len(changes) < 2 {
				t.Errorf("the journal tells %q, and it was told %q", changes, told[ref])
			}
		}
	})
}
