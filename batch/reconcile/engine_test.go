package reconcile_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/batch/reconcile"
	"flexybatch/journal"
)

// The three books of batches that the real engine ran against the simulator, in
// virtual time.

// faults are those that leave a batch which can be settled in the end.
var faults = []string{
	simulator.FaultResetBefore, simulator.FaultResetAfter, simulator.FaultTruncated, simulator.FaultHTML, simulator.FaultError500After,
	simulator.FaultError503, simulator.FaultOtherRef, simulator.FaultThrottle, simulator.FaultRefuse,
	simulator.FaultRefunded, simulator.FaultUnknownError, simulator.FaultBackwards, simulator.FaultOddWord,
}

// drawn is what a batch is like.
type drawn struct {
	config simulator.Config
	rows   []batch.Row
	others []batch.Row // of another batch on the same account
}

func draw(t *rapid.T) drawn {
	c := simulator.Config{Seed: rapid.Uint64().Draw(t, "seed"), PrefixRefs: rapid.Bool().Draw(t, "prefix"), Faults: map[string]float64{}}
	for _, f := range rapid.SliceOfNDistinct(rapid.SampledFrom(faults), 0, 3, rapid.ID[string]).Draw(t, "faults") {
		c.Faults[f] = rapid.SampledFrom([]float64{0.05, 0.3}).Draw(t, f)
	}
	return drawn{c, rows(rapid.IntRange(1, 12).Draw(t, "rows"), 0), rows(rapid.IntRange(0, 3).Draw(t, "others"), 500)}
}

func rows(n, from int) []batch.Row {
	list := make([]batch.Row, n)
	for i := range list {
		list[i] = batch.Row{Number: i + 2, Topup: batch.Topup{Phone: batch.Phone(fmt.Sprintf("07%08d", from+i)), Plan: "PREPAID_DJEZZY", Amount: batch.Dinars(101 + i)}}
	}
	return list
}

// run runs a batch to its end and gives back what is on disk of it.
func run(t *testing.T, client *oneclick.Client, path, name string, rows []batch.Row) *batch.Ledger {
	plans, err := client.Plans(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for begun := false; ; {
		b, err := batch.OpenBooks(journal.Disk{}, path)
		if err != nil {
			t.Fatal(err)
		}
		if !begun {
			begun = true
			batch.Assign(name, rows, plans, batch.Limits{})
			if err := b.Begin(batch.BatchRecord{Name: name, Catalogue: plans}, rows); err != nil {
				t.Fatal(err)
			}
			balance, err := client.Balance(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := b.Note(batch.NoteRecord{What: batch.NoteStarted, Balance: &balance}); err != nil {
				t.Fatal(err)
			}
		}
		e := &batch.Engine{Books: b, Provider: client, Log: slog.New(slog.DiscardHandler), Concurrency: 4,
			Poll: 5 * time.Second, Wait: 10 * time.Minute, ResendAfter: 2 * time.Minute}
		if _, err := e.Run(t.Context(), t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if tally := b.Tally(); tally.Of(batch.Unsent)+tally.Open() == 0 {
			l, _, err := batch.ReadLedger(journal.Disk{}, path)
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
		time.Sleep(25 * time.Hour)
	}
}

// statement reads the provider's book through its API.
func statement(t *testing.T, client *oneclick.Client) reconcile.Statement {
	st := reconcile.Statement{Taken: time.Now(), Listed: true}
	patient := func(f func() error) error { // some faults befall looks too
		err := f()
		for range 50 {
			if err == nil {
				break
			}
			time.Sleep(time.Minute)
			err = f()
		}
		return err
	}
	transactions, err := oneclick.Collect(t.Context(), time.Time{}, func(t oneclick.Transaction) oneclick.Entry { return oneclick.Entry{ID: t.ID, At: t.Time} }, client.Transactions)
	if err != nil {
		t.Fatal(err)
	}
	st.Orders, err = oneclick.Collect(t.Context(), time.Time{}, func(o batch.RemoteOrder) oneclick.Entry { return oneclick.Entry{ID: o.ID} },
		func(ctx context.Context, q batch.ListQuery) (items []batch.RemoteOrder, pages int, err error) {
			err = patient(func() error {
				p, err := client.List(ctx, q)
				items, pages = p.Items, p.Pages
				return err
			})
			return items, pages, err
		})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range transactions {
		st.Movements = append(st.Movements, reconcile.Movement{ID: v.ID, Type: v.Type, Operation: v.Operation, Amount: v.Amount, Before: v.Before, After: v.After, Object: v.Object, Time: v.Time})
	}
	reconcile.OldestFirst(st.Movements)
	return st
}

// settled runs a drawn batch, and another beside it, and gives back the books.
func settled(t *testing.T, d drawn, check func(l, other *batch.Ledger, st reconcile.Statement)) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		sim, err := simulator.New(d.config)
		if err != nil {
			t.Fatal(err)
		}
		network := simulator.NewMemory()
		server := &http.Server{Handler: sim}
		served := make(chan error, 1)
		go func() { served <- server.Serve(network) }()
		client, err := oneclick.New(oneclick.Config{BaseURL: "http://localhost", Key: oneclick.NewKey(simulator.DefaultKey), Dial: network.DialContext})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour) // the account is older than the batch
		l := run(t, client, filepath.Join(dir, "october.journal"), "october", d.rows)
		other := run(t, client, filepath.Join(dir, "november.journal"), "november", d.others)
		time.Sleep(25 * time.Hour) // what the provider settles late
		check(l, other, statement(t, client))
		client.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		<-served
	})
}

