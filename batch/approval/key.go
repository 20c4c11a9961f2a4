package approval

import (
	"bytes"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"strings"

	"golang.org/x/crypto/ssh"

	"flexybatch/batch"
)

// Key is a public Ed25519 key. In JSON it is as OpenSSH writes it: "ssh-ed25519"
// and the key in base64.
type Key struct{ public ed25519.PublicKey }

// PublicKey returns the public key that belongs to a private one.
func PublicKey(private ed25519.PrivateKey) Key {
	return Key{bytes.Clone(private[ed25519.SeedSize:])}
}

// Equal reports whether two keys are the same.
func (k Key) Equal(other Key) bool { return k.public.Equal(other.public) }

// String returns the key as OpenSSH writes it, and "" for none.
func (k Key) String() string {
	text, err := k.MarshalText()
	if err != nil {
		return ""
	}
	return string(text)
}

// MarshalText writes the key as OpenSSH does, and nothing for none.
func (k Key) MarshalText() ([]byte, error) {
	if k.public == nil {
		return nil, nil
	}
	public, err := ssh.NewPublicKey(k.public)
	if err != nil {
		return nil, batch.Errorf("writing a public key: %w", err)
	}
	return bytes.TrimSpace(ssh.MarshalAuthorizedKey(public)), nil
}

// UnmarshalText reads what MarshalText writes.
func (k *Key) UnmarshalText(text []byte) error {
	a, err := ParseApprover(string(text))
	if err != nil {
		return err
	}
	*k = a.Key
	return nil
}

// Fingerprint returns the key's fingerprint as `ssh-keygen -l` shows it, and "" for
// none.
func (k Key) Fingerprint() string {
	public, err := ssh.NewPublicKey(k.public)
	if err != nil {
		return ""
	}
	return ssh.FingerprintSHA256(public)
}

// Approver is a person's name with that person's key.
type Approver struct {
	Name string
	Key  Key
}

// String returns the approver's line in a file of approvers.
func (a Approver) String() string { return a.Key.String() + " " + a.Name }

var errLine = batch.Errorf("it is no line as `flexybatch keygen` writes it: ssh-ed25519, the key, and the name")

// ParseApprover reads a line of a public key and a name. The name may be missing.
func ParseApprover(line string) (Approver, error) {
	public, name, options, _, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil || len(options) > 0 {
		return Approver{}, errLine
	}
	held, ok := public.(ssh.CryptoPublicKey)
	if !ok {
		return Approver{}, errLine
	}
	key, ok := held.CryptoPublicKey().(ed25519.PublicKey)
	if !ok {
		return Approver{}, batch.Errorf("it is a key of type %s, and an approver's is ssh-ed25519: flexybatch keygen makes one", public.Type())
	}
	return Approver{Name: strings.TrimSpace(name), Key: Key{key}}, nil
}

// ParseApprovers reads a file of approvers: a public key and a name on each line,
// as keygen writes them. Empty lines and lines that begin with # are skipped. A key
// with two names is an error, which gives the numbers of both lines.
func ParseApprovers(b []byte) ([]Approver, error) {
	var list []Approver
	first := map[string]int{} // the line of a key
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(string(b), "\ufeff")) {
		number++
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		a, err := ParseApprover(line)
		if err != nil {
			return nil, batch.Errorf("line %d: %w", number, err)
		}
		if err := CheckName(a.Name); err != nil {
			return nil, batch.Errorf("line %d: %w", number, err)
		}
		if before := first[string(a.Key.public)]; before > 0 {
			return nil, batch.Errorf("line %d: its key stands in line %d already, and one key cannot be two people", number, before)
		}
		first[string(a.Key.public)] = number
		list = append(list, a)
	}
	if len(list) == 0 {
		return nil, batch.Errorf("it names no approver")
	}
	return list, nil
}

// NewPrivateKey makes a key in OpenSSH's form. A passphrase encrypts it.
func NewPrivateKey(name string, passphrase []byte) (private []byte, of Approver, err error) {
	if err := CheckName(name); err != nil {
		return nil, of, err
	}
	public, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, of, batch.Errorf("making a key: %w", err)
	}
	var block *pem.Block
	if len(passphrase) > 0 {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, name, passphrase)
	} else {
		block, err = ssh.MarshalPrivateKey(key, name)
	}
	if err != nil {
		return nil, of, batch.Errorf("writing the key: %w", err)
	}
	return pem.EncodeToMemory(block), Approver{name, Key{public}}, nil
}

var (
	// ErrPassphrase says that a key is encrypted and that no passphrase was given.
	ErrPassphrase = batch.Errorf("the key has a passphrase")
	// ErrWrongPassphrase says that the passphrase is not the key's.
	ErrWrongPassphrase = batch.Errorf("that is not the key's passphrase")
	// ErrPrivateKey says that something is not a private key of the right kind.
	ErrPrivateKey = batch.Errorf("it is no private key as `flexybatch keygen` makes it (OpenSSH, Ed25519)")
)

// ParsePrivateKey reads a key, with the passphrase if the key has one. The error is
// one of the three above.
func ParsePrivateKey(b, passphrase []byte) (ed25519.PrivateKey, error) {
	key, err := ssh.ParseRawPrivateKey(b)
	if _, encrypted := errors.AsType[*ssh.PassphraseMissingError](err); encrypted {
		if len(passphrase) == 0 {
			return nil, ErrPassphrase
		}
		if key, err = ssh.ParseRawPrivateKeyWithPassphrase(b, passphrase); err != nil {
			return nil, ErrWrongPassphrase
		}
	}
	private, ok := key.(*ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, ErrPrivateKey // and not the error: it may hold a part of what was read
	}
	return *private, nil
}
