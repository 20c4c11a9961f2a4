package batch

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Ref is the reference that a row is sent under, the idempotency key of the whole
// program. It is computed from the row itself. The same row has the same ref even
// if the journal is lost, and the provider refuses a ref that it has seen before.
type Ref string

// Is reports whether a ref in the provider's books is this one. The provider
// writes it as it is, or as API-<username>-<ref> (API page, POST
// /v3/mobile/send).
func (r Ref) Is(written string) bool {
	return written == string(r) || strings.HasSuffix(written, "-"+string(r))
}

const (
	// RefLength is the greatest length of a ref, the strictest limit found among
	// top-up providers.
	RefLength  = 30
	hashLength = 20 // in base32 characters: 100 bits, enough that no two rows ever collide
	slugLength = RefLength - hashLength - 1
)

const refDigits = "abcdefghijklmnopqrstuvwxyz234567"

var refEncoding = base32.NewEncoding(refDigits).WithPadding(base32.NoPadding)

// refs computes the refs of one batch. It must be used by one goroutine only.
type refs struct {
	head   []byte // the first bytes of what is hashed, the same for every ref
	fields []byte // all bytes that are hashed for the ref in hand
	slug   []byte // the beginning of every ref
	ref    []byte
	made   strings.Builder // the text that the refs are cut from
}

// newRefs returns the refs of the batch with this name.
func newRefs(batch string) *refs {
	return &refs{
		head: appendField(appendField(nil, "flexybatch ref v1"), canonical(batch)),
		slug: []byte(slug(batch) + "-"),
	}
}

// byID returns the ref of a row with an id of its own, which must be canonical.
// Phone, plan and amount are not part of it, so a corrected row keeps its ref.
func (m *refs) byID(id string) Ref {
	return m.make(appendField(appendField(append(m.fields[:0], m.head...), "id"), id))
}

// byContent returns the ref of a row without id; nth is how many equal rows (same
// phone, plan and amount, no id) come before it.
func (m *refs) byContent(t Topup, nth int) Ref {
	b := appendField(append(m.fields[:0], m.head...), "row")
	b = appendField(appendField(b, string(t.Phone)), t.Plan)
	for _, n := range []uint64{uint64(t.Amount), uint64(nth)} {
		b = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, 8), n)
	}
	return m.make(b)
}

// byCells names a row that was never valid, after what it held; nth tells how many
// equal rows came before it. It is no ref that is ever sent.
func (m *refs) byCells(cells string, nth int) Ref {
	b := appendField(append(m.fields[:0], m.head...), "cells")
	b = appendField(b, cells)
	return m.make(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, 8), uint64(nth)))
}

// make returns the ref with the hash of fields. It cuts refs from long texts, with
// one allocation for many refs.
func (m *refs) make(fields []byte) Ref {
	m.fields = fields
	sum := sha256.Sum256(fields)
	const hashed = (hashLength*5 + 7) / 8 // how many bytes give hashLength characters
	m.ref = refEncoding.AppendEncode(append(m.ref[:0], m.slug...), sum[:hashed])
	length := len(m.slug) + hashLength
	if m.made.Cap()-m.made.Len() < length {
		m.made = strings.Builder{}
		m.made.Grow(512 * length)
	}
	m.made.Write(m.ref[:length])
	return Ref(m.made.String()[m.made.Len()-length:])
}

// appendField appends a field with its length in front, so that different lists of
// fields always give different bytes.
func appendField[T string | []byte](b []byte, field T) []byte {
	return append(binary.BigEndian.AppendUint64(b, uint64(len(field))), field...)
}

// canonical returns the same text for texts that look the same. For example, macOS
// writes é in file names as two code points and Windows as one, and the refs must
// not differ.
func canonical(s string) string {
	return norm.NFC.String(strings.TrimSpace(s))
}

// slug returns the readable part of a ref: the name of the batch in a-z, 0-9 and
// single hyphens, cut to length. A name without such letters becomes "batch".
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
		case unicode.Is(unicode.Mn, r): // drops the accent of the letter before
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
