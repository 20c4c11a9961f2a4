package simulator_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"flexybatch/batch/oneclick/simulator"
)

func TestStoreSurvivesItsProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "october.simulator")
	config := simulator.Config{Store: path, Balance: 100_000, Faults: map[simulator.Fault]float64{simulator.FaultRefunded: 0.3, simulator.FaultUnknownError: 0.3}}
	synctest.Test(t, func(t *testing.T) {
		first := open(t, config)
		for i := range 20 {
			if got := deliver(first, order("PREPAID_DJEZZY", "0770000003", 100+i, fmt.Sprint("ref-", i))); i < 8 && got != 200 {
				t.Fatalf("status %d", got)
			}
			time.Sleep(time.Second)
		}
		if err := first.Deposit(500_000); err != nil {
			t.Fatal(err)
		}
		// Nobody closes it: the process was killed.
		second := open(t, config)
		for _, later := range []time.Duration{0, 7 * time.Second, time.Hour, 25 * time.Hour} {
			time.Sleep(later)
			if d := cmp.Diff(first.Orders(), second.Orders()); d != "" {
				t.Fatalf("orders after %s: %s", later, d)
			}
			if d := cmp.Diff(first.Transactions(), second.Transactions()); d != "" {
				t.Fatalf("statement after %s: %s", later, d)
			}
			if first.Balance() != second.Balance() {
				t.Fatalf("balance %d, then %d", first.Balance(), second.Balance())
			}
		}
		if got := deliver(second, order("PREPAID_DJEZZY", "0770000003", 100, "ref-0")); got != 403 {
			t.Errorf("a ref was taken twice: %d", got)
		}
		if got := deliver(second, order("PREPAID_DJEZZY", "0770000003", 100, "new")); got != 200 {
			t.Errorf("status %d", got)
		}
		third := open(t, config)
		if d := cmp.Diff(second.Orders(), third.Orders()); d != "" {
			t.Error(d)
		}
	})
}

// A kill may tear the last line anywhere: what was answered is whole before it.
func TestTornLineIsIgnored(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "whole")
	sim := open(t, simulator.Config{Store: path})
	for i := range 3 {
		deliver(sim, order("PREPAID_DJEZZY", "0770000003", 500, fmt.Sprint("ref-", i)))
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) + 1 {
		torn := filepath.Join(dir, "torn")
		if err := os.WriteFile(torn, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		lines := bytes.Count(whole[:cut], []byte("\n"))
		orders := max(0, lines-1) // the first line is the account's opening
		sim := open(t, simulator.Config{Store: torn})
		if got := len(sim.Orders()); got != orders || sim.Balance() != simulator.DefaultBalance-int64(orders)*49625 {
			t.Fatalf("cut at %d: %d orders, balance %d", cut, got, sim.Balance())
		}
		deliver(sim, order("PREPAID_DJEZZY", "0770000003", 500, "after"))
		again := open(t, simulator.Config{Store: torn})
		if d := cmp.Diff(sim.Orders(), again.Orders()); d != "" || len(again.Orders()) != orders+1 {
			t.Fatalf("cut at %d, written to and read again: %s", cut, d)
		}
	}
}

func TestBrokenStoreIsRefused(t *testing.T) {
	dir := t.TempDir()
	for i, content := range []string{"not JSON\n", "{\"at\":1}\nx\n{\"at\":2}\n", `{"at":1,"order":{"ref":"a","course":"no such course"}}` + "\n"} {
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if sim, err := simulator.New(simulator.Config{Store: path}); !errors.Is(err, simulator.ErrStore) || sim != nil {
			t.Errorf("%q: %v", content, err)
		}
		if left, _ := os.ReadFile(path); string(left) != content {
			t.Errorf("%q became %q", content, left)
		}
	}
	if _, err := simulator.New(simulator.Config{Store: dir}); !errors.Is(err, simulator.ErrStore) {
		t.Errorf("a folder: %v", err)
	}
}

// What cannot be kept is not accepted: it must not be answered with success.
func TestUnkeptOrderIsNotAccepted(t *testing.T) {
	a := start(t, simulator.Config{Store: filepath.Join(t.TempDir(), "store")})
	a.send("PREPAID_DJEZZY", "0770000003", 500, "a").want(t, 200, "")
	if err := a.sim.Close(); err != nil {
		t.Fatal(err)
	}
	a.send("PREPAID_DJEZZY", "0770000003", 500, "b").want(t, 500, "INTERNAL_SERVER_ERROR")
	if err := a.sim.Deposit(1); !errors.Is(err, simulator.ErrStore) {
		t.Error(err)
	}
	a.get("/v3/mobile/check-ref/b").want(t, 404, "NOT_FOUND")
	if a.sim.Balance() != simulator.DefaultBalance-49625 {
		t.Errorf("balance %d", a.sim.Balance())
	}
}

func TestEmptyAccountStaysEmpty(t *testing.T) {
	config := simulator.Config{Balance: simulator.Empty, Store: filepath.Join(t.TempDir(), "store")}
	open(t, config)
	config.Balance = 100 // of a new account; this one exists
	if b := open(t, config).Balance(); b != 0 {
		t.Errorf("balance %d", b)
	}
}
