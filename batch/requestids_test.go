package batch

import (
	"strconv"
	"testing"
)

// An id that was seen is known again while it is among the recent ones, and the
// memory has a bound.
func TestRequestIDsAreRememberedForAWhile(t *testing.T) {
	var r requestIDs
	for i := range 3 * rememberedIDs {
		if id := strconv.Itoa(i); r.repeats(id) || !r.repeats(id) {
			t.Fatalf("id %d", i)
		}
	}
	if len(r.seen) != rememberedIDs || len(r.recent) != rememberedIDs {
		t.Errorf("%d ids are remembered, want %d", len(r.seen), rememberedIDs)
	}
	if !r.repeats(strconv.Itoa(2*rememberedIDs)) || r.repeats("0") {
		t.Error("the recent ids are to be remembered, and only these")
	}
	if first, second := r.repeats(""), r.repeats(""); first || second {
		t.Error("answers without an id do not repeat each other")
	}
}
