package approval

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"flexybatch/batch"
)

// Approval is one person's yes to an approval request.
type Approval struct {
	Approver  string    `json:"approver"`
	At        time.Time `json:"at"`  // by the approver's clock; UTC, whole seconds
	Key       Key       `json:"key"` // that the signature was made with
	Signature []byte    `json:"signature"`

	Passkey *Assertion `json:"passkey,omitempty"` // of a passkey: what the signature is over
}

// message returns what is signed.
func message(digest, approver string, at time.Time) []byte {
	return fmt.Appendf(nil, "flexybatch approval v1\n%s\n%s\n%s", digest, at.UTC().Format(time.RFC3339), approver)
}

// Challenge returns what a passkey is asked to sign: the SHA-256 of the lines that a
// key file signs.
func Challenge(digest, approver string, at time.Time) []byte {
	sum := sha256.Sum256(message(digest, approver, at))
	return sum[:]
}

// Approve adds an approval to the file. It returns the error of CheckName, ErrTwice
// if the key has approved the request already, or ErrMaker.
func (f *File) Approve(approver string, key ed25519.PrivateKey, at time.Time) error {
	a := Approval{Approver: approver, At: at.UTC().Truncate(time.Second), Key: PublicKey(key)}
	if err := f.mayApprove(a); err != nil {
		return err
	}
	a.Signature = ed25519.Sign(key, message(f.Digest, a.Approver, a.At))
	f.Approvals = append(f.Approvals, a)
	return nil
}

// ApproveWithPasskey adds an approval whose signature a browser had made by a passkey
// over the Challenge of its fields. It returns the errors of Approve and of Verify.
func (f *File) ApproveWithPasskey(a Approval) error {
	a.At = a.At.UTC().Truncate(time.Second)
	if err := f.mayApprove(a); err != nil {
		return err
	}
	if err := Verify(f.Digest, a); err != nil {
		return err
	}
	f.Approvals = append(f.Approvals, a)
	return nil
}

// mayApprove returns why somebody cannot approve the request; nil if they can.
func (f *File) mayApprove(a Approval) error {
	if err := CheckName(a.Approver); err != nil {
		return err
	}
	if slices.ContainsFunc(f.Approvals, func(b Approval) bool { return b.Key.Equal(a.Key) && f.Signed(b) }) {
		return ErrTwice
	}
	if f.Request.madeBy(a.Approver) {
		return ErrMaker
	}
	return nil
}

var (
	// ErrTwice says that a key has approved a request already.
	ErrTwice = batch.Errorf("this key has approved the request already")
	// ErrMaker says that a person wants to approve a request of their own.
	ErrMaker = batch.Errorf("it was prepared by the same person, and somebody else must approve it")
	// errUnsigned is the reason why a key's signature does not count.
	errUnsigned = batch.Errorf("its signature is not for this request, name and time")
)

// Signed reports whether an approval's signature was made by its key and for this
// request. It does not tell whose key that is.
func (f *File) Signed(a Approval) bool { return Verify(f.Digest, a) == nil }

// Verify returns why an approval's signature was not made by its key, for the request
// of this digest; nil if it was. It does not tell whose key that is.
func Verify(digest string, a Approval) error {
	switch public, isKey := a.Key.public.(ed25519.PublicKey); {
	case a.Key.IsPasskey() && a.Passkey != nil:
		return a.Passkey.verify(a.Key, Challenge(digest, a.Approver, a.At), a.Signature)
	case a.Key.IsPasskey() || a.Passkey != nil || !isKey || !ed25519.Verify(public, message(digest, a.Approver, a.At), a.Signature):
		return errUnsigned
	}
	return nil
}

// Add takes over the approvals of a copy of the same request. An error means that
// it is another request.
func (f *File) Add(g *File) error {
	if f.Digest != g.Digest {
		return batch.Errorf("it is another approval request: its digest is %s, and not %s", g.Digest, f.Digest)
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

// Verdict is an approval that does not count, with the reason.
type Verdict struct {
	Approval
	Why batch.Message
}

// Count returns the approvals that count: one for each person among the trusted
// approvers. A person is a name: two keys are one person's if people can take their
// names for each other (samePerson), and one key never has two names
// (ParseApprovers).
func (f *File) Count(trusted []Approver) (good []Approval, not []Verdict) {
	var counted []string // names of those in good, as they signed and as they are trusted
	for _, a := range f.Approvals {
		name, why := f.verdict(a, trusted)
		again := func(before string) bool { return samePerson(before, name) || samePerson(before, a.Approver) }
		if why.IsZero() && slices.ContainsFunc(counted, again) {
			why = batch.Msg("the same person has approved the request already, and counts once")
		}
		if !why.IsZero() {
			not = append(not, Verdict{a, why})
			continue
		}
		counted = append(counted, name, a.Approver)
		good = append(good, a)
	}
	return good, not
}

// verdict returns the trusted name of an approval's key, or why the approval does
// not count.
func (f *File) verdict(a Approval, trusted []Approver) (name string, why batch.Message) {
	i := slices.IndexFunc(trusted, func(t Approver) bool { return t.Key.Equal(a.Key) })
	if i < 0 {
		return "", batch.Msg("the key %s is none of an approver", a.Key.Fingerprint())
	}
	name = trusted[i].Name
	if err := Verify(f.Digest, a); err != nil {
		return name, batch.Said(err)
	}
	if err := CheckName(a.Approver); err != nil {
		return name, batch.Said(err)
	}
	if !samePerson(name, a.Approver) {
		return name, batch.Msg("its key belongs to %q", name)
	}
	if f.Request.madeBy(name) || f.Request.madeBy(a.Approver) {
		return name, batch.Said(ErrMaker)
	}
	return name, batch.Message{}
}
