package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/batch/reconcile"
	"flexybatch/internal/lang"
)

// speak is a printer of a language.
func speak(t testing.TB, language string) *lang.Printer {
	t.Helper()
	words, err := lang.New(language)
	if err != nil {
		t.Fatal(err)
	}
	return words
}

// workbooks are all workbooks that there are, by name, in one language, with
// texts in them that break what can be broken.
func workbooks(t testing.TB, words *lang.Printer) map[string][]byte {
	t.Helper()
	l := ledger(t)
	if words != nil {
		l = corrected(t) // the same for all languages, and small
	}
	all := map[string][]byte{}
	write := func(name string, f func(io.Writer) error) {
		var b bytes.Buffer
		if err := f(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = b.Bytes()
	}
	o := Options{Words: words, Journal: "it's & <october>.journal", Head: strings.Repeat("0f", 16), Lines: 7}
	write("results", func(w io.Writer) error { return Workbook(w, l, o) })
	full := o
	full.limit = 4
	write("results of many sheets", func(w io.Writer) error { return Workbook(w, l, full) })
	write("results, redacted", func(w io.Writer) error { return Workbook(w, Redact(l, noPhone), o) })
	empty := batch.NewLedger()
	for _, r := range []batch.Record{{Batch: &batch.BatchRecord{Name: "empty"}}, {Sealed: &batch.SealRecord{}}} {
		if err := empty.Fold(r, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	write("results of nothing", func(w io.Writer) error { return Workbook(w, empty, Options{Words: words}) })
	c := Check{File: "a & b.csv", Header: []string{"phone", "PHONE", "_x000D_", "a\tb\nc", "'x", ""}, Totals: batch.Totals{Rows: 2, Valid: 1, Invalid: 1,
		Plans: []batch.PlanTotal{{Plan: batch.Plan{Code: "P"}, Rows: 1}}}, Words: words, Notes: []batch.Message{batch.Msg("a note")},
		Rows: []batch.Row{
			{Number: 2, Cells: batch.CellsOf("0660000001", "=1", "_x000D_", "a\r\nb")},
			{Number: 3, Cells: batch.CellsOf("\x00", "x"), Remarks: &batch.Remarks{Problems: []batch.Problem{{Code: batch.PhoneFormat, Column: "phone", Message: batch.Msg("mend it")}}}},
		}}
	write("check", c.Workbook)
	write("check of nothing", (&Check{Words: words}).Workbook)
	write("resend", func(w io.Writer) error { return ResendWorkbook(w, batch.NewLineage(l).Resend("october-r1"), words) })
	write("resend of nothing", func(w io.Writer) error { return ResendWorkbook(w, batch.NewLineage(empty).Resend("october-r1"), words) })
	r := reconcile.Compare(l, reconcile.Statement{Listed: true, Movements: []reconcile.Movement{{ID: "t1", Type: "FLEXY", Amount: -100, Note: "a & b"}}})
	write("reconciliation", func(w io.Writer) error { return ReconciliationWorkbook(w, r, words) })
	plans := batch.Catalogue{{Code: "P&Q", Name: "it's <new>", Operator: "Mobilis", Min: 40, Max: 100, Enabled: true}}
	write("template", func(w io.Writer) error { return Template(w, plans, words) })
	write("template of nothing", func(w io.Writer) error { return Template(w, nil, words) })
	return all
}

// Every workbook keeps to the file format as far as it can be told without Excel:
// what makes Excel ask whether it should repair a file is looked for part by part.
func TestFileFormat(t *testing.T) {
	for _, language := range lang.Languages {
		for name, b := range workbooks(t, speak(t, language)) {
			if language == "fr" && name != "results" && name != "template" {
				continue // they differ from the English ones in their words alone
			}
			t.Run(language+" "+name, func(t *testing.T) {
				p := unpack(t, b)
				p.packaging()
				p.workbook(language)
				f, err := excelize.OpenReader(bytes.NewReader(b))
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				tables := 0
				for _, sheet := range f.GetSheetList() {
					list, err := f.GetTables(sheet)
					if err != nil {
						t.Fatal(err)
					}
					tables += len(list)
				}
				if tables != p.tables {
					t.Errorf("excelize finds %d tables, there are %d", tables, p.tables)
				}
				about, err := f.GetDocProps()
				if err != nil || about.Title == "" || about.Subject == "" || about.Creator != "flexybatch" || about.Language != language {
					t.Errorf("its properties are %+v, %v", about, err)
				}
			})
		}
	}
}

// recorder counts the faults that are found.
type recorder struct {
	testing.TB
	faults []string
}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}
func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}
func (r *recorder) Fatal(args ...any) { r.Fatalf("%s", fmt.Sprint(args...)) }

// What TestFileFormat looks for, it finds.
func TestFileFormatFindsFaults(t *testing.T) {
	good := unpack(t, workbooks(t, nil)["results"])
	for _, c := range []struct{ part, old, new string }{
		{"xl/tables/table1.xml", `name="ref"`, `name="reff"`},
		{"xl/tables/table1.xml", `displayName="Todo1"`, `displayName="Rows1"`},
		{"xl/tables/table1.xml", `id="1"`, `id="2"`},
		{"xl/tables/table1.xml", `ref="A1:J8"`, `ref="A1:J9"`},
		{"xl/worksheets/_rels/sheet2.xml.rels", "tables/table1.xml", "tables/table99.xml"},
		{"xl/worksheets/sheet2.xml", `<col min="1"`, `<col min="3"`},
		{"xl/worksheets/sheet2.xml", `r="A2"`, `r="B2"`},
		{"xl/worksheets/sheet2.xml", ` s="`, ` s="9`},
		{"xl/worksheets/sheet2.xml", `dxfId="`, `dxfId="9`},
		{"xl/worksheets/sheet2.xml", `</sheetData>`, `</sheetData><cols/>`},
		{"xl/worksheets/sheet2.xml", `<row r="3"`, `<row r="2"`},
		{"xl/worksheets/sheet2.xml", `orientation="landscape"`, `orientation="portrait"`},
		{"xl/worksheets/sheet2.xml", `state="frozen"`, `state="split"`},
		{"xl/worksheets/sheet2.xml", `&amp;P/&amp;N`, ``},
		{"xl/workbook.xml", `name="Refunds"`, `name="rows"`},
		{"xl/workbook.xml", `name="Refunds"`, `name="Re:funds"`},
		{"xl/workbook.xml", `Refunds&#39;!$1:$1`, `Refunds&#39;!$2:$2`},
		{"xl/charts/chart1.xml", `Summary`, `Summarry`},
		{"[Content_Types].xml", `PartName="/xl/tables/table1.xml"`, `PartName="/xl/tables/table98.xml"`},
		{"_rels/.rels", `xl/workbook.xml`, `xl/styles.xml`},
	} {
		r := &recorder{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			p := newParts(r)
			maps.Copy(p.content, good.content)
			if !bytes.Contains(p.content[c.part], []byte(c.old)) {
				t.Errorf("%s does not hold %s", c.part, c.old)
			}
			p.content[c.part] = bytes.Replace(p.content[c.part], []byte(c.old), []byte(c.new), 1)
			p.packaging()
			p.workbook("en")
		}()
		<-done
		if len(r.faults) == 0 {
			t.Errorf("%s: nobody finds %s in the place of %s", c.part, c.new, c.old)
		}
	}
}

// parts is a workbook taken apart.
type parts struct {
	t       testing.TB
	content map[string][]byte
	types   map[string]string // by part
	styles  struct {
		Fonts   counted `xml:"fonts"`
		Fills   counted `xml:"fills"`
		Borders counted `xml:"borders"`
		CellXfs struct {
			Xf []struct {
				FontID   int `xml:"fontId,attr"`
				FillID   int `xml:"fillId,attr"`
				BorderID int `xml:"borderId,attr"`
			} `xml:"xf"`
		} `xml:"cellXfs"`
		Dxfs struct {
			Dxf []struct{} `xml:"dxf"`
		} `xml:"dxfs"`
	}
	texts  []string // shared
	tables int
	names  map[string]bool // of tables
	ids    map[int]bool
}

type counted struct {
	Count int `xml:"count,attr"`
}

func newParts(t testing.TB) *parts {
	return &parts{t: t, content: map[string][]byte{}, types: map[string]string{}, names: map[string]bool{}, ids: map[int]bool{}}
}

func unpack(t testing.TB, b []byte) *parts {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	p := newParts(t)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r) // the checksum is verified at its end
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		if p.content[f.Name] != nil {
			t.Errorf("the part %s is there twice", f.Name)
		}
		p.content[f.Name] = content
		if !utf8.Valid(content) {
			t.Errorf("%s is not UTF-8", f.Name)
		}
		for d := xml.NewDecoder(bytes.NewReader(content)); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
	}
	return p
}

