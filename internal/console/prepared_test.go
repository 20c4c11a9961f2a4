package console_test

import (
	"net/http"
	"testing"

	"flexybatch/batch"
	"flexybatch/journal"
)

// A crash between the making of a journal and its first record leaves a batch that was
// not begun. It can be looked at and started as before.
func TestJournalWithoutBatch(t *testing.T) {
	d := newDesk(t)
	d.send("/files", "payroll.csv", []byte(simple), http.StatusOK)
	books, err := batch.OpenBooks(journal.Disk{}, d.folder.Journal("payroll"))
	must(t, err)
	must(t, books.Close())
	d.has(d.get("/", http.StatusOK), "not sent yet")
	d.has(d.settled("/batches/payroll/check"), "Go on to paying")
	d.has(d.settled("/batches/payroll"), "payroll.csv")
	d.post("/batches/payroll/start", hidden(d.settled("/batches/payroll/answers").text), http.StatusOK)
	d.over("payroll")
	d.has(d.settled("/batches/payroll"), "Every row was paid.")
}
