package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"flexybatch/batch/oneclick/simulator"
)

// resend runs `flexybatch resend --json` and wants this exit code.
func (s *site) resend(want int, file string, more ...string) (sum resendSummary, words string) {
	s.t.Helper()
	cmd, out, errs := s.command(append([]string{"resend", "--json", file}, more...)...)
	if code := exitCode(s.t, cmd.Run()); code != want {
		s.t.Fatalf("resend %s %v: exit %d, want %d\n%s%s", file, more, code, want, out, errs)
	}
	if out.Len() > 0 {
		if err := json.Unmarshal(out.Bytes(), &sum); err != nil {
			s.t.Fatalf("%v in %s", err, out)
		}
	}
	return sum, errs.String()
}

// netPaid is how often each phone was topped up for good.
func (s *site) netPaid() map[string]int {
	paid := map[string]int{}
	for _, o := range s.sim.Orders() {
		if o.Refunded == 0 {
			paid[o.Phone]++
		}
	}
	return paid
}

// Rows that came back are paid in a batch of their own, each once, however often
// the file is run, and until none is left.
func TestResendUntilEverybodyIsPaid(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Faults: map[string]float64{"refunded": 0.4, "refuse": 0.05, "reset-after": 0.05}, Seed: 11}, 120)
	original := s.file
	s.untilDone()
	names := []string{}
	for file := original; ; {
		sum, _ := s.resend(exitDone, file)
		if sum.Rows == 0 {
			break
		}
		names = append(names, filepath.Base(sum.File))
		s.file, file = sum.File, sum.File
		s.untilDone()
		orders := len(s.sim.Orders())
		s.untilDone()
		if got := len(s.sim.Orders()); got != orders {
			t.Errorf("%d orders after the second run, %d before", got, orders)
		}
		s.reconciled(exitDone)
	}
	if len(names) < 2 || names[0] != "payroll-r1.xlsx" || names[1] != "payroll-r2.xlsx" {
		t.Errorf("files %q", names)
	}
	paid := s.netPaid()
	for phone, n := range paid {
		if n != 1 {
			t.Errorf("%s was paid %d times", phone, n)
		}
	}
	if len(paid) != 120 {
		t.Errorf("%d of 120 phones were paid", len(paid))
	}
	s.file = original
	s.reconciled(exitDone)
}

// Corrected rows are paid under the new name, once; what nobody is sure of is
// left out, and listed.
func TestResendCorrected(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 0)
	s.write("payroll.csv", "id,phone,plan,amount\n1,0600000001,PREPAID_MOBILIS,100\n2,066000002,PREPAID_MOBILIS,100\n"+
		"3,0600000003,PREPAID_MOBILIS,100\n4,0660000004,PREPAID_MOBILIS,100\n5,0660000004,PREPAID_MOBILIS,100\n")
	original := s.file
	s.run(exitOpen, "--wait", "2s")
	sum, _ := s.resend(exitOpen, original)
	if sum.Rows != 2 || len(sum.LeftOut) != 2 || sum.LeftOut[0].State != "unknown" || sum.LeftOut[1].State != "invalid" || sum.Resend != "payroll-r1" {
		t.Fatalf("%+v", sum)
	}
	// Written again, until it is run.
	s.resend(exitOpen, original)
	s.file = sum.File
	if got, _ := s.run(exitProblems); got.SentNow != 1 || got.Rows.Total != 2 || got.Rows.Refunded != 1 || got.Rows.Invalid != 1 {
		t.Errorf("%+v", got)
	}
	_, words := s.resend(exitNothing, original)
	if !strings.Contains(words, "already run") || !strings.Contains(words, "payroll-r1.xlsx") {
		t.Errorf("it said %q", words)
	}
	// Under another name only what came to its end since: nothing yet.
	extra := filepath.Join(s.dir, "extra.xlsx")
	if sum, _ := s.resend(exitOpen, original, "--out", extra); sum.Rows != 0 || len(sum.LeftOut) != 4 {
		t.Errorf("%+v", sum)
	}
	if _, err := os.Stat(extra); err == nil {
		t.Error("a file without a row was written")
	}
	if _, words := s.resend(exitUsage, original, "--out", filepath.Join(s.dir, "sub", "payroll.xlsx")); !strings.Contains(words, "none of them again") {
		t.Errorf("it said %q", words)
	}
	s.resend(exitUsage, original, "--out", "extra.csv")
	if got := s.netPaid(); got["0660000004"] != 1 {
		t.Errorf("paid %v", got)
	}
}

func TestRunCommand(t *testing.T) {
	got := runCommand(map[string]string{"map": "phone=Nom, prénom,plan=C", "fix-phones": "true", "plan": "auto", "sheet": "Mars"}, "Rows", "books", "pay roll-r1.xlsx")
	want := `flexybatch run --fix-phones --map "phone=Nom, prénom" --map plan=C --sheet Rows --plan auto --state books "pay roll-r1.xlsx"`
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if !slices.Equal(strings.Fields(runCommand(nil, "Rows", ".", "a.xlsx")), []string{"flexybatch", "run", "a.xlsx"}) {
		t.Error("more is said than needed")
	}
}
