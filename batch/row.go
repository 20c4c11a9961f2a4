package batch

import (
	"slices"
	"strings"
)

// Row is one data row of the input as it stands in the books. A million of them
// are held while they are sent, so that what few rows have is kept apart.
type Row struct {
	Number  int      // the line of the file, or the row of the sheet, as the user sees it
	Cells   Cells    // what the row held
	Topup   Topup    // what it asks for; a field that broke a rule may be zero
	Remarks *Remarks // nil for most rows

	Ref  Ref      // given to valid rows by Assign
	Cost Centimes // likewise
}

// Remarks are what is to be said of a row besides. They are not changed once a
// row has them, since its copies have them too: see Remark.
type Remarks struct {
	Problems []Problem // the rules it breaks; none: the row is valid
	Written  string    // the phone as the file writes it, where --fix-phones mended it; else empty
	Hidden   bool      // hidden in the sheet: nobody is paid unseen
	Origin   string    // of a row that was resent: the first batch's name, a slash, and what Row.Origin says
	Again    Ref       // see Row.Again
}

// Remark changes what is said of the row, and of none of its copies.
func (r *Row) Remark(change func(*Remarks)) {
	m := r.remarks()
	change(&m)
	r.Remarks = &m
}

func (r *Row) remarks() Remarks {
	if r.Remarks == nil {
		return Remarks{}
	}
	return *r.Remarks
}

// AddProblem adds a rule that the row breaks.
func (r *Row) AddProblem(p Problem) {
	r.Remark(func(m *Remarks) { m.Problems = append(slices.Clip(m.Problems), p) })
}

// Problems are the rules that the row breaks.
func (r *Row) Problems() []Problem {
	if r.Remarks == nil {
		return nil
	}
	return r.Remarks.Problems
}

// Written is the phone as the file writes it, where --fix-phones mended it.
func (r *Row) Written() string { return r.remarks().Written }

// Hidden tells a row that cannot be seen in the sheet.
func (r *Row) Hidden() bool { return r.remarks().Hidden }

// Origin names the row of the first batch that the row pays: a file that resend
// wrote carries it along, so that the row is known in every batch that it is
// resent in, whatever is mended in it. A row of any other file is its own origin,
// under its ref.
func (r *Row) Origin() string {
	if _, origin, resent := strings.Cut(r.remarks().Origin, "/"); resent {
		return origin
	}
	return string(r.Ref)
}

// OriginBatch is the name of the first batch, for a row that came from another
// batch by resend; else empty.
func (r *Row) OriginBatch() string {
	name, _, _ := strings.Cut(r.remarks().Origin, "/")
	return name
}

// Resent tells a row that came from another batch by resend.
func (r *Row) Resent() bool { return r.OriginBatch() != "" }

// Again is the ref of an earlier payment that looked like this row's, where the
// operator chose to pay the row all the same (--pay-again); else empty.
func (r *Row) Again() Ref { return r.remarks().Again }

// Valid tells a row that breaks no rule.
func (r *Row) Valid() bool { return len(r.Problems()) == 0 }

// Order is what is sent for a valid row.
func (r *Row) Order() Order { return Order{Ref: r.Ref, Topup: r.Topup, Cost: r.Cost} }
