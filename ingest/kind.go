package ingest

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"strings"
	"unicode/utf16"

	"github.com/richardlehane/mscfb"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
	"flexybatch/ingest/xlsx"
)

// kind is what a file is.
type kind uint8

const (
	kindText      kind = iota // CSV, if anything
	kindWorkbook              // a ZIP with an OOXML workbook in it
	kindEncrypted             // the same under a password
)

// What to do about files of some kinds, and what several of them are.
var (
	unpack    = batch.Msg("unpack it and give the file inside")
	asTable   = batch.Msg("give the spreadsheet as XLSX or CSV")
	noPicture = batch.Msg("a picture cannot be read: give the spreadsheet as XLSX or CSV")
	asUTF8    = batch.Msg(`save it as "CSV UTF-8"`)
	oldExcel  = batch.Msg("an old Excel file (.xls)")
)

// magic is how files that are certainly something else begin.
var magic = []struct {
	prefix   string
	name, do batch.Message
}{
	{"%PDF", batch.Msg("a PDF document"), batch.Msg("ask for the spreadsheet that it was printed from, as XLSX or CSV")},
	{"\x1f\x8b", batch.Msg("a gzip archive"), unpack},
	{"BZh", batch.Msg("a bzip2 archive"), unpack},
	{"\xfd7zXZ\x00", batch.Msg("an xz archive"), unpack},
	{"\x28\xb5\x2f\xfd", batch.Msg("a zstd archive"), unpack},
	{"7z\xbc\xaf\x27\x1c", batch.Msg("a 7-Zip archive"), unpack},
	{"Rar!", batch.Msg("a RAR archive"), unpack},
	{"\x89PNG", batch.Msg("a picture (PNG)"), noPicture},
	{"\xff\xd8\xff", batch.Msg("a picture (JPEG)"), noPicture},
	{"GIF8", batch.Msg("a picture (GIF)"), noPicture},
	{"RIFF", batch.Msg("a picture or a sound"), asTable},
	{"{\\rtf", batch.Msg("a text document (RTF)"), batch.Msg("copy its table into a spreadsheet and save it as XLSX")},
	{"SQLite format 3\x00", batch.Msg("a database (SQLite)"), batch.Msg("export the table as CSV")},
	{"\x7fELF", batch.Msg("a program"), asTable},
	{"MZ\x90", batch.Msg("a program"), asTable},
	{"\x09\x08", oldExcel, fault.AsXLSX},         // BIFF5 without its container
	{"\x09\x04\x06\x00", oldExcel, fault.AsXLSX}, // BIFF4
	{"\x09\x02\x06\x00", oldExcel, fault.AsXLSX}, // BIFF3
	{"\x09\x00\x04\x00", oldExcel, fault.AsXLSX}, // BIFF2
	{"\x09\x00\x06\x00", oldExcel, fault.AsXLSX},
	{"TABLE\n0,1\n", batch.Msg("a table in the old format DIF"), fault.AsXLSX},
	{"TABLE\r\n0,1\r\n", batch.Msg("a table in the old format DIF"), fault.AsXLSX},
	{"\x00\x00\xfe\xff", batch.Msg("text in UTF-32"), asUTF8},
	{"\xff\xfe\x00\x00", batch.Msg("text in UTF-32"), asUTF8},
}

// Texts that are certainly something else than CSV, though they look like it.
var (
	sylk     = regexp.MustCompile(`^ID;P[^\r\n]*\r?\n[BCFOP];[A-Z]`) // its second line is a record: ID;P… alone may be a header
	jsonData = regexp.MustCompile(`^(\x{feff})?\s*(\{\s*"|\[\s*["{\[])`)
)

