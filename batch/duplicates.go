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

// findIDs finds the rows that repeat an earlier row's id, among those whose hashes
// are repeated.
func (a *assignment) findIDs(repeated []int) {
	seen := map[string]int{} // by id, the first row
	for _, i := range repeated {
		id := a.rows[i].Topup.ID
		if first, again := seen[id]; again {
			a.ids = append(a.ids, duplicate{int32(i), int32(first)})
		} else {
			seen[id] = i
		}
	}
}

// findEquals finds the rows that repeat an earlier row's phone, plan and amount.
// It numbers equal rows without id, because their refs must differ.
func (a *assignment) findEquals(repeated []int) {
	a.nth = map[int]int{}
	type group struct{ first, withoutID int } // the first row, and how many rows without id so far
	seen := map[Topup]group{}
	for _, i := range repeated {
		t := a.rows[i].Topup.clearID()
		k, again := seen[t]
		if again {
			a.equals = append(a.equals, duplicate{int32(i), int32(k.first)})
		} else {
			k.first = i
		}
		if a.rows[i].Topup.ID == "" {
			if k.withoutID > 0 {
				a.nth[i] = k.withoutID
			}
			k.withoutID++
		}
		seen[t] = k
	}
}
