package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"flexybatch/internal/lang"
)

// office is LibreOffice, with a profile of its own, in which nothing is open.
type office struct {
	t       *testing.T
	program string
	dir     string // where files go
}

// libreOffice finds it; where there is none, the test is skipped.
func libreOffice(t *testing.T) *office {
	t.Helper()
	program, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("there is no LibreOffice here: apt-get install --no-install-recommends libreoffice-calc fonts-noto-core poppler-utils")
	}
	return &office{t, program, t.TempDir()}
}

// convert converts files, all in one process: to begin one takes seconds.
func (o *office) convert(to string, files ...string) {
	o.t.Helper()
	args := []string{"-env:UserInstallation=file://" + filepath.ToSlash(filepath.Join(o.dir, "profile")), "--headless", "--norestore", "--convert-to", to, "--outdir", o.dir}
	cmd := exec.CommandContext(o.t.Context(), o.program, append(args, files...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+o.dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		o.t.Fatalf("%v: %s", err, out)
	}
}

// LibreOffice opens every workbook in every language and prints it: no column is
// too narrow for its figures, every page says what it is a page of, and the first
// page is not blank. With FLEXYBATCH_PICTURES=FOLDER the pages stay there as PNG,
// to be looked at (make pictures).
func TestLibreOfficePrints(t *testing.T) {
	o := libreOffice(t)
	var files []string
	for _, language := range lang.Languages {
		all := workbooks(t, speak(t, language))
		if os.Getenv("FLEXYBATCH_PICTURES") != "" { // many pages, which only people look at
			_, all["payroll"] = open(t, november(t), Options{Journal: "payroll-2026-11.journal", Head: strings.Repeat("0f1e", 8), Lines: 1946, Words: speak(t, language)})
		}
		for name, b := range all {
			if strings.Contains(name, "nothing") || strings.Contains(name, "many") || strings.Contains(name, "redacted") {
				continue
			}
			file := filepath.Join(o.dir, fmt.Sprintf("%s-%s.xlsx", language, strings.ReplaceAll(name, ", ", "-")))
			if err := os.WriteFile(file, b, 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
	}
	o.convert("pdf", files...)
	for _, file := range files {
		pdf := strings.TrimSuffix(file, ".xlsx") + ".pdf"
		name := filepath.Base(pdf)
		b, err := os.ReadFile(pdf)
		if err != nil || !bytes.HasPrefix(b, []byte("%PDF")) {
			t.Errorf("%s was not printed: %v", name, err)
			continue
		}
		o.looksWell(pdf, name)
	}
}

// looksWell looks at a printed workbook, as far as there are tools for it.
func (o *office) looksWell(pdf, name string) {
	t := o.t
	totext, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Log("there is no pdftotext here (poppler-utils): pages are not read")
		return
	}
	text, err := exec.CommandContext(t.Context(), totext, "-layout", pdf, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	pages := strings.Split(strings.TrimSuffix(string(text), "\f"), "\f")
	for i, page := range pages {
		if strings.Contains(page, "###") {
			t.Errorf("%s, page %d: a column is too narrow for its figures", name, i+1)
		}
		if footer := fmt.Sprintf("%d/%d", i+1, len(pages)); !strings.Contains(page, footer) {
			t.Errorf("%s, page %d does not say that it is %s", name, i+1, footer)
		}
	}
	picture, dpi := strings.TrimSuffix(pdf, ".pdf"), "40"
	if to := os.Getenv("FLEXYBATCH_PICTURES"); to != "" {
		picture, dpi = filepath.Join(to, strings.TrimSuffix(name, ".pdf")), "110"
	}
	if out, err := exec.CommandContext(t.Context(), "pdftoppm", "-r", dpi, "-png", pdf, picture).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	pngs, err := filepath.Glob(picture + "-[0-9]*.png")
	if err != nil || len(pngs) != len(pages) {
		t.Fatalf("%s: %d pictures of %d pages, %v", name, len(pngs), len(pages), err)
	}
	slices.Sort(pngs)
	if ink := inked(t, pngs[0]); ink < 0.001 || ink > 0.5 {
		t.Errorf("%s: the first page is inked to %.2f %%", name, 100*ink)
	}
}

// inked is which share of a picture is not white.
func inked(t *testing.T, path string) float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	r, ink := picture.Bounds(), 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if red, green, blue, _ := picture.At(x, y).RGBA(); red+green+blue < 3*0xf000 {
				ink++
			}
		}
	}
	return float64(ink) / float64(r.Dx()*r.Dy())
}

// A program that is not ours reads the same texts in the same cells.
func TestLibreOfficeReads(t *testing.T) {
	o := libreOffice(t)
	var b bytes.Buffer
	if err := Workbook(&b, ledger(t), Options{Journal: "october.journal", Head: "0f", Lines: 7}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(o.dir, "results.xlsx")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	o.convert("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1", file) // UTF-8, all sheets, cells as they are stored
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	compared := 0
	for _, sheet := range f.GetSheetList() {
		ours, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.Open(filepath.Join(o.dir, "results-"+sheet+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(text)
		r.FieldsPerRecord = -1
		for y := 0; ; y++ {
			theirs, err := r.Read()
			if err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", sheet, err)
			}
			for x, cell := range theirs {
				our := ""
				if y < len(ours) && x < len(ours[y]) {
					our = ours[y][x]
				}
				at, err := excelize.CoordinatesToCellName(x+1, y+1)
				if err != nil {
					t.Fatal(err)
				}
				if kind, err := f.GetCellType(sheet, at); err != nil || kind != excelize.CellTypeSharedString && kind != excelize.CellTypeInlineString {
					continue // figures are written in as many ways as there are programs
				}
				compared++
				if strings.ReplaceAll(our, "\r", "") != strings.ReplaceAll(cell, "\r", "") {
					t.Errorf("%s!%s is %.60q here and %.60q there", sheet, at, our, cell)
				}
			}
		}
		if err := text.Close(); err != nil {
			t.Error(err)
		}
	}
	if compared < 150 {
		t.Errorf("only %d texts were compared", compared)
	}
}
