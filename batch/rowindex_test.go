package batch

import (
	"fmt"
	"hash/maphash"
	"testing"
)

// Two ids may lead to one slot. Each still leads to its own row, also after the other
// has gone.
func TestOrderIndexWithCollidingHashes(t *testing.T) {
	rows := newRowSet()
	for _, ref := range []Ref{"a", "b", "c"} {
		rows.add(&RowStatus{Row: Row{Ref: ref}})
	}
	rows.orders.reset(3, 3)
	ids := colliding(&rows.orders, 3)
	give := func(at position, id string) {
		s, _ := rows.status(at, true)
		s.TopupID = id
		rows.update(at, &s)
	}
	for at, id := range ids {
		give(position(at), id)
	}
	for at, id := range ids {
		if got, ok := rows.order(id); !ok || got != position(at) {
			t.Errorf("%s leads to %d, %v", id, got, ok)
		}
	}
	give(1, "")
	for _, id := range []string{ids[1], ""} {
		if at, ok := rows.order(id); ok {
			t.Errorf("%q leads to row %d, which does not have it", id, at)
		}
	}
	if _, ok := (*rowSet)(nil).order(ids[0]); ok {
		t.Error("an id leads to a row where there are none")
	}
	give(2, ids[1])
	if _, ok := rows.order(ids[2]); ok {
		t.Error("an id leads to a row that has another now")
	}
	if at, ok := rows.order(ids[1]); !ok || at != 2 {
		t.Errorf("an id that has moved leads to %d, %v", at, ok)
	}
}

// colliding returns n ids that lead to one slot.
func colliding(x *rowIndex, n int) (ids []string) {
	for i := 0; len(ids) < n; i++ {
		id := fmt.Sprintf("%024x", i)
		if x.first(maphash.String(x.seed, id)) == len(x.slots)-1 { // from which the search goes on at the first
			ids = append(ids, id)
		}
	}
	return ids
}

// However often the provider changes its mind about an order's id, the row is found by
// the last one and by no other, and the table does not grow with it.
func TestOrderIndexForgetsIDs(t *testing.T) {
	rows := newRowSet()
	for range 100 {
		rows.add(&RowStatus{})
	}
	var s RowStatus
	for i := range 10_000 {
		at := position(i % 100)
		rows.fill(&s, at, "", nil)
		before := s.TopupID
		s.TopupID = fmt.Sprintf("%024x", i)
		if i%3 == 0 {
			s.TopupID = fmt.Sprint("order ", i) // of another form
		}
		rows.update(at, &s)
		if got, ok := rows.order(s.TopupID); !ok || got != at {
			t.Fatalf("%s leads to %d, %v", s.TopupID, got, ok)
		}
		if _, ok := rows.order(before); ok {
			t.Fatalf("%s still leads to a row", before)
		}
	}
	if n := len(rows.orders.slots); n > 512 {
		t.Errorf("100 rows take %d slots", n)
	}
}

// A ref leads to its row, whether or not it has the form that can be packed.
func TestRefsLeadToTheirRows(t *testing.T) {
	rows, made := newRowSet(), newRefs("october")
	var list []Ref
	for i := range 1000 {
		ref := made.byID(fmt.Sprint(i))
		if i%10 == 0 {
			ref = Ref(fmt.Sprint("odd-", i))
		}
		list = append(list, ref)
		rows.add(&RowStatus{Row: Row{Ref: ref}})
	}
	rows.add(&RowStatus{}) // an invalid row has none
	rows.indexRefs(0)
	for at, ref := range list {
		if !rows.indexRef(position(at), ref) {
			t.Fatalf("%s is there before it was added", ref)
		}
	}
	for at, ref := range list {
		if got, ok := rows.position(ref); !ok || got != position(at) {
			t.Fatalf("%s leads to %d, %v", ref, got, ok)
		}
		if rows.indexRef(0, ref) {
			t.Fatalf("%s stands for two rows", ref)
		}
	}
	for _, ref := range []Ref{"", "odd-1", newRefs("november").byID("1"), made.byID("1000")} {
		if at, ok := rows.position(ref); ok {
			t.Errorf("%q leads to row %d", ref, at)
		}
	}
}
