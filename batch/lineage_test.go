package batch_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/journal"
)

// person is one row of a small payroll: phone, amount and id, and what became of
// it once it was run.
type person struct {
	phone  batch.Phone
	amount batch.Dinars
	id     string
	fate   string // "" fulfilled, or: open, rejected, refunded, unreached, unsent, cleared
	origin string
}

// file is the rows of a payroll as they are read.
func file(people []person) []batch.Row {
	rows := make([]batch.Row, len(people))
	for i, p := range people {
		rows[i] = batch.Row{Number: i + 2, Cells: batch.CellsOf(string(p.phone), fmt.Sprint(p.amount), p.id, "Name "+string(p.phone)),
			Topup: batch.Topup{Phone: p.phone, Plan: "PREPAID_MOBILIS", Amount: p.amount, ID: p.id}}
		if p.origin != "" {
			rows[i].Remark(func(m *batch.Remarks) { m.Origin = p.origin })
		}
	}
	return rows
}

// books are the ledger of a batch that was planned once a version, and in which
// each row met its fate.
func books(t *testing.T, name string, limits batch.Limits, kin []*batch.Ledger, versions ...[]person) *batch.Ledger {
	t.Helper()
	l := batch.NewLedger()
	at := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	fold := func(r batch.Record) {
		t.Helper()
		at = at.Add(time.Second)
		if err := l.Fold(r, at); err != nil {
			t.Fatal(err)
		}
	}
	for _, people := range versions {
		rows := file(people)
		batch.NewLineage(l, kin...).Assign(name, rows, plans, limits)
		l.Compare(rows)
		fold(batch.Record{Batch: &batch.BatchRecord{Name: name, File: name + ".csv", Header: []string{"phone", "amount", "id", "Nom"}}})
		for _, r := range rows {
			rec := &batch.RowRecord{Number: r.Number, Ref: r.Ref, Topup: r.Topup, Cost: r.Cost, Cells: r.Cells, Again: r.Again(), Problems: r.Problems()}
			if r.Resent() {
				rec.Origin = r.Remarks.Origin
			}
			fold(batch.Record{Row: rec})
		}
		fold(batch.Record{Sealed: &batch.SealRecord{Rows: len(rows)}})
		for i, r := range rows {
			if s, known := l.Row(r.Ref); known && s.State == batch.Unsent {
				meet(fold, r.Ref, people[i].fate, s.Attempts+1)
			}
		}
	}
	return l
}

// meet lets a row meet its fate.
func meet(fold func(batch.Record), ref batch.Ref, fate string, attempt int) {
	if fate == "unsent" {
		return
	}
	fold(batch.Record{Intent: &batch.IntentRecord{Ref: ref, Attempt: attempt}})
	answer := func(result, code string) {
		fold(batch.Record{Answer: &batch.AnswerRecord{Ref: ref, Attempt: attempt, Result: result, Code: code, TopupID: "id-" + string(ref)}})
	}
	switch fate {
	case "open":
		return
	case "cleared":
		fold(batch.Record{Look: &batch.LookRecord{Ref: ref, By: "ref", Clear: true}})
		return
	case "rejected":
		answer(batch.ClassRefused.String(), "ERR_PHONE")
		return
	case "unreached":
		answer(batch.ClassUnreached.String(), "")
		return
	case "no balance":
		answer(batch.ClassNoBalance.String(), "NO_BALANCE")
		return
	}
	answer(batch.Accepted, "")
	status := map[string]string{"": "FULFILLED", "refunded": "REFUNDED"}[fate]
	fold(batch.Record{Look: &batch.LookRecord{Ref: ref, By: "id", Found: true, Status: status, TopupID: "id-" + string(ref)}})
}

