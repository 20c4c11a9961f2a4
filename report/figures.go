package report

import (
	"maps"
	"slices"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// figures are what a batch comes to, as the workbook, the page for paper and the
// console tell it. Those by state, operator and plan are of the rows that the present
// file has; the tally tells the others apart.
type figures struct {
	tally     batch.Tally
	states    [8]sums // by batch.State
	operators map[string]*sums
	plans     map[string]*sums  // by code
	operator  map[string]string // by plan
	todo      int               // rows that a person must do something about

	charged  [8]batch.Centimes // by batch.State, of all rows
	notFinal int               // rows that were charged and are neither paid nor given back
	doubtful int               // rows that may have been charged, of which no charge is known
	atMost   batch.Centimes    // what the doubtful ones cost
}

// newFigures begins to add rows up.
func newFigures(from Books) *figures {
	f := &figures{tally: from.Tally(), operators: map[string]*sums{}, plans: map[string]*sums{}, operator: map[string]string{}}
	for _, p := range from.Batch().Catalogue {
		f.operator[p.Code] = p.Operator
	}
	return f
}

// figuresOf adds all rows up.
func figuresOf(from Books) *figures {
	f := newFigures(from)
	from.Each(func(s *batch.RowStatus) bool {
		f.add(s)
		return true
	})
	return f
}

// add adds a row.
func (f *figures) add(s *batch.RowStatus) {
	f.addCharge(s)
	if hasTodo(s) {
		f.todo++
	}
	if s.Gone {
		return
	}
	f.states[s.State].add(s)
	if s.State != batch.Invalid {
		sumFor(f.plans, s.Topup.Plan).add(s)
		sumFor(f.operators, f.operator[s.Topup.Plan]).add(s)
	}
}

// addCharge adds what a row was charged, or may have been.
func (f *figures) addCharge(s *batch.RowStatus) {
	f.charged[s.State] += s.Charged
	switch {
	case s.State == batch.Fulfilled || s.State == batch.Refunded:
	case s.Charged > 0:
		f.notFinal++
	case s.State == batch.Unknown:
		f.doubtful++
		f.atMost += s.Cost
	}
}

// open is what was charged and is neither paid nor given back.
func (f *figures) open() batch.Centimes {
	return f.tally.Charged - f.charged[batch.Fulfilled] - f.charged[batch.Refunded]
}

// headline says in one line what became of the batch.
func (f *figures) headline() lang.Message {
	file := f.tally.File()
	paid, all, net := lang.Number(file.Of(batch.Fulfilled)), lang.Number(file.Total), roundly(file.Net())
	if f.todo == 0 {
		return lang.Msg("%s of %s paid, nothing to do, net %s DA", paid, all, net)
	}
	return lang.Msg("%s of %s paid, %s to do, net %s DA", paid, all, lang.Number(f.todo), net)
}

// roundly writes an amount without its centimes, where there are none.
func roundly(c batch.Centimes) any {
	if c%100 == 0 {
		return lang.Number(int(c / 100))
	}
	return c
}

// sums is what some rows add up to.
type sums struct {
	rows, fulfilled                    int
	requested, cost, charged, refunded batch.Centimes
}

// add adds a row. What an invalid one asks for is no request.
func (s *sums) add(row *batch.RowStatus) {
	s.rows++
	if row.State == batch.Fulfilled {
		s.fulfilled++
	}
	if row.State != batch.Invalid {
		s.requested += row.Topup.Amount.Centimes()
		s.cost += row.Cost
	}
	s.charged += row.Charged
	s.refunded += row.Refunded
}

// net is what was charged and not given back.
func (s *sums) net() batch.Centimes { return s.charged - s.refunded }

// sumsOf are counts in the form of sums.
func sumsOf(c batch.Counts) sums {
	return sums{c.Total, c.Of(batch.Fulfilled), c.Requested, c.Cost, c.Charged, c.Refunded}
}

func sumFor(m map[string]*sums, key string) *sums {
	if m[key] == nil {
		m[key] = &sums{}
	}
	return m[key]
}

// names lists the keys of m, sorted.
func names(m map[string]*sums) []string { return slices.Sorted(maps.Keys(m)) }

// merge adds other sums.
func (s *sums) merge(o *sums) {
	s.rows += o.rows
	s.fulfilled += o.fulfilled
	s.requested += o.requested
	s.cost += o.cost
	s.charged += o.charged
	s.refunded += o.refunded
}
