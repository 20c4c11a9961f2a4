package console

import (
	"errors"
	"net/http"

	"flexybatch/batch/approval"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/people"
)

// loginRoutes are those by which people come in and go.
func (k *Console) loginRoutes() map[string]route {
	return map[string]route{
		"GET /login":                          {access: open(), do: k.showLogin},
		"POST /login/challenge":               {access: open(), do: k.loginChallenge, as: reading},
		"POST /login":                         {access: open(), do: k.logIn},
		"GET /login/oidc":                     {access: open(), do: k.beginOIDC},
		"GET " + oidcBack:                     {access: open(), do: k.finishOIDC, as: acting},
		"GET /invitations/{token}":            {access: open(), do: k.showInvitation},
		"POST /invitations/{token}/challenge": {access: open(), do: k.invitationChallenge, as: reading},
		"POST /invitations/{token}":           {access: open(), do: k.acceptInvitation},
		"POST /logout":                        {access: everybody(), do: k.logOut},
	}
}

// loginBody is what the page of a login shows.
type loginBody struct {
	To   string
	OIDC string // the host of the office's own login; empty: there is none
}

// showLogin shows the ways to log in.
func (k *Console) showLogin(w http.ResponseWriter, r *http.Request) {
	to := local(r.URL.Query().Get("to"))
	if visitOf(r).in {
		back(w, r, to)
		return
	}
	k.loginPage(w, r, http.StatusOK, to, nil)
}

func (k *Console) loginPage(w http.ResponseWriter, r *http.Request, status int, to string, failed error) {
	p := k.newPage(r, lang.Msg("Log in"))
	p.Path = "/login"
	body := loginBody{To: to}
	if k.office.Login != nil {
		body.OIDC = k.office.Login.host()
	}
	if failed != nil {
		p.Alert = k.alertOf(p, failed)
	}
	p.Body = body
	k.show(w, status, "login", p)
}

// tooMany refuses whoever tries to come in too often.
func (k *Console) tooMany(w http.ResponseWriter, r *http.Request) bool {
	if k.office.throttle.allow(visitOf(r).client) {
		return false
	}
	k.office.figures.LoggedIn("throttled")
	w.Header().Set("Retry-After", "60")
	k.refuse(w, r, http.StatusTooManyRequests)
	return true
}

// loginChallenge tells a script what a passkey is to answer.
func (k *Console) loginChallenge(w http.ResponseWriter, _ *http.Request) {
	answerJSON(w, map[string]string{"challenge": k.registrations.issue(), "rpId": k.relyingParty()})
}

// errNoEntry is why somebody is not let in. It tells nothing else.
var errNoEntry = lang.Errorf("This lets nobody in here. Ask an admin of your office for an invitation.")

// logIn lets somebody in whose passkey has answered.
func (k *Console) logIn(w http.ResponseWriter, r *http.Request) {
	if k.tooMany(w, r) {
		return
	}
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	to := local(r.PostFormValue("to"))
	p, err := k.byPasskey(r)
	if err == nil {
		err = k.letIn(w, r, p)
	}
	if err != nil {
		k.notIn(w, r, to, "passkey", err)
		return
	}
	k.office.figures.LoggedIn("passkey")
	back(w, r, to)
}

// byPasskey is whose passkey has answered the challenge in a form.
func (k *Console) byPasskey(r *http.Request) (p Person, err error) {
	f := bytesIn{r: r}
	id, signature := f.of("id"), f.of("signature")
	as := approval.Assertion{AuthenticatorData: f.of("authenticator"), ClientData: f.of("client")}
	if f.err != nil {
		return p, f.err
	}
	challenge, ok := k.registrations.take(r.PostFormValue("challenge"))
	if !ok {
		return p, people.ErrNone
	}
	p, key, err := k.office.People.ByPasskey(r.Context(), id)
	if err == nil && key.Key.RelyingParty() != k.relyingParty() {
		err = people.ErrNone
	}
	if err == nil {
		err = key.Key.Answers(challenge, as, signature)
	}
	return p, err
}

// letIn begins a session. One that the browser had before ends, and its cookie is
// replaced, so that nobody can have planted it.
func (k *Console) letIn(w http.ResponseWriter, r *http.Request, p Person) error {
	v := visitOf(r)
	if v.in {
		if err := k.office.People.LogOut(r.Context(), v.token); err != nil {
			return err
		}
	}
	token, err := k.office.People.LogIn(r.Context(), p)
	if err != nil {
		return err
	}
	v.token, v.person, v.in = token, p, true
	http.SetCookie(w, k.office.cookie(k.office.cookieName(), token, 0))
	return nil
}

