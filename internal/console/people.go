package console

import (
	"net/http"
	"os"
	"os/user"
	"slices"
)

// Role is what a person may do.
type Role string

// The roles.
const (
	Clerk    Role = "clerk"    // gives files, mends them, starts what may be started
	Approver Role = "approver" // approves what somebody else has prepared
	Auditor  Role = "auditor"  // sees everything and changes nothing
	Admin    Role = "admin"    // enters keys
)

// Person is who sends a request.
type Person struct {
	Name  string
	Roles []Role
}

// May tells whether the person has a role.
func (p Person) May(r Role) bool { return slices.Contains(p.Roles, r) }

// People knows who sends a request. An office has logins; one machine has its user.
type People interface {
	Who(r *http.Request) (Person, error)
}

// localPerson is the one person of a console on loopback.
type localPerson struct{ Person }

// LocalPerson is the user of this machine, who may do everything.
func LocalPerson() People {
	name := os.Getenv("USERNAME")
	if u, err := user.Current(); err == nil {
		name = u.Username
		if u.Name != "" {
			name = u.Name
		}
	}
	return localPerson{Person{Name: name, Roles: []Role{Clerk, Approver, Auditor, Admin}}}
}

// Who is always the same person.
func (p localPerson) Who(*http.Request) (Person, error) { return p.Person, nil }
