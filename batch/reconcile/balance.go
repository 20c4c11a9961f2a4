package reconcile

import (
	"flexybatch/batch"
)

// Balance tells whether the account's balance follows from its transactions. All
// of the span count, whoever they are for.
type Balance struct {
	Before batch.Centimes // before the first transaction of the span
	Moved  batch.Centimes // the sum of the transactions
	After  batch.Centimes // after the last
	AddsUp bool
}

// checkBalance checks the transactions of the span, and the balance that the
// journal noted before the first send against all that the statement shows. The
// span begins at an index of all.
func (r *Result) checkBalance(notes []batch.Note, all []Movement, begin int) {
	b, span := &r.Balance, all[begin:]
	whole := true
	for i := range span {
		moved, ok := span[i].moved()
		b.Moved += moved
		if !ok {
			whole = false
			r.unbalanced(span[i].fault())
		}
	}
	if c, ok := newChain(all, begin); ok {
		r.checkChain(c)
		r.checkNoted(notes, all)
	} else {
		r.checkByNotes(notes, len(span) > 0)
	}
	b.AddsUp = b.AddsUp && whole
}

// unbalanced adds a difference of the balance.
func (r *Result) unbalanced(d Detail) { r.differ(BalanceDiffers, "", 0, d) }

// fault is what is wrong with a movement of which moved reports that it is not
// whole.
func (m *Movement) fault() Detail {
	amount, ok := m.Signed()
	if !ok {
		return NoDirection{*m}
	}
	return WrongBalances{*m, amount, *m.After - *m.Before}
}

// checkChain checks the balances that the transactions themselves tell.
func (r *Result) checkChain(c chain) {
	b := &r.Balance
	b.Before, b.After = c.before, c.after
	explained := b.Before+b.Moved == b.After
	b.AddsUp = len(c.gaps) == 0 && explained
	for _, g := range c.gaps {
		r.unbalanced(Gap{*g})
	}
	if len(c.gaps) > 0 && !explained {
		r.unbalanced(Unexplained{Before: b.Before, Moved: b.Moved, After: b.After})
	}
}

// checkByNotes checks the balances that the journal noted, where the statement
// tells none.
func (r *Result) checkByNotes(notes []batch.Note, moved bool) {
	b := &r.Balance
	first, last := notedBalances(notes)
	if first == nil {
		if b.AddsUp = !moved; moved {
			r.unbalanced(NoBalance{})
		}
		return
	}
	b.Before, b.After = *first.Balance, *last.Balance
	if b.AddsUp = b.Before+b.Moved == b.After; !b.AddsUp {
		r.unbalanced(Unexplained{b.Before, b.Moved, b.After, true})
	}
}

// checkNoted checks that the balance which the journal noted before the first
// send is one that the account had.
func (r *Result) checkNoted(notes []batch.Note, all []Movement) {
	first, _ := notedBalances(notes)
	if first == nil {
		return
	}
	for i := range all {
		if v := &all[i]; v.balanced() && (*v.Before == *first.Balance || *v.After == *first.Balance) {
			return
		}
	}
	r.unbalanced(NeverShown{*first.Balance, first.At})
	r.Balance.AddsUp = false
}

// notedBalances finds the first and the last note of a balance; nil where there
// is none.
func notedBalances(notes []batch.Note) (first, last *batch.Note) {
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
