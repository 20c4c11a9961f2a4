//go:build linux

package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/office"
	"flexybatch/internal/office/officetest"
	"flexybatch/journal"
)

// The tests of this file take an office's books back to what they were, and to and from
// files.

// moved lets the office go on in another database.
func (o *bureau) moved(database string) {
	o.t.Helper()
	o.books.Close()
	o.database = database
	o.env = append(o.env, databaseVariable+"="+database) // the last counts
	var err error
	if o.books, err = office.Connect(o.t.Context(), database); err != nil {
		o.t.Fatal(err)
	}
}

// The database is taken back to a state from the middle of a batch: what it has
// forgotten was paid. Each reference is looked up before it is sent.
func TestOfficeIsRestored(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		save func(o *bureau) (restore func())
	}{
		"from a dump": {save: func(o *bureau) func() {
			dump := o.server.Dump(o.t, o.database)
			return func() { o.moved(officetest.Start(o.t).Restore(o.t, dump)) } // another server, which the worker notices
		}},
		"from files": {save: func(o *bureau) func() {
			o.server.Stop()
			o.server.Save(o.t)
			if err := o.server.Begin(); err != nil {
				o.t.Fatal(err)
			}
			return func() {
				o.server.Stop()
				o.server.PutBack(o.t)
				if err := o.server.Begin(); err != nil {
					o.t.Fatal(err)
				}
				o.must("database", "restored") // which nothing in the files shows
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if *officeRounds == 1 && name != "from a dump" {
				t.Skip("give -office-rounds")
			}
			o := newBureau(t, 20*time.Millisecond)
			o.worker()
			o.write("october.csv", *officeRows)
			o.submitted()
			o.awaitSent(*officeRows / 4)
			restore := c.save(o)
			saved := len(o.sent())
			o.awaitSent(max(saved, *officeRows/4) + *officeRows/4)
			for name := range o.workers {
				o.end(name, syscall.SIGKILL)
			}
			restore()
			o.mu.Lock()
			before, orders := len(o.calls), len(o.sim.Orders())
			o.mu.Unlock()
			o.worker()
			o.awaitState("october", "done")
			looked, again := map[string]bool{}, 0
			for _, call := range o.calls[before:] {
				switch {
				case !call.sends:
					looked[call.ref] = true
				case !looked[call.ref]:
					t.Errorf("%s was sent without a look", call.ref)
				default:
					again++
				}
			}
			if want := *officeRows - orders; again < want || again > want+16 { // what is in flight may be counted or not
				t.Errorf("%d requests to send after the restore, want %d", again, want)
			}
			o.paidOnce("october", *officeRows)
		})
	}
}

// A batch that was begun from files goes on in an office, and its books are the same
// there, and in a file again.
func TestOfficeTakesFilesIn(t *testing.T) {
	t.Parallel()
	o := newBureau(t, 20*time.Millisecond)
	o.write("october.csv", *officeRows)
	cmd := exec.Command(binary, "run", "--yes", "--quiet", "--timeout", "1s", "--rate", "0", "--phone-gap", "0s", "--poll-interval", "100ms", "october.csv")
	cmd.Dir, cmd.Env = o.dir, append(slices.DeleteFunc(slices.Clone(o.env), func(v string) bool { return strings.HasPrefix(v, databaseVariable) }), "ONECLICKDZ_API_KEY=worker-50", "XDG_STATE_HOME="+o.dir)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait() }() // it is told to stop
	o.await("a third is sent", func() bool {
		select {
		case <-ended:
			t.Fatalf("it has ended:\n%s", said.String())
		default:
		}
		return len(o.sent()) >= *officeRows/3
	})
	_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	<-ended
	begun, err := os.ReadFile(filepath.Join(o.dir, "october.journal"))
	if err != nil {
		t.Fatal(err)
	}
	was := ledger(t, journal.Disk{}, filepath.Join(o.dir, "october.journal"))
	if n := was.Tally().Of(batch.Unsent); n == 0 || n == *officeRows {
		t.Fatalf("%d rows are unsent", n)
	}
	o.must("journal", "import", "october.csv")
	o.worker()
	o.must("resume", "october")
	o.awaitState("october", "done")
	out := filepath.Join(t.TempDir(), "october.journal")
	o.must("journal", "export", "october", "--out", out)
	if b, err := os.ReadFile(out); err != nil || !bytes.HasPrefix(b, begun) {
		t.Errorf("the exported journal does not begin with the imported one: %v", err)
	}
	a, err := o.books.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	inOffice, exported := ledger(t, o.books.Storage(a[0].ID), "october.journal"), ledger(t, journal.Disk{}, out)
	n := 0
	exported.Each(func(s *batch.RowStatus) bool {
		n++
		there, ok := inOffice.Row(s.Ref)
		if !ok || !sameRow(s, &there) {
			t.Errorf("row %d: %+v in the file, and %+v in the office", s.Number, s, there)
		}
		if before, ok := was.Row(s.Ref); !ok || before.State.Final() && !sameRow(s, &before) {
			t.Errorf("row %d: %+v now, and %+v before", s.Number, s, before)
		}
		return true
	})
	if n != *officeRows {
		t.Errorf("%d rows, want %d", n, *officeRows)
	}
	o.paidOnce("october", *officeRows)
}

// sameRow compares what books say of a row.
func sameRow(a, b *batch.RowStatus) bool {
	return a.Ref == b.Ref && a.Number == b.Number && a.Topup == b.Topup && a.State == b.State && a.Attempts == b.Attempts && a.TopupID == b.TopupID &&
		a.Charged == b.Charged && a.Refunded == b.Refunded && a.Sent().Equal(b.Sent()) && a.Tried().Equal(b.Tried()) && (a.Evidence == nil) == (b.Evidence == nil)
}

// ledger replays a journal.
func ledger(t *testing.T, from journal.FS, path string) *batch.Ledger {
	t.Helper()
	l, info, err := batch.ReadLedger(from, path)
	if err != nil || info.Torn != nil {
		t.Fatalf("%+v, %v", info, err)
	}
	return l
}
