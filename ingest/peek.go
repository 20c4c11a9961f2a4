package ingest

import (
	"errors"
	"io"

	"flexybatch/ingest/xlsx"
)

// Peeked is what stands at the top of a file, before anything of it is held to a
// rule: it is shown to people who say how the file is to be read.
type Peeked struct {
	Sheets []string // of a workbook, in its order; none for a CSV file
	Sheet  string   // the one that was looked at
	Header int      // the row that names the columns; 0: none was found
	Names  []string // that it gives them
	Head   []PeekedRow
}

// PeekedRow is a row as it stands in the file.
type PeekedRow struct {
	Number int
	Texts  []string
}

// peekedRows is how many rows a look shows beyond the header.
const peekedRows = 6

// Peek reads the first rows of a payroll. A file whose header is not clear has none
// here: Read says what is the matter with it.
func Peek(path string, o Options) (*Peeked, error) {
	limits := o.Limits.OrDefault()
	content, err := readFile(path, limits.FileBytes)
	if err != nil {
		return nil, err
	}
	m, err := newMapping(o.Map)
	if err != nil {
		return nil, err
	}
	kind, err := kindOf(content)
	if err != nil {
		return nil, err
	}
	if kind == kindEncrypted {
		if content, err = xlsx.Decrypt(content, o.Password); err != nil {
			return nil, err
		}
	}
	if kind == kindText {
		lines, _, cut, err := csvLines(content, o.Encoding, m.headerIn, limits)
		if err != nil {
			return nil, err
		}
		h, damage := readHead(lines)
		if damage != nil && len(h) == 0 {
			return nil, damage
		}
		if cut && len(h) > 0 {
			h = h[1:]
		}
		return (&Peeked{}).of(h, m), nil
	}
	return peekWorkbook(content, o, m, limits)
}

// peekWorkbook looks at the sheet that is named, or at the first that has a header.
func peekWorkbook(content string, o Options, m mapping, l Limits) (*Peeked, error) {
	opened, err := xlsx.Open(content, l)
	if err != nil {
		return nil, err
	}
	w := &workbook{opened, o.SpreadMerged}
	p := &Peeked{Sheets: w.names()}
	if err := w.keep(o.Sheet); err != nil {
		return nil, err
	}
	for _, s := range w.Sheets {
		h, err := w.head(s, l)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		at := (&Peeked{Sheets: p.Sheets, Sheet: s.Name}).of(h, m)
		if p.Sheet == "" || at.Header > 0 && p.Header == 0 {
			p = at
		}
	}
	return p, nil
}

// of takes the first rows down to a little below the header.
func (p *Peeked) of(h head, m mapping) *Peeked {
	f, _, err := h.header(m)
	if err == nil && f != nil {
		p.Header, p.Names = f.number, f.names
	}
	below := 0
	for _, r := range h {
		if r.number > p.Header {
			below++
		}
		if below > peekedRows {
			break
		}
		p.Head = append(p.Head, PeekedRow{r.number, r.texts})
	}
	return p
}
