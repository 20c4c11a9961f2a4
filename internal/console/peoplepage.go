package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"flexybatch/batch/approval"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/people"
)

// officeRoutes are those of the people of an office.
func (k *Console) officeRoutes() map[string]route {
	admin, overseers := needs(Admin), needs(Admin, Auditor)
	return map[string]route{
		"GET /people":                {access: overseers, do: k.showPeople},
		"POST /people":               {access: admin, do: k.invite},
		"POST /people/{id}/invite":   {access: admin, do: k.inviteAgain},
		"POST /people/{id}/roles":    {access: admin, do: k.setRoles},
		"POST /people/{id}/remove":   {access: admin, do: k.dismiss},
		"POST /approvers/people":     {access: admin, do: k.countApprover},
		"GET /acts":                  {access: overseers, do: k.showActs},
		"GET /me":                    {access: everybody(), do: k.showMe},
		"POST /me/passkey":           {access: everybody(), do: k.addOwnPasskey},
		"POST /me/passkey/challenge": {access: everybody(), do: func(w http.ResponseWriter, _ *http.Request) { k.passkeyChallenge(w) }, as: reading},
	}
}

// peopleBody is what the page of the people shows.
type peopleBody struct {
	People []Person
	Roles  []Role
	Link   string // of the invitation that was just made; empty: none was
	For    string // whose it is
}

// showPeople shows who is let in, and as what.
func (k *Console) showPeople(w http.ResponseWriter, r *http.Request) {
	k.peoplePage(w, r, http.StatusOK, peopleBody{}, nil)
}

func (k *Console) peoplePage(w http.ResponseWriter, r *http.Request, status int, body peopleBody, failed error) {
	list, err := k.office.People.People(r.Context())
	if err != nil {
		k.fail(w, r, err)
		return
	}
	p := k.newPage(r, lang.Msg("People"))
	p.Path = "/people"
	if failed != nil {
		p.Alert = k.alertOf(p, failed)
	}
	body.People, body.Roles = list, people.Roles()
	p.Body = body
	k.show(w, status, "people", p)
}

// acted shows the people after something was done with one of them, or why it was not.
func (k *Console) acted(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, people.ErrNone):
		k.refuse(w, r, http.StatusNotFound)
	case err != nil:
		k.peoplePage(w, r, http.StatusConflict, peopleBody{}, err)
	default:
		back(w, r, "/people")
	}
}

// rolesIn are the roles that a form gives.
func rolesIn(r *http.Request) ([]Role, error) {
	return people.ParseRoles(strings.Join(r.PostForm["role"], ","))
}

// invite makes an invitation, and shows its link once.
func (k *Console) invite(w http.ResponseWriter, r *http.Request) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	name := strings.TrimSpace(r.PostFormValue("name"))
	roles, err := rolesIn(r)
	var token string
	if err == nil {
		token, err = k.office.People.Invite(r.Context(), name, roles, visitOf(r).person.Name)
	}
	if err != nil {
		k.acted(w, r, err)
		return
	}
	visitOf(r).detail = name + ": " + joined(roles)
	k.peoplePage(w, r, http.StatusOK, peopleBody{Link: k.office.Link(token), For: name}, nil)
}

// Link is the address of an invitation.
func (o Office) Link(token string) string { return o.URL.JoinPath("invitations", token).String() }

// joined are roles in a row.
func joined(roles []Role) string {
	var list []string
	for _, r := range roles {
		list = append(list, string(r))
	}
	return strings.Join(list, ", ")
}

// inviteAgain makes an invitation for somebody who has lost their way in.
func (k *Console) inviteAgain(w http.ResponseWriter, r *http.Request) {
	p, err := k.office.People.Person(r.Context(), r.PathValue("id"))
	var token string
	if err == nil {
		token, err = k.office.People.InviteAgain(r.Context(), p.ID, visitOf(r).person.Name)
	}
	if err != nil {
		k.acted(w, r, err)
		return
	}
	visitOf(r).detail = p.Name
	k.peoplePage(w, r, http.StatusOK, peopleBody{Link: k.office.Link(token), For: p.Name}, nil)
}

