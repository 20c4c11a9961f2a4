package approval

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"flexybatch/batch"
)

// Assertion is what a passkey signed. The signature itself stands beside it in the
// Approval. Nothing else is needed to verify it later, with no browser, no console
// and no network.
type Assertion struct {
	AuthenticatorData []byte `json:"authenticator_data"`
	ClientData        []byte `json:"client_data"` // JSON, as the browser made it
}

// The ceremonies of WebAuthn, as they stand in the client data.
const (
	ceremonyCreate = "webauthn.create"
	ceremonyGet    = "webauthn.get"
)

// Why an assertion proves nothing. The words are for the person who signs, and for an
// auditor.
var (
	errClientData   = batch.Errorf("what the browser says of the signature cannot be read")
	errCeremony     = batch.Errorf("the passkey was asked for something else")
	errChallenge    = batch.Errorf("the passkey signed something else: not this request, name and time")
	errOrigin       = batch.Errorf("the passkey was used on pages of another origin")
	errShortData    = batch.Errorf("what the passkey says of itself cannot be read")
	errRelyingParty = batch.Errorf("the passkey was made for another host")
	errNotPresent   = batch.Errorf("nobody touched the passkey")
	errNotVerified  = batch.Errorf("the passkey did not make sure who used it (by fingerprint, face or PIN)")
	errBackup       = batch.Errorf("what the passkey says of itself contradicts itself")
	errSignature    = batch.Errorf("the signature is not the passkey's")
)

// verify returns why an assertion is no proof that the passkey k signed the
// challenge; nil if it is. It follows section 7.2 of Web Authentication, Level 3. The
// counter of signatures is not looked at: it tells of copied keys only to a server
// that remembers each signature, and passkeys that are kept in step between devices
// have none.
func (a *Assertion) verify(k Key, challenge, signature []byte) error {
	if err := checkClientData(a.ClientData, ceremonyGet, challenge, k.relyingParty); err != nil {
		return err
	}
	if err := checkAuthenticatorData(a.AuthenticatorData, k.relyingParty); err != nil {
		return err
	}
	sum := sha256.Sum256(a.ClientData)
	if !verifies(k.public, append(bytes.Clone(a.AuthenticatorData), sum[:]...), signature) {
		return errSignature
	}
	return nil
}

// verifies reports whether a signature over a message is that of a passkey's key. The
// kind of the key says how it signs: WebAuthn has one way for each.
func verifies(public crypto.PublicKey, message, signature []byte) bool {
	sum := sha256.Sum256(message)
	switch public := public.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(public, sum[:], signature)
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], signature) == nil
	case ed25519.PublicKey:
		return ed25519.Verify(public, message, signature)
	}
	return false
}

// checkClientData returns why what a browser collected does not belong to a ceremony
// with this challenge on pages of the relying party; nil if it does.
func checkClientData(data []byte, ceremony string, challenge []byte, relyingParty string) error {
	members, ok := membersOf(data)
	if !ok {
		return errClientData
	}
	_, framed := members["topOrigin"]
	switch crossOrigin, given := members["crossOrigin"]; {
	case members["type"].Str != ceremony:
		return errCeremony
	case members["challenge"].Str != base64.RawURLEncoding.EncodeToString(challenge):
		return errChallenge
	case !isOriginOf(members["origin"].Str, relyingParty), framed, given && crossOrigin.Type != gjson.False:
		return errOrigin
	}
	return nil
}

// membersOf reads a JSON object whose names are each there once. encoding/json takes
// the last of two and names in any case.
func membersOf(b []byte) (members map[string]gjson.Result, ok bool) {
	whole := gjson.ParseBytes(b)
	if !json.Valid(b) || !whole.IsObject() {
		return nil, false
	}
	members, ok = map[string]gjson.Result{}, true
	whole.ForEach(func(name, value gjson.Result) bool {
		_, twice := members[name.Str]
		members[name.Str] = value
		ok = !twice
		return ok
	})
	return members, ok
}

// isOriginOf reports whether pages of an origin may use passkeys of a relying party:
// those of this very machine, under whatever port, and for every other host those
// that came over TLS from it or a host below it.
func isOriginOf(origin, relyingParty string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme+"://"+u.Host != origin {
		return false
	}
	host := u.Hostname()
	if relyingParty == "localhost" {
		return host == relyingParty && (u.Scheme == "http" || u.Scheme == "https")
	}
	return u.Scheme == "https" && (host == relyingParty || strings.HasSuffix(host, "."+relyingParty))
}

// The layout of authenticator data: a hash of the relying party, flags, a counter of
// four bytes, and what else the flags announce.
const (
	flagsAt     = sha256.Size
	shortest    = sha256.Size + 1 + 4
	flagPresent = 1 << 0 // somebody touched the authenticator
	flagUser    = 1 << 2 // and it made sure who
	flagMayCopy = 1 << 3 // the passkey may be kept in step between devices
	flagCopied  = 1 << 4 // and is
	flagMore    = 1<<6 | 1<<7
)

// checkAuthenticatorData returns why what an authenticator says of itself is no proof
// that it was used for the relying party by a person whom it knows; nil if it is.
func checkAuthenticatorData(data []byte, relyingParty string) error {
	if len(data) < shortest {
		return errShortData
	}
	flags := data[flagsAt]
	sum := sha256.Sum256([]byte(relyingParty))
	switch {
	case !bytes.Equal(data[:flagsAt], sum[:]):
		return errRelyingParty
	case flags&flagPresent == 0:
		return errNotPresent
	case flags&flagUser == 0:
		return errNotVerified
	case flags&flagCopied != 0 && flags&flagMayCopy == 0:
		return errBackup
	case len(data) > shortest && flags&flagMore == 0:
		return errShortData
	}
	return nil
}