func (p *parts) parse(part string, to any) {
	p.t.Helper()
	if err := xml.Unmarshal(p.content[part], to); err != nil {
		p.t.Fatalf("%s: %v", part, err)
	}
}

type relation struct {
	ID         string `xml:"Id,attr"`
	Type       string `xml:",attr"`
	Target     string `xml:",attr"`
	TargetMode string `xml:",attr"`
}

// relsOf is the part with the relations of another; the package's own has no name.
func relsOf(part string) string {
	if part == "" {
		return "_rels/.rels"
	}
	return path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
}

// relations are those of a part, by id.
func (p *parts) relations(part string) map[string]relation {
	name := relsOf(part)
	if p.content[name] == nil {
		return nil
	}
	var rels struct {
		Relationship []relation
	}
	p.parse(name, &rels)
	by := map[string]relation{}
	for _, r := range rels.Relationship {
		if _, twice := by[r.ID]; twice || r.ID == "" {
			p.t.Errorf("%s has the id %q twice", name, r.ID)
		}
		if r.TargetMode != "External" {
			if strings.HasPrefix(r.Target, "/") {
				r.Target = r.Target[1:]
			} else {
				r.Target = path.Join(path.Dir(part), r.Target)
			}
			if p.content[r.Target] == nil {
				p.t.Errorf("%s leads to %s, which is not there", name, r.Target)
			}
		}
		by[r.ID] = r
	}
	return by
}

