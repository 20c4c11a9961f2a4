package approval

import "flexybatch/batch"

// Record returns an approval of the request as the books of a batch keep it, with all
// that is needed to verify it from there. required is how many people had to approve.
func (f *File) Record(required int, a Approval) *batch.ApprovalRecord {
	r := &batch.ApprovalRecord{
		Digest: f.Digest, Required: required, Approver: a.Approver, At: a.At, Key: a.Key.String(), Signature: a.Signature, Maker: f.Request.Maker,
	}
	if a.Passkey != nil {
		r.AuthenticatorData, r.ClientData = a.Passkey.AuthenticatorData, a.Passkey.ClientData
	}
	return r
}

// OfRecord returns the approval that Record wrote down, after it has verified its
// signature. It does not tell whose key that is.
func OfRecord(r *batch.ApprovalRecord) (Approval, error) {
	a := Approval{Approver: r.Approver, At: r.At, Signature: r.Signature}
	if err := a.Key.UnmarshalText([]byte(r.Key)); err != nil {
		return a, batch.Errorf("the key of %s: %w", r.Approver, err)
	}
	if r.AuthenticatorData != nil || r.ClientData != nil {
		a.Passkey = &Assertion{AuthenticatorData: r.AuthenticatorData, ClientData: r.ClientData}
	}
	return a, Verify(r.Digest, a)
}
