package app

import (
	"fmt"
	"strings"
	"testing"

	"flexybatch/batch"
	"flexybatch/ingest"
)

// The preflight adds up what is to be sent, finds where the balance ends, and has as
// many rows of a canary as were asked for.
func TestPreflightAddsUp(t *testing.T) {
	var plans batch.Catalogue
	for i := range 40 {
		plans = append(plans, batch.Plan{Code: fmt.Sprintf("PREPAID_NUMBER%02d", i), Operator: []string{"Ooredoo", "Mobilis", "Djezzy", "Pixx"}[i%4], Min: 1, Max: 10_000_000})
	}
	rows := make([]batch.Row, 5000)
	for i := range rows {
		rows[i] = batch.Row{Number: i + 2, Topup: batch.Topup{Phone: batch.Phone(fmt.Sprintf("06%08d", i%2000)), Plan: plans[i%(i%40+1)].Code, Amount: 900}}
		if i%10 == 0 {
			rows[i].AddProblem(batch.Problem{Code: "phone.format", Field: "phone", Value: "6", Message: batch.Literal(strings.Repeat("it is long to explain, ", 10))})
		}
	}
	batch.Assign("october", rows, plans, batch.Limits{AllowDuplicates: true})
	p := &payroll{file: &ingest.Input{Rows: rows}, books: &books{}, plans: plans}
	funds, left := p.funds(1000_00), batch.Total(p.unsent(), plans)
	if funds.ShortAt != 4 || funds.Before != 1000_00 || funds.After != 1000_00-left.Cost || left.Valid != 4500 {
		t.Errorf("%+v of %+v", funds, left)
	}
	if c := p.canary(5); c.Valid != 5 {
		t.Errorf("a canary of %+v", c)
	}
	if c := p.canary(0); c.Valid != 0 {
		t.Errorf("without a canary: %+v", c)
	}
}
