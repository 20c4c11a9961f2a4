// Package approvaltest is a passkey in software, for tests of approvals.
package approvaltest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"testing"

	"flexybatch/batch/approval"
)

// Kind is how a passkey signs.
type Kind string

// The kinds that approvals know.
const (
	ES256 Kind = "ES256"
	RS256 Kind = "RS256"
	EdDSA Kind = "EdDSA"
)

// Kinds are all of them.
var Kinds = []Kind{ES256, RS256, EdDSA}

// The flags of authenticator data.
const (
	Present  = 1 << 0
	Verified = 1 << 2
	MayCopy  = 1 << 3
	Copied   = 1 << 4
	Attested = 1 << 6
)

// Authenticator is a passkey with the browser that it is used in. Its fields may be
// changed between two uses, so that it lies.
type Authenticator struct {
	RelyingParty string // as the authenticator hashes it
	Origin       string // as the browser tells it
	Flags        byte
	Counter      uint32

	key crypto.Signer
}

// New makes a passkey for a console of this machine.
func New(t testing.TB, kind Kind) *Authenticator {
	t.Helper()
	a := &Authenticator{RelyingParty: "localhost", Origin: "http://localhost:49152", Flags: Present | Verified}
	var err error
	switch kind {
	case ES256:
		a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case RS256:
		a.key, err = rsa.GenerateKey(rand.Reader, 2048)
	case EdDSA:
		_, a.key, err = ed25519.GenerateKey(rand.Reader)
	default:
		t.Fatal(kind)
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Public is the passkey's public key.
func (a *Authenticator) Public() crypto.PublicKey { return a.key.Public() }

// Register is what the browser returns when it has made the passkey.
func (a *Authenticator) Register(t testing.TB, challenge []byte) approval.Registration {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(a.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return approval.Registration{PublicKey: der, AuthenticatorData: a.data(), ClientData: a.ClientData("webauthn.create", challenge)}
}

// Approver registers the passkey under a name.
func (a *Authenticator) Approver(t testing.TB, name string) approval.Approver {
	t.Helper()
	challenge := []byte("registration")
	of, err := approval.NewPasskey(name, a.RelyingParty, challenge, a.Register(t, challenge))
	if err != nil {
		t.Fatal(err)
	}
	return of
}

// Assert signs a challenge, as the browser returns it.
func (a *Authenticator) Assert(t testing.TB, challenge []byte) (approval.Assertion, []byte) {
	t.Helper()
	as := approval.Assertion{AuthenticatorData: a.data(), ClientData: a.ClientData("webauthn.get", challenge)}
	return as, a.Sign(t, as)
}

// Sign signs what an assertion holds, whatever that is.
func (a *Authenticator) Sign(t testing.TB, as approval.Assertion) []byte {
	t.Helper()
	client := sha256.Sum256(as.ClientData)
	message := append(append([]byte{}, as.AuthenticatorData...), client[:]...)
	hash := crypto.SHA256
	if _, isEdDSA := a.key.(ed25519.PrivateKey); isEdDSA {
		hash = 0
	} else {
		sum := sha256.Sum256(message)
		message = sum[:]
	}
	signature, err := a.key.Sign(rand.Reader, message, hash)
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

// ClientData is what a browser writes of a ceremony.
func (a *Authenticator) ClientData(ceremony string, challenge []byte) []byte {
	return fmt.Appendf(nil, `{"type":%q,"challenge":%q,"origin":%q,"crossOrigin":false}`, ceremony, base64.RawURLEncoding.EncodeToString(challenge), a.Origin)
}

// data is what the authenticator says of itself, without its own copy of the key.
func (a *Authenticator) data() []byte {
	sum := sha256.Sum256([]byte(a.RelyingParty))
	return binary.BigEndian.AppendUint32(append(sum[:], a.Flags), a.Counter)
}
