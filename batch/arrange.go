package batch

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"runtime"
	"strconv"
	"sync"
)

// Arrange applies the rules that take the whole file to see, in place:
// duplicates, and the caps of l. Then it gives every valid row its ref and its
// cost. rows are in the order of the file; name is the batch's.
//
// What can be said of a row alone is worked out on all processors, and
// duplicates are found without copying what the rows hold: a million rows are a
// matter of a second and of a few megabytes.
func Arrange(name string, rows []Row, plans Catalogue, l Limits) {
	a := &arrangement{rows: rows, plans: plans, index: make(map[string]int, len(plans)), limits: l, seed: maphash.MakeSeed()}
	for i, p := range plans {
		a.index[p.Code] = i
	}
	a.inParts(func(from, to int) {
		for i := from; i < to; i++ {
			rows[i].Topup.ID = canonical(rows[i].Topup.ID)
		}
	})
	var both sync.WaitGroup
	both.Go(a.findIDs)
	both.Go(a.findEquals)
	both.Wait()
	a.blame()
	a.cap()
	a.inParts(func(from, to int) {
		refs := newRefs(name)
		for i := from; i < to; i++ {
			if r := &rows[i]; r.Valid() {
				r.Cost = plans[a.index[r.Topup.Plan]].Cost.Cost(r.Topup.Amount)
				if r.Topup.ID != "" {
					r.Ref = refs.byID(r.Topup.ID)
				} else {
					r.Ref = refs.byContent(r.Topup, a.nth[i])
				}
			}
		}
	})
}

// arrangement is one Arrange.
type arrangement struct {
	rows   []Row
	plans  Catalogue
	index  map[string]int // of a plan's code
	limits Limits
	seed   maphash.Seed

	ids    []repeat
	equals []repeat
	nth    map[int]int // index → how many equal rows without id came before, where that is not 0
}

// repeat is a row that has what an earlier one has.
type repeat struct{ row, first int32 } // indexes

// inParts works on all rows, a part of them on each processor.
func (a *arrangement) inParts(work func(from, to int)) {
	size := max(1000, (len(a.rows)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for from := 0; from < len(a.rows); from += size {
		all.Go(func() { work(from, min(from+size, len(a.rows))) })
	}
	all.Wait()
}

// whole tells a row whose phone, plan and amount are known: another breaks a
// rule already, and equals nothing.
func (a *arrangement) whole(r *Row) bool {
	_, known := a.index[r.Topup.Plan]
	return known && r.Topup.Phone != "" && r.Topup.Amount != 0
}

// findIDs finds the rows whose id an earlier one has.
func (a *arrangement) findIDs() {
	seen := newFirsts(len(a.rows))
	for i := range a.rows {
		id := a.rows[i].Topup.ID
		if id == "" {
			continue
		}
		first, again := seen.find(maphash.String(a.seed, id), i, func(j int) bool { return a.rows[j].Topup.ID == id })
		if again {
			a.ids = append(a.ids, repeat{int32(i), int32(first)})
		}
	}
}

// findEquals finds the rows whose phone, plan and amount an earlier one has, and
// counts those without id: their refs must differ.
func (a *arrangement) findEquals() {
	seen := newFirsts(len(a.rows))
	a.nth = map[int]int{}
	plain := map[int]int{} // index of the first → equal rows without id so far
	var key [16]byte
	for i := range a.rows {
		r := &a.rows[i]
		if !a.whole(r) {
			continue
		}
		t := r.Topup.withoutID()
		binary.LittleEndian.PutUint64(key[:], uint64(t.Amount))
		binary.LittleEndian.PutUint64(key[8:], phoneNumber(t.Phone))
		first, again := seen.find(maphash.Bytes(a.seed, key[:]), i, func(j int) bool { return a.rows[j].Topup.withoutID() == t && a.whole(&a.rows[j]) })
		if !again {
			continue
		}
		a.equals = append(a.equals, repeat{int32(i), int32(first)})
		if r.Topup.ID != "" {
			continue
		}
		if plain[first] == 0 && a.rows[first].Topup.ID == "" {
			plain[first] = 1
		}
		if n := plain[first]; n > 0 {
			a.nth[i] = n
		}
		plain[first]++
	}
}

// phoneNumber is a phone as a number. A Phone that is none was not made by this
// package's constructors.
func phoneNumber(p Phone) uint64 {
	n, err := strconv.ParseUint(string(p), 10, 64)
	if err != nil {
		panic("batch: a Phone that is no number: " + string(p))
	}
	return n
}

// blame makes the repeats invalid.
func (a *arrangement) blame() {
	for _, x := range a.ids {
		r := &a.rows[x.row]
		r.problem(DuplicateID, "id", r.Topup.ID, fmt.Sprintf("row %d has the same id; give each row its own, or take one of them out", a.rows[x.first].Number))
	}
	if a.limits.AllowDuplicates {
		return
	}
	for _, x := range a.equals {
		a.rows[x.row].problem(DuplicateRow, "", "", fmt.Sprintf("it repeats row %d: same phone, plan and amount; take one out, or run with --allow-duplicates if both are meant", a.rows[x.first].Number))
	}
}

// cap applies the operator's bounds on rows and phones.
func (a *arrangement) cap() {
	l := a.limits
	if l.MaxAmount == 0 && l.MaxPerPhone == 0 {
		return
	}
	sums := map[Phone]Dinars{}
	for i := range a.rows {
		r := &a.rows[i]
		if !a.whole(r) {
			continue
		}
		t := r.Topup
		amount := strconv.FormatInt(int64(t.Amount), 10)
		if l.MaxAmount > 0 && t.Amount > l.MaxAmount {
			r.problem(AmountCap, "amount", amount, fmt.Sprintf("it is above the %d dinars a row that --max-amount allows", l.MaxAmount))
		}
		if l.MaxPerPhone == 0 || !r.Valid() {
			continue
		}
		sum := sums[t.Phone] + t.Amount
		if sum > l.MaxPerPhone {
			r.problem(AmountCap, "amount", amount, fmt.Sprintf("with it, %s would get %d dinars in this batch, above the %d that --max-per-phone allows", t.Phone, sum, l.MaxPerPhone))
			continue
		}
		sums[t.Phone] = sum
	}
}

// firsts finds the first of equal rows: a hash table of indexes that holds no
// copy of anything.
type firsts struct {
	slots []slot
	mask  uint64
}

// slot is an index + 1, 0 where it is free, with a part of the row's hash: rows
// are far apart in memory, and only those of the same hash are worth a look.
type slot struct{ hash, index uint32 }

func newFirsts(rows int) *firsts {
	size := 16
	for size < 2*rows {
		size *= 2
	}
	return &firsts{make([]slot, size), uint64(size - 1)}
}

// find looks for an earlier row with this hash that is the same, and keeps i
// where there is none.
func (f *firsts) find(hash uint64, i int, same func(j int) bool) (first int, again bool) {
	for at := hash & f.mask; ; at = (at + 1) & f.mask {
		s := &f.slots[at]
		if s.index == 0 {
			*s = slot{uint32(hash >> 32), uint32(i + 1)}
			return i, false
		}
		if j := int(s.index - 1); s.hash == uint32(hash>>32) && same(j) {
			return j, true
		}
	}
}
