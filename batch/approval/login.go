package approval

import "flexybatch/batch"

// errKeyFile says that a key is of a file, which asks nobody for a fingerprint.
var errKeyFile = batch.Errorf("it is no passkey")

// Answers returns why a passkey has not signed a challenge on pages of its relying
// party; nil if it has. It is how somebody shows who they are. The challenge must be
// random, new, and good once: an approval is signed with other words (Challenge).
func (k Key) Answers(challenge []byte, a Assertion, signature []byte) error {
	if !k.IsPasskey() {
		return errKeyFile
	}
	return a.verify(k, challenge, signature)
}

// SamePerson reports whether people can take two names for each other: letters that
// look alike are the same, and case, accents, spaces and signs do not count. A doubt
// makes them one person, so that nobody counts twice.
func SamePerson(a, b string) bool { return samePerson(a, b) }
