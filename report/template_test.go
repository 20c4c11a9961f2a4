package report_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/ingest"
	"flexybatch/internal/lang"
	"flexybatch/report"
)

// offers is the simulator's catalogue, as the client reads it.
func offers(t *testing.T) batch.Catalogue {
	t.Helper()
	sim, err := simulator.New(simulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	network := simulator.NewMemory()
	server := make(chan error, 1)
	go func() { server <- sim.Serve(t.Context(), network) }()
	c, err := oneclick.New(oneclick.Config{BaseURL: "http://localhost", Key: oneclick.NewKey(simulator.DefaultKey), Dial: network.DialContext})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		if err := errors.Join(<-server, sim.Close()); err != nil {
			t.Error(err)
		}
	})
	plans, err := c.Plans(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return plans
}

// wellFormed reads every part of a workbook as XML: excelize writes formulas and
// texts into some places as they are.
func wellFormed(t *testing.T, workbook []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range z.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(r)
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", part.Name, err)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A filled-in template is read without a word, in every language, and what its
// cells refuse is what the row rules refuse.
func TestTemplate(t *testing.T) {
	plans := offers(t)
	for _, language := range lang.Languages {
		t.Run(language, func(t *testing.T) {
			words, err := lang.New(language)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := report.Template(&b, plans, words); err != nil {
				t.Fatal(err)
			}
			wellFormed(t, b.Bytes())
			path := filepath.Join(t.TempDir(), "template.xlsx")
			if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			rules := ingest.Rules{Catalogue: plans}
			if _, err := ingest.Read(t.Context(), path, ingest.Options{}, rules); !errors.Is(err, ingest.ErrEmpty) {
				t.Errorf("blank but for its example, it is %v", err)
			}
			f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			sheet := f.GetSheetList()[0]
			validations, err := f.GetDataValidations(sheet)
			if err != nil || len(validations) != 3 {
				t.Fatalf("%d validations, %v", len(validations), err)
			}
			rows := []struct {
				phone, plan string
				amount      any
				ok          bool
			}{
				{"0660000001", "PREPAID_MOBILIS", 40, true},
				{"0660000002", "PREPAID_MOBILIS", 3999, true},
				{"0660000002", "PREPAID_MOBILIS", 39, false},
				{"0660000002", "PREPAID_MOBILIS", 4000, false},
				{"0660000003", "PREPAID_MOBILIS", 100.5, false},
				{"0660000004", "PREPAID_MOBILIS", "cent", false},
				{"0660000005", "MIX500_MOBILIS", 500, true},
				{"0660000005", "MIX500_MOBILIS", 600, false},
				{"660000006", "PREPAID_MOBILIS", 100, false},
				{"0210000000", "PREPAID_MOBILIS", 100, false},
				{"06600000a7", "PREPAID_MOBILIS", 100, false},
			}
			for i, r := range rows {
				if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+2), &[]any{fmt.Sprintf("E%d", i), "Amel", r.phone, r.plan, r.amount}); err != nil {
					t.Fatal(err)
				}
			}
			for i, r := range rows {
				accepts := true
				for _, v := range validations {
					if v.Type != "custom" {
						continue
					}
					formula := strings.NewReplacer("$C2", fmt.Sprintf("$C%d", i+2), "$D2", fmt.Sprintf("$D%d", i+2), "$E2", fmt.Sprintf("$E%d", i+2)).Replace(html.UnescapeString(v.Formula1))
					if err := f.SetCellFormula(sheet, "Z1", formula); err != nil {
						t.Fatal(err)
					}
					says, err := f.CalcCellValue(sheet, "Z1") // an error is a refusal, as in Excel
					accepts = accepts && err == nil && says == "TRUE"
				}
				if accepts != r.ok {
					t.Errorf("row %d: %+v: its cells accept it: %v", i+2, r, accepts)
				}
			}
			if err := f.SetCellFormula(sheet, "Z1", ""); err != nil {
				t.Fatal(err)
			}
			if err := f.SaveAs(path); err != nil {
				t.Fatal(err)
			}
			in, err := ingest.Read(t.Context(), path, ingest.Options{}, rules)
			if err != nil {
				t.Fatal(err)
			}
			if len(in.Rows) != len(rows) {
				t.Fatalf("%d rows of %d", len(in.Rows), len(rows))
			}
			for i, r := range rows {
				if in.Rows[i].Valid() != r.ok {
					t.Errorf("row %d: %+v: %v", i+2, r, in.Rows[i].Problems())
				}
			}
			for _, v := range validations {
				if v.Prompt == nil || utf8.RuneCountInString(*v.Prompt) > 255 || v.PromptTitle == nil || utf8.RuneCountInString(*v.PromptTitle) > 32 {
					t.Errorf("Excel takes 255 characters of a prompt and 32 of its title: %+v", v)
				}
			}
		})
	}
}
