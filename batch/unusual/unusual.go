package unusual

import (
	"iter"
	"slices"

	"flexybatch/batch"
)

// What is found.
const (
	Tenfold batch.Code = "amount.tenfold" // so high that it may have a zero too many
	Tenth   batch.Code = "amount.tenth"   // so low that it may have a zero too few
	CutOff  batch.Code = "amount.cutoff"  // the largest number that some field can hold
)

// Source tells what an amount was compared with.
type Source string

// The sources.
const (
	Earlier Source = "earlier" // the same person's amounts in earlier batches
	File    Source = "file"    // the other rows of the file
)

// Finding is an amount that people should look at.
type Finding struct {
	Row     int // the line of the file, or the row of the sheet, as the user sees it
	Code    batch.Code
	Phone   batch.Phone
	ID      string
	Name    string // of the person; Find leaves it to the caller, who knows the columns
	Amount  batch.Dinars
	Typical batch.Dinars // what was to be expected; 0 where nothing tells
	From    Source       // where Typical is from; "" where nothing tells
	Batch   string       // the last earlier batch that paid this person, where From is Earlier
}

// cutOffs are the numbers at which fields end: of 8, 16, 24 and 32 bits, with and
// without a sign, and of five to seven decimal digits.
var cutOffs = []batch.Dinars{
	1<<7 - 1, 1<<8 - 1, 1<<15 - 1, 1<<16 - 1, 1<<23 - 1, 1<<24 - 1, 1<<31 - 1, 1<<32 - 1,
	99_999, 999_999, 9_999_999,
}

// Find returns the unusual amounts of the valid rows, in the order of the rows,
// with one finding for a row at most. It walks over rows twice. plans tells which
// plans are fixed; history may be nil.
func Find(rows iter.Seq[*batch.Row], plans batch.Catalogue, history *History) []Finding {
	payable := dynamic(rows, plans)
	files := newSpreads(payable)
	var all []Finding
	for r := range payable {
		if f, found := look(r, history, files); found {
			all = append(all, f)
		}
	}
	return all
}

// dynamic returns the valid rows whose amount was chosen by a person.
func dynamic(rows iter.Seq[*batch.Row], plans batch.Catalogue) iter.Seq[*batch.Row] {
	fixed := map[string]bool{}
	for _, p := range plans {
		fixed[p.Code] = p.Fixed
	}
	return func(yield func(*batch.Row) bool) {
		for r := range rows {
			if r.Valid() && r.Topup.Amount > 0 && !fixed[r.Topup.Plan] && !yield(r) {
				return
			}
		}
	}
}

// look compares one row with what is known.
func look(r *batch.Row, history *History, files *spreads) (f Finding, found bool) {
	t := r.Topup
	f = Finding{Row: r.Number, Phone: t.Phone, ID: t.ID, Amount: t.Amount}
	own, file := history.of(t), files.of(t.Plan)
	switch {
	case own != nil:
		f.Typical, f.From, f.Batch = own.typical(), Earlier, history.batches[own.last]
	case file.rows() > 1:
		f.Typical, f.From = file.typical(), File
	}
	if slices.Contains(cutOffs, t.Amount) {
		f.Code = CutOff
		return f, true
	}
	if own != nil {
		if own.near(t.Amount) {
			return f, false
		}
		if f.Code = own.judge(t.Amount); f.Code != "" {
			return f, true
		}
	}
	if f.Code = file.judge(t.Amount); f.Code == "" {
		return f, false
	}
	f.Typical, f.From, f.Batch = file.typical(), File, ""
	return f, true
}
