package console

import (
	"net/http"
	"net/url"
	"slices"
	"time"
)

// route is an address: who may ask for it, and what answers.
type route struct {
	access
	do http.HandlerFunc
	as kind
}

// access is who may ask for an address: whoever has one of the roles. Without any,
// nobody needs to be let in first.
type access []Role

// open lets in whoever comes: what leads to a login, and nothing else.
func open() access { return nil }

// needs lets those in who have one of the roles.
func needs(roles ...Role) access { return roles }

// everybody lets in whoever has a role at all.
func everybody() access { return access{Clerk, Approver, Auditor, Admin} }

// insiders are those who see whole phones.
func insiders() access { return access{Clerk, Approver} }

// allows tells whether a person may.
func (a access) allows(p Person) bool { return len(a) == 0 || slices.ContainsFunc(a, p.May) }

// kind is what a request does, for the book of acts.
type kind uint8

const (
	byMethod kind = iota // POST acts, GET and HEAD do not
	reading              // it changes nothing, whatever its method
	acting               // it does something, whatever its method
)

// isAct tells whether a request belongs into the book of acts.
func (r route) isAct(method string) bool {
	reads := method == http.MethodGet || method == http.MethodHead
	return r.as == acting || r.as == byMethod && !reads
}

// strangerPatience is how long whoever was not let in may take to send a request.
const strangerPatience = 15 * time.Second

// checked is the one place where a role is asked for: every address of the console
// comes through it.
func (k *Console) checked(pattern string, to route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p, err := k.people.Who(r)
		if err != nil { // a stranger is not waited for
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(strangerPatience))
		}
		switch {
		case to.allows(p) && (err == nil || len(to.access) == 0):
			k.written(pattern, to, w, r)
		case err == nil:
			k.refuse(w, r, http.StatusForbidden)
		case r.Method == http.MethodGet && r.Header.Get("HX-Request") == "" && k.office != nil:
			back(w, r, "/login?to="+url.QueryEscape(r.URL.RequestURI()))
		default:
			k.refuse(w, r, http.StatusUnauthorized)
		}
	}
}
