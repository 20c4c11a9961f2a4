package batch_test

import (
	"path/filepath"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/journal"
)

// What the provider holds under refs of a batch whose journal was lost is taken
// into the new books with its date, and nothing is sent for it.
func TestAdopt(t *testing.T) {
	rows := file([]person{{amel, 500, "1", "", ""}, {nadia, 600, "2", "", ""}, {karim, 700, "3", "", ""}, {"0660000004", 800, "4", "", ""}})
	batch.Assign("october", rows, plans, batch.Limits{})
	month := time.Now().Add(-30 * 24 * time.Hour).UTC().Truncate(time.Millisecond)
	order := func(i int, status string, phone batch.Phone) batch.RemoteOrder {
		return batch.RemoteOrder{ID: string(rows[i].Topup.Phone), Ref: "API-acme-" + string(rows[i].Ref), Status: status, Phone: string(phone), Amount: rows[i].Topup.Amount, Created: month}
	}
	orders := []batch.RemoteOrder{
		order(0, "FULFILLED", amel), order(1, "HANDLING", nadia), order(3, "FULFILLED", karim),
		{ID: "x", Ref: "API-acme-" + string(rows[2].Ref), Status: "FULFILLED"}, // it names nobody
		{ID: "y", Ref: "API-acme-something-else", Status: "FULFILLED", Phone: string(karim), Amount: 700},
	}
	if held := batch.Held(rows, orders); len(held) != 4 || held[rows[0].Ref].ID != orders[0].ID {
		t.Errorf("%v", held)
	}
	path := filepath.Join(t.TempDir(), "october.journal")
	b, err := batch.OpenBooks(journal.Disk{}, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Begin(batch.BatchRecord{Name: "october"}, rows); err != nil {
		t.Fatal(err)
	}
	if n, err := b.Adopt(orders); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	if n, err := b.Adopt(orders); n != 0 || err != nil {
		t.Errorf("adopted twice: %d, %v", n, err)
	}
	for i := range rows {
		_, ok, err := b.Intend(rows[i].Ref)
		if want := i == 2; ok != want || err != nil {
			t.Errorf("row %d may be sent: %v, %v", i, ok, err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	l, _, err := batch.ReadLedger(journal.Disk{}, path)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []batch.State{batch.Fulfilled, batch.Pending, batch.Unknown, batch.Conflict} {
		s, _ := l.Row(rows[i].Ref)
		if s.State != want {
			t.Errorf("row %d is %s, want %s", i, s.State, want)
		}
		if adopted := i != 2; adopted != s.Earlier().Equal(month) || adopted != s.Sent().Equal(month) {
			t.Errorf("row %d was paid earlier at %s, sent at %s", i, s.Earlier(), s.Sent())
		}
	}
}

// Rows that look like payments of another batch, or of the provider's list, are
// found, each payment once, however many books show it.
func TestElsewhere(t *testing.T) {
	other := books(t, "october", batch.Limits{}, nil, []person{{amel, 500, "", "", ""}, {nadia, 600, "", "refunded", ""}, {karim, 700, "", "open", ""}})
	paidAt := other.Payments()[0].At
	var orders []batch.RemoteOrder
	for _, p := range other.Payments() {
		orders = append(orders, batch.RemoteOrder{ID: p.TopupID, Ref: "API-acme-" + string(p.Ref), Status: "FULFILLED", Phone: string(p.Phone), Amount: p.Amount, Created: p.At})
	}
	orders = append(orders,
		batch.RemoteOrder{ID: "by hand", Status: "FULFILLED", Phone: "0660000004", Amount: 800, Created: paidAt},
		batch.RemoteOrder{ID: "came back", Status: "REFUNDED", Phone: "0660000005", Amount: 800, Created: paidAt},
		batch.RemoteOrder{ID: "old", Status: "FULFILLED", Phone: "0660000006", Amount: 800, Created: paidAt.Add(-80 * time.Hour)},
		batch.RemoteOrder{ID: "kin", Ref: "ours", Status: "FULFILLED", Phone: "0660000007", Amount: 800, Created: paidAt})
	rows := file([]person{{amel, 500, "a", "", ""}, {amel, 500, "b", "", ""}, {nadia, 600, "", "", ""}, {karim, 700, "", "", ""}, {karim, 701, "", "", ""},
		{"0660000004", 800, "", "", ""}, {"0660000005", 800, "", "", ""}, {"0660000006", 800, "", "", ""}, {"0660000007", 800, "", "", ""}})
	batch.Assign("november", rows, plans, all)
	e := batch.NewElsewhere(paidAt.Add(-72 * time.Hour))
	e.AddLedger(other)
	e.Exclude("ours")
	e.AddOrders(orders)
	var got []int
	for _, f := range e.Find(rows, func(*batch.Row) bool { return true }) {
		got = append(got, f.Row)
	}
	if want := []int{2, 5, 7}; len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("rows %v, want %v", got, want)
	}
	if got := e.Find(rows, func(*batch.Row) bool { return false }); len(got) != 0 {
		t.Errorf("%v", got)
	}
}
