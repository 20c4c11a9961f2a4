// Package changes tells what changed between two batches in terms of people: who is
// new, who left, whose amount, number, plan or id is another. It is what an approver
// looks for in a payroll that is like last month's.
//
// A person is known by the id, however it is spelt (batch.IDKey), and else by the
// phone. Somebody who has an id in one batch only is still found by the phone, and
// so is somebody whose id was replaced. Rows without an id that pay one phone are
// one person's. The package has no words; a Change is a kind and two persons.
package changes

import (
	"iter"
	"slices"

	"flexybatch/batch"
)

// Kind says what changed for a person.
type Kind string

// The kinds of change. A person may have several.
const (
	New    Kind = "new"    // not in the earlier batch; Before is empty
	Left   Kind = "left"   // only in the earlier batch; Now is empty
	Up     Kind = "up"     // gets more than half as much again
	Down   Kind = "down"   // gets less than half
	Number Kind = "number" // the same id has another phone
	Plan   Kind = "plan"   // gets other plans
	ID     Kind = "id"     // the same phone has another id
)

// Change is one thing that changed for one person.
type Change struct {
	Kind        Kind
	Now, Before Person
}

// Totals are what a batch comes to.
type Totals struct {
	People, Rows int
	Amount       batch.Dinars
}

// Changes are what changed from one batch to another.
type Changes struct {
	List        []Change // in the order of the present batch; those who left come last, in the order of theirs
	Now, Before Totals
}

// Count returns how many changes of a kind there are.
func (c Changes) Count(kind Kind) int {
	n := 0
	for range c.Of(kind) {
		n++
	}
	return n
}

// Of returns the changes of a kind.
func (c Changes) Of(kind Kind) iter.Seq[Change] {
	return func(yield func(Change) bool) {
		for _, x := range c.List {
			if x.Kind == kind && !yield(x) {
				return
			}
		}
	}
}

// Compare returns what changed from the valid rows of an earlier batch to those of
// the present one. Somebody whose row is invalid now has not left.
func Compare(now, before iter.Seq[*batch.Row]) Changes {
	is, was := peopleOf(now), peopleOf(before)
	c := Changes{Now: is.totals(), Before: was.totals()}
	is.match(was)
	for _, e := range is.all {
		if e.other == nil {
			c.List = append(c.List, Change{Kind: New, Now: e.Person})
			continue
		}
		for _, kind := range kinds(e, e.other) {
			c.List = append(c.List, Change{kind, e.Person, e.other.Person})
		}
	}
	for _, e := range was.all {
		if e.other == nil && !is.invalid[e.key] && !is.invalid[string(e.Phone)] {
			c.List = append(c.List, Change{Kind: Left, Before: e.Person})
		}
	}
	return c
}

// kinds lists what is different for a person who is in both batches.
func kinds(now, before *entry) []Kind {
	var list []Kind
	add := func(kind Kind, is bool) {
		if is {
			list = append(list, kind)
		}
	}
	add(Number, now.Phone != before.Phone)
	add(ID, now.key != before.key && now.key != "" && before.key != "")
	add(Up, 2*now.Amount > 3*before.Amount)
	add(Down, 2*now.Amount < before.Amount)
	add(Plan, !slices.Equal(now.Plans, before.Plans))
	return list
}
