package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/zalando/go-keyring"

	"flexybatch/batch/oneclick"
)

// keyVariable is the variable that holds the API key.
const keyVariable = "ONECLICKDZ_API_KEY"

// key is the API key, and where it comes from, in words. It never comes from a
// flag's value, which others can see. In this order: --key-file, the environment,
// key-file in the user's own settings (all three are sorted out by
// configuration.of), the system keyring.
func (a *account) key(ctx context.Context, w world) (oneclick.Key, string, error) {
	if a.keyFile != "" {
		b, err := readSecret(a.keyFile)
		if err != nil {
			return oneclick.Key{}, "", failf(exitNothing, "reading the key: %w", err)
		}
		key, err := parseKey(string(b))
		return key, fmt.Sprintf("the file %s", a.keyFile), err
	}
	if text := w.getenv(keyVariable); strings.TrimSpace(text) != "" {
		key, err := parseKey(text)
		return key, fmt.Sprintf("the variable %s", keyVariable), err
	}
	text, err := w.kept(ctx, a.host())
	if err != nil {
		return oneclick.Key{}, "", failf(exitNothing, "there is no API key: set ONECLICKDZ_API_KEY, or give --key-file FILE (or try --simulate, which needs none).\nThe system keyring cannot be asked: %w", err)
	}
	if text == "" {
		return oneclick.Key{}, "", failf(exitNothing, "there is no API key: keep it in the system keyring with flexybatch login, set ONECLICKDZ_API_KEY, or give --key-file FILE (or try --simulate, which needs none)")
	}
	key, err := parseKey(text)
	return key, "the system keyring", err
}

// parseKey reads a key that somebody gave.
func parseKey(text string) (oneclick.Key, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return oneclick.Key{}, failf(exitNothing, "the API key is empty")
	case strings.ContainsAny(text, " \t\r\n"):
		return oneclick.Key{}, failf(exitNothing, "the API key is more than one word: the key must stand there and nothing else")
	}
	return oneclick.NewKey(text), nil
}

// host is where the key goes, with its port where that is not the usual one.
func (a *account) host() string {
	base := a.baseURL
	if base == "" {
		base = oneclick.DefaultBaseURL
	}
	u, err := url.Parse(base)
	if err != nil {
		return "" // which no key is kept for; the client says what is wrong
	}
	return strings.ToLower(u.Host)
}

// vault is where the machine keeps secrets for its user.
type vault interface {
	Get(service, user string) (string, error)
	Set(service, user, secret string) error
	Delete(service, user string) error
}

// keptAs is the program's name in the keyring. The user is the host that the key
// was checked with, and it is given to no other.
const keptAs = "flexybatch"

// kept is the key that the keyring has for a host; empty for none. The machine may
// ask its user to open the keyring first.
func (w world) kept(ctx context.Context, host string) (string, error) {
	if w.vault == nil || host == "" {
		return "", nil
	}
	type answer struct {
		secret string
		err    error
	}
	answered := make(chan answer, 1)
	go func() { // the keyring's question cannot be broken off: it ends with the process
		secret, err := w.vault.Get(keptAs, host)
		answered <- answer{secret, err}
	}()
	select {
	case a := <-answered:
		if errors.Is(a.err, keyring.ErrNotFound) {
			return "", nil
		}
		return a.secret, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// systemVault is the machine's keyring: Secret Service on Linux, the Keychain of
// macOS, the Credential Manager of Windows.
type systemVault struct{}

func (systemVault) Get(service, user string) (string, error) {
	if err := session(); err != nil {
		return "", err
	}
	return keyring.Get(service, user)
}

func (systemVault) Set(service, user, secret string) error {
	if err := session(); err != nil {
		return err
	}
	return keyring.Set(service, user, secret)
}

func (systemVault) Delete(service, user string) error {
	if err := session(); err != nil {
		return err
	}
	return keyring.Delete(service, user)
}

var errNoSession = errors.New("there is no session of a desktop here")

// session is an error on a Linux machine whose user has no message bus: the library
// would start one for the occasion, and leave it running.
func session() error {
	if runtime.GOOS != "linux" || os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return nil
	}
	bus := filepath.Join("/run/user", strconv.Itoa(os.Getuid()), "bus")
	if _, err := os.Stat(bus); errors.Is(err, fs.ErrNotExist) {
		return errNoSession
	}
	return nil
}
