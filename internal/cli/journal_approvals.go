package cli

import (
	"flexybatch/batch"
	"flexybatch/batch/approval"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

// signedApproval is an approval in a journal whose signature holds.
type signedApproval struct {
	approval.Approval
	Digest string
}

// approvalsOf verifies the signatures of all approvals that a journal tells of. The
// journal holds all that this takes.
func approvalsOf(path string, l *batch.Ledger) (list []signedApproval, err error) {
	for _, n := range l.Notes() {
		if n.Approval == nil {
			continue
		}
		a, err := approval.OfRecord(n.Approval)
		if err != nil {
			return nil, nothingf("%s: the approval of %s does not hold: %w", path, n.Approval.Approver, err)
		}
		list = append(list, signedApproval{a, n.Approval.Digest})
	}
	return list, nil
}

// tellSigned prints who has signed what.
func (w machine) tellSigned(list []signedApproval) error {
	for _, a := range list {
		at, request := lang.UTC(a.At), app.ShortDigest(a.Digest)
		var err error
		if a.Key.IsPasskey() {
			_, err = w.words.Fprintf(w.stdout, "%s approved the request %s on %s: the signature of the passkey %s holds\n", a.Approver, request, at, a.Key.Fingerprint())
		} else {
			_, err = w.words.Fprintf(w.stdout, "%s approved the request %s on %s: the signature of the key %s holds\n", a.Approver, request, at, a.Key.Fingerprint())
		}
		if err != nil {
			return err
		}
	}
	return nil
}
