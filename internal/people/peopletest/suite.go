// Package peopletest is what every store of people must do, as a test.
package peopletest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"flexybatch/batch/approval/approvaltest"
	"flexybatch/internal/people"
)

// Suite tries a store. open makes an empty one.
func Suite(t *testing.T, open func(*testing.T) people.Store) {
	t.Run("people", func(t *testing.T) { tryPeople(t, open(t)) })
	t.Run("sessions", func(t *testing.T) { trySessions(t, open(t)) })
	t.Run("invitations", func(t *testing.T) { tryInvitations(t, open(t)) })
	t.Run("sweep", func(t *testing.T) { trySweep(t, open(t)) })
	t.Run("hostile ids", func(t *testing.T) { tryHostile(t, open(t)) })
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantNone(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, people.ErrNone) {
		t.Errorf("%s: %v, want ErrNone", what, err)
	}
}

// at is a time as every store can keep it.
func at(minutes int) time.Time {
	return time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(minutes) * time.Minute)
}

func tryPeople(t *testing.T, s people.Store) {
	ctx := t.Context()
	list, err := s.People(ctx)
	must(t, err)
	if len(list) != 0 {
		t.Fatalf("a new store has %v", list)
	}
	key := people.Passkey{ID: []byte{1, 2, 3}, Key: approvaltest.New(t, approvaltest.ES256).Approver(t, "Nadia").Key}
	nadia := people.Person{ID: "nadia000", Name: "Nadia", Roles: []people.Role{people.Clerk, people.Admin}, Passkeys: []people.Passkey{key}, Since: at(0), By: "root"}
	must(t, s.Add(ctx, nadia))
	must(t, s.Add(ctx, people.Person{ID: "amel0000", Name: "Amel", Roles: []people.Role{people.Auditor}, Login: "https://id.example 1", Since: at(1)}))
	list, err = s.People(ctx)
	must(t, err)
	if len(list) != 2 || list[0].Name != "Amel" || list[0].Login != "https://id.example 1" || list[1].Name != "Nadia" {
		t.Errorf("the people are %+v", list)
	}
	p, err := s.Person(ctx, "nadia000")
	must(t, err)
	if !p.May(people.Admin) || !p.Holds(key.Key) || string(p.Passkeys[0].ID) != "\x01\x02\x03" || !p.Since.Equal(at(0)) || p.By != "root" {
		t.Errorf("Nadia is %+v", p)
	}
	must(t, s.Change(ctx, "nadia000", func(p *people.Person) error { p.Roles = []people.Role{people.Approver}; return nil }))
	if p, err = s.Person(ctx, "nadia000"); err != nil || p.May(people.Admin) || !p.May(people.Approver) || !p.Holds(key.Key) {
		t.Errorf("Nadia is now %+v, %v", p, err)
	}
	refusal := errors.New("refused")
	if err := s.Change(ctx, "nadia000", func(p *people.Person) error { p.Roles = nil; return refusal }); !errors.Is(err, refusal) {
		t.Errorf("a refused change: %v", err)
	}
	if p, err = s.Person(ctx, "nadia000"); err != nil || len(p.Roles) != 1 {
		t.Errorf("after a refused change Nadia is %+v, %v", p, err)
	}
	wantNone(t, "changing nobody", s.Change(ctx, "nobody00", func(*people.Person) error { return nil }))
	_, err = s.Person(ctx, "nobody00")
	wantNone(t, "nobody", err)
	wantNone(t, "removing nobody", s.Remove(ctx, "nobody00"))
}

