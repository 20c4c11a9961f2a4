package report

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/batch/reconcile"
)

// movements reads the rows, oldest first. Rows without an amount are blank, or
// titles and sums in between; they must not name an order then.
func (t *statementTable) movements() ([]reconcile.Movement, error) {
	comma, err := t.comma()
	if err != nil {
		return nil, err
	}
	var list []reconcile.Movement
	for _, r := range t.rows {
		m := reconcile.Movement{
			ID: t.cell(r, "id"), Type: t.cell(r, "type"), Operation: operation(t.cell(r, "operation")),
			Object: t.cell(r, "order"), Ref: t.cell(r, "ref"), Note: t.cell(r, "note"),
		}
		amount, err := t.money(r, "amount", comma)
		if err != nil {
			return nil, err
		}
		switch {
		case amount == nil && m.Object == "" && m.Ref == "" && m.ID == "":
			continue
		case amount == nil:
			return nil, badStatement("row %d names a transaction and no amount", r.number)
		}
		m.Amount = *amount
		if m.Before, err = t.money(r, "before", comma); err != nil {
			return nil, err
		}
		if m.After, err = t.money(r, "after", comma); err != nil {
			return nil, err
		}
		if m.Time, err = date(t.cell(r, "date")); err != nil {
			return nil, badStatement("row %d: the date %q is not understood; write it as 2026-10-31 09:30:00", r.number, t.cell(r, "date"))
		}
		if _, ok := m.Signed(); !ok {
			return nil, badStatement("row %d does not say whether %s DZD were taken or brought: it needs a sign, a column type (FLEXY, REFUND-FLEXY, …) or operation (+, -), or the balances", r.number, m.Amount)
		}
		list = append(list, m)
	}
	return reconcile.OldestFirst(list), nil
}

// operation makes + or - of the words for it.
func operation(s string) string {
	switch foldTitle(s) {
	case "debit", "out", "sortie", "retrait":
		return "-"
	case "credit", "in", "entree", "depot":
		return "+"
	}
	return s
}

// money reads the field of a row; nil where it is empty.
func (t *statementTable) money(r record, field string, comma mark) (*batch.Centimes, error) {
	s := t.cell(r, field)
	if s == "" {
		return nil, nil
	}
	c, err := batch.ParseCentimes(comma.plain(s))
	if err != nil {
		return nil, badStatement("row %d: %s %q is not an amount of dinars; write it as 1234.50", r.number, field, s)
	}
	return &c, nil
}

// mark is what a comma stands for in a statement's figures.
type mark uint8

const (
	commaUnknown mark = iota // there is none that matters
	commaDecimal
	commaThousands
)

// comma finds out what a comma means: the figures themselves must tell, since
// 101,235 is a hundred dinars to one reader and a hundred thousand to another.
func (t *statementTable) comma() (mark, error) {
	var doubtful string
	var where int
	found := commaUnknown
	for _, r := range t.rows {
		for _, field := range []string{"amount", "before", "after"} {
			s := bare(t.cell(r, field))
			m, doubt := commaIn(s)
			if doubt && doubtful == "" {
				doubtful, where = s, r.number
			}
			if m == commaUnknown {
				continue
			}
			if found != commaUnknown && found != m {
				return found, badStatement("row %d: in %q the comma stands for something else than in the rows above; write the figures as 1234.50", r.number, s)
			}
			found = m
		}
	}
	if found == commaUnknown && doubtful != "" {
		return found, badStatement("row %d: is %s with a decimal comma, or are its commas for thousands? Write the figures as 1234.50", where, doubtful)
	}
	return found, nil
}

// commaIn is what the comma of one figure means; doubt where it can be either.
func commaIn(s string) (m mark, doubt bool) {
	comma, dot := strings.LastIndex(s, ","), strings.LastIndex(s, ".")
	switch {
	case comma < 0:
		return commaUnknown, false
	case dot > comma, strings.Count(s, ",") > 1:
		return commaThousands, false
	case dot >= 0, len(s)-comma-1 != 3:
		return commaDecimal, false
	}
	return commaUnknown, true
}

// plain is a figure as JSON writes numbers, as far as it is one.
func (m mark) plain(s string) string {
	s = bare(s)
	if m == commaDecimal {
		if strings.Contains(s, ",") {
			s = strings.ReplaceAll(s, ".", "")
		}
		return strings.Replace(s, ",", ".", 1)
	}
	return strings.ReplaceAll(s, ",", "")
}

// bare is a figure without spaces, currency and plus sign; a long minus becomes
// a short one.
func bare(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\u202f' || r == '+' {
			return -1
		}
		if r == '−' || r == '–' {
			return '-'
		}
		return r
	}, s)
	for _, unit := range []string{"DZD", "DA", "د.ج"} {
		s = strings.TrimSuffix(s, unit)
	}
	return s
}

// date reads a time; a time without a zone is this machine's. A number is a
// workbook's own date. An empty text is the zero time.
func date(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	const year9999 = 2_958_466 // days
	if days, err := strconv.ParseFloat(s, 64); err == nil && days >= 1 && days < year9999 {
		t, err := excelize.ExcelDateToTime(days, false)
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.Local), err
	}
	var err error
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, "2006-01-02 15:04", time.DateOnly,
		"02/01/2006 15:04:05", "02/01/2006 15:04", "02/01/2006"} {
		var t time.Time
		if t, err = time.ParseInLocation(layout, s, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, err
}
