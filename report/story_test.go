package report

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// corrected is a batch that two people ran, one after the other, the second with a
// corrected file, after two had approved it.
func corrected(t testing.TB) *batch.Ledger {
	t.Helper()
	l := batch.NewLedger()
	n := 0
	tell := func(r batch.Record) {
		t.Helper()
		n++
		if err := l.Fold(r, time.Date(2026, 10, 1, 9, 0, n, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
	}
	plan := func(file string, rows ...batch.RowRecord) {
		tell(batch.Record{Batch: &batch.BatchRecord{Name: "october", File: file, SHA256: "of " + file, Header: []string{"phone"}, Fields: map[string]string{"phone": "phone"},
			Account: batch.Account{Username: "acme", Type: batch.Production}, Catalogue: batch.Catalogue{{Code: "P", Operator: "Mobilis"}}, Amends: n > 2}})
		for _, r := range rows {
			tell(batch.Record{Row: &r})
		}
		tell(batch.Record{Sealed: &batch.SealRecord{Rows: len(rows)}})
	}
	row := func(number int, ref string, amount batch.Dinars) batch.RowRecord {
		return batch.RowRecord{Number: number, Ref: batch.Ref(ref), Topup: batch.Topup{Phone: "0660000001", Plan: "P", Amount: amount}, Cost: amount.Centimes()}
	}
	note := func(what, text string, balance batch.Centimes) {
		tell(batch.Record{Note: &batch.NoteRecord{What: what, Text: batch.Literal(text), Balance: &balance}})
	}
	mended := row(4, "mended", 300)
	mended.Written = "660000001"
	plan("october.csv", row(2, "kept", 100), row(3, "gone", 200), mended, row(5, "dropped", 400),
		batch.RowRecord{Number: 6, Problems: []batch.Problem{{Code: batch.PhoneMissing}}})
	for i, who := range []string{"Amel", "Karim"} {
		tell(batch.Record{Note: &batch.NoteRecord{What: batch.NoteApproved, Text: batch.Literal(who + " approved"), Approval: &batch.ApprovalRecord{
			Digest: strings.Repeat("0f", 32), Required: 2, Approver: who, At: time.Date(2026, 9, 30, 10+i, 0, 0, 0, time.UTC)}}})
	}
	note(batch.NoteStarted, "amel on desk, process 7, flexybatch v1", 500_000)
	for _, ref := range []batch.Ref{"kept", "gone"} {
		tell(batch.Record{Intent: &batch.IntentRecord{Ref: ref, Attempt: 1}})
		tell(batch.Record{Answer: &batch.AnswerRecord{Ref: ref, Attempt: 1, Result: batch.Accepted, TopupID: "id-" + string(ref)}})
		tell(batch.Record{Look: &batch.LookRecord{Ref: ref, By: "id", Found: true, Status: "FULFILLED", TopupID: "id-" + string(ref)}})
	}
	note(batch.NoteEnded, "told to stop", 470_000)
	plan("october-corrected.csv", row(2, "kept", 100), mended, row(7, "new", 500))
	note(batch.NoteStarted, "karim on laptop, process 9, flexybatch v1", 460_000)
	note(batch.NoteEnded, "told to stop", 460_000)
	return l
}

// The Summary says who ran the batch, who approved it, and what is not explained.
func TestSummaryTellsWho(t *testing.T) {
	f, _ := open(t, corrected(t), Options{})
	rows, err := f.GetRows("Summary", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	facts := map[string]string{}
	for _, r := range rows {
		if len(r) > 1 {
			facts[r[0]] = strings.Join(r[1:], " | ")
		}
	}
	for what, want := range map[string]string{
		"run by":                "amel on desk, process 7, flexybatch v1",
		"last run by":           "karim on laptop, process 9, flexybatch v1",
		"corrected":             "times: 1",
		"Amel":                  "0f0f0f0f0f0f… | 2",
		"Karim":                 "0f0f0f0f0f0f… | 2",
		"before the first send": "5000",
		"charged and fulfilled": "-300",
		"so it should be":       "4700",
		"when last asked":       "4600",
		"other movements":       "-100",
	} {
		if !strings.Contains(facts[what], want) {
			t.Errorf("%s is %q, want %q", what, facts[what], want)
		}
	}
	at, _, _ := strings.Cut(facts["Amel"], " ")
	if serial, err := strconv.ParseFloat(at, 64); err != nil {
		t.Errorf("Amel approved at %q, which is no time", facts["Amel"])
	} else if got, err := excelize.ExcelDateToTime(serial, false); err != nil || got.Format(time.DateTime) != lang.Second(time.Date(2026, 9, 30, 10, 0, 0, 0, time.UTC)).String() {
		t.Errorf("Amel approved at %s, %v", got, err)
	}
	if rows[1][0] != "PRODUCTION" {
		t.Errorf("under the title stands %q", rows[1])
	}
	all := fmt.Sprint(rows)
	if !strings.Contains(all, "flexybatch reconcile") {
		t.Error("what is not explained has no word of what to do")
	}
}

// Changes has what the corrected file brought and took away, and what was mended.
func TestChangesTellsWhatWasAmended(t *testing.T) {
	l := corrected(t)
	f, _ := open(t, l, Options{})
	var got []string
	for _, r := range table(t, f, "Changes") {
		got = append(got, fmt.Sprintf("%s %s %s: %s", r["row"], r["amount"], r["as the file writes it"], r["what"]))
	}
	want := []string{
		"4 300 660000001: the phone was written \"660000001\" and mended",
		"7 500 : it came with the corrected file of " + lang.Second(l.Versions()[1].At).String(),
		"3 200 : the corrected file no longer has this row",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// The Journal has the plans and the notes in the order of time.
func TestJournalSheetTellsInOrder(t *testing.T) {
	f, _ := open(t, corrected(t), Options{Journal: "october.journal", Head: "0f0f", Lines: 33})
	var got []string
	for _, r := range table(t, f, "Journal") {
		got = append(got, r["what"]+": "+r["text"])
	}
	want := []string{
		"first record: october.journal",
		"last record: line 33, link 0f0f",
		"how to check: flexybatch journal verify october.journal; the line of this number has this link",
		"batch prepared: october.csv, SHA-256 of october.csv: rows 5, valid 4",
		"approved: Amel approved",
		"approved: Karim approved",
		"started: amel on desk, process 7, flexybatch v1",
		"ended: told to stop",
		"batch corrected: october-corrected.csv, SHA-256 of october-corrected.csv: rows 3, valid 3; new 1; sent before and no longer in it 1; never sent and no longer in it 1",
		"started: karim on laptop, process 9, flexybatch v1",
		"ended: told to stop",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// States look as they do by what stands in their cells, in colours and in weights
// that show in black and white.
func TestStatesAreDressed(t *testing.T) {
	f, _ := open(t, ledger(t), Options{})
	for sheet, cells := range map[string]string{"Rows": "G2:G9", "To do": "B2:B8"} {
		formats, err := f.GetConditionalFormats(sheet)
		if err != nil || len(formats[cells]) != len(batch.States) {
			t.Fatalf("%s: %v, %v", sheet, formats, err)
		}
		weights := map[string]bool{}
		for _, r := range formats[cells] {
			st, err := f.GetConditionalStyle(*r.Format)
			if err != nil {
				t.Fatal(err)
			}
			weights[fmt.Sprint(r.Value, st.Fill.Color, st.Font.Bold, st.Font.Italic)] = true
		}
		if len(weights) != len(batch.States) {
			t.Errorf("%s: %v", sheet, weights)
		}
	}
}
