package batch

import (
	"encoding/binary"
	"iter"
	"strings"
)

// Cells are the texts of a row, one for each column of the header, packed into
// one: each with its length in front. A million rows are held while they are
// sent, and a slice of strings for each would take more room than what they say.
type Cells string

// CellsOf packs texts.
func CellsOf(texts ...string) Cells {
	var p CellPacker
	return p.Pack(texts)
}

// CellPacker packs the cells of many rows with few allocations.
type CellPacker struct{ made strings.Builder }

// Pack packs the texts of a row.
func (p *CellPacker) Pack(texts []string) Cells {
	size := 0
	for _, t := range texts {
		size += len(t) + binary.MaxVarintLen32
	}
	if p.made.Cap()-p.made.Len() < size {
		p.made = strings.Builder{}
		p.made.Grow(max(size, 16<<10))
	}
	from := p.made.Len()
	var n [binary.MaxVarintLen64]byte
	for _, t := range texts {
		p.made.Write(n[:binary.PutUvarint(n[:], uint64(len(t)))])
		p.made.WriteString(t)
	}
	return Cells(p.made.String()[from:])
}

// All are the texts with their columns, from 0.
func (c Cells) All() iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		rest := string(c)
		for i := 0; rest != ""; i++ {
			size, n := uvarint(rest)
			text := rest[n : n+size]
			rest = rest[n+size:]
			if !yield(i, text) {
				return
			}
		}
	}
}

// uvarint reads a length and tells how many bytes it takes (Protocol Buffers,
// base 128 varints; encoding/binary reads them from slices only).
func uvarint(s string) (value, bytes int) {
	for shift := 0; ; shift += 7 {
		b := s[bytes]
		bytes++
		value |= int(b&0x7f) << shift
		if b < 0x80 {
			return value, bytes
		}
	}
}

// At is the text in column i, empty where there is none.
func (c Cells) At(i int) string {
	for j, text := range c.All() {
		if j == i {
			return text
		}
	}
	return ""
}

// List are the texts.
func (c Cells) List() []string { return c.AppendTo(nil) }

// AppendTo appends the texts to a slice.
func (c Cells) AppendTo(to []string) []string {
	for _, text := range c.All() {
		to = append(to, text)
	}
	return to
}
