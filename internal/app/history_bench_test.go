package app

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/journal"
)

// BenchmarkCompare holds a batch of 10,000 rows against twelve earlier ones of as
// many, each sent and fulfilled.
func BenchmarkCompare(b *testing.B) {
	const rows = 10_000
	account := batch.Account{Host: "simulator", Username: "simulator", Type: batch.Simulated}
	plans := batch.Catalogue{{Code: "PREPAID_MOBILIS", Operator: "Mobilis", Enabled: true, Min: 40, Max: 3999}}
	payroll := func(name string) []batch.Row {
		list := make([]batch.Row, rows)
		for i := range list {
			id := fmt.Sprintf("E%05d", i)
			list[i] = batch.Row{Number: i + 2, Cells: batch.CellsOf(id, "Agent", "PREPAID_MOBILIS", "500"),
				Topup: batch.Topup{ID: id, Phone: batch.Phone(fmt.Sprintf("06%08d", i)), Plan: "PREPAID_MOBILIS", Amount: 300 + batch.Dinars(i%5)*100}}
		}
		batch.Assign(name, list, plans, batch.Limits{})
		return list
	}
	dir := b.TempDir()
	for month := range mostEarlier {
		name := fmt.Sprintf("month%02d", month)
		books, err := batch.OpenBooks(journal.Disk{}, filepath.Join(dir, name+".journal"))
		if err != nil {
			b.Fatal(err)
		}
		list := payroll(name)
		if err := books.Begin(batch.BatchRecord{Name: name, Account: account, Catalogue: plans, Header: []string{"Matricule", "Nom", "plan", "amount"}}, list); err != nil {
			b.Fatal(err)
		}
		sent(b, books, list)
		if err := books.Close(); err != nil {
			b.Fatal(err)
		}
	}
	job, now := &App{}, payroll("now")
	one := compared{at: &Location{Name: "now", State: dir}, account: account, rows: batch.Rows(now), header: []string{"Matricule", "Nom", "plan", "amount"}, plans: plans}
	for b.Loop() {
		if c := job.compare(b.Context(), one); c.Changes == nil || len(c.Changes.List) > 0 || c.Changes.Before.Rows != rows {
			b.Fatalf("%+v", c.Changes)
		}
	}
}

// sent writes down that each row was sent, accepted, and seen fulfilled.
func sent(b *testing.B, books *batch.Books, rows []batch.Row) {
	work := make(chan batch.Ref)
	done := make(chan error)
	const writers = 64 // which share the waits for the disk
	for range writers {
		go func() {
			var err error
			for ref := range work {
				if err == nil {
					err = fulfil(books, ref)
				}
			}
			done <- err
		}()
	}
	for i := range rows {
		work <- rows[i].Ref
	}
	close(work)
	for range writers {
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
}

func fulfil(books *batch.Books, ref batch.Ref) error {
	attempt, _, err := books.Intend(ref)
	if err == nil {
		err = books.Answer(batch.AnswerRecord{Ref: ref, Attempt: attempt, Result: batch.Accepted, TopupID: "id-" + string(ref), RequestID: "r-" + string(ref)})
	}
	if err == nil {
		err = books.Look(time.Now(), batch.LookRecord{Ref: ref, By: "id", Found: true, Status: "FULFILLED", TopupID: "id-" + string(ref)})
	}
	return err
}
