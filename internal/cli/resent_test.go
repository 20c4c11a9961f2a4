package cli

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"flexybatch/batch/oneclick/simulator"
)

// Rows of a payroll that come back: E1 is written wrongly, E2 is refunded at once, and
// E4 is in UNKNOWN_ERROR until the provider gives its money back some seconds later.
var troubled = []string{"Matricule;Nom;Téléphone;Offre;Montant",
	"E1;Amel;066000011;PREPAID_MOBILIS;100", "E2;Brahim;0600000001;PREPAID_MOBILIS;200", "E3;Chafia;0660000013;PREPAID_MOBILIS;300", "E4;Dalila;0600000003;PREPAID_MOBILIS;400"}

// newTroubled pays it, and resends and mends what came back at once.
func newTroubled(t *testing.T, settled time.Duration) *clerk {
	t.Helper()
	k := newClerk(t, simulator.Config{Seed: 2, SettleUnknown: settled})
	k.saves("october.csv", troubled...)
	k.pays(exitOpen, 3, "--wait", "100ms")
	if sum, _ := k.resend(exitOpen, k.file); sum.Rows != 2 || len(sum.LeftOut) != 1 {
		t.Fatalf("%+v", sum)
	}
	k.mends("october-r1.xlsx", "Rows", "066000011", "0660000011")
	k.mends("october-r1.xlsx", "Rows", "0600000001", "0660000012")
	return k
}

// settles waits until the provider has given back what it gives back.
func (k *clerk) settles(name string) {
	k.t.Helper()
	for code := exitOpen; code == exitOpen; {
		code, _, _ = k.asks(append([]string{"settle", "--json", k.path(name)}, quick[:6]...)...)
	}
}

// resends writes a file of unpaid rows, and wants so many of them.
func (k *clerk) resends(code, rows int, name string, more ...string) {
	k.t.Helper()
	if sum, words := k.resend(code, k.path(name), more...); sum.Rows != rows {
		k.t.Errorf("resend %s %v: %+v, want %d rows\n%s", name, more, sum, rows, words)
	}
}

