package batch

import (
	"iter"
	"strings"
)

// Cells are the texts of a row, one for each column of the header, as one text
// with something between them. A million rows are held while they are sent, and
// a slice of strings for each would take more room than what they say: the cells
// of a CSV file are the very lines of the file.
type Cells struct {
	_         [0]func() // not to be compared: the same texts may have something else between them
	text      string
	separator byte // stands between the texts, and in none of them; 0: there are no texts
}

// separator is what stands between texts that come one by one. It is no byte of
// UTF-8.
const separator = 0xff

// CutCells are the texts of a line between its cuts, which stand in no text.
func CutCells(line string, cut byte) Cells { return Cells{text: line, separator: cut} }

// CellsOf joins texts. What is not UTF-8 in them becomes U+FFFD.
func CellsOf(texts ...string) Cells {
	return joined(string(appendTexts(make([]byte, 0, 128), texts)), len(texts))
}

func joined(text string, n int) Cells {
	if n == 0 {
		return Cells{}
	}
	return Cells{text: text, separator: separator}
}

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
	row  []byte // the one in hand
	made strings.Builder
}

// Pack joins the texts of a row.
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

// All are the texts with their columns, from 0.
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

// Joined is the same text for all rows of the same texts.
func (c Cells) Joined() string {
	if c.separator == 0 || c.separator == separator {
		return c.text
	}
	return CellsOf(c.List()...).text
}

// Equal tells whether the texts are the same.
func (c Cells) Equal(d Cells) bool { return c.Joined() == d.Joined() }
