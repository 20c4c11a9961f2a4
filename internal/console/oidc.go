package console

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"flexybatch/internal/lang"
	"flexybatch/internal/people"
)

// oidcBack is the address to which the office's own login sends people back.
const oidcBack = "/login/oidc/callback"

// OIDC is the office's own login, by OpenID Connect: the code flow, with state, nonce
// and PKCE. It says who somebody is; who is let in, and as what, is said by invitations.
type OIDC struct {
	Issuer string
	Client string // the client's id
	Secret string // empty: a public client, which PKCE protects alone
	Back   string // the whole address to which people are sent back

	HTTP *http.Client // to the issuer; nil: one with a timeout

	mu       sync.Mutex
	provider *oidc.Provider // nil: not asked yet
}

// oidcPatience is how long the issuer may take to answer.
const oidcPatience = 15 * time.Second

// host is the issuer's host, for people.
func (o *OIDC) host() string {
	u, err := url.Parse(o.Issuer)
	if err != nil {
		return o.Issuer
	}
	return u.Host
}

// client is a context with the client to the issuer.
func (o *OIDC) client(ctx context.Context) context.Context {
	c := o.HTTP
	if c == nil {
		c = &http.Client{Timeout: oidcPatience}
	}
	return oidc.ClientContext(ctx, c)
}

// discover asks the issuer once how it is used. An issuer that does not answer is
// asked again by the next login.
func (o *OIDC) discover() (*oidc.Provider, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.provider != nil {
		return o.provider, nil
	}
	p, err := oidc.NewProvider(o.client(context.Background()), o.Issuer) // it goes on asking for keys later
	if err != nil {
		return nil, err
	}
	o.provider = p
	return p, nil
}

func (o *OIDC) config(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: o.Client, ClientSecret: o.Secret, Endpoint: p.Endpoint(), RedirectURL: o.Back, Scopes: []string{oidc.ScopeOpenID, "profile"}}
}

// attempt is a login that is under way. It lies in the browser that has begun it, in a
// cookie that no other site can set or read.
type attempt struct {
	State      string `json:"s"`
	Nonce      string `json:"n"`
	Verifier   string `json:"v"`
	To         string `json:"t"`
	Invitation string `json:"i,omitempty"`
}

// attemptLife is how long a login may take, in seconds.
const attemptLife = 600

// subject is who an answer of the issuer is about: issuer and subject, which nobody
// else ever has. Names and addresses can change hands.
func (o *OIDC) subject(ctx context.Context, a attempt, code string) (string, error) {
	p, err := o.discover()
	if err != nil {
		return "", err
	}
	ctx = o.client(ctx)
	token, err := o.config(p).Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return "", err
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return "", lang.Errorf("the login gave no proof of who it is")
	}
	id, err := p.Verifier(&oidc.Config{ClientID: o.Client}).Verify(ctx, raw)
	if err != nil {
		return "", err
	}
	if id.Subject == "" || subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(a.Nonce)) != 1 {
		return "", lang.Errorf("the login answers another question")
	}
	return id.Issuer + " " + id.Subject, nil
}

// attemptCookie is the name of the cookie of a login under way.
func (o *officeServer) attemptCookie() string { return o.cookieName() + "-login" }

// beginOIDC sends a browser to the office's own login.
func (k *Console) beginOIDC(w http.ResponseWriter, r *http.Request) {
	if k.office.Login == nil {
		k.refuse(w, r, http.StatusNotFound)
		return
	}
	if k.tooMany(w, r) {
		return
	}
	p, err := k.office.Login.discover()
	to := local(r.URL.Query().Get("to"))
	if err != nil {
		k.notIn(w, r, to, "oidc", err)
		return
	}
	a := attempt{State: newID(), Nonce: newID(), Verifier: oauth2.GenerateVerifier(), To: to, Invitation: r.URL.Query().Get("invitation")}
	b, err := json.Marshal(a)
	if err != nil || len(b) > 2048 {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	http.SetCookie(w, k.office.cookie(k.office.attemptCookie(), url.QueryEscape(string(b)), attemptLife))
	back(w, r, k.office.Login.config(p).AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)))
}

// finishOIDC lets somebody in who comes back from the office's own login.
func (k *Console) finishOIDC(w http.ResponseWriter, r *http.Request) {
	if k.office.Login == nil {
		k.refuse(w, r, http.StatusNotFound)
		return
	}
	if k.tooMany(w, r) {
		return
	}
	a, err := k.attemptOf(r)
	http.SetCookie(w, k.office.cookie(k.office.attemptCookie(), "", -1)) // it is good once
	var subject string
	if err == nil {
		subject, err = k.office.Login.subject(r.Context(), a, r.URL.Query().Get("code"))
	}
	if err != nil {
		k.notIn(w, r, local(a.To), "oidc", err)
		return
	}
	if a.Invitation != "" {
		k.join(w, r, a.Invitation, people.Way{Login: subject})
		return
	}
	p, err := k.office.People.ByLogin(r.Context(), subject)
	if err == nil {
		err = k.letIn(w, r, p)
	}
	if err != nil {
		k.notIn(w, r, local(a.To), "oidc", err)
		return
	}
	k.office.figures.LoggedIn("oidc")
	back(w, r, local(a.To))
}

// attemptOf is the login that a browser has begun, if the answer is to it.
func (k *Console) attemptOf(r *http.Request) (a attempt, err error) {
	c, err := r.Cookie(k.office.attemptCookie())
	if err != nil {
		return a, lang.Errorf("this browser has begun no login")
	}
	text, err := url.QueryUnescape(c.Value)
	if err == nil {
		err = json.NewDecoder(strings.NewReader(text)).Decode(&a)
	}
	state := r.URL.Query().Get("state")
	if err != nil || a.State == "" || subtle.ConstantTimeCompare([]byte(state), []byte(a.State)) != 1 {
		return attempt{}, lang.Errorf("the login was begun elsewhere")
	}
	if why := r.URL.Query().Get("error"); why != "" {
		return a, lang.Errorf("the login refuses: %s", why)
	}
	return a, nil
}
