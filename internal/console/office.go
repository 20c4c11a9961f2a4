package console

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"flexybatch/internal/lang"
	"flexybatch/internal/office"
	"flexybatch/internal/people"
	"flexybatch/internal/publish"
)

// Office is what a console has that many people use from other machines.
type Office struct {
	URL     *url.URL       // as browsers have it: scheme, host, and port where it is not the usual one
	People  people.Office  // who is let in
	Book    *people.Book   // where acts are written down before they are done
	Line    *office.Line   // where batches are put for an office's workers; nil: this process sends them
	Login   *OIDC          // the office's own login; nil: passkeys alone
	Trusted []netip.Prefix // of the proxies that speak TLS for the console, and whose word for the client is taken
	TLS     *tls.Config    // nil: a trusted proxy has it, or it is loopback
	Log     *slog.Logger   // a line for each request; nil: none
}

// officeServer is Office at work. It is People, too.
type officeServer struct {
	Office
	throttle *throttle
	figures  *publish.Requests
}

func newOffice(o Office) *officeServer {
	return &officeServer{Office: o, throttle: newThrottle(), figures: publish.NewRequests()}
}

// openOffice makes the console one of many people.
func (k *Console) openOffice(o Office) (err error) {
	k.office = newOffice(o)
	k.people = k.office
	k.guard.office = k.office
	k.guard.allow(hostsOfURL(o.URL)...)
	if o.Line != nil {
		k.openLine(o.Line)
	}
	k.masked, err = newPages(true, masking)
	return err
}

// secure tells whether browsers come over TLS.
func (o *officeServer) secure() bool { return o.URL.Scheme == "https" }

// visit is a request with what is known of who sends it.
type visit struct {
	id     string
	client netip.Addr
	token  string // of the session; empty: there is none
	person Person // zero: nobody was let in
	in     bool
	detail string // what the book of acts is told beside the address
}

// visitKey is where a request's context has the visit.
type visitKey struct{}

// visitOf is the visit of a request; an empty one where there is no office.
func visitOf(r *http.Request) *visit {
	if r != nil {
		if v, ok := r.Context().Value(visitKey{}).(*visit); ok {
			return v
		}
	}
	return &visit{}
}

// errNotIn says that a request comes from nobody who was let in.
var errNotIn = lang.Errorf("nobody is logged in")

// Who is who sends a request, as the cookie has told when it came.
func (o *officeServer) Who(r *http.Request) (Person, error) {
	if v := visitOf(r); v.in {
		return v.person, nil
	}
	return Person{}, errNotIn
}

// recognise finds out whose session the cookie of a request is of.
func (o *officeServer) recognise(r *http.Request) error {
	v := visitOf(r)
	c, err := r.Cookie(o.cookieName())
	if err != nil {
		return nil //nolint:nilerr // there is none
	}
	p, err := o.People.Who(r.Context(), c.Value)
	if errors.Is(err, people.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	v.token, v.person, v.in = c.Value, p, true
	return nil
}

// stillIn tells whether the session of a request that takes long is still one.
func (k *Console) stillIn(r *http.Request) bool {
	if k.office == nil {
		return true
	}
	p, err := k.office.People.Who(r.Context(), visitOf(r).token)
	return err == nil && everybody().allows(p)
}

// cookieName is the name of the session's cookie. With the prefix a browser takes it
// from this very host alone, and over TLS alone.
func (o *officeServer) cookieName() string {
	if o.secure() {
		return "__Host-flexybatch"
	}
	return cookieOf(o.URL.Host)
}

// cookie is a cookie of the office. It is Lax, so that it comes with a link in a mail
// and with the way back from the office's own login; what another site sends by POST is
// refused whatever cookie it has.
func (o *officeServer) cookie(name, value string, age int) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: o.secure(), SameSite: http.SameSiteLaxMode, MaxAge: age}
}

// behind takes the word of a trusted proxy for the host that a browser has asked and
// for where it is. It reports false for a request that comes past the proxy, or by a
// way that the proxy does not call TLS.
func (o *officeServer) behind(r *http.Request) (client netip.Addr, ok bool) {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	client = from.Addr().Unmap()
	if len(o.Trusted) == 0 {
		return client, true
	}
	if !o.trusts(client) || last(r.Header.Values("X-Forwarded-Proto")) != o.URL.Scheme {
		return client, false
	}
	if host := last(r.Header.Values("X-Forwarded-Host")); host != "" {
		r.Host = host
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && o.trusts(client); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		client = hop.Unmap()
	}
	return client, true
}

// trusts tells whether an address is that of a trusted proxy.
func (o *officeServer) trusts(a netip.Addr) bool {
	for _, p := range o.Trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// last is the last value of a header that may have several: the nearest proxy's.
func last(values []string) string {
	list := strings.Split(strings.Join(values, ","), ",")
	return strings.ToLower(strings.TrimSpace(list[len(list)-1]))
}

// observed is the outermost: it gives each request its id, finds out where it comes
// from, and writes what became of it to the log and the figures. The log has the
// pattern of an address and no value of it, so that nothing of a payroll is in it.
func (k *Console) observed(next http.Handler) http.Handler {
	if k.office == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o := k.office
		v := &visit{id: newID()}
		r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
		w.Header().Set("X-Request-Id", v.id)
		out := &answering{ResponseWriter: w}
		done := o.watch(r, v, out)
		defer done()
		var ok bool
		if v.client, ok = o.behind(r); !ok {
			http.Error(out, "this console is reached through its proxy, over TLS", http.StatusForbidden)
			return
		}
		next.ServeHTTP(out, r)
	})
}

// tlsListener is a listener that speaks TLS, where the console does so itself.
func (k *Console) tlsListener(l net.Listener) net.Listener {
	if k.office == nil || k.office.TLS == nil {
		return l
	}
	return tls.NewListener(l, k.office.TLS)
}

// relyingParty is the host that passkeys are made for. Browsers make none for an
// address.
func (k *Console) relyingParty() string {
	if k.office != nil {
		return k.office.URL.Hostname()
	}
	return "localhost"
}

// hostsOfURL are the hosts that browsers name for an address: without a port that goes
// without saying.
func hostsOfURL(u *url.URL) []string {
	usual := map[string]string{"https": "443", "http": "80"}[u.Scheme]
	if port := cmp.Or(u.Port(), usual); port == usual {
		return []string{u.Hostname(), net.JoinHostPort(u.Hostname(), port)}
	}
	return []string{u.Host}
}
