package ingest

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// zipOf is a ZIP archive of the named files, in order.
func zipOf(tb testing.TB, files ...[2]string) []byte {
	tb.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f[0])
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write([]byte(f[1])); err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// What is no spreadsheet of ours is named, with the way to make it one.
func TestKinds(t *testing.T) {
	png, err := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUg==")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		content []byte
		words   []string
	}{
		"pdf":       {[]byte("%PDF-1.7\n"), []string{"PDF"}},
		"gzip":      {[]byte("\x1f\x8b\x08\x00"), []string{"gzip", "unpack"}},
		"png":       {png, []string{"picture"}},
		"jpeg":      {[]byte("\xff\xd8\xff\xe0"), []string{"picture"}},
		"html":      {[]byte("\n<HTML><body><table><tr><td>phone"), []string{"HTML", "save it as"}},
		"table":     {[]byte("<table border=1><tr><td>phone"), []string{"HTML", "save it as"}},
		"utf-16":    {[]byte("\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00"), []string{"HTML"}},
		"xml 2003":  {[]byte(`<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`), []string{"2003", "save it as"}},
		"xml":       {[]byte(`<?xml version="1.0"?><a/>`), []string{"XML document"}},
		"rtf":       {[]byte(`{\rtf1}`), []string{"RTF"}},
		"utf-32":    {[]byte("\xff\xfe\x00\x00p\x00\x00\x00"), []string{"UTF-32"}},
		"old xls":   {[]byte("\x09\x08\x10\x00\x00\x06"), []string{".xls"}},
		"bad ole":   {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more"), []string{"old Office", "save it as"}},
		"ods":       {zipOf(t, [2]string{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, [2]string{"content.xml", ""}), []string{".ods", "save it as"}},
		"odt":       {zipOf(t, [2]string{"mimetype", "application/vnd.oasis.opendocument.text"}), []string{"OpenDocument"}},
		"docx":      {zipOf(t, [2]string{"[Content_Types].xml", ""}, [2]string{"word/document.xml", ""}), []string{"Word"}},
		"pptx":      {zipOf(t, [2]string{"ppt/presentation.xml", ""}), []string{"presentation"}},
		"xlsb":      {zipOf(t, [2]string{"[Content_Types].xml", ""}, [2]string{"xl/workbook.bin", ""}), []string{".xlsb", "save it as"}},
		"numbers":   {zipOf(t, [2]string{"Index/Document.iwa", ""}), []string{"Numbers", "Export"}},
		"other zip": {zipOf(t, [2]string{"payroll.csv", "phone\n"}), []string{"ZIP", "unpack"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readBytes(t, tt.content, Options{}, Rules{})
			wantError(t, err, ErrKind, tt.words...)
		})
	}
	_, err = readBytes(t, []byte("PK\x03\x04 and no more"), Options{}, Rules{})
	wantError(t, err, ErrDamaged, "cut short")
}

// The name of a file does not matter: both kinds are read under a third name
// everywhere else in these tests.
func TestSheetOfCSV(t *testing.T) {
	_, err := readBytes(t, []byte("phone\n0550000001\n"), Options{Sheet: "Paie"}, Rules{})
	wantError(t, err, ErrSheets, "no sheets")
}

func TestPassword(t *testing.T) {
	plain := workbookOf(t, func(f *excelize.File) {
		set(t, f, "Sheet1", []any{"phone", "amount"}, []any{"0550000001", 500})
	})
	locked, err := excelize.Encrypt(plain, &excelize.Options{Password: "sésame"})
	if err != nil {
		t.Fatal(err)
	}
	in := mustRead(t, locked, Options{Password: "sésame"}, Rules{DefaultPlan: Auto})
	if len(in.Rows) != 1 || !in.Rows[0].Valid() {
		t.Errorf("rows %+v", in.Rows)
	}
	for password, words := range map[string]string{"": "--password-file", "wrong": "does not open", strings.Repeat("x", 300): "does not open"} {
		_, err := readBytes(t, locked, Options{Password: password}, Rules{DefaultPlan: Auto})
		wantError(t, err, ErrPassword, words)
		if len(password) > 10 && strings.Contains(err.Error(), password) {
			t.Error("the error tells the password")
		}
	}
	for n := range 40 { // cut short anywhere, it is an error or whole all the same; never a panic
		cut, err := readBytes(t, locked[:len(locked)*n/40], Options{Password: "sésame"}, Rules{DefaultPlan: Auto})
		if err == nil && !cmp.Equal(cut.Rows, in.Rows) {
			t.Errorf("%d/40 of an encrypted workbook is read as %+v", n, cut.Rows)
		}
	}
}