// setRoles gives somebody other roles.
func (k *Console) setRoles(w http.ResponseWriter, r *http.Request) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	p, err := k.office.People.Person(r.Context(), r.PathValue("id"))
	if err != nil {
		k.acted(w, r, err)
		return
	}
	roles, err := rolesIn(r)
	if err == nil {
		visitOf(r).detail = p.Name + ": " + joined(roles)
		err = k.office.People.SetRoles(r.Context(), p.ID, roles)
	}
	if err == nil && !slices.Contains(roles, Approver) {
		err = k.discount(p)
	}
	k.acted(w, r, err)
}

// dismiss removes somebody. Their sessions end, and their approval counts no more.
func (k *Console) dismiss(w http.ResponseWriter, r *http.Request) {
	p, err := k.office.People.Person(r.Context(), r.PathValue("id"))
	if err == nil {
		visitOf(r).detail = p.Name
		err = k.office.People.Dismiss(r.Context(), p.ID)
	}
	if err == nil {
		err = k.discount(p)
	}
	k.acted(w, r, err)
}

// discount takes somebody out of those whose approval counts, where the pages keep
// them.
func (k *Console) discount(p Person) error {
	if k.approversGiven() {
		return nil
	}
	return app.RemoveApprovers(k.approversPath(), func(a approval.Approver) bool { return p.Holds(a.Key) })
}

// approversGiven tells that whoever has started the office says whose approval counts,
// and no page does.
func (k *Console) approversGiven() bool { return k.office != nil && k.config.Needs.Approvers != "" }

// countApprover makes the approval of somebody count.
func (k *Console) countApprover(w http.ResponseWriter, r *http.Request) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	p, err := k.office.People.Person(r.Context(), r.PostFormValue("person"))
	i := slices.IndexFunc(p.Passkeys, func(own people.Passkey) bool { return own.Key.Fingerprint() == r.PostFormValue("key") })
	if err != nil || i < 0 || !p.May(Approver) || k.approversGiven() {
		k.refuse(w, r, http.StatusNotFound)
		return
	}
	visitOf(r).detail = p.Name
	if err := app.AddApprover(k.approversPath(), approval.Approver{Name: p.Name, Key: p.Passkeys[i].Key}); err != nil {
		k.approversShown(w, r, statusOf(err), err, "")
		return
	}
	back(w, r, "/approvers")
}

// waiting are people who may approve, with passkeys that do not count yet.
func (k *Console) waiting(r *http.Request, counted []approval.Approver) (list []approver, err error) {
	if k.office == nil || k.approversGiven() {
		return nil, nil
	}
	all, err := k.office.People.People(r.Context())
	for _, p := range all {
		for _, own := range p.Passkeys {
			known := slices.ContainsFunc(counted, func(a approval.Approver) bool { return a.Key.Equal(own.Key) })
			if p.May(Approver) && !known {
				list = append(list, approver{Person: p, Key: own.Key})
			}
		}
	}
	return list, err
}

// approver is somebody who may approve, with one of their passkeys.
type approver struct {
	Person
	Key approval.Key
}

// maySignAs tells whether somebody may sign under a name: in an office under their own.
func (k *Console) maySignAs(p Person, name string) bool {
	return k.office == nil || approval.SamePerson(p.Name, name)
}

// showMe shows somebody what is known of them.
func (k *Console) showMe(w http.ResponseWriter, r *http.Request) {
	k.mePage(w, r, http.StatusOK, nil)
}

func (k *Console) mePage(w http.ResponseWriter, r *http.Request, status int, failed error) {
	p := k.newPage(r, lang.Msg("You"))
	p.Path = "/me"
	if failed != nil {
		p.Alert = k.alertOf(p, failed)
	}
	k.show(w, status, "me", p)
}

// addOwnPasskey gives somebody another passkey.
func (k *Console) addOwnPasskey(w http.ResponseWriter, r *http.Request) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	p := visitOf(r).person
	key, err := k.newKey(r, p.Name)
	if err == nil {
		err = k.office.People.AddPasskey(r.Context(), p.ID, *key)
	}
	if err != nil {
		k.mePage(w, r, http.StatusConflict, err)
		return
	}
	back(w, r, "/me")
}
