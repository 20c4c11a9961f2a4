package report

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/journal"
)

// said is a batch whose books hold a sentence of ours of every kind, and those
// sentences in English, as they stand in the journal.
func said(t *testing.T, path string) (english []string) {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	say := func(m batch.Message) batch.Message {
		english = append(english, m.String())
		return m
	}
	row := func(n int) batch.Row {
		id := string(rune('0' + n))
		return batch.Row{Number: n, Cells: batch.CellsOf("E"+id, "066000000"+id, "500"), Topup: batch.Topup{Phone: batch.Phone("066000000" + id), Plan: "P", Amount: 500, ID: "E" + id}, Ref: batch.Ref("october-" + id)}
	}
	invalid := row(4)
	invalid.Ref = ""
	paid := batch.Payment{Topup: batch.Topup{Phone: "0660000009", Amount: 700}, Batch: "september", Row: 7, Name: "Amel", At: time.Now(), State: batch.Fulfilled}
	invalid.AddProblem(batch.Problem{Code: batch.PaidBefore, Value: "0660000004", Message: say(batch.Msg("it looks paid already: %s; make the row again what it was, or, if a further payment is meant, run with --pay-again and the number of such rows", paid))})
	invalid.AddProblem(batch.Problem{Code: batch.AmountCap, Field: "amount", Value: "500", Message: say(batch.Msg("it is above the %d dinars a row that --max-amount allows", batch.Dinars(400)))})

	b, err := batch.OpenBooks(journal.Disk{}, path)
	ok(err)
	ok(b.Begin(batch.BatchRecord{Name: "october", File: "october.csv", Header: []string{"id", "phone", "amount"}}, []batch.Row{row(2), row(3), invalid, row(5), row(6)}))
	who := say(batch.Msg("%s on %s, process %d, flexybatch %s", batch.Literal("amel"), batch.Msg("this machine"), 12, "1.0"))
	ok(b.Note(batch.NoteRecord{What: batch.NoteStarted, Text: who}))
	ok(b.Note(batch.NoteRecord{What: batch.NoteOverride, Text: batch.Msg("%s: %s (%s)", "--canary 3", "so sagte er", who), Override: &batch.OverrideRecord{Warning: "canary", Rows: 3, Who: who, Reason: "so sagte er"}}))
	send := func(ref batch.Ref, a batch.AnswerRecord) {
		t.Helper()
		attempt, may, err := b.Intend(ref)
		if err != nil || !may {
			t.Fatalf("%s may not be sent: %v", ref, err)
		}
		a.Ref, a.Attempt = ref, attempt
		ok(b.Answer(a))
	}
	send("october-2", batch.AnswerRecord{Result: batch.ClassUnknown.String(), Message: say(batch.Msg("no whole answer came in time"))})
	send("october-3", batch.AnswerRecord{Result: batch.ClassDuplicate.String(), Code: "DUPLICATED_REF"})
	send("october-6", batch.AnswerRecord{Result: batch.ClassRefused.String(), Code: "ERR_PHONE", Message: batch.Literal("parole del fornitore")})
	conflict := batch.Msg("the provider holds this ref for another order: %s", []batch.Message{batch.Msg("amount %d, not %d", batch.Dinars(600), batch.Dinars(500))})
	ok(b.Look(time.Now(), batch.LookRecord{Ref: "october-3", By: "ref", Found: true, Status: "FULFILLED", TopupID: "id3", Conflict: say(conflict)}))
	send("october-5", batch.AnswerRecord{Result: batch.Accepted, TopupID: "id5"})
	ok(b.Look(time.Now(), batch.LookRecord{Ref: "october-5", By: "id", Found: true, Status: "FULFILLED", TopupID: "id5", Foreign: say(batch.Msg("order %s has another reference, %s", "id5", "november-9"))}))
	ok(b.Note(batch.NoteRecord{What: batch.NoteCeiling, Text: say(batch.Msg("%.0f calls a minute", 120.0)), Ceiling: 120}))
	stopped := batch.Errorf("%w (%d): %w", batch.ErrTrouble, 20, &batch.Fault{Message: batch.Msg("the provider could not be reached")})
	ok(b.Note(batch.NoteRecord{What: batch.NoteStopped, Text: say(batch.Said(stopped))}))
	ok(b.Close())
	return english
}

// texts are all texts of a report.
func texts(t *testing.T, l *batch.Ledger, language string) string {
	t.Helper()
	f, _ := open(t, l, Options{Words: speak(t, language)})
	var all []string
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, slices.Concat(rows...)...)
	}
	return strings.Join(all, "\n")
}

// A report that is made of a journal alone says in its reader's language all that
// stands there in English: problems of rows, answers, looks and notes.
func TestReportOfAJournalSpeaks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "october.journal")
	english := said(t, path)
	l, _, err := batch.ReadLedger(journal.Disk{}, path)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := CSV(&b, l); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{english[0], "no whole answer came in time", "the provider holds this ref for another order: amount 600, not 500", "order id5 has another reference, november-9"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("as CSV it does not say %q:\n%s", want, &b)
		}
	}
	for language, want := range map[string][]string{
		"fr": {"700 dinars", "de suite", "parole del fornitore", "so sagte er", "montant"},
		"ar": {"700", "parole del fornitore", "so sagte er", "120"},
	} {
		got := texts(t, l, language)
		for _, text := range want {
			if !strings.Contains(got, text) {
				t.Errorf("%s: %q is not in\n%s", language, text, got)
			}
		}
		for _, text := range english {
			if strings.Contains(got, text) {
				t.Errorf("%s: it says in English %q", language, text)
			}
		}
		for _, text := range []string{"this machine", "another order", "amount 600", "looks paid", "could not be reached", "own fault", "calls a minute", "reference, november"} {
			if strings.Contains(got, text) {
				t.Errorf("%s: it says in English %q", language, text)
			}
		}
	}
}

// A journal that was written before messages had parts is shown as it is.
func TestReportOfAnOldJournal(t *testing.T) {
	l, _, err := batch.ReadLedger(journal.Disk{}, filepath.Join("testdata", "before-parts.journal"))
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range []string{"en", "fr", "ar"} {
		got := texts(t, l, language)
		for _, want := range []string{
			"the plan PREPAID_MOBILIS takes 40 to 3999 dinars: write an amount in between", "amel on office, process 12, flexybatch 1.0",
			"the provider holds this ref for another order: phone 0660000009, not 0660000001", "no whole answer came in time: context deadline exceeded",
			"--pay-again 1: a bonus (amel on office, process 12, flexybatch 1.0)", "too many failures in a row that are not the rows' own fault (20): no whole answer came in time",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is not in\n%s", language, want, got)
			}
		}
	}
}
