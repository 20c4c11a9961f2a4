package batch

import (
	"hash/maphash"
	"math/bits"
)

// rowSet holds rows in their order and finds them by their refs. It is a hash
// table that holds indexes. A map of a million refs would take four times as much
// room, and the garbage collector would have to follow each of its pointers. A nil
// rowSet is empty.
type rowSet struct {
	all   []*RowStatus
	seed  maphash.Seed
	slots []uint64 // the upper half of a ref's hash and, below it, 1 + the row's index in all; 0 if empty
}

// newRowSet returns an empty set with room for so many rows.
func newRowSet(most int) *rowSet {
	return &rowSet{
		all: make([]*RowStatus, 0, most), seed: maphash.MakeSeed(),
		slots: make([]uint64, 2<<bits.Len(uint(most))), // at most half of them will be used
	}
}

// each returns the rows in their order.
func (r *rowSet) each() []*RowStatus {
	if r == nil {
		return nil
	}
	return r.all
}

// add adds a row behind the others. It reports false, and adds nothing, if the set
// has its ref already.
func (r *rowSet) add(s *RowStatus) (fresh bool) {
	if s.Ref != "" {
		at, tag := r.slot(s.Ref)
		if r.slots[at] != 0 {
			return false
		}
		r.slots[at] = tag | uint64(len(r.all)+1)
	}
	r.all = append(r.all, s)
	return true
}

// find returns the row with the ref, or nil if there is none.
func (r *rowSet) find(ref Ref) *RowStatus {
	if at, ok := r.position(ref); ok {
		return r.all[at]
	}
	return nil
}

// position returns where in all the row with this ref is.
func (r *rowSet) position(ref Ref) (at uint32, ok bool) {
	if r == nil || ref == "" {
		return 0, false
	}
	slot, _ := r.slot(ref)
	if r.slots[slot] == 0 {
		return 0, false
	}
	return uint32(r.slots[slot]) - 1, true
}

// slot returns the index of the slot that has the ref, or of the empty slot to put
// it in, and the upper half of the ref's hash.
func (r *rowSet) slot(ref Ref) (at int, tag uint64) {
	hash := maphash.String(r.seed, string(ref))
	tag = hash &^ (1<<32 - 1)
	for at = int(hash) & (len(r.slots) - 1); ; at = (at + 1) & (len(r.slots) - 1) {
		switch held := r.slots[at]; {
		case held == 0:
			return at, tag
		case held&^(1<<32-1) == tag && r.all[uint32(held)-1].Ref == ref:
			return at, tag
		}
	}
}