// packaging checks the content types and that every part is led to, once.
func (p *parts) packaging() {
	var types struct {
		Default []struct {
			Extension   string `xml:",attr"`
			ContentType string `xml:",attr"`
		}
		Override []struct {
			PartName    string `xml:",attr"`
			ContentType string `xml:",attr"`
		}
	}
	p.parse("[Content_Types].xml", &types)
	byExtension := map[string]string{}
	for _, d := range types.Default {
		if byExtension[d.Extension] != "" {
			p.t.Errorf("two content types for .%s", d.Extension)
		}
		byExtension[d.Extension] = d.ContentType
	}
	for _, o := range types.Override {
		name := strings.TrimPrefix(o.PartName, "/")
		if p.content[name] == nil || p.types[name] != "" {
			p.t.Errorf("a content type for %s, which is not there or has one already", name)
		}
		p.types[name] = o.ContentType
	}
	reached := map[string]bool{"[Content_Types].xml": true}
	var reach func(part string)
	reach = func(part string) {
		if reached[part] {
			return
		}
		reached[part] = true
		for _, r := range p.relations(part) {
			reached[relsOf(part)] = true
			if r.TargetMode != "External" {
				reach(r.Target)
			}
		}
	}
	reach("")
	for name := range p.content {
		if p.types[name] == "" {
			p.types[name] = byExtension[strings.TrimPrefix(path.Ext(name), ".")]
		}
		if p.types[name] == "" && name != "[Content_Types].xml" {
			p.t.Errorf("%s has no content type", name)
		}
		if !reached[name] {
			p.t.Errorf("nothing leads to %s", name)
		}
	}
}

