package console_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"flexybatch/internal/app"
	"flexybatch/internal/console"
	"flexybatch/samples"
)

// Control totals and limits are kept with the batch, refuse what does not fit them in
// words that name no flag, and those that decide which rows there are stand in the
// journal. The next file with the same columns does not inherit them.
func TestBounds(t *testing.T) {
	d := newDesk(t)
	d.send("/files", "payroll.csv", samples.Payroll, http.StatusOK)
	d.settled("/batches/payroll/answers")

	a := d.post("/batches/payroll/bounds", form("expect-rows", "20", "max-amount", "1,5", "max-total", "0", "back", "answers"), http.StatusBadRequest)
	d.has(a, "Error: Control totals and limits", `href="#max-amount"`, `href="#max-total"`, `value="1,5"`, `value="20"`)

	a = d.post("/batches/payroll/bounds", form("expect-rows", "٢١", "max-amount", "100 000", "back", "answers"), http.StatusOK)
	if got := d.settled("/batches/payroll/answers"); !strings.Contains(got.text, "20 rows can be paid, and 21 are expected") || strings.Contains(plain(got.text), "--") {
		t.Errorf("another number of rows than is expected: %s", plain(got.text))
	}
	d.has(a, "bounds?back=answers")
	d.has(d.settled("/batches/payroll/check"), "21 rows are expected", "20 rows can be paid, and 21 are expected", "at most 100000 DA for a row")
	d.post("/batches/payroll/start", form("shown", "20", "rows", "20"), http.StatusOK)
	if exists(d.folder.Journal("payroll")) {
		t.Fatal("it was begun")
	}

	d.post("/batches/payroll/bounds", form("expect-rows", "20", "max-amount", "100 000", "back", "answers"), http.StatusOK)
	a = d.settled("/batches/payroll/answers")
	d.has(a, "20 rows are expected", "Send 20 rows")
	d.post("/batches/payroll/start", hidden(a.text), http.StatusOK)
	d.over("payroll")
	k, err := app.ReadKnown(app.Place{File: d.folder.Journal("payroll"), State: d.folder.Path})
	if err != nil {
		t.Fatal(err)
	}
	if got := k.Ledger.Batch().Options["max-amount"]; got != "100000" {
		t.Errorf("the journal has the limit %q", got)
	}

	d.send("/files", "next.csv", []byte(string(samples.Payroll)+"\n"), http.StatusOK)
	if next, err := d.folder.Draft("next"); err != nil || !next.Bounds.IsZero() {
		t.Errorf("the next file has %+v, %v", next, err)
	}
}

// A number of rows to send first that is no number sends nothing.
func TestCanaryThatIsNoNumber(t *testing.T) {
	d := newDesk(t)
	d.send("/files", "payroll.csv", samples.Payroll, http.StatusOK)
	f := hidden(d.settled("/batches/payroll/answers").text)
	f.Set("canary", "five")
	d.has(d.post("/batches/payroll/start", f, http.StatusBadRequest), "Nothing was sent.")
	if exists(d.folder.Journal("payroll")) {
		t.Error("it was begun")
	}
}

// The number of rows may be typed as people write numbers.
func TestTypedNumbers(t *testing.T) {
	for text, want := range map[string]string{" 20 ": "20", "1 000": "1000", "1\u202f000": "1000", "1,000": "1000", "١٢": "12", "10,00": "10,00", "x": "x", "": "", "-3": "-3"} {
		if got := console.RowCount(text); got != want {
			t.Errorf("%q is taken for %q, want %q", text, got, want)
		}
	}
}

// exists tells whether there is a file.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
