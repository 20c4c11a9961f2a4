package ingest

import (
	"slices"
	"strings"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
	"flexybatch/ingest/xlsx"
)

// Doubts are what somebody should look at before anything is sent. Each is
// mentioned in the Notes.
type Doubts struct {
	Hidden   int      // rows that are hidden in the sheet, or struck through
	Struck   int      // those of them that are struck through
	Repaired Repaired // phones that are not paid as they are written
	Unused   []Unused // columns that look like a field's, and are none

	Repairable Repaired // phones that Rules.FixPhones would repair, and that are invalid without it
}

// Repaired are the phones that Rules.FixPhones has repaired.
type Repaired struct {
	Count    int
	Examples []Repair // the first few
}

// Repair is one of them.
type Repair struct {
	Number  int // of the row
	Written string
	Phone   batch.Phone
}

// Unused is a column that no field was taken from, though it looks like one's.
type Unused struct {
	Column   string   // its header, or its letter where it has none
	Letter   string   // by which Options.Map knows it
	Looks    string   // like what field: phone, plan or amount
	Examples []string // the first few texts in it
}

// examples is how many examples are kept of anything.
const examples = 3

// add counts a phone that was repaired, or that can be.
func (r *Repaired) add(repair Repair) {
	r.Count++
	if len(r.Examples) < examples {
		r.Examples = append(r.Examples, repair)
	}
}

// notes says the doubts.
func (d *Doubts) notes(rows int) (notes []batch.Message) {
	if d.Repaired.Count > 0 {
		e := d.Repaired.Examples[0]
		notes = append(notes, batch.Msg("phones that were repaired: %d of %d, such as %q in row %d, which is paid as %s", d.Repaired.Count, rows, fault.Shorten(e.Written), e.Number, e.Phone))
	}
	for _, u := range d.Unused {
		notes = append(notes, batch.Msg("the column %q is not used, and looks like the field %s; if it is, run with --map %s=%s", u.Column, u.Looks, u.Looks, u.Letter))
	}
	if d.Hidden > 0 {
		notes = append(notes, batch.Msg("rows that cannot be seen in the sheet (hidden, filtered out, or by a hidden column) or are struck through: %s of %s", batch.Number(d.Hidden), batch.Number(rows)))
	}
	return notes
}

// sampleRows is how many rows a column is judged by.
const sampleRows = 500

// samples are what stands in the columns of the first rows.
type samples struct {
	rows    int
	columns []sample
}

// sample is what stands in one column.
type sample struct {
	filled, phones, plans, amounts, counted int

	last     batch.Dinars // the number in the row before
	examples []string
}

// add takes a row.
func (s *samples) add(e *Entry, isPlan func(string) bool) {
	if s.rows == sampleRows {
		return
	}
	s.rows++
	for i, text := range e.Cells.All() {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		for len(s.columns) <= i {
			s.columns = append(s.columns, sample{})
		}
		s.columns[i].add(text, isPlan)
	}
}

func (s *sample) add(text string, isPlan func(string) bool) {
	s.filled++
	if len(s.examples) < examples {
		s.examples = append(s.examples, fault.Shorten(text))
	}
	if isPhone(text) {
		s.phones++
		return
	}
	if isPlan(text) {
		s.plans++
	}
	if n, bad := readAmount(text); bad == nil && 10 <= n && n <= 1_000_000 {
		s.amounts++
		if n == s.last+1 { // as in a column that numbers the rows
			s.counted++
		}
		s.last = n
	}
}

// looksLike returns the field that a column looks like. Of the numbers that a row may
// hold most are no amounts: they must be in most rows, and not count them.
func (s *sample) looksLike(rows int) (field, bool) {
	most := func(n int) bool { return n > 0 && n*5 >= s.filled*4 }
	switch {
	case most(s.phones):
		return phone, true
	case most(s.plans):
		return plan, true
	case most(s.amounts) && s.filled*2 >= rows && s.counted*2 < s.amounts:
		return amount, true
	}
	return 0, false
}

// unused returns the columns that look like a field's and are none. Where the amount
// has a column, another one of numbers is told only if it is called like one.
func (s *samples) unused(header []string, c columns) (list []Unused) {
	for i := range s.columns {
		f, looks := s.columns[i].looksLike(s.rows)
		if _, used := c.fieldAt(i); used || !looks || i >= len(header) {
			continue
		}
		if f == plan && c[plan] >= 0 || f == amount && c[amount] >= 0 && !namesMoney(header[i]) {
			continue
		}
		list = append(list, Unused{columnName(header, i), xlsx.Letters(i), f.String(), s.columns[i].examples})
	}
	return list
}

// moneyWords are parts of what columns of money are called, as fold leaves it.
var moneyWords = []string{"montant", "amount", "net", "payer", "prime", "recharge", "somme", "valeur", "dinar", "مبلغ", "قيمه"}

func namesMoney(header string) bool {
	folded := fold(header)
	return slices.ContainsFunc(moneyWords, func(w string) bool { return strings.Contains(folded, w) })
}

// whichColumn returns the question which column holds a field that the file has no
// known column for, where the rows need it and some column looks like it.
func (in *Input) whichColumn(f field, c columns, code batch.Code) error {
	if c[f] >= 0 {
		return nil
	}
	e := &FileError{Sheet: in.Sheet, What: batch.Msg("no column is known as the field %s, and these look like it", f.String()), Do: batch.Msg("say which of them is meant: --map %s=HEADER", f.String()), Field: f.String(), Err: ErrColumns}
	for _, u := range in.Unused {
		if u.Looks == f.String() {
			e.List = append(e.List, u.Column)
			e.Choices = append(e.Choices, fault.Choice{Header: u.Column, Letter: u.Letter, Examples: u.Examples})
		}
	}
	if len(e.Choices) == 0 {
		return nil
	}
	lacking := 0
	for i := range in.Rows {
		if slices.ContainsFunc(in.Rows[i].Problems(), func(p batch.Problem) bool { return p.Code == code }) {
			lacking++
		}
	}
	if lacking*2 < len(in.Rows) {
		return nil
	}
	return e
}