func trySessions(t *testing.T, s people.Store) {
	ctx := t.Context()
	for _, id := range []string{"nadia000", "amel0000"} {
		must(t, s.Add(ctx, people.Person{ID: id, Name: id, Roles: []people.Role{people.Clerk}}))
	}
	begin := func(token, person string) string {
		must(t, s.Begin(ctx, people.Session{Mark: people.MarkOf(token), Person: person, Begun: at(0), Seen: at(1)}))
		return people.MarkOf(token)
	}
	first, second, other := begin("a", "nadia000"), begin("b", "nadia000"), begin("c", "amel0000")
	got, err := s.Session(ctx, first)
	must(t, err)
	if got.Person != "nadia000" || !got.Begun.Equal(at(0)) || !got.Seen.Equal(at(1)) || got.Mark != first {
		t.Errorf("the session is %+v", got)
	}
	must(t, s.Seen(ctx, first, at(9)))
	if got, err = s.Session(ctx, first); err != nil || !got.Seen.Equal(at(9)) || !got.Begun.Equal(at(0)) {
		t.Errorf("once seen it is %+v, %v", got, err)
	}
	must(t, s.End(ctx, first))
	_, err = s.Session(ctx, first)
	wantNone(t, "a session that has ended", err)
	wantNone(t, "seeing it", s.Seen(ctx, first, at(10)))
	wantNone(t, "ending it again", s.End(ctx, first))
	must(t, s.Remove(ctx, "nadia000"))
	_, err = s.Session(ctx, second)
	wantNone(t, "a session of somebody who was removed", err)
	if _, err = s.Session(ctx, other); err != nil {
		t.Errorf("a session of somebody else: %v", err)
	}
}

func tryInvitations(t *testing.T, s people.Store) {
	ctx := t.Context()
	i := people.Invitation{Mark: people.MarkOf("x"), Name: "Omar", Roles: []people.Role{people.Clerk}, By: "Nadia", Until: at(60), Person: "omar0000"}
	must(t, s.Invite(ctx, i))
	got, err := s.Invitation(ctx, i.Mark)
	must(t, err)
	if got.Name != "Omar" || got.By != "Nadia" || !got.Until.Equal(i.Until) || got.Person != "omar0000" || len(got.Roles) != 1 {
		t.Errorf("the invitation is %+v", got)
	}
	var spent atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if s.Spend(context.WithoutCancel(ctx), i.Mark) == nil {
				spent.Add(1)
			}
		})
	}
	all.Wait()
	if n := spent.Load(); n != 1 {
		t.Errorf("it was spent %d times", n)
	}
	_, err = s.Invitation(ctx, i.Mark)
	wantNone(t, "an invitation that was spent", err)
}

func trySweep(t *testing.T, s people.Store) {
	ctx := t.Context()
	must(t, s.Add(ctx, people.Person{ID: "nadia000", Name: "Nadia", Roles: []people.Role{people.Clerk}}))
	for token, begun := range map[string]int{"old": 0, "idle": 50, "good": 60} {
		seen := at(begun)
		if token == "old" {
			seen = at(90)
		}
		must(t, s.Begin(ctx, people.Session{Mark: people.MarkOf(token), Person: "nadia000", Begun: at(begun), Seen: seen}))
	}
	for token, until := range map[string]int{"late": 10, "open": 200} {
		must(t, s.Invite(ctx, people.Invitation{Mark: people.MarkOf(token), Name: token, Roles: []people.Role{people.Clerk}, Until: at(until)}))
	}
	must(t, s.Sweep(ctx, at(30), at(55), at(100)))
	for token, want := range map[string]bool{"old": false, "idle": false, "good": true} {
		if _, err := s.Session(ctx, people.MarkOf(token)); (err == nil) != want {
			t.Errorf("the %s session: %v", token, err)
		}
	}
	for token, want := range map[string]bool{"late": false, "open": true} {
		if _, err := s.Invitation(ctx, people.MarkOf(token)); (err == nil) != want {
			t.Errorf("the %s invitation: %v", token, err)
		}
	}
}

func tryHostile(t *testing.T, s people.Store) {
	ctx := t.Context()
	for _, id := range []string{"", ".", "..", "../../etc/passwd", "a/b", `a\b`, "*", "%00", "'; drop table person; --"} {
		_, err := s.Person(ctx, id)
		wantNone(t, id, err)
		_, err = s.Session(ctx, id)
		wantNone(t, id, err)
		_, err = s.Invitation(ctx, id)
		wantNone(t, id, err)
		wantNone(t, id, s.Remove(ctx, id))
	}
}
