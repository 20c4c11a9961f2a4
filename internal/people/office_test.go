package people_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"flexybatch/batch/approval/approvaltest"
	"flexybatch/internal/people"
	"flexybatch/internal/people/peopletest"
	"flexybatch/journal"
)

func TestFolder(t *testing.T) {
	peopletest.Suite(t, func(t *testing.T) people.Store { return &people.Folder{Path: filepath.Join(t.TempDir(), "people")} })
}

func newOffice(t *testing.T) people.Office {
	t.Helper()
	return people.Office{Store: &people.Folder{Path: t.TempDir()}}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// passkey is a way in.
func passkey(t *testing.T, id string) people.Way {
	t.Helper()
	return people.Way{Passkey: &people.Passkey{ID: []byte(id), Key: approvaltest.New(t, approvaltest.ES256).Approver(t, "x").Key}}
}

// join invites somebody, who comes.
func join(t *testing.T, o people.Office, name string, roles ...people.Role) people.Person {
	t.Helper()
	token, err := o.Invite(t.Context(), name, roles, "test")
	must(t, err)
	p, err := o.Accept(t.Context(), token, passkey(t, name))
	must(t, err)
	return p
}

// An invitation is good once, for a day, for a name that nobody has.
func TestInvitation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, ctx := newOffice(t), t.Context()
		token, err := o.Invite(ctx, "Nadia", []people.Role{people.Admin}, "root")
		must(t, err)
		way := passkey(t, "1")
		nadia, err := o.Accept(ctx, token, way)
		must(t, err)
		if nadia.Name != "Nadia" || !nadia.May(people.Admin) || nadia.By != "root" {
			t.Errorf("she is %+v", nadia)
		}
		if _, err := o.Accept(ctx, token, passkey(t, "2")); !errors.Is(err, people.ErrNone) {
			t.Errorf("again: %v", err)
		}
		if p, k, err := o.ByPasskey(ctx, []byte("1")); err != nil || p.ID != nadia.ID || !k.Key.Equal(way.Passkey.Key) {
			t.Errorf("by her passkey: %v, %v", p, err)
		}
		for _, name := range []string{"NADIA", "Nаdia", ""} { // the second in part Cyrillic
			if _, err := o.Invite(ctx, name, []people.Role{people.Clerk}, "root"); err == nil {
				t.Errorf("%q can be invited", name)
			}
		}
		token, err = o.Invite(ctx, "Omar", []people.Role{people.Clerk}, "Nadia")
		must(t, err)
		var taken *people.WayTaken
		if _, err := o.Accept(ctx, token, way); !errors.As(err, &taken) {
			t.Errorf("with the passkey of another: %v", err)
		}
		if _, err := o.Accept(ctx, token, people.Way{Login: "issuer omar"}); err != nil {
			t.Errorf("a refusal has spent the invitation: %v", err)
		}
		late, err := o.Invite(ctx, "Ines", []people.Role{people.Clerk}, "Nadia")
		must(t, err)
		time.Sleep(people.InvitationLife + time.Minute)
		if _, err := o.Accept(ctx, late, passkey(t, "3")); !errors.Is(err, people.ErrNone) {
			t.Errorf("after its time: %v", err)
		}
	})
}

