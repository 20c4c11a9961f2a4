package console_test

import (
	"net/http"
	"strings"
	"testing"

	"flexybatch/samples"
)

// While a large file is checked its page shows how far that is, and comes again by
// itself. It can be left, and the first page shows it too. A small file does not wait.
func TestProgressOfACheck(t *testing.T) {
	d := newDesk(t)
	free := d.k.Busy()
	d.send("/files", "large.csv", []byte(payrollOf(30_000)), http.StatusOK)
	page := "/batches/large/check"
	d.has(d.get(page, http.StatusOK), "The file large.csv is being checked.", `http-equiv="refresh"`, `role="status"`)
	d.k.HasRead("large", 12_000)
	d.k.HasRead("large", 5_000) // it is gone through again
	d.has(d.get(page, http.StatusOK), "12,000 rows were read so far")
	d.has(d.get("/", http.StatusOK), "is being checked", "12,000 rows were read so far")

	d.send("/files", "small.csv", samples.Payroll, http.StatusOK)
	d.has(d.settled("/batches/small/check"), "Check of small.csv")
	if a := d.get(page, http.StatusOK); !strings.Contains(a.text, `http-equiv="refresh"`) {
		t.Error("the large file was checked before its turn")
	}

	free()
	d.has(d.settled(page), "Check of large.csv", "30,000", `id="error-summary"`)
}
