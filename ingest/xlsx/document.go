package xlsx

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
)

// document is a spreadsheet in OpenDocument, LibreOffice's own format: all of its
// sheets lie in one part, content.xml.
type document struct {
	parts  *parts
	limits fault.Limits
	struck map[string]bool // styles of cells and texts that are struck through
	unseen map[string]bool // styles of tables that are not shown
	found  []Findings      // of each table
}

// The vocabularies of OpenDocument, under the prefixes that they have here.
var vocabularies = map[string]string{
	"urn:oasis:names:tc:opendocument:xmlns:office:1.0":                     "office",
	"urn:oasis:names:tc:opendocument:xmlns:table:1.0":                      "table",
	"urn:oasis:names:tc:opendocument:xmlns:text:1.0":                       "text",
	"urn:oasis:names:tc:opendocument:xmlns:style:1.0":                      "style",
	"urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": "calcext",
}

// openDocument reads all of a document, and keeps what is known of its sheets.
func openDocument(p *parts, l fault.Limits) (*Workbook, error) {
	if p.has("META-INF/manifest.xml") {
		var manifest struct {
			Files []struct {
				Encrypted *struct{} `xml:"encryption-data"`
			} `xml:"file-entry"`
		}
		if err := p.decode("META-INF/manifest.xml", &manifest); err != nil {
			return nil, err
		}
		for _, f := range manifest.Files {
			if f.Encrypted != nil {
				return nil, &fault.Error{What: batch.Msg("the spreadsheet is under a password"), Do: batch.Msg("save it without the password, or as XLSX"), Err: fault.ErrPassword}
			}
		}
	}
	d := &document{parts: p, limits: l, struck: map[string]bool{}, unseen: map[string]bool{}}
	w := &Workbook{Format: "ODS", parts: p, limits: l, document: d}
	for _, part := range []string{"styles.xml", "content.xml"} {
		if !p.has(part) {
			continue // what is only in styles.xml may be missing
		}
		if err := d.readStyles(part); err != nil {
			return nil, err
		}
	}
	t, err := d.open()
	if err != nil {
		return nil, err
	}
	defer t.close()
	for {
		s, err := t.nextTable()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		s.table = len(w.Sheets)
		for err == nil {
			err = t.row()
		}
		if !errors.Is(err, io.EOF) {
			return nil, fault.Located(err, "", s.Name)
		}
		w.Sheets = append(w.Sheets, s)
		d.found = append(d.found, t.found)
	}
	if len(w.Sheets) == 0 {
		return nil, &fault.Error{What: batch.Msg("the workbook has no sheet with rows"), Do: batch.Msg("it may have been saved empty: open it and look"), Err: fault.ErrEmpty}
	}
	return w, nil
}

// rows begins to read a table.
func (d *document) rows(table int) (*Rows, error) {
	t, err := d.open()
	if err != nil {
		return nil, err
	}
	for range table + 1 {
		if _, err := t.nextTable(); err != nil {
			t.close()
			return nil, t.early(err)
		}
	}
	return t.Rows, nil
}

// open begins to read the content, which is read once for each sheet and more:
// the limit is for each time.
func (d *document) open() (*tableScan, error) {
	again := *d.parts
	again.budget = again.limit
	x, err := again.open("content.xml")
	if err != nil {
		return nil, err
	}
	t := &tableScan{documentPart: documentPart{xmlPart: x}, Rows: &Rows{}, document: d}
	t.dialect = t
	if err := t.begin(); err != nil {
		x.close()
		return nil, err
	}
	return t, nil
}

// readStyles notes the styles that say more of a text than how it looks.
func (d *document) readStyles(part string) error {
	again := *d.parts
	again.budget = again.limit
	x, err := again.open(part)
	if err != nil {
		return err
	}
	defer x.close()
	p := documentPart{xmlPart: x}
	style := ""
	for {
		t, err := x.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if t != tokenStart {
			continue
		}
		if x.depth() == 1 {
			p.readPrefixes()
		}
		switch p.name() {
		case "style:style":
			style = p.attribute("style:name")
			if d.struck[p.attribute("style:parent-style-name")] {
				d.struck[style] = true
			}
		case "style:default-style":
			style = ""
		case "style:text-properties":
			line := p.attribute("style:text-line-through-style") + p.attribute("style:text-line-through-type")
			if line != "" {
				d.struck[style] = !strings.HasPrefix(line, "none")
			}
		case "style:table-properties":
			if p.attribute("table:display") == "false" {
				d.unseen[style] = true
			}
		}
	}
}

// documentPart is a part of a document, whose names are known whatever their
// prefixes are.
type documentPart struct {
	*xmlPart
	prefixes map[string]string // in the part → here, where they differ
}

// readPrefixes reads which vocabularies the root declares.
func (p *documentPart) readPrefixes() {
	p.prefixes = map[string]string{}
	for _, a := range p.scan.attrs {
		if prefix, ok := bytes.CutPrefix(a.full, []byte("xmlns:")); ok {
			if here, known := vocabularies[string(a.value)]; known {
				p.prefixes[string(prefix)] = here
			}
		}
	}
}

// name returns the name of the element in hand.
func (p *documentPart) name() string { return p.here(p.scan.name) }

func (p *documentPart) here(name []byte) string {
	i := bytes.IndexByte(name, ':')
	if i < 0 {
		return string(name)
	}
	if prefix := p.prefixes[string(name[:i])]; prefix != "" && prefix != string(name[:i]) {
		return prefix + string(name[i:])
	}
	return string(name)
}

// attribute returns the value of an attribute of the element in hand.
func (p *documentPart) attribute(name string) string {
	i := slices.IndexFunc(p.scan.attrs, func(a attribute) bool { return p.here(a.full) == name })
	if i < 0 {
		return ""
	}
	return string(p.scan.attrs[i].value)
}

// repeated returns how often the element in hand stands for.
func (p *documentPart) repeated(name string) (int, error) {
	text := p.attribute(name)
	if text == "" {
		return 1, nil
	}
	n, ok := wholeNumber([]byte(text))
	if !ok || n < 1 {
		return 0, p.damaged("the attribute %s is %q", name, fault.Shorten(text))
	}
	return n, nil
}

// enter returns the next element within the one that was opened last and not yet left.
// It reports false at that one's end, which leaves it.
func (p *documentPart) enter() (name string, ok bool, err error) {
	for {
		t, err := p.next()
		if err != nil {
			return "", false, p.early(err)
		}
		switch t {
		case tokenStart:
			return p.name(), true, nil
		case tokenEnd:
			return "", false, nil
		}
	}
}

// cellName returns the name by which the user knows a cell.
func cellName(column, row int) string { return fmt.Sprintf("%s%d", Letters(column), row) }