// A session ends when it is idle, when it is old, when it is left, and when its person
// is removed.
func TestSessionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, ctx := newOffice(t), t.Context()
		join(t, o, "Nadia", people.Admin)
		amel := join(t, o, "Amel", people.Clerk)
		in := func(token string) bool {
			p, err := o.Who(ctx, token)
			return err == nil && p.ID == amel.ID
		}
		begin := func() string {
			token, err := o.LogIn(ctx, amel)
			must(t, err)
			if !in(token) {
				t.Fatal("she is not let in")
			}
			return token
		}
		token := begin()
		time.Sleep(29 * time.Minute)
		if !in(token) {
			t.Error("over too early")
		}
		time.Sleep(29 * time.Minute)
		if !in(token) {
			t.Error("its use is not seen")
		}
		time.Sleep(32 * time.Minute)
		if in(token) {
			t.Error("an idle session lets in")
		}
		token = begin()
		for range 11 * 4 {
			time.Sleep(15 * time.Minute)
			if !in(token) {
				t.Fatal("over too early")
			}
		}
		for range 5 {
			time.Sleep(15 * time.Minute)
			_ = in(token)
		}
		if in(token) {
			t.Error("a session of more than twelve hours lets in")
		}
		token, other := begin(), begin()
		must(t, o.LogOut(ctx, token))
		if in(token) || !in(other) {
			t.Error("after a log-out")
		}
		must(t, o.SetRoles(ctx, amel.ID, []people.Role{people.Auditor}))
		if p, err := o.Who(ctx, other); err != nil || p.May(people.Clerk) {
			t.Errorf("roles that were taken: %v, %v", p, err)
		}
		must(t, o.Dismiss(ctx, amel.ID))
		if in(other) {
			t.Error("somebody who was removed is let in")
		}
		if _, err := o.Who(ctx, ""); err == nil {
			t.Error("no token lets in")
		}
	})
}

// There is always an admin; an auditor is nothing else.
func TestRoles(t *testing.T) {
	o, ctx := newOffice(t), t.Context()
	nadia := join(t, o, "Nadia", people.Admin)
	var last *people.LastAdmin
	if err := o.Dismiss(ctx, nadia.ID); !errors.As(err, &last) {
		t.Errorf("the last admin: %v", err)
	}
	if err := o.SetRoles(ctx, nadia.ID, []people.Role{people.Clerk}); !errors.As(err, &last) {
		t.Errorf("the last admin becomes a clerk: %v", err)
	}
	join(t, o, "Amel", people.Admin, people.Clerk)
	must(t, o.Dismiss(ctx, nadia.ID))
	for text, good := range map[string]bool{"clerk": true, "clerk, approver": true, "auditor": true, "auditor,clerk": false, "": false, "root": false} {
		if _, err := people.ParseRoles(text); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// What is stored lets nobody in.
func TestStoredTokensAreHashed(t *testing.T) {
	o, ctx := newOffice(t), t.Context()
	p := join(t, o, "Nadia", people.Admin)
	session, err := o.LogIn(ctx, p)
	must(t, err)
	invitation, err := o.Invite(ctx, "Amel", []people.Role{people.Clerk}, "Nadia")
	must(t, err)
	dir := o.Store.(*people.Folder).Path
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		must(t, err)
		for _, token := range []string{session, invitation} {
			if strings.Contains(string(b)+e.Name(), token) {
				t.Errorf("%s holds a token", e.Name())
			}
		}
	}
}

// The book of acts is a journal that only one process has, and that tells the last acts.
func TestBook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "acts.journal")
	b, err := people.OpenBook(journal.Disk{}, path)
	must(t, err)
	must(t, b.Write(people.Act{Who: "Nadia", What: "POST /files", ID: "1"}))
	must(t, b.Write(people.Act{Who: "Nadia", What: "POST /files", ID: "1", Status: 303}))
	var locked *journal.Locked
	if _, err := people.OpenBook(journal.Disk{}, path); !errors.As(err, &locked) {
		t.Errorf("it is opened twice: %v", err)
	}
	must(t, b.Close())
	b, err = people.OpenBook(journal.Disk{}, path)
	must(t, err)
	if list := b.Last(5); len(list) != 2 || list[0].Status != 303 || list[1].Who != "Nadia" || list[1].At.IsZero() {
		t.Errorf("the acts are %+v", list)
	}
	must(t, b.Close())
	if _, err := journal.Read(journal.Disk{}, path, func(journal.Entry) error { return nil }); err != nil {
		t.Error(err)
	}
}