// has tells whether a difference of that kind is about that row.
func has(r *reconcile.Result, row int, kinds ...reconcile.Kind) bool {
	return slices.ContainsFunc(r.Differences, func(d reconcile.Difference) bool { return d.Row == row && slices.Contains(kinds, d.Kind) })
}

// A settled batch agrees, whatever befell it; and no tampering with the
// provider's book is missed.
func TestReconcileWhatTheEngineDid(t *testing.T) {
	states := map[batch.State]int{}
	rapid.Check(t, func(rt *rapid.T) {
		d := draw(rt)
		var bad []string // told outside the bubble
		settled(t, d, func(l, other *batch.Ledger, st reconcile.Statement) {
			r := reconcile.Compare(l, st, other)
			if !r.Agrees || !r.Balance.AddsUp || r.Open != 0 {
				bad = append(bad, fmt.Sprintf("a settled batch does not agree: %+v %+v", r.Differences, r.Balance))
			}
			if len(r.Others) == 0 && other.Tally().Charged > 0 {
				bad = append(bad, "the other batch's transactions are not told of")
			}
			for _, b := range r.Rows {
				states[b.State]++
				bad = append(bad, tamper(l, other, st, b)...)
			}
		})
		if len(bad) > 0 {
			rt.Fatalf("%q", bad)
		}
	})
	if states[batch.Fulfilled] == 0 || states[batch.Refunded] == 0 {
		t.Errorf("too little happened to prove anything: %v", states)
	}
}

// tamper changes what the statement says of a row, in every way, and tells what
// was not found.
func tamper(l, other *batch.Ledger, st reconcile.Statement, b *reconcile.RowBooks) (bad []string) {
	want := func(what string, st reconcile.Statement, kinds ...reconcile.Kind) {
		if r := reconcile.Compare(l, st, other); !has(r, b.Number, kinds...) {
			bad = append(bad, fmt.Sprintf("row %d, %s: %s is not found: want %v, got %+v", b.Number, b.State, what, kinds, r.Differences))
		}
	}
	// with is the statement with movement i changed, dropped or doubled.
	with := func(i int, f func(m reconcile.Movement) []reconcile.Movement) reconcile.Statement {
		changed := st
		changed.Movements = slices.Concat(st.Movements[:i], f(st.Movements[i]), st.Movements[i+1:])
		return changed
	}
	for i, m := range st.Movements {
		if m.Object == "" || m.Object != b.TopupID && !slices.ContainsFunc(b.Orders, func(o batch.RemoteOrder) bool { return o.ID == m.Object }) {
			continue
		}
		missing, doubled, smaller := reconcile.FulfilledNotCharged, reconcile.ChargedTwice, reconcile.CostDiffers
		if b.State == batch.Refunded {
			missing = reconcile.ChargeMissing
		}
		if *m.After > *m.Before { // a refund
			missing, doubled, smaller = reconcile.RefundMissing, reconcile.CostDiffers, reconcile.RefundMissing
		}
		want("a dropped transaction", with(i, func(reconcile.Movement) []reconcile.Movement { return nil }), missing)
		want("a doubled transaction", with(i, func(m reconcile.Movement) []reconcile.Movement { return []reconcile.Movement{m, m} }), doubled)
		want("a smaller amount", with(i, func(m reconcile.Movement) []reconcile.Movement { m.Amount -= 100; return []reconcile.Movement{m} }), smaller)
		want("another object", with(i, func(m reconcile.Movement) []reconcile.Movement { m.Object = "stranger"; return []reconcile.Movement{m} }), missing)
		want("another ref", with(i, func(m reconcile.Movement) []reconcile.Movement { m.Ref = "stranger"; return []reconcile.Movement{m} }), reconcile.ForeignOrder)
	}
	for i, o := range st.Orders {
		if !slices.ContainsFunc(b.Orders, func(own batch.RemoteOrder) bool { return own.ID == o.ID }) {
			continue
		}
		change := func(f func(o *batch.RemoteOrder)) reconcile.Statement {
			changed := st
			changed.Orders = slices.Clone(st.Orders)
			f(&changed.Orders[i])
			return changed
		}
		want("another amount", change(func(o *batch.RemoteOrder) { o.Amount++ }), reconcile.AmountDiffers)
		want("another state", change(func(o *batch.RemoteOrder) {
			o.Status = map[batch.State]string{batch.Fulfilled: "REFUNDED", batch.Refunded: "FULFILLED"}[batch.StateOf(o.Status)]
		}), reconcile.StateDiffers)
		if b.TopupID == o.ID {
			want("another ref", change(func(o *batch.RemoteOrder) { o.Ref = "stranger" }), reconcile.ForeignOrder)
		}
	}
	return bad
}
