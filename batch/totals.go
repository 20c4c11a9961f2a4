package batch

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Limits are the operator's own bounds on a batch; zero means none.
type Limits struct {
	AllowDuplicates bool   // rows that repeat an earlier row's phone, plan and amount are valid
	MaxAmount       Dinars // a row above it is invalid
	MaxPerPhone     Dinars // a row that takes its phone's sum above it is invalid
	MaxTotal        Dinars // a batch whose valid rows sum up to more is refused
	ExpectRows      *int   // a batch with another number of valid rows is refused
	ExpectTotal     *Dinars
	Strict          bool // a batch with an invalid row is refused
	PayAgain        bool // rows that look paid already are valid: the operator has named their number
}

// ErrControl is wrapped by the error for a batch that the operator's own
// control totals or caps refuse.
var ErrControl = errors.New("the batch is refused")

// Totals is what a plan comes to.
type Totals struct {
	Rows, Valid, Invalid int
	Hidden               int      // valid rows that are hidden in the sheet
	Unpriced             int      // valid rows whose plan has no price in the catalogue; counted at face value
	Requested            Centimes // face value of the valid rows
	Cost                 Centimes // of the valid rows
	Plans                []PlanTotal

	// What may have been charged for rows that the file no longer has: it counts
	// against control totals and caps (money rule 20).
	LeftRows      int
	LeftRequested Centimes
}

// AddLeft adds payments whose row the file no longer has.
func (t *Totals) AddLeft(left []Payment) {
	for _, p := range left {
		t.LeftRows++
		t.LeftRequested += p.Amount.Centimes()
	}
}

// PlanTotal is what the valid rows of one plan come to.
type PlanTotal struct {
	Plan      Plan
	Rows      int
	Requested Centimes
	Cost      Centimes
}

// Total adds up rows with refs; plans are listed in the catalogue's order.
func Total(rows iter.Seq[*Row], plans Catalogue) Totals {
	var t Totals
	by := make(map[string]*PlanTotal, len(plans))
	for _, p := range plans {
		by[p.Code] = &PlanTotal{Plan: p}
	}
	for r := range rows {
		t.Rows++
		if !r.Valid() {
			t.Invalid++
			continue
		}
		t.Valid++
		t.Requested += r.Topup.Amount.Centimes()
		t.Cost += r.Cost
		if r.Hidden() {
			t.Hidden++
		}
		if p := by[r.Topup.Plan]; p != nil {
			p.Rows++
			p.Requested += r.Topup.Amount.Centimes()
			p.Cost += r.Cost
			if !p.Plan.Cost.Known() {
				t.Unpriced++
			}
		}
	}
	for _, p := range plans {
		if pt := by[p.Code]; pt.Rows > 0 {
			t.Plans = append(t.Plans, *pt)
		}
	}
	return t
}

// Check holds the totals against the operator's control totals and caps. The
// error wraps ErrControl and names every one that does not hold.
func (l Limits) Check(t Totals) error {
	var broken []string
	say := func(format string, args ...any) { broken = append(broken, fmt.Sprintf(format, args...)) }
	if l.Strict && t.Invalid > 0 {
		say("%d of %d rows are invalid, and --strict sends nothing then", t.Invalid, t.Rows)
	}
	rows, requested := t.Valid+t.LeftRows, t.Requested+t.LeftRequested
	before := len(broken)
	if l.ExpectRows != nil && *l.ExpectRows != rows {
		say("%d rows are valid, and --expect-rows says %d", rows, *l.ExpectRows)
	}
	if l.ExpectTotal != nil && l.ExpectTotal.Centimes() != requested {
		say("the valid rows come to %s dinars, and --expect-total says %s", requested, l.ExpectTotal.Centimes())
	}
	if l.MaxTotal > 0 && requested > l.MaxTotal.Centimes() {
		say("the valid rows come to %s dinars, above the %s that --max-total allows", requested, l.MaxTotal.Centimes())
	}
	if t.LeftRows > 0 && len(broken) > before {
		say("%d of these rows (%s dinars) were sent already and are no longer in the file", t.LeftRows, t.LeftRequested)
	}
	if broken == nil {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrControl, strings.Join(broken, "; "))
}

// Rows are the elements of rows, as Total takes them.
func Rows(rows []Row) iter.Seq[*Row] {
	return func(yield func(*Row) bool) {
		for i := range rows {
			if !yield(&rows[i]) {
				return
			}
		}
	}
}

