package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
		"dif":       {[]byte("TABLE\r\n0,1\r\n\"EXCEL\"\r\nVECTORS\r\n0,1\r\n"), []string{"DIF", "save it as"}},
		"sylk":      {[]byte("ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K\"phone\"\r\nE\r\n"), []string{"SYLK", "save it as"}},
		"sylk 2":    {[]byte("ID;PSCALC3\nB;Y3;X4\nC;X1;Y1;K\"phone\"\n"), []string{"SYLK"}},
		"json":      {[]byte("\ufeff[\n  {\"phone\": \"0550000001\"}\n]\n"), []string{"JSON"}},
		"json 2":    {[]byte("{\"rows\": []}"), []string{"JSON"}},
		"json 3":    {[]byte("[[\"phone\"]]"), []string{"JSON"}},
		"rtf":       {[]byte(`{\rtf1}`), []string{"RTF"}},
		"utf-32":    {[]byte("\xff\xfe\x00\x00p\x00\x00\x00"), []string{"UTF-32"}},
		"old xls":   {[]byte("\x09\x08\x10\x00\x00\x06"), []string{".xls"}},
		"BIFF4":     {[]byte("\x09\x04\x06\x00\x00\x04\x10\x00"), []string{"an old Excel file (.xls)"}},
		"BIFF3":     {[]byte("\x09\x02\x06\x00\x00\x03\x10\x00"), []string{"an old Excel file (.xls)"}},
		"BIFF2":     {[]byte("\x09\x00\x04\x00\x02\x00\x10\x00"), []string{"an old Excel file (.xls)"}},
		"bad ole":   {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more"), []string{"old Office", "save it as"}},
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
	for stream, word := range map[string]string{"Workbook": ".xls", "Book": ".xls", "WordDocument": ".doc", "PowerPoint": "old Office"} {
		_, err := readBytes(t, oleOf(t, stream), Options{}, Rules{})
		wantError(t, err, ErrKind, word, "save it as")
	}
	_, err = readBytes(t, []byte("PK\x03\x04 and no more"), Options{}, Rules{})
	wantError(t, err, ErrDamaged, "cut short")
}

// oleOf is a file of an old Office program, with a stream of that name in it.
func oleOf(tb testing.TB, stream string) []byte {
	tb.Helper()
	content, err := excelize.Encrypt(rawBook(tb, inSheet(goodRow)), &excelize.Options{Password: "x"})
	if err != nil {
		tb.Fatal(err)
	}
	wide := func(s string) []byte {
		var b []byte
		for _, c := range []byte(s) {
			b = append(b, c, 0)
		}
		return b
	}
	at := bytes.Index(content, wide("EncryptedPackage"))
	if at < 0 {
		tb.Fatal("there is no directory entry to change")
	}
	name := wide(stream + "\x00")
	clear(content[at : at+64])
	copy(content[at:], name)
	content[at+64] = byte(len(name)) // MS-CFB, 2.6.1
	return content
}

// Names lie. The content says what a file is.
func TestNamesDoNotMatter(t *testing.T) {
	for name, content := range map[string][]byte{"payroll.slk": []byte("ID;Phone;Amount\nP;0550000001;500\n"), "payroll.json": []byte("[phone];[amount]\n0550000001;500\n"), "payroll.csv": rawBook(t, inSheet(goodRow)), "payroll.xlsx": []byte("phone;amount\n0550000001;500\n"), "payroll.xls": []byte("phone\tamount\n0550000001\t500\n")} {
		in, err := Read(t.Context(), file(t, name, content), Options{}, Rules{Catalogue: catalogue(t), DefaultPlan: Auto})
		if err != nil || len(in.Rows) != 1 || !in.Rows[0].Valid() {
			t.Errorf("%s: %+v, %v", name, in, err)
		}
	}
}

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
	// Notepad puts a byte order mark in front, or writes the system's own encoding.
	for _, written := range []string{"\ufeffsésame", "s\xe9same"} {
		if in := mustRead(t, locked, Options{Password: written}, Rules{DefaultPlan: Auto}); len(in.Rows) != 1 {
			t.Errorf("password %q: rows %+v", written, in.Rows)
		}
	}
	_, err = readBytes(t, locked[:len(locked)-len(locked)/4], Options{Password: "sésame"}, Rules{DefaultPlan: Auto})
	wantError(t, err, ErrDamaged, "under a password", "cut short or damaged", "get it again")
	for n := range 40 { // cut short anywhere, it is an error or whole all the same; never a panic
		cut, err := readBytes(t, locked[:len(locked)*n/40], Options{Password: "sésame"}, Rules{DefaultPlan: Auto})
		if err == nil && !cmp.Equal(cut.Rows, in.Rows) {
			t.Errorf("%d/40 of an encrypted workbook is read as %+v", n, cut.Rows)
		}
	}
}

// The lock that a spreadsheet program keeps beside an open file is no damaged
// workbook: the file itself is named.
func TestLockFiles(t *testing.T) {
	for name, real := range map[string]string{"~$paie.xlsx": "paie.xlsx", ".~lock.paie.ods#": "paie.ods"} {
		_, err := Read(context.Background(), file(t, name, []byte("\x05Admin"+strings.Repeat(" \x00", 80))), Options{}, Rules{})
		wantError(t, err, ErrKind, "that is open", "close the spreadsheet", real)
	}
	for _, path := range []string{t.TempDir(), file(t, "~$p.xlsx", []byte("x"))} {
		if err := CheckPath(path); !errors.Is(err, ErrKind) {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{file(t, "p.csv", []byte("x")), filepath.Join(t.TempDir(), "nothing")} {
		if err := CheckPath(path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	// A payroll may be called anything.
	if _, err := Read(context.Background(), file(t, "~$paie.xlsx", rawBook(t, inSheet(goodRow))), Options{}, Rules{Catalogue: catalogue(t), DefaultPlan: Auto}); err != nil {
		t.Error(err)
	}
}

// What can be read only once is no file that a batch may be of.
func TestPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	path := fmt.Sprintf("/dev/fd/%d", r.Fd())
	if _, err := os.Stat(path); err != nil {
		t.Skip("no such files here")
	}
	go func() { _, _ = w.WriteString("phone\n0550000001\n"); w.Close() }()
	_, err = Read(context.Background(), path, Options{}, Rules{})
	wantError(t, err, ErrKind, "no file on a disk", "save")
}
