package changes

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"flexybatch/batch"
)

// rows reads a row a line: id, phone, plan and amount; "-" is no id.
func rows(t *testing.T, text string) []batch.Row {
	t.Helper()
	var list []batch.Row
	for line := range strings.Lines(text) {
		var r batch.Row
		r.Number = len(list) + 2
		var id string
		if _, err := fmt.Sscanf(line, "%s %s %s %d", &id, &r.Topup.Phone, &r.Topup.Plan, &r.Topup.Amount); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		r.Topup.ID = strings.ReplaceAll(strings.TrimPrefix(id, "-"), "_", " ")
		list = append(list, r)
	}
	return list
}

// told writes changes as text.
func told(c Changes) (list []string) {
	name := func(p Person) string { return strings.TrimSpace(p.ID + " " + string(p.Phone)) }
	for _, x := range c.List {
		switch x.Kind {
		case New:
			list = append(list, "new "+name(x.Now))
		case Left:
			list = append(list, "left "+name(x.Before))
		case Up, Down:
			list = append(list, fmt.Sprintf("%s %s from %d to %d", x.Kind, name(x.Now), x.Before.Amount, x.Now.Amount))
		case Number:
			list = append(list, fmt.Sprintf("number %s was %s", name(x.Now), x.Before.Phone))
		case ID:
			list = append(list, fmt.Sprintf("id %s was %s", name(x.Now), x.Before.ID))
		case Plan:
			list = append(list, fmt.Sprintf("plan %s from %s to %s", name(x.Now), x.Before.Plans, x.Now.Plans))
		}
	}
	return list
}

func TestCompare(t *testing.T) {
	const october = `E1 0660000001 M 500
		E2 0660000002 M 500
		E3 0770000003 D 1000
		E17 0550000017 O 800
		- 0660000009 M 300
	`
	for _, x := range []struct {
		what, now, before string
		want              []string
	}{
		{"nothing changed", october, october, nil},
		{"as the issue says", `
			E1 0660000001 M 500
			E3 0770000003 D 1600
			E17 0550000018 O 800
			- 0660000009 M 140
			E4 0660000004 M 500
			E5 0660000005 M 500
			- 0660000006 M 500`, october,
			[]string{"up E3 0770000003 from 1000 to 1600", "number E17 0550000018 was 0550000017", "down 0660000009 from 300 to 140",
				"new E4 0660000004", "new E5 0660000005", "new 0660000006", "left E2 0660000002"}},
		{"half is not more than half", "- 0660000001 M 750\n- 0660000002 M 250", "- 0660000001 M 500\n- 0660000002 M 500", nil},
		{"a dinar more is", "- 0660000001 M 751\n- 0660000002 M 249", "- 0660000001 M 500\n- 0660000002 M 500", []string{"up 0660000001 from 500 to 751", "down 0660000002 from 500 to 249"}},
		{"sorted", "E2 0660000002 M 500\nE1 0660000001 M 500", "E1 0660000001 M 500\nE2 0660000002 M 500", nil},
		{"ids spelt otherwise", "101 0660000001 M 500\ne2 0660000003 M 500", "00101.0 0660000001 M 500\n_E2 0660000002 M 500", []string{"number e2 0660000003 was 0660000002"}},
		{"an id column added", "E1 0660000001 M 500\nE2 0660000002 M 900", "- 0660000001 M 500\n- 0660000002 M 500", []string{"up E2 0660000002 from 500 to 900"}},
		{"an id column taken out", "- 0660000001 M 500", "E1 0660000001 M 500", nil},
		{"another plan", "E1 0660000001 POST 500", "E1 0660000001 M 500", []string{"plan E1 0660000001 from [M] to [POST]"}},
		{"another operator", "E1 0770000001 D 500", "E1 0660000001 M 500", []string{"number E1 0770000001 was 0660000001", "plan E1 0770000001 from [M] to [D]"}},
		{"ids renumbered", "N-1 0660000001 M 500\nN-2 0660000002 M 500", "E1 0660000001 M 500\nE2 0660000002 M 500", []string{"id N-1 0660000001 was E1", "id N-2 0660000002 was E2"}},
		{"a phone handed over", "E1 0660000009 M 500\nE2 0660000001 M 500", "E1 0660000001 M 500", []string{"number E1 0660000009 was 0660000001", "new E2 0660000001"}},
		{"two phones swapped", "E1 0660000002 M 500\nE2 0660000001 M 500", "E1 0660000001 M 500\nE2 0660000002 M 500", []string{"number E1 0660000002 was 0660000001", "number E2 0660000001 was 0660000002"}},
		{"a shared phone", "E1 0660000001 M 500\nE2 0660000001 M 700", "E2 0660000001 M 700\nE1 0660000001 M 500", nil},
		{"two rows of one phone are one person's", "- 0660000001 DATA 500\n- 0660000001 M 500", "- 0660000001 M 500\n- 0660000001 DATA 500", nil},
		{"one row more of a phone", "- 0660000001 M 500\n- 0660000001 M 500", "- 0660000001 M 500", []string{"up 0660000001 from 500 to 1000"}},
		{"two ids with one key", "E1 0660000001 M 500\ne1 0660000002 M 500", "e1 0660000002 M 500\nE1 0660000001 M 500", nil},
		{"the first batch", "E1 0660000001 M 500", "", []string{"new E1 0660000001"}},
		{"nobody is left", "", "E1 0660000001 M 500", []string{"left E1 0660000001"}},
	} {
		now, before := rows(t, strings.TrimSpace(x.now)), rows(t, strings.TrimSpace(x.before))
		c := Compare(batch.Rows(now), batch.Rows(before))
		if diff := cmp.Diff(x.want, told(c)); diff != "" {
			t.Errorf("%s: %s", x.what, diff)
		}
		if c.Now.Rows != len(now) || c.Before.Rows != len(before) {
			t.Errorf("%s: totals %+v and %+v", x.what, c.Now, c.Before)
		}
	}
}

