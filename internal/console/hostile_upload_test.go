package console_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"strings"
	"testing"
	"time"

	"flexybatch/batch/oneclick/simulator"
)

// bomb is a workbook of one megabyte or less, whose one part is a piece again and again
// between two ends.
func bomb(t *testing.T, part, before, piece, after string, times int, others ...[2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, o := range others {
		w, err := z.Create(o[0])
		must(t, err)
		_, err = io.WriteString(w, o[1])
		must(t, err)
	}
	w, err := z.Create(part)
	must(t, err)
	_, err = io.WriteString(w, before)
	must(t, err)
	block := bytes.Repeat([]byte(piece), max(1, (1<<20)/len(piece)))
	for range times {
		_, err = w.Write(block)
		must(t, err)
	}
	_, err = io.WriteString(w, after)
	must(t, err)
	must(t, z.Close())
	return b.Bytes()
}

// bombs are files that are small and unpack to more than anybody's memory.
func bombs(t *testing.T) map[string][]byte {
	const rows, texts, everything = 110, 170, 560 // mebibytes above what a sheet, its texts and a workbook may have
	types := [2]string{"[Content_Types].xml", `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`}
	root := [2]string{"_rels/.rels", `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`}
	book := [2]string{"xl/workbook.xml", `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Paie" sheetId="1" r:id="rId1"/></sheets></workbook>`}
	links := [2]string{"xl/_rels/workbook.xml.rels", `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`}
	const sheet = `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c><c r="B1" t="inlineStr"><is><t>amount</t></is></c></row>`
	const ods = `<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="Paie"><table:table-row><table:table-cell office:value-type="string"><text:p>phone</text:p></table:table-cell></table:table-row>`
	const odsEnd = `</table:table></office:spreadsheet></office:body></office:document-content>`
	mime := [2]string{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}
	manifest := [2]string{"META-INF/manifest.xml", `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>`}
	cell := `<table:table-cell office:value-type="string"><text:p>` + strings.Repeat("9", 500) + `</text:p></table:table-cell>`
	list := map[string][]byte{
		"rows.xlsx":  bomb(t, "xl/worksheets/sheet1.xml", sheet, `<row><c t="inlineStr"><is><t>0661234567</t></is></c><c t="inlineStr"><is><t>100</t></is></c></row>`, `</sheetData></worksheet>`, rows, types, root, book, links),
		"texts.xlsx": bomb(t, "xl/sharedStrings.xml", `<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`, `<si><t>0661234567 0661234567 0661234567</t></si>`, `</sst>`, texts, types, root, book, links, [2]string{"xl/worksheets/sheet1.xml", sheet + `<row r="2"><c r="A2" t="s"><v>0</v></c></row></sheetData></worksheet>`}),
		"again.ods":  bomb(t, "content.xml", ods+`<table:table-row table:number-rows-repeated="1048576">`+strings.Repeat(strings.Replace(cell, "<table:table-cell ", `<table:table-cell table:number-columns-repeated="500" `, 1), 2)+`</table:table-row>`, " ", odsEnd, 1, mime, manifest),
	}
	if *slow {
		list["rows.ods"] = bomb(t, "content.xml", ods, `<table:table-row>`+cell+`</table:table-row>`, odsEnd, everything, mime, manifest)
	}
	return list
}

// slow adds what takes half a minute.
var slow = flag.Bool("slow", false, "measure also what takes its time")

// Files that are too large, or unpack to too much, are refused in the reader's language,
// and take no memory to speak of.
func TestHostileFilesUnraced(t *testing.T) {
	apart(t)
	t.Parallel()
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("this system does not tell how much memory a program took")
	}
	p := newRemote(t, simulator.Sandbox)
	c := p.startBuilt(t, built(t), t.TempDir())
	jar, err := cookiejar.New(nil)
	must(t, err)
	d := &desk{t: t, base: c.base, client: &http.Client{Jar: jar, Timeout: time.Minute}}
	d.get("/?token="+c.token, http.StatusOK)
	d.post("/language", form("language", "fr", "back", "/"), http.StatusOK)
	idle := c.peak(t)

	a := d.send("/files", "grand.csv", bytes.Repeat([]byte("0550000001;1000\n"), 70<<16), http.StatusRequestEntityTooLarge)
	d.has(a, "Erreur", "Le fichier dépasse 64 Mo", `id="file"`, `lang="fr"`)
	for name, content := range bombs(t) {
		if len(content) > 8<<20 {
			t.Fatalf("%s has %d bytes", name, len(content))
		}
		begin := time.Now()
		a := d.send("/files", name, content, http.StatusOK)
		a = d.settled("/batches/" + strings.Split(a.Request.URL.Path, "/")[2] + "/check")
		t.Logf("%s: %d bytes, refused after %v, peak %d MB: %s", name, len(content), time.Since(begin).Round(time.Millisecond), c.peak(t)>>20, strings.Join(strings.Fields(plain(alertIn(a.text))), " "))
		d.has(a, "Erreur", "error-summary")
		if strings.Contains(a.text, "--limit") {
			t.Errorf("%s: a flag is named:\n%s", name, alertIn(a.text))
		}
	}
	if took := c.peak(t) - idle; took > 300<<20 {
		t.Errorf("they took %d MB", took>>20)
	}
}

