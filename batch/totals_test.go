package batch_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"flexybatch/batch"
	"flexybatch/journal"
)

// makeRows returns n valid rows with different phones.
func makeRows(n int) []batch.Row {
	rows := make([]batch.Row, n)
	for i := range rows {
		rows[i] = batch.Row{Number: i + 2, Topup: batch.Topup{Phone: batch.Phone(fmt.Sprintf("06%08d", 10000000+i)), Plan: "PREPAID_MOBILIS", Amount: batch.Dinars(100 + i%7)}}
	}
	return rows
}

func topup(phone batch.Phone, amount batch.Dinars, id string) batch.Row {
	return batch.Row{Cells: batch.CellsOf(string(phone), fmt.Sprint(amount), id), Topup: batch.Topup{Phone: phone, Plan: "PREPAID_MOBILIS", Amount: amount, ID: id}}
}

func codes(r batch.Row) string {
	var s []string
	for _, p := range r.Problems() {
		s = append(s, string(p.Code))
	}
	return strings.Join(s, " ")
}

func TestAssign(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits batch.Limits
		rows   []batch.Row
		want   []string
	}{
		{"repeats are invalid", batch.Limits{}, []batch.Row{topup("0660000001", 100, ""), topup("0660000001", 100, ""), topup("0660000001", 200, "")}, []string{"", "duplicate.row", ""}},
		{"unless they are allowed", all, []batch.Row{topup("0660000001", 100, ""), topup("0660000001", 100, "")}, []string{"", ""}},
		{"also with ids", batch.Limits{}, []batch.Row{topup("0660000001", 100, "a"), topup("0660000001", 100, "b")}, []string{"", "duplicate.row"}},
		{"an id stands once", all, []batch.Row{topup("0660000001", 100, "a"), topup("0660000002", 100, "a "), topup("0660000003", 100, "b")}, []string{"", "duplicate.id", ""}},
		{"both at once", batch.Limits{}, []batch.Row{topup("0660000001", 100, "a"), topup("0660000001", 100, "a")}, []string{"", "duplicate.id duplicate.row"}},
		{"a cap a row", batch.Limits{MaxAmount: 150}, []batch.Row{topup("0660000001", 150, ""), topup("0660000002", 151, "")}, []string{"", "amount.cap"}},
		{"a cap a phone", batch.Limits{MaxPerPhone: 300}, []batch.Row{topup("0660000001", 200, ""), topup("0660000001", 150, ""), topup("0660000001", 100, "")}, []string{"", "amount.cap", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			batch.Assign("october", c.rows, plans, c.limits)
			for i, r := range c.rows {
				if codes(r) != c.want[i] {
					t.Errorf("row %d: %q, want %q", i, codes(r), c.want[i])
				}
				if r.Valid() != (r.Ref != "") || r.Valid() != (r.Cost > 0) {
					t.Errorf("row %d: valid %v, ref %q, cost %s", i, r.Valid(), r.Ref, r.Cost)
				}
			}
		})
	}
}

func TestControlTotals(t *testing.T) {
	rows := []batch.Row{topup("0660000001", 100, ""), topup("0660000002", 250, ""), {Remarks: &batch.Remarks{Problems: []batch.Problem{{Code: batch.PhoneMissing}}}}}
	batch.Assign("october", rows, plans, batch.Limits{})
	total := batch.Total(batch.Rows(rows), plans)
	if total.Valid != 2 || total.Invalid != 1 || total.Requested != 35000 || total.Cost != 33600 {
		t.Fatalf("%+v", total)
	}
	n := func(i int) *int { return &i }
	d := func(i batch.Dinars) *batch.Dinars { return &i }
	for _, c := range []struct {
		limits batch.Limits
		want   string
	}{
		{batch.Limits{}, ""},
		{batch.Limits{ExpectRows: n(2), ExpectTotal: d(350), MaxTotal: 350}, ""},
		{batch.Limits{ExpectRows: n(3)}, "--expect-rows"},
		{batch.Limits{ExpectTotal: d(351)}, "--expect-total"},
		{batch.Limits{MaxTotal: 349}, "--max-total"},
		{batch.Limits{Strict: true}, "--strict"},
	} {
		err := c.limits.Check(total)
		if (err == nil) != (c.want == "") || err != nil && (!errors.Is(err, batch.ErrControl) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v, want %q", c.limits, err, c.want)
		}
	}
}

