package report

import (
	"slices"

	"flexybatch/batch"
)

// Redact returns the same books for wider circulation: three digits of a phone are
// hidden, as in 0550•••012.
//
// Redacted is whatever stands in a column of phones: the one that the batch was
// paid by, and every other column of the input whose title isPhone knows for one.
// Of what is no phone there, no more digits are left than of a phone. In every
// other text (other columns, file names, messages, notes, the provider's ids) the
// phones of the batch itself are redacted, in digits of any script and with spaces
// or other signs between them.
//
// Not redacted are phones in such texts that are not the batch's own, and whatever
// else tells a person: names, the ids of rows, amounts. References and the
// provider's ids stay, so that a row can be found again by those who may know its
// phone. A reference is made from the phone, and who knows everything else that it
// is made from can try all phones out.
func Redact(from Books, isPhone func(title string) bool) Books {
	r := &redacted{Books: from, batch: from.Batch(), phones: map[uint32]bool{}}
	paid := columnOf(r.batch.Header, r.batch.Fields["phone"])
	for i, title := range r.batch.Header {
		if i == paid || title == r.batch.Fields["phone"] || isPhone(title) {
			r.columns = append(r.columns, i)
		}
	}
	from.Each(func(s *batch.RowStatus) bool {
		r.know(string(s.Topup.Phone))
		for _, i := range r.columns {
			r.know(s.Cells.At(i))
		}
		return true
	})
	r.redactBatch()
	return r
}

// columnOf finds a column that has no title by its letter, as the books name it;
// -1 where the column has one, or there is none.
func columnOf(header []string, letters string) int {
	n := 0
	for _, r := range letters {
		if r < 'A' || r > 'Z' || n > len(header) {
			return -1
		}
		n = n*26 + int(r-'A') + 1
	}
	if n == 0 || n > len(header) || header[n-1] != "" {
		return -1
	}
	return n - 1
}

// redacted is books whose phones are redacted.
type redacted struct {
	Books
	batch   batch.BatchRecord
	columns []int           // of phones, in the header
	phones  map[uint32]bool // the batch's own: the nine digits behind the zero
}

// know remembers a phone of the batch.
func (r *redacted) know(s string) {
	if p, ok := batch.RepairPhone(s); ok {
		r.phones[number(digitsOf(string(p))[1:])] = true
	}
}

// redactBatch redacts what the batch says of itself.
func (r *redacted) redactBatch() {
	b := &r.batch
	b.File, b.Sheet, b.Account.Username = r.text(b.File), r.text(b.Sheet), r.text(b.Account.Username)
	b.Header = r.texts(b.Header)
	fields := map[string]string{}
	for field, column := range b.Fields {
		fields[field] = r.text(column)
	}
	b.Fields = fields
}

// Batch returns what the batch says of itself.
func (r *redacted) Batch() batch.BatchRecord { return r.batch }

// Versions lists the versions of the batch's file.
func (r *redacted) Versions() []batch.Version {
	list := slices.Clone(r.Books.Versions())
	for i := range list {
		list[i].File = r.text(list[i].File)
	}
	return list
}

// Notes lists what was noted.
func (r *redacted) Notes() []batch.Note {
	list := slices.Clone(r.Books.Notes())
	for i := range list {
		list[i].Text = list[i].Text.WithTexts(r.text)
		if o := list[i].Override; o != nil {
			list[i].Override = &batch.OverrideRecord{Warning: o.Warning, Rows: o.Rows, Who: o.Who.WithTexts(r.text), Reason: r.text(o.Reason)}
		}
	}
	return list
}

// Each calls f for every row.
func (r *redacted) Each(f func(*batch.RowStatus) bool) {
	r.Books.Each(func(s *batch.RowStatus) bool { return f(r.row(s)) })
}

// row returns a row whose phones are redacted.
func (r *redacted) row(s *batch.RowStatus) *batch.RowStatus {
	row := *s
	row.Topup.Phone = batch.Phone(r.text(string(s.Topup.Phone)))
	row.Topup.Plan, row.Topup.ID, row.TopupID = r.text(s.Topup.Plan), r.text(s.Topup.ID), r.id(s.TopupID)
	cells := r.texts(s.Cells.List())
	for _, i := range r.columns {
		if i < len(cells) {
			cells[i] = r.phone(s.Cells.At(i))
		}
	}
	row.Cells = batch.CellsOf(cells...)
	if s.Remarks != nil {
		row.Remark(func(k *batch.Remarks) {
			k.Written = r.phone(k.Written)
			k.Problems = r.problems(k.Problems)
		})
	}
	if s.Evidence != nil {
		row.Evidence = r.evidence(s.Evidence)
	}
	return &row
}

func (r *redacted) problems(list []batch.Problem) []batch.Problem {
	list = slices.Clone(list)
	for i := range list {
		p := &list[i]
		p.Column, p.Message = r.text(p.Column), p.Message.WithTexts(r.text)
		if p.Field == "phone" {
			p.Value = r.phone(p.Value)
		} else {
			p.Value = r.text(p.Value)
		}
	}
	return list
}

func (r *redacted) evidence(e *batch.Evidence) *batch.Evidence {
	hidden := batch.Evidence{Code: r.text(e.Code), Message: e.Message.WithTexts(r.text), RequestID: r.id(e.RequestID)}
	for _, fact := range e.Facts {
		hidden.Facts = append(hidden.Facts, fact.WithTexts(r.text))
	}
	for _, o := range e.Offers {
		o.Name, o.Plan = r.text(o.Name), r.text(o.Plan)
		hidden.Offers = append(hidden.Offers, o)
	}
	return &hidden
}

func (r *redacted) texts(list []string) []string {
	hidden := make([]string, len(list))
	for i, s := range list {
		hidden[i] = r.text(s)
	}
	return hidden
}
