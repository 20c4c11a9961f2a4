package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"flexybatch/internal/lang"
)

// ErrNone says that there is no such person, session or invitation (any more).
var ErrNone = lang.Errorf("there is none any more")

// Store keeps people, their sessions and their invitations. Its methods may be called
// by many, in many processes. What it does not have is ErrNone.
type Store interface {
	People(context.Context) ([]Person, error) // ordered by name
	Person(ctx context.Context, id string) (Person, error)
	Add(context.Context, Person) error
	// Change changes a person who is still there. Nobody else changes them meanwhile.
	Change(ctx context.Context, id string, change func(*Person) error) error
	// Remove removes a person with all of their sessions.
	Remove(ctx context.Context, id string) error

	Invite(context.Context, Invitation) error
	Invitation(ctx context.Context, mark string) (Invitation, error)
	// Spend takes an invitation away. Of many who do so at once, one succeeds.
	Spend(ctx context.Context, mark string) error

	Begin(context.Context, Session) error
	Session(ctx context.Context, mark string) (Session, error)
	Seen(ctx context.Context, mark string, at time.Time) error
	End(ctx context.Context, mark string) error
	// Sweep forgets sessions that were begun or seen before, and invitations that were
	// good until before the last of the three times.
	Sweep(ctx context.Context, begun, seen, until time.Time) error
}

// Invitation lets somebody in, once. Its token is in the link that they are given, and
// only its mark is kept.
type Invitation struct {
	Mark  string    `json:"mark"`
	Name  string    `json:"name"`
	Roles []Role    `json:"roles"`
	By    string    `json:"by"`
	Until time.Time `json:"until"`
	// Person is who is given another way in; empty: it is somebody new.
	Person string `json:"person,omitempty"`
}

// Session is a browser that was let in. Its token is in the browser's cookie, and only
// its mark is kept.
type Session struct {
	Mark   string    `json:"mark"`
	Person string    `json:"person"`
	Begun  time.Time `json:"begun"`
	Seen   time.Time `json:"-"` // about when it was used last
}

// MarkOf is what is kept of a token: its hash, which lets nobody in.
func MarkOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
