package oneclick_test

import (
	"errors"
	"strings"
	"testing"

	"flexybatch/batch/oneclick"
)

// The key goes over TLS, or to this machine, or nowhere.
func TestBaseURL(t *testing.T) {
	for url, want := range map[string]error{
		"":                               nil,
		"https://api.oneclickdz.com":     nil,
		"https://api.oneclickdz.com/":    nil,
		"https://api.oneclickdz.com:443": nil,
		"HTTPS://API.oneclickdz.com":     nil,
		"http://localhost":               nil,
		"http://LOCALHOST:8080":          nil,
		"http://127.0.0.1:8080":          nil,
		"http://127.9.8.7":               nil,
		"http://[::1]:8080":              nil,

		"http://api.oneclickdz.com": oneclick.ErrPlainHTTP,
		"http://10.0.0.1":           oneclick.ErrPlainHTTP,
		"http://0.0.0.0":            oneclick.ErrPlainHTTP,
		"http://localhost.evil.com": oneclick.ErrPlainHTTP,
		"http://127.0.0.1.nip.io":   oneclick.ErrPlainHTTP,

		"https://api.oneclickdz.com/v3":    oneclick.ErrBaseURL,
		"https://me:pass@api.example.com":  oneclick.ErrBaseURL,
		"https://api.oneclickdz.com?x=1":   oneclick.ErrBaseURL,
		"https://api.oneclickdz.com#x":     oneclick.ErrBaseURL,
		"https://":                         oneclick.ErrBaseURL,
		"https://:443":                     oneclick.ErrBaseURL,
		"api.oneclickdz.com":               oneclick.ErrBaseURL,
		"localhost:8080":                   oneclick.ErrBaseURL,
		"ftp://localhost":                  oneclick.ErrBaseURL,
		"//api.oneclickdz.com":             oneclick.ErrBaseURL,
		"https://api.oneclickdz.com:port":  oneclick.ErrBaseURL,
		"https://api.oneclickdz.com\n":     oneclick.ErrBaseURL,
		"http://localhost@api.example.com": oneclick.ErrBaseURL,
	} {
		_, err := oneclick.New(oneclick.Config{BaseURL: url, Key: oneclick.NewKey("k")})
		if !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", url, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "pass") {
			t.Errorf("%q: the error shows the password: %v", url, err)
		}
	}
}

func TestKeysThatNoHeaderCarries(t *testing.T) {
	for _, key := range []string{"", " ", "two words", "two\nlines", "clé", "\x00"} {
		_, err := oneclick.New(oneclick.Config{Key: oneclick.NewKey(key)})
		if !errors.Is(err, oneclick.ErrKey) {
			t.Errorf("%q: %v", key, err)
		}
	}
}

// The account is bound to the host as it is used, port included.
func TestAccountNamesItsHost(t *testing.T) {
	var host string
	c := serve(t, say(200, golden(t, "validate")))
	if a, err := c.Account(t.Context()); err != nil {
		t.Error(err)
	} else {
		host = a.Host
	}
	if !strings.HasPrefix(host, "127.0.0.1:") {
		t.Errorf("host %q", host)
	}
	readOnly := strings.NewReplacer("READ-WRITE", "READ-ONLY", "true,\n      \"type\"", "false,\n      \"type\"").Replace(golden(t, "validate"))
	a, err := serve(t, say(200, readOnly)).Account(t.Context())
	if err != nil || !a.ReadOnly || !a.Disabled {
		t.Errorf("%+v, %v", a, err)
	}
}
