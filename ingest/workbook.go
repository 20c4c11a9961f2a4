package ingest

import (
	"encoding/xml"
	"path"
	"strings"
)

// workbook is what a package says of itself: its sheets, and where its parts
// are.
type workbook struct {
	parts    *parts
	sheets   []worksheet
	strings  string // the part with the shared texts; empty where there is none
	texts    *sharedTexts
	shown    []oddity // by cell style: how numbers are
	date1904 bool     // days are counted from 1904, as on old Macs
}

// worksheet is a sheet with rows; charts and macro sheets are none.
type worksheet struct {
	name   string
	part   string
	hidden bool
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
	for i := range rels.Relationship {
		r := &rels.Relationship[i]
		target := strings.ReplaceAll(r.Target, `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", dir, target)
		}
		r.Target = strings.TrimPrefix(path.Clean(target), "/")
	}
	return rels.Relationship, nil
}

// openWorkbook reads everything about the workbook but its sheets.
func openWorkbook(p *parts) (*workbook, error) {
	w := &workbook{parts: p}
	roots, err := p.relationships("")
	if err != nil {
		return nil, err
	}
	main := ""
	for _, r := range roots {
		if r.is("officeDocument") {
			main = r.Target
		}
	}
	var book struct {
		XMLName    xml.Name
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string     `xml:"name,attr"`
			State string     `xml:"state,attr"`
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := p.decode(main, &book); err != nil {
		return nil, err
	}
	if book.XMLName.Local != "workbook" {
		return nil, notOurs("an Office document without sheets", asXLSX)
	}
	w.date1904 = isTrue(book.Properties.Date1904)
	rels, err := p.relationships(main)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]relationship, len(rels))
	for _, r := range rels {
		byID[r.ID] = r
		if r.is("sharedStrings") {
			w.strings = r.Target
		}
		if r.is("styles") {
			if w.shown, err = p.styles(r.Target); err != nil {
				return nil, err
			}
		}
	}
	for _, s := range book.Sheets {
		for _, a := range s.Attrs {
			if r := byID[a.Value]; a.Name.Local == "id" && r.is("worksheet") {
				w.sheets = append(w.sheets, worksheet{s.Name, r.Target, s.State == "hidden" || s.State == "veryHidden"})
			}
		}
	}
	if len(w.sheets) == 0 {
		return nil, &FileError{What: "the workbook has no sheet with rows", Do: "it may have been saved empty: open it and look", Err: ErrEmpty}
	}
	return w, nil
}

// isTrue reads an XML boolean.
func isTrue(s string) bool { return s == "1" || s == "true" }
