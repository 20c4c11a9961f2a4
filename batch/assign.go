package batch

import (
	"runtime"
	"slices"
	"strconv"
	"sync"
)

// Assign applies the rules that need the whole file, in place, to a batch that
// nothing was ever paid for: see Lineage.Assign.
func Assign(name string, rows []Row, plans Catalogue, l Limits) {
	(*Lineage)(nil).Assign(name, rows, plans, l)
}

// Assign applies the rules that need the whole file, in place: duplicates, who
// was paid before (money rule 14), and the caps of limits. It gives every valid
// row its ref and its cost. rows are in the order of the file; name is the
// batch's. A nil Lineage is that of a batch that nothing was ever paid for.
//
// What can be said of a row alone is worked out on all processors, and only rows
// that look like another one are held against each other: a million rows take a
// fraction of a second and a few megabytes.
func (l *Lineage) Assign(name string, rows []Row, plans Catalogue, limits Limits) Findings {
	a := &assignment{name: name, rows: rows, plans: make(map[string]*Plan, len(plans)), limits: limits, lineage: l}
	for i := range plans {
		a.plans[plans[i].Code] = &plans[i]
	}
	a.findDuplicates()
	a.trustCharged()
	a.markDuplicates()
	a.giveRefs()
	found := a.holdAgainstLineage()
	a.applyCaps(found.Left)
	for i := range rows {
		if r := &rows[i]; !r.Valid() {
			r.Ref, r.Cost = "", 0
		}
	}
	return found
}

// assignment is one call of Assign.
type assignment struct {
	name    string
	rows    []Row
	plans   map[string]*Plan // by code
	limits  Limits
	lineage *Lineage

	ids    []duplicate
	equals []duplicate
	nth    map[int]int // index → which of the equal rows without id it is; not there: the first
}

// giveRefs gives every valid row its ref and its cost.
func (a *assignment) giveRefs() {
	a.inParts(func(from, to int) {
		plans, refs := planFinder{plans: a.plans}, newRefs(a.name)
		for i := from; i < to; i++ {
			r := &a.rows[i]
			if r.Valid() {
				r.Ref = a.refOf(refs, i)
				r.Cost = plans.find(r.Topup.Plan).Cost.Cost(r.Topup.Amount)
			}
		}
	})
}

// byCatalogue are the rules that depend on the catalogue of the day.
var byCatalogue = []Code{PlanDisabled, PlanOperator, PlanUnsupported, AmountRange, AmountFixed, AmountCap}

// trustCharged makes rows valid again that were sent as they stand and break
// rules only by the catalogue of today: what was paid under the catalogue of its
// day is not judged again.
func (a *assignment) trustCharged() {
	if a.lineage == nil || a.lineage.own == nil || a.limits.JudgeCharged {
		return
	}
	plans, refs := planFinder{plans: a.plans}, newRefs(a.name)
	for i := range a.rows {
		r := &a.rows[i]
		if r.Valid() || !plans.complete(&r.Topup) || !a.lineage.chargedAs(a.refOf(refs, i), r.Topup) {
			continue
		}
		if !slices.ContainsFunc(r.Problems(), func(p Problem) bool { return !slices.Contains(byCatalogue, p.Code) }) {
			r.Remark(func(m *Remarks) { m.Problems = nil })
		}
	}
}

// refOf is the ref of row i, whose phone, plan and amount are known.
func (a *assignment) refOf(refs *refs, i int) Ref {
	t := a.rows[i].Topup
	if t.ID != "" {
		return refs.byID(t.ID)
	}
	return refs.byContent(t, a.nth[i])
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
			Message: Msg("row %d has the same id; give each row its own, or take one of them out", a.rows[x.first].Number)})
	}
	if a.limits.AllowDuplicates {
		return
	}
	for _, x := range a.equals {
		a.rows[x.row].AddProblem(Problem{Code: DuplicateRow,
			Message: Msg("it repeats row %d: same phone, plan and amount; take one out, or run with --allow-duplicates if both are meant", a.rows[x.first].Number)})
	}
}

// applyCaps applies the operator's bounds on rows and phones. What was charged and has
// left the file counts (money rule 20), and a row that was charged as it stands
// is not judged again.
func (a *assignment) applyCaps(left []Payment) {
	l := a.limits
	if l.MaxAmount == 0 && l.MaxPerPhone == 0 {
		return
	}
	sums := map[Phone]Dinars{}
	for _, p := range left {
		sums[p.Phone] += p.Amount
	}
	plans := planFinder{plans: a.plans}
	for i := range a.rows {
		r := &a.rows[i]
		if !plans.complete(&r.Topup) {
			continue
		}
		t := r.Topup
		if !l.JudgeCharged && a.lineage.charged(r) {
			sums[t.Phone] += t.Amount
			continue
		}
		above := func(format string, args ...any) {
			r.AddProblem(Problem{Code: AmountCap, Field: "amount", Value: strconv.FormatInt(int64(t.Amount), 10), Message: Msg(format, args...)})
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
