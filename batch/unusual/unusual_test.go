package unusual

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"flexybatch/batch"
)

var plans = batch.Catalogue{
	{Code: "PREPAID_MOBILIS", Operator: "Mobilis", Enabled: true, Min: 40, Max: 3_000_000_000},
	{Code: "POSTPAID_MOBILIS", Operator: "Mobilis", Enabled: true, Min: 40, Max: 3_000_000_000},
	{Code: "PIXX_5000", Operator: "Pixx", Enabled: true, Fixed: true, Amount: 5000},
}

// rowsOf makes a row of each amount, for people with the ids E1, E2, …
func rowsOf(amounts ...batch.Dinars) []batch.Row {
	rows := make([]batch.Row, len(amounts))
	for i, a := range amounts {
		rows[i] = batch.Row{Number: i + 2, Topup: batch.Topup{
			Phone: batch.Phone(fmt.Sprintf("06%08d", i+1)), Plan: "PREPAID_MOBILIS", Amount: a, ID: fmt.Sprintf("E%d", i+1)}}
	}
	return rows
}

// many repeats an amount.
func many(n int, amount batch.Dinars) []batch.Dinars {
	list := make([]batch.Dinars, n)
	for i := range list {
		list[i] = amount
	}
	return list
}

func join(lists ...[]batch.Dinars) (all []batch.Dinars) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

func earlier(amounts ...batch.Dinars) *History {
	h := &History{}
	h.Add("september", batch.Rows(rowsOf(amounts...)), plans)
	return h
}

func TestFind(t *testing.T) {
	range100to10000 := []batch.Dinars{100, 200, 500, 1000, 2000, 5000, 10000}
	for _, x := range []struct {
		what    string
		amounts []batch.Dinars
		history *History
		want    []string // "row code typical from"
	}{
		{"one with a zero too many among equals", join(many(9, 500), many(1, 5000)), nil, []string{"11 amount.tenfold 500 file"}},
		{"one with a zero too few among equals", join(many(9, 500), many(1, 50)), nil, []string{"11 amount.tenth 500 file"}},
		{"two zeros too many", join(many(9, 500), many(1, 50000)), nil, []string{"11 amount.tenfold 500 file"}},
		{"of three rows", []batch.Dinars{500, 5000, 500}, nil, []string{"3 amount.tenfold 500 file"}},
		{"of three rows, unlike", []batch.Dinars{500, 600, 7000}, nil, []string{"4 amount.tenfold 600 file"}},
		{"of three rows, too few", []batch.Dinars{5000, 500, 5000}, nil, []string{"3 amount.tenth 5000 file"}},
		{"a slip among grades, below the highest", join(many(60, 500), many(20, 1000), many(10, 4000), many(10, 8000), many(1, 5000)), nil, []string{"102 amount.tenfold 500 file"}},
		{"a slip down among grades", join(many(60, 500), many(20, 1000), many(10, 40), many(1, 100)), nil, []string{"92 amount.tenth 500 file"}},

		{"all equal", many(100, 500), nil, nil},
		{"one row", many(1, 500), nil, nil},
		{"two rows cannot tell which", []batch.Dinars{500, 5000}, nil, nil},
		{"three rows of a wide range", []batch.Dinars{500, 5000, 10000}, nil, nil},
		{"no rows", nil, nil, nil},
		{"a raise", join(many(99, 500), many(1, 900)), nil, nil},
		{"a wide range", join(range100to10000, range100to10000, range100to10000, range100to10000), nil, nil},
		{"two kinds of people", join(many(90, 500), many(10, 5000)), nil, nil},

		{"a slip that only the earlier amount tells", join(many(50, 500), many(50, 5000)), earlier(join(many(50, 500), many(49, 5000), many(1, 500))...), []string{"101 amount.tenfold 500 earlier"}},
		{"a slip down that only the earlier amount tells", []batch.Dinars{50, 10000}, earlier(500, 10000), []string{"2 amount.tenth 500 earlier"}},
		{"a raise with a slip", []batch.Dinars{6000, 10000}, earlier(500, 10000), []string{"2 amount.tenfold 500 earlier"}},
		{"a cut with a slip", []batch.Dinars{2500, 10000}, earlier(500, 10000), []string{"2 amount.tenfold 500 earlier"}},
		{"the director, as last month", join(many(99, 500), many(1, 5000)), earlier(join(many(99, 500), many(1, 5000))...), nil},
		{"the director, with a raise", join(many(99, 500), many(1, 6000)), earlier(join(many(99, 500), many(1, 5000))...), nil},
		{"a new director", join(many(99, 500), many(1, 5000)), earlier(many(99, 500)...), []string{"101 amount.tenfold 500 file"}},

		{"cut off in 8 bits", []batch.Dinars{255, 300, 200}, nil, []string{"2 amount.cutoff 255 file"}},
		{"cut off, with a sign", []batch.Dinars{127, 32767, 2147483647}, nil, []string{"2 amount.cutoff 32767 file", "3 amount.cutoff 32767 file", "4 amount.cutoff 32767 file"}},
		{"cut off, without", []batch.Dinars{65535}, nil, []string{"2 amount.cutoff 0 "}},
		{"cut off in digits", []batch.Dinars{99999, 500}, earlier(120000, 500), []string{"2 amount.cutoff 120000 earlier"}},
		{"cut off last month too", []batch.Dinars{255, 500}, earlier(255, 500), []string{"2 amount.cutoff 255 earlier"}},
	} {
		var got []string
		rows := rowsOf(x.amounts...)
		for _, f := range Find(batch.Rows(rows), plans, x.history) {
			r := rows[f.Row-2].Topup
			if f.Phone != r.Phone || f.ID != r.ID || f.Amount != r.Amount || (f.Batch == "september") != (f.From == Earlier) {
				t.Errorf("%s: %+v is not of its row %+v", x.what, f, r)
			}
			got = append(got, fmt.Sprintf("%d %s %d %s", f.Row, f.Code, f.Typical, f.From))
		}
		if diff := cmp.Diff(x.want, got); diff != "" {
			t.Errorf("%s: %s", x.what, diff)
		}
	}
}

