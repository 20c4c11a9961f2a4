package batch

import (
	"iter"
	"strings"
)

// Cells holds the texts of a row, one for each column of the header, as a single
// string with separators. A million rows are held in memory while they are sent,
// and a slice of strings for each would take more room than the texts themselves.
// The cells of a CSV file share the memory of its lines.
type Cells struct {
	_         [0]func() // makes == impossible, since the same texts may have different separators
	text      string
	separator byte // between the texts, and in none of them; 0 if there are no texts
}

// separator stands between texts that are joined here. It occurs in no UTF-8
// text.
const separator = 0xff

// CutCells returns the cells of a line whose texts are separated by cut and do
// not contain it.
func CutCells(line string, cut byte) Cells { return Cells{text: line, separator: cut} }

// CellsOf returns cells with these texts. Bytes that are not UTF-8 become U+FFFD.
func CellsOf(texts ...string) Cells {
	return joined(string(appendTexts(make([]byte, 0, 128), texts)), len(texts))
}

// joined returns the cells whose n texts are joined by separator in text.
func joined(text string, n int) Cells {
	if n == 0 {
		return Cells{}
	}
	return Cells{text: text, separator: separator}
}

// appendTexts appends texts to b, with separator between them.
func appendTexts(b []byte, texts []string) []byte {
	for i, t := range texts {
		if i > 0 {
			b = append(b, separator)
		}
		if strings.IndexByte(t, separator) >= 0 {
			t = strings.ToValidUTF8(t, "\ufffd")
		}
		b = append(b, t...)
	}
	return b
}

// CellPacker makes the cells of many rows with few allocations.
type CellPacker struct {
	row  []byte // the row that is being packed
	made strings.Builder
}

// Pack returns cells with the texts of a row.
func (p *CellPacker) Pack(texts []string) Cells {
	p.row = appendTexts(p.row[:0], texts)
	size := len(p.row)
	if p.made.Cap()-p.made.Len() < size {
		p.made = strings.Builder{}
		p.made.Grow(max(size, 32<<10))
	}
	p.made.Write(p.row)
	return joined(p.made.String()[p.made.Len()-size:], len(texts))
}

// All iterates over the columns, from 0, and their texts.
func (c Cells) All() iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		rest, more := c.text, c.separator != 0
		for i := 0; more; i++ {
			text := rest
			if at := strings.IndexByte(rest, c.separator); at >= 0 {
				text, rest = rest[:at], rest[at+1:]
			} else {
				more = false
			}
			if !yield(i, text) {
				return
			}
		}
	}
}

// At returns the text in column i, or an empty string if there is none.
func (c Cells) At(i int) string {
	for j, text := range c.All() {
		if j == i {
			return text
		}
	}
	return ""
}

// List returns the texts.
func (c Cells) List() []string { return c.AppendTo(nil) }

// AppendTo appends the texts to a slice.
func (c Cells) AppendTo(to []string) []string {
	for _, text := range c.All() {
		to = append(to, text)
	}
	return to
}

// Joined returns a string that is the same for cells with the same texts, and
// different for others.
func (c Cells) Joined() string {
	if c.separator == 0 || c.separator == separator {
		return c.text
	}
	return CellsOf(c.List()...).text
}

// Equal reports whether c and d have the same texts.
func (c Cells) Equal(d Cells) bool { return c.Joined() == d.Joined() }