// Resent as the help says, with refunds arriving between, mended here and there,
// copied, under other names: each person is paid once.
func TestResentIsPaidOnce(t *testing.T) {
	t.Parallel()
	once := []string{"0600000003: 400", "0660000011: 100", "0660000012: 200", "0660000013: 300"}
	all := []string{"0660000011: 100", "0660000012: 200", "0660000013: 300", "0660000014: 400"}
	for name, do := range map[string]func(k *clerk){
		"three times, with refunds between": func(k *clerk) {
			k.opens("october-r1.xlsx")
			k.pays(exitDone, 2)
			k.wants(once...)
			k.settles("october.csv")
			k.resend(exitNothing, k.path("october.csv")) // october-r1 was run
			k.resends(exitDone, 1, "october.csv", "--out", k.path("extra.xlsx"))
			k.mends("extra.xlsx", "Rows", "0600000003", "0660000014")
			k.opens("extra.xlsx")
			k.pays(exitDone, 1)
			k.wants(all...)
			k.resends(exitDone, 0, "october.csv", "--out", k.path("more.xlsx"))
			k.resends(exitDone, 0, "october-r1.xlsx")
			k.resends(exitDone, 0, "extra.xlsx")
			k.wants(all...)
		},
		"mended in the original too, after the resend was run": func(k *clerk) {
			k.opens("october-r1.xlsx")
			k.pays(exitDone, 2)
			k.saves("october.csv", replaced(troubled, "066000011", "0660000011", "0600000001", "0660000012")...)
			words := k.pays(exitOpen, 0, "--amend", "--wait", "100ms")
			k.hears(words, "looks paid already", "of batch october-r1")
			k.wants(once...)
		},
		"mended in the original too, before the resend is run": func(k *clerk) {
			k.saves("october.csv", replaced(troubled, "066000011", "0660000011")...)
			k.pays(exitOpen, 1, "--amend", "--wait", "100ms")
			k.opens("october-r1.xlsx")
			k.hears(k.pays(exitProblems, 1), "looks paid already", "of batch october")
			k.wants(once...)
		},
		"mended in the original with another phone": func(k *clerk) {
			k.opens("october-r1.xlsx")
			k.pays(exitDone, 2)
			k.saves("october.csv", replaced(troubled, "066000011", "0770000011", "PREPAID_MOBILIS;100", "PREPAID_DJEZZY;100")...)
			k.pays(exitOpen, 0, "--amend", "--wait", "100ms")
			k.wants(once...)
		},
		"a copy of the resend, and a copy of the copy": func(k *clerk) {
			k.opens("october-r1.xlsx")
			k.pays(exitDone, 2)
			k.copies("october-r1.xlsx", "copy of october-r1.xlsx")
			k.copies("copy of october-r1.xlsx", "again.xlsx")
			for i, name := range []string{"copy of october-r1.xlsx", "again.xlsx"} {
				k.opens(name)
				k.pays(exitNothing, 0) // byte for byte
				k.pays(exitProblems, 0, "--batch", "copy"+strconv.Itoa(i))
				k.mends(name, "Rows", "Amel", "Amel "+strconv.Itoa(i))
				k.pays(exitProblems, 0)
				k.wants(once...)
			}
		},
		"twice under other names, before either is run": func(k *clerk) {
			k.resends(exitOpen, 0, "october.csv", "--out", k.path("two.xlsx"))
			k.opens("october-r1.xlsx")
			k.pays(exitDone, 2)
			k.pays(exitDone, 0)
			k.wants(once...)
		},
		"without the column of ours": func(k *clerk) {
			k.drops("october-r1.xlsx", "Rows", "flexybatch:origin")
			k.opens("october-r1.xlsx")
			k.pays(exitDone, 2)
			k.saves("october.csv", replaced(troubled, "066000011", "0660000011", "0600000001", "0660000012")...)
			k.pays(exitOpen, 0, "--amend", "--wait", "100ms")
			k.wants(once...)
		},
		"as CSV under another name": func(k *clerk) {
			k.opens("october-r1.xlsx")
			k.pays(exitDone, 2)
			k.saves("mended.csv", replaced([]string{troubled[0], troubled[1], troubled[2]}, "066000011", "0660000011", "0600000001", "0660000012")...)
			k.hears(k.pays(exitNothing, 0), "look paid already under another name")
			k.wants(once...)
		},
		"a resend of a resend, mended twice": func(k *clerk) {
			k.mends("october-r1.xlsx", "Rows", "0660000012", "0600000002") // refunded again
			k.opens("october-r1.xlsx")
			k.pays(exitProblems, 2)
			k.resends(exitDone, 1, "october-r1.xlsx")
			k.mends("october-r2.xlsx", "Rows", "0600000002", "0660000012")
			k.opens("october-r2.xlsx")
			k.pays(exitDone, 1)
			k.wants(once...)
			k.mends("october-r2.xlsx", "Rows", "0660000012", "0660000022")
			k.pays(exitNothing, 0)
			k.pays(exitProblems, 0, "--amend")
			k.mends("october-r1.xlsx", "Rows", "0600000002", "0660000012")
			k.opens("october-r1.xlsx")
			k.pays(exitProblems, 0, "--amend")
			k.saves("october.csv", replaced(troubled, "0600000001", "0660000012")...)
			k.pays(exitOpen, 0, "--amend", "--wait", "100ms")
			k.wants(once...)
		},
		"the books of the resend lost": func(k *clerk) {
			k.opens("october-r1.xlsx")
			k.pays(exitDone, 2)
			k.ok(os.Remove(k.path("october-r1.journal")))
			k.pays(exitDone, 0)
			k.ok(os.Remove(k.path("october-r1.journal")))
			k.resend(exitNothing, k.path("october.csv")) // the file was mended, and stays
			k.ok(os.Remove(k.path("october-r1.xlsx")))
			k.resends(exitOpen, 2, "october.csv") // nothing here tells that it was run: the provider does
			k.mends("october-r1.xlsx", "Rows", "066000011", "0660000011")
			k.mends("october-r1.xlsx", "Rows", "0600000001", "0660000012")
			k.pays(exitDone, 0)
			k.wants(once...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settled := 24 * time.Hour
			if strings.Contains(name, "refunds between") {
				settled = 3000 * time.Second // six seconds, in which the first two batches are sent
			}
			do(newTroubled(t, settled))
		})
	}
}

// A row that came back and was paid by a correction under another spelling of its id
// is not paid once more by resend, neither by a file that was written before the
// correction nor by one that is written after the old file was restored.
func TestCorrectedAndResent(t *testing.T) {
	t.Parallel()
	old := []string{troubled[0], troubled[2], troubled[3]}
	corrected := replaced(old, "E2", "e 2", "0600000001", "0660000012")
	paid := []string{"0660000012: 200", "0660000013: 300"}
	for name, do := range map[string]func(k *clerk){
		"resent after the old file was restored": func(k *clerk) {
			k.saves("october.csv", corrected...)
			k.pays(exitProblems, 1, "--amend") // E2 is in the books, refunded
			k.saves("october.csv", old...)
			k.pays(exitProblems, 0, "--amend")
			k.resends(exitDone, 0, "october.csv")
		},
		"resent before the correction": func(k *clerk) {
			k.resends(exitDone, 1, "october.csv")
			k.mends("october-r1.xlsx", "Rows", "0600000001", "0660000012")
			k.saves("october.csv", corrected...)
			k.pays(exitProblems, 1, "--amend") // E2 is in the books, refunded
			k.opens("october-r1.xlsx")
			k.hears(k.pays(exitProblems, 0), "looks paid already")
		},
		"resent before, and the old file restored": func(k *clerk) {
			k.resends(exitDone, 1, "october.csv")
			k.mends("october-r1.xlsx", "Rows", "0600000001", "0660000012")
			k.saves("october.csv", corrected...)
			k.pays(exitProblems, 1, "--amend") // E2 is in the books, refunded
			k.saves("october.csv", old...)
			k.pays(exitProblems, 0, "--amend")
			k.opens("october-r1.xlsx")
			k.hears(k.pays(exitProblems, 0), "looks paid already")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newClerk(t, simulator.Config{})
			k.saves("october.csv", old...)
			k.pays(exitProblems, 2)
			do(k)
			k.wants(paid...)
		})
	}
}
