package batch

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Ref is the reference that one row is sent under: the idempotency key of the
// whole program. It is made from the thing itself, so that a journal that was
// lost cannot lead to a second charge: the provider refuses a ref it has seen.
type Ref string

const (
	// RefLength is the longest a ref may be: the strictest limit found among
	// top-up providers.
	RefLength  = 30
	hashLength = 20 // base32 characters, 100 bits: no collision among any number of rows that will ever be sent
	slugLength = RefLength - hashLength - 1
)

var refEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// RefByID is the ref of a row that has an id of its own. Phone, plan and amount
// are not in it: a corrected row is still the same row.
func RefByID(batch, id string) Ref {
	return makeRef(batch, "id", canonical(id))
}

// RefByContent is the ref of a row without an id; nth tells how many equal rows
// (same phone, plan and amount, no id) came before it.
func RefByContent(batch string, t Topup, nth int) Ref {
	var amount, n [8]byte
	binary.BigEndian.PutUint64(amount[:], uint64(t.Amount))
	binary.BigEndian.PutUint64(n[:], uint64(nth))
	return makeRef(batch, "row", string(t.Phone), t.Plan, string(amount[:]), string(n[:]))
}

// makeRef hashes the fields with their lengths in front, so that no two lists
// of fields ever run together into the same bytes.
func makeRef(batch string, fields ...string) Ref {
	h := sha256.New()
	for _, f := range append([]string{"flexybatch ref v1", canonical(batch)}, fields...) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(f)))
		h.Write(n[:])
		h.Write([]byte(f))
	}
	return Ref(slug(batch) + "-" + refEncoding.EncodeToString(h.Sum(nil))[:hashLength])
}

// canonical makes one text of what people see as one: macOS writes é in file
// names as two code points, Windows as one, and the refs must not differ.
func canonical(s string) string { return norm.NFC.String(strings.TrimSpace(s)) }

// slug is the readable part of a ref: the batch name in a-z, 0-9 and single
// hyphens, cut to length. A name that has no such letter becomes "batch".
func slug(name string) string {
	var b strings.Builder
	hyphen := false
	for _, r := range norm.NFKD.String(strings.ToLower(canonical(name))) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if hyphen && b.Len() > 0 {
				b.WriteByte('-')
			}
			hyphen = false
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // the accent of the letter before
		default:
			hyphen = true
		}
	}
	s := b.String()
	if s == "" {
		return "batch"
	}
	return strings.Trim(s[:min(len(s), slugLength)], "-")
}
