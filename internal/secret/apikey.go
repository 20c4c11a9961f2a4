package secret

import (
	"context"
	"errors"
	"strings"

	"flexybatch/internal/lang"
)

// KeyVariable is the environment variable that holds the API key.
const KeyVariable = "ONECLICKDZ_API_KEY"

// NoKey says that no source has a key.
type NoKey struct {
	Keyring error // why the system keyring could not be asked; nil: it could, or there is none
}

func (e *NoKey) Error() string { return e.Message().String() }
func (e *NoKey) Unwrap() error { return e.Keyring }

// Message says where a key may be kept.
func (e *NoKey) Message() lang.Message {
	if e.Keyring != nil {
		return lang.Msg("there is no API key: set ONECLICKDZ_API_KEY, or give --key-file FILE (or try --simulate, which needs none).\nThe system keyring cannot be asked: %v", e.Keyring)
	}
	return lang.Msg("there is no API key: keep it in the system keyring with flexybatch login, set ONECLICKDZ_API_KEY, or give --key-file FILE (or try --simulate, which needs none)")
}

// KeySources are the places where an API key may be. It never comes from a flag's
// value, which others can see.
type KeySources struct {
	File     string // that was named for this run; empty: none
	Variable string // the value of KeyVariable; empty: not set
	Vault    Vault  // the system keyring; nil: none
	Host     string // where the key goes; a vault gives it out for this host only
}

// Find returns the key of the first source that has one, and says where it comes
// from: the file, the environment, the system keyring, in this order.
func (s KeySources) Find(ctx context.Context) (key string, from lang.Message, err error) {
	if s.File != "" {
		b, err := ReadFile(s.File)
		if err != nil {
			return "", from, lang.Errorf("reading the key: %w", err)
		}
		key, err = ParseKey(string(b))
		return key, lang.Msg("the file %s", s.File), err
	}
	if strings.TrimSpace(s.Variable) != "" {
		key, err = ParseKey(s.Variable)
		return key, lang.Msg("the variable %s", KeyVariable), err
	}
	text, err := kept(ctx, s.Vault, s.Host)
	if err != nil {
		return "", from, &NoKey{Keyring: err}
	}
	if text == "" {
		return "", from, &NoKey{}
	}
	key, err = ParseKey(text)
	return key, lang.Msg("the system keyring"), err
}

// ParseKey reads a key that somebody gave: one word, with white space around it
// perhaps.
func ParseKey(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", lang.Errorf("the API key is empty")
	case strings.ContainsAny(text, " \t\r\n"):
		return "", lang.Errorf("the API key is more than one word: the key must stand there and nothing else")
	}
	return text, nil
}

// kept returns the key that a vault has for a host; empty for none. The machine may
// ask its user to open the keyring first.
func kept(ctx context.Context, v Vault, host string) (string, error) {
	if v == nil || host == "" {
		return "", nil
	}
	type answer struct {
		key string
		err error
	}
	answered := make(chan answer, 1)
	go func() { // the keyring's question cannot be broken off: it ends with the process
		key, err := v.Get(host)
		answered <- answer{key, err}
	}()
	select {
	case a := <-answered:
		if errors.Is(a.err, ErrNotKept) {
			return "", nil
		}
		return a.key, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
