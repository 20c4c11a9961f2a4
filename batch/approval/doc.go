// Package approval lets several people sign a batch before it is sent. The rows to
// be paid are written down as an approval request, each approver signs the request
// with a key, and only what they signed is sent.
//
// # The file of a request
//
// A File is JSON with one row a line, so that people can read it and compare two
// of them. It has exactly one form (File.Encode): Parse refuses bytes that Encode
// would not write. No field can be given twice, ignored, or read in a second way.
// A Request holds no time and nothing random: the same input, prepared again on
// another machine, has the same digest.
//
// The digest is SHA-256, in hex, over the line "flexybatch plan v1\n" and the
// bytes of the request, from the brace behind "plan": to the one that closes it.
//
// The first version of the program called a request a plan. Today a plan is only
// what the provider sells, but the word stays in three places: in the file's name
// (NAME.plan.json), in its fields, and in the line above. Files that people have
// signed must stay readable, and their signatures valid.
//
// # What is signed
//
// An approval is an Ed25519 signature over four lines, without a line break
// behind the last:
//
//	flexybatch approval v1
//	DIGEST
//	TIME        as in the file: RFC 3339, UTC, whole seconds
//	APPROVER    as in the file
//
// The digest covers the batch's name, host, account and type of key, the bytes of
// the input, every row with its reference, the price of every plan that the rows ask
// for, and the name of who prepared the request, where that was said. An approval is
// valid for nothing else.
//
// A passkey signs the same four lines in its own way (Web Authentication, Level 3):
// their SHA-256 is the challenge (Challenge), and the signature is over what the
// authenticator and the browser say of it. Both stand beside the signature in the
// file of the request and in the books (Assertion, Record), so that nothing but the
// public key is needed to verify it years later. The passkey must have made sure who
// used it, and the pages must have been those of its relying party.
//
// # Keys
//
// A key is an Ed25519 key of OpenSSH's (golang.org/x/crypto/ssh): `ssh-keygen -p`
// changes its passphrase, and `ssh-keygen -l` shows its fingerprint. Or it is a
// passkey of ES256, EdDSA or RS256, which never leaves the person's device. Neither
// tells who holds it. The person who runs the batch says whose approvals count, in
// a file of public keys and names (ParseApprovers). Every other signature is
// ignored, even if it is valid.
//
// Passkeys are verified by the standard library alone. github.com/go-webauthn/webauthn
// would add 2.4 MB to the program, most of it for attestation, which is not asked
// for; the tests hold our verdicts against its own.
//
// # People
//
// Two approvals are two people's only if their names cannot be taken for each other.
// Names are compared by what they look like (Unicode TR39), without case, accents,
// spaces and invisible characters, so Ali in Latin and in Cyrillic letters is one
// person. A word that mixes letters of several scripts is no name (CheckName). Who
// prepared a request is compared in the same way, and cannot approve it.
package approval
