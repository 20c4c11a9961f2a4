package approval_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"

	"flexybatch/batch"
	"flexybatch/batch/approval"
	"flexybatch/batch/approval/approvaltest"
)

var at = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// signed is what a passkey's approval of a request is, before it is added.
func signed(t *testing.T, f *approval.File, who approval.Approver, with *approvaltest.Authenticator) approval.Approval {
	t.Helper()
	as, signature := with.Assert(t, approval.Challenge(f.Digest, who.Name, at))
	return approval.Approval{Approver: who.Name, At: at, Key: who.Key, Signature: signature, Passkey: &as}
}

func encoded(t *testing.T, f *approval.File) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, f.Encode(&b))
	return b.Bytes()
}

// An approval by a passkey is verified from the file of the request and the file of
// approvers alone, and from the books of the batch.
func TestPasskeyApproves(t *testing.T) {
	for _, kind := range approvaltest.Kinds {
		t.Run(string(kind), func(t *testing.T) {
			passkey := approvaltest.New(t, kind)
			trusted, err := approval.ParseApprovers([]byte("# who may\n" + passkey.Approver(t, "Amel Bénali").String() + "\n"))
			must(t, err)
			f := approval.Prepared(t)
			must(t, f.ApproveWithPasskey(signed(t, f, trusted[0], passkey)))
			if err := f.ApproveWithPasskey(signed(t, f, trusted[0], passkey)); !errors.Is(err, approval.ErrTwice) {
				t.Errorf("the same passkey again: %v", err)
			}
			g, err := approval.Parse(encoded(t, f))
			must(t, err)
			good, not := g.Count(trusted)
			if len(good) != 1 || not != nil || good[0].Approver != "Amel Bénali" {
				t.Fatalf("%v count, and not %v", good, not)
			}
			line, err := json.Marshal(g.Record(2, good[0]))
			must(t, err)
			var r batch.ApprovalRecord
			must(t, json.Unmarshal(line, &r))
			again, err := approval.OfRecord(&r)
			if err != nil || !again.Key.Equal(trusted[0].Key) || again.Approver != "Amel Bénali" {
				t.Errorf("from the books: %v, %v", again, err)
			}
			r.ClientData = nil
			if _, err := approval.OfRecord(&r); err == nil {
				t.Error("it verifies without what was signed")
			}
		})
	}
}

// Both kinds of signature count beside each other, one for each person.
func TestPasskeyBesideKey(t *testing.T) {
	passkey := approvaltest.New(t, approvaltest.ES256)
	amel := passkey.Approver(t, "Amel")
	again, nadia := approver(t, "AMEL"), approver(t, "Nadia")
	f := approval.Prepared(t)
	must(t, f.ApproveWithPasskey(signed(t, f, amel, passkey)))
	must(t, f.Approve("AMEL", again.key, at))
	must(t, f.Approve("Nadia", nadia.key, at))
	good, not := f.Count([]approval.Approver{amel, again.Approver, nadia.Approver})
	if len(good) != 2 || len(not) != 1 || !strings.Contains(fmt.Sprint(not[0].Why), "counts once") {
		t.Errorf("%v count, and not %v", good, not)
	}
}

// forgery is an approval that must not count: how it was made, and what is said of it.
type forgery struct {
	what string
	make func(t *testing.T, f *approval.File, who approval.Approver, p *approvaltest.Authenticator) approval.Approval
	want string
}

// lying is a forgery by a passkey or a browser that says something else.
func lying(what string, change func(*approvaltest.Authenticator), want string) forgery {
	return forgery{what, func(t *testing.T, f *approval.File, who approval.Approver, p *approvaltest.Authenticator) approval.Approval {
		change(p)
		return signed(t, f, who, p)
	}, want}
}

// spoilt is a forgery of an approval that was good.
func spoilt(what string, change func(*approval.Approval), want string) forgery {
	return forgery{what, func(t *testing.T, f *approval.File, who approval.Approver, p *approvaltest.Authenticator) approval.Approval {
		a := signed(t, f, who, p)
		change(&a)
		return a
	}, want}
}

