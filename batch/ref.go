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

// Is reports whether a ref in the provider's books is this one. The provider
// writes it as it is, or as API-<username>-<ref> (API page, POST
// /v3/mobile/send).
func (r Ref) Is(written string) bool {
	return written == string(r) || strings.HasSuffix(written, "-"+string(r))
}

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
func RefByID(batch, id string) Ref { return newRefs(batch).byID(canonical(id)) }

// RefByContent is the ref of a row without an id; nth tells how many equal rows
// (same phone, plan and amount, no id) came before it.
func RefByContent(batch string, t Topup, nth int) Ref { return newRefs(batch).byContent(t, nth) }

// refs makes the refs of one batch. It is for one goroutine.
type refs struct {
	head   []byte // what the hash of every ref begins with
	fields []byte // of one ref
	slug   []byte // what every ref begins with
	ref    []byte
	made   strings.Builder
}

func newRefs(batch string) *refs {
	return &refs{
		head: appendField(appendField(nil, "flexybatch ref v1"), canonical(batch)),
		slug: []byte(slug(batch) + "-"),
	}
}

func (m *refs) byID(id string) Ref {
	return m.make(appendField(appendField(append(m.fields[:0], m.head...), "id"), id))
}

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

// make hashes fields. The refs are cut from long texts: one allocation for many.
func (m *refs) make(fields []byte) Ref {
	m.fields = fields
	sum := sha256.Sum256(fields)
	const hashed = (hashLength*5 + 7) / 8 // bytes that hashLength characters are made of
	m.ref = refEncoding.AppendEncode(append(m.ref[:0], m.slug...), sum[:hashed])
	length := len(m.slug) + hashLength
	if m.made.Cap()-m.made.Len() < length {
		m.made = strings.Builder{}
		m.made.Grow(512 * length)
	}
	m.made.Write(m.ref[:length])
	return Ref(m.made.String()[m.made.Len()-length:])
}

// appendField appends a field with its length in front, so that no two lists of
// fields ever run together into the same bytes.
func appendField[T string | []byte](b []byte, field T) []byte {
	return append(binary.BigEndian.AppendUint64(b, uint64(len(field))), field...)
}

// canonical makes one text of what people see as one: macOS writes é in file
// names as two code points, Windows as one, and the refs must not differ.
func canonical(s string) string {
	return norm.NFC.String(strings.TrimSpace(s))
}

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
