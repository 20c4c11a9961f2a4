package reconcile

import (
	"flexybatch/batch"
)

// chain is transactions one after the other, each beginning at the balance at
// which another one ends.
type chain struct {
	before, after batch.Centimes
	gaps          []*Movement // those that begin at a balance at which no other one ends
}

// newChain links transactions, oldest first, and describes those from an index
// on; the ones before it only say at which balance those must begin. ok is false
// where a transaction does not tell its balances, or there is none from the index
// on. Transactions of one time may be listed in any order, as in exports that
// have days and no hours.
func newChain(all []Movement, from int) (c chain, ok bool) {
	for i := range all {
		if !all[i].balanced() {
			return chain{}, false
		}
	}
	for i := 0; i < len(all); {
		end := sameTime(all, i)
		k := newLink(all[i:end], c.after)
		if i > 0 && k.before != c.after && len(k.gaps) == 0 {
			k.gaps = append(k.gaps, k.first)
		}
		if i == from {
			c.before = k.before
		}
		if i >= from {
			c.gaps = append(c.gaps, k.gaps...)
		}
		c.after, i = k.after, end
	}
	return c, len(all) > from
}

// sameTime is where the transactions end that have the time of the i-th.
func sameTime(all []Movement, i int) (end int) {
	for end = i + 1; end < len(all) && all[end].Time.Equal(all[i].Time); end++ {
	}
	return end
}

// link is the transactions of one time, put one after the other.
type link struct {
	chain
	first *Movement
}

// newLink puts transactions of one time one after the other, preferably beginning
// at the given balance.
//
// In an unbroken link every balance at which a transaction ends is one at which
// another begins, except the last; and every balance at which one begins is one
// at which another ends, except the first. Where the link comes back to the
// balance at which it began, there is no exception. Every transaction must also be
// reachable from the first. Whatever breaks these rules is a gap.
func newLink(group []Movement, at batch.Centimes) link {
	surplus := map[batch.Centimes]int{} // transactions that begin at a balance, less those that end at it
	next := map[batch.Centimes][]int{}  // the transactions that begin at a balance
	for i := range group {
		v := &group[i]
		surplus[*v.Before]++
		surplus[*v.After]--
		next[*v.Before] = append(next[*v.Before], i)
	}
	k := link{first: firstOf(group, surplus, next[at])}
	k.before = *k.first.Before
	k.after = k.before // where they come back to it
	surplus[k.before]--
	reached := reach(group, next, k.before)
	for i := range group {
		v := &group[i]
		if surplus[*v.After] < 0 {
			k.after = *v.After
		}
		switch {
		case surplus[*v.Before] > 0:
			surplus[*v.Before]--
			k.gaps = append(k.gaps, v)
		case !reached[i]:
			k.gaps = append(k.gaps, v)
		}
	}
	return k
}

// firstOf is the transaction that the others follow: one of those preferred, if
// it can be first, else the first that can.
func firstOf(group []Movement, surplus map[batch.Centimes]int, preferred []int) *Movement {
	if len(preferred) > 0 && (isCircle(surplus) || surplus[*group[preferred[0]].Before] > 0) {
		return &group[preferred[0]]
	}
	for i := range group {
		if surplus[*group[i].Before] > 0 {
			return &group[i]
		}
	}
	return &group[0]
}

// isCircle reports whether transactions come back to the balance at which they
// began.
func isCircle(surplus map[batch.Centimes]int) bool {
	for _, n := range surplus {
		if n != 0 {
			return false
		}
	}
	return true
}

// reach reports which transactions can follow, one after the other, from a
// balance. It uses next up.
func reach(group []Movement, next map[batch.Centimes][]int, from batch.Centimes) []bool {
	reached := make([]bool, len(group))
	for todo := []batch.Centimes{from}; len(todo) > 0; {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, i := range next[at] {
			reached[i] = true
			todo = append(todo, *group[i].After)
		}
		delete(next, at)
	}
	return reached
}
