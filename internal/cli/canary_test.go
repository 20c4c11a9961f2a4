package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"flexybatch/batch/oneclick/simulator"
)

// The canary follows from the plan: what has become of rows has no part in it.
func TestCanaryStays(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Faults: badDay, Seed: 9, Latency: time.Millisecond}, 60)
	for range 3 { // killed in the middle of the canary, and run again
		s.notify.Store(s.sends.Load() + 2)
		cmd, _, _ := s.command(append([]string{"run", "--yes", "--canary", "12", "--concurrency", "1", s.file}, quick...)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-s.at
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
	}
	first := map[string]bool{}
	for i := range 12 {
		first[string(refByID("payroll", fmt.Sprintf("E%05d", i)))] = true
	}
	for _, o := range s.sim.Orders() {
		if !first[o.Ref] {
			t.Errorf("%+v was sent before the canary had come to its end", o)
		}
	}
	// Lost sends are told from others by a check; then the canary is whole.
	for range 5 {
		cmd, out, errs := s.command(append([]string{"run", "--yes", "--canary", "12", s.file}, quick...)...)
		if code := exitCode(t, cmd.Run()); code == exitNothing || code == exitUsage || code == exitInternal {
			t.Fatalf("exit %d\n%s%s", code, out, errs)
		}
	}
	s.untilDone()
	s.reconcile()
}

// A canary that came to a bad end is not followed by another, however often the
// command is run again.
func TestCanaryHoldsTheRest(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 0)
	head := "phone,plan,amount\n"
	s.write("payroll.csv", head+"0600000001,PREPAID_MOBILIS,100\n0660000002,PREPAID_MOBILIS,100\n0660000003,PREPAID_MOBILIS,100\n")
	for i := range 3 {
		sum, words := s.run(exitOpen, "--canary", "2")
		if sum.Rows.Refunded != 1 || sum.Rows.Fulfilled != 1 || sum.Rows.Unsent != 1 || len(s.sim.Orders()) != 2 || !strings.Contains(words, "The rest is not sent") || !strings.Contains(words, "row 2: 0600000001 PREPAID_MOBILIS 100, refunded (REFUNDED: ") {
			t.Errorf("run %d: %+v %s", i+1, sum, words)
		}
	}
	if sum, _ := s.run(exitProblems); sum.SentNow != 1 || sum.Rows.Fulfilled != 2 {
		t.Errorf("without --canary: %+v", sum)
	}
	s.reconcile()
}

// A row that the provider refuses for what it asks holds back nothing, as long
// as others go well.
func TestCanaryWithRefusedRow(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 0)
	s.write("payroll.csv", "phone,plan,amount\n0660000001,PREPAID_DJEZZY,100\n0660000002,PREPAID_MOBILIS,100\n0660000003,PREPAID_MOBILIS,100\n0660000004,PREPAID_MOBILIS,100\n")
	if sum, words := s.run(exitOpen, "--any-operator", "--canary", "1"); sum.Rows.Rejected != 1 || sum.SentNow != 0 || !strings.Contains(words, "The rest is not sent") {
		t.Errorf("a canary of nothing but refused rows: %+v %s", sum, words)
	}
	if sum, words := s.run(exitProblems, "--any-operator", "--canary", "2"); sum.Rows.Rejected != 1 || sum.Rows.Fulfilled != 3 {
		t.Errorf("%+v %s", sum, words)
	}
	s.reconcile()
}

// An outcome that is still open holds the rest back too.
func TestCanaryStillOpen(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Speed: 10}, 20)
	sum, words := s.run(exitOpen, "--canary", "2", "--wait", "0s")
	if sum.Rows.Pending != 2 || sum.Rows.Unsent != 18 || !strings.Contains(words, "The rest is not sent") {
		t.Errorf("%+v %s", sum, words)
	}
	if sum, _ := s.run(exitDone, "--canary", "2"); sum.SentNow != 18 || sum.Rows.Fulfilled != 20 {
		t.Errorf("when it has settled: %+v", sum)
	}
	s.reconcile()
}
