package cli

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch/oneclick/simulator"
)

// many are n people.
func many(n int) []string {
	rows := []string{"Matricule;Nom;Téléphone;Offre;Montant"}
	for i := range n {
		rows = append(rows, fmt.Sprintf("E%05d;Agent %d;06%08d;PREPAID_MOBILIS;%d", i, i, 10_000_000+i, 100+i%50))
	}
	return rows
}

// The same rows under another name are not paid again: what was paid of late is
// found beside the file, in the register and in the provider's own list, and where
// it is half of the rows or more their number is wanted.
func TestSameRowsUnderAnotherName(t *testing.T) {
	t.Parallel()
	amended := func(k *clerk) {
		k.saves("october.csv", append(respelt(), "E9;Dalila;0550000014;PREPAID_OOREDOO;900")...)
		k.pays(exitDone, 1, "--amend")
	}
	add := func(rows ...string) []string { return append(respelt(), rows...) }
	for _, c := range []struct {
		name string
		do   func(k *clerk)
		more []string
		rows int // that look paid
		by   string
	}{
		{"a copy after an amend", func(k *clerk) { amended(k); k.copies("october.csv", "october (1).csv"); k.opens("october (1).csv") }, []string{"--batch", "copy"}, 4, "of batch october"},
		{"other line ends", func(k *clerk) { k.write("november.csv", strings.Join(october, "\r\n")) }, nil, 3, "of batch october"},
		{"as XLSX", func(k *clerk) { k.saves("november.xlsx", october...) }, nil, 3, "of batch october"},
		{"sorted", func(k *clerk) { k.saves("november.csv", october[0], october[3], october[2], october[1]) }, nil, 3, "of batch october"},
		{"without ids", func(k *clerk) { k.saves("november.csv", anonymous()...) }, nil, 3, "of batch october"},
		{"the very same file in another folder", func(k *clerk) {
			k.ok(os.Mkdir(k.path("x"), 0o700))
			k.copies("october.csv", "x/november.csv")
			k.opens("x/november.csv")
		}, []string{"--batch", "november"}, 3, "of batch october"},
		{"another --state", func(k *clerk) {}, []string{"--state", "elsewhere", "--batch", "november"}, 3, "of batch october"},
		{"another --batch, on another machine", func(k *clerk) { k.ok(os.Remove(k.path("october.journal"))); k.moveToAnotherMachine() }, []string{"--batch", "november"}, 3, "as the provider's list shows"},
		{"half of the rows, on another machine", func(k *clerk) {
			k.ok(os.Remove(k.path("october.journal")))
			k.moveToAnotherMachine()
			k.saves("november.csv", add("E5;D;0660000015;PREPAID_MOBILIS;100", "E6;E;0660000016;PREPAID_MOBILIS;100", "E7;F;0660000017;PREPAID_MOBILIS;100")...)
		}, nil, 3, "as the provider's list shows"},
		{"a mended check under another batch", func(k *clerk) {
			code, _, _ := k.asks("validate", "--format", "csv", k.file)
			if code != exitDone {
				k.t.Errorf("validate: exit %d", code)
			}
			k.opens("october.check.csv")
		}, []string{"--batch", "check"}, 3, "of batch october"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k := newClerk(t, simulator.Config{})
			k.saves("october.csv", october...)
			k.pays(exitDone, 3)
			c.do(k)
			was, sends := k.paid(), k.sends.Load()
			words := k.pays(exitNothing, 0, c.more...)
			k.hears(words, fmt.Sprintf("%d of ", c.rows), "look paid already under another name", "Amel, 0660000011 got 1000 dinars on "+time.Now().Format(time.DateOnly), c.by, "Nothing was sent", fmt.Sprintf("--pay-again %d --reason TEXT", c.rows))
			for _, wrong := range []int{c.rows - 1, c.rows + 1} {
				k.hears(k.pays(exitNothing, 0, append(c.more, "--pay-again", fmt.Sprint(wrong), "--reason", "x")...), "the number must be exact")
			}
			k.hears(k.pays(exitUsage, 0, append(c.more, "--pay-again", fmt.Sprint(c.rows))...), "--pay-again wants --reason TEXT")
			k.wants(was...)
			if k.sends.Load() != sends {
				t.Errorf("%d sends left", k.sends.Load()-sends)
			}
			if _, err := os.Stat(k.path("november.journal")); err == nil {
				t.Error("a journal was begun")
			}
			sum, _ := k.run(exitDone, append(c.more, "--pay-again", fmt.Sprint(c.rows), "--reason", "a bonus")...)
			if sum.SentNow != sum.Rows.Total || sum.Rows.Fulfilled != sum.Rows.Total {
				t.Errorf("paid again on purpose: %+v", sum)
			}
			k.pays(exitDone, 0, c.more...)
		})
	}
}

// Less than half of the rows is told, and refused to nobody.
func TestFewRowsPaidElsewhereAreTold(t *testing.T) {
	t.Parallel()
	k := newClerk(t, simulator.Config{})
	k.saves("october.csv", october...)
	k.pays(exitDone, 3)
	k.saves("bonus.csv", october[0], october[1], "E5;D;0660000015;PREPAID_MOBILIS;100", "E6;E;0660000016;PREPAID_MOBILIS;100")
	words := k.pays(exitDone, 3)
	k.hears(words, "1 row looks paid already elsewhere", "Amel, 0660000011 got 1000 dinars on ", "in row 2 of batch october")
	k.wants("0660000011: 1000 1000", "0660000012: 500", "0660000015: 100", "0660000016: 100", "0770000013: 700")
}