// workbook checks the workbook and all its sheets.
func (p *parts) workbook(language string) {
	t := p.t
	p.parse("xl/styles.xml", &p.styles)
	for _, x := range p.styles.CellXfs.Xf {
		if x.FontID >= p.styles.Fonts.Count || x.FillID >= p.styles.Fills.Count || x.BorderID >= p.styles.Borders.Count {
			t.Errorf("a cell style names a font, a fill or a border that is not there: %+v", x)
		}
	}
	if p.content["xl/sharedStrings.xml"] != nil {
		var shared struct {
			SI []struct {
				T string   `xml:"t"`
				R []string `xml:"r>t"`
			} `xml:"si"`
		}
		p.parse("xl/sharedStrings.xml", &shared)
		for _, s := range shared.SI {
			p.texts = append(p.texts, s.T+strings.Join(s.R, ""))
		}
	}
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   int    `xml:"sheetId,attr"`
			RID  string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
		Names []struct {
			Name  string `xml:"name,attr"`
			Scope *int   `xml:"localSheetId,attr"`
			Cells string `xml:",chardata"`
		} `xml:"definedNames>definedName"`
	}
	p.parse("xl/workbook.xml", &book)
	rels := p.relations("xl/workbook.xml")
	seen, ids := map[string]bool{}, map[int]bool{}
	for i, s := range book.Sheets {
		if n := utf8.RuneCountInString(s.Name); n == 0 || n > 31 || strings.ContainsAny(s.Name, `:\/?*[]`) || strings.HasPrefix(s.Name, "'") || strings.HasSuffix(s.Name, "'") {
			t.Errorf("Excel takes no sheet of the name %q", s.Name)
		}
		if seen[strings.ToLower(s.Name)] || ids[s.ID] {
			t.Errorf("two sheets are %q, or have the id %d", s.Name, s.ID)
		}
		seen[strings.ToLower(s.Name)], ids[s.ID] = true, true
		p.sheet(rels[s.RID].Target, s.Name, language)
		titles := 0
		for _, n := range book.Names {
			if n.Scope != nil && *n.Scope == i && n.Name == "_xlnm.Print_Titles" && n.Cells == reference(s.Name, "$1:$1") {
				titles++
			}
		}
		if titles != 1 {
			t.Errorf("%s: its header is repeated on paper %d times", s.Name, titles)
		}
	}
	for part, content := range p.content {
		if strings.HasPrefix(part, "xl/charts/chart") {
			p.chart(part, content, seen)
		}
	}
	for _, n := range book.Names {
		if n.Scope != nil && (*n.Scope < 0 || *n.Scope >= len(book.Sheets)) {
			t.Errorf("the name %s is of a sheet that is not there", n.Name)
		}
	}
}

// chart checks that what a chart draws is there.
func (p *parts) chart(part string, content []byte, sheets map[string]bool) {
	formulas := regexp.MustCompile(`<c?:?f>([^<]*)</c?:?f>`).FindAllSubmatch(content, -1)
	if len(formulas) < 3 {
		p.t.Errorf("%s draws %d ranges", part, len(formulas))
	}
	for _, f := range formulas {
		var sheet string
		if err := xml.Unmarshal(fmt.Appendf(nil, "<f>%s</f>", f[1]), &sheet); err != nil {
			p.t.Fatal(err)
		}
		sheet, cells, _ := strings.Cut(strings.TrimPrefix(sheet, "'"), "'!")
		if !sheets[strings.ToLower(strings.ReplaceAll(sheet, "''", "'"))] || !strings.HasPrefix(cells, "$") {
			p.t.Errorf("%s draws %s of the sheet %q, which is not there", part, cells, sheet)
		}
	}
}

// worksheet is what is read of a sheet.
type worksheet struct {
	SheetPr struct {
		PageSetUpPr struct {
			FitToPage bool `xml:"fitToPage,attr"`
		} `xml:"pageSetUpPr"`
	} `xml:"sheetPr"`
	Views []struct {
		RightToLeft bool `xml:"rightToLeft,attr"`
		Pane        *struct {
			YSplit float64 `xml:"ySplit,attr"`
			State  string  `xml:"state,attr"`
		} `xml:"pane"`
	} `xml:"sheetViews>sheetView"`
	Cols []struct {
		Min   int     `xml:"min,attr"`
		Max   int     `xml:"max,attr"`
		Width float64 `xml:"width,attr"`
	} `xml:"cols>col"`
	Rows []struct {
		R      int     `xml:"r,attr"`
		Height float64 `xml:"ht,attr"`
		C      []struct {
			R  string `xml:"r,attr"`
			S  int    `xml:"s,attr"`
			T  string `xml:"t,attr"`
			V  string `xml:"v"`
			IS struct {
				T string `xml:"t"`
			} `xml:"is"`
		} `xml:"c"`
	} `xml:"sheetData>row"`
	Conditional []struct {
		Cells string `xml:"sqref,attr"`
		Rules []struct {
			DxfID    int    `xml:"dxfId,attr"`
			Priority int    `xml:"priority,attr"`
			Formula  string `xml:"formula"`
		} `xml:"cfRule"`
	} `xml:"conditionalFormatting"`
	Setup struct {
		Orientation string `xml:"orientation,attr"`
		Wide        *int   `xml:"fitToWidth,attr"`
		High        *int   `xml:"fitToHeight,attr"`
	} `xml:"pageSetup"`
	Footer string `xml:"headerFooter>oddFooter"`
	Tables []struct {
		RID string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
	} `xml:"tableParts>tablePart"`
	Drawing []struct {
		RID string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
	} `xml:"drawing"`
}

