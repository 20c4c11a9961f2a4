package xlsx

import (
	"encoding/binary"
	"io"
)

// keptRows is the rows of a sheet that was read to its end, one after the other in a
// few bytes each: what is read of a sheet is wanted only when all of it is known to be
// right, and reading its XML once more takes as long as the first time.
type keptRows []byte

// mostKept is how many bytes the kept rows of a workbook may take. The sheets that
// would take more are read again.
const mostKept = 128 << 20

// What stands behind the number of a kept row and of a kept cell.
const (
	rowHidden   = 1
	cellsShared = 1
	markStruck  = 1
)

// add keeps the row in hand.
func (k *keptRows) add(r *Rows, texts *rowTexts) {
	b := *k
	flags := uint64(0)
	if r.Hidden {
		flags = rowHidden
	}
	b = binary.AppendUvarint(b, uint64(r.Number)<<1|flags)
	b = binary.AppendUvarint(b, uint64(len(texts.cells)))
	for _, c := range texts.cells {
		if c.shared >= 0 {
			b = binary.AppendUvarint(b, uint64(c.shared)<<1|cellsShared)
			continue
		}
		b = binary.AppendUvarint(b, uint64(c.end-c.start)<<1)
		b = append(b, texts.own[c.start:c.end]...)
	}
	b = binary.AppendUvarint(b, uint64(len(r.Marks)))
	for _, m := range r.Marks {
		flags := uint64(m.Odd) << 1
		if m.Struck {
			flags |= markStruck
		}
		b = binary.AppendUvarint(b, uint64(m.Column))
		b = binary.AppendUvarint(b, flags)
		b = binary.AppendUvarint(b, uint64(len(m.Shown)))
		b = append(b, m.Shown...)
	}
	*k = b
}

// rows begins to read the kept rows.
func (k keptRows) rows(w *Workbook) *Rows {
	again := &keptReader{Rows: &Rows{}, rest: k}
	again.texts, again.dates1904 = w.texts, w.date1904
	again.dialect = again
	return again.Rows
}

// keptReader reads kept rows.
type keptReader struct {
	*Rows
	rowTexts // of the row in hand
	rest     keptRows
}

func (k *keptReader) row() error {
	if len(k.rest) == 0 {
		return io.EOF
	}
	number := k.number()
	k.Number, k.Hidden = number>>1, number&rowHidden != 0
	k.cells, k.own, k.Marks = k.cells[:0], k.own[:0], k.Marks[:0]
	for range k.number() {
		n := k.number()
		c := placed{shared: n >> 1}
		if n&cellsShared == 0 {
			c = placed{shared: -1, start: len(k.own), end: len(k.own) + n>>1}
			k.own = append(k.own, k.bytes(n>>1)...)
		}
		k.cells = append(k.cells, c)
	}
	for range k.number() {
		column, flags := k.number(), k.number()
		k.Marks = append(k.Marks, Mark{column, Oddity(flags >> 1), flags&markStruck != 0, string(k.bytes(k.number()))})
	}
	return nil
}

// number takes the next number.
func (k *keptReader) number() int {
	n, size := binary.Uvarint(k.rest)
	k.rest = k.rest[size:]
	return int(n)
}

// bytes takes the next n bytes.
func (k *keptReader) bytes(n int) []byte {
	b := k.rest[:n]
	k.rest = k.rest[n:]
	return b
}

func (k *keptReader) appendTexts(to []string) []string { return k.append(to, k.Marks) }

func (*keptReader) close() {}
