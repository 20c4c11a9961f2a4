package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
)

// resendOf sorts a batch that has no relatives.
func resendOf(l *batch.Ledger) *batch.Resend { return batch.NewLineage(l).Resend("october-r1") }

// numbers are the rows' numbers in the file.
func numbers(rows []batch.ResendRow) (list []int) {
	for _, s := range rows {
		list = append(list, s.Number)
	}
	return list
}

func TestResendSortsRows(t *testing.T) {
	l := ledger(t) // a row in every state: 2 invalid, then as its refs say
	r := resendOf(l)
	if got := numbers(r.Rows); !slices.Equal(got, []int{2, 7, 8}) { // invalid, refunded, rejected
		t.Errorf("to be paid anew: rows %v", got)
	}
	var left []int
	for _, x := range r.Left {
		left = append(left, x.Number)
		if LeftOutReason(x, "october.csv").IsZero() {
			t.Errorf("row %d is left out without a reason", x.Number)
		}
	}
	if !slices.Equal(left, []int{3, 4, 5, 9}) || r.Open != 4 { // unsent, unknown, pending, conflict
		t.Errorf("left out: rows %v, %d open", left, r.Open)
	}
}

// What contradicts a row's state, however late it was seen, takes the proof away.
func TestResendLeavesOutWhatIsContradicted(t *testing.T) {
	for _, ref := range []batch.Ref{"refunded", "rejected"} {
		l := ledger(t)
		if err := l.Fold(batch.Record{Look: &batch.LookRecord{Ref: ref, Found: true, Status: "FULFILLED", TopupID: "id"}}, time.Now()); err != nil {
			t.Fatal(err)
		}
		r := resendOf(l)
		if slices.ContainsFunc(r.Rows, func(s batch.ResendRow) bool { return s.Ref == ref }) {
			t.Errorf("the %s row is to be paid anew, and the provider says FULFILLED", ref)
		}
		if i := slices.IndexFunc(r.Left, func(x batch.LeftOut) bool { return x.Ref == ref }); i < 0 || r.Left[i].Why != batch.LeftContradicted {
			t.Errorf("%+v", r.Left)
		}
		if r.Open != 4 {
			t.Errorf("%d rows are open; a contradiction is none", r.Open)
		}
	}
}

// What is refused for something that a file of the unpaid rows does not have is
// unpaid, and must not become payable by being written there.
func TestResendLeavesOutWhatWouldPass(t *testing.T) {
	for _, c := range []struct {
		problem batch.Problem
		options map[string]string
		stays   bool
	}{
		{batch.Problem{Code: batch.DuplicateRow}, nil, false},
		{batch.Problem{Code: batch.DuplicateID, Value: "E1"}, nil, false},
		{batch.Problem{Code: batch.IDChanged, Value: "E1"}, nil, false},
		{batch.Problem{Code: batch.AmountCap, Value: "500"}, map[string]string{"max-per-phone": "700"}, false},
		{batch.Problem{Code: batch.AmountCap, Value: "500"}, map[string]string{"max-amount": "400"}, true},
		{batch.Problem{Code: batch.RowWidth, Value: "50"}, nil, false},
		{batch.Problem{Code: batch.CellError}, nil, false}, // a formula whose value was not saved
		{batch.Problem{Code: batch.CellError, Value: "#REF!"}, nil, true},
		{batch.Problem{Code: batch.PhoneFormat, Value: "x"}, nil, true},
	} {
		l := batch.NewLedger()
		for _, r := range []batch.Record{
			{Batch: &batch.BatchRecord{Name: "october", Header: []string{"phone"}, Options: c.options}},
			{Row: &batch.RowRecord{Number: 2, Problems: []batch.Problem{{Code: batch.PhoneFormat}, c.problem}}},
			{Sealed: &batch.SealRecord{Rows: 1}},
		} {
			if err := l.Fold(r, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if r := resendOf(l); (len(r.Rows) == 1) != c.stays || len(r.Left)+len(r.Rows) != 1 || r.Open != 0 {
			t.Errorf("%+v: %v and %v", c, numbers(r.Rows), r.Left)
		}
	}
}

func TestResendWorkbook(t *testing.T) {
	var b bytes.Buffer
	if err := ResendWorkbook(&b, resendOf(ledger(t)), nil); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Rows", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"Nom", "Téléphone", "ref", "column 4", "Nom (3)", "flexybatch: why", "flexybatch: offers", batch.OriginColumn}; !slices.Equal(rows[0], want) {
		t.Errorf("columns %q", rows[0])
	}
	list := table(t, f, "Rows")
	if len(list) != 3 || list[0]["Téléphone"] != "+213" || list[0]["Nom"] != "=1+1" || !strings.Contains(list[0]["flexybatch: why"], "mend it") {
		t.Errorf("%v", list)
	}
	if list[1]["Téléphone"] != "0660000000" || !strings.Contains(list[1]["flexybatch: why"], "row 7 of october.csv: refunded") ||
		!strings.Contains(list[1]["flexybatch: why"], "تم") || list[1]["flexybatch: offers"] != "Mix M 500" {
		t.Errorf("%v", list[1])
	}
	if kind, err := f.GetCellType("Rows", "B3"); err != nil || kind == excelize.CellTypeNumber || kind == excelize.CellTypeFormula {
		t.Errorf("a phone is of type %v, %v", kind, err)
	}
	left, err := f.GetRows("Left out")
	if err != nil || len(left) != 5 {
		t.Fatalf("%v, %v", left, err)
	}
	for _, title := range left[0] {
		if !strings.HasPrefix(title, "flexybatch: ") {
			t.Errorf("the title %q could be a payroll's", title)
		}
	}
}
