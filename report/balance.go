package report

import (
	"time"

	"flexybatch/batch"
)

// Balance tells whether the account's balance follows from its transactions.
// All of them count, whoever they are for.
type Balance struct {
	Before batch.Centimes `json:"before"` // the first transaction of the span
	Moved  batch.Centimes `json:"moved"`  // the sum of the transactions
	After  batch.Centimes `json:"after"`  // the last
	AddsUp bool           `json:"adds_up"`
}

// balance checks the transactions of the span, and the balance that the journal
// noted before the first send against all that the statement shows. The span
// begins at an index.
func (r *Reconciliation) balance(notes []batch.Note, all []Movement, begun int) {
	b, span := &r.Balance, all[begun:]
	whole := true
	for i := range span {
		moved, ok := span[i].moved()
		b.Moved += moved
		if whole = whole && ok; !ok {
			r.differ(BalanceDiffers, "", 0, span[i].broken())
		}
	}
	if c, ok := newChain(all, begun); ok {
		r.chained(c)
		r.noted(notes, all)
	} else {
		r.byNotes(notes, len(span) > 0)
	}
	b.AddsUp = b.AddsUp && whole
}

// chained takes the balances from the transactions themselves.
func (r *Reconciliation) chained(c chain) {
	b := &r.Balance
	b.Before, b.After = c.before, c.after
	b.AddsUp = len(c.gaps) == 0 && b.Before+b.Moved == b.After
	for _, g := range c.gaps {
		r.unbalanced("%s begins at a balance of %s DZD, which no other transaction ends at: transactions are missing or listed twice", g.what(), *g.Before)
	}
	if len(c.gaps) > 0 && b.Before+b.Moved != b.After {
		r.unbalanced("the balance before, %s DZD, and the transactions, %s, do not make the balance after, %s: %s cannot be explained", b.Before, b.Moved, b.After, b.After-b.Before-b.Moved)
	}
}

// byNotes takes the balances from the journal, where the statement tells none.
func (r *Reconciliation) byNotes(notes []batch.Note, moved bool) {
	b := &r.Balance
	first, last := noted(notes)
	if first == nil {
		if b.AddsUp = !moved; moved {
			r.unbalanced("neither the statement nor the journal tells the balance before")
		}
		return
	}
	b.Before, b.After = *first.Balance, *last.Balance
	if b.AddsUp = b.Before+b.Moved == b.After; !b.AddsUp {
		r.unbalanced("the statement tells no balances. The journal noted %s DZD before the first send and %s at its last end, and the transactions come to %s: %s cannot be explained",
			b.Before, b.After, b.Moved, b.After-b.Before-b.Moved)
	}
}

func (r *Reconciliation) unbalanced(format string, args ...any) {
	r.differ(BalanceDiffers, "", 0, messagef(format, args...))
}

// broken says what is wrong with a movement that is none.
func (m *Movement) broken() message {
	amount, ok := m.Signed()
	if !ok {
		return messagef("%s does not say whether it took money or brought it; it is not counted", m.what())
	}
	return messagef("%s says %s DZD, and its balances differ by %s", m.what(), amount, *m.After-*m.Before)
}

// chain is transactions one after the other, each beginning at the balance that
// another ends at.
type chain struct {
	before, after batch.Centimes
	gaps          []*Movement // that begin at a balance which is no other's end
}

// newChain links transactions, oldest first, and tells of those from an index
// on; the ones before it only say where those must begin. ok is false where one
// does not tell its balances, or there is none. Transactions of one time may be
// listed in any order, as in exports that have days and no hours.
func newChain(all []Movement, from int) (c chain, ok bool) {
	for i := range all {
		if !all[i].balanced() {
			return chain{}, false
		}
	}
	for i := 0; i < len(all); {
		n := i + 1
		for n < len(all) && all[n].Time.Equal(all[i].Time) {
			n++
		}
		k := linkTo(all[i:n], c.after)
		if i > 0 && k.before != c.after && len(k.gaps) == 0 {
			k.gaps = append(k.gaps, k.first)
		}
		if i == from {
			c.before = k.before
		}
		if i >= from {
			c.gaps = append(c.gaps, k.gaps...)
		}
		c.after, i = k.after, n
	}
	return c, len(all) > from
}

// link is transactions of one time, put one after the other.
type link struct {
	chain
	first *Movement
}

// linkTo puts transactions of one time one after the other, at best beginning
// at a balance. Of all balances that they begin at one is left over when those
// that they end at are taken away, and the other way round, or none where they
// come back to where they began; and each can be reached from the first.
// Whatever else is a gap.
func linkTo(group []Movement, at batch.Centimes) link {
	over := map[batch.Centimes]int{}   // begun less ended
	next := map[batch.Centimes][]int{} // which begin there
	for i := range group {
		v := &group[i]
		over[*v.Before]++
		over[*v.After]--
		next[*v.Before] = append(next[*v.Before], i)
	}
	k := link{first: firstOf(group, over, next[at])}
	k.before = *k.first.Before
	k.after = k.before // where they come back to it
	over[k.before]--
	reached := reach(group, next, k.before)
	for i := range group {
		v := &group[i]
		if over[*v.After] < 0 {
			k.after = *v.After
		}
		switch {
		case over[*v.Before] > 0:
			over[*v.Before]--
			k.gaps = append(k.gaps, v)
		case !reached[i]:
			k.gaps = append(k.gaps, v)
		}
	}
	return k
}

// firstOf is the one that the others follow: one of those preferred, if they can
// be first, else the first that can.
func firstOf(group []Movement, over map[batch.Centimes]int, preferred []int) *Movement {
	round := closed(over)
	if len(preferred) > 0 && (round || over[*group[preferred[0]].Before] > 0) {
		return &group[preferred[0]]
	}
	for i := range group {
		if over[*group[i].Before] > 0 {
			return &group[i]
		}
	}
	return &group[0]
}

// closed tells transactions that come back to where they began.
func closed(over map[batch.Centimes]int) bool {
	for _, n := range over {
		if n != 0 {
			return false
		}
	}
	return true
}

// reach tells which transactions can follow, one after the other, from a
// balance.
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

// noted checks that the balance which the journal noted before the first send is
// one that the account had.
func (r *Reconciliation) noted(notes []batch.Note, all []Movement) {
	first, _ := noted(notes)
	if first == nil {
		return
	}
	for i := range all {
		if v := &all[i]; v.balanced() && (*v.Before == *first.Balance || *v.After == *first.Balance) {
			return
		}
	}
	r.unbalanced("the journal noted a balance of %s DZD before the first send (%s), and the statement never shows it: does it begin too late?", *first.Balance, first.At.Local().Format(time.DateTime))
	r.Balance.AddsUp = false
}

// noted finds the first and the last note of a balance; nil where there is none.
func noted(notes []batch.Note) (first, last *batch.Note) {
	for i := range notes {
		if n := &notes[i]; n.Balance != nil {
			if first == nil {
				first = n
			}
			last = n
		}
	}
	return first, last
}
