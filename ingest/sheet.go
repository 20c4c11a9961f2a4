package ingest

import (
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
	"flexybatch/ingest/xlsx"
)

// sheetReader reads the rows of a sheet that was inspected to its end.
type sheetReader struct {
	*xlsx.Rows
	sheet     xlsx.Sheet
	inspected xlsx.Findings
	limits    Limits

	header     []string
	columns    columns
	own        ownColumns
	texts      []string // of the row in hand
	packer     batch.CellPacker
	headEnd    int   // the last row that the header's merged cells reach down to
	headMerged error // what is wrong with them, if that row is a payment
	spreads    bool  // merged plans and amounts are for each of their rows
	spread     []spread
	held       int   // bytes of the rows so far, and of the texts that they share
	entry      Entry // of the row in hand
}

// readHead reads the first rows.
func (r *sheetReader) readHead() (h head, err error) {
	for len(h) < headerRows {
		err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		h = append(h, headRow{number: r.Number, texts: slices.Clone(r.names())})
	}
	return h, nil
}

// names returns the texts of the row in hand, as far as they may name columns: what
// stands for an error is no name.
func (r *sheetReader) names() []string {
	for _, m := range r.Marks {
		if m.Column < len(r.texts) && (m.Odd == xlsx.Fault || m.Odd == xlsx.Uncounted) {
			r.texts[m.Column] = ""
		}
	}
	return r.texts
}

// begin reads down to the header, and over it.
func (r *sheetReader) begin(f *found) error {
	r.header, r.columns, r.own = f.names, f.columns, f.own
	for r.Number < f.number {
		if err := r.next(); err != nil {
			return err
		}
	}
	return nil
}

// checkMerges refuses cells of our fields that are merged over several rows:
// only the first of them holds the value, and whom it is meant for is a guess,
// unless the operator says that it is for each. A header may be, where nothing of
// ours stands beside it on its further rows.
func (r *sheetReader) checkMerges() error {
	for _, m := range r.inspected.Merges {
		for f, i := range r.columns {
			if at := r.own.inFile(i); i < 0 || at < m.First || at > m.Last || m.Bottom <= r.Number {
				continue
			}
			err := r.merged(m, field(f))
			switch {
			case m.Top <= r.Number:
				if m.Bottom > r.headEnd {
					r.headEnd, r.headMerged = m.Bottom, err
				}
			case r.spreads && errors.Is(err, ErrMerged):
				r.spread = append(r.spread, spread{field: field(f), Merge: m})
			default:
				return err
			}
		}
	}
	return nil
}

// merged returns the error for a merged cell of a field. Of a plan or an amount it is a
// question.
func (r *sheetReader) merged(m xlsx.Merge, f field) error {
	e := &FileError{Row: m.Top, Column: columnName(r.header, r.columns[f]), What: batch.Msg("the cells %s are merged into one over several rows", m.Ref),
		Do: batch.Msg("unmerge them and give each row its own value"), Err: ErrColumns}
	if (f == plan || f == amount) && m.Top > r.Number && m.First == m.Last {
		e.What = batch.Msg("the cells %s are merged into one over several rows, %d to %d", m.Ref, m.Top, m.Bottom)
		e.Field, e.Err = f.String(), ErrMerged
	}
	return e
}

// spread is a merged cell whose value is taken for each of its rows.
type spread struct {
	field
	xlsx.Merge
	text string
	odd  xlsx.Oddity
}

// spreadOver gives the row in hand the values of merged cells that reach down to
// it. A merged cell further down holds nothing of its own.
func (r *sheetReader) spreadOver(e *Entry) {
	for i := range r.spread {
		s := &r.spread[i]
		at := r.columns[s.field]
		switch {
		case e.Number == s.Top:
			s.text, s.odd = r.texts[at], e.Odd[s.field]
		case e.Number > s.Top && e.Number <= s.Bottom && strings.TrimSpace(r.texts[at]) == "":
			r.texts[at], e.Odd[s.field] = s.text, s.odd
		}
	}
}