// alertIn is the error summary of a page.
func alertIn(page string) string {
	_, rest, _ := strings.Cut(page, `<div class="alert"`)
	text, _, _ := strings.Cut(rest, "</div>")
	_, text, _ = strings.Cut(text, ">")
	return text
}

// peak is how much memory the program took at most.
func (c *started) peak(t *testing.T) (bytes int64) {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid))
	must(t, err)
	_, rest, _ := strings.Cut(string(b), "VmHWM:")
	var kilobytes int64
	_, err = fmt.Sscan(rest, &kilobytes)
	must(t, err)
	return kilobytes << 10
}

// A form that breaks off, or is none, is no fault of the program, and is told in the
// language of the page.
func TestBrokenForms(t *testing.T) {
	d := newDesk(t)
	d.post("/language", form("language", "fr", "back", "/"), http.StatusOK)
	for name, body := range map[string]string{
		"no form": "x=1", "no header": "--x\r\ngarbage",
		"cut in its file":   "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nphone;amount\n0661",
		"a name with a NUL": "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\x00.csv\"\r\n\r\nphone\r\n--x--\r\n",
	} {
		r := d.request(http.MethodPost, "/files", strings.NewReader(body))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		if name == "no form" {
			r.Header.Set("Content-Type", "text/plain")
		}
		d.has(d.do(r, http.StatusBadRequest), "error-summary", "arrivé entier", `id="file"`)
	}
	for path := range tree(t, d.folder.Path) {
		t.Errorf("%s was kept", path)
	}
}

// What is typed for a cell is a cell's text, and a page that is out of date changes
// nothing, pays nothing, and leads back.
func TestStalePages(t *testing.T) {
	d := newDesk(t)
	d.k.HurryStarts()
	d.send("/files", "two.csv", []byte(strings.Replace(simple, "0661000002", "066", 1)), http.StatusOK)
	mend := func(old, fresh string, want int) answer {
		t.Helper()
		return d.post("/batches/two/mend", form("old-3-2", old, "new-3-2", fresh), want)
	}
	d.has(mend("066", strings.Repeat("9", 1001), http.StatusBadRequest), "too long for a cell")
	mend("066", "0661000003", http.StatusOK)
	d.has(mend("066", "0661000004", http.StatusConflict), "changed by somebody else", `href="/batches/two"`)
	f := hidden(d.settled("/batches/two/answers").text)
	mend("0661000003", "0661000005", http.StatusOK)
	d.send("/batches/two/files", "two.csv", []byte(strings.Replace(simple, ",300", ",350", 1)), http.StatusOK)
	d.has(d.start("two", f), "something else than the page has shown")
	if exists(d.folder.Journal("two")) {
		t.Error("it was begun")
	}
}
