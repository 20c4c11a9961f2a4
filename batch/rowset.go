package batch

import (
	"hash/maphash"
	"math/bits"
)

// rowSet is the rows of a plan in their order, each to be found by its ref. A
// map of a million refs would take four times as much room, and the collector
// would follow each of its pointers, to places far apart in memory. nil is a set
// of none.
type rowSet struct {
	all   []*RowStatus
	seed  maphash.Seed
	slots []uint64 // the upper half of a ref's hash; below it, where the row stands in all, from 1; 0: empty
}

// newRowSet makes room for so many rows.
func newRowSet(most int) *rowSet {
	return &rowSet{
		all: make([]*RowStatus, 0, most), seed: maphash.MakeSeed(),
		slots: make([]uint64, 2<<bits.Len(uint(most))), // never more than half of them are taken
	}
}

// each is the rows in their order.
func (r *rowSet) each() []*RowStatus {
	if r == nil {
		return nil
	}
	return r.all
}

// add adds a row behind the others; a ref that is there already is an error.
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

// find is the row of that ref, nil where there is none.
func (r *rowSet) find(ref Ref) *RowStatus {
	if i := r.index(ref); i >= 0 {
		return r.all[i]
	}
	return nil
}

// index is where the row of that ref stands, from 0; -1 where there is none.
func (r *rowSet) index(ref Ref) int {
	if r == nil || ref == "" {
		return -1
	}
	at, _ := r.slot(ref)
	return int(uint32(r.slots[at])) - 1
}

// slot is the one that has the ref, or the one to put it in.
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
