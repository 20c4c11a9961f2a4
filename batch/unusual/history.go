package unusual

import (
	"iter"
	"slices"

	"flexybatch/batch"
)

// History is what people were paid in earlier batches. The zero value is empty, and
// nil is too.
type History struct {
	batches []string // names, in the order of Add
	byID    map[string]*past
	byPhone map[batch.Phone]*past
}

// past is what one person was paid, in the order of time.
type past struct {
	amounts []batch.Dinars // the last few distinct ones
	last    int            // index of the last batch
}

// remembered is how many distinct amounts of a person are kept.
const remembered = 8

// Add adds the rows that an earlier batch paid; the caller leaves out those that it
// did not. Batches are added from the oldest to the newest. plans is that batch's
// catalogue: amounts of fixed plans are no person's choice and are not kept.
func (h *History) Add(name string, rows iter.Seq[*batch.Row], plans batch.Catalogue) {
	if h.byID == nil {
		h.byID, h.byPhone = map[string]*past{}, map[batch.Phone]*past{}
	}
	h.batches = append(h.batches, name)
	last := len(h.batches) - 1
	for r := range dynamic(rows, plans) {
		h.byPhone[r.Topup.Phone] = h.byPhone[r.Topup.Phone].with(r.Topup.Amount, last)
		if id := batch.IDKey(r.Topup.ID); id != "" {
			h.byID[id] = h.byID[id].with(r.Topup.Amount, last)
		}
	}
}

// with adds an amount to a past, which may be nil.
func (p *past) with(amount batch.Dinars, last int) *past {
	if p == nil {
		p = &past{}
	}
	p.last = last
	p.amounts = append(slices.DeleteFunc(p.amounts, func(a batch.Dinars) bool { return a == amount }), amount)
	if len(p.amounts) > remembered {
		p.amounts = p.amounts[1:]
	}
	return p
}

// of returns the past of the person whom a row pays: of its id however it is spelt,
// else of its phone. It is nil for somebody new.
func (h *History) of(t batch.Topup) *past {
	if h == nil {
		return nil
	}
	if p := h.byID[batch.IDKey(t.ID)]; p != nil {
		return p
	}
	return h.byPhone[t.Phone]
}

// typical returns the amount that was paid last.
func (p *past) typical() batch.Dinars { return p.amounts[len(p.amounts)-1] }

// near reports whether the person was paid about as much before.
func (p *past) near(amount batch.Dinars) bool {
	return slices.ContainsFunc(p.amounts, func(a batch.Dinars) bool { return amount <= 2*a && a <= 2*amount })
}

// judge compares an amount with the highest and the lowest earlier one. The bounds
// are half of ten, so that a slip in an amount that was raised or lowered as well
// is found too.
func (p *past) judge(amount batch.Dinars) batch.Code {
	switch {
	case amount >= 5*slices.Max(p.amounts):
		return Tenfold
	case 5*amount <= slices.Min(p.amounts):
		return Tenth
	}
	return ""
}