// Rows is the rows of the plan that holds, those left out that a corrected file
// no longer has. What Each says of its function holds here.
func (l *Ledger) Rows() iter.Seq[*Row] {
	return func(yield func(*Row) bool) {
		l.Each(func(s *RowStatus) bool { return s.Gone || yield(&s.Row) })
	}
}

// Shortfall is the first row that the balance will not pay for, when the rows
// that are still to be sent are paid in order.
func (l *Ledger) Shortfall(balance Centimes) (row int, short bool) {
	l.Each(func(s *RowStatus) bool {
		if s.State != Unsent || s.Gone {
			return true
		}
		if balance -= s.Cost; balance < 0 {
			row, short = s.Number, true
		}
		return !short
	})
	return row, short
}

// Difference is how the rows of a file differ from the plan in the books.
type Difference struct {
	New     int      // valid rows that are in no plan yet
	Gone    int      // rows of the plan that the file no longer has
	Changed int      // rows with an id, surely not charged, that ask for something else now
	Invalid int      // invalid rows that are new, or gone
	Refused int      // rows with an id that was sent for something else (id.changed); new ones count as Invalid too
	Paid    int      // rows that look paid already (paid.before); new ones count as Invalid too
	Detail  []string // the first few, in words
}

// None tells that file and plan are the same set of rows.
func (d Difference) None() bool { return d.New+d.Gone+d.Changed+d.Invalid == 0 }

// Compare holds rows with refs against the plan. A row whose id was sent for
// another phone, plan or amount becomes invalid (id.changed), in place.
func (l *Ledger) Compare(rows []Row) Difference {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var d Difference
	say := func(format string, args ...any) {
		if len(d.Detail) < 5 {
			d.Detail = append(d.Detail, fmt.Sprintf(format, args...))
		}
	}
	same := make(map[Ref]bool, len(rows)) // false: the ref is here, for something else
	invalid := map[string]int{}           // by their cells
	for i := range rows {
		r := &rows[i]
		s := l.rows.find(r.Ref)
		switch {
		case !r.Valid():
			if slices.ContainsFunc(r.Problems(), func(p Problem) bool { return p.Code == PaidBefore }) {
				d.Paid++
			}
		case s == nil:
			same[r.Ref] = true
			d.New++
			say("row %d is new: %s, %s, %d dinars", r.Number, r.Topup.Phone, r.Topup.Plan, r.Topup.Amount)
		case s.Topup == r.Topup:
			same[r.Ref] = true
		case s.State != Unsent:
			same[r.Ref] = false
			d.Refused++
			r.refuseChanged(s)
			say("row %d: %s", r.Number, r.Problems()[0].Message)
		default:
			same[r.Ref] = true
			d.Changed++
			say("row %d asks for %s", r.Number, difference(s.Topup, r.Topup))
		}
		if !r.Valid() {
			invalid[r.Cells.Joined()]++
		}
	}
	for _, s := range l.rows.each() {
		here, known := same[s.Ref]
		switch {
		case s.State == Invalid:
			invalid[s.Cells.Joined()]--
		case s.Gone && here:
			d.New++
			say("row %d of the plan is back in the file", s.Number)
		case !s.Gone && !known:
			d.Gone++
			say("row %d of the plan is gone: %s, %s, %d dinars (%s)", s.Number, s.Topup.Phone, s.Topup.Plan, s.Topup.Amount, s.State)
		}
	}
	for _, n := range invalid {
		d.Invalid += max(n, -n)
	}
	return d
}

// refuseChanged makes a row invalid whose id was sent for something else.
func (r *Row) refuseChanged(s *RowStatus) {
	r.Ref, r.Cost = "", 0
	r.AddProblem(Problem{Code: IDChanged, Field: "id", Value: r.Topup.ID, Message: fmt.Sprintf(
		"id %q was already sent in this batch (row %d, %s) with %s; restore the row, or give a further payment an id of its own",
		r.Topup.ID, s.Number, s.State, difference(r.Topup, s.Topup))})
}

// difference tells in words what b has that a has not.
func difference(a, b Topup) string {
	var parts []string
	if a.Phone != b.Phone {
		parts = append(parts, fmt.Sprintf("phone %s, not %s", b.Phone, a.Phone))
	}
	if a.Plan != b.Plan {
		parts = append(parts, fmt.Sprintf("plan %s, not %s", b.Plan, a.Plan))
	}
	if a.Amount != b.Amount {
		parts = append(parts, fmt.Sprintf("amount %d, not %d", b.Amount, a.Amount))
	}
	return strings.Join(parts, "; ")
}
