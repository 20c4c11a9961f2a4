package ingest

import (
	"slices"
	"strings"

	"flexybatch/batch"
)

// totalWords are how lines that add up the rows above them are called, as fold
// leaves it.
var totalWords = []string{"total", "totaux", "totalgeneral", "grandtotal", "soustotal", "subtotal", "sum", "somme", "sommetotale", "montanttotal", "totalamount",
	"المجموع", "الاجمالي", "مجموع", "اجمالي", "المجموعالعام", "المبلغالاجمالي"}

// total recognises a line below the rows that holds their sum: it has an amount
// and neither phone nor plan, the amount is the sum of all amounts so far, and
// beside it stands nothing but the word for a total. A payment that lost its
// phone is no total: it has a name, an id or another amount.
func (k *checker) total(e *Entry) (Total, bool) {
	if k.rows == 0 || strings.TrimSpace(e.Fields[phone]) != "" || strings.TrimSpace(e.Fields[plan]) != "" && !isTotalWord(e.Fields[plan]) {
		return Total{}, false
	}
	named := false
	for i, c := range e.Cells {
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
