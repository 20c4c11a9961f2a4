//go:build linux

package office

import (
	"crypto/ed25519"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flexybatch/batch/approval"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
)

// signers are people whose approval counts, and the file that says so.
func signers(t *testing.T, names ...string) (keys map[string]ed25519.PrivateKey, file string) {
	t.Helper()
	keys = map[string]ed25519.PrivateKey{}
	var lines strings.Builder
	for _, name := range names {
		private, of, err := approval.NewPrivateKey(name, nil)
		if err == nil {
			keys[name], err = approval.ParsePrivateKey(private, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		lines.WriteString(of.String() + "\n")
	}
	file = filepath.Join(t.TempDir(), "approvers")
	if err := os.WriteFile(file, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return keys, file
}

// request is the approval request for a file, approved by one person.
func (b *bureau) request(name string, content []byte, approver string, key ed25519.PrivateKey) []byte {
	b.t.Helper()
	folder := b.t.TempDir()
	file := filepath.Join(folder, name+".csv")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		b.t.Fatal(err)
	}
	job := app.App{Key: b.key}
	p, err := job.Prepare(b.t.Context(), app.RunOptions{Place: app.Place{File: file, State: folder}, Account: app.Account{BaseURL: b.base}, Recent: -1})
	if err == nil {
		err = p.Request.Approve(approver, key, time.Now())
	}
	var text strings.Builder
	if err == nil {
		err = p.Request.Encode(&text)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return []byte(text.String())
}

// Whoever had a hand in a file, in any of its versions, does not approve it.
func TestMakersDoNotApprove(t *testing.T) {
	b := newBureau(t, simulator.Config{})
	keys, approvers := signers(t, "Amel", "Nadia", "clerk")
	b.worker("first", func(c *WorkerConfig) { c.Needs = app.Approvals{Required: 1, Approvers: approvers} })
	submit := func(name, approver string, makers ...string) {
		b.submit(name, 3, func(s *Submission) {
			s.By, s.Makers, s.Requests = "clerk@desk-3", makers, [][]byte{b.request(name, s.Content, approver, keys[approver])}
		})
	}
	submit("october", "Amel", "Amel")
	submit("november", "clerk")
	submit("december", "Nadia", "Amel")
	for _, name := range []string{"october", "november"} {
		if is := b.await(name, Refused); !strings.Contains(is.Note, "does not count") {
			t.Errorf("%s was approved by one of its makers: %+v", name, is)
		}
	}
	b.await("december", Done)
	b.paidOnce(3)

	more := payroll("december", 4)
	amend := func(by, approver string) {
		s := Submission{Account: b.account(), Name: "december", File: "december.csv", Content: more, Options: Options{Amend: true, Recent: -1}, By: by,
			Requests: [][]byte{b.request("december", more, approver, keys[approver])}}
		if err := b.d.Amend(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	amend("Nadia", "Nadia")
	b.await("december", Refused)
	amend("somebody", "Nadia") // who had a hand in the version before
	if is := b.await("december", Refused); !strings.Contains(is.Note, "Nadia: it does not count") {
		t.Errorf("%+v", is)
	}
	b.paidOnce(3)
}
