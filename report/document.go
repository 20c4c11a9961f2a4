package report

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
)

// document is a workbook that is being written, in one language.
type document struct {
	*excelize.File
	voice
	styles styles
	about  about
	sheets int // so far
}

// about is what a workbook says of itself: in its properties, and at the foot of
// its pages.
type about struct {
	kind    outfile.Kind
	batch   string // that it is about; empty for none
	title   string
	subject string
	from    string    // the file or the batch that it is about
	head    string    // link of the journal's last line; empty where there is no journal
	at      time.Time // when the facts in it last changed; zero where nobody knows
}

// writeDocument writes a workbook whose sheets are written by fill.
func writeDocument(w io.Writer, words *lang.Printer, fill func(*document) error) (err error) {
	d := &document{File: excelize.NewFile(), voice: voice{Printer: words}}
	defer func() { err = errors.Join(err, d.Close()) }()
	if d.styles, err = newStyles(d.File, d.Printer); err != nil {
		return err
	}
	if err := fill(d); err != nil {
		return fmt.Errorf("making the workbook: %w", err)
	}
	if err := d.properties(); err != nil {
		return fmt.Errorf("making the workbook: %w", err)
	}
	// The archive is written straight to w. Otherwise excelize would first hold the
	// whole file in memory: a hundred bytes a row, and twice that while its buffer
	// grows.
	d.SetZipWriter(func(io.Writer) excelize.ZipWriter {
		return outfile.NewSealedZip(w, outfile.Seal{Kind: d.about.kind, Batch: d.about.batch})
	})
	_, err = d.WriteToBuffer()
	return err
}

// properties sets the properties of the document.
func (d *document) properties() error {
	p := &excelize.DocProperties{
		Title: clean(d.about.title), Subject: clean(d.about.subject), Creator: "flexybatch", LastModifiedBy: "flexybatch",
		Description: clean(d.about.from), Identifier: d.about.head, Language: d.Language(),
	}
	if !d.about.at.IsZero() {
		p.Created = d.about.at.UTC().Format(time.RFC3339)
		p.Modified = p.Created
	}
	return d.SetDocProps(p)
}

// add adds a sheet that runs in the direction of its language, set up for paper.
func (d *document) add(sheet string) error {
	var err error
	if d.sheets == 0 {
		err = d.SetSheetName("Sheet1", sheet) // the one that every new workbook has
	} else {
		_, err = d.NewSheet(sheet)
	}
	d.sheets++
	if yes := true; err == nil && d.RightToLeft() {
		err = d.SetSheetView(sheet, -1, &excelize.ViewOptions{RightToLeft: &yes})
	}
	if err == nil {
		err = d.forPaper(sheet)
	}
	if err != nil {
		return fmt.Errorf("sheet %s: %w", sheet, err)
	}
	return nil
}

// forPaper sets up the page: A4, landscape, one page wide, with the first row on
// each page, and the title and the page's number at its foot.
func (d *document) forPaper(sheet string) error {
	landscape, wide, high, paper, yes := "landscape", 1, 0, 9, true
	sides, ends, edge := 0.4, 0.6, 0.3 // inches
	left, right := "L", "R"
	if d.RightToLeft() {
		left, right = right, left
	}
	title := clean(d.about.title)
	if r := []rune(title); len(r) > 100 { // a footer holds 255 characters
		title = string(r[:100])
	}
	title = strings.ReplaceAll(title, "&", "&&")
	if d.RightToLeft() {
		title = fmt.Sprintf("\u202b%s\u202c", title) // a footer always runs from left to right
	}
	err := d.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high, Size: &paper})
	if err == nil {
		err = d.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &yes})
	}
	if err == nil {
		err = d.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{Left: &sides, Right: &sides, Top: &ends, Bottom: &ends, Header: &edge, Footer: &edge})
	}
	if err == nil {
		err = d.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: fmt.Sprintf("&%s&A&C%s&%s&P/&N", left, title, right)})
	}
	if err == nil {
		err = d.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: reference(sheet, "$1:$1"), Scope: sheet})
	}
	return err
}

// reference writes a range of cells of a sheet as formulas do.
func reference(sheet, cells string) string {
	return fmt.Sprintf("'%s'!%s", strings.ReplaceAll(sheet, "'", "''"), cells)
}