// order is in what order the parts of a sheet stand (ECMA-376, 18.3.1.99).
var order = []string{
	"sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges",
	"scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting",
	"dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks",
	"customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF",
	"picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
}

// inOrder checks the order of what stands in a part.
func (p *parts) inOrder(part string, order []string) {
	d := xml.NewDecoder(bytes.NewReader(p.content[part]))
	at, depth := 0, 0
	for {
		token, err := d.Token()
		if err != nil {
			return
		}
		switch x := token.(type) {
		case xml.StartElement:
			if depth++; depth != 2 {
				continue
			}
			i := slices.Index(order, x.Name.Local)
			if i < at {
				p.t.Errorf("%s: <%s> stands where the format has no place for it", part, x.Name.Local)
			}
			at = max(at, i)
		case xml.EndElement:
			depth--
		}
	}
}

// spelled is a text as it is shown: some characters are spelled out.
func spelled(s string) string {
	return regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`).ReplaceAllStringFunc(s, func(x string) string {
		n, err := strconv.ParseUint(x[2:6], 16, 32)
		if err != nil {
			return x
		}
		return string(rune(n))
	})
}

func (p *parts) sheet(part, name, language string) {
	t := p.t
	if p.types[part] != "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml" {
		t.Errorf("%s is of the type %s", part, p.types[part])
	}
	p.inOrder(part, order)
	var s worksheet
	p.parse(part, &s)
	if !s.SheetPr.PageSetUpPr.FitToPage || s.Setup.Orientation != "landscape" || s.Setup.High == nil || *s.Setup.High != 0 || s.Setup.Wide != nil && *s.Setup.Wide != 1 {
		t.Errorf("%s: on paper it is %+v", name, s.Setup)
	}
	if !strings.Contains(s.Footer, "&P/&N") || utf8.RuneCountInString(s.Footer) > 255 {
		t.Errorf("%s: its footer is %q", name, s.Footer)
	}
	if len(s.Views) != 1 || s.Views[0].RightToLeft != (language == "ar") {
		t.Errorf("%s: it does not run as its language: %+v", name, s.Views)
	}
	last := 0
	for _, c := range s.Cols {
		if c.Min <= last || c.Max < c.Min || c.Width > 255 {
			t.Errorf("%s: the columns %d to %d overlap others or are too wide", name, c.Min, c.Max)
		}
		last = c.Max
	}
	cells := map[string]string{}
	row := 0
	for _, r := range s.Rows {
		if r.R <= row || r.Height > 409 {
			t.Errorf("%s: row %d follows row %d, %g points high", name, r.R, row, r.Height)
		}
		row = r.R
		col := 0
		for _, c := range r.C {
			x, y, err := excelize.CellNameToCoordinates(c.R)
			if err != nil || y != r.R || x <= col {
				t.Errorf("%s: the cell %s stands in row %d behind column %d", name, c.R, r.R, col)
			}
			col = x
			if c.S >= len(p.styles.CellXfs.Xf) {
				t.Errorf("%s: the cell %s has a style that is not there", name, c.R)
			}
			text := c.V
			switch c.T {
			case "s":
				i, err := strconv.Atoi(c.V)
				if err != nil || i >= len(p.texts) {
					t.Fatalf("%s: the cell %s has the text %s of %d", name, c.R, c.V, len(p.texts))
				}
				text = p.texts[i]
			case "inlineStr":
				text = c.IS.T
			}
			if n := utf8.RuneCountInString(text); n > maxCell {
				t.Errorf("%s: the cell %s has %d characters", name, c.R, n)
			}
			cells[c.R] = spelled(text)
		}
	}
	for _, c := range s.Conditional {
		for _, r := range c.Rules {
			if r.DxfID >= len(p.styles.Dxfs.Dxf) || r.Priority < 1 || r.Formula == "" {
				t.Errorf("%s: a condition of %s is %+v", name, c.Cells, r)
			}
		}
	}
	rels := p.relations(part)
	taken := map[string]bool{}
	for _, x := range s.Tables {
		p.table(rels[x.RID].Target, name, cells, taken)
	}
	for _, x := range s.Drawing {
		if p.content[rels[x.RID].Target] == nil {
			t.Errorf("%s: its drawing %q is not there", name, x.RID)
		}
	}
	if len(s.Views) > 0 {
		if pane := s.Views[0].Pane; len(s.Tables) > 0 && (pane == nil || pane.State != "frozen" || pane.YSplit != 1) {
			t.Errorf("%s: its header is not frozen", name)
		}
	}
}

// identifier is what a table may be called.
var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (p *parts) table(part, sheet string, cells map[string]string, taken map[string]bool) {
	t := p.t
	var x struct {
		ID      int    `xml:"id,attr"`
		Name    string `xml:"name,attr"`
		Display string `xml:"displayName,attr"`
		Ref     string `xml:"ref,attr"`
		Filter  struct {
			Ref string `xml:"ref,attr"`
		} `xml:"autoFilter"`
		Columns struct {
			Count  int `xml:"count,attr"`
			Column []struct {
				ID   int    `xml:"id,attr"`
				Name string `xml:"name,attr"`
			} `xml:"tableColumn"`
		} `xml:"tableColumns"`
	}
	if p.types[part] != "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml" {
		t.Fatalf("%s: its table %s is of the type %q", sheet, part, p.types[part])
	}
	p.parse(part, &x)
	p.tables++
	if p.ids[x.ID] || p.names[strings.ToLower(x.Display)] || !identifier.MatchString(x.Display) || x.Name != x.Display {
		t.Errorf("%s: the table %q (%d) has a name or an id that another has, or that Excel does not take", sheet, x.Display, x.ID)
	}
	if _, _, err := excelize.CellNameToCoordinates(x.Display); err == nil {
		t.Errorf("%s: the table %q has the name of a cell", sheet, x.Display)
	}
	p.ids[x.ID], p.names[strings.ToLower(x.Display)] = true, true
	if x.Filter.Ref != x.Ref {
		t.Errorf("%s: %s has filters for %s", sheet, x.Ref, x.Filter.Ref)
	}
	from, to, _ := strings.Cut(x.Ref, ":")
	left, top, err := excelize.CellNameToCoordinates(from)
	right, bottom, err2 := excelize.CellNameToCoordinates(to)
	if err != nil || err2 != nil || bottom <= top || right-left+1 != len(x.Columns.Column) || x.Columns.Count != len(x.Columns.Column) {
		t.Fatalf("%s: the table %s has %d columns", sheet, x.Ref, len(x.Columns.Column))
	}
	seen := map[string]bool{}
	for i, c := range x.Columns.Column {
		at, err := excelize.CoordinatesToCellName(left+i, top)
		if err != nil {
			t.Fatal(err)
		}
		if cells[at] != spelled(c.Name) || c.Name == "" || seen[strings.ToLower(c.Name)] {
			t.Errorf("%s: the table's column %q stands under the header %q, or comes twice", sheet, c.Name, cells[at])
		}
		seen[strings.ToLower(c.Name)] = true
		for y := top; y <= bottom; y++ {
			if at := fmt.Sprint(left+i, " ", y); taken[at] {
				t.Fatalf("%s: two tables overlap at %s", sheet, at)
			} else {
				taken[at] = true
			}
		}
	}
}
