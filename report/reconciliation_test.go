package report

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch/reconcile"
	"flexybatch/batch/reconcile/reconciletest"
)

func TestReconciliationJSON(t *testing.T) {
	b := reconciletest.New(t)
	b.Take(reconciletest.MoveBack)
	got, err := json.Marshal(NewReconciliation(reconcile.Compare(b.Ledger, b.Statement)))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"batch":"october","agrees":false,"differences":[{"kind":"refund-missing","ref":"` + string(b.Refs[reconciletest.Refunded]) + `","row":3,` +
		`"detail":"480.00 DA were charged, and 0.00 came back: 480.00 are missing. Ask the provider for them"}],` +
		`"balance":{"before":"10000.00","moved":"-940.00","after":"9060.00","adds_up":true},` +
		`"others":[{"kind":"other-transaction","id":"t0","type":"DEPOSIT","amount":"500.00","time":"2026-10-01T09:01:00Z","detail":"it names no order"}],` +
		`"from":"2026-10-01T09:00:01Z","to":"2026-10-01T10:00:00Z"}`
	if string(got) != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestReconciliationWorkbook(t *testing.T) {
	b := reconciletest.New(t)
	b.Take(reconciletest.MoveFulfilled)
	r := reconcile.Compare(b.Ledger, b.Statement)
	var out bytes.Buffer
	if err := ReconciliationWorkbook(&out, r, nil); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := f.GetSheetList(); !slices.Equal(got, []string{"Summary", "Differences", "Rows", "Others"}) {
		t.Errorf("sheets %q", got)
	}
	if d := table(t, f, "Differences"); len(d) != len(r.Differences) || d[0]["kind"] != "fulfilled-not-charged" || d[0]["row"] != "2" || d[0]["phone"] != "0660000000" {
		t.Errorf("%v", d)
	}
	rows := table(t, f, "Rows")
	if len(rows) != len(r.Rows) || rows[0]["differs"] != "fulfilled-not-charged" || rows[0]["provider: status"] != "FULFILLED" || rows[1]["provider: refunded"] != "480" {
		t.Errorf("%v", rows)
	}
	if o := table(t, f, "Others"); len(o) != 1 || o[0]["amount"] != "500" {
		t.Errorf("%v", o)
	}
	summary, err := f.GetRows("Summary", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	figures := map[string]string{}
	for _, r := range summary {
		if len(r) > 1 {
			figures[r[0]] = r[1]
		}
	}
	if figures["before"] != "10000" || figures["not explained"] != "-480" || figures["fulfilled-not-charged"] != "1" || !strings.Contains(figures["result"], "do not agree") {
		t.Errorf("%v", figures)
	}
}

// A transaction of others is told with whose it is.
func TestOwnersInWords(t *testing.T) {
	for want, o := range map[string]reconcile.Owner{
		"row 2 of the batch november":                   {Batch: "november", Row: 2, Order: "o", Ref: "r"},
		"of the reference r, which is in no batch here": {Order: "o", Ref: "r", Note: "n"},
		"of shop, which is in no batch here":            {Order: "shop", Note: "n"},
		"it names no order; its note: n":                {Note: "n"},
		"it names no order":                             {},
	} {
		if got := owner(o).String(); got != want {
			t.Errorf("%+v: %q, want %q", o, got, want)
		}
	}
}
