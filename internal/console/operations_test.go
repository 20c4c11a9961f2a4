package console_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"flexybatch/internal/console"
	"flexybatch/internal/people"
	"flexybatch/samples"
)

// ask asks what the machines of an office ask.
func (h *house) ask(path string) (status int, body string) {
	h.t.Helper()
	w := httptest.NewRecorder()
	h.k.Operations().ServeHTTP(w, httptest.NewRequestWithContext(h.t.Context(), http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// An office tells whether it lives and is ready, and its figures, without a login and
// without anything of a payroll.
func TestOperations(t *testing.T) {
	h := newHouse(t)
	nadia := h.comes("Nadia", people.Clerk)
	nadia.run("payroll", samples.Payroll)
	nadia.any(postOf(h.visitor(), "/login", url.Values{"id": {"x"}}))
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready"} {
		if status, body := h.ask(path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d, %s", path, status, body)
		}
	}
	_, body := h.ask("/metrics")
	for _, want := range []string{
		`flexybatch_http_requests_total{method="POST",pattern="POST /batches/{name}/start",status="303"} 1`, `flexybatch_http_request_seconds_count{method="GET"}`,
		`flexybatch_logins_total{outcome="invitation"} 1`, `flexybatch_logins_total{outcome="refused"} 1`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the figures lack %s:\n%s", want, body)
		}
	}
	for _, not := range []string{"payroll", "Nadia", "0550000001"} {
		if strings.Contains(body, not) {
			t.Errorf("the figures hold %s", not)
		}
	}
	nadia.get("/metrics", http.StatusNotFound)
	nadia.get("/healthz", http.StatusNotFound)
}

// An office that cannot reach its people is not ready.
func TestNotReady(t *testing.T) {
	h := newHouse(t, func(c *console.Config) { c.Office.People.Store = brokenStore{c.Office.People.Store} })
	if status, body := h.ask("/readyz"); status != http.StatusServiceUnavailable || strings.Contains(body, "broken") {
		t.Errorf("%d, %s", status, body)
	}
	if status, _ := h.ask("/healthz"); status != http.StatusOK {
		t.Errorf("it lives: %d", status)
	}
}

// brokenStore is a store that cannot be reached.
type brokenStore struct{ people.Store }

func (brokenStore) People(context.Context) ([]people.Person, error) { return nil, errors.New("broken") }

// A store that cannot be reached lets nobody in.
func TestBrokenStoreLetsNobodyIn(t *testing.T) {
	h := newHouse(t)
	nadia := h.comes("Nadia", people.Clerk)
	store := h.office.People.Store.(*people.Folder)
	must(t, os.Rename(store.Path, store.Path+".away"))
	if a := nadia.get("/me", http.StatusOK); a.Request.URL.Path != "/login" {
		t.Errorf("she is at %s", a.Request.URL)
	}
	must(t, os.Rename(store.Path+".away", store.Path))
	nadia.has(nadia.get("/me", http.StatusOK), "Nadia")
}

// An office speaks TLS itself, and no other.
func TestOfficeTLS(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	h := newHouse(t, func(c *console.Config) {
		c.Office.URL = &url.URL{Scheme: "https", Host: c.Office.URL.Host}
		c.Office.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	})
	root, err := x509.ParseCertificate(der)
	must(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(root)
	d := h.visitor()
	d.get("/login", http.StatusBadRequest) // plain HTTP
	d.base = strings.Replace(h.base, "http:", "https:", 1)
	d.client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	d.has(d.get("/", http.StatusOK), "Log in with my passkey")
	if a := d.get("/login", http.StatusOK); a.Header.Get("Strict-Transport-Security") == "" {
		t.Error("browsers are not told to come over TLS")
	}
}
