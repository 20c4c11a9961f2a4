package oneclick

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"flexybatch/batch"
)

// Key is an API key. However it is printed, encoded or logged, it shows as
// "[key]" (money rule 11). The zero Key is empty.
type Key struct {
	// The text is behind a function because fmt prints the unexported fields of
	// an enclosing struct without calling the methods below. Of a function it
	// prints only an address.
	reveal func() string
}

// ErrKey says that a key is empty or has characters that no key has. The message
// does not quote the key.
var ErrKey = batch.Errorf("not an API key: it must be one word of plain letters, digits and signs")

// NewKey returns a Key with this text, without the white space around it.
func NewKey(secret string) Key {
	secret = strings.TrimSpace(secret)
	return Key{func() string { return secret }}
}

const hidden = "[key]"

// String hides the key.
func (Key) String() string { return hidden }

// GoString hides the key.
func (Key) GoString() string { return hidden }

// Format hides the key from every verb.
func (Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// MarshalJSON hides the key from JSON.
func (Key) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// MarshalText hides the key from other encoders.
func (Key) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue hides the key from logs.
func (Key) LogValue() slog.Value { return slog.StringValue(hidden) }

// Empty reports whether there is no key.
func (k Key) Empty() bool { return k.secret() == "" }

func (k Key) secret() string {
	if k.reveal == nil {
		return ""
	}
	return k.reveal()
}

// valid reports whether a header can carry the key.
func (k Key) valid() bool {
	for _, r := range k.secret() {
		if r <= ' ' || r > '~' {
			return false
		}
	}
	return !k.Empty()
}

// redact removes the key from a text that came from elsewhere, such as an answer
// that repeats it.
func (k Key) redact(s string) string {
	if k.Empty() {
		return s
	}
	return strings.ReplaceAll(s, k.secret(), hidden)
}

// redactName does the same for ids, refs, codes and phones, unless the key is so
// short that they may contain it by chance. A simulator's key is whatever
// somebody typed, and must not break a phone in two.
func (k Key) redactName(s string) string {
	const shortest = 16
	if len(k.secret()) < shortest {
		return s
	}
	return k.redact(s)
}

// redactError does the same for an error. An error whose text contains the key
// loses what it wraps.
func (k Key) redactError(err error) error {
	if text := err.Error(); k.redact(text) != text {
		return errors.New(k.redact(text))
	}
	return err
}
