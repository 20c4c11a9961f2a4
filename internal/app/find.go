package app

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"strings"

	"flexybatch/batch"
	"flexybatch/report"
)

// FoundRow is a row of a batch that a search found.
type FoundRow struct {
	Batch string
	Name  string // of the person, where the file tells
	Row   batch.RowStatus
}

// Find searches the begun batches of the folder, those that were touched last first,
// for rows of a phone, an id, a reference, a top-up of the provider, or with a text in
// a cell. It returns the first most of them, and whether there may be more. read
// returns what is known of a batch; one that cannot be read is passed over.
func (f Folder) Find(ctx context.Context, s Search, most int, read func(name string) (*batch.Ledger, error)) (found []FoundRow, more bool, err error) {
	list, err := f.Batches()
	if err != nil {
		return nil, false, err
	}
	for _, b := range list {
		if err := ctx.Err(); err != nil {
			return found, true, nothing(err)
		}
		if !b.Begun || b.Err != nil || !s.mayHold(f.storage(), f.Journal(b.Name)) {
			continue
		}
		l, err := read(b.Name)
		if err != nil {
			continue
		}
		rows, rest := s.In(l, most-len(found))
		for _, row := range rows {
			found = append(found, FoundRow{Batch: b.Name, Name: row.Name, Row: row.Row})
		}
		if rest || len(found) == most {
			return found, true, nil
		}
	}
	return found, false, nil
}

// Search is what a person looks for.
type Search struct {
	text  string
	phone batch.Phone // empty: it is no phone
	id    string

	// HidePhones finds a phone by the whole of it alone, for people who are to see none:
	// with a part of one they could find out the rest, digit by digit.
	HidePhones bool
}

// NewSearch is a search for a text as a person types it.
func NewSearch(text string) Search {
	s := Search{text: strings.ToLower(strings.TrimSpace(text))}
	s.id = batch.IDKey(s.text)
	s.phone, _ = batch.RepairPhone(s.text)
	return s
}

// IsZero tells whether nothing is looked for.
func (s Search) IsZero() bool { return s.text == "" }

// In finds the rows of a batch, the first most of them; more tells whether there are
// others.
func (s Search) In(l *batch.Ledger, most int) (found []FoundRow, more bool) {
	if s.IsZero() {
		return nil, false
	}
	names := batch.NameColumns(l.Batch().Header)
	l.Each(func(r *batch.RowStatus) bool {
		if !s.matches(r) {
			return true
		}
		if len(found) == most {
			more = true
			return false
		}
		found = append(found, FoundRow{Name: batch.NameIn(r.Cells, names), Row: *r})
		return true
	})
	return found, more
}

// matches tells whether a row is one of those.
func (s Search) matches(r *batch.RowStatus) bool {
	if s.phone != "" {
		return r.Topup.Phone == s.phone || r.Written() != "" && s.inCells(r)
	}
	if string(r.Ref) == s.text || r.TopupID != "" && strings.ToLower(r.TopupID) == s.text {
		return true
	}
	if r.Topup.ID != "" && s.id != "" && batch.IDKey(r.Topup.ID) == s.id {
		return true
	}
	return s.inCells(r)
}

// inCells tells whether the text stands in a cell of the row.
func (s Search) inCells(r *batch.RowStatus) bool {
	for _, text := range r.Cells.All() {
		if s.HidePhones {
			text = report.HidePhones(text)
		}
		if text != "" && strings.Contains(strings.ToLower(text), s.text) {
			return true
		}
	}
	return false
}

// mayHold tells whether a journal can have rows of a phone: without it the journal is
// not replayed. Of anything else only a replay tells.
func (s Search) mayHold(on Storage, path string) bool {
	if s.phone == "" {
		return true
	}
	f, err := on.OpenFile(on.Resolve(path), os.O_RDONLY, 0)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // it was only read
	return contains(f, []byte(`"`+string(s.phone)+`"`))
}

// contains tells whether a text stands in what is read.
func contains(from io.Reader, text []byte) bool {
	r := bufio.NewReaderSize(from, 1<<20)
	for {
		b, err := r.Peek(1 << 20)
		if bytes.Contains(b, text) {
			return true
		}
		if err != nil {
			return false
		}
		if _, err := r.Discard(len(b) - len(text)); err != nil {
			return false
		}
	}
}