// collected is a forgery whose client data is this, signed by the passkey: P stands
// for the challenge.
func collected(what, data, want string) forgery {
	return forgery{what, func(t *testing.T, f *approval.File, who approval.Approver, p *approvaltest.Authenticator) approval.Approval {
		a := signed(t, f, who, p)
		challenge := base64.RawURLEncoding.EncodeToString(approval.Challenge(f.Digest, who.Name, at))
		a.Passkey.ClientData = []byte(strings.ReplaceAll(data, "P", challenge))
		a.Signature = p.Sign(t, *a.Passkey)
		return a
	}, want}
}

var forgeries = []forgery{
	{"a challenge of another request", func(t *testing.T, f *approval.File, who approval.Approver, p *approvaltest.Authenticator) approval.Approval {
		g := approval.Prepared(t)
		g.Request.Batch = "november"
		var err error
		g.Digest, err = g.Request.Digest()
		must(t, err)
		return signed(t, g, who, p)
	}, "signed something else"},
	{"a registration in place of a signature", func(t *testing.T, f *approval.File, who approval.Approver, p *approvaltest.Authenticator) approval.Approval {
		a := signed(t, f, who, p)
		a.Passkey.ClientData = p.ClientData("webauthn.create", approval.Challenge(f.Digest, who.Name, at))
		a.Signature = p.Sign(t, *a.Passkey)
		return a
	}, "for something else"},
	{"another passkey", func(t *testing.T, f *approval.File, who approval.Approver, p *approvaltest.Authenticator) approval.Approval {
		return signed(t, f, who, approvaltest.New(t, approvaltest.ES256))
	}, "not the passkey's"},
	{"a key file's signature under a passkey", func(t *testing.T, f *approval.File, who approval.Approver, p *approvaltest.Authenticator) approval.Approval {
		must(t, f.Approve(who.Name, approver(t, who.Name).key, at))
		a := f.Approvals[0]
		f.Approvals = nil
		a.Key = who.Key
		return a
	}, "not for this request"},
	lying("another host", func(p *approvaltest.Authenticator) { p.RelyingParty = "example.com" }, "for another host"),
	lying("pages of another host", func(p *approvaltest.Authenticator) { p.Origin = "https://example.com" }, "another origin"),
	lying("pages of a host that only begins alike", func(p *approvaltest.Authenticator) { p.Origin = "http://localhost.example.com" }, "another origin"),
	lying("pages of an address", func(p *approvaltest.Authenticator) { p.Origin = "http://127.0.0.1:49152" }, "another origin"),
	lying("an origin with a path", func(p *approvaltest.Authenticator) { p.Origin = "http://localhost:1/x" }, "another origin"),
	lying("an origin with a user", func(p *approvaltest.Authenticator) { p.Origin = "http://localhost@example.com" }, "another origin"),
	lying("no origin", func(p *approvaltest.Authenticator) { p.Origin = "" }, "another origin"),
	lying("no user verification", func(p *approvaltest.Authenticator) { p.Flags = approvaltest.Present }, "who used it"),
	lying("nobody present", func(p *approvaltest.Authenticator) { p.Flags = approvaltest.Verified }, "nobody touched"),
	lying("a copy of what cannot be copied", func(p *approvaltest.Authenticator) { p.Flags |= approvaltest.Copied }, "contradicts itself"),
	spoilt("the counter turned back", func(a *approval.Approval) { a.Passkey.AuthenticatorData[36]-- }, "not the passkey's"),
	spoilt("authenticator data with more behind", func(a *approval.Approval) {
		a.Passkey.AuthenticatorData = append(a.Passkey.AuthenticatorData, 0)
	}, "cannot be read"),
	spoilt("authenticator data cut off", func(a *approval.Approval) {
		a.Passkey.AuthenticatorData = a.Passkey.AuthenticatorData[:36]
	}, "cannot be read"),
	spoilt("no authenticator data", func(a *approval.Approval) { a.Passkey.AuthenticatorData = nil }, "cannot be read"),
	spoilt("no signature", func(a *approval.Approval) { a.Signature = nil }, "not the passkey's"),
	spoilt("no assertion", func(a *approval.Approval) { a.Passkey = nil }, "not for this request"),
	spoilt("another name", func(a *approval.Approval) { a.Approver = "amel" }, "signed something else"),
	spoilt("another time", func(a *approval.Approval) { a.At = a.At.Add(time.Second) }, "signed something else"),
	collected("client data that is no JSON", `{"type":"webauthn.get","challenge":"P","origin":"http://localhost"`, "cannot be read"),
	collected("client data that is a list", `["webauthn.get","P","http://localhost"]`, "cannot be read"),
	collected("two challenges", `{"type":"webauthn.get","challenge":"P","challenge":"P","origin":"http://localhost"}`, "cannot be read"),
	collected("names in capitals", `{"Type":"webauthn.get","Challenge":"P","Origin":"http://localhost"}`, "for something else"),
	collected("a padded challenge", `{"type":"webauthn.get","challenge":"P=","origin":"http://localhost"}`, "signed something else"),
	collected("a frame of another origin", `{"type":"webauthn.get","challenge":"P","origin":"http://localhost","crossOrigin":true}`, "another origin"),
	collected("a page around it", `{"type":"webauthn.get","challenge":"P","origin":"http://localhost","topOrigin":"http://example.com"}`, "another origin"),
	collected("cross origin in words", `{"type":"webauthn.get","challenge":"P","origin":"http://localhost","crossOrigin":"false"}`, "another origin"),
}

