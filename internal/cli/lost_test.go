package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flexybatch/batch/oneclick/simulator"
)

// age makes every order in a store so much older.
func age(t *testing.T, store string, by time.Duration) {
	t.Helper()
	b, err := os.ReadFile(store)
	if err != nil {
		t.Fatal(err)
	}
	var old strings.Builder
	for line := range strings.Lines(string(b)) {
		record := map[string]json.RawMessage{}
		var at int64
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(record["at"], &at); err != nil {
			t.Fatal(err)
		}
		record["at"] = json.RawMessage(fmt.Sprint(at - by.Nanoseconds()))
		line, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		old.WriteString(string(line) + "\n")
	}
	if err := os.WriteFile(store, []byte(old.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// monthLater begins with a provider and a payroll that was paid, and returns when it
// was, so long ago. The journal and the report are still there.
func monthLater(t *testing.T, ago time.Duration, rows ...string) (k *clerk, paidOn string) {
	t.Helper()
	config := simulator.Config{Store: filepath.Join(t.TempDir(), "provider")}
	k = newClerk(t, config)
	k.saves("october.csv", rows...)
	k.pays(exitDone, len(rows)-1)
	k.ok(k.sim.Close())
	age(t, config.Store, ago)
	config.Keys = []simulator.Key{{Key: simulator.DefaultKey, Type: simulator.Production}}
	config.Speed = 500
	k.replaceProvider(config)
	k.sends.Store(0)
	return k, time.Now().Add(-ago).Format(time.DateOnly)
}

// Where the journal was lost or archived, the same rows are taken into new books with
// the date on which they were paid, and none is sent. Nothing was bought, and the run
// does not end as if something had been (money rule 19).
func TestLostJournal(t *testing.T) {
	t.Parallel()
	for name, ago := range map[string]time.Duration{"an hour later": time.Hour, "a month later": 31 * 24 * time.Hour, "a year later": 365 * 24 * time.Hour} {
		for how, lose := range map[string]func(k *clerk){
			"journal deleted": func(k *clerk) { k.ok(os.Remove(k.path("october.journal"))) },
			"books deleted":   func(k *clerk) { k.ok(os.Remove(k.path("october.journal")), os.Remove(k.path("october.results.xlsx"))) },
			"journal archived": func(k *clerk) {
				k.ok(os.Mkdir(k.path("2025"), 0o700), os.Rename(k.path("october.journal"), k.path("2025/october.journal")))
			},
			"on another machine": func(k *clerk) { k.ok(os.Remove(k.path("october.journal"))); k.moveToAnotherMachine() },
			"saved as XLSX":      func(k *clerk) { k.ok(os.Remove(k.path("october.journal"))); k.saves("october.xlsx", october...) },
			"rows sorted": func(k *clerk) {
				k.ok(os.Remove(k.path("october.journal")))
				k.saves("october.csv", october[0], october[3], october[1], october[2])
			},
		} {
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				k, paidOn := monthLater(t, ago, october...)
				lose(k)
				words := k.pays(exitDone, 0)
				k.hears(words, "3 rows were paid by an earlier run of this batch, whose journal is gone", "3 rows were paid by an earlier run, whose journal is gone ("+paidOn, "nothing was sent for them now", "--batch NAME")
				if n := k.sends.Load(); n != 0 {
					t.Errorf("%d sends left", n)
				}
				k.wants(octoberPaid...)
				for _, r := range k.reads() {
					if r.State != "fulfilled" || !strings.Contains(r.Notes, paidOn) || !strings.HasPrefix(r.Sent, paidOn) {
						t.Errorf("the report tells %+v", r)
					}
				}
				if words := k.pays(exitDone, 0); !strings.Contains(words, "whose journal is gone ("+paidOn) {
					t.Errorf("once more, it said %q", words)
				}
				k.agrees()
			})
		}
	}
}

// A row that is new beside those that an earlier run paid is sent, and it alone.
func TestLostJournalAndOneRowAdded(t *testing.T) {
	t.Parallel()
	k, paidOn := monthLater(t, 31*24*time.Hour, october...)
	k.ok(os.Remove(k.path("october.journal")))
	k.saves("october.csv", append(respelt(), "E9;Dalila;0550000014;PREPAID_OOREDOO;900")...)
	words := k.pays(exitDone, 1)
	k.hears(words, "3 rows were paid by an earlier run, whose journal is gone ("+paidOn)
	k.wants(append([]string{"0550000014: 900"}, octoberPaid...)...)
	if n := k.sends.Load(); n != 1 {
		t.Errorf("%d sends left", n)
	}
	k.agrees()
}

// What was interrupted and whose journal was lost then goes on: what was paid is
// found, and the rest is paid.
func TestJournalLostInMidBatch(t *testing.T) {
	t.Parallel()
	for _, ago := range []time.Duration{0, 31 * 24 * time.Hour} {
		config := simulator.Config{Store: filepath.Join(t.TempDir(), "provider"), Balance: 1500_00}
		k := newClerk(t, config)
		k.saves("october.csv", october...) // 960.00, 480.00 and 694.75
		k.pays(exitOpen, 2, "--concurrency", "1")
		k.ok(k.sim.Close())
		age(t, config.Store, ago)
		config.Keys = []simulator.Key{{Key: simulator.DefaultKey, Type: simulator.Production}}
		config.Speed = 500
		k.replaceProvider(config)
		k.ok(k.sim.Deposit(10_000_00), os.Remove(k.path("october.journal")))
		k.pays(exitDone, 1)
		k.wants(octoberPaid...)
		k.pays(exitDone, 0)
		k.agrees()
	}
}
