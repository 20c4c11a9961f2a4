package app_test

import (
	"path/filepath"
	"testing"

	"flexybatch/internal/mutanttest"
)

// peopleMutations break the rules that keep people from paying twice, and from losing
// books and files. TestPeople must find every one of them.
var peopleMutations = []mutanttest.Mutation{
	{Name: "the lineage is ignored", File: "batch/paidbefore.go", Edits: [][2]string{{"if a.lineage == nil {", "if a.lineage == nil || a.rows != nil {"}}, Seeds: 30},
	{Name: "orphans are not counted", File: "batch/paidbefore.go", Edits: [][2]string{{"m.takeUp(m.orphans, m.fresh", "m.takeUp(nil, m.fresh"}}, Seeds: 30},
	{Name: "relatives by resend are ignored", File: "internal/app/lineage.go", Edits: [][2]string{{
		"ledgers := make([]*batch.Ledger, 0, len(kin))", "kin = nil\n	ledgers := make([]*batch.Ledger, 0, len(kin))",
	}}, Seeds: 200},
	{Name: "what left for a resend is held against nothing", File: "batch/paidbefore.go", Edits: [][2]string{{"leftOut(s, &head) != 0", "leftOut(s, &head) > 100"}}, Seeds: 400},
	{Name: "the provider's list is not asked", File: "internal/app/elsewhere.go", Edits: [][2]string{{"if j.recent() > 0 && j.provider", "if j.recent() < 0 && j.provider"}}, Seeds: 200},
	{Name: "other batches are not asked", File: "internal/app/elsewhere.go", Edits: [][2]string{{"if err := j.addBatches(ctx, search, since); err != nil {", "if err := ctx.Err(); err != nil {"}, {"search.AddOrders(e.orders)", "search.AddOrders(nil)"}}, Seeds: 200},
	{Name: "an output is not looked at before it is written", File: "internal/app/targets.go", Edits: [][2]string{{"outfile.Check(targets, inputs)", "outfile.Check(nil, inputs)"}}, Seeds: 100},
	{Name: "a journal is any batch's", File: "internal/app/ownjournal.go", Edits: [][2]string{{"if !sameName(name, holds) {", "if !sameName(name, holds) && holds == \"\" {"}}, Seeds: 100},
	{Name: "a report is a payroll", File: "ingest/head.go", Edits: [][2]string{{"if isReport(row.texts) {", "if isReport(row.texts) && row.number < 0 {"}}, Seeds: 100},
	{Name: "any number pays again", File: "internal/app/payagain.go", Edits: [][2]string{{"case given != before+others && (given != before || refuses):", "case given != before+others && j.rows.file == nil:"}}, Seeds: 100},
}

// fewPeople is the limit for mutations that are tried without the flag -mutants.
const fewPeople = 30

// A mutation that is not found within its seeds means that TestPeople has become
// blind for a rule.
func TestPeopleFindEveryBrokenRule(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the package once more")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	mutanttest.Torture{Root: root, Package: "internal/app", Test: "TestPeople", Sound: 2, Few: fewPeople, All: *mutants}.Finds(t, peopleMutations)
}
