package report

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// crowded is a batch that fills its page: rows in every state, of more plans than there
// is room for, with long names and reasons, of a file that was corrected, and approved.
func crowded(t testing.TB) *batch.Ledger {
	t.Helper()
	l := batch.NewLedger()
	at := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	tell := func(r batch.Record) {
		at = at.Add(time.Second)
		if err := l.Fold(r, at); err != nil {
			t.Fatal(err)
		}
	}
	var plans batch.Catalogue
	for i := range 12 {
		plans = append(plans, batch.Plan{Code: fmt.Sprintf("PREPAID_OPERATOR_%d", i), Operator: fmt.Sprintf("Operator %d", i)})
	}
	ref := func(i int) batch.Ref { return batch.Ref(fmt.Sprintf("payroll-2026-11-%014d", i)) }
	seal := func(from, to int) {
		tell(batch.Record{Batch: &batch.BatchRecord{Name: "payroll-2026-11", File: "payroll-2026-11.xlsx", SHA256: strings.Repeat("5be1", 16), Tool: "v1.0.0", Amends: from > 0,
			Header: []string{"Matricule", "Nom", "Téléphone"}, Fields: map[string]string{"id": "Matricule", "phone": "Téléphone"},
			Account: batch.Account{Username: "office", Type: batch.Production, Host: "api.oneclickdz.com"}, Catalogue: plans}})
		for i := from; i < to; i++ {
			phone := fmt.Sprintf("06%08d", i)
			r := &batch.RowRecord{Number: i + 2, Ref: ref(i), Topup: batch.Topup{Phone: batch.Phone(phone), Plan: plans[i%12].Code, Amount: 1500, ID: fmt.Sprintf("E%03d", i)}, Cost: 147_050,
				Cells: batch.CellsOf(fmt.Sprintf("E%03d", i), fmt.Sprintf("Abdelmoumène Benabderrahmane %d", i), phone)}
			if i%8 == 7 {
				r = &batch.RowRecord{Number: i + 2, Cells: batch.CellsOf("", "<b>Nobody</b>", "1234"), Problems: []batch.Problem{{Code: batch.PhoneFormat, Column: "Téléphone", Value: "1234",
					Message: batch.Msg("the phone has %d digits, not the 10 of a mobile number: write 05, 06 or 07 and eight digits, such as 0550123456", 4)}}}
			}
			tell(batch.Record{Row: r})
		}
		tell(batch.Record{Sealed: &batch.SealRecord{Rows: to - from}})
	}
	seal(0, 100)
	for _, who := range []string{"Amel", "Karim"} {
		tell(batch.Record{Note: &batch.NoteRecord{What: batch.NoteApproved, Approval: &batch.ApprovalRecord{Digest: strings.Repeat("0f", 32), Required: 2, Approver: who, At: at}}})
	}
	balance := batch.Centimes(100_000_000)
	tell(batch.Record{Note: &batch.NoteRecord{What: batch.NoteStarted, Text: batch.Literal("amel on desk, process 7"), Balance: &balance}})
	for i := range 100 {
		if i%8 == 6 || i%8 == 7 {
			continue
		}
		id := fmt.Sprintf("%024x", i)
		tell(batch.Record{Intent: &batch.IntentRecord{Ref: ref(i), Attempt: 1}})
		result := []string{batch.Accepted, batch.Accepted, batch.Accepted, "unknown", "refused", "duplicate"}[i%8]
		tell(batch.Record{Answer: &batch.AnswerRecord{Ref: ref(i), Attempt: 1, Result: result, TopupID: id, Code: map[string]string{"refused": "ERR_PHONE"}[result]}})
		switch i % 8 {
		case 0, 1:
			tell(batch.Record{Look: &batch.LookRecord{Ref: ref(i), By: "list", Found: true, Status: []string{"FULFILLED", "REFUNDED"}[i%8], TopupID: id}})
		case 5:
			tell(batch.Record{Look: &batch.LookRecord{Ref: ref(i), Found: true, Status: "FULFILLED", Conflict: batch.Literal("another phone")}})
		}
	}
	after := balance - 12_345
	tell(batch.Record{Note: &batch.NoteRecord{What: batch.NoteEnded, Balance: &after}})
	seal(10, 100)
	tell(batch.Record{Note: &batch.NoteRecord{What: batch.NoteStarted, Text: batch.Literal("karim on laptop, process 9"), Balance: &after}})
	return l
}

