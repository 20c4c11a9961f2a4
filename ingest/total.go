package ingest

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"flexybatch/batch"
	"flexybatch/ingest/xlsx"
)

// totalWords are how lines that add up the rows above them are called, as fold
// leaves it.
var totalWords = []string{"total", "totaux", "totalgeneral", "grandtotal", "soustotal", "subtotal", "sum", "somme", "sommetotale", "montanttotal", "totalamount",
	"المجموع", "الاجمالي", "مجموع", "اجمالي", "المجموعالعام", "المبلغالاجمالي"}

// sumWords are those of them that mean nothing else, also among other words.
var sumWords = []string{"total", "totaux", "المجموع", "مجموع", "الاجمالي", "اجمالي"}

// aside tells a line that is no payment, nor meant as one, and notes it.
func (k *checker) aside(e *Entry, in *Input) bool {
	if e.Fields[phone] == batch.SamplePhone {
		in.Notes = append(in.Notes, batch.Msg("row %d is the template's example, and no payment", e.Number))
		return true
	}
	if s := e.Fields[phone]; len(s) > len("1000000") && digit(s[0]) {
		return false // as nearly all: more digits than there are rows to count
	}
	if total, ok := k.total(e); ok {
		in.Totals = append(in.Totals, total)
		note := batch.Msg("row %d holds the sum of the rows above it, %v: a total, not a payment", total.Number, total.Amount)
		if total.Amount != k.sum {
			note = batch.Msg("row %d holds the sum of the rows since the total above it, %v: a total, not a payment", total.Number, total.Amount)
		}
		in.Notes = append(in.Notes, note)
		k.since = 0
		return true
	}
	if k.headerAgain(e) {
		in.Headers = append(in.Headers, e.Number)
		in.Notes = append(in.Notes, batch.Msg("row %d repeats the header, and is no payment", e.Number))
		return true
	}
	return false
}

// total recognises a line below the rows that holds their sum: it has an amount
// and neither phone nor plan, the amount is the sum of all amounts so far, and
// beside it, in whatever column, stands nothing but the word for a total and how
// many rows there are. A line that is called a total may also hold the sum of the
// rows since the last one, as of a department. A payment that lost its phone is no total: it has a name,
// an id or another amount.
func (k *checker) total(e *Entry) (Total, bool) {
	if k.rows == 0 || e.Beyond != "" {
		return Total{}, false
	}
	named, counted, rows := false, false, strconv.Itoa(k.rows)
	for i, c := range e.Cells.All() {
		switch c = strings.TrimSpace(c); {
		case i == k.columns[amount] || c == "":
		case isTotalWord(c):
			named = true
		case c == rows:
			counted = true
		default:
			return Total{}, false
		}
	}
	if !named && (counted || k.rows < 3) {
		return Total{}, false // of one or two rows the sum may be a payment like them
	}
	i := inspection{checker: k, entry: e}
	n := i.written()
	return Total{e.Number, n}, n > 0 && (n == k.sum || named && n == k.since)
}

// wrongTotal tells a line that is called a total and holds another sum than that
// of the rows above it.
func (i *inspection) wrongTotal() bool {
	return slices.ContainsFunc(i.entry.Cells.List(), isTotalWord) && i.written() != i.sum
}

// headerAgain tells a row that says the header once more, as at the head of each
// page of a print.
func (k *checker) headerAgain(e *Entry) bool {
	name := k.header[k.columns[phone]]
	if name == "" || strings.TrimSpace(e.Fields[phone]) != name {
		return false
	}
	for i, c := range e.Cells.All() {
		if strings.TrimSpace(c) != k.header[i] {
			return false
		}
	}
	return e.Beyond == ""
}

// isTotalWord tells what a total is called: by such a word alone, or by one and
// what it is the total of, as in "Total à payer (DA)".
func isTotalWord(s string) bool {
	return slices.Contains(totalWords, fold(s)) ||
		slices.ContainsFunc(strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }), func(word string) bool {
			return slices.Contains(sumWords, fold(word))
		})
}

// written returns the amount that the row itself gives, 0 where it gives none that
// can be read.
func (i *inspection) written() batch.Dinars {
	if i.entry.Odd[amount] == xlsx.Uncounted {
		return 0
	}
	n, bad := i.dinars(strings.TrimSpace(i.entry.Fields[amount]))
	if bad != nil {
		return 0
	}
	return n
}
