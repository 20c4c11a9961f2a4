package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
)

// The rows of threeBooks.
const (
	rowFulfilled = 2 + iota
	rowRefunded
	rowRejected
	rowPending
	rowUnknown
	rowUnsent
	rowConflict
	rowInvalid
)

// books are three books that agree, until a case changes them.
type books struct {
	ledger *batch.Ledger
	refs   map[int]batch.Ref // by row
	st     Statement
	beside []*batch.Ledger
}

var begun = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)

func id(row int) string { return fmt.Sprintf("%024x", row) }

// ledgerOf is the journal of a batch with a row in every state.
func ledgerOf(t testing.TB, name string) (*batch.Ledger, map[int]batch.Ref) {
	t.Helper()
	price, err := batch.ParsePrice("0.96")
	if err != nil {
		t.Fatal(err)
	}
	plans := batch.Catalogue{{Code: "PREPAID_MOBILIS", Operator: "Mobilis", Cost: price, Enabled: true, Min: 40, Max: 3999}}
	rows := make([]batch.Row, rowInvalid-1)
	for i := range rows {
		rows[i] = batch.Row{Number: i + 2, Topup: batch.Topup{Phone: batch.Phone(fmt.Sprintf("066000000%d", i)), Plan: "PREPAID_MOBILIS", Amount: 500}}
	}
	rows[rowInvalid-2].Remarks = &batch.Remarks{Problems: []batch.Problem{{Code: batch.AmountFormat}}}
	batch.Assign(name, rows, plans, batch.Limits{})
	l := batch.NewLedger()
	second := 0
	tell := func(r batch.Record) {
		second++
		if err := l.Fold(r, begun.Add(time.Duration(second)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	tell(batch.Record{Batch: &batch.BatchRecord{Name: name, File: name + ".csv", Catalogue: plans}})
	refs := map[int]batch.Ref{}
	for _, r := range rows {
		refs[r.Number] = r.Ref
		tell(batch.Record{Row: &batch.RowRecord{Number: r.Number, Ref: r.Ref, Topup: r.Topup, Cost: r.Cost, Problems: r.Problems()}})
	}
	tell(batch.Record{Sealed: &batch.SealRecord{Rows: len(rows)}})
	before := batch.Centimes(1_000_000)
	tell(batch.Record{Note: &batch.NoteRecord{What: batch.NoteStarted, Balance: &before}})
	for row, result := range map[int]string{rowFulfilled: batch.Accepted, rowRefunded: batch.Accepted, rowRejected: "refused",
		rowPending: batch.Accepted, rowUnknown: "unknown", rowConflict: "duplicate"} {
		tell(batch.Record{Intent: &batch.IntentRecord{Ref: refs[row], Attempt: 1}})
		tell(batch.Record{Answer: &batch.AnswerRecord{Ref: refs[row], Attempt: 1, Result: result, TopupID: id(row)}})
	}
	tell(batch.Record{Look: &batch.LookRecord{Ref: refs[rowFulfilled], Found: true, Status: "FULFILLED", TopupID: id(rowFulfilled)}})
	tell(batch.Record{Look: &batch.LookRecord{Ref: refs[rowRefunded], Found: true, Status: "REFUNDED", TopupID: id(rowRefunded)}})
	tell(batch.Record{Look: &batch.LookRecord{Ref: refs[rowConflict], Found: true, Status: "FULFILLED", Conflict: "another phone"}})
	return l, refs
}

// threeBooks are the books of a batch. The provider holds the fulfilled, the
// refunded and the pending row, and a deposit.
func threeBooks(t testing.TB) *books {
	l, refs := ledgerOf(t, "october")
	b := &books{ledger: l, refs: refs, st: Statement{Listed: true, Taken: begun.Add(time.Hour)}}
	b.order(rowFulfilled, "FULFILLED")
	b.order(rowRefunded, "REFUNDED")
	b.order(rowPending, "HANDLING")
	b.moves("", "DEPOSIT", 500_00)
	b.moves(id(rowFulfilled), "FLEXY", -480_00)
	b.moves(id(rowRefunded), "FLEXY", -480_00)
	b.moves(id(rowPending), "FLEXY", -480_00)
	b.moves(id(rowRefunded), "REFUND-FLEXY", 480_00)
	return b
}

// order adds an order of a row to the provider's list.
func (b *books) order(row int, status string) {
	s, _ := b.ledger.Row(b.refs[row])
	b.st.Orders = append(b.st.Orders, batch.RemoteOrder{
		ID: id(row), Ref: "API-acme-" + string(b.refs[row]), Status: status,
		Phone: string(s.Topup.Phone), Plan: s.Topup.Plan, Amount: s.Topup.Amount,
	})
}

// moves adds a transaction at the account's end.
func (b *books) moves(object, kind string, amount batch.Centimes) {
	n := len(b.st.Movements)
	before := batch.Centimes(1_000_000)
	if n > 0 {
		before = *b.st.Movements[n-1].After
	}
	after := before + amount
	b.st.Movements = append(b.st.Movements, Movement{
		ID: fmt.Sprintf("t%d", n), Type: kind, Operation: "?", Amount: max(amount, -amount), Before: &before, After: &after, Object: object,
		Time: begun.Add(time.Duration(n+1) * time.Minute),
	})
}

// take takes transaction i out.
func (b *books) take(i int) { b.st.Movements = slices.Delete(b.st.Movements, i, i+1) }

// kinds are the differences as "kind row".
func kinds(r *Reconciliation) []string {
	list := []string{}
	for _, d := range r.Differences {
		list = append(list, fmt.Sprintf("%s %d", d.Kind, d.Row))
	}
	return list
}

// The transactions of threeBooks.
const (
	moveDeposit = iota
	moveFulfilled
	moveRefunded
	movePending
	moveBack
)

func TestReconcile(t *testing.T) {
	row := func(k Kind, n int) string { return fmt.Sprintf("%s %d", k, n) }
	balance := row(BalanceDiffers, 0)
	for _, c := range []struct {
		name   string
		change func(b *books)
		want   []string
	}{
		{"all agree", func(*books) {}, nil},
		{"the provider's refs are ours as they are", func(b *books) { b.st.Orders[0].Ref = string(b.refs[rowFulfilled]) }, nil},
		{"an order that vanished, its charge in place", func(b *books) { b.st.Orders = b.st.Orders[1:] }, nil},
		{"transactions of one time in any order", func(b *books) {
			for i := range b.st.Movements {
				b.st.Movements[i].Time = begun.Add(time.Minute)
			}
			slices.Reverse(b.st.Movements)
		}, nil},
		{"ten-thousandths do not add up to centimes", func(b *books) {
			*b.st.Movements[moveFulfilled].After++
			*b.st.Movements[moveRefunded].Before++
		}, nil},
		{"no balances; operations and types tell", func(b *books) {
			b.take(moveDeposit)
			for i := range b.st.Movements {
				b.st.Movements[i].Before, b.st.Movements[i].After = nil, nil
			}
			b.st.Movements[0].Operation = "-"
			after := batch.Centimes(1_000_000 - 960_00)
			if err := b.ledger.Fold(batch.Record{Note: &batch.NoteRecord{What: batch.NoteEnded, Balance: &after}}, begun.Add(time.Minute)); err != nil {
				panic(err)
			}
		}, nil},

		{"an unsent row was charged", func(b *books) { b.order(rowUnsent, "FULFILLED"); b.moves(id(rowUnsent), "FLEXY", -480_00) }, []string{row(ChargedNotInJournal, rowUnsent)}},
		{"an unknown row was charged, and no list tells more", func(b *books) { b.moves(string(b.refs[rowUnknown]), "FLEXY", -480_00) }, []string{row(ChargedNotInJournal, rowUnknown)}},
		{"fulfilled, and no charge", func(b *books) { b.take(moveFulfilled) }, []string{row(FulfilledNotCharged, rowFulfilled), balance, balance}},
		{"refunded, and no charge", func(b *books) { b.take(moveRefunded) }, []string{row(ChargeMissing, rowRefunded), balance, balance}},
		{"refunded, and nothing came back", func(b *books) { b.take(moveBack) }, []string{row(RefundMissing, rowRefunded)}},
		{"refunded in part", func(b *books) {
			*b.st.Movements[moveBack].After -= 80_00
			b.st.Movements[moveBack].Amount -= 80_00
		}, []string{row(RefundMissing, rowRefunded)}},
		{"refunded twice", func(b *books) { b.moves(id(rowRefunded), "REFUND-FLEXY", 480_00) }, []string{row(CostDiffers, rowRefunded)}},
		{"charged twice", func(b *books) { b.moves(id(rowFulfilled), "FLEXY", -480_00) }, []string{row(ChargedTwice, rowFulfilled)}},
		{"charged twice, two orders", func(b *books) {
			b.order(rowFulfilled, "FULFILLED")
			b.st.Orders[3].ID = "another"
			b.moves("another", "FLEXY", -480_00)
		}, []string{row(ChargedTwice, rowFulfilled)}},
		{"a transaction listed twice", func(b *books) { b.st.Movements = slices.Insert(b.st.Movements, 1, b.st.Movements[1]) },
			[]string{row(ChargedTwice, rowFulfilled), balance, balance}},
		{"another amount", func(b *books) { b.st.Orders[0].Amount = 600 }, []string{row(AmountDiffers, rowFulfilled)}},
		{"another phone", func(b *books) { b.st.Orders[0].Phone = "0669999999" }, []string{row(AmountDiffers, rowFulfilled)}},
		{"another cost", func(b *books) {
			b.take(moveBack)
			b.take(movePending)
			b.take(moveRefunded)
			b.take(moveFulfilled)
			b.moves(id(rowFulfilled), "FLEXY", -490_00)
			b.moves(id(rowRefunded), "FLEXY", -480_00)
			b.moves(id(rowRefunded), "REFUND-FLEXY", 480_00)
		}, []string{row(CostDiffers, rowFulfilled)}},
		{"an amount that its balances deny", func(b *books) { b.st.Movements[moveFulfilled].Amount += 10_00 }, []string{row(CostDiffers, rowFulfilled), balance}},
		{"the order says another charge", func(b *books) { c := batch.Centimes(470_00); b.st.Orders[0].Charged = &c }, []string{row(CostDiffers, rowFulfilled)}},
		{"refunded after fulfilled", func(b *books) { b.st.Orders[0].Status = "REFUNDED"; b.moves(id(rowFulfilled), "REFUND-FLEXY", 480_00) }, []string{row(StateDiffers, rowFulfilled)}},
		{"refunded after fulfilled, by the account alone", func(b *books) {
			b.st.Listed, b.st.Orders = false, nil
			b.moves(id(rowFulfilled), "REFUND-FLEXY", 480_00)
		}, []string{row(StateDiffers, rowFulfilled)}},
		{"refunded, and the provider says fulfilled", func(b *books) { b.st.Orders[1].Status = "SUCCESS" }, []string{row(StateDiffers, rowRefunded)}},
		{"rejected, and the provider says fulfilled", func(b *books) { b.order(rowRejected, "FULFILLED"); b.moves(id(rowRejected), "FLEXY", -480_00) }, []string{row(StateDiffers, rowRejected)}},
		{"pending, and the provider has the end", func(b *books) { b.st.Orders[2].Status = "FULFILLED" }, []string{row(OpenRow, rowPending)}},
		{"pending, and the money is back", func(b *books) { b.st.Orders = b.st.Orders[:2]; b.moves(id(rowPending), "REFUND-FLEXY", 480_00) }, []string{row(OpenRow, rowPending)}},
		{"unknown, and the provider has the end", func(b *books) { b.order(rowUnknown, "REFUNDED") }, []string{row(OpenRow, rowUnknown)}},
		{"unknown, and the provider does not know either", func(b *books) { b.order(rowUnknown, "UNKNOWN_ERROR"); b.moves(id(rowUnknown), "FLEXY", -480_00) }, nil},
		{"in conflict, and it is there", func(b *books) { b.order(rowConflict, "FULFILLED") }, []string{row(ForeignOrder, rowConflict)}},
		{"an order with our prefix", func(b *books) {
			b.st.Orders = append(b.st.Orders, batch.RemoteOrder{ID: "x", Ref: "API-acme-" + string(refByID("october", "somebody")), Status: "FULFILLED"})
		}, []string{row(ForeignOrder, 0)}},
		{"a transaction with our prefix, no list", func(b *books) {
			b.moves("x", "FLEXY", -480_00)
			b.st.Movements[5].Ref = string(refByID("october", "somebody"))
		}, []string{row(ForeignOrder, 0)}},
		{"an order that looks like ours and is of a batch beside", func(b *books) {
			l, refs := ledgerOf(t, "October ") // another name, and the same beginning of refs
			b.beside = append(b.beside, l)
			b.st.Orders = append(b.st.Orders, batch.RemoteOrder{ID: "x", Ref: string(refs[rowFulfilled]), Status: "FULFILLED"})
		}, nil},
		{"the order of a row under another ref", func(b *books) { b.st.Orders[0].Ref = "somebody-else" }, []string{row(ForeignOrder, rowFulfilled)}},
		{"the transaction of a row under another ref", func(b *books) { b.st.Movements[moveFulfilled].Ref = "somebody-else" }, []string{row(ForeignOrder, rowFulfilled)}},
		{"a charge that cannot be matched", func(b *books) { b.st.Movements[moveFulfilled].Object = "" }, []string{row(FulfilledNotCharged, rowFulfilled)}},
		{"a gap in what others moved", func(b *books) { b.moves("", "DEPOSIT", 100_00); b.moves("", "WITHDRAW", -50_00); b.take(5) }, []string{balance, balance}},
		{"the statement begins too late", func(b *books) { b.take(moveDeposit) }, []string{balance}},
		{"a transaction that took or gave", func(b *books) { b.moves("", "?", 10_00); b.st.Movements[5].Before = nil }, []string{balance, balance}},
		{"what came after the statement is not missing", func(b *books) {
			b.st.Taken = begun.Add(time.Second)
			b.st.Orders, b.st.Movements = nil, nil
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := threeBooks(t)
			c.change(b)
			r := Reconcile(b.ledger, b.st, b.beside...)
			want := append([]string{}, c.want...)
			if d := cmp.Diff(want, kinds(r)); d != "" {
				t.Errorf("differences (-want +got):\n%s\n%+v", d, r.Differences)
			}
			if r.Agrees != (len(want) == 0) {
				t.Errorf("agrees: %v", r.Agrees)
			}
			if slices.Contains(want, balance) == r.Balance.AddsUp {
				t.Errorf("%+v", r.Balance)
			}
		})
	}
}

// What belongs to others is told of, with whose it is, and is no difference.
func TestReconcileOthers(t *testing.T) {
	b := threeBooks(t)
	l, refs := ledgerOf(t, "november")
	b.beside = []*batch.Ledger{l}
	b.st.Orders = append(b.st.Orders, batch.RemoteOrder{ID: "nov", Ref: string(refs[rowFulfilled]), Status: "FULFILLED"})
	b.moves("nov", "FLEXY", -480_00)
	b.moves("shop", "ORDER", -20_00)
	early := Movement{ID: "early", Type: "DEPOSIT", Amount: 1, Before: new(batch.Centimes(999_999)), After: new(batch.Centimes(1_000_000)), Time: begun.Add(-time.Hour)}
	b.st.Movements = append([]Movement{early}, b.st.Movements...)
	r := Reconcile(b.ledger, b.st, b.beside...)
	if !r.Agrees || !r.Balance.AddsUp || r.Balance.Before != 1_000_000 || r.Balance.After != 1_000_000+500_00-3*480_00-20_00 {
		t.Errorf("%+v %+v", r.Balance, r.Differences)
	}
	if len(r.Others) != 3 || r.Others[1].Detail != "row 2 of the batch november" || r.Others[2].Amount != -20_00 || !strings.Contains(r.Others[2].Detail, "shop") {
		t.Errorf("%+v", r.Others)
	}
}

func TestReconciliationJSON(t *testing.T) {
	b := threeBooks(t)
	b.take(moveBack)
	got, err := json.Marshal(Reconcile(b.ledger, b.st))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"batch":"october","agrees":false,"differences":[{"kind":"refund-missing","ref":"` + string(b.refs[rowRefunded]) + `","row":3,` +
		`"detail":"480.00 DZD were charged, and 0.00 came back: 480.00 are missing. Ask the provider for them"}],` +
		`"balance":{"before":"10000.00","moved":"-940.00","after":"9060.00","adds_up":true},` +
		`"others":[{"kind":"other-transaction","id":"t0","type":"DEPOSIT","amount":"500.00","time":"2026-10-01T09:01:00Z","detail":"it names no order"}],` +
		`"from":"2026-10-01T09:00:01Z","to":"2026-10-01T10:00:00Z"}`
	if string(got) != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestReconciliationWorkbook(t *testing.T) {
	b := threeBooks(t)
	b.take(moveFulfilled)
	r := Reconcile(b.ledger, b.st)
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
