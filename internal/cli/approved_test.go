package cli

import (
	"context"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/batch/approval"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
	"flexybatch/journal"
)

// approve prepares the site's batch and has it approved by these people. It returns
// the flags with which it may be sent.
func (s *site) approve(names ...string) []string {
	s.t.Helper()
	plan := filepath.Join(s.dir, "payroll.plan.json")
	do := func(args ...string) {
		s.t.Helper()
		if cmd, out, errs := s.command(args...); exitCode(s.t, cmd.Run()) != exitDone {
			s.t.Fatalf("%v: %s%s", args, out, errs)
		}
	}
	do("run", "--prepare", s.file)
	var approvers []byte
	for _, name := range names {
		key := filepath.Join(s.dir, name+".key")
		if _, err := os.Stat(key); err != nil {
			do("keygen", "--name", name, "--out", key)
		}
		do("approve", "--yes", "--signing-key", key, plan)
		line, err := os.ReadFile(key + ".pub")
		if err != nil {
			s.t.Fatal(err)
		}
		approvers = append(approvers, line...)
	}
	list := filepath.Join(s.dir, "approvers")
	if err := os.WriteFile(list, approvers, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return []string{"--approved", plan, "--approvers", list, "--require-approvals", "2"}
}

// An approved batch that is killed goes on with its approvals, and tells each of
// them once, in the books and in the report.
func TestApprovedKilledAndResumed(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Faults: badDay, Seed: 5, Latency: time.Millisecond}, 120)
	flags := s.approve("Amel", "Nadia")
	for _, at := range []int64{1, 30, 60} {
		s.notify.Store(s.sends.Load() + 1 + at/8)
		cmd, _, _ := s.command(append(append([]string{"run", "--yes", s.file}, quick...), flags...)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-s.at
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
	}
	s.quiet()
	before := s.sends.Load()
	if _, words := s.json(exitNothing, append([]string{"run", "--yes", "--json", s.file}, quick...)...); !strings.Contains(words, "begun with approvals") {
		t.Error(words)
	}
	if got := s.sends.Load(); got != before {
		t.Errorf("%d sends went out without approvals", got-before)
	}
	s.untilDone(flags...)
	s.reconcile()

	l, _, err := batch.ReadLedger(journal.Disk{}, filepath.Join(s.dir, "payroll.journal"))
	if err != nil {
		t.Fatal(err)
	}
	noted := map[string]int{}
	for i, n := range l.Notes() {
		if n.Approval != nil {
			noted[n.Approval.Approver]++
			if i > 1 {
				t.Errorf("note %d is an approval, after the first session began", i)
			}
		}
	}
	if noted["Amel"] != 1 || noted["Nadia"] != 1 || len(noted) != 2 {
		t.Errorf("noted: %v", noted)
	}
	book, err := excelize.OpenFile(filepath.Join(s.dir, "payroll.results.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows("Journal")
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, r := range rows {
		told = append(told, strings.Join(r, " "))
	}
	if sheet := strings.Join(told, "\n"); !strings.Contains(sheet, "Amel approved the request") || !strings.Contains(sheet, "Nadia approved the request") {
		t.Errorf("the report says:\n%s", sheet)
	}
}

// What is sent whole and only waited for needs no approval again: nothing can go
// out any more.
func TestApprovedAndPending(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Speed: 1}, 3)
	flags := append(s.approve("Amel", "Nadia"), "--wait", "0")
	if sum, _ := s.run(exitOpen, flags...); sum.Rows.Pending != 3 {
		t.Fatalf("%+v", sum)
	}
	if sum, _ := s.run(exitOpen, "--wait", "0"); sum.SentNow != 0 || sum.Rows.Pending != 3 {
		t.Errorf("%+v", sum)
	}
}

// An auditor who has the journal alone can check who approved what was sent: the
// request that was signed follows from it, byte for byte.
func TestApprovalsFollowFromTheJournal(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 20)
	s.run(exitDone, s.approve("Amel", "Nadia")...)
	l, _, err := batch.ReadLedger(journal.Disk{}, filepath.Join(s.dir, "payroll.journal"))
	if err != nil {
		t.Fatal(err)
	}
	b := l.Batch()
	p, err := approval.NewRequest(approval.Request{Batch: b.Name, File: b.File, SHA256: b.SHA256, Sheet: b.Sheet, Account: approval.Account{Host: b.Account.Host, Username: b.Account.Username, Type: b.Account.Type}}, batch.NameColumns(b.Header), l.Rows(), b.Catalogue)
	if err != nil {
		t.Fatal(err)
	}
	f, err := approval.NewFile(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range l.Notes() {
		if n.Approval == nil {
			continue
		}
		a, err := approval.ParseApprover(n.Approval.Key)
		if err != nil {
			t.Fatal(err)
		}
		if n.Approval.Digest != f.Digest || !f.Signed(approval.Approval{Approver: n.Approval.Approver, At: n.Approval.At, Key: a.Key, Signature: n.Approval.Signature}) {
			t.Errorf("the approval of %s does not follow: %+v", n.Approval.Approver, n.Approval)
		}
		f.Approvals = append(f.Approvals, approval.Approval{})
	}
	if len(f.Approvals) != 2 {
		t.Errorf("%d approvals in the journal", len(f.Approvals))
	}
}

// A crash between the approvals and the rows they are for leaves a batch that still
// needs them.
func TestApprovedAndNotBegun(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 3)
	flags := s.approve("Amel", "Nadia")
	books, err := batch.OpenBooks(journal.Disk{}, filepath.Join(s.dir, "payroll.journal"))
	if err != nil {
		t.Fatal(err)
	}
	err = books.Note(batch.NoteRecord{What: batch.NoteApproved, Approval: &batch.ApprovalRecord{Digest: "of another", Required: 2, Approver: "Amel", Key: "k"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := books.Close(); err != nil {
		t.Fatal(err)
	}
	if _, words := s.run(exitNothing); !strings.Contains(words, "begun with approvals") {
		t.Error(words)
	}
	if sum, _ := s.run(exitDone, flags...); sum.Rows.Fulfilled != 3 {
		t.Errorf("%+v", sum)
	}
}

// While somebody is asked, the request is replaced: the approval is not for what he
// did not see.
func TestRequestReplacedWhileAsked(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 3)
	s.approve("Amel")
	path := filepath.Join(s.dir, "payroll.plan.json")
	shown, err := app.ReadRequest(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	s.write("payroll.csv", "phone,plan,amount\n0660000009,PREPAID_MOBILIS,3999\n")
	s.approve("Nadia")
	d := newDesk(t)
	a := &approveOptions{machine: d.machine(), signingKey: filepath.Join(s.dir, "Amel.key")}
	who, err := a.signer()
	if err != nil {
		t.Fatal(err)
	}
	var job app.App
	_, err = job.Approve(t.Context(), app.ApproveOptions{Request: path, Digest: shown.Digest, Yes: true, Signer: app.Signer{
		Name: who.name, Public: who.public, Open: func(ctx context.Context) (ed25519.PrivateKey, error) { return a.open(ctx, who) },
	}})
	if err == nil || !strings.Contains(err.Error(), "while you were asked") {
		t.Error(err)
	}
	if now, err := app.ReadRequest(path); err != nil || len(now.Approvals) != 1 {
		t.Errorf("%+v, %v", now, err)
	}
}
