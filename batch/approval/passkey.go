package approval

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"strings"

	"flexybatch/batch"
)

// passkeyPrefix begins the text of a passkey, as it stands in a file of approvers and
// in an approval:
//
//	passkey:RELYING-PARTY BASE64
//
// The relying party is the host whose pages can ask for a signature, "localhost" for a
// console of one person. Behind it is the public key as SubjectPublicKeyInfo in DER,
// which `openssl pkey -pubin -inform DER` reads. A passkey's name follows as that of
// any other key does.
const passkeyPrefix = "passkey:"

var errPasskey = batch.Errorf("it is no line of a passkey as the console writes it: passkey:localhost, the key, and the name")

// marshalPasskey writes the text of a passkey.
func (k Key) marshalPasskey() ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(k.public)
	if err != nil {
		return nil, batch.Errorf("writing a public key: %w", err)
	}
	return []byte(passkeyPrefix + k.relyingParty + " " + base64.StdEncoding.EncodeToString(der)), nil
}

// parsePasskey reads the text of a passkey behind its prefix, and a name.
func parsePasskey(text string) (Approver, error) {
	relyingParty, rest, _ := strings.Cut(text, " ")
	encoded, name, _ := strings.Cut(strings.TrimSpace(rest), " ")
	der, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || !isRelyingParty(relyingParty) {
		return Approver{}, errPasskey
	}
	key, err := newPasskey(relyingParty, der)
	if err != nil {
		return Approver{}, err
	}
	return Approver{Name: strings.TrimSpace(name), Key: key}, nil
}

// isRelyingParty reports whether a text can be a relying party: a host's name as
// browsers write it, in lower case and ASCII. Addresses are none.
func isRelyingParty(host string) bool {
	letter := func(r rune) bool { return 'a' <= r && r <= 'z' }
	other := func(r rune) bool { return !letter(r) && ('0' > r || r > '9') && r != '-' && r != '.' }
	return len(host) <= 253 && strings.ContainsFunc(host, letter) && !strings.ContainsFunc(host, other)
}

// newPasskey reads a passkey's public key. Its bytes must be in the one form in which
// this package writes them.
func newPasskey(relyingParty string, der []byte) (Key, error) {
	public, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return Key{}, errPasskey
	}
	k := Key{public: public, relyingParty: relyingParty}
	if !canVerify(public) {
		return Key{}, errPasskeyKind
	}
	if k.material() != string(der) {
		return Key{}, errPasskey
	}
	return k, nil
}

var errPasskeyKind = batch.Errorf("this kind of passkey cannot approve: it must sign with ES256, EdDSA or RS256 (of 2048 bits or more)")

// canVerify reports whether signatures of a passkey can be verified: those of ES256,
// EdDSA and RS256, which between them all authenticators know.
func canVerify(public crypto.PublicKey) bool {
	switch public := public.(type) {
	case *ecdsa.PublicKey:
		return public.Curve == elliptic.P256()
	case *rsa.PublicKey:
		return public.N.BitLen() >= 2048 && public.N.BitLen() <= 8192
	case ed25519.PublicKey:
		return true
	}
	return false
}
