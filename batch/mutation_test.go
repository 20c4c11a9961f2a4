package batch_test

import (
	"path/filepath"
	"testing"

	"flexybatch/internal/mutanttest"
)

// mutation has the fields of the list below without their names: what it is called,
// the file, what is replaced by what, and within how many seeds it must be found.
type mutation mutanttest.Mutation

// mutations breaks each rule in the place that keeps it. A check that cannot fail is
// worth nothing, so TestTorture must find every one of them.
var mutations = []mutation{
	{"the request leaves before its intent is on disk", "batch/engine.go", [][2]string{{
		"	attempt, ok, err := r.Books.Intend(o.Ref)\n	if res.err = err; err != nil || !ok {\n		return\n	}\n",
		"	var attempt int\n",
	}, {
		"	if !r.awaitTurn(off) {\n", "	if !r.awaitTurn(off) {\n		return\n",
	}, {
		"	receipt, fault := r.request(o, res)\n",
		"	receipt, fault := r.request(o, res)\n	var ok bool\n	attempt, ok, res.err = r.Books.Intend(o.Ref)\n	if res.err != nil || !ok {\n		return\n	}\n",
	}}, 50},
	{"a send that was called off leaves after all", "batch/engine.go", [][2]string{{
		"	if !r.awaitTurn(off) {\n", "	if !r.awaitTurn(off) {\n		_, _ = r.Provider.Send(r.ctx, o)\n",
	}}, 500},
	{"a lost send is sent again without a check", "batch/look.go", [][2]string{{
		"found, err = r.Provider.CheckRef(r.ctx, s.Ref)", "err = &Fault{Class: ClassNotFound}",
	}}, 200},
	{"a lost send is sent again without the grace period", "batch/decide.go", [][2]string{{"&& lostFor >= grace", "&& lostFor <= grace*100"}}, 400},
	{"a 500 is trusted as a refusal", "batch/rowstatus.go", [][2]string{{
		"	case ClassRefused.String():\n", "	case ClassRefused.String(), ClassUnknown.String():\n",
	}}, 200},
	{"DUPLICATED_REF is taken for a failure", "batch/rowstatus.go", [][2]string{{
		"	case ClassRefused.String():\n", "	case ClassRefused.String(), ClassDuplicate.String():\n",
	}}, 500},
	{"an fsync that failed is tried again", "journal/journal.go", [][2]string{{
		"	if err := j.file.Sync(); err != nil {\n		return errorf(\"%w: fsync: %w\", ErrFailed, err)",
		"	if err := j.file.Sync(); err != nil && j.file.Sync() != nil {\n		return errorf(\"%w: fsync: %w\", ErrFailed, err)",
	}}, 500},
	{"the lock is ignored", "journal/open.go", [][2]string{{
		"	if err := j.file.Lock(); err != nil {\n", "	if err := j.file.Lock(); err != nil && j.file == nil {\n",
	}}, 500},
	{"torn records are accepted", "journal/line.go", [][2]string{{"if string(crc) != string(want[:]) {", "if string(crc) != string(want[:]) && len(crc) == 0 {"}}, 20000},
	{"a stranger's order under our ref is taken for ours", "batch/identity.go", [][2]string{{"differs := contradiction(s.Topup, o)", "var differs []Message"}}, 500},
	{"a refusal is believed after an unknown attempt", "batch/rowstatus.go", [][2]string{{"if s.is(doubted) {\n			s.set(refused, true)", "if s.is(doubted) && s.Attempts < 0 {\n			s.set(refused, true)"}}, 500},
	{"an answer that comes twice is believed twice", "batch/engine.go", [][2]string{{"if r.answers.repeats(id) &&", "if id == \"repeated\" &&"}}, 500},
	{"two rows have one id", "batch/ledger.go", [][2]string{{"if !taken {\n\t\treturn r", "if !taken || taken {\n\t\treturn r"}}, 500},
	{"an id outweighs a ref", "batch/identity.go", [][2]string{{"case o.Ref != \"\" && !s.Ref.Is(o.Ref):", "case o.Ref != \"\" && o.Ref == \"nobody\":"}}, 500},
	{"an order that names nobody is taken for ours", "batch/identity.go", [][2]string{{"l.Nameless = true", "l.Nameless = false"}}, 500},
	{"the wall clock says how long a send is lost", "batch/engine.go", [][2]string{{"r.polling.add(s, r.polling.oneMore(s), 0, 0)", "r.polling.add(s, r.polling.oneMore(s), r.ran(s.Sent()), 0)"}}, 500},
	{"UNKNOWN_ERROR is taken for a refund", "batch/state.go", [][2]string{{`case "REFUNDED", "FAILED":`, `case "REFUNDED", "FAILED", "UNKNOWN_ERROR":`}}, 500},
}

// fewSeeds is the limit for mutations that are tried without the flag -mutants.
const fewSeeds = 500

// A mutation that is not found within its seeds means that the torture has become
// blind for a rule. The binary without a mutation must find nothing.
func TestTortureFindsEveryBrokenRule(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the package once more")
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	var list []mutanttest.Mutation
	for _, m := range mutations {
		list = append(list, mutanttest.Mutation(m))
	}
	mutanttest.Torture{Root: root, Package: "batch", Test: "TestTorture", Sound: 100, Few: fewSeeds, All: *mutants}.Finds(t, list)
}
