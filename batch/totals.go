package batch

import (
	"iter"
	"slices"
)

// Limits are the limits that the operator sets for a batch; zero means no limit.
type Limits struct {
	AllowDuplicates bool   // a row may repeat an earlier row's phone, plan and amount
	MaxAmount       Dinars // a row above it is invalid
	MaxPerPhone     Dinars // a row that raises the sum for its phone above it is invalid
	MaxTotal        Dinars // a batch whose valid rows have a larger sum is refused
	ExpectRows      *int   // a batch with another number of valid rows is refused
	ExpectTotal     *Dinars
	Strict          bool // a batch with an invalid row is refused
	JudgeCharged    bool // rows that were charged as they stand are judged too: a check shows what the file breaks
	PayAgain        bool // rows that look paid already are valid: the operator has named their number
}

// ErrControl is wrapped by the error for a batch that does not keep the operator's
// limits.
var ErrControl = Errorf("the batch is refused")

// Totals counts rows and adds up their money.
type Totals struct {
	Rows, Valid, Invalid int
	Hidden               int      // valid rows that are hidden or struck through in the sheet
	Unpriced             int      // valid rows whose plan has no price in the catalogue, so that their cost is the face value
	Requested            Centimes // face value of the valid rows
	Cost                 Centimes // cost of the valid rows
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

// PlanTotal counts the valid rows of one plan and adds up their money.
type PlanTotal struct {
	Plan      Plan
	Rows      int
	Requested Centimes
	Cost      Centimes
}

// Total returns the totals of rows that Assign has given refs. Its Plans are in the
// order of the catalogue.
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

// Check compares the totals with the operator's limits. Its error wraps ErrControl
// and names every limit that is not kept.
func (l Limits) Check(t Totals) error {
	var broken Message
	n := 0
	say := func(m Message) {
		if n++; n > 1 {
			m = Msg("%s; %s", broken, m)
		}
		broken = m
	}
	if l.Strict && t.Invalid > 0 {
		say(Count(t.Invalid, "%d of %d rows is invalid, and --strict sends nothing then", "%d of %d rows are invalid, and --strict sends nothing then", t.Rows))
	}
	rows, requested := t.Valid+t.LeftRows, t.Requested+t.LeftRequested
	before := n
	if l.ExpectRows != nil && *l.ExpectRows != rows {
		say(Count(rows, "%d row is valid, and --expect-rows says %d", "%d rows are valid, and --expect-rows says %d", *l.ExpectRows))
	}
	if l.ExpectTotal != nil && l.ExpectTotal.Centimes() != requested {
		say(Msg("the valid rows come to %s dinars, and --expect-total says %s", requested, l.ExpectTotal.Centimes()))
	}
	if l.MaxTotal > 0 && requested > l.MaxTotal.Centimes() {
		say(Msg("the valid rows come to %s dinars, above the %s that --max-total allows", requested, l.MaxTotal.Centimes()))
	}
	if t.LeftRows > 0 && n > before {
		say(Count(t.LeftRows, "%d of these rows (%s dinars) was sent already and is no longer in the file", "%d of these rows (%s dinars) were sent already and are no longer in the file", t.LeftRequested))
	}
	if n == 0 {
		return nil
	}
	return Errorf("%w: %s", ErrControl, broken)
}

// Rows iterates over pointers to the elements of rows.
func Rows(rows []Row) iter.Seq[*Row] {
	return func(yield func(*Row) bool) {
		for i := range rows {
			if !yield(&rows[i]) {
				return
			}
		}
	}
}

// Rows iterates over the rows that the present version of the file has. The body
// of the loop must keep the rules that Each states for its function.
func (l *Ledger) Rows() iter.Seq[*Row] {
	return func(yield func(*Row) bool) {
		l.Each(func(s *RowStatus) bool { return s.Gone || yield(&s.Row) })
	}
}

// Difference says how the rows of a file differ from those in the books.
type Difference struct {
	New     int       // valid rows that the books do not have
	Gone    int       // valid rows in the books that the file does not have
	Changed int       // rows with an id, surely not charged, that ask for something else now
	Invalid int       // invalid rows that only the file has, or only the books
	Refused int       // rows with an id that was sent for something else (id.changed); new ones count as Invalid too
	Paid    int       // rows that look paid already (paid.before); new ones count as Invalid too
	Detail  []Message // the first few differences
}

// None reports whether the file and the books have the same rows.
func (d Difference) None() bool { return d.New+d.Gone+d.Changed+d.Invalid == 0 }

// Compare compares the rows of a file, to which Assign has given refs, with those
// in the books. A row whose id was sent for another phone, plan or amount becomes
// invalid (id.changed), in place.
func (l *Ledger) Compare(rows []Row) Difference {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var d Difference
	say := func(format string, args ...any) {
		if len(d.Detail) < 5 {
			d.Detail = append(d.Detail, Msg(format, args...))
		}
	}
	same := make(map[Ref]bool, len(rows)) // the refs of the file; false if the row asks for something else
	invalid := map[string]int{}           // by cells, how many more invalid rows the file has than the books
	for i := range rows {
		r := &rows[i]
		s, known := l.rows.status(l.rows.position(r.Ref))
		switch {
		case !r.Valid():
			if slices.ContainsFunc(r.Problems(), func(p Problem) bool { return p.Code == PaidBefore }) {
				d.Paid++
			}
		case !known:
			same[r.Ref] = true
			d.New++
			say("row %d is new: %s, %s, %d dinars", r.Number, r.Topup.Phone, r.Topup.Plan, r.Topup.Amount)
		case s.Topup == r.Topup:
			same[r.Ref] = true
		case s.State != Unsent:
			same[r.Ref] = false
			d.Refused++
			r.refuseChanged(&s)
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
	l.rows.each(func(s *RowStatus) bool {
		here, known := same[s.Ref]
		switch {
		case s.State == Invalid:
			invalid[s.Cells.Joined()]--
		case s.Gone && here:
			d.New++
			say("row %d of the batch is back in the file", s.Number)
		case !s.Gone && !known:
			d.Gone++
			say("row %d of the batch is gone: %s, %s, %d dinars (%s)", s.Number, s.Topup.Phone, s.Topup.Plan, s.Topup.Amount, s.State)
		}
		return true
	})
	for _, n := range invalid {
		d.Invalid += max(n, -n)
	}
	return d
}

// refuseChanged makes a row invalid because its id was sent for something else.
func (r *Row) refuseChanged(s *RowStatus) {
	r.Ref, r.Cost = "", 0
	r.AddProblem(Problem{Code: IDChanged, Field: "id", Value: r.Topup.ID, Message: Msg(
		"id %q was already sent in this batch (row %d, %s) with %s; restore the row, or give a further payment an id of its own",
		r.Topup.ID, s.Number, s.State, difference(r.Topup, s.Topup))})
}

// difference says in words how b differs from a.
func difference(a, b Topup) []Message {
	var parts []Message
	if a.Phone != b.Phone {
		parts = append(parts, Msg("phone %s, not %s", b.Phone, a.Phone))
	}
	if a.Plan != b.Plan {
		parts = append(parts, Msg("plan %s, not %s", b.Plan, a.Plan))
	}
	if a.Amount != b.Amount {
		parts = append(parts, Msg("amount %d, not %d", b.Amount, a.Amount))
	}
	return parts
}
