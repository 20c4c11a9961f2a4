package people

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"flexybatch/batch/approval"
	"flexybatch/internal/lang"
)

// Role is what a person may do.
type Role string

// The roles.
const (
	Clerk    Role = "clerk"    // gives files, mends them, starts what may be started
	Approver Role = "approver" // approves what somebody else has prepared
	Auditor  Role = "auditor"  // sees everything but phones, and changes nothing
	Admin    Role = "admin"    // invites and removes people, enters keys
)

// Roles are all roles.
func Roles() []Role { return []Role{Clerk, Approver, Auditor, Admin} }

// Person is somebody who works with the pages.
type Person struct {
	ID       string    `json:"id,omitempty"`
	Name     string    `json:"name"`
	Roles    []Role    `json:"roles"`
	Login    string    `json:"login,omitempty"` // issuer and subject at the office's own login; empty: none
	Passkeys []Passkey `json:"passkeys,omitempty"`
	Since    time.Time `json:"since,omitzero"`
	By       string    `json:"by,omitempty"` // who invited them
}

// Passkey is a passkey of a person. The same one shows who they are and signs their
// approvals.
type Passkey struct {
	ID  []byte       `json:"id"`
	Key approval.Key `json:"key"`
}

// May tells whether the person has a role.
func (p Person) May(r Role) bool { return slices.Contains(p.Roles, r) }

// SeesPhones tells whether whole phones are shown to the person: those who prepare
// and those who approve need them, and nobody else does.
func (p Person) SeesPhones() bool { return p.May(Clerk) || p.May(Approver) }

// Holds tells whether a passkey is the person's.
func (p Person) Holds(k approval.Key) bool {
	return slices.ContainsFunc(p.Passkeys, func(own Passkey) bool { return own.Key.Equal(k) })
}

// passkey finds a passkey of the person by its id.
func (p Person) passkey(id []byte) (Passkey, bool) {
	i := slices.IndexFunc(p.Passkeys, func(own Passkey) bool { return bytes.Equal(own.ID, id) })
	if i < 0 {
		return Passkey{}, false
	}
	return p.Passkeys[i], true
}

// ParseRoles reads roles that are parted by commas.
func ParseRoles(text string) (list []Role, err error) {
	for _, name := range strings.Split(text, ",") {
		r := Role(strings.TrimSpace(name))
		if !slices.Contains(Roles(), r) {
			return nil, &BadRoles{Role: string(r)}
		}
		if !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	return list, CheckRoles(list)
}

// CheckRoles returns why nobody can have these roles together; nil if somebody can.
func CheckRoles(list []Role) error {
	switch {
	case len(list) == 0:
		return &BadRoles{}
	case len(list) > 1 && slices.Contains(list, Auditor):
		return &AuditorAlone{}
	}
	return nil
}

// BadRoles says that something is no role.
type BadRoles struct{ Role string }

func (e *BadRoles) Error() string { return e.Message().String() }

// Message says which roles there are.
func (e *BadRoles) Message() lang.Message {
	if e.Role == "" {
		return lang.Msg("a person needs a role at least: clerk, approver, auditor or admin")
	}
	return lang.Msg("%q is no role: there are clerk, approver, auditor and admin", e.Role)
}

// AuditorAlone says that an auditor has another role.
type AuditorAlone struct{}

func (e *AuditorAlone) Error() string { return e.Message().String() }

// Message says so.
func (*AuditorAlone) Message() lang.Message {
	return lang.Msg("an auditor changes nothing, and so has no other role")
}
