package batch

import "testing"

// Two ids may have one hash. Each still leads to its own row, also after the other
// has gone.
func TestOrderIndexWithCollidingHashes(t *testing.T) {
	rows := newRowSet(3)
	for _, ref := range []Ref{"a", "b", "c"} {
		rows.add(&RowStatus{Row: Row{Ref: ref}})
	}
	x := newOrderIndex()
	give := func(at uint32, id string) {
		was := rows.all[at].TopupID
		rows.all[at].TopupID = id
		x.move(at, was, id)
	}
	give(0, "id0")
	x.positions[x.hash("id1")] = 0 // as if id0 had the hash of id1
	give(1, "id1")
	give(2, "id2")
	for at, id := range []string{"id0", "id1", "id2"} {
		if got := x.find(rows, id); got != rows.all[at] {
			t.Errorf("%s leads to %+v", id, got)
		}
	}
	give(1, "")
	if x.find(rows, "id1") != nil || x.find(rows, "") != nil || x.find(nil, "id0") != nil {
		t.Error("an id leads to a row that does not have it")
	}
	give(2, "id1")
	if x.find(rows, "id2") != nil || x.find(rows, "id1") != rows.all[2] {
		t.Error("an id that has moved does not lead to its row")
	}
}
