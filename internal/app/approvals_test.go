package app_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"os"
	"strings"
	"testing"

	"flexybatch/batch/approval"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
)

// signers are people with keys, whose approvals count.
func (s *site) signers(names ...string) (list []app.Signer) {
	s.t.Helper()
	var approvers strings.Builder
	for _, name := range names {
		private, of, err := approval.NewPrivateKey(name, nil)
		if err != nil {
			s.t.Fatal(err)
		}
		key, err := approval.ParsePrivateKey(private, nil)
		if err != nil {
			s.t.Fatal(err)
		}
		approvers.WriteString(of.String() + "\n")
		list = append(list, app.Signer{Name: name, Public: of.Key, Open: func(context.Context) (ed25519.PrivateKey, error) { return key, nil }})
	}
	s.put(s.path("approvers"), approvers.String())
	return list
}

// prepare writes the approval request.
func (s *site) prepare() *app.Prepared {
	s.t.Helper()
	p, err := s.job.Prepare(s.t.Context(), s.options())
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// approve lets somebody approve what was prepared.
func (s *site) approve(p *app.Prepared, by app.Signer) {
	s.t.Helper()
	if _, err := s.job.Approve(s.t.Context(), app.ApproveOptions{Request: p.Path, Digest: p.Request.Digest, Signer: by, Yes: true}); err != nil {
		s.t.Fatal(err)
	}
}

// approved are the options of a run that needs two approvals.
func (s *site) approved(p *app.Prepared) func(*app.RunOptions) {
	return func(o *app.RunOptions) {
		o.Approvals = app.Approvals{Requests: []string{p.Path}, Required: 2, Approvers: s.path("approvers")}
	}
}

// What two people have approved is sent, and nothing else; what was begun so goes on
// so.
func TestApproved(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 3)
	who := s.signers("Amel", "Nadia")
	p := s.prepare()
	if p.Outcome() != app.Done || p.Approvals != 0 || len(p.Request.Request.Rows) != 3 {
		t.Errorf("%+v", p)
	}
	s.approve(p, who[0])
	if again := s.prepare(); again.Approvals != 1 || again.Request.Digest != p.Request.Digest {
		t.Errorf("%+v", again)
	}
	var few *app.TooFewApprovals
	if err := s.refused(s.approved(p)); !errors.As(err, &few) || len(few.Counted) != 1 || few.Required != 2 {
		t.Error(err)
	}
	s.approve(p, who[1])
	content, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	s.put(s.file, strings.Replace(string(content), "102", "103", 1))
	if err := s.refused(s.approved(p)); !is(err, &app.StaleApproval{}) {
		t.Errorf("%T: %v", err, err)
	}
	s.put(s.file, string(content))
	s.run(app.Open, s.approved(p), func(o *app.RunOptions) { o.Pace.PhoneGap, o.Canary, o.Yes, o.Pace.Wait = 0, 1, true, app.None })
	if err := s.refused(); !is(err, &app.BegunApproved{}) {
		t.Errorf("%T: %v", err, err)
	}
	if err := s.refused(s.approved(p), func(o *app.RunOptions) { o.Approvals.Required = 1 }); !is(err, &app.FewerApprovals{}) {
		t.Errorf("%T: %v", err, err)
	}
	s.run(app.Done, s.approved(p))
	s.once(3)
}

// An approval is for what was shown, is asked for, and is given once by each key.
func TestApprove(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Keys: []simulator.Key{{Key: simulator.DefaultKey, Type: simulator.Production}}}, 3)
	who := s.signers("Amel")[0]
	p := s.prepare()
	options := app.ApproveOptions{Request: p.Path, Digest: p.Request.Digest, Signer: who}
	if _, err := s.job.Approve(t.Context(), options); !is(err, &app.NobodyToAsk{}) {
		t.Error(err)
	}
	asked := &person{answers: []app.Answer{{Yes: true, Text: "yes"}}}
	s.job.Confirm = asked
	if _, err := s.job.Approve(t.Context(), options); !is(err, &app.NotConfirmed{}) {
		t.Error(err)
	}
	if q := asked.asked[0]; q.About != app.AboutRequest || q.Rows != 3 || q.As != "Amel" || !q.WantsNumber() {
		t.Errorf("%+v", q)
	}
	if a, err := s.job.Approve(t.Context(), options); err != nil || a.Before || !a.Key.Equal(who.Public) {
		t.Errorf("%+v, %v", a, err)
	}
	if a, err := s.job.Approve(t.Context(), options); err != nil || !a.Before {
		t.Errorf("%+v, %v", a, err)
	}
	options.Digest = "of another"
	if _, err := s.job.Approve(t.Context(), options); !is(err, &app.RequestReplaced{}) {
		t.Error(err)
	}
}

// While somebody is asked, the request is replaced: what was not seen is not approved.
func TestReplacedWhileAsked(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 3)
	who := s.signers("Amel")[0]
	p := s.prepare()
	open := who.Open
	who.Open = func(ctx context.Context) (ed25519.PrivateKey, error) {
		if err := os.Remove(p.Path); err != nil {
			t.Error(err)
		}
		s.write("payroll.csv", "x,0660000009,PREPAID_MOBILIS,3999")
		s.prepare()
		return open(ctx)
	}
	_, err := s.job.Approve(t.Context(), app.ApproveOptions{Request: p.Path, Digest: p.Request.Digest, Signer: who, Yes: true})
	if !is(err, &app.RequestReplaced{}) {
		t.Errorf("%T: %v", err, err)
	}
	if now, err := app.ReadRequest(p.Path); err != nil || len(now.Approvals) != 0 {
		t.Errorf("%+v, %v", now, err)
	}
}
