package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/report"
)

func TestDrill(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 1)
	cmd, out, errs := s.command("drill", "--kills", "5", "--rows", "60", "--seed", "3", "--json")
	if code := exitCode(t, cmd.Run()); code != exitDone {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	var v verdict
	if err := json.Unmarshal(out.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(errs.String(), "A batch of 61 rows,") { // one number, from its beginning to its end
		t.Errorf("it began with %.200s", errs)
	}
	if !v.Held || v.Kills == 0 || v.Rows != 61 || v.Acts < 4 || v.Orders == 0 {
		t.Errorf("%+v", v)
	}
}

// A verdict that cannot fail is worth nothing: whatever is tampered with, the
// drill finds it.
func TestDrillFindsWhatIsWrong(t *testing.T) {
	l := batch.NewLedger()
	for i, r := range []batch.Record{
		{Batch: &batch.BatchRecord{Name: "b"}},
		{Row: &batch.RowRecord{Number: 2, Ref: "b-1", Topup: batch.Topup{Phone: "0660000001", Plan: "P", Amount: 100}, Cost: 9600}},
		{Sealed: &batch.SealRecord{Rows: 1, Valid: 1}},
		{Intent: &batch.IntentRecord{Ref: "b-1", Attempt: 1}},
		{Answer: &batch.AnswerRecord{Ref: "b-1", Attempt: 1, Result: batch.Accepted, TopupID: "x"}},
		{Look: &batch.LookRecord{Ref: "b-1", Found: true, Status: "FULFILLED", TopupID: "x"}},
	} {
		if err := l.Fold(r, time.Unix(int64(i), 0)); err != nil {
			t.Fatal(err)
		}
	}
	order := simulator.Order{ID: "x", Ref: "b-1", Phone: "0660000001", Plan: "P", Amount: 100, Cost: 9600, Charged: 9600, Status: simulator.Fulfilled}
	row := report.Row{Row: 2, Ref: "b-1", Phone: "0660000001", Amount: 100, State: "fulfilled", Charged: 9600}
	if v := judge([]simulator.Order{order}, l, []report.Row{row}); !v.Held {
		t.Fatalf("three equal books: %+v", v)
	}
	other, refunded, dearer, stranger := order, order, order, order
	other.Phone, refunded.Status, dearer.Charged, stranger.Ref = "0660000009", simulator.Refunded, 9700, "b-2"
	rejected := row
	rejected.State = "rejected"
	for name, c := range map[string]struct {
		orders []simulator.Order
		rows   []report.Row
		want   string
	}{
		"paid twice":            {[]simulator.Order{order, order}, []report.Row{row}, "twice"},
		"never paid":            {nil, []report.Row{row}, "at the provider"},
		"another phone":         {[]simulator.Order{other}, []report.Row{row}, "0660000009"},
		"refunded":              {[]simulator.Order{refunded}, []report.Row{row}, "REFUNDED"},
		"dearer":                {[]simulator.Order{dearer}, []report.Row{row}, "97.00"},
		"an order of nobody's":  {[]simulator.Order{order, stranger}, []report.Row{row}, "b-2"},
		"a row lost":            {[]simulator.Order{order}, nil, "0 rows"},
		"a report that differs": {[]simulator.Order{order}, []report.Row{rejected}, "not in the journal"},
	} {
		v := judge(c.orders, l, c.rows)
		if v.Held || !strings.Contains(fmt.Sprint(v.Differences, "\n"), c.want) {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// Who was paid twice, or never, is named.
func TestDrillFindsWhoWasPaidTwice(t *testing.T) {
	order := func(i int, refunded int64) simulator.Order {
		return simulator.Order{Phone: drillPhone(i), Refunded: refunded}
	}
	if got := paidOnce(3, []simulator.Order{order(0, 0), order(1, 96), order(1, 0), order(2, 96)}); got != nil {
		t.Errorf("%q", got)
	}
	if got := paidOnce(3, []simulator.Order{order(0, 0), order(0, 0), order(1, 0)}); len(got) != 2 || got[0].String() != "0610000000 was topped up 2 times" || got[1].String() != "0610000002 was never topped up" {
		t.Errorf("%q", got)
	}
}
