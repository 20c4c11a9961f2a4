package reconcile

import (
	"slices"
	"strings"

	"flexybatch/batch"
)

// matcher finds the row to which an order or a transaction of the provider
// belongs. It never guesses: what names no row by id or by reference belongs to
// none.
type matcher struct {
	byRef   map[string]home
	byID    map[string]home // by the provider's id of the order
	lengths []int           // of the references, to find them behind API-<username>-
	prefix  string          // of the batch's own references; empty where it has none
	length  int             // of the batch's own references
}

// home is the row to which something belongs.
type home struct {
	row    *RowBooks // nil where it is a row of another batch
	batch  string    // the other batch
	number int       // the row of the other batch
}

// hashLength is how many characters of a-z and 2-7 end a reference, behind the
// batch's name and a hyphen (product contract, "References").
const hashLength = 20

// newMatcher makes a matcher that knows the rows of the batch, and those of the
// batches beside it.
func newMatcher(rows []*RowBooks, beside []*batch.Ledger) *matcher {
	m := &matcher{byRef: make(map[string]home, len(rows)), byID: make(map[string]home, len(rows))}
	for _, l := range beside {
		name := l.Batch().Name
		l.Each(func(s *batch.RowStatus) bool {
			m.add(s, home{batch: name, number: s.Number})
			return true
		})
	}
	for _, b := range rows { // last, so that this batch goes before those beside it
		m.add(&b.RowStatus, home{row: b})
		if r := string(b.Ref); m.prefix == "" && len(r) > hashLength && r[len(r)-hashLength-1] == '-' {
			m.prefix, m.length = r[:len(r)-hashLength], len(r)
		}
	}
	return m
}

// add makes a row known by its reference and by the provider's id. A row without
// a reference was never sent.
func (m *matcher) add(s *batch.RowStatus, h home) {
	if s.Ref == "" {
		return
	}
	m.byRef[string(s.Ref)] = h
	if s.TopupID != "" {
		m.byID[s.TopupID] = h
	}
	if !slices.Contains(m.lengths, len(s.Ref)) {
		m.lengths = append(m.lengths, len(s.Ref))
	}
}

// ref finds the row of a reference, which the provider may write as
// API-<username>-<ref> (API page, POST /v3/mobile/send).
func (m *matcher) ref(s string) (home, bool) {
	if h, ok := m.byRef[s]; ok {
		return h, true
	}
	for _, n := range m.lengths {
		if h, ok := m.byRef[ending(s, n)]; ok {
			return h, true
		}
	}
	return home{}, false
}

// ending is the last n characters of s if a hyphen stands before them, else
// empty.
func ending(s string, n int) string {
	if len(s) > n && s[len(s)-n-1] == '-' {
		return s[len(s)-n:]
	}
	return ""
}

// looksOurs reports whether a reference is made as the batch's own are.
func (m *matcher) looksOurs(s string) bool {
	if m.prefix == "" {
		return false
	}
	if len(s) != m.length {
		s = ending(s, m.length)
	}
	hash, ours := strings.CutPrefix(s, m.prefix)
	return ours && len(hash) == hashLength && strings.Trim(hash, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// order finds the row of an order: by the provider's id, then by its reference.
// It remembers the order's id, so that the transactions of the order are found.
func (m *matcher) order(o batch.RemoteOrder) (h home, ok bool) {
	if h, ok = m.byID[o.ID]; !ok || o.ID == "" {
		h, ok = m.ref(o.Ref)
	}
	if ok && o.ID != "" {
		m.byID[o.ID] = h
	}
	return h, ok
}

// movement finds the row of a transaction: by the order that it names, then by
// its reference.
func (m *matcher) movement(v *Movement) (home, bool) {
	if h, ok := m.byID[v.Object]; ok && v.Object != "" {
		return h, true
	}
	for _, s := range []string{v.Ref, v.Object} {
		if h, ok := m.ref(s); ok && s != "" {
			return h, true
		}
	}
	return home{}, false
}
