package batch

import (
	"fmt"
	"runtime"
	"strconv"
	"sync"
)

// Assign applies to rows, in place, the rules that concern the whole file: no
// duplicates, and the caps of l. Then it gives every valid row its ref and its
// cost. The rows are in the order of the file; name is the name of the batch.
//
// Assign hashes the rows on all processors and compares only rows whose hashes
// are equal. A million rows take a fraction of a second and a few megabytes.
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

// assignment holds the state of one call of Assign.
type assignment struct {
	rows   []Row
	plans  map[string]*Plan // the catalogue, by code
	limits Limits

	ids    []duplicate // rows that repeat an id
	equals []duplicate // rows that repeat phone, plan and amount
	nth    map[int]int // by index, how many equal rows without id came before, unless none did
}

// inParts calls work for all rows, for a part of them on each processor.
func (a *assignment) inParts(work func(from, to int)) {
	size := max(1000, (len(a.rows)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for from := 0; from < len(a.rows); from += size {
		all.Go(func() { work(from, min(from+size, len(a.rows))) })
	}
	all.Wait()
}

// planFinder finds plans by their code. It must be used by one goroutine only.
type planFinder struct {
	plans map[string]*Plan
	last  *Plan // the plan found last, since most rows name the same plan as the row before
}

// find returns the plan with the code, or nil if there is none.
func (s *planFinder) find(code string) *Plan {
	if s.last == nil || s.last.Code != code {
		s.last = s.plans[code]
	}
	return s.last
}

// complete reports whether phone, plan and amount are known. A row for which they
// are not is invalid already and is not compared with others.
func (s *planFinder) complete(t *Topup) bool {
	return t.Phone != "" && t.Amount != 0 && s.find(t.Plan) != nil
}

// markDuplicates makes the rows that repeat an earlier row invalid.
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

// applyCaps makes rows invalid that exceed the operator's limits on a row or a
// phone.
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