// pages are pages for paper, by name, in a language.
func pages(t *testing.T, language string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name, l := range map[string]*batch.Ledger{"payroll": november(t), "crowded": crowded(t), "states": ledger(t)} {
		var b bytes.Buffer
		if err := HTML(&b, l, Options{Words: speak(t, language), Journal: "payroll-2026-11.journal", Head: strings.Repeat("0f1e", 8), Lines: 1946}); err != nil {
			t.Fatal(err)
		}
		all[name] = b.String()
	}
	return all
}

// The page for paper refers to nothing outside itself, runs as its language does, and
// has the headline and the figures of the workbook.
func TestPageForPaper(t *testing.T) {
	outside := regexp.MustCompile(`(?i)<script|<link|<img|<iframe|<object|\bsrc=|\bhref=|url\(|@import|\son[a-z]+=`)
	for _, language := range lang.Languages {
		direction := "ltr"
		if language == "ar" {
			direction = "rtl"
		}
		for name, text := range pages(t, language) {
			if found := outside.FindString(text); found != "" {
				t.Errorf("%s, %s: it holds %q", language, name, found)
			}
			if !strings.Contains(text, fmt.Sprintf("<html lang=%q dir=%q>", language, direction)) {
				t.Errorf("%s, %s: it runs another way", language, name)
			}
		}
		l := crowded(t)
		words := speak(t, language)
		f, _ := open(t, l, Options{Words: words})
		rows, err := f.GetRows(words.Title("Summary"))
		if err != nil {
			t.Fatal(err)
		}
		page := pages(t, language)["crowded"]
		for _, line := range rows[2:4] { // the headline, and who is no longer in the file
			if !strings.Contains(page, ">"+html.EscapeString(line[0])+"<") {
				t.Errorf("%s: the page does not say %q", language, line[0])
			}
		}
		todo, err := f.GetRows(words.Title("To do"))
		if err != nil {
			t.Fatal(err)
		}
		shown := strings.Count(page, `<tr><td>`)
		if more := words.Say(lang.Count(len(todo)-1-shown, "… and %d more row, which is in the workbook on the sheet To do.", "… and %d more rows, which are in the workbook on the sheet To do.")); shown == 0 || !strings.Contains(page, more) {
			t.Errorf("%s: of %d rows to do it has %d, and does not say %q", language, len(todo)-1, shown, more)
		}
		if strings.Contains(page, "<b>") || strings.Contains(page, "1234") && !strings.Contains(page, "&lt;b&gt;Nobody") {
			t.Errorf("%s: a cell of the file became a part of the page", language)
		}
	}
}

// The page for paper is one page of A4, whatever there is to tell. With
// FLEXYBATCH_PICTURES=FOLDER every one stays there as PNG.
func TestPageForPaperIsOnePage(t *testing.T) {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no chromium here")
	}
	to, dir := os.Getenv("FLEXYBATCH_PICTURES"), t.TempDir()
	for _, language := range lang.Languages {
		for name, text := range pages(t, language) {
			if to == "" && language+name != "frcrowded" {
				continue // one is enough where nobody looks at them
			}
			base := filepath.Join(dir, language+"-page-"+name)
			if err := os.WriteFile(base+".html", []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+filepath.Join(dir, "profile"),
				"--no-pdf-header-footer", "--print-to-pdf="+base+".pdf", "file://"+filepath.ToSlash(base)+".html")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			pdf, err := os.ReadFile(base + ".pdf")
			if err != nil {
				t.Fatal(err)
			}
			if n := len(regexp.MustCompile(`/Type\s*/Page\b[^s]`).FindAll(pdf, -1)); n != 1 {
				t.Errorf("%s, %s: it is printed on %d pages", language, name, n)
			}
			if to == "" {
				continue
			}
			if out, err := exec.CommandContext(t.Context(), "pdftoppm", "-r", "90", "-png", base+".pdf", filepath.Join(to, filepath.Base(base))).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}
	}
}
