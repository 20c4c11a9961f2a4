package changes

import (
	"iter"
	"slices"

	"flexybatch/batch"
)

// Person is somebody whom a batch pays.
type Person struct {
	Row    int    // the first row, as the user sees it
	ID     string // as the file writes it; may be empty
	Name   string // as the file writes it; Compare leaves it to the caller, who knows the columns
	Phone  batch.Phone
	Plans  []string // sorted, each once
	Amount batch.Dinars
	Rows   int
}

// entry is a person among those of one batch.
type entry struct {
	Person
	key               string // batch.IDKey of the id
	other             *entry // the same person in the other batch
	sameID, samePhone *entry // the next entry of this batch with the same key, or phone
}

// people are those of one batch, to be found by id and by phone.
type people struct {
	all     []*entry
	byID    map[string]*entry
	byPhone map[batch.Phone]*entry
	invalid map[string]bool // ids, by batch.IDKey, and phones of invalid rows
}

// peopleOf puts the valid rows together by person.
func peopleOf(rows iter.Seq[*batch.Row]) *people {
	p := &people{byID: map[string]*entry{}, byPhone: map[batch.Phone]*entry{}, invalid: map[string]bool{}}
	for r := range rows {
		if r.Valid() {
			p.entry(r).add(r.Topup)
			continue
		}
		p.invalid[batch.IDKey(r.Topup.ID)], p.invalid[string(r.Topup.Phone)] = true, true
	}
	delete(p.invalid, "") // no id, or no phone, is nobody's
	return p
}

// entry returns the person whom a row pays: a new one, unless a row before it pays
// the same phone and neither has an id.
func (p *people) entry(r *batch.Row) *entry {
	t := r.Topup
	key := batch.IDKey(t.ID)
	if key == "" {
		for e := p.byPhone[t.Phone]; e != nil; e = e.samePhone {
			if e.key == "" {
				return e
			}
		}
	}
	e := &entry{Person: Person{Row: r.Number, ID: t.ID, Phone: t.Phone}, key: key, samePhone: p.byPhone[t.Phone]}
	p.all = append(p.all, e)
	p.byPhone[t.Phone] = e
	if key != "" {
		e.sameID, p.byID[key] = p.byID[key], e
	}
	return e
}

// add adds what a row asks for.
func (p *Person) add(t batch.Topup) {
	p.Rows++
	p.Amount += t.Amount
	if at, known := slices.BinarySearch(p.Plans, t.Plan); !known {
		p.Plans = slices.Insert(p.Plans, at, t.Plan)
	}
}

func (p *people) totals() Totals {
	t := Totals{People: len(p.all)}
	for _, e := range p.all {
		t.Rows += e.Rows
		t.Amount += e.Amount
	}
	return t
}

// match finds the persons who are in both batches, and joins their entries. Each
// entry is joined once at most. The surest matches come first: the same id and
// phone, the same id, the same phone where one side has no id, the same phone.
func (p *people) match(others *people) {
	p.join(others.withPhone, (*entry).hasKeyOf)
	p.join(others.withID, func(_, _ *entry) bool { return true })
	p.join(others.withPhone, func(e, o *entry) bool { return e.key == "" || o.key == "" })
	p.join(others.withPhone, func(_, _ *entry) bool { return true })
}

func (e *entry) hasKeyOf(o *entry) bool { return e.key == o.key }

// withPhone and withID walk over the entries that have the phone, or the id, of one.
func (p *people) withPhone(e *entry, yield func(*entry) bool) {
	for o := p.byPhone[e.Phone]; o != nil && yield(o); o = o.samePhone {
	}
}

func (p *people) withID(e *entry, yield func(*entry) bool) {
	for o := p.byID[e.key]; o != nil && yield(o); o = o.sameID {
	}
}

// join joins each entry that is alone to the first candidate that is alone and fits.
func (p *people) join(candidates func(*entry, func(*entry) bool), fits func(e, o *entry) bool) {
	for _, e := range p.all {
		if e.other != nil {
			continue
		}
		candidates(e, func(o *entry) bool {
			if o.other == nil && fits(e, o) {
				e.other, o.other = o, e
			}
			return e.other == nil
		})
	}
}
