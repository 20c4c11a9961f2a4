package console_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flexybatch/batch/approval/approvaltest"
	"flexybatch/internal/app"
	"flexybatch/internal/console"
	"flexybatch/internal/people"
	"flexybatch/journal"
	"flexybatch/samples"
)

// house is an office on a socket: a console for many people, each with a browser of
// their own.
type house struct {
	t      *testing.T
	k      *console.Console
	base   string
	folder app.Folder
	office console.Office
	log    *lockedBuffer
	stop   context.CancelFunc
}

// newHouse starts an office.
func newHouse(t *testing.T, change ...func(*console.Config)) *house {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	must(t, err)
	_, port, _ := net.SplitHostPort(l.Addr().String())
	h := &house{t: t, base: "http://localhost:" + port, folder: app.Folder{Path: t.TempDir()}, log: &lockedBuffer{}}
	u, err := url.Parse(h.base)
	must(t, err)
	store := &people.Folder{Path: filepath.Join(h.folder.Path, "people")}
	must(t, store.Invite(t.Context(), people.Invitation{Mark: people.MarkOf("unused"), Name: "Nobody", Roles: []people.Role{people.Clerk}, Until: time.Now().Add(time.Hour)}))
	book, err := people.OpenBook(journal.Disk{}, filepath.Join(store.Path, "acts.journal"))
	must(t, err)
	h.office = console.Office{URL: u, People: people.Office{Store: store}, Book: book, Log: slog.New(slog.NewJSONHandler(h.log, nil))}
	c := console.Config{
		Folder: h.folder, Job: app.App{Version: "test", Log: slog.New(slog.NewJSONHandler(h.log, nil))}, Sample: samples.Payroll,
		Account: app.Account{Simulate: true}, Office: &h.office,
	}
	for _, f := range change {
		f(&c)
	}
	h.k, err = console.New(c)
	must(t, err)
	drain, stop := context.WithCancel(context.Background())
	h.stop = stop
	ended := make(chan error, 1)
	go func() { ended <- h.k.Serve(context.Background(), drain, l) }()
	t.Cleanup(func() {
		stop()
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			t.Error("the office does not end")
		}
		_ = book.Close()
	})
	return h
}

