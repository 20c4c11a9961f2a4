package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
	"flexybatch/internal/console"
	"flexybatch/samples"
)

// With real money nobody is paid twice by a file that is given under another name,
// sorted, or sent once more, until a person says how many rows are paid again, and why
// (money rule 14).
func TestRealMoneyIsPaidOnce(t *testing.T) {
	const key = "key-of-the-account"
	address, sim := knowing(t, key, simulator.Production)
	d := newDesk(t, func(c *console.Config) {
		c.Account, c.Vault = app.Account{BaseURL: address}, &memoryVault{keys: map[string]string{}}
		c.Pace = app.Pace{Rate: app.None, Poll: 20e6, PhoneGap: app.None}
	})
	d.post("/key", form("key", key, "keep", "sitting"), http.StatusOK)
	try := func(name string) {
		t.Helper()
		f := hidden(d.settled("/batches/" + name + "/answers").text)
		f.Set("rows", "20")
		d.start(name, f)
	}
	wants := func(orders int, after string) {
		t.Helper()
		if n := len(sim.Orders()); n != orders {
			t.Errorf("%s: %d orders, want %d", after, n, orders)
		}
	}
	d.send("/files", "june.csv", samples.Payroll, http.StatusOK, "money", "real")
	try("june")
	d.over("june")
	wants(20, "june")

	lines := strings.SplitAfter(strings.TrimRight(string(samples.Payroll), "\n")+"\n", "\n")
	head, rows := lines[0], lines[1:len(lines)-1]
	sorted := head
	for i := range rows {
		sorted += rows[len(rows)-1-i]
	}
	for name, content := range map[string]string{"july": string(samples.Payroll), "sorted": sorted} {
		d.send("/files", name+".csv", []byte(content), http.StatusOK, "money", "real")
		try(name)
		wants(20, name)
		d.post("/batches/"+name+"/meant", nil, http.StatusOK)
		try(name)
		wants(20, name+", said to be another payment")
		for typed, status := range map[string]int{"": http.StatusBadRequest, "yes": http.StatusBadRequest, "19": http.StatusOK} {
			d.post("/batches/"+name+"/again", url.Values{"again": {typed}, "reason": {"a mistake"}}, status)
			try(name)
			wants(20, name+", with the wrong number "+typed)
		}
	}
	// What was said of one file is not said of the next, nor of another way to read it.
	d.post("/batches/sorted/again", url.Values{"again": {"20"}, "reason": {"bonus"}}, http.StatusOK)
	corrected := head + strings.Join(rows[1:], "") + rows[0]
	d.send("/batches/sorted/files", "sorted.csv", []byte(corrected), http.StatusOK)
	try("sorted")
	wants(20, "a corrected file, of which nobody has said that it is paid again")
	d.post("/batches/july/again", url.Values{"again": {"20"}, "reason": {"bonus"}}, http.StatusOK)
	d.has(d.settled("/batches/july/answers"), "20")
	try("july")
	d.over("july")
	wants(40, "july, paid again on purpose")
}
