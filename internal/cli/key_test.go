package cli

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/zalando/go-keyring"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/secret"
)

// kept is a desk with the keyring that the library has for tests, and a provider.
func keyringDesk(t *testing.T) (d *desk, base string) {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "of the test") // the keyring in memory needs none
	keyring.MockInit()
	d = newDesk(t)
	d.vault = secret.SystemVault{}
	return d, newProvider(t, "good-key-0123456789", nil)
}

// newProvider is a provider that knows one key; calls counts what reaches it.
func newProvider(t *testing.T, key string, calls *atomic.Int64) string {
	t.Helper()
	sim, err := simulator.New(simulator.Config{Keys: []simulator.Key{{Key: key, Type: simulator.Production, Username: "acme"}}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls != nil {
			calls.Add(1)
		}
		sim.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// A key is checked before it is kept, found again where it belongs, and goes
// nowhere else.
func TestLogin(t *testing.T) {
	d, base := keyringDesk(t)
	quiet := func(out ...string) {
		t.Helper()
		for _, s := range out {
			if strings.Contains(s, "-key-0123456789") {
				t.Errorf("the key is shown: %s", s)
			}
		}
	}
	d.stdin = "wrong-key-0123456789\n"
	_, stderr := d.run(exitNothing, "login", "--base-url", base)
	quiet(stderr)
	if !strings.Contains(stderr, "Check the key") {
		t.Error(stderr)
	}
	if _, stderr := d.run(exitDone, "plans", "--base-url", base); !strings.Contains(stderr, "flexybatch login") {
		t.Errorf("a key that was refused is kept: %s", stderr)
	}

	d.stdin = "good-key-0123456789\n"
	_, stderr = d.run(exitDone, "login", "--base-url", base)
	quiet(stderr)
	if !strings.Contains(stderr, "The key of account acme (PRODUCTION) is kept in the system keyring, for 127.0.0.1:") {
		t.Error(stderr)
	}
	d.run(exitDone, "plans", "--base-url", base)
	d.env["FLEXYBATCH_BASE_URL"] = base
	stdout, stderr := d.run(exitDone, "config")
	quiet(stdout, stderr)
	if !strings.Contains(stdout, "from the system keyring") {
		t.Error(stdout)
	}

	// The environment and a file are nearer.
	d.env[secret.KeyVariable] = "other-key-0123456789"
	if stdout, _ := d.run(exitDone, "config"); !strings.Contains(stdout, "from the variable ONECLICKDZ_API_KEY") {
		t.Error(stdout)
	}
	_, stderr = d.run(exitNothing, "plans")
	quiet(stderr)
	delete(d.env, secret.KeyVariable)

	// Another host does not get it, whoever says that the key goes there.
	var calls atomic.Int64
	d.env["FLEXYBATCH_BASE_URL"] = newProvider(t, "good-key-0123456789", &calls)
	if _, stderr := d.run(exitDone, "plans"); !strings.Contains(stderr, "here is no API key") || calls.Load() != 0 {
		t.Errorf("%d calls, %s", calls.Load(), stderr)
	}
	d.env["FLEXYBATCH_BASE_URL"] = base

	if _, stderr := d.run(exitDone, "logout"); !strings.Contains(stderr, "no longer in the system keyring") {
		t.Error(stderr)
	}
	if _, stderr := d.run(exitDone, "logout"); !strings.Contains(stderr, "has no key for") {
		t.Error(stderr)
	}
	d.run(exitDone, "plans")
}

func TestLoginOfNothing(t *testing.T) {
	d, base := keyringDesk(t)
	for text, want := range map[string]string{"": "the API key is empty", "\n": "the API key is empty", "two words\n": "more than one word", "good-key-0123456789\nand more\n": "more than one word"} {
		d.stdin = text
		if _, stderr := d.run(exitNothing, "login", "--base-url", base); !strings.Contains(stderr, want) {
			t.Errorf("%q: %s", text, stderr)
		}
	}
	d.stdin = "good-key-0123456789"
	if _, stderr := d.run(exitUsage, "login", "--base-url", "http://example.com"); !strings.Contains(stderr, "https") {
		t.Error(stderr)
	}
	keyring.MockInitWithError(errors.New("locked"))
	if _, stderr := d.run(exitNothing, "login", "--base-url", base); !strings.Contains(stderr, "the key is good, and the system keyring does not take it: locked") {
		t.Error(stderr)
	}
	if _, stderr := d.run(exitDone, "plans", "--base-url", base); !strings.Contains(stderr, "The system keyring cannot be asked: locked") {
		t.Error(stderr)
	}
	d.run(exitNothing, "logout", "--base-url", base)
	d.vault = nil
	d.run(exitNothing, "login", "--base-url", base)
	d.run(exitNothing, "logout", "--base-url", base)
}
