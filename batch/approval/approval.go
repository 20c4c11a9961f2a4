package approval

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Approval is one person's yes to an approval request.
type Approval struct {
	Approver  string    `json:"approver"`
	At        time.Time `json:"at"`  // by the approver's clock; UTC, whole seconds
	Key       Key       `json:"key"` // that the signature was made with
	Signature []byte    `json:"signature"`
}

// ErrName says that a name cannot be an approver's.
var ErrName = errors.New("an approver's name is of 1 to 100 letters, without line breaks")

// CheckName returns ErrName if a name cannot be an approver's.
func CheckName(name string) error {
	if name == "" || utf8.RuneCountInString(name) > 100 || name != norm.NFC.String(strings.TrimSpace(name)) ||
		!utf8.ValidString(name) || person(name) == "" || strings.ContainsFunc(name, unicode.IsControl) {
		return ErrName
	}
	return nil
}

// message returns what is signed.
func message(digest, approver string, at time.Time) []byte {
	return fmt.Appendf(nil, "flexybatch approval v1\n%s\n%s\n%s", digest, at.UTC().Format(time.RFC3339), approver)
}

// Approve adds an approval to the file. It returns the error of CheckName, or
// ErrTwice if the key has approved the request already.
func (f *File) Approve(approver string, key ed25519.PrivateKey, at time.Time) error {
	if err := CheckName(approver); err != nil {
		return err
	}
	a := Approval{Approver: approver, At: at.UTC().Truncate(time.Second), Key: PublicKey(key)}
	if slices.ContainsFunc(f.Approvals, func(b Approval) bool { return b.Key.Equal(a.Key) && f.Signed(b) }) {
		return ErrTwice
	}
	a.Signature = ed25519.Sign(key, message(f.Digest, a.Approver, a.At))
	f.Approvals = append(f.Approvals, a)
	return nil
}

// ErrTwice says that a key has approved a request already.
var ErrTwice = errors.New("this key has approved the request already")

// Signed reports whether an approval's signature was made by its key and for this
// request. It does not tell whose key that is.
func (f *File) Signed(a Approval) bool {
	return len(a.Key.public) == ed25519.PublicKeySize && ed25519.Verify(a.Key.public, message(f.Digest, a.Approver, a.At), a.Signature)
}

// Add takes over the approvals of a copy of the same request. An error means that
// it is another request.
func (f *File) Add(g *File) error {
	if f.Digest != g.Digest {
		return fmt.Errorf("it is another approval request: its digest is %s, and not %s", g.Digest, f.Digest)
	}
	for _, a := range g.Approvals {
		same := func(b Approval) bool {
			return a.Approver == b.Approver && a.Key.Equal(b.Key) && a.At.Equal(b.At) && bytes.Equal(a.Signature, b.Signature)
		}
		if !slices.ContainsFunc(f.Approvals, same) {
			f.Approvals = append(f.Approvals, a)
		}
	}
	return nil
}

// Verdict is an approval that does not count, with the reason in words.
type Verdict struct {
	Approval
	Why string
}

// Count returns the approvals that count: one for each person among the trusted
// approvers. A person is a name: two keys with one name are one person, and one key
// never has two names (ParseApprovers).
func (f *File) Count(trusted []Approver) (good []Approval, not []Verdict) {
	seen := map[string]bool{}
	for _, a := range f.Approvals {
		i := slices.IndexFunc(trusted, func(t Approver) bool { return t.Key.Equal(a.Key) })
		why := ""
		switch {
		case i < 0:
			why = fmt.Sprintf("the key %s is none of an approver", a.Key.Fingerprint())
		case !f.Signed(a):
			why = "its signature is not for this request, name and time"
		case person(trusted[i].Name) != person(a.Approver):
			why = fmt.Sprintf("its key belongs to %q", trusted[i].Name)
		case seen[person(a.Approver)]:
			why = "the same person has approved the request already, and counts once"
		}
		if why != "" {
			not = append(not, Verdict{a, why})
			continue
		}
		seen[person(a.Approver)] = true
		good = append(good, a)
	}
	return good, not
}

// person is what makes a name that of somebody else: its letters and digits,
// without regard to case, accents and what stands between them. Where two names
// could be one person's, they are.
func person(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(name) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return cases.Fold().String(b.String())
}
