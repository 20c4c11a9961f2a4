package batch_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"flexybatch/batch"
)

var plans = batch.Catalogue{
	{Code: "PREPAID_MOBILIS", Operator: "Mobilis", Cost: price("0.96"), Enabled: true, Min: 40, Max: 3999},
	{Code: "PREPAID_DJEZZY", Operator: "Djezzy", Cost: price("0.9925"), Enabled: true, Min: 100, Max: 10000},
	{Code: "GROS_MOBILIS", Operator: "GMobilis", Enabled: true, Min: 5000, Max: 300000},
}

func price(s string) batch.Price {
	p, err := batch.ParsePrice(s)
	if err != nil {
		panic(err)
	}
	return p
}

// rowGen draws rows from few phones and amounts, so that equal rows are common,
// some with an id of their own.
func rowGen(ids bool) *rapid.Generator[[]batch.Row] {
	return rapid.Custom(func(t *rapid.T) []batch.Row {
		n := rapid.IntRange(0, 30).Draw(t, "rows")
		rows := make([]batch.Row, n)
		for i := range rows {
			rows[i] = batch.Row{Number: i + 2, Topup: batch.Topup{
				Phone:  batch.Phone(fmt.Sprintf("066000000%d", rapid.IntRange(0, 3).Draw(t, "phone"))),
				Plan:   "PREPAID_MOBILIS",
				Amount: batch.Dinars(100 * rapid.IntRange(1, 2).Draw(t, "amount")),
			}}
			if ids && rapid.Bool().Draw(t, "has id") {
				rows[i].Topup.ID = fmt.Sprintf("E%03d", i)
			}
		}
		return rows
	})
}

var all = batch.Limits{AllowDuplicates: true}

// refs assigns refs to rows and returns them sorted, because it does not matter
// which of several equal rows has which of their refs.
func refs(name string, rows []batch.Row) []batch.Ref {
	rows = slices.Clone(rows)
	batch.Assign(name, rows, plans, all)
	var out []batch.Ref
	for _, r := range rows {
		out = append(out, r.Ref)
	}
	slices.Sort(out)
	return out
}

func TestRefsDoNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rowGen(true).Draw(t, "rows")
		shuffled := slices.Clone(rows)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if a, b := refs("october", rows), refs("october", shuffled); !slices.Equal(a, b) {
			t.Fatalf("another order gave other refs:\n%v\n%v", a, b)
		}
	})
}

func TestTakingARowOutLeavesTheOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rowGen(true).Filter(func(r []batch.Row) bool { return len(r) > 0 }).Draw(t, "rows")
		out := rapid.IntRange(0, len(rows)-1).Draw(t, "out")
		rest := slices.Delete(slices.Clone(rows), out, out+1)
		before, after := refs("october", rows), refs("october", rest)
		gone := 0
		for _, r := range before {
			if !slices.Contains(after, r) {
				gone++
			}
		}
		if gone != 1 || len(after) != len(before)-1 {
			t.Fatalf("taking one row out took %d refs away", gone)
		}
	})
}

func TestCorrectingARowLeavesTheOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rowGen(true).Filter(func(r []batch.Row) bool { return len(r) > 0 }).Draw(t, "rows")
		i := rapid.IntRange(0, len(rows)-1).Draw(t, "row")
		corrected := slices.Clone(rows)
		corrected[i].Topup.Amount = 333 // no other row has it
		before, after := refs("october", rows), refs("october", corrected)
		changed := 0
		for _, r := range before {
			if !slices.Contains(after, r) {
				changed++
			}
		}
		want := 1
		if rows[i].Topup.ID != "" {
			want = 0 // a row with an id keeps its ref when it is corrected
		}
		if changed != want {
			t.Fatalf("correcting one row changed %d refs, want %d", changed, want)
		}
	})
}

func TestRefsAreDistinct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rowGen(true).Draw(t, "rows")
		one, two := rapid.String().Draw(t, "a batch"), rapid.String().Draw(t, "another")
		a, b := refs(one, rows), refs(two, rows)
		if n := len(slices.Compact(slices.Clone(a))); n != len(rows) {
			t.Fatalf("%d rows have %d refs", len(rows), n)
		}
		same := batch.RefByID(one, "x") == batch.RefByID(two, "x")
		for _, r := range a {
			if !same && slices.Contains(b, r) {
				t.Fatalf("batches %q and %q share %s", one, two, r)
			}
		}
	})
}

func TestRefForm(t *testing.T) {
	form := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*-[a-z2-7]{20}$`)
	check := func(t interface{ Fatalf(string, ...any) }, name string) {
		for _, r := range []batch.Ref{batch.RefByID(name, "1"), batch.RefByContent(name, batch.Topup{Phone: "0550000001"}, 0)} {
			if len(r) > batch.RefLength || !form.MatchString(string(r)) {
				t.Fatalf("batch %q gives ref %q", name, r)
			}
		}
	}
	for _, name := range []string{"", "-", "رواتب أكتوبر", "Paie d'été 2026", "工资", "🙂", "a", "---a---b---", "UPPER", "İstanbul", "x y z x y z"} {
		check(t, name)
	}
	rapid.Check(t, func(t *rapid.T) { check(t, rapid.String().Draw(t, "name")) })
}

// The ref of a row must never change, because it may have been sent.
func TestRefsNeverChange(t *testing.T) {
	for _, c := range []struct{ got, want batch.Ref }{
		{batch.RefByID("payroll-2026-10", "E001"), "payroll-2-vr23ca54payk422dvk45"},
		{batch.RefByContent("Paie d'été", batch.Topup{Phone: "0660000001", Plan: "PREPAID_MOBILIS", Amount: 500}, 1), "paie-d-et-iiq6ysoaglu3x2jogdxv"},
		{batch.RefByID("été", "1"), batch.RefByID("e\u0301te\u0301", " 1 ")},
	} {
		if c.got != c.want {
			t.Errorf("ref %s, want %s", c.got, c.want)
		}
	}
}
