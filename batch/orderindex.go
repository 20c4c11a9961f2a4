package batch

import "hash/maphash"

// orderIndex finds rows by the provider's id of their order, so that one order
// never settles two rows (money rule 15). It holds no pointers and no texts, since
// there may be a million of them: a hash leads to the row's position, and the row
// itself says which id it has.
type orderIndex struct {
	seed      maphash.Seed
	positions map[uint64]uint32 // of rows, by the hash of their id
	collided  map[string]uint32 // of rows whose id has the hash of another's
}

func newOrderIndex() orderIndex {
	return orderIndex{seed: maphash.MakeSeed(), positions: map[uint64]uint32{}, collided: map[string]uint32{}}
}

// find returns the row that has this id, or nil.
func (x *orderIndex) find(rows *rowSet, id string) *RowStatus {
	if id == "" || rows == nil || len(x.positions) == 0 {
		return nil
	}
	at, ok := x.positions[x.hash(id)]
	if ok && rows.all[at].TopupID == id {
		return rows.all[at]
	}
	if at, ok = x.collided[id]; ok && rows.all[at].TopupID == id {
		return rows.all[at]
	}
	return nil
}

// move notes that the row at a position had the id from, and now has the id to.
// Either may be empty.
func (x *orderIndex) move(at uint32, from, to string) {
	if from == to {
		return
	}
	if held, ok := x.positions[x.hash(from)]; from != "" && ok && held == at {
		delete(x.positions, x.hash(from))
	}
	delete(x.collided, from)
	if to == "" {
		return
	}
	if _, ok := x.positions[x.hash(to)]; ok {
		x.collided[to] = at
		return
	}
	x.positions[x.hash(to)] = at
}

func (x *orderIndex) hash(id string) uint64 { return maphash.String(x.seed, id) }
