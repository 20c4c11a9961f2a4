package report

import (
	"strings"

	"flexybatch/batch"
)

// match finds which row an order or a transaction of the provider belongs to.
// It never guesses: what names no row by id or by ref belongs to none.
type match struct {
	byRef   map[string]home
	byID    map[string]home // by the provider's id of the order
	lengths []int           // that refs have, to find them behind API-<username>-
	prefix  string          // of the batch's own refs; empty where it has none
	length  int             // of them
}

// home is the row that something belongs to.
type home struct {
	row    *RowBooks // nil where it is a row of another batch
	batch  string
	number int
}

// hashLength is how many characters of a-z and 2-7 end a ref, behind the
// batch's name and a hyphen (product contract, "References").
const hashLength = 20

// newMatch knows the rows of the batch, and those of the batches beside it.
func newMatch(rows []*RowBooks, beside []*batch.Ledger) *match {
	m := &match{byRef: make(map[string]home, len(rows)), byID: make(map[string]home, len(rows))}
	for _, l := range beside {
		name := l.Batch().Name
		l.Each(func(s *batch.RowStatus) bool {
			m.add(s, home{batch: name, number: s.Number})
			return true
		})
	}
	for _, b := range rows { // last, so that they are found first
		m.add(&b.RowStatus, home{row: b})
		if r := string(b.Ref); m.prefix == "" && len(r) > hashLength && r[len(r)-hashLength-1] == '-' {
			m.prefix, m.length = r[:len(r)-hashLength], len(r)
		}
	}
	return m
}

func (m *match) add(s *batch.RowStatus, h home) {
	if s.Ref == "" {
		return // never sent
	}
	m.byRef[string(s.Ref)] = h
	if s.TopupID != "" {
		m.byID[s.TopupID] = h
	}
	for _, n := range m.lengths {
		if n == len(s.Ref) {
			return
		}
	}
	m.lengths = append(m.lengths, len(s.Ref))
}

// ref is the row of a ref, which the provider may write as
// API-<username>-<ref> (API page, POST /v3/mobile/send).
func (m *match) ref(s string) (home, bool) {
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

// ending is the last n characters of s, if a hyphen stands before them.
func ending(s string, n int) string {
	if len(s) > n && s[len(s)-n-1] == '-' {
		return s[len(s)-n:]
	}
	return ""
}

// looksOurs tells a ref that is made as the batch's own are.
func (m *match) looksOurs(s string) bool {
	if m.prefix == "" {
		return false
	}
	if len(s) != m.length {
		s = ending(s, m.length)
	}
	hash, ours := strings.CutPrefix(s, m.prefix)
	return ours && len(hash) == hashLength && strings.Trim(hash, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// order is the row of an order: by the provider's id, then by its ref.
func (m *match) order(o batch.RemoteOrder) (h home, ok bool) {
	if h, ok = m.byID[o.ID]; !ok || o.ID == "" {
		h, ok = m.ref(o.Ref)
	}
	if ok && o.ID != "" {
		m.byID[o.ID] = h // so that its transactions are found
	}
	return h, ok
}

// movement is the row of a transaction: by the order that it names, then by its
// ref.
func (m *match) movement(v *Movement) (home, bool) {
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
