package ingest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// decrypt opens an encrypted workbook with its password.
func decrypt(content []byte, password string) (plain []byte, err error) {
	if password == "" {
		return nil, &FileError{What: "the workbook is under a password", Do: "put the password into a file and give --password-file FILE", Err: ErrPassword}
	}
	wrong := &FileError{What: "the password does not open the workbook", Do: "check the password file: one line, the password alone", Err: ErrPassword}
	defer shield(&err)
	plain, err = excelize.Decrypt(content, &excelize.Options{Password: password})
	if err != nil || !bytes.HasPrefix(plain, []byte("PK")) {
		return nil, wrong
	}
	return plain, nil
}

// open gives excelize a workbook of the inspected parts and nothing else: no
// pictures, links, macros or parts of a second name. Its sheets are called 1,
// 2, 3 in the order of w.sheets.
//
// All of it stays in memory. Excelize would put large parts into temporary
// files, where phones do not belong, and passes over errors of such files: on a
// full disk a text would come back shorter than it is.
func (w *workbook) open() (f *excelize.File, err error) {
	defer shield(&err)
	var b bytes.Buffer
	if err := w.repack(&b); err != nil {
		return nil, fmt.Errorf("opening the workbook: %w", err)
	}
	f, err = excelize.OpenReader(&b, excelize.Options{
		RawCellValue:      true,
		UnzipSizeLimit:    int64(w.parts.limit),
		UnzipXMLSizeLimit: int64(w.parts.limit),
	})
	if err != nil {
		return nil, damaged("", "the workbook cannot be opened (%v)", err)
	}
	return f, nil
}

const (
	mainNamespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relNamespace  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	relPart       = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>`
)

// repack writes the package that open gives to excelize. The parts are copied
// as they are, still compressed.
func (w *workbook) repack(out io.Writer) error {
	z := zip.NewWriter(out)
	var sheets, rels strings.Builder
	copies := map[string]string{}
	for i, s := range w.sheets {
		fmt.Fprintf(&sheets, `<sheet name="%d" sheetId="%[1]d" r:id="rId%[1]d"/>`, i+1)
		fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%[1]d.xml"/>`, i+1, relNamespace)
		copies[fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1)] = s.part
	}
	if w.strings != "" {
		fmt.Fprintf(&rels, `<Relationship Id="rIdS" Type="%s/sharedStrings" Target="sharedStrings.xml"/>`, relNamespace)
		copies["xl/sharedStrings.xml"] = w.strings
	}
	for _, part := range []struct{ name, xml string }{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`},
		{"_rels/.rels", fmt.Sprintf(relPart, `<Relationship Id="rId1" Type="`+relNamespace+`/officeDocument" Target="xl/workbook.xml"/>`)},
		{"xl/workbook.xml", fmt.Sprintf(`<workbook xmlns="%s" xmlns:r="%s"><sheets>%s</sheets></workbook>`, mainNamespace, relNamespace, &sheets)},
		{"xl/_rels/workbook.xml.rels", fmt.Sprintf(relPart, &rels)},
	} {
		f, err := z.Create(part.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(f, part.xml); err != nil {
			return err
		}
	}
	for name, from := range copies {
		if err := copyPart(z, name, w.parts.files[partName(from)]); err != nil {
			return err
		}
	}
	return z.Close()
}

func copyPart(z *zip.Writer, name string, from *zip.File) error {
	head := from.FileHeader
	head.Name = name
	to, err := z.CreateRaw(&head)
	if err != nil {
		return err
	}
	raw, err := from.OpenRaw()
	if err != nil {
		return err
	}
	_, err = io.Copy(to, raw)
	return err
}

// shield turns a panic over a hostile workbook into an error: a fault of a
// library must not end the process.
func shield(err *error) {
	if p := recover(); p != nil {
		*err = damaged("", "reading the workbook failed (%v)", p)
	}
}