func TestForgeries(t *testing.T) {
	for _, x := range forgeries {
		t.Run(x.what, func(t *testing.T) {
			p := approvaltest.New(t, approvaltest.ES256)
			p.Counter = 7
			who := p.Approver(t, "Amel")
			f := approval.Prepared(t)
			a := x.make(t, f, who, p)
			err := f.ApproveWithPasskey(a)
			if err == nil || !strings.Contains(err.Error(), x.want) || len(f.Approvals) > 0 {
				t.Errorf("%v, want %q", err, x.want)
			}
			f.Approvals = append(f.Approvals, a) // by whoever writes the file
			good, not := f.Count([]approval.Approver{who})
			if len(good) != 0 || len(not) != 1 || !strings.Contains(fmt.Sprint(not[0].Why), x.want) {
				t.Errorf("%v count, and not %v", good, not)
			}
			r := f.Record(1, a)
			if _, err := approval.OfRecord(r); err == nil {
				t.Error("it verifies from the books")
			}
		})
	}
}

// A passkey's counter says nothing here: passkeys that are kept in step have none.
func TestCounterOfNought(t *testing.T) {
	p := approvaltest.New(t, approvaltest.ES256)
	p.Flags |= approvaltest.MayCopy | approvaltest.Copied
	who := p.Approver(t, "Amel")
	f := approval.Prepared(t)
	must(t, f.ApproveWithPasskey(signed(t, f, who, p)))
}

// Whichever byte of an approved request is changed, its approval does not count.
func TestEveryByteOfAPasskeyCounts(t *testing.T) {
	for _, kind := range approvaltest.Kinds {
		p := approvaltest.New(t, kind)
		who := p.Approver(t, "Amel")
		f := approval.Prepared(t)
		must(t, f.ApproveWithPasskey(signed(t, f, who, p)))
		whole := encoded(t, f)
		for i := bytes.Index(whole, []byte(`"approvals"`)); i < len(whole); i++ {
			for _, bit := range []byte{1, 2, 0x20} {
				b := bytes.Clone(whole)
				b[i] ^= bit
				g, err := approval.Parse(b)
				if err != nil {
					continue
				}
				if good, _ := g.Count([]approval.Approver{who}); len(good) > 0 {
					t.Fatalf("%s: byte %d (%q) was changed to %q, and the approval counts", kind, i, whole[i], b[i])
				}
			}
		}
	}
}

