package ingest

import (
	"fmt"
	"slices"
	"strings"

	"flexybatch/batch"
)

// totalWords are how lines that add up the rows above them are called, as fold
// leaves it.
var totalWords = []string{"total", "totaux", "totalgeneral", "grandtotal", "soustotal", "subtotal", "sum", "somme", "sommetotale", "montanttotal", "totalamount",
	"المجموع", "الاجمالي", "مجموع", "اجمالي", "المجموعالعام", "المبلغالاجمالي"}

// aside tells a line that is no payment, nor meant as one, and notes it.
func (k *checker) aside(e *Entry, in *Input) bool {
	if s := e.Fields[phone]; s != "" && digit(s[0]) {
		return false // as nearly all
	}
	if total, ok := k.total(e); ok {
		in.Totals = append(in.Totals, total)
		in.Notes = append(in.Notes, fmt.Sprintf("row %d holds the sum of the rows above it, %d: a total, not a payment", total.Number, total.Amount))
		return true
	}
	if k.headerAgain(e) {
		in.Notes = append(in.Notes, fmt.Sprintf("row %d repeats the header, and is no payment", e.Number))
		return true
	}
	return false
}

// total recognises a line below the rows that holds their sum: it has an amount
// and neither phone nor plan, the amount is the sum of all amounts so far, and
// beside it, or where the phone would be, stands nothing but the word for a
// total. A payment that lost its phone is no total: it has a name, an id or
// another amount.
func (k *checker) total(e *Entry) (Total, bool) {
	if k.rows == 0 || !isNothing(e.Fields[phone]) || !isNothing(e.Fields[plan]) {
		return Total{}, false
	}
	named := false
	for i, c := range e.Cells.All() {
		switch {
		case i == k.columns[amount] || strings.TrimSpace(c) == "":
		case isTotalWord(c):
			named = true
		default:
			return Total{}, false
		}
	}
	if e.Beyond != "" || !named && k.rows < 3 {
		return Total{}, false // of one or two rows the sum may be a payment like them
	}
	i := inspection{checker: k, entry: e}
	n := i.written()
	return Total{e.Number, n}, n > 0 && n == k.sum
}

// isNothing tells a cell of a total's line that stands for no phone or plan.
func isNothing(s string) bool {
	return strings.TrimSpace(s) == "" || isTotalWord(s)
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

func isTotalWord(s string) bool { return slices.Contains(totalWords, fold(s)) }

// written is the amount that the row itself gives, 0 where it gives none that
// can be read.
func (i *inspection) written() batch.Dinars {
	if i.entry.Odd[amount] == uncounted {
		return 0
	}
	n, bad := i.dinars(strings.TrimSpace(i.entry.Fields[amount]))
	if bad != nil {
		return 0
	}
	return n
}
