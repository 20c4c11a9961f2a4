package batch

import (
	"fmt"
	"runtime"
	"strconv"
	"sync"
)

// Assign applies the rules that take the whole file to see, in place:
// duplicates, and the caps of l. Then it gives every valid row its ref and its
// cost. rows are in the order of the file; name is the batch's.
//
// What can be said of a row alone is worked out on all processors, and only rows
// that look like another one are held against each other: a million rows are a
// matter of a fraction of a second, and of a few megabytes.
func Assign(name string, rows []Row, plans Catalogue, l Limits) {
	a := &assignment{rows: rows, plans: make(map[string]*Plan, len(plans)), limits: l}
	for i := range plans {
		a.plans[plans[i].Code] = &plans[i]
	}
	a.findDuplicates()
	a.markDuplicates()
	a.applyCaps()
	a.inParts(func(from, to int) {
		plans, refs := planFinder{plans: a.plans}, newRefs(name)
		for i := from; i < to; i++ {
			r := &rows[i]
			if !r.Valid() {
				continue
			}
			r.Cost = plans.find(r.Topup.Plan).Cost.Cost(r.Topup.Amount)
			if r.Topup.ID != "" {
				r.Ref = refs.byID(r.Topup.ID)
			} else {
				r.Ref = refs.byContent(r.Topup, a.nth[i])
			}
		}
	})
}

// assignment is one call of Assign.
type assignment struct {
	rows   []Row
	plans  map[string]*Plan // by code
	limits Limits

	ids    []duplicate
	equals []duplicate
	nth    map[int]int // index → how many equal rows without id came before, where that is not 0
}

// inParts works on all rows, a part of them on each processor.
func (a *assignment) inParts(work func(from, to int)) {
	size := max(1000, (len(a.rows)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for from := 0; from < len(a.rows); from += size {
		all.Go(func() { work(from, min(from+size, len(a.rows))) })
	}
	all.Wait()
}

// planFinder finds plans by their code. It is for one goroutine.
type planFinder struct {
	plans map[string]*Plan
	last  *Plan // most rows name the plan of the row before
}

// find is nil where there is no such plan.
func (s *planFinder) find(code string) *Plan {
	if s.last == nil || s.last.Code != code {
		s.last = s.plans[code]
	}
	return s.last
}

// complete tells a row whose phone, plan and amount are known: another breaks a
// rule already, and equals nothing.
func (s *planFinder) complete(t *Topup) bool {
	return t.Phone != "" && t.Amount != 0 && s.find(t.Plan) != nil
}

// markDuplicates makes the repeats invalid.
func (a *assignment) markDuplicates() {
	for _, x := range a.ids {
		r := &a.rows[x.row]
		r.AddProblem(Problem{Code: DuplicateID, Field: "id", Value: r.Topup.ID,
			Message: fmt.Sprintf("row %d has the same id; give each row its own, or take one of them out", a.rows[x.first].Number)})
	}
	if a.limits.AllowDuplicates {
		return
	}
	for _, x := range a.equals {
		a.rows[x.row].AddProblem(Problem{Code: DuplicateRow,
			Message: fmt.Sprintf("it repeats row %d: same phone, plan and amount; take one out, or run with --allow-duplicates if both are meant", a.rows[x.first].Number)})
	}
}

// applyCaps applies the operator's bounds on rows and phones.
func (a *assignment) applyCaps() {
	l := a.limits
	if l.MaxAmount == 0 && l.MaxPerPhone == 0 {
		return
	}
	sums := map[Phone]Dinars{}
	plans := planFinder{plans: a.plans}
	for i := range a.rows {
		r := &a.rows[i]
		if !plans.complete(&r.Topup) {
			continue
		}
		t := r.Topup
		above := func(format string, args ...any) {
			r.AddProblem(Problem{Code: AmountCap, Field: "amount", Value: strconv.FormatInt(int64(t.Amount), 10), Message: fmt.Sprintf(format, args...)})
		}
		if l.MaxAmount > 0 && t.Amount > l.MaxAmount {
			above("it is above the %d dinars a row that --max-amount allows", l.MaxAmount)
		}
		if l.MaxPerPhone == 0 || !r.Valid() {
			continue
		}
		sum := sums[t.Phone] + t.Amount
		if sum > l.MaxPerPhone {
			above("with it, %s would get %d dinars in this batch, above the %d that --max-per-phone allows", t.Phone, sum, l.MaxPerPhone)
			continue
		}
		sums[t.Phone] = sum
	}
}