// notIn says that somebody is not let in. Why is in the log and not in the page.
func (k *Console) notIn(w http.ResponseWriter, r *http.Request, to, way string, err error) {
	k.office.figures.LoggedIn("refused")
	k.log().Warn("somebody was not let in", "request", visitOf(r).id, "way", way, "error", err)
	k.loginPage(w, r, http.StatusUnauthorized, to, app.Failed(app.Nothing, errNoEntry))
}

// logOut ends the session.
func (k *Console) logOut(w http.ResponseWriter, r *http.Request) {
	if err := k.office.People.LogOut(r.Context(), visitOf(r).token); err != nil {
		k.fail(w, r, err)
		return
	}
	w.Header().Set("Clear-Site-Data", `"cache"`)
	http.SetCookie(w, k.office.cookie(k.office.cookieName(), "", -1))
	back(w, r, "/login")
}

// invitationBody is what an invitation's page shows.
type invitationBody struct {
	people.Invitation
	Token string
	OIDC  string
}

// showInvitation shows an invitation to whoever has its link.
func (k *Console) showInvitation(w http.ResponseWriter, r *http.Request) {
	k.invitationPage(w, r, http.StatusOK, nil)
}

func (k *Console) invitationPage(w http.ResponseWriter, r *http.Request, status int, failed error) {
	if k.tooMany(w, r) {
		return
	}
	token := r.PathValue("token")
	i, err := k.office.People.Invited(r.Context(), token)
	if err != nil {
		k.noInvitation(w, r, err)
		return
	}
	p := k.newPage(r, lang.Msg("Welcome, %s", i.Name))
	p.Path = "/login"
	body := invitationBody{Invitation: i, Token: token}
	if k.office.Login != nil {
		body.OIDC = k.office.Login.host()
	}
	if failed != nil {
		p.Alert = k.alertOf(p, failed)
	}
	p.Body = body
	k.show(w, status, "invitation", p)
}

// noInvitation says that an invitation is good for nothing.
func (k *Console) noInvitation(w http.ResponseWriter, r *http.Request, err error) {
	if !errors.Is(err, people.ErrNone) {
		k.fail(w, r, err)
		return
	}
	p := k.newPage(r, lang.Msg("This cannot be shown"))
	p.Path = "/login"
	p.Body = p.T("This invitation was used already, or it is too old. Ask for another.")
	k.show(w, http.StatusNotFound, "refused", p)
}

// invitationChallenge tells a script for what it is to have a passkey made.
func (k *Console) invitationChallenge(w http.ResponseWriter, r *http.Request) {
	if _, err := k.office.People.Invited(r.Context(), r.PathValue("token")); err != nil {
		k.noInvitation(w, r, err)
		return
	}
	k.passkeyChallenge(w)
}

// acceptInvitation lets somebody in who has made a passkey for their invitation.
func (k *Console) acceptInvitation(w http.ResponseWriter, r *http.Request) {
	if k.tooMany(w, r) {
		return
	}
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	token := r.PathValue("token")
	i, err := k.office.People.Invited(r.Context(), token)
	if err != nil {
		k.noInvitation(w, r, err)
		return
	}
	key, err := k.newKey(r, i.Name)
	if err != nil {
		k.invitationPage(w, r, statusOf(err), err)
		return
	}
	k.join(w, r, token, people.Way{Passkey: key})
}

// join takes an invitation with a way in, and lets the person in.
func (k *Console) join(w http.ResponseWriter, r *http.Request, token string, by people.Way) {
	p, err := k.office.People.Accept(r.Context(), token, by)
	if errors.Is(err, people.ErrNone) {
		k.noInvitation(w, r, err)
		return
	}
	if err == nil {
		err = k.letIn(w, r, p)
	}
	if err != nil {
		k.fail(w, r, app.Failed(app.Nothing, err))
		return
	}
	k.office.figures.LoggedIn("invitation")
	visitOf(r).detail = p.Name
	back(w, r, "/")
}

// newKey is the passkey that a browser had made, as a form holds it.
func (k *Console) newKey(r *http.Request, name string) (*people.Passkey, error) {
	f := bytesIn{r: r}
	id := f.of("id")
	made := approval.Registration{PublicKey: f.of("key"), AuthenticatorData: f.of("authenticator"), ClientData: f.of("client")}
	if f.err != nil {
		return nil, f.err
	}
	challenge, ok := k.registrations.take(r.PostFormValue("challenge"))
	if !ok {
		return nil, app.Failed(app.Usage, lang.Errorf("The browser made no passkey, or it took too long. Try again."))
	}
	who, err := approval.NewPasskey(name, k.relyingParty(), challenge, made)
	if err != nil {
		return nil, app.Failed(app.Usage, err)
	}
	return &people.Passkey{ID: id, Key: who.Key}, nil
}
