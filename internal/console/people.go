package console

import (
	"net/http"
	"os"
	"os/user"

	"flexybatch/internal/people"
)

// Role is what a person may do.
type Role = people.Role

// The roles.
const (
	Clerk    = people.Clerk
	Approver = people.Approver
	Auditor  = people.Auditor
	Admin    = people.Admin
)

// Person is who sends a request.
type Person = people.Person

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
	return localPerson{Person{Name: name, Roles: people.Roles()}}
}

// Who is always the same person.
func (p localPerson) Who(*http.Request) (Person, error) { return p.Person, nil }
