package console_test

import (
	"net/http"
	"strings"
	"testing"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/samples"
)

// A refusal that comes after the page of the start was shown is found on every page
// that leads to a start, until something is changed.
func TestLateRefusal(t *testing.T) {
	p := newRemote(t, simulator.Production)
	d := p.desk(t, withKey)
	d.letIn()
	d.k.HurryStarts()
	d.send("/files", "payroll.csv", samples.Payroll, http.StatusOK, "money", "real")
	f := hidden(d.settled("/batches/payroll/answers").text)
	f.Set("rows", "19")
	d.post("/batches/payroll/start", f, http.StatusOK)
	for _, page := range []string{"", "/check", "/answers", ""} {
		a := d.settled("/batches/payroll" + page)
		d.has(a, "is not 20")
		if page == "" {
			d.has(a, "error-summary")
		} else {
			d.has(a, "The start at", "was refused")
		}
	}
	if n := len(p.sim.Orders()); n != 0 {
		t.Errorf("%d orders", n)
	}
	d.send("/batches/payroll/files", "payroll.csv", []byte(strings.Replace(string(samples.Payroll), "Agent 1", "Agent one", 1)), http.StatusOK)
	if a := d.settled("/batches/payroll/check"); strings.Contains(a.text, "was refused") {
		t.Error("the refusal of another file is shown")
	}
}