// go-webauthn, which others look after, is of our opinion about each forgery. It has
// none about names in client data that are there twice or in capitals, since it reads
// JSON as Go does, and looks at the flags of copies elsewhere.
func TestOpinionOfGoWebAuthn(t *testing.T) {
	lenient := map[string]bool{"two challenges": true, "names in capitals": true, "a copy of what cannot be copied": true}
	for _, kind := range approvaltest.Kinds {
		p := approvaltest.New(t, kind)
		who := p.Approver(t, "Amel")
		f := approval.Prepared(t)
		if err := opinion(t, f, who, p, signed(t, f, who, p)); err != nil {
			t.Errorf("%s: a good approval: %v", kind, err)
		}
	}
	for _, x := range forgeries {
		p := approvaltest.New(t, approvaltest.ES256)
		p.Counter = 7
		who := p.Approver(t, "Amel")
		f := approval.Prepared(t)
		a := x.make(t, f, who, p)
		if a.Passkey == nil {
			continue // it is no assertion
		}
		if err := opinion(t, f, who, p, a); (err == nil) != lenient[x.what] {
			t.Errorf("%s: go-webauthn says %v", x.what, err)
		}
	}
}

// opinion is go-webauthn's of an approval.
func opinion(t *testing.T, f *approval.File, who approval.Approver, p *approvaltest.Authenticator, a approval.Approval) error {
	t.Helper()
	encode := base64.RawURLEncoding.EncodeToString
	body, err := json.Marshal(map[string]any{
		"id": "AQ", "rawId": "AQ", "type": "public-key",
		"response": map[string]string{
			"clientDataJSON": encode(a.Passkey.ClientData), "authenticatorData": encode(a.Passkey.AuthenticatorData), "signature": encode(a.Signature),
		},
	})
	must(t, err)
	parsed, err := protocol.ParseCredentialRequestResponseBytes(body)
	if err != nil {
		return err
	}
	// The challenge is that of the name and time that the approval states.
	challenge := encode(approval.Challenge(f.Digest, a.Approver, a.At))
	origins := []string{"http://localhost:49152", "http://localhost"}
	return parsed.Verify(challenge, "localhost", "", origins, nil, nil, protocol.TopOriginExplicitVerificationMode, false, true, true, cose(t, p), protocol.SignaturePolicy{})
}

// cose is a passkey's public key as authenticators write it.
func cose(t *testing.T, p *approvaltest.Authenticator) []byte {
	t.Helper()
	var key any
	switch public := p.Public().(type) {
	case *ecdsa.PublicKey:
		point, err := public.Bytes()
		must(t, err)
		key = webauthncose.EC2PublicKeyData{
			PublicKeyData: webauthncose.PublicKeyData{KeyType: int64(webauthncose.EllipticKey), Algorithm: int64(webauthncose.AlgES256)},
			Curve:         int64(webauthncose.P256), XCoord: point[1:33], YCoord: point[33:],
		}
	case *rsa.PublicKey:
		key = webauthncose.RSAPublicKeyData{
			PublicKeyData: webauthncose.PublicKeyData{KeyType: int64(webauthncose.RSAKey), Algorithm: int64(webauthncose.AlgRS256)},
			Modulus:       public.N.Bytes(), Exponent: []byte{1, 0, 1},
		}
	case ed25519.PublicKey:
		key = webauthncose.OKPPublicKeyData{
			PublicKeyData: webauthncose.PublicKeyData{KeyType: int64(webauthncose.OctetKey), Algorithm: int64(webauthncose.AlgEdDSA)},
			Curve:         int64(webauthncose.Ed25519), XCoord: public,
		}
	}
	b, err := webauthncbor.Marshal(key)
	must(t, err)
	return b
}
