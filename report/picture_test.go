package report

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// november is a batch as an office has it: 487 agents of three operators, sent at
// two calls a second, most of them topped up.
func november(t testing.TB) *batch.Ledger {
	t.Helper()
	l := batch.NewLedger()
	start := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	tell := func(after time.Duration, r batch.Record) {
		if err := l.Fold(r, start.Add(after)); err != nil {
			t.Fatal(err)
		}
	}
	plans := batch.Catalogue{{Code: "PREPAID_DJEZZY", Operator: "Djezzy"}, {Code: "PREPAID_MOBILIS", Operator: "Mobilis"}, {Code: "PREPAID_OOREDOO", Operator: "Ooredoo"}}
	rate := []int64{9925, 9600, 9800} // what ten thousand centimes cost
	tell(0, batch.Record{Batch: &batch.BatchRecord{Name: "payroll-2026-11", File: "payroll-2026-11.xlsx", SHA256: strings.Repeat("5be1", 16), Tool: "v1.0.0",
		Header: []string{"Matricule", "Nom", "Téléphone", "Offre", "Montant"}, Fields: map[string]string{"id": "Matricule", "phone": "Téléphone", "plan": "Offre", "amount": "Montant"},
		Account: batch.Account{Username: "office", Type: batch.Production, Host: "api.oneclickdz.com"}, Catalogue: plans}})
	const rows = 487
	people := []string{"Amel Benali", "Karim Haddad", "Nadia Meziane", "Yacine Saïdi", "Lina Boudiaf", "Omar Cherif", "Ines Belkacem", "Rachid Ould Ali", "Samia Khelifi", "Djamel Ziani"}
	of := func(i int) int { return i * i % 7 % 3 }
	ref := func(i int) batch.Ref { return batch.Ref(fmt.Sprintf("payroll-2026-11-%014d", i)) }
	amount := func(i int) batch.Dinars { return batch.Dinars(500 + i%4*250) }
	for i := range rows {
		id, phone := fmt.Sprintf("E%03d", i+1), fmt.Sprintf("0%d00%06d", []int{7, 6, 5}[of(i)], i)
		r := &batch.RowRecord{Number: i + 2}
		switch i {
		case 211, 340:
			phone = phone[:9]
			r.Problems = []batch.Problem{{Code: batch.PhoneFormat, Field: "phone", Column: "Téléphone", Value: phone,
				Message: batch.Msg("the phone has %d digits, not the 10 of a mobile number: write 05, 06 or 07 and eight digits, such as 0550123456", 9)}}
		default:
			r.Ref, r.Topup = ref(i), batch.Topup{Phone: batch.Phone(phone), Plan: plans[of(i)].Code, Amount: amount(i), ID: id}
			r.Cost = batch.Centimes(int64(amount(i)) * rate[of(i)] / 100)
		}
		r.Cells = batch.CellsOf(id, people[i%len(people)], phone, plans[of(i)].Code, fmt.Sprint(int64(amount(i))))
		tell(0, batch.Record{Row: r})
	}
	tell(0, batch.Record{Sealed: &batch.SealRecord{Rows: rows, Valid: rows - 2}})
	balance := batch.Centimes(100_000_000)
	tell(0, batch.Record{Note: &batch.NoteRecord{What: batch.NoteStarted, Text: batch.Literal("finance"), Balance: &balance}})
	for i := range rows {
		if i == 211 || i == 340 {
			continue
		}
		sent := time.Duration(i) * 510 * time.Millisecond
		tell(sent, batch.Record{Intent: &batch.IntentRecord{Ref: ref(i), Attempt: 1}})
		if i%120 == 77 {
			tell(sent, batch.Record{Answer: &batch.AnswerRecord{Ref: ref(i), Attempt: 1, Result: batch.ClassRefused.String(), Code: "ERR_PHONE", Message: batch.Literal("the number is suspended")}})
			continue
		}
		id := fmt.Sprintf("%024x", i)
		tell(sent, batch.Record{Answer: &batch.AnswerRecord{Ref: ref(i), Attempt: 1, Result: batch.Accepted, TopupID: id}})
		status := "FULFILLED"
		if i%60 == 31 {
			status = "REFUNDED"
		}
		tell(sent+16*time.Second, batch.Record{Look: &batch.LookRecord{Ref: ref(i), By: "list", Found: true, Status: status, TopupID: id}})
	}
	after := balance - l.Tally().Charged + l.Tally().Refunded
	tell(5*time.Minute, batch.Record{Note: &batch.NoteRecord{What: batch.NoteEnded, Balance: &after}})
	return l
}

// TestPicture makes the pictures of the READMEs: the first page of a report, as
// LibreOffice prints it, in every language (make picture).
func TestPicture(t *testing.T) {
	to := os.Getenv("FLEXYBATCH_PICTURE")
	if to == "" {
		t.Skip("FLEXYBATCH_PICTURE names no folder")
	}
	o := libreOffice(t)
	for _, language := range lang.Languages {
		path := filepath.Join(o.dir, "results."+language+".xlsx")
		_, b := open(t, november(t), Options{Journal: "payroll-2026-11.journal", Head: strings.Repeat("0f1e", 8), Lines: 1946, Words: speak(t, language)})
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		o.convert("pdf", path)
		base := strings.TrimSuffix(path, ".xlsx")
		out, err := exec.CommandContext(t.Context(), "pdftoppm", "-r", "90", "-png", "-singlefile", "-f", "1", base+".pdf", filepath.Join(to, filepath.Base(base))).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
}