// kindOf says what content is, whatever the file is called. What cannot be read
// is an ErrKind that says what it is and what to do.
func kindOf(content string) (kind, error) {
	switch {
	case len(content) == 0:
		return 0, &FileError{What: batch.Msg("is empty (0 bytes)"), Do: batch.Msg("it may not have been downloaded or saved whole: get it again"), Err: ErrEmpty}
	case strings.HasPrefix(content, "PK\x03\x04"), strings.HasPrefix(content, "PK\x05\x06"):
		return kindOfZip(content)
	case strings.HasPrefix(content, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		return kindOfOLE(content)
	}
	for _, m := range magic {
		if strings.HasPrefix(content, m.prefix) {
			return 0, fault.NotOurs(m.name, m.do)
		}
	}
	switch head := content[:min(len(content), 4096)]; {
	case sylk.MatchString(head):
		return 0, fault.NotOurs(batch.Msg("a table in the old format SYLK (.slk)"), fault.AsXLSX)
	case jsonData.MatchString(head):
		return 0, fault.NotOurs(batch.Literal("JSON"), batch.Msg("have the rows exported as CSV or XLSX"))
	}
	return kindText, markup(content)
}

// kindOfZip tells a workbook from the other things that are ZIP archives.
func kindOfZip(content string) (kind, error) {
	z, err := zip.NewReader(strings.NewReader(content), int64(len(content)))
	if err != nil {
		return 0, &FileError{What: batch.Msg("is a workbook or ZIP archive that is cut short or damaged (%v)", err), Do: batch.Msg("get it again, or open and save it in Excel"), Err: ErrDamaged}
	}
	workbook, document := false, 0
	for _, f := range z.File {
		switch name := xlsx.PartName(f.Name); {
		case name == "mimetype":
			return openDocument(f)
		case name == "xl/workbook.bin":
			return 0, fault.NotOurs(batch.Msg("a binary workbook (.xlsb)"), fault.AsXLSX)
		case strings.HasPrefix(name, "word/"):
			return 0, fault.NotOurs(batch.Msg("a Word document"), batch.Msg("copy its table into a spreadsheet and save it as XLSX"))
		case strings.HasPrefix(name, "ppt/"):
			return 0, fault.NotOurs(batch.Msg("a presentation"), asTable)
		case strings.HasSuffix(name, ".iwa"):
			return 0, fault.NotOurs(batch.Msg("an Apple Numbers document"), batch.Msg(`choose "Export To", "Excel…" in Numbers`))
		case name == "content.xml", name == "meta-inf/manifest.xml":
			document++ // of OpenDocument, if it has both and does not say what it is
		case name == "[content_types].xml":
			workbook = true // or another kind of Office document, which its other parts tell
		}
	}
	if workbook || document == 2 {
		return kindWorkbook, nil
	}
	return 0, fault.NotOurs(batch.Msg("a ZIP archive"), unpack)
}

// openDocument tells a spreadsheet in OpenDocument from the other things in that
// format by the first thing in it.
func openDocument(f *zip.File) (kind, error) {
	if r, err := f.Open(); err == nil {
		defer func() { _ = r.Close() }() // a wrong checksum changes nothing about what it says
		if b, _ := io.ReadAll(io.LimitReader(r, 100)); bytes.Contains(b, []byte("spreadsheet")) {
			return kindWorkbook, nil
		}
	}
	return 0, fault.NotOurs(batch.Msg("an OpenDocument file"), fault.AsXLSX)
}

// kindOfOLE tells what Microsoft's old container holds. Its reader is guarded,
// since hostile containers have made such readers panic.
func kindOfOLE(content string) (k kind, err error) {
	defer func() {
		if recover() != nil {
			k, err = 0, fault.NotOurs(batch.Msg("a damaged file of an old Office program"), fault.AsXLSX)
		}
	}()
	doc, err := mscfb.New(strings.NewReader(content))
	if err != nil {
		return 0, fault.NotOurs(batch.Msg("a damaged file of an old Office program"), fault.AsXLSX)
	}
	for _, entry := range doc.File {
		switch entry.Name {
		case "EncryptedPackage":
			return kindEncrypted, nil
		case "Workbook", "Book":
			return 0, fault.NotOurs(batch.Msg("an old Excel workbook (.xls)"), fault.AsXLSX)
		case "WordDocument":
			return 0, fault.NotOurs(batch.Msg("an old Word document (.doc)"), batch.Msg("copy its table into a spreadsheet and save it as XLSX"))
		}
	}
	return 0, fault.NotOurs(batch.Msg("a file of an old Office program"), fault.AsXLSX)
}

// markup refuses web pages and XML that were saved under the name of a
// spreadsheet, as many programs' "export to Excel" does.
func markup(content string) error {
	head := content[:min(len(content), 4096)]
	if strings.HasPrefix(head, "\xff\xfe<\x00") {
		units := make([]uint16, 0, len(head)/2)
		for i := 2; i+1 < len(head); i += 2 {
			units = append(units, uint16(head[i])|uint16(head[i+1])<<8)
		}
		head = string(utf16.Decode(units))
	}
	head = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(head, "\xef\xbb\xbf")))
	if !strings.HasPrefix(head, "<") {
		return nil
	}
	switch {
	case strings.Contains(head, "urn:schemas-microsoft-com:office:spreadsheet"):
		return fault.NotOurs(batch.Msg("an XML spreadsheet of 2003"), fault.AsXLSX)
	case strings.Contains(head, "<html"), strings.Contains(head, "<!doctype html"), strings.Contains(head, "<table"):
		return fault.NotOurs(batch.Msg("a web page (HTML) under another name"), fault.AsXLSX)
	case strings.HasPrefix(head, "<?xml"):
		return fault.NotOurs(batch.Msg("an XML document"), fault.AsXLSX)
	}
	return nil
}
