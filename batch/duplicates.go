package batch

import (
	"hash/maphash"
	"math/bits"
	"slices"
	"sync"
)

// duplicate is a row that repeats an earlier one, as two indexes.
type duplicate struct{ row, first int32 }

// hashes holds a hash for each row, by index. It is 0 for a row that has nothing
// which another row could repeat.
type hashes []uint32

// nonzero returns the upper half of a hash, with the last bit set so that it is not
// 0.
func nonzero(hash uint64) uint32 { return uint32(hash>>32) | 1 }

// repeated returns, in order, the rows that have the same hash as another row. It
// first rules out nearly all rows by the leading bits of their hashes, in two
// tables of bits that are small enough for the processor's cache. A hash table of
// all rows takes ten times as long.
func (all hashes) repeated() []int {
	shift := 32 - min(32, bits.Len(uint(len(all)))+3)
	seen, again := make([]uint64, 1+(1<<32-1)>>shift>>6), make([]uint64, 1+(1<<32-1)>>shift>>6)
	for _, h := range all {
		if at := h >> shift; h != 0 {
			again[at>>6] |= seen[at>>6] & (1 << (at & 63))
			seen[at>>6] |= 1 << (at & 63)
		}
	}
	var suspects []uint64 // a hash in the upper half, an index in the lower
	for i, h := range all {
		if at := h >> shift; h != 0 && again[at>>6]>>(at&63)&1 != 0 {
			suspects = append(suspects, uint64(h)<<32|uint64(i))
		}
	}
	slices.Sort(suspects)
	var rows []int
	for n, s := range suspects {
		if n > 0 && suspects[n-1]>>32 == s>>32 || n+1 < len(suspects) && suspects[n+1]>>32 == s>>32 {
			rows = append(rows, int(uint32(s)))
		}
	}
	slices.Sort(rows)
	return rows
}

// findDuplicates finds the rows that repeat an earlier row's id, and those that
// repeat its phone, plan and amount. It makes the ids canonical first.
func (a *assignment) findDuplicates() {
	ids, equals := make(hashes, len(a.rows)), make(hashes, len(a.rows))
	seed := maphash.MakeSeed()
	a.inParts(func(from, to int) {
		plans := planFinder{plans: a.plans}
		for i := from; i < to; i++ {
			t := &a.rows[i].Topup
			if t.ID = canonical(t.ID); t.ID != "" {
				ids[i] = nonzero(maphash.String(seed, t.ID))
			}
			if plans.complete(t) {
				equals[i] = nonzero(maphash.String(seed, string(t.Phone)) ^ uint64(t.Amount)*0x9e3779b97f4a7c15)
			}
		}
	})
	var both sync.WaitGroup
	both.Go(func() { a.findIDs(ids.repeated()) })
	both.Go(func() { a.findEquals(equals.repeated()) })
	both.Wait()
}

// findIDs finds the rows whose id another row has. The first of them stands,
// unless a later one was charged as it stands.
func (a *assignment) findIDs(alike []int) {
	groups := map[string][]int{}
	for _, i := range alike {
		id := a.rows[i].Topup.ID
		groups[id] = append(groups[id], i)
	}
	refs := newRefs(a.name)
	for _, group := range groups {
		first := group[0]
		for _, i := range group {
			if a.lineage.chargedAs(refs.byID(a.rows[i].Topup.ID), a.rows[i].Topup) {
				first = i
				break
			}
		}
		for _, i := range group {
			if i != first {
				a.ids = append(a.ids, duplicate{int32(i), int32(first)})
			}
		}
	}
}

// findEquals finds the rows whose phone, plan and amount another row has, and
// numbers those without id: their refs must differ.
//
// Of equal rows those that were charged count as the first ones, so that sorting
// a file pays nobody, and taking one of them out leaves the one that was charged
// (money rule 14).
func (a *assignment) findEquals(alike []int) {
	a.nth = map[int]int{}
	groups := map[Topup][]int{}
	for _, i := range alike {
		t := a.rows[i].Topup.clearID()
		groups[t] = append(groups[t], i)
	}
	refs := newRefs(a.name)
	charged := a.lineage.chargedNumbers(refs)
	if len(charged) > 0 {
		a.addSingles(groups, charged)
	}
	for t, group := range groups {
		numbers := charged[t]
		if numbers == nil && a.lineage.chargedAs(refs.byContent(t, 0), t) {
			numbers = []int{0}
		}
		stands := a.number(refs, group, numbers)
		if len(stands) == 0 {
			stands = group[:1]
		}
		a.addEquals(group, stands)
	}
}

// addSingles adds rows without id that no other row of the file equals, but of
// whose kind more than the first was charged.
func (a *assignment) addSingles(groups map[Topup][]int, charged map[Topup][]int) {
	for i := range a.rows {
		t := a.rows[i].Topup
		if t.ID == "" && charged[t] != nil && groups[t] == nil {
			groups[t] = []int{i}
		}
	}
}

// number numbers the rows of a group that have no id: first the numbers that were
// charged, then the free ones. It returns the rows that were charged as they
// stand.
func (a *assignment) number(refs *refs, group, charged []int) (stands []int) {
	given, free := 0, 0
	for _, i := range group {
		t := a.rows[i].Topup
		switch {
		case t.ID != "":
			if a.lineage.chargedAs(refs.byID(t.ID), t) {
				stands = append(stands, i)
			}
			continue
		case given < len(charged):
			a.nth[i] = charged[given]
			given++
			stands = append(stands, i)
			continue
		}
		for _, taken := slices.BinarySearch(charged, free); taken; _, taken = slices.BinarySearch(charged, free) {
			free++
		}
		a.nth[i] = free
		free++
	}
	return stands
}

// addEquals notes the rows of a group that repeat the first of those that stand.
// Both lists are in ascending order.
func (a *assignment) addEquals(group, stands []int) {
	first := stands[0]
	for _, i := range group {
		if len(stands) > 0 && stands[0] == i {
			stands = stands[1:]
			continue
		}
		a.equals = append(a.equals, duplicate{int32(i), int32(first)})
	}
}
