package approval

// Registration is what a browser returns of a passkey that it had made.
type Registration struct {
	PublicKey         []byte // SubjectPublicKeyInfo in DER, as AuthenticatorAttestationResponse.getPublicKey returns it
	AuthenticatorData []byte
	ClientData        []byte
}

// NewPasskey returns the approver of a passkey that a browser made for a challenge on
// pages of a relying party. The error says why it cannot approve.
//
// An authenticator's own word about its make (attestation) is not asked for: whose
// passkeys count is said by whoever keeps the file of approvers. That the passkey
// can sign is shown by its first approval.
func NewPasskey(name, relyingParty string, challenge []byte, r Registration) (Approver, error) {
	if err := CheckName(name); err != nil {
		return Approver{}, err
	}
	if err := checkClientData(r.ClientData, ceremonyCreate, challenge, relyingParty); err != nil {
		return Approver{}, err
	}
	if err := checkAuthenticatorData(r.AuthenticatorData, relyingParty); err != nil {
		return Approver{}, err
	}
	if !isRelyingParty(relyingParty) {
		return Approver{}, errRelyingParty
	}
	key, err := newPasskey(relyingParty, r.PublicKey)
	if err != nil {
		return Approver{}, err
	}
	return Approver{Name: name, Key: key}, nil
}
