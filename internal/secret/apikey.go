package secret

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

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
// perhaps, and as a Windows editor saves it (UTF-8 or UTF-16 behind a byte order mark).
// What no key can be is an error: a try with a bad key costs one of a few.
func ParseKey(text string) (string, error) {
	text, _, err := transform.String(unicode.BOMOverride(transform.Nop), text)
	text = strings.TrimSpace(text)
	switch {
	case err != nil, strings.ContainsRune(text, 0):
		return "", lang.Errorf("the API key is not written as plain text: save it again as UTF-8")
	case text == "":
		return "", lang.Errorf("the API key is empty")
	case strings.ContainsAny(text, " \t\r\n"):
		return "", lang.Errorf("the API key is more than one word: the key must stand there and nothing else")
	case strings.ContainsAny(text, quotes):
		return "", lang.Errorf("the API key stands in quotes: take them away, the key must stand there and nothing else")
	case strings.HasPrefix(strings.ToUpper(text), KeyVariable+"="), assignment.MatchString(text):
		return "", lang.Errorf("a name and = stand before the API key: take them away, the key must stand there and nothing else")
	}
	return text, nil
}

// quotes are what people put around a key, or a word processor does.
const quotes = "\"'`“”„«»‘’"

// assignment is a key as a file of variables has it. A key may end in =, as base64 does.
var assignment = regexp.MustCompile(`^(?i:export|set|[a-z_]*key[a-z_]*|[a-z_]*token[a-z_]*)=[^=]`)

// kept returns the key that a vault has for a host; empty for none. The machine may
// ask its user to open the keyring first.
func kept(ctx context.Context, v Vault, host string) (string, error) {
	if v == nil || host == "" {
		return "", nil
	}
	key, err := patiently(ctx, func() (string, error) { return v.Get(host) })
	if errors.Is(err, ErrNotKept) {
		return "", nil
	}
	return key, err
}
