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
	dates    []bool // by cell style: shown as a date or a time
	date1904 bool   // days are counted from 1904, as on old Macs
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
			if w.dates, err = p.dateStyles(r.Target); err != nil {
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

// dateStyles tells of each cell style whether it shows numbers as dates or
// times: 45658 may be a date, and may lie within a plan's range.
func (p *parts) dateStyles(part string) ([]bool, error) {
	var styles struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := p.decode(part, &styles); err != nil {
		return nil, err
	}
	custom := make(map[int]bool, len(styles.Formats))
	for _, f := range styles.Formats {
		custom[f.ID] = showsDate(f.Code)
	}
	dates := make([]bool, len(styles.Cells))
	for i, c := range styles.Cells {
		own, ok := custom[c.Format]
		dates[i] = ok && own || !ok && builtInDate(c.Format)
	}
	return dates, nil
}

// builtInDate knows the number formats that have no code in the file (ECMA-376,
// 18.8.30 numFmt), those of East Asian versions included.
func builtInDate(id int) bool {
	return 14 <= id && id <= 22 || 27 <= id && id <= 36 || 45 <= id && id <= 47 || 50 <= id && id <= 58
}

// showsDate tells whether a number format shows a date or a time: a letter of
// days, months, years, hours or seconds outside quotes, escapes and brackets;
// in brackets, an elapsed time.
func showsDate(code string) bool {
	code = strings.ToLower(code)
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return false
			}
			i += end + 1
		case '\\', '_', '*': // the next character is no letter of the format
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return false
			}
			if strings.Trim(code[i+1:i+end], "hms") == "" && end > 1 {
				return true
			}
			i += end
		case 'd', 'm', 'y', 'h', 's':
			return true
		}
	}
	return false
}

// isTrue reads an XML boolean.
func isTrue(s string) bool { return s == "1" || s == "true" }
