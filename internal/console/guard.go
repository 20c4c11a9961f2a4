package console

import (
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// policy is the content security policy of every page: nothing but what the console
// serves itself.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// sessionCookie is the name of the cookie that lets a browser in. Cookies of one host
// are shared by all of its ports, so another console's has another name: see cookieOf.
const sessionCookie = "flexybatch-session"

// guard decides which requests are answered at all.
type guard struct {
	origin *http.CrossOriginProtection
	office *officeServer // nil: one person is let in, by the token

	mu      sync.Mutex
	once    string // the token that has not been used yet; empty: it was
	session string // what the cookie holds
	hosts   []string
}

func newGuard(token string, hosts []string) (*guard, error) {
	if token == "" {
		token = rand.Text()
	}
	return &guard{origin: http.NewCrossOriginProtection(), once: token, session: rand.Text(), hosts: hosts}, nil
}

// token is the one-time token; empty when it was used.
func (g *guard) token() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.once
}

// allow adds hosts that the console answers to.
func (g *guard) allow(hosts ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hosts = append(g.hosts, hosts...)
}

// knows tells whether the console answers to a host.
func (g *guard) knows(host string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Contains(g.hosts, host)
}

// spend takes the one-time token, if it is the one.
func (g *guard) spend(token string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.once == "" || subtle.ConstantTimeCompare([]byte(token), []byte(g.once)) != 1 {
		return false
	}
	g.once = ""
	return true
}

// cookieOf is the name of the session's cookie on a host.
func cookieOf(host string) string {
	if _, port, ok := strings.Cut(host, ":"); ok {
		return sessionCookie + "-" + strings.TrimLeft(port[strings.LastIndexByte(port, ':')+1:], ":")
	}
	return sessionCookie
}

// isIn tells whether a request comes from a browser that was let in.
func (g *guard) isIn(r *http.Request) bool {
	c, err := r.Cookie(cookieOf(r.Host))
	return err == nil && subtle.ConstantTimeCompare([]byte(c.Value), []byte(g.session)) == 1
}

// guarded answers what may be answered by next, and refuses everything else. refuse
// writes a page with a status.
func (g *guard) guarded(next http.Handler, refuse func(http.ResponseWriter, *http.Request, int)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if g.office != nil && g.office.secure() {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		switch {
		case !g.knows(r.Host):
			refuse(w, r, http.StatusMisdirectedRequest)
		case g.origin.Check(r) != nil:
			refuse(w, r, http.StatusForbidden)
		case g.office != nil: // who may see what is said by the table of addresses
			if err := g.office.recognise(r); err != nil {
				refuse(w, r, http.StatusInternalServerError)
				return
			}
			next.ServeHTTP(w, r)
		case r.Method == http.MethodGet && r.URL.Path == "/" && r.URL.Query().Has("token"):
			g.letIn(w, r, refuse)
		case strings.HasPrefix(r.URL.Path, "/assets/"), g.isIn(r):
			next.ServeHTTP(w, r)
		default:
			refuse(w, r, http.StatusUnauthorized)
		}
	})
}

// letIn turns the one-time token into a cookie, and sends the browser to the address
// without it. A browser that is in already is only sent on.
func (g *guard) letIn(w http.ResponseWriter, r *http.Request, refuse func(http.ResponseWriter, *http.Request, int)) {
	if !g.isIn(r) {
		if !g.spend(r.URL.Query().Get("token")) {
			refuse(w, r, http.StatusUnauthorized)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: cookieOf(r.Host), Value: g.session, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	}
	http.Redirect(w, r, local(r.URL.Query().Get("to")), http.StatusSeeOther)
}
