package app

import "flexybatch/batch"

// Bounds are the operator's control totals and caps for one batch: what the command
// line says by --expect-rows and its kin. They are about one payroll, so the next file
// with the same columns does not inherit them.
type Bounds struct {
	ExpectRows  *int          `json:"expect_rows,omitempty"`
	ExpectTotal *batch.Dinars `json:"expect_total,omitempty"`
	MaxAmount   batch.Dinars  `json:"max_amount,omitempty"`
	MaxPerPhone batch.Dinars  `json:"max_per_phone,omitempty"`
	MaxTotal    batch.Dinars  `json:"max_total,omitempty"`
	Strict      bool          `json:"strict,omitempty"`
}

// IsZero reports whether nothing is bounded.
func (b Bounds) IsZero() bool { return b == Bounds{} }

// in returns the limits with the bounds among them.
func (b Bounds) in(l batch.Limits) batch.Limits {
	l.ExpectRows, l.ExpectTotal, l.Strict = b.ExpectRows, b.ExpectTotal, b.Strict
	l.MaxAmount, l.MaxPerPhone, l.MaxTotal = b.MaxAmount, b.MaxPerPhone, b.MaxTotal
	return l
}

// Reading is how the draft's file is read, and what it is held to.
func (d *Draft) Reading() Reading {
	r := d.Choices.Reading()
	r.Limits, r.Options.Password = d.Bounds.in(r.Limits), d.Password
	return r
}