func TestTotals(t *testing.T) {
	now := rows(t, "E1 0660000001 M 500\n- 0660000002 M 300\n- 0660000002 M 200\nE4 0660000004 M 100")
	now[3].AddProblem(batch.Problem{Code: batch.AmountRange}) // counts nowhere
	c := Compare(batch.Rows(now), batch.Rows(nil))
	if c.Now != (Totals{People: 2, Rows: 3, Amount: 1000}) || c.Before != (Totals{}) || c.Count(New) != 2 || c.Count(Up) != 0 {
		t.Errorf("%+v", c)
	}
	second := slices.Collect(c.Of(New))[1].Now
	if second.Row != 3 || second.Rows != 2 || second.Amount != 500 || !slices.Equal(second.Plans, []string{"M"}) {
		t.Errorf("%+v", second)
	}
}

// Somebody whose row is invalid now is not paid, and has not left either.
func TestInvalidRows(t *testing.T) {
	before := rows(t, "E1 0660000001 M 500\n- 0660000002 M 300\nE3 0660000003 M 500\n- 0660000004 M 500")
	now := rows(t, "e1 0660000009 M 500\n- 0660000002 M 300\nE3 0660000003 M 500\n- 0660000005 M 500")
	now[0].AddProblem(batch.Problem{Code: batch.AmountRange})
	now[1].AddProblem(batch.Problem{Code: batch.AmountRange})
	now[3].AddProblem(batch.Problem{Code: batch.AmountRange})
	c := Compare(batch.Rows(now), batch.Rows(before))
	if diff := cmp.Diff([]string{"left 0660000004"}, told(c)); diff != "" || c.Now.People != 1 {
		t.Errorf("%+v: %s", c.Now, diff)
	}
}

// Everybody of both batches is told of once: as new, as left, or as one who is in
// both. A batch compared with itself in another order has no changes.
func TestEverybodyOnce(t *testing.T) {
	draw := func(t *rapid.T, name string) []batch.Row {
		var ids []string
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) batch.Row {
			return batch.Row{Topup: batch.Topup{
				ID:     rapid.SampledFrom([]string{"", "", "1", "2", "E3", "e4"}).Draw(t, "id"),
				Phone:  batch.Phone(fmt.Sprintf("066000000%d", rapid.IntRange(0, 5).Draw(t, "phone"))),
				Plan:   rapid.SampledFrom([]string{"M", "D"}).Draw(t, "plan"),
				Amount: batch.Dinars(rapid.IntRange(1, 3).Draw(t, "amount")) * 100,
			}}
		}), 0, 8).Draw(t, name)
		return slices.DeleteFunc(list, func(r batch.Row) bool { // as in a valid file: no id twice
			again := r.Topup.ID != "" && slices.Contains(ids, r.Topup.ID)
			ids = append(ids, r.Topup.ID)
			return again
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		now, before := draw(t, "now"), draw(t, "before")
		c := Compare(batch.Rows(now), batch.Rows(before))
		if c.Now.People-c.Count(New) != c.Before.People-c.Count(Left) {
			t.Fatalf("%+v", c)
		}
		back := Compare(batch.Rows(before), batch.Rows(now))
		if back.Count(New) != c.Count(Left) || back.Count(Left) != c.Count(New) {
			t.Fatalf("%+v\nand back\n%+v", c, back)
		}
		shuffled := rapid.Permutation(now).Draw(t, "shuffled")
		if c := Compare(batch.Rows(now), batch.Rows(shuffled)); c.List != nil {
			t.Fatalf("a batch differs from itself: %+v", c.List)
		}
	})
}

func BenchmarkCompare(b *testing.B) {
	list := make([]batch.Row, 100_000)
	for i := range list {
		list[i].Topup = batch.Topup{ID: fmt.Sprintf("E%d", i), Phone: batch.Phone(fmt.Sprintf("06%08d", i)), Plan: "M", Amount: 500}
	}
	b.ReportAllocs()
	for b.Loop() {
		Compare(batch.Rows(list), batch.Rows(list))
	}
}
