package secret

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/zalando/go-keyring"

	"flexybatch/internal/lang"
)

// Vault is where a machine keeps API keys for its user, each for the host that it
// was checked with. Get and Delete return ErrNotKept where there is none.
type Vault interface {
	Get(host string) (string, error)
	Set(host, key string) error
	Delete(host string) error
}

// patience is how long a keyring is waited for. It may ask its user to open it first,
// which takes a person a moment; one that nobody can answer never returns.
const patience = 10 * time.Second

// ErrNoAnswer is the error of a keyring that does not answer.
var ErrNoAnswer = lang.Errorf("the system keyring does not answer: open it first, or do without it")

// Keep keeps a key for a host in a vault.
func Keep(ctx context.Context, v Vault, host, key string) error {
	_, err := patiently(ctx, func() (struct{}, error) { return struct{}{}, v.Set(host, key) })
	return err
}

// Forget takes the key for a host out of a vault.
func Forget(ctx context.Context, v Vault, host string) error {
	_, err := patiently(ctx, func() (struct{}, error) { return struct{}{}, v.Delete(host) })
	return err
}

// patiently asks a vault something, but not for ever. The question cannot be broken
// off: one that is given up ends with the process.
func patiently[T any](ctx context.Context, ask func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answered := make(chan answer, 1)
	go func() {
		value, err := ask()
		answered <- answer{value, err}
	}()
	late, cancel := context.WithTimeoutCause(ctx, patience, ErrNoAnswer)
	defer cancel()
	select {
	case a := <-answered:
		return a.value, a.err
	case <-late.Done():
		var none T
		return none, context.Cause(late)
	}
}

// ErrNotKept is the error of a vault that has no key for a host.
var ErrNotKept = keyring.ErrNotFound

// service is the program's name in the keyring.
const service = "flexybatch"

// SystemVault is the machine's keyring: Secret Service on Linux, the Keychain of
// macOS, the Credential Manager of Windows.
type SystemVault struct{}

// Get returns the key that is kept for a host.
func (SystemVault) Get(host string) (string, error) {
	if err := session(); err != nil {
		return "", err
	}
	return keyring.Get(service, host)
}

// Set keeps a key for a host.
func (SystemVault) Set(host, key string) error {
	if err := session(); err != nil {
		return err
	}
	return keyring.Set(service, host, key)
}

// Delete takes out the key for a host.
func (SystemVault) Delete(host string) error {
	if err := session(); err != nil {
		return err
	}
	return keyring.Delete(service, host)
}

// session returns an error on a Linux machine whose user has no message bus: the
// library would start one for the occasion, and leave it running.
func session() error {
	if runtime.GOOS != "linux" || os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return nil
	}
	bus := filepath.Join("/run/user", strconv.Itoa(os.Getuid()), "bus")
	if _, err := os.Stat(bus); errors.Is(err, fs.ErrNotExist) {
		return lang.Errorf("there is no session of a desktop here")
	}
	return nil
}