// visitor is a browser in front of the office that nobody has let in.
func (h *house) visitor() *desk {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	must(h.t, err)
	d := &desk{t: h.t, k: h.k, base: h.base, folder: h.folder, client: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
	h.t.Cleanup(d.client.CloseIdleConnections)
	return d
}

// member is somebody of the office in front of their browser.
type member struct {
	*passkeyHolder
	house *house
	id    []byte // of the passkey
}

// comes invites somebody, who makes a passkey and is let in.
func (h *house) comes(name string, roles ...people.Role) *member {
	h.t.Helper()
	token, err := h.office.People.Invite(h.t.Context(), name, roles, "test")
	must(h.t, err)
	m := &member{passkeyHolder: &passkeyHolder{desk: h.visitor(), passkey: approvaltest.New(h.t, approvaltest.ES256), name: name}, house: h, id: []byte("key of " + name)}
	m.passkey.Origin = h.base
	m.who = m.passkey.Approver(h.t, name)
	page := "/invitations/" + token
	m.has(m.get(page, http.StatusOK), name, "Make a passkey")
	a := m.post(page, m.made(page+"/challenge"), http.StatusOK)
	m.has(a, "You are "+name)
	return m
}

// made is what the script sends of a passkey that was made.
func (m *member) made(challenge string) url.Values {
	m.t.Helper()
	asked, raw := m.asked(challenge)
	made := m.passkey.Register(m.t, raw)
	return url.Values{"challenge": {asked}, "id": {b64(m.id)}, "key": {b64(made.PublicKey)}, "authenticator": {b64(made.AuthenticatorData)}, "client": {b64(made.ClientData)}}
}

// asked gets a challenge.
func (m *member) asked(path string) (text string, raw []byte) {
	m.t.Helper()
	var asked struct{ Challenge, RpID string }
	m.decode(m.post(path, nil, http.StatusOK), &asked)
	raw, err := base64.RawURLEncoding.DecodeString(asked.Challenge)
	if err != nil || asked.RpID != "localhost" {
		m.t.Fatalf("%+v, %v", asked, err)
	}
	return asked.Challenge, raw
}

// answers is what the script sends when the passkey has answered.
func (m *member) answers() url.Values {
	m.t.Helper()
	text, raw := m.asked("/login/challenge")
	as, signature := m.passkey.Assert(m.t, raw)
	return url.Values{"challenge": {text}, "id": {b64(m.id)}, "signature": {b64(signature)}, "authenticator": {b64(as.AuthenticatorData)}, "client": {b64(as.ClientData)}}
}

// session is the cookie of somebody who was let in.
func (d *desk) session() *http.Cookie {
	d.t.Helper()
	u, err := url.Parse(d.base)
	must(d.t, err)
	for _, c := range d.client.Jar.Cookies(u) {
		if strings.HasPrefix(c.Name, "flexybatch-session") || strings.HasPrefix(c.Name, "__Host-flexybatch") {
			return c
		}
	}
	d.t.Fatal("there is no session")
	return nil
}

// unled makes a browser that follows nowhere.
func (d *desk) unled() {
	d.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
}

// A person comes by an invitation, which is good once, goes, and comes again with the
// passkey, to the page that they wanted.
func TestOfficeLogin(t *testing.T) {
	h := newHouse(t)
	nadia := h.comes("Nadia", people.Clerk)
	c := nadia.session()
	nadia.has(nadia.get("/", http.StatusOK), "A new file", "You are Nadia")
	nadia.has(nadia.post("/logout", nil, http.StatusOK), "Log in with my passkey")
	a := nadia.get("/search", http.StatusOK)
	if a.Request.URL.RequestURI() != "/login?to=%2Fsearch" {
		t.Errorf("without a login it leads to %s", a.Request.URL)
	}
	form := nadia.answers()
	form.Set("to", "/search")
	if a = nadia.post("/login", form, http.StatusOK); a.Request.URL.Path != "/search" {
		t.Errorf("the login leads to %s", a.Request.URL)
	}
	if again := nadia.session(); again.Value == c.Value {
		t.Error("a new login has the old session")
	}
	form = nadia.answers()
	form.Set("to", "//evil.example/")
	if a = nadia.post("/login", form, http.StatusOK); a.Request.URL.Host != strings.TrimPrefix(h.base, "http://") {
		t.Errorf("the login leads out: %s", a.Request.URL)
	}
}

// The cookie cannot be read by a script, and does not come with what another site sends.
func TestOfficeCookie(t *testing.T) {
	h := newHouse(t)
	nadia := h.comes("Nadia", people.Clerk)
	nadia.unled()
	form := nadia.answers()
	c := nadia.post("/login", form, http.StatusSeeOther).Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || len(c.Value) < 20 {
		t.Errorf("the cookie: %+v", c)
	}
	secure := newHouse(t, func(c *console.Config) {
		c.Office.URL = &url.URL{Scheme: "https", Host: "localhost"}
		c.Office.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	})
	token, err := secure.office.People.Invite(t.Context(), "Amel", []people.Role{people.Clerk}, "test")
	must(t, err)
	amel := &member{passkeyHolder: &passkeyHolder{desk: secure.visitor(), passkey: approvaltest.New(t, approvaltest.ES256)}, id: []byte("x")}
	amel.passkey.Origin = "https://localhost"
	amel.unled()
	amel.client.Transport = proxy{"X-Forwarded-Proto": "https", "X-Forwarded-Host": "localhost"}
	made := amel.made("/invitations/" + token + "/challenge")
	a := amel.post("/invitations/"+token, made, http.StatusSeeOther)
	if c = a.Cookies()[0]; !c.Secure || !c.HttpOnly || c.Name != "__Host-flexybatch" || c.Domain != "" || c.Path != "/" {
		t.Errorf("over TLS the cookie is %+v", c)
	}
	if a.Header.Get("Strict-Transport-Security") == "" {
		t.Error("browsers are not told to come over TLS")
	}
}

// proxy is a proxy that adds headers.
type proxy map[string]string

func (p proxy) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	for name, value := range p {
		r.Header.Set(name, value)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// Behind a proxy its word counts, and nobody else's; whoever comes past it is refused.
func TestTrustedProxy(t *testing.T) {
	behind := func(trusted string) *desk {
		h := newHouse(t, func(c *console.Config) {
			c.Office.URL = &url.URL{Scheme: "https", Host: "pay.example"}
			c.Office.Trusted = []netip.Prefix{netip.MustParsePrefix(trusted), netip.MustParsePrefix("2001:db8::/32")}
		})
		return h.visitor()
	}
	past := behind("192.0.2.0/24")
	past.client.Transport = proxy{"X-Forwarded-Proto": "https", "X-Forwarded-Host": "pay.example"}
	past.get("/login", http.StatusForbidden)
	d := behind("127.0.0.0/8")
	for _, x := range []struct {
		headers proxy
		want    int
	}{
		{proxy{"X-Forwarded-Proto": "https", "X-Forwarded-Host": "pay.example"}, http.StatusOK},
		{proxy{"X-Forwarded-Proto": "https", "X-Forwarded-Host": "pay.example:443"}, http.StatusOK},
		{proxy{"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}, http.StatusMisdirectedRequest},
		{proxy{"X-Forwarded-Proto": "https"}, http.StatusMisdirectedRequest}, // the host that was asked is the listener's own
		{proxy{"X-Forwarded-Proto": "http", "X-Forwarded-Host": "pay.example"}, http.StatusForbidden},
		{proxy{"X-Forwarded-Proto": "https, http", "X-Forwarded-Host": "pay.example"}, http.StatusForbidden},
		{proxy{"X-Forwarded-Host": "pay.example"}, http.StatusForbidden},
	} {
		d.client.Transport = x.headers
		if a := d.any(d.request(http.MethodGet, "/login", nil)); a.StatusCode != x.want {
			t.Errorf("%v: %d, want %d", x.headers, a.StatusCode, x.want)
		}
	}
}

// Without a proxy nobody's word is taken, and only the office's own name is answered to.
func TestOfficeHost(t *testing.T) {
	d := newHouse(t).visitor()
	for host, want := range map[string]int{"evil.example": http.StatusMisdirectedRequest, "localhost": http.StatusMisdirectedRequest, strings.TrimPrefix(d.base, "http://"): http.StatusOK} {
		r := d.request(http.MethodGet, "/login", nil)
		r.Host = host
		d.do(r, want)
	}
	r := d.request(http.MethodGet, "/login", nil)
	r.Host = "evil.example"
	r.Header.Set("X-Forwarded-Host", strings.TrimPrefix(d.base, "http://"))
	d.do(r, http.StatusMisdirectedRequest)
}

// What another site sends is refused, cookie or not; a login too.
func TestOfficeCrossOrigin(t *testing.T) {
	h := newHouse(t)
	nadia := h.comes("Nadia", people.Clerk)
	for _, path := range []string{"/logout", "/login", "/sample", "/files"} {
		for name, value := range map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"} {
			r := nadia.request(http.MethodPost, path, nil)
			r.Header.Set(name, value)
			nadia.do(r, http.StatusForbidden)
		}
	}
	nadia.has(nadia.get("/", http.StatusOK), "You are Nadia")
}

// A session that was planted before the login is not the one after it; one that was
// copied is good for nothing after a log-out, or when its person is removed.
func TestSessionsAreNotTaken(t *testing.T) {
	h := newHouse(t)
	admin := h.comes("Admin", people.Admin)
	thief := h.comes("Thief", people.Clerk)
	nadia := h.comes("Nadia", people.Clerk)
	planted := thief.session()
	u, _ := url.Parse(h.base)
	nadia.client.Jar.SetCookies(u, []*http.Cookie{{Name: planted.Name, Value: planted.Value, Path: "/"}})
	nadia.has(nadia.post("/login", nadia.answers(), http.StatusOK), "You are Nadia")
	if nadia.session().Value == planted.Value {
		t.Fatal("the planted session became Nadia's")
	}
	thief.get("/", http.StatusOK)
	if a := thief.get("/me", http.StatusOK); a.Request.URL.Path != "/login" {
		t.Error("the session that was replaced goes on")
	}
	copied := nadia.session()
	as := func(want int) {
		t.Helper()
		other := h.visitor()
		other.unled()
		r := other.request(http.MethodGet, "/me", nil)
		r.AddCookie(copied)
		other.do(r, want)
	}
	as(http.StatusOK)
	nadia.post("/logout", nil, http.StatusOK)
	as(http.StatusSeeOther)
	nadia.post("/login", nadia.answers(), http.StatusOK)
	copied = nadia.session()
	as(http.StatusOK)
	p, _, err := h.office.People.ByPasskey(t.Context(), nadia.id)
	must(t, err)
	admin.post("/people/"+p.ID+"/remove", nil, http.StatusOK)
	as(http.StatusSeeOther)
	nadia.unled()
	nadia.post("/login", nadia.answers(), http.StatusUnauthorized)
	nadia.do(nadia.request(http.MethodPost, "/sample", nil), http.StatusUnauthorized)
}

// A passkey that answers something else lets nobody in, nor does the same answer twice.
func TestHostilePasskeys(t *testing.T) {
	h := newHouse(t)
	nadia, omar := h.comes("Nadia", people.Clerk), h.comes("Omar", people.Clerk)
	in := nadia.answers()
	nadia.post("/login", in, http.StatusOK)
	other := h.visitor()
	other.post("/login", in, http.StatusUnauthorized) // again
	for what, change := range map[string]func(url.Values){
		"another's id":   func(f url.Values) { f.Set("id", b64(omar.id)) },
		"no id":          func(f url.Values) { f.Set("id", "") },
		"own challenge":  func(f url.Values) { f.Set("challenge", b64([]byte("of my own making, which is long enough..."))) },
		"no challenge":   func(f url.Values) { f.Del("challenge") },
		"another's sign": func(f url.Values) { f.Set("signature", omar.answers().Get("signature")) },
		"no signature":   func(f url.Values) { f.Del("signature") },
	} {
		form := nadia.answers()
		change(form)
		a := other.any(postOf(other, "/login", form))
		if a.StatusCode != http.StatusUnauthorized || len(a.Cookies()) > 0 {
			t.Errorf("%s: %d, %v", what, a.StatusCode, a.Cookies())
		}
	}
	nadia.passkey.Origin = "https://evil.example"
	other.post("/login", nadia.answers(), http.StatusUnauthorized)
}

// postOf is a form that is sent.
func postOf(d *desk, path string, form url.Values) *http.Request {
	r := d.request(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// Whoever tries too often is told to wait.
func TestLoginsAreThrottled(t *testing.T) {
	d := newHouse(t).visitor()
	for range 40 {
		if a := d.any(postOf(d, "/login", nil)); a.StatusCode == http.StatusTooManyRequests {
			if a.Header.Get("Retry-After") == "" {
				t.Error("it is not said for how long")
			}
			return
		}
	}
	t.Error("40 tries were let through")
}

// The log has a line for each request, with the person, and no phone, token or name of
// an address in it.
func TestOfficeLog(t *testing.T) {
	h := newHouse(t)
	nadia := h.comes("Nadia", people.Clerk)
	nadia.run("payroll", samples.Payroll)
	nadia.post("/search", url.Values{"text": {"0550000001"}}, http.StatusOK)
	nadia.get("/batches/0550000001?phone=0550000002", http.StatusNotFound)
	text := h.log.String()
	for _, not := range []string{"0550000001", "0550000002", nadia.session().Value} {
		if strings.Contains(text, not) {
			t.Errorf("the log holds %s", not)
		}
	}
	found := false
	for line := range strings.Lines(text) {
		var l struct {
			Msg, ID, Method, Pattern, Person, Client string
			Status                                   int
			MS                                       *int64
		}
		if !strings.Contains(line, `"msg":"request"`) {
			continue
		}
		must(t, json.Unmarshal([]byte(line), &l))
		if l.Pattern == "POST /search" {
			found = l.Person == "Nadia" && l.Status == http.StatusOK && len(l.ID) == 16 && l.MS != nil && netip.MustParseAddr(l.Client).IsLoopback()
		}
	}
	if !found {
		t.Errorf("no line of the search in %s", text)
	}
}

// The pages of an office are wholly in each language, with the words of what goes wrong.
func TestOfficeInEveryLanguage(t *testing.T) {
	h := newHouse(t, withLogin(newIssuer(t)))
	admin, auditor, nadia := h.comes("Karim", people.Admin), h.comes("Samia", people.Auditor), h.comes("Nadia", people.Approver, people.Clerk)
	nadia.run("payroll", samples.Payroll)
	token, err := h.office.People.Invite(t.Context(), "Omar", people.Roles()[:2], "Karim")
	must(t, err)
	for _, language := range []string{"en", "fr", "ar"} {
		h.k.ForgetTries() // three people in one are more than one address may be
		english := []string{}
		if language != "en" {
			english = sentences(t, language)
		}
		for who, paths := range map[*desk][]string{
			h.visitor():  {"/login", "/invitations/" + token, "/invitations/nothing", "/login/oidc/callback"},
			admin.desk:   {"/", "/people", "/me", "/approvers", "/key", "/batches/payroll", "/batches/payroll/approval"},
			auditor.desk: {"/", "/acts", "/people", "/batches/payroll/rows", "/batches/payroll/reconcile", "/requests", "/batches/payroll/versions/1"},
			nadia.desk:   {"/me", "/requests", "/batches/payroll/approval", "/people"},
		} {
			who.any(postOf(who, "/language", form("language", language, "back", "/")))
			for _, path := range paths {
				who.saysAll(language, path, english)
			}
		}
	}
}
