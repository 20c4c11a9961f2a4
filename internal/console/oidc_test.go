package console_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"flexybatch/internal/console"
	"flexybatch/internal/people"
)

// issuer is a login of an office by OpenID Connect, which may lie.
type issuer struct {
	*httptest.Server
	t   *testing.T
	key *rsa.PrivateKey

	mu     sync.Mutex
	asked  url.Values // of the last login
	secret string     // that the client has shown
	verify bool       // the code was redeemed with the verifier that the challenge is of

	subject string
	claims  func(map[string]any) // changes what it says
	sign    func(*issuer, map[string]any) string
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	i := &issuer{t: t, key: key, subject: "omar-1", claims: func(map[string]any) {}, sign: (*issuer).signed}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answerWith(w, map[string]any{
			"issuer": i.URL, "authorization_endpoint": i.URL + "/auth", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256", "none", "HS256"}, "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		e := binary.BigEndian.AppendUint32(nil, uint32(key.E))
		answerWith(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1", "n": b64(key.N.Bytes()), "e": b64(e[1:])}}})
	})
	mux.HandleFunc("GET /auth", func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.asked = r.URL.Query()
		to, _ := url.Parse(i.asked.Get("redirect_uri"))
		to.RawQuery = url.Values{"code": {"the-code"}, "state": {i.asked.Get("state")}}.Encode()
		http.Redirect(w, r, to.String(), http.StatusSeeOther)
	})
	mux.HandleFunc("POST /token", i.token)
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

// token gives the proof of who it is for a code.
func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	i.verify = r.PostFormValue("code") == "the-code" && b64(sum[:]) == i.asked.Get("code_challenge") && i.asked.Get("code_challenge_method") == "S256"
	_, i.secret, _ = r.BasicAuth()
	now := time.Now()
	c := map[string]any{"iss": i.URL, "sub": i.subject, "aud": "flexybatch", "exp": now.Add(time.Minute).Unix(), "iat": now.Unix(), "nonce": i.asked.Get("nonce"), "name": "Nadia"}
	i.claims(c)
	answerWith(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": i.sign(i, c)})
}

func answerWith(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// parts are the head and body of a token.
func parts(head map[string]any, claims map[string]any) string {
	h, _ := json.Marshal(head)
	c, _ := json.Marshal(claims)
	return b64(h) + "." + b64(c)
}

// signed is a token as it should be.
func (i *issuer) signed(claims map[string]any) string { return signedBy(i.t, i.key, claims) }

func signedBy(t *testing.T, key *rsa.PrivateKey, claims map[string]any) string {
	text := parts(map[string]any{"alg": "RS256", "kid": "1"}, claims)
	sum := sha256.Sum256([]byte(text))
	s, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	must(t, err)
	return text + "." + b64(s)
}

// withLogin gives an office a login of its own.
func withLogin(i *issuer) func(*console.Config) {
	return func(c *console.Config) {
		c.Office.Login = &console.OIDC{Issuer: i.URL, Client: "flexybatch", Secret: "client-secret", Back: c.Office.URL.JoinPath("login/oidc/callback").String()}
	}
}

// comesByLogin invites somebody, who comes in by the office's login.
func (h *house) comesByLogin(name string, roles ...people.Role) *desk {
	h.t.Helper()
	token, err := h.office.People.Invite(h.t.Context(), name, roles, "test")
	must(h.t, err)
	d := h.visitor()
	a := d.get("/invitations/"+token, http.StatusOK)
	d.has(a, "/login/oidc?invitation="+token)
	d.has(d.get("/login/oidc?invitation="+token, http.StatusOK), "You are "+name)
	return d
}

// Somebody comes by an invitation with the office's own login, goes, and comes again. A
// login that nobody was invited with lets nobody in, whatever it says of a name.
func TestOIDC(t *testing.T) {
	i := newIssuer(t)
	h := newHouse(t, withLogin(i))
	omar := h.comesByLogin("Omar", people.Clerk)
	if !i.verify || i.secret != "client-secret" || !strings.Contains(i.asked.Get("scope"), "openid") {
		t.Errorf("it was asked with %v, %q, %v", i.asked, i.secret, i.verify)
	}
	omar.post("/logout", nil, http.StatusOK)
	omar.has(omar.get("/login?to=/search", http.StatusOK), "Log in with "+strings.TrimPrefix(i.URL, "http://"))
	if a := omar.get("/login/oidc?to=/search", http.StatusOK); a.Request.URL.Path != "/search" {
		t.Errorf("it leads to %s", a.Request.URL)
	}
	i.subject = "nadia-1"
	other := h.visitor()
	other.has(other.get("/login/oidc", http.StatusUnauthorized), "This lets nobody in here.")
	if a := other.get("/me", http.StatusOK); a.Request.URL.Path != "/login" {
		t.Error("a stranger is in")
	}
}

// A login that lies, or that another browser has begun, lets nobody in.
func TestHostileOIDC(t *testing.T) {
	i := newIssuer(t)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	var h *house
	tried := 0
	claim := func(name string, value any) func(map[string]any) { return func(c map[string]any) { c[name] = value } }
	for what, lie := range map[string]struct {
		claims func(map[string]any)
		sign   func(*issuer, map[string]any) string
	}{
		"another nonce":    {claims: claim("nonce", "x")},
		"no nonce":         {claims: func(c map[string]any) { delete(c, "nonce") }},
		"another audience": {claims: claim("aud", "another-program")},
		"expired":          {claims: claim("exp", time.Now().Add(-time.Hour).Unix())},
		"another issuer":   {claims: claim("iss", "https://evil.example")},
		"nobody":           {claims: claim("sub", "")},
		"another key":      {sign: func(i *issuer, c map[string]any) string { return signedBy(i.t, other, c) }},
		"alg none":         {sign: func(_ *issuer, c map[string]any) string { return parts(map[string]any{"alg": "none"}, c) + "." }},
		"alg HS256":        {sign: func(_ *issuer, c map[string]any) string { return parts(map[string]any{"alg": "HS256"}, c) + ".AAAA" }},
		"cut off":          {sign: func(i *issuer, c map[string]any) string { return strings.TrimRight(i.signed(c), "ABCDEFGH")[:100] }},
		"no token":         {sign: func(*issuer, map[string]any) string { return "" }},
	} {
		if tried++; tried%4 == 1 { // since tries are counted
			h = newHouse(t, withLogin(i))
			h.comesByLogin("Omar", people.Clerk)
		}
		i.mu.Lock()
		if lie.claims != nil {
			i.claims = lie.claims
		}
		if lie.sign != nil {
			i.sign = lie.sign
		}
		i.mu.Unlock()
		d := h.visitor()
		if a := d.any(d.request(http.MethodGet, "/login/oidc", nil)); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d", what, a.StatusCode)
		}
		i.mu.Lock()
		i.claims, i.sign = func(map[string]any) {}, (*issuer).signed
		i.mu.Unlock()
		d = h.visitor()
		d.has(d.get("/login/oidc", http.StatusOK), "You are Omar")
	}
}

// An answer that this browser has not asked for lets nobody in: no state, another's, an
// old one, or none begun at all.
func TestOIDCState(t *testing.T) {
	i := newIssuer(t)
	h := newHouse(t, withLogin(i))
	omar := h.comesByLogin("Omar", people.Clerk)
	omar.post("/logout", nil, http.StatusOK)
	back := "/login/oidc/callback?"
	omar.get(back+"code=the-code&state="+i.asked.Get("state"), http.StatusUnauthorized) // the cookie was good once
	victim := h.visitor()
	victim.unled()
	to, err := url.Parse(omarBegins(t, omar))
	must(t, err)
	state := to.Query().Get("state")
	victim.get(back+"code=the-code&state="+state, http.StatusUnauthorized)
	begun := victim.get("/login/oidc", http.StatusSeeOther)
	if c := begun.Cookies()[0]; !c.HttpOnly || c.MaxAge <= 0 || c.MaxAge > 600 || c.SameSite != http.SameSiteLaxMode {
		t.Errorf("the cookie of a login under way: %+v", c)
	}
	victim.get(back+"code=the-code&state="+state, http.StatusUnauthorized)
	victim.get("/login/oidc", http.StatusSeeOther)
	victim.get(back+"code=the-code", http.StatusUnauthorized)
	victim.get("/login/oidc", http.StatusSeeOther)
	victim.get(back+"error=access_denied&state=x", http.StatusUnauthorized)
}

// omarBegins begins a login without going to it, and returns where it leads.
func omarBegins(t *testing.T, omar *desk) string {
	t.Helper()
	omar.unled()
	return omar.get("/login/oidc", http.StatusSeeOther).Header.Get("Location")
}

// An office without a login of its own has no address for one; one whose issuer does not
// answer says so, and lets people in with passkeys.
func TestOIDCAway(t *testing.T) {
	d := newHouse(t).visitor()
	d.get("/login/oidc", http.StatusNotFound)
	d.get("/login/oidc/callback", http.StatusNotFound)
	h := newHouse(t, func(c *console.Config) {
		c.Office.Login = &console.OIDC{Issuer: "http://127.0.0.1:1", Client: "x", Back: "x"}
	})
	h.visitor().get("/login/oidc", http.StatusUnauthorized)
	h.comes("Nadia", people.Clerk)
}
