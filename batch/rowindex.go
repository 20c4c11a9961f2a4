package batch

import (
	"hash/maphash"
	"math"
	"math/bits"
)

// rowIndex finds rows by a text of theirs. It is a hash table that holds positions, and
// in the bits that these do not need a part of the hash: each row itself says which text
// it has. A map of a million texts would take six times as much room. A row that has
// another text meanwhile stays in the table, where it is not found any more, until the
// table is made anew.
type rowIndex struct {
	seed  maphash.Seed
	slots []uint32 // part of a hash and, below it, 1 + the row's position; 0 if empty
	used  int      // slots that are not empty
	tag   uint32   // the bits of a slot that are part of the hash
}

func newRowIndex() rowIndex { return rowIndex{seed: maphash.MakeSeed()} }

// find returns the row of a text, if there is one; has tells whether a row has the text.
func (x *rowIndex) find(text string, has func(position) bool) (at position, ok bool) {
	if len(x.slots) == 0 {
		return 0, false
	}
	hash := maphash.String(x.seed, text)
	for slot := x.first(hash); x.slots[slot] != 0; slot = x.next(slot) {
		if x.slots[slot]&x.tag != x.tagOf(hash) {
			continue // so that few rows are looked at, which may be far away in memory
		}
		if at := position(x.slots[slot]&^x.tag - 1); has(at) {
			return at, true
		}
	}
	return 0, false
}

// full reports whether the table must be made anew before a row is added.
func (x *rowIndex) full() bool { return 4*(x.used+1) > 3*len(x.slots) }

// reset empties the table, and makes it large enough for so many of all rows.
func (x *rowIndex) reset(rows, all int) {
	x.slots, x.used = make([]uint32, 8+rows+rows/2), 0
	x.tag = math.MaxUint32 << bits.Len(uint(all))
}

// add adds a row whose text has this hash.
func (x *rowIndex) add(hash uint64, at position) {
	slot := x.first(hash)
	for x.slots[slot] != 0 {
		slot = x.next(slot)
	}
	x.slots[slot] = x.tagOf(hash) | uint32(at+1)
	x.used++
}

// first returns the slot where the search for a text with this hash begins: the upper bits
// of the hash choose it, so that the table can be of any size.
func (x *rowIndex) first(hash uint64) int {
	slot, _ := bits.Mul64(hash, uint64(len(x.slots)))
	return int(slot)
}

func (x *rowIndex) next(slot int) int {
	if slot++; slot == len(x.slots) {
		return 0
	}
	return slot
}

func (x *rowIndex) tagOf(hash uint64) uint32 { return uint32(hash) & x.tag }

// indexRefs makes the index of refs ready for the rows that there are, and so many more.
func (r *rowSet) indexRefs(more int) {
	all := int(r.length()) + more
	r.refs.reset(all, all)
}

// indexRef lets a row be found by its ref. It reports false, and does nothing, if
// another row is found by it.
func (r *rowSet) indexRef(at position, ref Ref) (fresh bool) {
	if _, taken := r.position(ref); taken {
		return false
	}
	if ref != "" {
		r.refs.add(maphash.String(r.refs.seed, string(ref)), at)
	}
	return true
}

// position returns where the row with this ref is.
func (r *rowSet) position(ref Ref) (at position, ok bool) {
	if r == nil || ref == "" {
		return 0, false
	}
	return r.refs.find(string(ref), func(at position) bool {
		p := r.rows.at(int(at))
		if whole := r.whole(p); whole != nil {
			return whole.Ref == ref
		}
		var b [64]byte
		return p.file.ref != (packedRef{}) && string(r.appendRef(b[:0], &p.file.ref)) == string(ref)
	})
}

// order returns where the row is that has the provider's order of this id.
func (r *rowSet) order(id string) (at position, ok bool) {
	if r == nil || id == "" {
		return 0, false
	}
	return r.orders.find(id, func(at position) bool { return r.hasOrder(r.rows.at(int(at)), id) })
}

// hasOrder reports whether a row has the provider's order of this id.
func (r *rowSet) hasOrder(p *packedRow, id string) bool {
	if whole := r.whole(p); whole != nil {
		return whole.TopupID == id
	}
	var b [64]byte
	return p.status.packed&hasID != 0 && string(p.status.id.append(b[:0])) == id
}

// indexOrder lets a row be found by the provider's id of its order, which it has.
func (r *rowSet) indexOrder(at position, id string) {
	if r.orders.full() {
		r.indexOrders() // the row's among them
		return
	}
	r.orders.add(maphash.String(r.orders.seed, id), at)
}

// indexOrders lets every row be found by the provider's id of its order, and makes room
// for one of each row.
func (r *rowSet) indexOrders() {
	n := 0
	for at := range r.length() {
		if _, ok := r.orderHash(at); ok {
			n++
		}
	}
	all := int(r.length())
	r.orders.reset(max(2*n, all), all) // rows that were given another id take more than one slot
	for at := range r.length() {
		if hash, ok := r.orderHash(at); ok {
			r.orders.add(hash, at)
		}
	}
}

// orderHash returns the hash of the provider's id of a row's order, if it is known.
func (r *rowSet) orderHash(at position) (hash uint64, ok bool) {
	p := r.rows.at(int(at))
	switch whole := r.whole(p); {
	case whole != nil:
		return maphash.String(r.orders.seed, whole.TopupID), whole.TopupID != ""
	case p.status.packed&hasID == 0:
		return 0, false
	}
	var b [64]byte
	return maphash.Bytes(r.orders.seed, p.status.id.append(b[:0])), true
}