// underHeader tells a row that the header's merged cells reach down to.
func (r *sheetReader) underHeader() (bool, error) {
	if r.Number > r.headEnd {
		return false, nil
	}
	for _, i := range r.columns {
		if at := r.own.inFile(i); i >= 0 && at < len(r.texts) && strings.TrimSpace(r.texts[at]) != "" {
			return false, r.headMerged // a payment, perhaps
		}
	}
	return true, nil
}

// next reads the next row, or is io.EOF.
func (r *sheetReader) next() error {
	if err := r.Next(); err != nil {
		return err
	}
	r.texts = r.AppendTexts(r.texts[:0])
	return nil
}

// entries returns the rows below the header that are not blank.
func (r *sheetReader) entries(ctx context.Context) iter.Seq2[*Entry, error] {
	unseen := r.sheet.Hidden || r.fieldHidden()
	return func(yield func(*Entry, error) bool) {
		for {
			err := r.next()
			if err == nil && r.Number%1024 == 0 {
				err = ctx.Err()
			}
			under := false
			if err == nil {
				under, err = r.underHeader()
			}
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, fault.Located(err, "", r.sheet.Name))
				return
			}
			if under || r.nothingOdd() && r.blank() {
				continue
			}
			e := r.take(unseen)
			if r.held > r.limits.FileBytes {
				yield(nil, fault.Located(xlsx.TooMuchText(r.limits), "", r.sheet.Name))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// nothingOdd tells that no cell of the row in hand is odd by what it holds.
func (r *sheetReader) nothingOdd() bool {
	return !slices.ContainsFunc(r.Marks, func(m xlsx.Mark) bool { return m.Odd != xlsx.Ordinary })
}

// blank tells a row that holds nothing, flexybatch's own columns aside.
func (r *sheetReader) blank() bool {
	for i, text := range r.texts {
		if _, theirs := r.own.stripped(i); theirs && strings.TrimSpace(text) != "" {
			return false
		}
	}
	return true
}

// fieldHidden tells that a column is hidden by which people are paid.
func (r *sheetReader) fieldHidden() bool {
	return slices.ContainsFunc(r.inspected.Hidden, func(s xlsx.Span) bool {
		return slices.ContainsFunc(r.columns[:], func(i int) bool {
			at := r.own.inFile(i)
			return i >= 0 && at >= s.First && at <= s.Last
		})
	})
}

// take brings the row in hand to the header's width and notes its odd cells.
func (r *sheetReader) take(hidden bool) *Entry {
	e := &r.entry
	*e = Entry{Number: r.Number, Hidden: hidden || r.Hidden}
	for _, m := range r.Marks {
		i, theirs := r.own.stripped(m.Column)
		f, ours := r.columns.fieldAt(i)
		if theirs && ours {
			e.Odd[f] = m.Odd
			e.Struck = e.Struck || m.Struck && f != id
		}
		switch {
		case theirs && ours && f == amount:
			if m.Odd == xlsx.Scaled {
				r.texts[m.Column] += " ?" // a doubt that stays where the text is all that is kept
			}
		case m.Shown != "":
			r.texts[m.Column] = m.Shown // as a CSV file of the sheet has it
		}
	}
	e.Origin = r.own.originIn(r.texts)
	r.texts = r.own.strip(r.texts)
	n := len(r.header)
	for i := n; i < len(r.texts); i++ {
		if strings.TrimSpace(r.texts[i]) != "" {
			e.Width = i + 1
			if e.Beyond == "" {
				e.Beyond = r.texts[i]
			}
		}
	}
	for len(r.texts) < n {
		r.texts = append(r.texts, "")
	}
	r.spreadOver(e)
	for _, text := range r.texts[:n] {
		r.held += len(text)
	}
	e.Cells = r.packer.Pack(r.texts[:n])
	r.texts = e.Cells.AppendTo(r.texts[:0]) // so that nothing else need be kept
	for f := range e.Fields {
		e.Fields[f] = r.columns.of(field(f), r.texts)
	}
	return e
}