// verdicts says of each row of a file what would become of it: "paid" (it was
// sent and stays so), "send", or the codes of the rules it breaks.
func verdicts(l *batch.Ledger, rows []batch.Row) string {
	var list []string
	for _, r := range rows {
		verdict := codes(r)
		if r.Valid() {
			verdict = "send"
			if l != nil {
				if s, known := l.Row(r.Ref); known && s.State != batch.Unsent {
					verdict = map[bool]string{true: "paid", false: s.State.String()}[s.MayBeCharged()]
				}
			}
		}
		list = append(list, verdict)
	}
	return strings.Join(list, ", ")
}

const (
	amel  = batch.Phone("0660000001")
	nadia = batch.Phone("0660000002")
	karim = batch.Phone("0660000003")
)

// A person is paid once, whatever becomes of the file (money rule 14).
func TestPaidBefore(t *testing.T) {
	for _, c := range []struct {
		name     string
		limits   batch.Limits
		versions [][]person // as they were run
		now      []person
		want     string
	}{
		{"ids resaved without their zeros", batch.Limits{}, [][]person{{{amel, 500, "00101", "", ""}, {nadia, 600, "00102", "", ""}}},
			[]person{{amel, 500, "101", "", ""}, {nadia, 600, "102", "", ""}}, "paid.before, paid.before"},
		{"ids in another case, with a decimal tail, with spaces", batch.Limits{}, [][]person{{{amel, 500, "E1", "", ""}, {nadia, 600, "7", "", ""}, {karim, 600, "a 8", "", ""}}},
			[]person{{amel, 500, "e1", "", ""}, {nadia, 600, "7.0", "", ""}, {karim, 600, "A8", "", ""}}, "paid.before, paid.before, paid.before"},
		{"an id respelt, and the phone corrected", batch.Limits{}, [][]person{{{amel, 500, "E1", "", ""}}},
			[]person{{nadia, 500, "e1", "", ""}}, "paid.before"},
		{"an id column added", batch.Limits{}, [][]person{{{amel, 500, "", "", ""}, {nadia, 600, "", "", ""}}},
			[]person{{amel, 500, "1", "", ""}, {nadia, 600, "2", "", ""}, {karim, 600, "3", "", ""}}, "paid.before, paid.before, send"},
		{"an id column taken away", batch.Limits{}, [][]person{{{amel, 500, "1", "", ""}}}, []person{{amel, 500, "", "", ""}}, "paid.before"},
		{"the amount of a paid row raised", batch.Limits{}, [][]person{{{amel, 1000, "", "", ""}}}, []person{{amel, 1200, "", "", ""}}, "paid.before"},
		{"the amount of an open row raised", batch.Limits{}, [][]person{{{amel, 1000, "", "open", ""}}}, []person{{amel, 1200, "", "", ""}}, "paid.before"},
		{"the amount of a rejected row raised", batch.Limits{}, [][]person{{{amel, 1000, "", "rejected", ""}}}, []person{{amel, 1200, "", "", ""}}, "send"},
		{"the amount of a refunded row raised", batch.Limits{}, [][]person{{{amel, 1000, "", "refunded", ""}}}, []person{{amel, 1200, "", "", ""}}, "send"},
		{"the amount of a row that never left raised", batch.Limits{}, [][]person{{{amel, 1000, "", "unreached", ""}}}, []person{{amel, 1200, "", "", ""}}, "send"},
		{"a second row for a phone, beside the paid one", batch.Limits{}, [][]person{{{amel, 1000, "", "", ""}}},
			[]person{{amel, 1000, "", "", ""}, {amel, 700, "", "", ""}}, "paid, send"},
		{"a paid row split in two", batch.Limits{}, [][]person{{{amel, 1000, "", "", ""}}},
			[]person{{amel, 400, "", "", ""}, {amel, 600, "", "", ""}}, "paid.before, send"},
		{"two paid rows made one", batch.Limits{}, [][]person{{{amel, 400, "", "", ""}, {amel, 600, "", "", ""}}}, []person{{amel, 1000, "", "", ""}}, "paid.before"},
		{"equal rows with ids, sorted", batch.Limits{}, [][]person{{{amel, 500, "E1", "", ""}, {amel, 500, "E2", "", ""}}},
			[]person{{amel, 500, "E2", "", ""}, {karim, 500, "E3", "", ""}, {amel, 500, "E1", "", ""}}, "duplicate.row, send, paid"},
		{"one id twice, sorted", batch.Limits{}, [][]person{{{amel, 500, "E1", "", ""}, {nadia, 500, "E1", "", ""}}},
			[]person{{nadia, 500, "E1", "", ""}, {amel, 500, "E1", "", ""}}, "duplicate.id, paid"},
		{"of two equal rows the unpaid one taken out", all, [][]person{{{amel, 500, "", "unsent", ""}, {amel, 500, "", "", ""}}},
			[]person{{amel, 500, "", "", ""}}, "paid"},
		{"of three equal rows one paid", all, [][]person{{{amel, 500, "", "unsent", ""}, {amel, 500, "", "", ""}, {amel, 500, "", "unsent", ""}}},
			[]person{{amel, 500, "", "", ""}, {amel, 500, "", "", ""}}, "paid, send"},
		{"a row taken out, and somebody else put in", batch.Limits{}, [][]person{{{amel, 500, "", "", ""}}}, []person{{nadia, 500, "", "", ""}}, "send"},
		{"a row without id that was lost, and of which nothing was found, mended", batch.Limits{}, [][]person{{{amel, 500, "", "cleared", ""}}},
			[]person{{amel, 700, "", "", ""}}, "paid.before"},
		{"the same, with an id: the ref is the same, and the provider refuses a second use", batch.Limits{}, [][]person{{{amel, 500, "1", "cleared", ""}}},
			[]person{{nadia, 700, "1", "", ""}}, "send"},
		{"the same, mended once it had left the file", batch.Limits{}, [][]person{{{amel, 500, "", "cleared", ""}, {nadia, 500, "", "", ""}}, {{nadia, 500, "", "", ""}}},
			[]person{{nadia, 500, "", "", ""}, {amel, 700, "", "", ""}}, "paid, paid.before"},
		{"the same, as it was", batch.Limits{}, [][]person{{{amel, 500, "", "cleared", ""}, {nadia, 500, "", "", ""}}, {{nadia, 500, "", "", ""}}},
			[]person{{nadia, 500, "", "", ""}, {amel, 500, "", "", ""}}, "paid, send"},
		{"a row of a phone that was never charged, under another id", batch.Limits{}, [][]person{{{amel, 500, "1", "no balance", ""}}},
			[]person{{amel, 500, "2", "", ""}}, "send"},
		{"an id that an empty account refused, its phone mended", batch.Limits{}, [][]person{{{amel, 500, "1", "no balance", ""}}},
			[]person{{nadia, 500, "1", "", ""}}, "send"},
		{"an id that was sent for another amount", batch.Limits{}, [][]person{{{amel, 500, "1", "", ""}}}, []person{{amel, 700, "1", "", ""}}, "id.changed"},
		{"a cap that a payment reaches whose row was taken out", batch.Limits{MaxPerPhone: 1000}, [][]person{{{amel, 600, "", "", ""}, {amel, 300, "x", "", ""}}},
			[]person{{amel, 600, "", "", ""}, {amel, 200, "y", "", ""}, {amel, 150, "z", "", ""}}, "paid, paid.before, amount.cap"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := books(t, "october", c.limits, nil, c.versions...)
			rows := file(c.now)
			batch.NewLineage(l).Assign("october", rows, plans, c.limits)
			l.Compare(rows)
			if got := verdicts(l, rows); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// What was sent stays as it is, whatever the catalogue and the limits of today
// say, and pays nobody else.
func TestChargedRowsAreNotJudgedAgain(t *testing.T) {
	l := books(t, "october", all, nil, []person{{amel, 500, "", "", ""}, {amel, 500, "", "", ""}, {nadia, 900, "N", "", ""}})
	rows := file([]person{{amel, 500, "", "", ""}, {amel, 500, "", "", ""}, {amel, 500, "", "", ""}, {nadia, 900, "N", "", ""}, {karim, 900, "K", "", ""}})
	for _, i := range []int{3, 4} {
		rows[i].AddProblem(batch.Problem{Code: batch.PlanDisabled, Field: "plan"})
	}
	batch.NewLineage(l).Assign("october", rows, plans, batch.Limits{MaxAmount: 600, MaxPerPhone: 700})
	if got, want := verdicts(l, rows), "paid, paid, duplicate.row, paid, plan.disabled amount.cap"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// The message names the earlier payment as a clerk knows it, and the ways on.
func TestPaidBeforeMessage(t *testing.T) {
	l := books(t, "october", batch.Limits{}, nil, []person{{amel, 1000, "", "", ""}})
	rows := file([]person{{amel, 1200, "", "", ""}})
	found := batch.NewLineage(l).Assign("october", rows, plans, batch.Limits{})
	p := rows[0].Problems()[0]
	for _, want := range []string{"row 2", "october", "Name 0660000001", "1000 dinars", "2026-11-02", "fulfilled", "--pay-again"} {
		if !strings.Contains(p.Message.String(), want) {
			t.Errorf("%q does not say %q", p.Message, want)
		}
	}
	if len(found.PaidBefore) != 1 || found.PaidBefore[0].Row != 2 || found.PaidBefore[0].Payment.Amount != 1000 || len(found.Left) != 1 {
		t.Errorf("%+v", found)
	}
}

// Where nobody knows whether the earlier payment went through, that is what is told,
// with what to do, and no longer than the doubt lasts: also a report of the journal
// then says what became of it.
func TestDoubtIsToldWhileItLasts(t *testing.T) {
	const doubt = "sent on 2026-11-02, and nobody knows yet whether it was paid"
	for _, c := range []struct {
		fate       string
		then       []batch.Record // about the order
		want, gone string
	}{
		{fate: "open", want: doubt + "); run settle"},
		{"open", []batch.Record{{Answer: &batch.AnswerRecord{Attempt: 1, Result: batch.Accepted, TopupID: "id"}}}, "it looks paid already: row 2 of batch october (Name 0660000001, 0660000001, 1000 dinars, sent on 2026-11-02, pending)", doubt},
		{"open", []batch.Record{{Look: &batch.LookRecord{By: "ref", Found: true, Status: "FULFILLED", TopupID: "id"}}}, "sent on 2026-11-02, fulfilled); make the row again what it was", doubt},
		{"open", []batch.Record{{Look: &batch.LookRecord{By: "ref", Found: true, Status: "REFUNDED", TopupID: "id"}}}, "sent on 2026-11-02, refunded); it was not, so run again with --amend", doubt},
		{"open", []batch.Record{{Answer: &batch.AnswerRecord{Attempt: 1, Result: batch.ClassRefused.String(), Code: "ERR_PHONE"}}}, "sent on 2026-11-02, rejected); it was not, so run again with --amend", doubt},
		{"open", []batch.Record{{Look: &batch.LookRecord{By: "ref", Clear: true}}}, doubt + "); look tomorrow whether the provider's list has it", "run settle"},
	} {
		l := books(t, "october", batch.Limits{}, nil, []person{{amel, 1000, "", c.fate, ""}}, []person{{amel, 1200, "", "", ""}})
		var order, held batch.RowStatus
		look := func() {
			l.Each(func(s *batch.RowStatus) bool {
				if s.State == batch.Invalid {
					held = *s
				} else {
					order = *s
				}
				return true
			})
		}
		look()
		before := held.Problems()
		for _, r := range c.then {
			if r.Answer != nil {
				r.Answer.Ref = order.Ref
			} else {
				r.Look.Ref = order.Ref
			}
			if err := l.Fold(r, noon); err != nil {
				t.Fatal(err)
			}
		}
		look()
		got := held.Problems()[0].Message.String()
		if !strings.Contains(got, c.want) || c.gone != "" && strings.Contains(got, c.gone) {
			t.Errorf("after %+v it says %q, want %q", c.then, got, c.want)
		}
		if said := before[0].Message.String(); !strings.Contains(said, doubt) {
			t.Errorf("what was told before became %q", said)
		}
	}
}

// A row that is paid again on purpose answers the payment that stood against it:
// it stands against nobody else any more.
func TestPayAgain(t *testing.T) {
	again := batch.Limits{PayAgain: true}
	l := books(t, "october", batch.Limits{}, nil, []person{{amel, 1000, "", "", ""}})
	l2 := books(t, "october", again, nil, []person{{amel, 1000, "", "", ""}}, []person{{amel, 1200, "", "", ""}})
	if got := len(l2.Payments()); got != 2 {
		t.Fatalf("%d payments, want 2", got)
	}
	rows := file([]person{{amel, 1200, "", "", ""}, {amel, 300, "", "", ""}})
	batch.NewLineage(l2).Assign("october", rows, plans, batch.Limits{})
	if got, want := verdicts(l2, rows), "paid, send"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if rows[0].Again() == "" {
		t.Error("the row no longer says which payment it repeats")
	}
	rows = file([]person{{amel, 1200, "", "", ""}})
	if found := batch.NewLineage(l).Assign("october", rows, plans, again); len(found.PaidBefore) != 1 || !rows[0].Valid() {
		t.Errorf("%+v, %v", found, rows[0].Problems())
	}
}

// Control totals and caps hold for all versions of a file together (money rule 20).
func TestTotalsCountWhatLeft(t *testing.T) {
	l := books(t, "october", batch.Limits{}, nil, []person{{amel, 1000, "", "", ""}, {nadia, 500, "", "rejected", ""}})
	rows := file([]person{{karim, 700, "", "", ""}})
	found := batch.NewLineage(l).Assign("october", rows, plans, batch.Limits{})
	total := batch.Total(batch.Rows(rows), plans)
	total.AddLeft(found.Left)
	two, sum := 2, batch.Dinars(1700)
	if err := (batch.Limits{ExpectRows: &two, ExpectTotal: &sum, MaxTotal: 1700}).Check(total); err != nil {
		t.Error(err)
	}
	err := (batch.Limits{MaxTotal: 1699}).Check(total)
	if err == nil || !strings.Contains(err.Error(), "no longer in the file") {
		t.Errorf("%v", err)
	}
}

// What was surely not charged may be dropped from a file, and is not owed any
// more.
func TestUnchargedRowsMayBeDropped(t *testing.T) {
	l := books(t, "october", batch.Limits{}, nil,
		[]person{{amel, 1000, "1", "no balance", ""}, {nadia, 500, "2", "", ""}}, []person{{nadia, 500, "2", "", ""}})
	if tally := l.Tally(); tally.Of(batch.Unsent) != 0 || tally.Total != 1 {
		t.Errorf("%+v", tally)
	}
	if v := l.Versions(); v[1].Dropped != 1 || v[1].Gone != 0 {
		t.Errorf("%+v", v[1])
	}
}

// A row is known in every batch that it was resent in.
func TestResentRowsArePaidOnce(t *testing.T) {
	parent := func(t *testing.T) *batch.Ledger {
		return books(t, "october", batch.Limits{}, nil, []person{{amel, 1000, "", "refunded", ""}, {nadia, 500, "2", "rejected", ""}, {karim, 300, "", "", ""}})
	}
	origins := func(l *batch.Ledger) (list []string) {
		l.Each(func(s *batch.RowStatus) bool { list = append(list, l.Batch().Name+"/"+s.Origin()); return true })
		return list
	}
	t.Run("what came back is paid in the batch that it is resent in", func(t *testing.T) {
		from := parent(t)
		o := origins(from)
		rows := file([]person{{amel, 1000, "", "", o[0]}, {nadia, 500, "2", "", o[1]}})
		batch.NewLineage(nil, from).Assign("october-r1", rows, plans, batch.Limits{})
		if got := verdicts(nil, rows); got != "send, send" {
			t.Error(got)
		}
	})
	t.Run("mended there and in the original", func(t *testing.T) {
		from := parent(t)
		o := origins(from)
		child := books(t, "october-r1", batch.Limits{}, []*batch.Ledger{from}, []person{{amel, 1000, "", "", o[0]}, {"0660000022", 500, "2", "", o[1]}})
		rows := file([]person{{amel, 1100, "", "", ""}, {"0660000022", 500, "2b", "", ""}, {karim, 300, "", "", ""}})
		batch.NewLineage(from, child).Assign("october", rows, plans, batch.Limits{})
		if got := verdicts(from, rows); got != "paid.before, paid.before, paid" {
			t.Error(got)
		}
	})
	t.Run("resent under two names", func(t *testing.T) {
		from := parent(t)
		o := origins(from)
		child := books(t, "october-r1", batch.Limits{}, []*batch.Ledger{from}, []person{{amel, 1000, "", "", o[0]}})
		rows := file([]person{{amel, 1000, "", "", o[0]}, {nadia, 500, "2", "", o[1]}})
		batch.NewLineage(nil, from, child).Assign("extra", rows, plans, batch.Limits{})
		if got := verdicts(nil, rows); got != "paid.before, send" {
			t.Error(got)
		}
	})
	t.Run("a phone mended after it was paid", func(t *testing.T) {
		from := parent(t)
		o := origins(from)
		child := books(t, "october-r1", batch.Limits{}, []*batch.Ledger{from}, []person{{"0660000022", 500, "", "", o[1]}})
		rows := file([]person{{"0660000023", 500, "", "", o[1]}})
		batch.NewLineage(child, from).Assign("october-r1", rows, plans, batch.Limits{})
		if got := verdicts(child, rows); got != "paid.before" {
			t.Error(got)
		}
	})
	t.Run("the provider takes its refund back", func(t *testing.T) {
		from := books(t, "october", batch.Limits{}, nil, []person{{amel, 1000, "", "open", ""}})
		rows := file([]person{{amel, 1000, "", "", origins(from)[0]}})
		batch.NewLineage(nil, from).Assign("october-r1", rows, plans, batch.Limits{})
		if got := verdicts(nil, rows); got != "paid.before" {
			t.Error(got)
		}
	})
	t.Run("two payments for one phone, of which one came back", func(t *testing.T) {
		from := books(t, "october", batch.Limits{}, nil, []person{{amel, 1000, "", "", ""}, {amel, 400, "", "refunded", ""}})
		rows := file([]person{{amel, 400, "", "", origins(from)[1]}})
		batch.NewLineage(nil, from).Assign("october-r1", rows, plans, batch.Limits{})
		if got := verdicts(nil, rows); got != "send" {
			t.Error(got)
		}
	})
	t.Run("a row added by hand for somebody who was paid", func(t *testing.T) {
		from := parent(t)
		o := origins(from)
		rows := file([]person{{amel, 1000, "", "", o[0]}, {karim, 300, "", "", ""}})
		batch.NewLineage(nil, from).Assign("october-r1", rows, plans, batch.Limits{})
		if got := verdicts(nil, rows); got != "send, paid.before" {
			t.Error(got)
		}
	})
	t.Run("a row copied by hand, for somebody who was paid", func(t *testing.T) {
		from := parent(t)
		o := origins(from)
		rows := file([]person{{nadia, 500, "2", "", o[1]}, {amel, 1000, "", "", o[0]}, {karim, 300, "", "", o[0]}, {karim, 310, "", "", "october/made-up"}})
		batch.NewLineage(nil, from).Assign("october-r1", rows, plans, batch.Limits{})
		if got := verdicts(nil, rows); got != "send, send, paid.before, send" {
			t.Error(got)
		}
	})
	t.Run("paid in a resend under an origin that has left the original since", func(t *testing.T) {
		from := parent(t)
		o := origins(from)
		child := books(t, "october-r1", batch.Limits{}, []*batch.Ledger{from}, []person{{nadia, 500, "", "", "october/left"}})
		rows := file([]person{{amel, 1000, "", "", o[0]}, {nadia, 500, "2", "", o[1]}})
		batch.NewLineage(nil, from, child).Assign("extra", rows, plans, batch.Limits{})
		if got := verdicts(nil, rows); got != "send, paid.before" {
			t.Error(got)
		}
	})
	t.Run("paid in the original after it was resent, under another id or amount", func(t *testing.T) {
		first := []person{{amel, 1000, "", "refunded", ""}, {nadia, 500, "2", "rejected", ""}, {karim, 300, "", "", ""}}
		o := origins(books(t, "october", batch.Limits{}, nil, first))
		mended := []person{{amel, 1100, "", "", ""}, {nadia, 500, "", "", ""}, {karim, 300, "", "", ""}}
		from := books(t, "october", batch.Limits{}, nil, first, mended)
		child := books(t, "october-r1", batch.Limits{}, nil, []person{{amel, 1000, "", "rejected", o[0]}, {nadia, 500, "2", "rejected", o[1]}})
		for name, kin := range map[string][]*batch.Ledger{"october-r1": {from}, "october-r2": {from, child}} {
			rows := file([]person{{amel, 1000, "", "", o[0]}, {nadia, 500, "2", "", o[1]}})
			batch.NewLineage(nil, kin...).Assign(name, rows, plans, batch.Limits{})
			if got := verdicts(nil, rows); got != "paid.before, paid.before" {
				t.Errorf("%s: %s", name, got)
			}
		}
	})
	t.Run("the journal of the original was lost after the resend was paid", func(t *testing.T) {
		from := parent(t)
		child := books(t, "october-r1", batch.Limits{}, []*batch.Ledger{from}, []person{{amel, 1000, "", "", origins(from)[0]}})
		rows := file([]person{{amel, 1000, "", "", ""}, {nadia, 500, "2", "", ""}})
		batch.NewLineage(nil, child).Assign("october", rows, plans, batch.Limits{})
		if got := verdicts(nil, rows); got != "paid.before, send" {
			t.Error(got)
		}
	})
}

// Resend writes each unpaid row for one batch only, and none that a relative may
// have paid.
func TestResend(t *testing.T) {
	people := []person{{amel, 1000, "", "refunded", ""}, {nadia, 500, "2", "rejected", ""}, {karim, 300, "", "", ""}, {"0660000004", 300, "", "open", ""}}
	list := func(r *batch.Resend) string {
		var s []string
		for _, row := range r.Rows {
			s = append(s, fmt.Sprint(row.Number))
		}
		for _, left := range r.Left {
			s = append(s, fmt.Sprintf("%d:%d", left.Number, left.Why))
		}
		return strings.Join(s, " ")
	}
	open := fmt.Sprintf(" 5:%d", batch.LeftOpen)
	l := books(t, "october", batch.Limits{}, nil, people)
	first := batch.NewLineage(l).Resend("october-r1")
	if got := list(first); got != "2 3"+open {
		t.Fatal(got)
	}
	note := func(l *batch.Ledger, name string, rows ...batch.ResendRow) {
		r := &batch.ResentRecord{Batch: name}
		for _, row := range rows {
			_, origin, _ := strings.Cut(row.From, "/")
			r.Origins = append(r.Origins, origin)
		}
		if err := l.Fold(batch.Record{Note: &batch.NoteRecord{What: batch.NoteResent, Resent: r}}, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	note(l, "october-r1", first.Rows[:1]...)
	for name, want := range map[string]string{"october-r1": "2 3" + open, "extra": fmt.Sprintf("3 2:%d", batch.LeftForOther) + open} {
		if got := list(batch.NewLineage(l).Resend(name)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if got := l.Relatives(); len(got) != 1 || got[0] != "october-r1" {
		t.Errorf("relatives %q", got)
	}
	child := books(t, "october-r1", batch.Limits{}, []*batch.Ledger{l}, []person{{amel, 1000, "", "", first.Rows[0].From}, {nadia, 500, "2", "rejected", first.Rows[1].From}})
	if got := list(batch.NewLineage(l, child).Resend("october-r1")); got != fmt.Sprintf("3 2:%d", batch.LeftPaid)+open {
		t.Error(got)
	}
	if got := child.Relatives(); len(got) != 1 || got[0] != "october" {
		t.Errorf("relatives %q", got)
	}
	// What came back in the resend is still the row of the first batch.
	again := batch.NewLineage(child, l).Resend("october-r2")
	if len(again.Rows) != 1 || again.Rows[0].From != first.Rows[1].From {
		t.Errorf("%+v", again.Rows)
	}
	// A batch that an earlier version of the program made from it tells no origins.
	old := books(t, "october-r1", batch.Limits{}, nil, []person{{amel, 1000, "", "", ""}})
	if got := list(batch.NewLineage(l, old).Resend("extra")); got != fmt.Sprintf("3 2:%d", batch.LeftPaid)+open {
		t.Error(got)
	}
}

// Rows that were never valid are known by their cells, each of equal ones apart.
func TestResendOfInvalidRows(t *testing.T) {
	l := batch.NewLedger()
	bad := []batch.Problem{{Code: batch.PhoneFormat, Value: "x"}}
	for _, r := range []batch.Record{
		{Batch: &batch.BatchRecord{Name: "october"}},
		{Row: &batch.RowRecord{Number: 2, Cells: batch.CellsOf("x", "1"), Problems: bad}},
		{Row: &batch.RowRecord{Number: 3, Cells: batch.CellsOf("x", "1"), Problems: bad}},
		{Row: &batch.RowRecord{Number: 4, Cells: batch.CellsOf("x", "2"), Problems: []batch.Problem{{Code: batch.PaidBefore}}}},
		{Sealed: &batch.SealRecord{Rows: 3}},
	} {
		if err := l.Fold(r, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	r := batch.NewLineage(l).Resend("october-r1")
	if len(r.Rows) != 2 || r.Rows[0].From == r.Rows[1].From || !strings.HasPrefix(r.Rows[0].From, "october/") || r.Left[0].Why != batch.LeftOtherRows {
		t.Errorf("%+v", r)
	}
	if again := batch.NewLineage(l).Resend("october-r1"); again.Rows[1].From != r.Rows[1].From {
		t.Error("the same row is named in two ways")
	}
}

// Wide carried columns make no batch unpayable.
func TestBeginWideRows(t *testing.T) {
	rows := makeRows(1000)
	wide := strings.Repeat("\x01", 7_000) // six bytes each in the journal
	for i := range rows {
		rows[i].Cells = batch.CellsOf(string(rows[i].Topup.Phone), wide)
	}
	batch.Assign("october", rows, plans, batch.Limits{})
	b, err := batch.OpenBooks(journal.Disk{}, filepath.Join(t.TempDir(), "october.journal"))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := b.Begin(batch.BatchRecord{Name: "october"}, rows); err != nil {
		t.Fatal(err)
	}
	if got := b.Tally().Total; got != len(rows) {
		t.Errorf("%d rows", got)
	}
}
