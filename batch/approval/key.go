package approval

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strings"

	"golang.org/x/crypto/ssh"

	"flexybatch/batch"
)

// Key is the public half of what an approver signs with: an Ed25519 key, or a
// passkey. In JSON an Ed25519 key is as OpenSSH writes it, "ssh-ed25519" and the key
// in base64; the text of a passkey is described at passkeyPrefix.
type Key struct {
	public       crypto.PublicKey // nil: none
	relyingParty string           // that a passkey was made for; empty: it is no passkey
}

// PublicKey returns the public key that belongs to a private one.
func PublicKey(private ed25519.PrivateKey) Key {
	return Key{public: ed25519.PublicKey(bytes.Clone(private[ed25519.SeedSize:]))}
}

// IsPasskey reports whether the key is a passkey's.
func (k Key) IsPasskey() bool { return k.relyingParty != "" }

// RelyingParty returns the host whose pages can ask for a signature of a passkey,
// and "" for a key that is none.
func (k Key) RelyingParty() string { return k.relyingParty }

// Equal reports whether two keys are the same. No key is equal to none.
func (k Key) Equal(other Key) bool {
	public, ok := k.public.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.relyingParty == other.relyingParty && public.Equal(other.public)
}

// material returns the bytes of the public key alone, which are the same whatever the
// key is used for, and "" for none.
func (k Key) material() string {
	if k.public == nil {
		return ""
	}
	der, err := x509.MarshalPKIXPublicKey(k.public)
	if err != nil {
		return "" // every Key that this package makes can be written
	}
	return string(der)
}

// String returns the key as it stands in a file of approvers, and "" for none.
func (k Key) String() string {
	text, err := k.MarshalText()
	if err != nil {
		return ""
	}
	return string(text)
}

// MarshalText writes the key as it stands in a file of approvers, and nothing for
// none.
func (k Key) MarshalText() ([]byte, error) {
	switch {
	case k.public == nil:
		return nil, nil
	case k.IsPasskey():
		return k.marshalPasskey()
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

// Fingerprint returns the key's fingerprint, and "" for none: as `ssh-keygen -l` shows
// it, and for a passkey in the same form, of the bytes that stand in its text.
func (k Key) Fingerprint() string {
	if k.IsPasskey() {
		sum := sha256.Sum256([]byte(k.material()))
		return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
	}
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
	if rest, ok := strings.CutPrefix(line, passkeyPrefix); ok {
		return parsePasskey(rest)
	}
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
	return Approver{Name: strings.TrimSpace(name), Key: Key{public: key}}, nil
}

// ParseApprovers reads a file of approvers: a public key and a name on each line,
// as keygen and the console write them. Empty lines and lines that begin with # are skipped. A key
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
		if before := first[a.Key.material()]; before > 0 {
			return nil, batch.Errorf("line %d: its key stands in line %d already, and one key cannot be two people", number, before)
		}
		first[a.Key.material()] = number
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
	return pem.EncodeToMemory(block), Approver{name, Key{public: public}}, nil
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