// A sandbox key is told, and not refused.
func TestSandboxIsToldOfRowsPaidElsewhere(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 5)
	s.run(exitDone)
	if err := os.Remove(filepath.Join(s.dir, "payroll.journal")); err != nil {
		t.Fatal(err)
	}
	sum, words := s.run(exitDone, "--batch", "november")
	if sum.SentNow != 5 || !strings.Contains(words, "5 rows look paid already elsewhere") {
		t.Errorf("%+v: %s", sum, words)
	}
}

// A payroll of last month under a new name passes, also with the same rows.
func TestNextMonthPasses(t *testing.T) {
	t.Parallel()
	k, _ := monthLater(t, 30*24*time.Hour, october...)
	old := time.Now().Add(-30 * 24 * time.Hour)
	k.ok(os.Chtimes(k.path("october.journal"), old, old))
	k.saves("november.csv", append(respelt(), "")...)
	k.pays(exitDone, 3)
	k.wants("0660000011: 1000 1000", "0660000012: 500 500", "0770000013: 700 700")
	// The very same file under another name is refused at any age.
	k.copies("october.csv", "december.csv")
	k.opens("december.csv")
	k.hears(k.pays(exitNothing, 0), "byte for byte", `--batch "october"`, `--batch "december"`)
	k.ok(os.Mkdir(k.path("2026"), 0o700))
	k.copies("october.csv", "2026/december.csv")
	k.opens("2026/december.csv")
	k.hears(k.pays(exitNothing, 0), "byte for byte", k.path("october.journal"), `--batch "december"`)
}

// A report of ours is no payroll, in any language and format, also resaved.
func TestReportIsNoPayroll(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"en", "fr", "ar"} {
		k := newClerk(t, simulator.Config{})
		k.saves("october.csv", respelt("0660000012", "066000012")...)
		k.pays(exitProblems, 2, "--lang", language)
		was, sends := k.paid(), k.sends.Load()
		for _, format := range []string{"csv", "xlsx"} {
			name := "mine." + format
			if code, _, errs := k.asks("report", "--lang", language, "--format", format, "--out", name, k.file); code != exitProblems {
				t.Fatalf("exit %d: %s", code, errs)
			}
			k.opens(name)
			for _, as := range []string{"en", "fr", "ar"} {
				words := k.pays(exitNothing, 0, "--lang", as)
				if !strings.Contains(words, "flexybatch resend") || as == "en" && !strings.Contains(words, "this is a report of flexybatch, not a payroll") {
					t.Errorf("a %s report in %s, told in %s: %s", format, language, as, words)
				}
			}
			if format == "xlsx" { // nor is any sheet of it
				book, err := excelize.OpenFile(k.file)
				k.ok(err)
				for i, sheet := range book.GetSheetList() {
					if i == 3 {
						continue // the refunds may be paid anew
					}
					if words := k.pays(exitNothing, 0, "--sheet", sheet); strings.Contains(words, "phone column") && strings.Contains(words, "several") {
						t.Errorf("the sheet %s of a %s report: %s", sheet, language, words)
					}
				}
				k.ok(book.Close())
			}
			k.opens("october.csv")
		}
		// Copied out of the report: its columns of ours taken along, with a title of one's own.
		text, err := os.ReadFile(k.path("mine.csv"))
		k.ok(err)
		lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
		k.ok(err)
		rows := []string{"List of October"}
		for _, cells := range lines {
			rows = append(rows, strings.Join(cells, ";"))
		}
		k.saves("list.xlsx", rows...)
		k.hears(k.pays(exitNothing, 0), "this is a report of flexybatch")
		k.wants(was...)
		if k.sends.Load() != sends {
			t.Errorf("%d sends left", k.sends.Load()-sends)
		}
	}
}

// The search costs at most 20 calls, however many rows there are.
func TestListCheckCostsTwentyCalls(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 100, 1000, 10_000} {
		if n == 10_000 && testing.Short() {
			continue
		}
		k := newClerk(t, simulator.Config{Balance: 10_000_000_00})
		k.saves("october.csv", many(n)...)
		k.pays(exitDone, n, "--concurrency", "64")
		k.ok(os.Remove(k.path("october.journal")))
		k.moveToAnotherMachine()
		for _, c := range []struct {
			what string
			rows []string
			code int
		}{
			{"the same rows", many(n), exitDone},
			{"other rows", replaced(many(n), ";06", ";07", "MOBILIS", "DJEZZY"), exitDone},
		} {
			k.saves("november.csv", c.rows...)
			before := k.sim.Calls()
			code, _, errs := k.asks("run", "--dry-run", "--rate", "0", k.file)
			if code != c.code {
				t.Errorf("%d rows: exit %d: %s", n, code, errs)
			}
			calls, all := map[simulator.Endpoint]int64{}, int64(0)
			for e, count := range k.sim.Calls() {
				if d := count - before[e]; d > 0 {
					calls[e] = d
					all += d
				}
			}
			const others = 3 // the key, the catalogue, the balance
			if all-others > 20 {
				t.Errorf("%s: %d rows cost %d calls: %v", c.what, n, all, calls)
			}
			if c.what == "the same rows" { // under another name: refused, however few of them the list shows
				sends := k.sends.Load()
				k.hears(k.pays(exitNothing, 0), "look paid already under another name")
				if k.sends.Load() != sends {
					t.Errorf("%d rows: %d sends left", n, k.sends.Load()-sends)
				}
			}
			t.Logf("%d rows, %s: %d calls for the search: %v", n, c.what, all-others, calls)
		}
	}
}
