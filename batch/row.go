package batch

import (
	"slices"
	"strings"
)

// Row is a data row of the file. A million rows are held in memory while they are
// sent, so what only few rows have is kept apart, in Remarks.
type Row struct {
	Number  int      // the line of the file, or the row of the sheet, as the user sees it
	Cells   Cells    // the texts of the row
	Topup   Topup    // what it asks for; a field that breaks a rule may be zero
	Remarks *Remarks // nil for most rows

	Ref  Ref      // set by Assign, for valid rows only
	Cost Centimes // set by Assign, for valid rows only
}

// Remarks is what there is to say about some rows. Copies of a row share it, so it
// must not be changed; see Row.Remark.
type Remarks struct {
	Problems []Problem // the rules that the row breaks; a valid row breaks none
	Written  string    // the phone as the file has it, if --fix-phones mended it
	Hidden   bool      // the row is hidden or struck through in the sheet, so people may not have seen it
	Origin   string    // of a row that was resent: the first batch's name, a slash, and what Row.Origin says
	Again    Ref       // see Row.Again
}

// Remark changes the remarks of the row and not those of its copies.
func (r *Row) Remark(change func(*Remarks)) {
	m := r.remarks()
	change(&m)
	r.Remarks = &m
}

// remarks returns the remarks of the row, which may be empty.
func (r *Row) remarks() Remarks {
	if r.Remarks == nil {
		return Remarks{}
	}
	return *r.Remarks
}

// kept returns the remarks with texts of their own, where those may share memory with
// many others.
func (m *Remarks) kept() *Remarks {
	k := *m
	k.Written, k.Origin, k.Again = strings.Clone(m.Written), strings.Clone(m.Origin), Ref(strings.Clone(string(m.Again)))
	k.Problems = slices.Clone(m.Problems)
	for i := range k.Problems {
		p := &k.Problems[i]
		p.Value, p.Message = strings.Clone(p.Value), p.Message.kept()
	}
	return &k
}

// AddProblem adds a rule that the row breaks, which makes it invalid.
func (r *Row) AddProblem(p Problem) {
	r.Remark(func(m *Remarks) { m.Problems = append(slices.Clip(m.Problems), p) })
}

// Problems returns the rules that the row breaks.
func (r *Row) Problems() []Problem {
	if r.Remarks == nil {
		return nil
	}
	return r.Remarks.Problems
}

// Written returns the phone as the file has it, if --fix-phones mended it, and an
// empty string if not.
func (r *Row) Written() string { return r.remarks().Written }

// Hidden reports whether the row is hidden or struck through in the sheet.
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
	name, _, resent := strings.Cut(r.remarks().Origin, "/")
	if !resent {
		return ""
	}
	return name
}

// Resent reports whether the row came from another batch by resend.
func (r *Row) Resent() bool { return r.OriginBatch() != "" }

// Again is the ref of an earlier payment that looked like this row's, where the
// operator chose to pay the row all the same (--pay-again); else empty.
func (r *Row) Again() Ref { return r.remarks().Again }

// Valid reports whether the row breaks no rule.
func (r *Row) Valid() bool { return len(r.Problems()) == 0 }

// Order returns the order that is sent for a valid row.
func (r *Row) Order() Order { return Order{Ref: r.Ref, Topup: r.Topup, Cost: r.Cost} }
