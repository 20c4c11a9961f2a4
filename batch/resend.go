package batch

import (
	"maps"
	"slices"
	"strings"
)

// Resend is a batch sorted for being paid anew: the rows that are provably
// unpaid, and those that are not.
type Resend struct {
	Batch BatchRecord
	Rows  []ResendRow // provably unpaid, in the order of the file
	Left  []LeftOut   // neither provably unpaid nor fulfilled, in the order of the file
	Open  int         // how many of Left are not final yet: the batch is not done
}

// OriginColumn is the title of the column in which a file of resend says which rows
// of which batch it pays anew (see Remarks.Origin), in every language.
const OriginColumn = "flexybatch:origin"

// ResendRow is a row that may be paid anew.
type ResendRow struct {
	*RowStatus
	From string // what the new file carries along: see Remarks.Origin
}

// LeftOut is a row that is not to be paid anew.
type LeftOut struct {
	*RowStatus
	Why   LeftOutReason
	Batch string   // for LeftForOther: the batch that it left for
	Paid  *Payment // for LeftPaid: the payment that stands against it
}

// LeftOutReason says why a row is not to be paid anew.
type LeftOutReason uint8

// The reasons for which resend leaves a row out.
const (
	LeftUnsent       LeftOutReason = iota + 1 // it was not sent yet
	LeftOpen                                  // nobody knows yet whether it was paid
	LeftConflict                              // a person must decide
	LeftContradicted                          // the provider has contradicted itself about it
	LeftGone                                  // the corrected file no longer has it
	LeftOtherRows                             // it was refused for other rows, which a new file would not have
	LeftNotInCells                            // what is wrong with it does not stand in its cells
	LeftForOther                              // it was written to another resend file
	LeftPaid                                  // a relative of the batch may have paid it
)

// Resend sorts the rows of the batch for being paid anew in the batch of that
// name: rejected, refunded and invalid rows of which nothing in the books, nor in
// those of the batches made from it, says that they may have been paid or are
// still to be paid there.
func (l *Lineage) Resend(name string) *Resend {
	r := &Resend{Batch: l.own.Batch()}
	origins := newOrigins(r.Batch.Name)
	paid := l.paidElsewhere(origins)
	l.own.Each(func(s *RowStatus) bool {
		row := *s
		left := LeftOut{RowStatus: &row, Why: leftOut(&row, &r.Batch)}
		from := origins.of(&row)
		_, origin, _ := strings.Cut(from, "/")
		if unpaid := left.Why == 0 && row.State != Fulfilled; unpaid {
			left.Batch, left.Paid = l.own.resent[origin], paid[row.Number]
			switch {
			case left.Paid != nil:
				left.Why = LeftPaid
			case left.Batch != "" && left.Batch != name:
				left.Why = LeftForOther
			default:
				r.Rows = append(r.Rows, ResendRow{&row, from})
			}
		}
		if left.Why != 0 {
			r.Left = append(r.Left, left)
			if !row.State.Final() {
				r.Open++
			}
		}
		return true
	})
	return r
}

// leftOut is why a row is not to be paid anew, as far as the row itself tells; 0
// for rows that are fulfilled and for those that are provably unpaid.
func leftOut(s *RowStatus, b *BatchRecord) LeftOutReason {
	switch {
	case s.State == Unsent:
		return LeftUnsent
	case s.State.Open():
		return LeftOpen
	case s.State == Conflict:
		return LeftConflict
	case s.Evidence != nil && len(s.Evidence.Facts) > 0:
		return LeftContradicted
	case s.State == Fulfilled:
		return 0
	case s.Gone:
		return LeftGone
	}
	for _, p := range s.Problems() {
		if why := p.outside(b); why != 0 {
			return why
		}
	}
	return 0
}

// outside says of a broken rule that a file of the unpaid rows alone would not
// break it any more, though nothing was mended; 0 for all others.
func (p Problem) outside(b *BatchRecord) LeftOutReason {
	switch {
	case p.Code == DuplicateRow, p.Code == DuplicateID, p.Code == IDChanged, p.Code == PaidBefore,
		p.Code == AmountCap && b.Options["max-per-phone"] != "":
		return LeftOtherRows
	case p.Code == RowWidth, p.Code == CellError && p.Value == "":
		return LeftNotInCells
	}
	return 0
}

// paidElsewhere finds the payments of relatives, and of the batch's own for rows that
// its corrected file no longer has, that stand against unpaid rows of the batch, by
// the row's number.
func (l *Lineage) paidElsewhere(origins *origins) map[int]*Payment {
	var rows []Row
	l.own.Each(func(s *RowStatus) bool {
		row := s.Row
		origin := origins.of(s)
		row.Remarks = &Remarks{Origin: origin}
		if s.State.Final() && s.State != Fulfilled {
			rows = append(rows, row)
		}
		return true
	})
	origins.reset()
	m := (&Lineage{kin: l.kin}).matcher(rows)
	m.byOrigin()
	m.strangers = slices.DeleteFunc(m.strangers, func(p *Payment) bool { return p.Origin != string(p.Ref) }) // known by their origin
	m.takeUp(append(m.strangers, l.own.payments(func(s *RowStatus) bool { return s.Gone })...), m.fresh, func(*Row) bool { return true })
	paid := map[int]*Payment{}
	for i, p := range m.against {
		paid[rows[i].Number] = p
	}
	return paid
}

// origins names rows for the files that they are resent in. Rows that were never
// valid have no ref: they are named after their cells.
type origins struct {
	name string // of the batch
	refs *refs
	seen map[string]int // equal rows so far
}

func newOrigins(name string) *origins { return &origins{name, newRefs(name), map[string]int{}} }

// of is what a file of resend carries along of the row that comes next in the
// order of the batch: see Remarks.Origin.
func (o *origins) of(s *RowStatus) string {
	switch {
	case s.Resent():
		return s.Remarks.Origin
	case s.Ref != "":
		return o.name + "/" + string(s.Ref)
	}
	cells := s.Cells.Joined()
	n := o.seen[cells]
	o.seen[cells]++
	return o.name + "/" + string(o.refs.byCells(cells, n))
}

// reset begins with the first row again.
func (o *origins) reset() { clear(o.seen) }

// ResentRecord says which rows of the batch were written to a file of resend. A
// row that left for one batch is never written to the file of another.
type ResentRecord struct {
	Batch   string   `json:"batch"`   // the name of the batch that pays them
	File    string   `json:"file"`    // base name of the file
	Origins []string `json:"origins"` // of the rows: see Row.Origin
}

// NoteResent writes down that rows leave for another batch.
func (b *Books) NoteResent(name, file string, rows []ResendRow) error {
	for chunk := range slices.Chunk(rows, rowChunk) {
		r := &ResentRecord{Batch: name, File: file}
		for _, row := range chunk {
			_, origin, _ := strings.Cut(row.From, "/")
			r.Origins = append(r.Origins, origin)
		}
		if err := b.Note(NoteRecord{What: NoteResent, Text: Literal(file), Resent: r}); err != nil {
			return err
		}
	}
	return nil
}

// Relatives names the batches that rows of this one left for, and those that its
// own rows first came from.
func (l *Ledger) Relatives() []string {
	names := map[string]bool{}
	l.Each(func(s *RowStatus) bool {
		if s.Resent() {
			names[s.OriginBatch()] = true
		}
		return true
	})
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, name := range l.resent {
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}
