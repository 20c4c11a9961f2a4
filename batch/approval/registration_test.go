package approval_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"flexybatch/batch/approval"
	"flexybatch/batch/approval/approvaltest"
)

// holder is somebody with a key file.
type holder struct {
	approval.Approver
	key ed25519.PrivateKey
}

func approver(t *testing.T, name string) holder {
	t.Helper()
	private, a, err := approval.NewPrivateKey(name, nil)
	must(t, err)
	key, err := approval.ParsePrivateKey(private, nil)
	must(t, err)
	return holder{a, key}
}

// der is a public key as a browser returns it.
func der(t *testing.T, public any, err error) []byte {
	t.Helper()
	must(t, err)
	b, err := x509.MarshalPKIXPublicKey(public)
	must(t, err)
	return b
}

func TestRegistration(t *testing.T) {
	challenge := []byte("registration")
	for what, x := range map[string]struct {
		lie    func(*approvaltest.Authenticator)
		change func(*approval.Registration)
		name   string
		want   string
	}{
		"a name that is none": {name: "...", want: "an approver's name"},
		"another challenge": {change: func(r *approval.Registration) {
			r.ClientData = []byte(strings.Replace(string(r.ClientData), "cmVn", "Y21W", 1))
		}, want: "signed something else"},
		"a signature": {change: func(r *approval.Registration) {
			r.ClientData = []byte(strings.Replace(string(r.ClientData), "create", "get", 1))
		}, want: "for something else"},
		"another host":         {lie: func(p *approvaltest.Authenticator) { p.RelyingParty = "example.com" }, want: "for another host"},
		"another origin":       {lie: func(p *approvaltest.Authenticator) { p.Origin = "https://example.com" }, want: "another origin"},
		"no user verification": {lie: func(p *approvaltest.Authenticator) { p.Flags = approvaltest.Present }, want: "who used it"},
		"no key":               {change: func(r *approval.Registration) { r.PublicKey = nil }, want: "no line of a passkey"},
		"more behind the key":  {change: func(r *approval.Registration) { r.PublicKey = append(r.PublicKey, 0) }, want: "no line of a passkey"},
		"another curve": {change: func(r *approval.Registration) {
			k, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
			r.PublicKey = der(t, k.Public(), err)
		}, want: "this kind of passkey"},
		"a short key": {change: func(r *approval.Registration) {
			k, err := rsa.GenerateKey(rand.Reader, 1024)
			r.PublicKey = der(t, k.Public(), err)
		}, want: "this kind of passkey"},
	} {
		t.Run(what, func(t *testing.T) {
			p := approvaltest.New(t, approvaltest.ES256)
			if x.lie != nil {
				x.lie(p)
			}
			r := p.Register(t, challenge)
			if x.change != nil {
				x.change(&r)
			}
			name := x.name
			if name == "" {
				name = "Amel"
			}
			if _, err := approval.NewPasskey(name, "localhost", challenge, r); err == nil || !strings.Contains(err.Error(), x.want) {
				t.Errorf("%v, want %q", err, x.want)
			}
		})
	}
}

