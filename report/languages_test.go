package report_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/batch/changes"
	"flexybatch/ingest"
	"flexybatch/internal/lang"
	"flexybatch/report"
)

// mixed is a small batch with a row in every state that a file is made from
// again, read and given refs as a run would.
func mixed(t *testing.T) (*batch.Ledger, *ingest.Input, batch.Catalogue) {
	t.Helper()
	plans := offers(t)
	file := filepath.Join(t.TempDir(), "october.csv")
	if err := os.WriteFile(file, []byte("Matricule;Téléphone;Offre;Montant\nE1;0660000001;PREPAID_MOBILIS;100\nE2;0660000002;PREPAID_MOBILIS;200\nE3;660000003;PREPAID_MOBILIS;300\nE4;0660000004;PREPAID_MOBILIS;100\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := ingest.Read(t.Context(), file, ingest.Options{}, ingest.Rules{Catalogue: plans})
	if err != nil {
		t.Fatal(err)
	}
	batch.Assign("october", in.Rows, plans, batch.Limits{})
	l := batch.NewLedger()
	tell := func(r batch.Record) {
		t.Helper()
		if err := l.Fold(r, time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
	}
	tell(batch.Record{Batch: &batch.BatchRecord{Name: "october", File: "october.csv", Header: in.Header, Fields: in.Fields, Catalogue: plans}})
	for _, r := range in.Rows {
		tell(batch.Record{Row: &batch.RowRecord{Number: r.Number, Ref: r.Ref, Topup: r.Topup, Cost: r.Cost, Cells: r.Cells, Problems: r.Problems()}})
	}
	tell(batch.Record{Sealed: &batch.SealRecord{Rows: len(in.Rows), Valid: 3}})
	for i, row := range in.Rows {
		if !row.Valid() {
			continue
		}
		id := fmt.Sprint("id", i) // one order, one row
		tell(batch.Record{Intent: &batch.IntentRecord{Ref: row.Ref, Attempt: 1}})
		tell(batch.Record{Answer: &batch.AnswerRecord{Ref: row.Ref, Attempt: 1, Result: batch.Accepted, TopupID: id}})
		tell(batch.Record{Look: &batch.LookRecord{Ref: row.Ref, By: "id", Found: true, TopupID: id, Message: "no such line",
			Status: []string{"FULFILLED", "REFUNDED", "", "REFUNDED"}[i]}})
	}
	return l, in, plans
}

// read reads a workbook as an input file.
func read(t *testing.T, b []byte, o ingest.Options, plans batch.Catalogue) *ingest.Input {
	t.Helper()
	path := filepath.Join(t.TempDir(), "again.xlsx")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := ingest.Read(t.Context(), path, o, ingest.Rules{Catalogue: plans})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// What flexybatch writes to be run again is understood in every language: the
// refunds, the check, and the rows to be paid anew.
func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	l, in, plans := mixed(t)
	for _, language := range lang.Languages {
		t.Run(language, func(t *testing.T) {
			words, err := lang.New(language)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := report.Workbook(&b, l, report.Options{Words: words}); err != nil {
				t.Fatal(err)
			}
			refunds := read(t, b.Bytes(), ingest.Options{Sheet: words.Title("Refunds")}, plans)
			if len(refunds.Rows) != 2 || !refunds.Rows[0].Valid() || refunds.Rows[0].Topup.Phone != "0660000002" || refunds.Rows[0].Topup.Plan != "PREPAID_MOBILIS" || refunds.Rows[0].Topup.Amount != 200 {
				t.Errorf("the refunds are read as %+v", refunds.Rows)
			}

			b.Reset()
			c := &report.Check{File: "october.csv", Header: in.Header, Rows: in.Rows, Totals: batch.Total(batch.Rows(in.Rows), plans), Words: words,
				Changes: &report.Changes{Since: "september", Changes: changes.Compare(batch.Rows(in.Rows), batch.Rows(nil))}}
			if len(c.Changes.List) == 0 {
				t.Fatal("nobody is new")
			}
			if err := c.Workbook(&b); err != nil {
				t.Fatal(err)
			}
			check := read(t, b.Bytes(), ingest.Options{}, plans)
			batch.Assign("october", check.Rows, plans, batch.Limits{})
			if len(check.Rows) != len(in.Rows) || strings.Join(check.Header, ";") != strings.Join(in.Header, ";") {
				t.Fatalf("the check is read with %d rows, header %q", len(check.Rows), check.Header)
			}
			for i := range check.Rows {
				if check.Rows[i].Ref != in.Rows[i].Ref {
					t.Errorf("row %d of the check has another reference", i)
				}
			}
			b.Reset()
			if err := c.CSV(&b); err != nil {
				t.Fatal(err)
			}
			if head, _, _ := strings.Cut(b.String(), "\n"); !strings.HasPrefix(strings.TrimPrefix(head, "\ufeff"), "flexybatch:") {
				t.Errorf("as CSV the check begins with %q", head)
			}

			b.Reset()
			if err := report.ResendWorkbook(&b, batch.NewLineage(l).Resend("october-r1"), words); err != nil {
				t.Fatal(err)
			}
			for _, o := range []ingest.Options{{}, {Sheet: report.ResendSheet(words)}} {
				if again := read(t, b.Bytes(), o, plans); len(again.Rows) != 3 || again.Rows[0].Cells.At(0) != "E2" || len(again.Header) != len(in.Header) {
					t.Errorf("the rows to be paid anew are read as %d of %q", len(again.Rows), again.Header)
				}
			}
			f, err := excelize.OpenReader(&b)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			left, err := f.GetRows(words.Title("Left out"))
			if err != nil {
				t.Fatal(err)
			}
			for _, title := range left[0] {
				if !strings.HasPrefix(title, "flexybatch: ") {
					t.Errorf("the title %q could be a payroll's", title)
				}
			}
		})
	}
}

// The states are said in the language of the workbook; codes are the same in all.
func TestWorkbookSpeaks(t *testing.T) {
	l, _, _ := mixed(t)
	for _, c := range []struct{ language, sheet, state, code, todo string }{
		{"en", "To do", "refunded", "phone.format", "the money came back"},
		{"fr", "À faire", "remboursée", "phone.format", "l'argent est revenu"},
		{"ar", "المطلوب عمله", "مسترجع", "phone.format", "وعاد المال"},
	} {
		words, err := lang.New(c.language)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := report.Workbook(&b, l, report.Options{Words: words}); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := f.GetRows(c.sheet)
		if err != nil || len(rows) != 4 {
			t.Fatalf("%s: %v, %v", c.language, rows, err)
		}
		if rows[1][3] != "E2" { // whose row it is
			t.Errorf("%s: %q", c.language, rows[1])
		}
		if rows[1][1] != c.state || !strings.Contains(rows[1][6], c.todo) || !strings.Contains(rows[2][7], c.code+":") && !strings.Contains(rows[2][7], c.code+"\u00a0:") {
			t.Errorf("%s: %q", c.language, rows)
		}
		if c.language != "en" && strings.Contains(rows[2][7], "leading zero") {
			t.Errorf("%s: a broken rule is told in English: %s", c.language, rows[2][7])
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}
