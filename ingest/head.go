package ingest

import (
	"slices"
	"strings"
	"unicode"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
	"flexybatch/ingest/xlsx"
)

// head is the first rows of a table, among which its header is.
type head []headRow

// headRow is one of them, as it stands in the file.
type headRow struct {
	number int
	texts  []string
	quoted bool // there are quotes in the line
}

// headerRows is how far down a header is looked for: titles, logos and dates
// stand above it in real files.
const headerRows = 50

// found is a header, and what was above it.
type found struct {
	number  int
	names   []string
	columns columns
	own     ownColumns
}

// header finds the row that names the columns: the first with a phone column, or
// one below it that names more and has no payment above it. A row in which a
// phone stands is data, whatever else is in it. It reports true where there is a
// phone column; an error then says what about the header is not clear.
func (h head) header(m mapping) (*found, bool, error) {
	var best *found
	for _, row := range h {
		if row.holdsPhone() {
			continue
		}
		if isReport(row.texts) {
			return nil, true, errReport(row.number)
		}
		own := ownOf(row.texts)
		names := trimRight(own.strip(slices.Clone(row.texts)))
		c, ok, err := match(names, m)
		if !ok {
			continue
		}
		if best != nil && (err != nil || c.known() <= best.columns.known() || h.paidBetween(best, row.number)) {
			continue
		}
		if err != nil {
			return nil, true, fault.OnRow(err, row.number)
		}
		best = &found{row.number, trimmed(withoutErrors(names)), c, own}
	}
	if best == nil {
		return nil, false, h.missing(m)
	}
	return best, true, h.paidAbove(best)
}

// holdsPhone tells a row in which a phone stands.
func (r headRow) holdsPhone() bool { return slices.ContainsFunc(r.texts, isPhone) }

func isPhone(text string) bool {
	_, ok := batch.RepairPhone(text)
	return ok
}

// known counts the fields that have a column.
func (c columns) known() int {
	n := 0
	for _, i := range c {
		if i >= 0 {
			n++
		}
	}
	return n
}

// paidBetween tells whether a payment may stand below a header and above row.
func (h head) paidBetween(f *found, row int) bool {
	return slices.ContainsFunc(h, func(r headRow) bool { return r.number > f.number && r.number < row && r.holdsPhone() })
}

// paidAbove refuses a payment above the header, as sorting a table together with
// its header leaves it. The phone of a letterhead has no amount and no plan
// beside it where those of payments are.
func (h head) paidAbove(f *found) error {
	for _, r := range h {
		if r.number >= f.number {
			return nil
		}
		cells := f.own.strip(slices.Clone(r.texts))
		beside := f.columns.of(plan, cells) + f.columns.of(amount, cells)
		if f.columns[plan] < 0 && f.columns[amount] < 0 {
			beside = f.columns.of(id, cells)
		}
		if written := f.columns.of(phone, cells); isPhone(written) && (strings.TrimSpace(beside) != "" || f.columns.known() == 1) {
			return &FileError{Row: r.number, Column: columnName(f.names, f.columns[phone]), Value: written,
				What: batch.Msg("a payment stands above the header, which is row %d", f.number), Do: batch.Msg("put the header above the first row"), Err: ErrDamaged}
		}
	}
	return nil
}

var nameThePhone = batch.Msg("name the phone column: --map phone=HEADER")

// fullest returns the row with the most texts: what a header might have been.
func (h head) fullest() headRow {
	var fullest headRow
	for _, r := range h {
		if texts(r.texts) > texts(fullest.texts) {
			fullest = r
		}
	}
	return fullest
}

// missing returns the error for a table without a phone column.
func (h head) missing(m mapping) error {
	fullest := h.fullest()
	if fullest.texts == nil {
		return &FileError{What: batch.Msg("has no rows"), Do: batch.Msg("it may have been saved empty: open it and look"), Err: ErrEmpty}
	}
	first := slices.IndexFunc(h, headRow.holdsPhone)
	if first >= 0 && (first == 0 || texts(h[first-1].texts) < 2) {
		return h[first].headless()
	}
	if name, ok := m[phone]; ok {
		return &FileError{What: batch.Msg("--map phone=%s: there is no such column; the headers are", name), List: fullest.texts, Err: ErrMap}
	}
	if first > 0 {
		return h.whichPhone(first)
	}
	missing := &FileError{What: batch.Msg("no column is called phone, téléphone, mobile, الهاتف or the like in the first %d rows; the headers seem to be", headerRows),
		List: fullest.texts, Do: nameThePhone, Err: ErrNoPhone}
	if texts(fullest.texts) == 1 && fullest.quoted && oneText(fullest.texts[0]) {
		missing.What, missing.List = batch.Msg("each line stands in quotes as a whole, and is one text"), nil
		missing.Do = batch.Msg("take away the quotes around the lines")
		return missing
	}
	if texts(fullest.texts) == 1 && slices.ContainsFunc(strings.FieldsFunc(strings.Join(fullest.texts, ""), notLetter), IsPhoneTitle) {
		missing.Do = batch.Msg("nothing parts its columns: %s, with a column for each", fault.AsXLSX)
	}
	return missing
}

// oneText tells a text that looks like several columns.
func oneText(text string) bool {
	return slices.ContainsFunc(delimiters, func(d rune) bool { return strings.ContainsRune(text, d) })
}

// headless returns the error for a table that begins with a payment: taken for a
// header, it would be lost without a word.
func (r headRow) headless() error {
	i := slices.IndexFunc(r.texts, isPhone)
	return &FileError{Row: r.number, Column: xlsx.Letters(i), Value: r.texts[i], What: batch.Msg("a phone stands where the header should be: the table has no header line"),
		Do: batch.Msg("put one above the first row, with the names phone, plan and amount"), Err: ErrNoPhone}
}

// whichPhone returns the question which of the columns holds the phones, where the
// first payment is row first and the row above it a header without a known name.
func (h head) whichPhone(first int) error {
	names := h[first-1]
	e := &FileError{Row: names.number, What: batch.Msg("no column is called phone, téléphone, mobile, الهاتف or the like in the first %d rows; the headers seem to be", headerRows),
		List: names.texts, Do: nameThePhone, Field: phone.String(), Err: ErrNoPhone}
	for i := range h[first].texts {
		var examples []string
		for _, r := range h[first:] {
			if i < len(r.texts) && isPhone(r.texts[i]) && len(examples) < 3 {
				examples = append(examples, strings.TrimSpace(r.texts[i]))
			}
		}
		if len(examples) > 0 {
			choice := fault.Choice{Letter: xlsx.Letters(i), Examples: examples}
			if i < len(names.texts) {
				choice.Header = strings.TrimSpace(names.texts[i])
			}
			e.Choices = append(e.Choices, choice)
		}
	}
	return e
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

// IsPhoneTitle reports whether a column of that title is known as one of phones.
func IsPhoneTitle(title string) bool {
	f, known := fieldKnownAs(fold(title))
	return known && f == phone
}
