package app_test

import (
	"errors"
	"os"
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

// passkeyOf registers a passkey for a name among those whose approval counts.
func (s *site) passkeyOf(name string) (*approvaltest.Authenticator, approval.Approver) {
	s.t.Helper()
	p := approvaltest.New(s.t, approvaltest.ES256)
	who := p.Approver(s.t, name)
	if err := app.AddApprover(s.path("approvers"), who); err != nil {
		s.t.Fatal(err)
	}
	return p, who
}

// signs lets somebody sign a request with a passkey, some time ago.
func (s *site) signs(p *app.Prepared, with *approvaltest.Authenticator, who approval.Approver, ago time.Duration) error {
	s.t.Helper()
	at := time.Now().Add(-ago).UTC().Truncate(time.Second)
	as, signature := with.Assert(s.t, approval.Challenge(p.Request.Digest, who.Name, at))
	return s.job.ApproveWithPasskey(s.t.Context(), p.Path, p.Request.Digest, approval.Approval{Approver: who.Name, At: at, Key: who.Key, Signature: signature, Passkey: &as})
}

// A run that needs two approvals takes one by passkey and one by key file. Its books
// hold all that verifies both.
func TestRunApprovedByPasskey(t *testing.T) {
	s := newSite(t, simulator.Config{}, 5)
	passkey, amel := s.passkeyOf("Amel")
	nadia := s.signers("Nadia")[0]
	if err := app.AddApprover(s.path("approvers"), amel); err != nil { // signers wrote the file anew
		t.Fatal(err)
	}
	p := s.prepare()
	s.approve(p, nadia)
	if err := s.refused(s.approved(p)); !errors.As(err, new(*app.TooFewApprovals)) {
		t.Fatalf("with one approval: %v", err)
	}
	if err := s.signs(p, passkey, amel, 0); err != nil {
		t.Fatal(err)
	}
	if err := s.signs(p, passkey, amel, 0); !errors.Is(err, approval.ErrTwice) {
		t.Errorf("signed again: %v", err)
	}
	s.run(app.Done, s.approved(p))
	l, _, err := batch.ReadLedger(journal.Disk{}, s.path("payroll.journal"))
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	for _, n := range l.Notes() {
		if n.Approval == nil {
			continue
		}
		if _, err := approval.OfRecord(n.Approval); err != nil {
			t.Errorf("%s: %v", n.Approval.Approver, err)
		}
		held++
	}
	if held != 2 || len(s.sim.Orders()) != 5 {
		t.Errorf("%d approvals are in the books, %d orders", held, len(s.sim.Orders()))
	}
}

// Whoever prepared a batch cannot be the one who approves it, wherever the approval
// was added: that is decided where the sending is.
func TestMakerDoesNotSendAlone(t *testing.T) {
	s := newSite(t, simulator.Config{}, 3)
	passkey, amel := s.passkeyOf("Amel Bénali")
	o := s.options()
	o.Maker = "amel benali"
	p, err := s.job.Prepare(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.signs(p, passkey, amel, 0); !errors.Is(err, approval.ErrMaker) {
		t.Errorf("the maker signs: %v", err)
	}
	f := p.Request // by a program that does not ask
	at := time.Now().UTC().Truncate(time.Second)
	as, signature := passkey.Assert(t, approval.Challenge(f.Digest, amel.Name, at))
	f.Approvals = append(f.Approvals, approval.Approval{Approver: amel.Name, At: at, Key: amel.Key, Signature: signature, Passkey: &as})
	var text strings.Builder
	if err := f.Encode(&text); err != nil {
		t.Fatal(err)
	}
	s.put(p.Path, text.String())
	few, ok := errors.AsType[*app.TooFewApprovals](s.refused(func(o *app.RunOptions) {
		o.Approvals = app.Approvals{Requests: []string{p.Path}, Approvers: s.path("approvers")}
	}))
	if !ok || len(few.Not) != 1 || len(s.sim.Orders()) != 0 {
		t.Errorf("%v, %d orders", few, len(s.sim.Orders()))
	}
}

// What was signed too long ago, for another request or in the future is not added.
func TestPasskeySignsWhatWasShown(t *testing.T) {
	s := newSite(t, simulator.Config{}, 3)
	passkey, amel := s.passkeyOf("Amel")
	p := s.prepare()
	for _, ago := range []time.Duration{time.Hour, -time.Hour} {
		if err := s.signs(p, passkey, amel, ago); !errors.As(err, new(*app.SignedLate)) {
			t.Errorf("signed %v ago: %v", ago, err)
		}
	}
	other := *p
	request := *p.Request.Request
	request.Batch = "november"
	f, err := approval.NewFile(&request)
	if err != nil {
		t.Fatal(err)
	}
	other.Request = f
	if err := s.signs(&other, passkey, amel, 0); !errors.As(err, new(*app.RequestReplaced)) {
		t.Errorf("another request: %v", err)
	}
}

// A request is signed on another machine and brought back.
func TestApprovalsTravel(t *testing.T) {
	s, far := newSite(t, simulator.Config{}, 3), newSite(t, simulator.Config{}, 1)
	p := s.prepare()
	passkey, amel := far.passkeyOf("Amel")
	there := far.path("of another.plan.json")
	if err := far.job.KeepRequest(t.Context(), there, p.Request); err != nil {
		t.Fatal(err)
	}
	if err := far.signs(&app.Prepared{Path: there, Request: p.Request}, passkey, amel, 0); err != nil {
		t.Fatal(err)
	}
	signed, err := app.ReadRequest(there)
	if err != nil {
		t.Fatal(err)
	}
	if err := far.job.KeepRequest(t.Context(), there, p.Request); err != nil { // dropped once more
		t.Fatal(err)
	}
	for _, want := range []int{1, 0} {
		if n, err := s.job.TakeApprovals(t.Context(), p.Path, signed); n != want || err != nil {
			t.Errorf("%d approvals were added, want %d: %v", n, want, err)
		}
	}
	if f, err := app.ReadRequest(there); err != nil || len(f.Approvals) != 1 {
		t.Errorf("%v: %v", f, err)
	}
	other := far.prepare()
	if _, err := s.job.TakeApprovals(t.Context(), p.Path, other.Request); err == nil {
		t.Error("the approvals of another request were added")
	}
}

func TestAddApprover(t *testing.T) {
	s := newSite(t, simulator.Config{}, 1)
	path := s.path("approvers")
	if list, err := app.Approvers(path); list != nil || err != nil {
		t.Errorf("%v, %v", list, err)
	}
	_, amel := s.passkeyOf("Amel")
	if err := app.AddApprover(path, approval.Approver{Name: "Other", Key: amel.Key}); !errors.As(err, new(*app.ApproverKnown)) {
		t.Errorf("the same key under another name: %v", err)
	}
	if err := os.WriteFile(path, []byte("# the office\n"+amel.String()), 0o600); err != nil { // no line break behind it
		t.Fatal(err)
	}
	s.passkeyOf("Nadia")
	list, err := app.Approvers(path)
	if err != nil || len(list) != 2 || list[0].Name != "Amel" || list[1].Name != "Nadia" {
		t.Errorf("%v, %v", list, err)
	}
	if err := app.AddApprover(path, approval.Approver{Name: "..."}); err == nil {
		t.Error("somebody without a name approves")
	}
}