// The same person is found under another spelling of the id, and by the phone where
// there is no id.
func TestPeople(t *testing.T) {
	h := &History{}
	before := rowsOf(500, 700, 900)
	before[0].Topup.ID, before[1].Topup.ID = "00101", ""
	h.Add("august", batch.Rows(before), plans)
	now := rowsOf(5000, 7000, 9000)
	now[0].Topup.ID, now[0].Topup.Phone, now[1].Topup.ID, now[2].Topup.ID = "101.0", "0770000000", "", "e3"
	for _, f := range Find(batch.Rows(now), plans, h) {
		if f.From != Earlier || f.Batch != "august" || 10*f.Typical != f.Amount {
			t.Errorf("%+v", f)
		}
	}
	if n := len(Find(batch.Rows(now), plans, h)); n != 3 {
		t.Errorf("%d found", n)
	}
	h.Add("september", batch.Rows(rowsOf(550, 770)[:1]), plans)
	if f := Find(batch.Rows(rowsOf(5500)), plans, h); len(f) != 1 || f[0].Typical != 550 || f[0].Batch != "september" {
		t.Errorf("%+v", f)
	}
}

// A fixed plan has its price, which is nobody's slip and says nothing of others.
func TestFixedPlans(t *testing.T) {
	rows := rowsOf(join(many(30, 500), many(1, 5000))...)
	rows[30].Topup.Plan = "PIXX_5000"
	if f := Find(batch.Rows(rows), plans, nil); f != nil {
		t.Errorf("%+v", f)
	}
	h := &History{}
	h.Add("september", batch.Rows(rows), plans)
	rows[30].Topup = batch.Topup{Phone: rows[30].Topup.Phone, ID: rows[30].Topup.ID, Plan: "PREPAID_MOBILIS", Amount: 500}
	if f := Find(batch.Rows(rows), plans, h); f != nil {
		t.Errorf("the price of a fixed plan counts as an earlier amount: %+v", f)
	}
	fixed := batch.Catalogue{{Code: "PREPAID_MOBILIS", Fixed: true, Amount: 255}}
	if f := Find(batch.Rows(rowsOf(255)), fixed, nil); f != nil {
		t.Errorf("%+v", f)
	}
}

// Rows are compared with those of their plan, and invalid rows with nothing.
func TestPlansAndInvalidRows(t *testing.T) {
	rows := rowsOf(join(many(50, 500), many(1, 5000), many(50, 5000))...)
	for i := range rows[51:] {
		rows[51+i].Topup.Plan = "POSTPAID_MOBILIS"
	}
	f := Find(batch.Rows(rows), plans, nil)
	if len(f) != 1 || f[0].Row != 52 || f[0].Typical != 500 {
		t.Errorf("%+v", f)
	}
	rows[50].AddProblem(batch.Problem{Code: batch.AmountRange})
	if f := Find(batch.Rows(rows), plans, nil); f != nil {
		t.Errorf("%+v", f)
	}
}
