package batch_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"flexybatch/batch"
)

// assignSimply does what Assign does, row by row and with maps.
func assignSimply(name string, rows []batch.Row, plans batch.Catalogue, l batch.Limits) {
	problem := func(r *batch.Row, code batch.Code, field, value, format string, args ...any) {
		r.AddProblem(batch.Problem{Code: code, Field: field, Value: value, Message: batch.Msg(format, args...)})
	}
	whole := func(r *batch.Row) bool {
		_, known := plans.Find(r.Topup.Plan)
		return known && r.Topup.Phone != "" && r.Topup.Amount != 0
	}
	ids, equals := map[string]int{}, map[batch.Topup]int{} // the first row of each
	before := map[batch.Topup]int{}                        // how many equal rows without id came before
	nth := make([]int, len(rows))
	for i := range rows {
		r := &rows[i]
		r.Topup.ID = norm.NFC.String(strings.TrimSpace(r.Topup.ID))
		if id := r.Topup.ID; id != "" {
			if first, again := ids[id]; again {
				problem(r, batch.DuplicateID, "id", id, "row %d has the same id; give each row its own, or take one of them out", rows[first].Number)
			} else {
				ids[id] = i
			}
		}
		if !whole(r) {
			continue
		}
		t := r.Topup
		t.ID = ""
		if first, again := equals[t]; !again {
			equals[t] = i
		} else if !l.AllowDuplicates {
			problem(r, batch.DuplicateRow, "", "", "it repeats row %d: same phone, plan and amount; take one out, or run with --allow-duplicates if both are meant", rows[first].Number)
		}
		if r.Topup.ID == "" {
			nth[i] = before[t]
			before[t]++
		}
	}
	sums := map[batch.Phone]batch.Dinars{}
	for i := range rows {
		r := &rows[i]
		t := r.Topup
		if whole(r) && l.MaxAmount > 0 && t.Amount > l.MaxAmount {
			problem(r, batch.AmountCap, "amount", fmt.Sprint(t.Amount), "it is above the %d dinars a row that --max-amount allows", l.MaxAmount)
		}
		if whole(r) && l.MaxPerPhone > 0 && r.Valid() {
			if sum := sums[t.Phone] + t.Amount; sum <= l.MaxPerPhone {
				sums[t.Phone] = sum
			} else {
				problem(r, batch.AmountCap, "amount", fmt.Sprint(t.Amount), "with it, %s would get %d dinars in this batch, above the %d that --max-per-phone allows", t.Phone, sum, l.MaxPerPhone)
			}
		}
		if !r.Valid() {
			continue
		}
		p, _ := plans.Find(t.Plan)
		r.Cost = p.Cost.Cost(t.Amount)
		if t.ID != "" {
			r.Ref = batch.RefByID(name, t.ID)
		} else {
			r.Ref = batch.RefByContent(name, t, nth[i])
		}
	}
}

// oddRows draws rows in which any value may be repeated or missing.
func oddRows(rng *rand.Rand, n, people int) []batch.Row {
	rows := make([]batch.Row, n)
	for i := range rows {
		r := batch.Row{Number: i + 2, Topup: batch.Topup{
			Phone:  batch.Phone(fmt.Sprintf("06%08d", rng.IntN(people))),
			Plan:   plans[rng.IntN(2)].Code,
			Amount: batch.Dinars(100 * (1 + rng.IntN(2))),
		}}
		switch id := rng.IntN(people); rng.IntN(8) {
		case 0, 1, 2:
			r.Topup.ID = fmt.Sprintf("é%d", id)
		case 3:
			r.Topup.ID = fmt.Sprintf(" e\u0301%d\t", id) // the same id, in other code points
		}
		switch rng.IntN(20) {
		case 0:
			r.Topup.Phone = ""
		case 1:
			r.Topup.Plan = "NO_SUCH_PLAN"
		case 2:
			r.Topup.Amount = 0
		}
		if r.Topup.Phone == "" || r.Topup.Plan == "NO_SUCH_PLAN" || r.Topup.Amount == 0 || rng.IntN(20) == 0 {
			r.AddProblem(batch.Problem{Code: batch.CellError, Field: "phone"})
		}
		rows[i] = r
	}
	return rows
}

// Assign works on several processors and compares only rows whose hashes are
// repeated. It must give the same result as assignSimply.
func TestArrangeFindsWhatIsThere(t *testing.T) {
	check := func(t interface{ Fatalf(string, ...any) }, rows []batch.Row, l batch.Limits) {
		want := slices.Clone(rows)
		batch.Assign("october", rows, plans, l)
		assignSimply("october", want, plans, l)
		for i := range rows {
			if !reflect.DeepEqual(rows[i], want[i]) {
				t.Fatalf("row %d of %d, with %+v:\n%+v, want\n%+v", i, len(rows), l, rows[i], want[i])
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		rows := oddRows(rng, rapid.IntRange(0, 60).Draw(t, "rows"), rapid.IntRange(1, 40).Draw(t, "people"))
		check(t, rows, batch.Limits{
			AllowDuplicates: rapid.Bool().Draw(t, "allow duplicates"),
			MaxAmount:       rapid.SampledFrom([]batch.Dinars{0, 0, 150}).Draw(t, "max amount"),
			MaxPerPhone:     rapid.SampledFrom([]batch.Dinars{0, 0, 300}).Draw(t, "max per phone"),
		})
	})
	for _, people := range []int{10, 5000, 90_000_000} { // the last has enough rows for several processors
		check(t, oddRows(rand.New(rand.NewPCG(uint64(people), 1)), 20_000, people), batch.Limits{MaxPerPhone: 1000})
	}
}
