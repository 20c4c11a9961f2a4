package xlsx

import (
	"encoding/xml"
	"path"
	"strings"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
)

// Workbook is what a package says of itself: its sheets, and where its parts
// are.
type Workbook struct {
	Sheets   []Sheet        // in the order of the workbook
	Format   string         // XLSX or ODS
	Progress func(rows int) // is told how many rows of a sheet were inspected so far; nil: nobody looks on
	document *document      // of ODS
	limits   fault.Limits
	parts    *parts
	strings  string // the part with the shared texts; empty where there is none
	texts    *sharedTexts
	styles   []style // of cells, by number
	lost     bool    // there should be styles, and their part is missing
	date1904 bool    // days are counted from 1904, as on old Macs

	kept map[string]keptRows // of the parts that were inspected
	room int                 // bytes that further ones may take
}

// Sheet is a sheet with rows; charts and macro sheets are none.
type Sheet struct {
	Name   string
	Hidden bool
	part   string
	table  int // of an OpenDocument, its number
}

// relationship is one line of a .rels part.
type relationship struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
	Mode   string `xml:"TargetMode,attr"`
}

// is tells a relationship's kind: its namespace is another in strict OOXML.
func (r relationship) is(kind string) bool {
	return r.Mode != "External" && path.Base(r.Type) == kind
}

// relationships reads the .rels of a part, with targets as part names.
func (p *parts) relationships(of string) ([]relationship, error) {
	var rels struct {
		Relationship []relationship
	}
	dir, base := path.Split(of)
	if err := p.decode(path.Join(dir, "_rels", base+".rels"), &rels); err != nil {
		return nil, err
	}
	seen := make(map[string]bool, len(rels.Relationship))
	for i := range rels.Relationship {
		r := &rels.Relationship[i]
		if seen[r.ID] {
			return nil, damaged(of, "two of its relationships are called %q, and programs differ in which they follow", fault.Shorten(r.ID))
		}
		seen[r.ID] = true
		target := strings.ReplaceAll(r.Target, `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", dir, target)
		}
		r.Target = strings.TrimPrefix(path.Clean(target), "/")
	}
	return rels.Relationship, nil
}

// only returns the target of the one relationship of a kind; empty where there is none.
func only(rels []relationship, kind, part string) (target string, err error) {
	for _, r := range rels {
		if !r.is(kind) {
			continue
		}
		if target != "" {
			return "", damaged(part, "it has two relationships of the kind %s, and programs differ in which they follow", kind)
		}
		target = r.Target
	}
	return target, nil
}

// listed is a sheet as the workbook lists it.
type listed struct {
	Name  string     `xml:"name,attr"`
	State string     `xml:"state,attr"`
	Attrs []xml.Attr `xml:",any,attr"`
}

// relation returns the relationship that says where the sheet is. Its attribute's
// namespace is another in strict OOXML.
func (l *listed) relation() (id string, said bool) {
	for _, a := range l.Attrs {
		if a.Name.Local == "id" {
			return a.Value, true
		}
	}
	return "", false
}

// Open reads everything about the workbook but its sheets. content is the whole
// file.
func Open(content string, l fault.Limits) (*Workbook, error) {
	p, err := openParts(content, l.UnzippedBytes)
	if err != nil {
		return nil, err
	}
	if p.has("content.xml") && !p.has("[Content_Types].xml") {
		return openDocument(p, l)
	}
	w := &Workbook{Format: "XLSX", parts: p, limits: l, kept: map[string]keptRows{}, room: mostKept}
	roots, err := p.relationships("")
	if err != nil {
		return nil, err
	}
	main, err := only(roots, "officeDocument", "_rels/.rels")
	if err != nil {
		return nil, err
	}
	if main == "" {
		return nil, damaged("_rels/.rels", "it does not say where the workbook is")
	}
	var book struct {
		XMLName    xml.Name
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []listed `xml:"sheets>sheet"`
	}
	if err := p.decode(main, &book); err != nil {
		return nil, err
	}
	if book.XMLName.Local != "workbook" {
		return nil, fault.NotOurs(batch.Msg("an Office document without sheets"), fault.AsXLSX)
	}
	w.date1904 = isTrue(book.Properties.Date1904)
	rels, err := p.relationships(main)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]relationship, len(rels))
	for _, r := range rels {
		byID[r.ID] = r
	}
	if w.strings, err = only(rels, "sharedStrings", main); err != nil {
		return nil, err
	}
	styles, err := only(rels, "styles", main)
	if err != nil {
		return nil, err
	}
	switch {
	case styles == "":
	case !p.has(styles):
		w.lost = true
	default:
		if w.styles, err = p.styles(styles); err != nil {
			return nil, err
		}
	}
	for _, s := range book.Sheets {
		id, said := s.relation()
		if said && id == "" {
			continue // a module of macros, as Excel 5 kept them
		}
		r, ok := byID[id]
		if !ok || r.Mode == "External" { // a sheet of which nobody knows what was in it
			return nil, fault.Located(damaged(main, "it does not say where the sheet is"), "", s.Name)
		}
		if r.is("worksheet") {
			w.Sheets = append(w.Sheets, Sheet{Name: s.Name, Hidden: s.State == "hidden" || s.State == "veryHidden", part: r.Target})
		}
	}
	if len(w.Sheets) == 0 {
		return nil, &fault.Error{What: batch.Msg("the workbook has no sheet with rows"), Do: batch.Msg("it may have been saved empty: open it and look"), Err: fault.ErrEmpty}
	}
	w.texts, err = w.sharedTexts()
	return w, err
}

// Held returns how many bytes the texts take that the sheets' cells share.
func (w *Workbook) Held() int {
	if w.texts == nil {
		return 0
	}
	return w.texts.held
}

// isTrue reads an XML boolean.
func isTrue(s string) bool { return s == "1" || s == "true" }
