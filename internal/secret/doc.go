// Package secret keeps what nobody else may see: the API key, passphrases, and the
// files in which they lie.
//
// It promises that a secret is read from a file only if its owner alone may read
// that file, that a file which decides where money and key go is trusted only if its
// owner alone may write it, and that a private file is closed to others before a
// byte is in it. It promises that an API key is taken from a file, a variable or the
// system keyring, and from the keyring for the one host that it was kept for.
//
// It does not promise to hide a secret in memory, nor from somebody who has become
// the same user or the machine's administrator. The texts of its errors hold no
// secret; the strings that it returns are secrets, and whoever gets one wraps it in
// something that does not print (oneclick.Key).
package secret
