package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
)

// sheetReader reads the rows of a sheet that was inspected to its end.
type sheetReader struct {
	*sheetScan
	sheet     worksheet
	inspected findings
	dates1904 bool

	header     []string
	columns    columns
	own        ownColumns
	texts      []string // of the row in hand
	packer     batch.CellPacker
	headEnd    int   // the last row that the header's merged cells reach down to
	headMerged error // what is wrong with them, if that row is a payment
	held       int   // bytes of the rows so far, and of the texts that they share
	entry      Entry // of the row in hand
}

// open reads down to the header. It reports true where there is a phone column;
// an error then says what about the header is not clear.
func (r *sheetReader) open(m mapping) (bool, error) {
	f := finder{mapping: m}
	for !f.done() {
		err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return false, err
		}
		own := ownOf(r.texts)
		header := trimRight(own.strip(slices.Clone(r.texts)))
		columns, ok, err := f.try(r.number, header)
		if err != nil {
			return true, onRow(err, r.number)
		}
		if ok {
			r.header, r.columns, r.own = trimmed(header), columns, own
			return true, nil
		}
	}
	return false, f.missing()
}

// checkMerges refuses cells of our fields that are merged over several rows:
// only the first of them holds the value, and whom it is meant for is a guess. A
// header may be, where nothing of ours stands beside it on its further rows.
func (r *sheetReader) checkMerges() error {
	for _, m := range r.inspected.merges {
		for _, i := range r.columns {
			if at := r.own.inFile(i); i < 0 || at < m.first || at > m.last || m.bottom <= r.number {
				continue
			}
			err := &FileError{Row: m.top, Column: columnName(r.header, i), What: fmt.Sprintf("the cells %s are merged into one over several rows", m.ref),
				Do: "unmerge them and give each row its own value", Err: ErrColumns}
			if m.top > r.number {
				return err
			}
			if m.bottom > r.headEnd {
				r.headEnd, r.headMerged = m.bottom, err
			}
		}
	}
	return nil
}

// underHeader tells a row that the header's merged cells reach down to.
func (r *sheetReader) underHeader() (bool, error) {
	if r.number > r.headEnd {
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
	if err := r.row(); err != nil {
		return err
	}
	r.texts = r.appendTexts(r.texts[:0])
	return nil
}

// entries are the rows below the header that are not blank.
func (r *sheetReader) entries(ctx context.Context) iter.Seq2[*Entry, error] {
	unseen := r.sheet.hidden || r.fieldHidden()
	r.held = r.sheetScan.texts.held
	return func(yield func(*Entry, error) bool) {
		for {
			err := r.next()
			if err == nil && r.number%1024 == 0 {
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
				yield(nil, located(err, "", r.sheet.name))
				return
			}
			if under || onlyHidden(r.marks) && r.blank() {
				continue
			}
			e := r.take(unseen)
			if r.held > r.limits.FileBytes {
				yield(nil, located(tooMuchText(r.limits), "", r.sheet.name))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// onlyHidden tells marks that say nothing of a cell.
func onlyHidden(marks []mark) bool {
	return !slices.ContainsFunc(marks, func(m mark) bool { return m.column != wholeRow })
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
	return slices.ContainsFunc(r.inspected.hidden, func(s span) bool {
		return slices.ContainsFunc(r.columns[:], func(i int) bool {
			at := r.own.inFile(i)
			return i >= 0 && at >= s.first && at <= s.last
		})
	})
}

// take brings the row in hand to the header's width and spells out its odd
// cells.
func (r *sheetReader) take(hidden bool) *Entry {
	e := &r.entry
	*e = Entry{Number: r.number, Hidden: hidden}
	for _, m := range r.marks {
		if m.column == wholeRow {
			e.Hidden = true
			continue
		}
		if m.column < len(r.texts) {
			r.texts[m.column] = spell(r.texts[m.column], m.odd, r.dates1904)
		}
		if i, ok := r.own.stripped(m.column); ok {
			if f, ok := r.columns.fieldAt(i); ok {
				e.Odd[f] = m.odd
				if f == amount && m.odd == scaled {
					r.texts[m.column] += " ?" // a doubt that stays where the text is all that is kept
				}
			}
		}
	}
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

// spell writes what is stored in an odd cell as its user knows it.
func spell(stored string, odd oddity, dates1904 bool) string {
	switch odd {
	case number, scaled:
		if s, ok := decimalText(stored); ok {
			return s
		}
	case uncounted:
		return notCounted
	case truth:
		if isTrue(stored) {
			return "TRUE"
		}
		return "FALSE"
	case date:
		days, err := strconv.ParseFloat(stored, 64)
		if err != nil {
			break // ISO text already
		}
		if t, err := excelize.ExcelDateToTime(days, dates1904); err == nil {
			return strings.TrimSuffix(t.Round(time.Second).Format("2006-01-02 15:04:05"), " 00:00:00")
		}
	}
	return stored
}
