// Package approval is the rule of several pairs of eyes: a batch is prepared as
// a plan, people approve the plan with their keys, and only what they approved is
// sent.
//
// # The plan file
//
// A File is JSON with one row a line, so that people can read it and hold two of
// them against each other. It has one form only (File.Encode): what Parse reads
// must come out of Encode as the same bytes, or it is refused. So there is no
// field given twice, none that is passed over, and no second reading of it. There
// is no time and no chance in a Plan either: the same file, prepared again on
// another machine, has the same digest.
//
// The digest is SHA-256, in hex, over the line "flexybatch plan v1\n" and the
// bytes of the plan, from the brace behind "plan": to the one that closes it.
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
// the input, every row with its reference, and what every plan costs: an approval
// is good for nothing else.
//
// # Keys
//
// Keys are OpenSSH's (golang.org/x/crypto/ssh): `ssh-keygen -p` changes the
// passphrase of one, and `ssh-keygen -l` shows its fingerprint. A key says nothing
// of who holds it. Whose approval counts is said by the one who runs the batch, in
// a file of public keys and names (ParseApprovers); every other signature, however
// good, counts for nothing.
package approval