// begun returns books with these rows, of which the first was sent.
func begun(t *testing.T, rows []batch.Row) *batch.Books {
	t.Helper()
	b, err := batch.OpenBooks(journal.Disk{}, filepath.Join(t.TempDir(), "october.journal"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	rows = slices.Clone(rows)
	batch.Assign("october", rows, plans, batch.Limits{})
	if err := b.Begin(batch.BatchRecord{Name: "october"}, rows); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := b.Intend(rows[0].Ref); !ok || err != nil {
		t.Fatal(ok, err)
	}
	return b
}

func TestCompare(t *testing.T) {
	base := []batch.Row{topup("0660000001", 100, "a"), topup("0660000002", 100, "b"), topup("0660000003", 100, ""), {Cells: batch.CellsOf("bad"), Remarks: &batch.Remarks{Problems: []batch.Problem{{Code: batch.PhoneFormat}}}}}
	for _, c := range []struct {
		name   string
		change func([]batch.Row) []batch.Row
		want   batch.Difference
	}{
		{"the same", func(r []batch.Row) []batch.Row { return r }, batch.Difference{}},
		{"reordered", func(r []batch.Row) []batch.Row { slices.Reverse(r); return r }, batch.Difference{}},
		{"shortened", func(r []batch.Row) []batch.Row { return slices.Delete(r, 1, 2) }, batch.Difference{Gone: 1}},
		{"extended", func(r []batch.Row) []batch.Row { return append(r, topup("0660000009", 100, "z")) }, batch.Difference{New: 1}},
		{"corrected before it was sent", func(r []batch.Row) []batch.Row { r[1].Topup.Amount = 150; return r }, batch.Difference{Changed: 1}},
		{"corrected after it was sent", func(r []batch.Row) []batch.Row { r[0].Topup.Amount = 150; return r }, batch.Difference{Refused: 1, Invalid: 1}},
		{"without id, corrected", func(r []batch.Row) []batch.Row { r[2].Topup.Amount = 150; return r }, batch.Difference{New: 1, Gone: 1}},
		{"invalid row mended", func(r []batch.Row) []batch.Row { r[3] = topup("0660000004", 100, ""); return r }, batch.Difference{New: 1, Invalid: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := begun(t, base)
			rows := c.change(slices.Clone(base))
			batch.Assign("october", rows, plans, batch.Limits{})
			got := b.Compare(rows)
			if !got.None() && len(got.Detail) == 0 && got.New+got.Gone+got.Changed+got.Refused > 0 {
				t.Error("a difference without a word")
			}
			got.Detail = nil
			if got.New != c.want.New || got.Gone != c.want.Gone || got.Changed != c.want.Changed || got.Refused != c.want.Refused || got.Invalid != c.want.Invalid {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

// The rows of a corrected file replace those of the batch. Sent rows stay in the
// books, unsent rows that are gone leave them, and a row whose id was sent for
// something else is refused.
func TestAmend(t *testing.T) {
	base := []batch.Row{topup("0660000001", 100, "a"), topup("0660000002", 100, "b"), topup("0660000003", 100, "c")}
	b := begun(t, base)
	corrected := []batch.Row{topup("0660000001", 900, "a"), topup("0660000003", 200, "c"), topup("0660000004", 100, "d")}
	batch.Assign("october", corrected, plans, batch.Limits{})
	if d := b.Compare(corrected); d.Refused != 1 || d.Changed != 1 || d.New != 1 || d.Gone != 1 {
		t.Fatalf("%+v", d)
	}
	if got := codes(corrected[0]); got != "id.changed" {
		t.Fatalf("the changed row has the problems %q", got)
	}
	if err := b.Begin(batch.BatchRecord{Name: "october", Amends: true}, corrected); err != nil {
		t.Fatal(err)
	}
	states := map[batch.Ref]string{}
	b.Each(func(s *batch.RowStatus) bool {
		states[batch.RefByID("october", s.Topup.ID)] += fmt.Sprintf("%s %d %v;", s.State, s.Topup.Amount, s.Gone)
		return true
	})
	for id, want := range map[string]string{
		"a": "invalid 900 false;unknown 100 true;", "b": "", "c": "unsent 200 false;", "d": "unsent 100 false;",
	} {
		if got := states[batch.RefByID("october", id)]; got != want {
			t.Errorf("id %s: %q, want %q", id, got, want)
		}
	}
	if tally := b.Tally(); tally.Total != 4 || tally.Gone.Total != 1 || tally.Gone.Of(batch.Unknown) != 1 || tally.File().Total != 3 || tally.File().Of(batch.Unknown) != 0 || tally.File().Requested != 30_000 {
		t.Errorf("the tally is %+v", tally)
	}
	again := []batch.Row{topup("0660000001", 900, "a"), topup("0660000003", 200, "c"), topup("0660000004", 100, "d")}
	batch.Assign("october", again, plans, batch.Limits{})
	if d := b.Compare(again); !d.None() {
		t.Errorf("the amended file differs from its own rows: %+v", d)
	}
}
