package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/publish"
	"flexybatch/journal"
)

// readEvents reads a stream of events, strictly.
func readEvents(t *testing.T, r io.Reader) (all []publish.Event) {
	t.Helper()
	for lines := bufio.NewScanner(r); lines.Scan(); {
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.DisallowUnknownFields()
		var e publish.Event
		if err := d.Decode(&e); err != nil {
			t.Fatalf("%v in %q", err, lines.Text())
		}
		all = append(all, e)
	}
	return all
}

// audit holds the events of a file against the journal: each change of a row
// once, those of a row in their order, all of them counted.
func (s *site) audit(file string) []publish.Event {
	s.t.Helper()
	f, err := os.Open(file)
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	told := readEvents(s.t, f)
	by := map[batch.Ref][]publish.Event{}
	for i, e := range told {
		if e.Seq != i+1 {
			s.t.Fatalf("line %d is event %d", i+1, e.Seq)
		}
		e.Seq = 0
		by[e.Ref] = append(by[e.Ref], e)
	}
	n := 0
	err = batch.ReadChanges(journal.Disk{}, filepath.Join(s.dir, "payroll.journal"), func(c batch.Change) {
		n++
		want := *publish.EventOf("payroll", c)
		if got := by[want.Ref]; len(got) == 0 || got[0] != want {
			s.t.Fatalf("the journal tells %+v, the events %+v", want, got)
		}
		by[want.Ref] = by[want.Ref][1:]
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if n != len(told) || n == 0 {
		s.t.Errorf("%d events, and %d changes in the journal", len(told), n)
	}
	return told
}

// The file of events is the batch's whole story, however often the run is
// killed, and the last line broken off.
func TestEventsAfterKills(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Faults: badDay, Seed: 5, Latency: time.Millisecond}, 200)
	file := filepath.Join(s.dir, "events")
	for i, at := range []int64{30, 80, 150} {
		s.notify.Store(s.sends.Load() + at/3)
		cmd, _, _ := s.command(append([]string{"run", "--yes", "--events", file, s.file}, quick...)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-s.at
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		told, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if i == 1 { // as if a power loss had taken the last ones
			if err := os.WriteFile(file, told[:len(told)*2/3], 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd, _, _ := s.command(append([]string{"run", "--yes", s.file}, append(quick, "--wait", "0s")...)...)
	_ = cmd.Run() // without --events, to whatever end: the next run tells of it
	s.untilDone("--events", file)
	s.reconcile()
	told := s.audit(file)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	last := map[batch.Ref]publish.Event{}
	for _, e := range told {
		if before, ok := last[e.Ref]; ok && before.To != e.From || !ok && e.From != "unsent" || e.From == e.To {
			t.Fatalf("%+v after %+v", e, before)
		}
		last[e.Ref] = e
	}
	refunds := 0
	for _, row := range s.reconcile() {
		e := last[row.Ref]
		if e.To != row.State || e.Row != row.Row || e.Phone != row.Phone || e.Amount != row.Amount || e.TopupID != row.TopupID || e.Charged != row.Charged || e.Refunded != row.Refunded || e.ID != row.ID {
			t.Errorf("the last event of a row is %+v, the report has %+v", e, row)
		}
		if e.To == "refunded" {
			refunds++
			if e.Message == "" || e.Code != "REFUNDED" {
				t.Errorf("nothing says why: %+v", e)
			}
		}
	}
	if refunds == 0 {
		t.Error("this bad day had no refund")
	}
	// Once more: there is nothing to tell.
	s.untilDone("--events", file)
	if again := s.audit(file); len(again) != len(told) {
		t.Errorf("%d events after a run that did nothing, %d before", len(again), len(told))
	}
}

// settle tells too.
func TestEventsOfSettle(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Speed: 20}, 20)
	file := filepath.Join(s.dir, "events")
	s.run(exitOpen, "--wait", "0s", "--events", file)
	if n := len(s.audit(file)); n != 40 {
		t.Errorf("%d events of 20 rows that were sent", n)
	}
	s.json(exitDone, append([]string{"settle", "--json", "--events", file, s.file}, quick[:4]...)...)
	if told := s.audit(file); told[len(told)-1].By != "look" || told[len(told)-1].To != "fulfilled" {
		t.Errorf("the last one is %+v", told[len(told)-1])
	}
}

// On stdout there is what this run does, and nothing else.
func TestEventsOnStdout(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 30)
	cmd, out, errs := s.command(append([]string{"run", "--yes", "--events", "-", s.file}, quick...)...)
	if code := exitCode(t, cmd.Run()); code != exitDone || !strings.Contains(errs.String(), "30 fulfilled") {
		t.Fatalf("exit %d\n%s", code, errs)
	}
	if told := readEvents(t, out); len(told) < 90 || told[0].Seq != 1 || told[len(told)-1].Seq != len(told) {
		t.Errorf("%d events: %+v", len(told), told)
	}
	_, words := s.json(exitUsage, "run", "--yes", "--json", "--events", "-", s.file)
	if !strings.Contains(words, "both want stdout") {
		t.Errorf("it said %q", words)
	}
}

// The reader goes away: the batch goes on, and that is told once.
func TestEventsWithoutReader(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Latency: 2 * time.Millisecond}, 300)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd, _, errs := s.command(append([]string{"run", "--yes", "--events", "-", s.file}, quick...)...)
	cmd.Stdout = write
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	if _, err := bufio.NewReader(read).ReadBytes('\n'); err != nil {
		t.Error(err)
	}
	read.Close() // as `| head -1` does
	if code := exitCode(t, cmd.Wait()); code != exitDone || strings.Count(errs.String(), "--events ends here") != 1 {
		t.Errorf("exit %d\n%s", code, errs)
	}
	s.reconcile()
}

// A file that is something else is left alone, and nothing is sent.
func TestEventsElsewhere(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 5)
	for _, to := range []string{s.file, filepath.Join(s.dir, "no", "folder")} {
		before, _ := os.ReadFile(s.file)
		code := exitNothing
		if to == s.file {
			code = exitUsage
		}
		_, words := s.run(code, "--events", to)
		if after, _ := os.ReadFile(s.file); !strings.Contains(words, "--events") || !bytes.Equal(before, after) {
			t.Errorf("--events %s: it said %q", to, words)
		}
	}
	file := filepath.Join(s.dir, "events")
	s.run(exitDone, "--events", file)
	before := s.audit(file)
	if _, words := s.run(exitNothing, "--batch", "other", "--events", file); !strings.Contains(words, `the events of batch "payroll"`) {
		t.Errorf("it said %q", words)
	}
	if after := s.audit(file); len(after) != len(before) || len(s.sim.Orders()) != 5 {
		t.Errorf("%d events, %d orders", len(after), len(s.sim.Orders()))
	}
}
