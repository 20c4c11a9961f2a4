package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/approval"
	"flexybatch/batch/approval/approvaltest"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
	"flexybatch/journal"
)

// signWithPasskey lets somebody sign the prepared request with a passkey, as the
// console does, and adds the passkey to those whose approval counts.
func (s *site) signWithPasskey(name string) {
	s.t.Helper()
	p := approvaltest.New(s.t, approvaltest.ES256)
	who := p.Approver(s.t, name)
	if err := app.AddApprover(filepath.Join(s.dir, "approvers"), who); err != nil {
		s.t.Fatal(err)
	}
	path := filepath.Join(s.dir, "payroll.plan.json")
	f, err := app.ReadRequest(path)
	if err != nil {
		s.t.Fatal(err)
	}
	at := time.Now().UTC().Truncate(time.Second)
	as, signature := p.Assert(s.t, approval.Challenge(f.Digest, name, at))
	by := approval.Approval{Approver: name, At: at, Key: who.Key, Signature: signature, Passkey: &as}
	if err := new(app.App).ApproveWithPasskey(s.t.Context(), path, f.Digest, by); err != nil {
		s.t.Fatal(err)
	}
}

// verify runs journal verify and wants an exit code.
func (s *site) verify(want int, file string) (words string) {
	s.t.Helper()
	cmd, out, errs := s.command("journal", "verify", file)
	if got := exitCode(s.t, cmd.Run()); got != want {
		s.t.Fatalf("journal verify: exit code %d, want %d\n%s%s", got, want, out, errs)
	}
	return out.String() + errs.String()
}

// A batch that was approved by passkey and by key file is sent, and an auditor who has
// the journal alone verifies both signatures, with nothing else running.
func TestPasskeyIsVerifiedFromTheJournal(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 4)
	flags := s.approve("Nadia")
	s.signWithPasskey("Amel")
	cmd, out, errs := s.command("approve", "--show", filepath.Join(s.dir, "payroll.plan.json"))
	if exitCode(t, cmd.Run()) != exitDone || !strings.Contains(out.String(), "signed by Amel on ") || !strings.Contains(out.String(), "with the passkey SHA256:") {
		t.Errorf("approve --show: %s%s", out, errs)
	}
	s.run(exitDone, flags...)

	b, err := os.ReadFile(filepath.Join(s.dir, "payroll.journal"))
	if err != nil {
		t.Fatal(err)
	}
	alone := filepath.Join(t.TempDir(), "archived.journal")
	if err := os.WriteFile(alone, b, 0o600); err != nil {
		t.Fatal(err)
	}
	words := s.verify(exitDone, alone)
	for _, want := range []string{"Nadia approved the request", "the signature of the key SHA256:", "Amel approved the request", "the signature of the passkey SHA256:"} {
		if !strings.Contains(words, want) {
			t.Errorf("journal verify does not say %q:\n%s", want, words)
		}
	}
}

// The auditor's guide verifies a passkey's approval with openssl.
func TestPasskeyIsVerifiedByHand(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("openssl"); err != nil || runtime.GOOS == "windows" {
		t.Skip("the document's commands are those of sh and openssl")
	}
	commands := guide(t)
	byHand := commands[len(commands)-1]
	s := newSite(t, simulator.Config{}, 2)
	flags := s.approve("Nadia")
	s.signWithPasskey("Amel")
	s.run(exitDone, flags...)
	out, code := command(t, s.dir, "sh", "-eu", "-c", byHand)
	said := strings.Split(strings.TrimSpace(out), "\n")
	if code != 0 || len(said) != 3 || !strings.Contains(said[1], `"challenge":"`+said[0]+`"`) || said[2] != "Verified OK" {
		t.Errorf("%d: %s", code, out)
	}
	path := filepath.Join(s.dir, "payroll.journal")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(b), `"approver":"Amel"`, `"approver":"Aziz"`)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ = command(t, s.dir, "sh", "-eu", "-c", byHand)
	if said := strings.Split(out, "\n"); strings.Contains(said[1], said[0]) {
		t.Errorf("under another name it is verified too: %s", out)
	}
}

// A journal whose lines are whole, and which tells of an approval that nobody gave, is
// not verified.
func TestForgedApprovalInTheJournal(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 2)
	s.run(exitDone, s.approve("Nadia", "Amel")...)
	path := filepath.Join(s.dir, "payroll.journal")
	books, err := batch.OpenBooks(journal.Disk{}, path)
	if err != nil {
		t.Fatal(err)
	}
	forged := *books.Notes()[0].Approval
	forged.Approver = "Kamel"
	if err := books.Note(batch.NoteRecord{What: batch.NoteApproved, Approval: &forged}); err != nil {
		t.Fatal(err)
	}
	if err := books.Close(); err != nil {
		t.Fatal(err)
	}
	if words := s.verify(exitNothing, path); !strings.Contains(words, "the approval of Kamel does not hold") {
		t.Error(words)
	}
}