func TestPasskeysInApproversFile(t *testing.T) {
	p := approvaltest.New(t, approvaltest.ES256)
	amel, nadia := p.Approver(t, "Amel Bénali"), approver(t, "Nadia")
	list, err := approval.ParseApprovers([]byte("# the office\r\n" + amel.String() + "\r\n" + nadia.String() + "\n"))
	must(t, err)
	if len(list) != 2 || !list[0].Key.Equal(amel.Key) || list[0].Name != "Amel Bénali" || list[0].Key.RelyingParty() != "localhost" || list[1].Key.IsPasskey() {
		t.Errorf("%+v", list)
	}
	if f := amel.Key.Fingerprint(); !strings.HasPrefix(f, "SHA256:") || len(f) != 50 {
		t.Errorf("its fingerprint is %q", f)
	}
	key := strings.TrimSuffix(amel.String(), " Amel Bénali")
	office := strings.Replace(key, "passkey:localhost", "passkey:pay.example.dz", 1)
	for text, want := range map[string]string{
		key + "\n":                                     "an approver's name",
		amel.String() + "\n" + key + " Nadia":          "stands in line 1",
		amel.String() + "\n" + office + " Nadia":       "stands in line 1", // one key is one person, wherever it signs
		strings.Replace(key, "localhost", "", 1):       "no line of a passkey",
		strings.Replace(key, "localhost", "::1", 1):    "no line of a passkey",
		strings.Replace(key, "localhost", "LOCAL", 1):  "no line of a passkey",
		strings.Replace(key, "M", "!", 1) + " Amel":    "no line of a passkey",
		"passkey:localhost " + der64(t) + " Amel Amel": "this kind of passkey",
	} {
		if _, err := approval.ParseApprovers([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// der64 is a key of a kind that no authenticator has.
func der64(t *testing.T) string {
	k, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	return base64.StdEncoding.EncodeToString(der(t, k.Public(), err))
}

// An office's passkey signs on its own pages only, and over TLS.
func TestOriginsOfAnOffice(t *testing.T) {
	for origin, good := range map[string]bool{
		"https://pay.example.dz": true, "https://pay.example.dz:8443": true, "https://a.pay.example.dz": true,
		"http://pay.example.dz": false, "https://xpay.example.dz": false, "https://example.dz": false, "http://localhost:1": false,
		"https://pay.example.dz.": false, "https://pay.example.dz/": false, "https://u@pay.example.dz": false,
	} {
		p := approvaltest.New(t, approvaltest.EdDSA)
		p.RelyingParty, p.Origin = "pay.example.dz", "https://pay.example.dz"
		who := p.Approver(t, "Amel")
		p.Origin = origin
		f := approval.Prepared(t)
		if err := f.ApproveWithPasskey(signed(t, f, who, p)); (err == nil) != good {
			t.Errorf("%s: %v", origin, err)
		}
	}
}

// Whoever prepared a request does not approve it, under whichever spelling.
func TestMakerDoesNotApprove(t *testing.T) {
	p := approvaltest.New(t, approvaltest.ES256)
	amel, nadia := p.Approver(t, "Amel Bénali"), approver(t, "Nadia")
	f := approval.Prepared(t)
	f.Request.Maker = "AMEL BENALI"
	var err error
	f.Digest, err = f.Request.Digest()
	must(t, err)
	if err := f.ApproveWithPasskey(signed(t, f, amel, p)); err != approval.ErrMaker {
		t.Errorf("the maker approves: %v", err)
	}
	f.Approvals = append(f.Approvals, signed(t, f, amel, p)) // with another program
	must(t, f.Approve("Nadia", nadia.key, at))
	good, not := f.Count([]approval.Approver{amel, nadia.Approver})
	if len(good) != 1 || good[0].Approver != "Nadia" || len(not) != 1 || !strings.Contains(fmt.Sprint(not[0].Why), "prepared by the same person") {
		t.Errorf("%v count, and not %v", good, not)
	}
	if _, err := approval.Parse(encoded(t, f)); err != nil {
		t.Error(err)
	}
	f.Request.Maker = "Аmel" // of two alphabets
	f.Digest, err = f.Request.Digest()
	must(t, err)
	if _, err := approval.Parse(encoded(t, f)); err == nil {
		t.Error("a maker without a name passes")
	}
}

// FuzzAssertion holds the reader of assertions against go-webauthn's: what ours takes,
// the other takes too.
func FuzzAssertion(f *testing.F) {
	f.Add([]byte(`{"type":"webauthn.get","challenge":"P","origin":"http://localhost"}`), byte(5), []byte{})
	f.Add([]byte(`{"type":"webauthn.get","challenge":"P","origin":"http://localhost","crossOrigin":false,"other":[1,{}]}`), byte(0x9d), []byte{0xa0})
	f.Fuzz(func(t *testing.T, client []byte, flags byte, more []byte) {
		p := approvaltest.New(t, approvaltest.ES256)
		who := p.Approver(t, "Amel")
		file := approval.Prepared(t)
		p.Flags = flags
		a := signed(t, file, who, p)
		challenge := base64.RawURLEncoding.EncodeToString(approval.Challenge(file.Digest, "Amel", at))
		a.Passkey.ClientData = []byte(strings.ReplaceAll(string(client), "P", challenge))
		a.Passkey.AuthenticatorData = append(a.Passkey.AuthenticatorData, more...)
		a.Signature = p.Sign(t, *a.Passkey)
		if file.ApproveWithPasskey(a) != nil {
			return
		}
		if flags&5 != 5 || !strings.Contains(string(a.Passkey.ClientData), challenge) {
			t.Errorf("%q with flags %x approves", a.Passkey.ClientData, flags)
		}
		g, err := approval.Parse(encoded(t, file))
		if err != nil {
			t.Fatal(err)
		}
		if good, _ := g.Count([]approval.Approver{who}); len(good) != 1 {
			t.Error("it was added, and does not count")
		}
	})
}
