package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// noPhone knows no title of a column.
func noPhone(string) bool { return false }

func TestRedact(t *testing.T) {
	l := batch.NewLedger()
	for i, r := range []batch.Record{
		{Batch: &batch.BatchRecord{Name: "october", Header: []string{"Téléphone"}, Fields: map[string]string{"phone": "Téléphone"}}},
		{Row: &batch.RowRecord{Number: 2, Ref: "a", Topup: batch.Topup{Phone: "0550123012", Plan: "P", Amount: 100}, Cells: batch.CellsOf("0550123012")}},
		{Row: &batch.RowRecord{Number: 3, Cells: batch.CellsOf("+213 661 23 45 67"), Problems: []batch.Problem{{Code: batch.PhoneFormat, Field: "phone"}}}},
		{Sealed: &batch.SealRecord{Rows: 2}},
	} {
		if err := l.Fold(r, time.Now()); err != nil {
			t.Fatal(i, err)
		}
	}
	m := Redact(l, noPhone).(*redacted)
	for _, c := range []struct{ in, want string }{
		{"0550123012", "0550•••012"},
		{"550123012", "550•••012"},
		{"call 0550123012, or 0550123012.", "call 0550•••012, or 0550•••012."},
		{"05 50 12 30 12", "05 50 •• •0 12"},
		{"+213 (0)550-12.30/12", "+213 (0)550-••.•0/12"},
		{"00213550123012", "00213550•••012"},
		{"tel0550123012x", "tel0550•••012x"},
		{"\u200e٠٥٥٠١٢٣٠١٢", "\u200e٠٥٥٠•••٠١٢"},
		{"０５５０１２３０１２", "０５５０•••０１２"},
		{"⁰⁵⁵⁰¹²³⁰¹²", "⁰⁵⁵⁰•••⁰¹²"},
		{"5.50123012E+08", "5.50•••012E+08"},
		{"550123012.0", "550•••012.0"},
		{"0,550,123,012", "0,550,•••,012"},
		{"id-0550123012-661234567", "id-0550•••012-661•••567"},
		{"05501230123", "0550•••0123"},     // one digit too many, and still this phone
		{"0661 234 567", "0661 ••• 567"},   // of the batch: the column of the phones has it
		{"0770987654", "0770987654"},       // a phone, and not one of the batch
		{"+213770987654", "+213770987654"}, //
		{"770987654", "770987654"},         //
		{"2026-10-01T09:00:00Z", "2026-10-01T09:00:00Z"},
		{"2026-07-23 09:00:00", "2026-07-23 09:00:00"},
		{"1,655,000.00 DA", "1,655,000.00 DA"},
		{"október 0 12:05:50 12 30 12", "október 0 12:05:50 12 30 12"}, // a time parts what stands around it
		{"", ""},
	} {
		if got := m.text(c.in); got != c.want {
			t.Errorf("%q becomes %q, want %q", c.in, got, c.want)
		}
	}
	for _, c := range []struct{ in, want string }{ // in the column of the phones
		{"0550123012", "0550•••012"},
		{"770987654", "770•••654"},
		{"07709876541", "0770••••541"},
		{"0770-98-76", "••••-••-••"},
		{"7.7E+08", "•.•E+••"},
		{"770987654 / 660111222", "7709••••• / ••••••222"},
		{"Amel", "Amel"},
		{"", ""},
	} {
		if got := m.phone(c.in); got != c.want {
			t.Errorf("in its column %q becomes %q, want %q", c.in, got, c.want)
		}
	}
	for _, c := range []struct{ in, want string }{ // the provider's numbers
		{"0550123012", "0550•••012"}, {"65501230120abcdef", "65501230120abcdef"}, {"FLX-0550123012", "FLX-0550•••012"},
		{"FLX_550123012/2", "FLX_550•••012/2"}, {"FLX-0770987654", "FLX-0770987654"}, {"é0550123012", "é0550123012"}, {"-", "-"}, {"", ""},
	} {
		if got := m.id(c.in); got != c.want {
			t.Errorf("as the provider's number %q becomes %q, want %q", c.in, got, c.want)
		}
	}
}

// spellings are the ways in which a phone is written, its nine digits given.
var spellings = []string{
	"0%s", "%s", "+213%s", "00213%s", "+213 (0) %s", "'0%s", "tel.0%s", "x=0%s;", "5%s", "0%s0",
}

// scattered is a batch whose phones stand in every place that a report has, in
// many spellings. It returns the nine digits of each.
func scattered(t testing.TB) (l *batch.Ledger, cores []string) {
	t.Helper()
	l = batch.NewLedger()
	n := 0
	tell := func(r batch.Record) {
		t.Helper()
		n++
		if err := l.Fold(r, time.Date(2026, 10, 1, 9, 0, n, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
	}
	const rows = 40
	core := func(i int) string { return fmt.Sprintf("%d%08d", 5+i%3, 12_345_678+i*1_010_101) }
	spaced := func(s string) string {
		return s[:3] + " " + s[3:5] + "\u00a0" + s[5:7] + "." + s[7:]
	}
	arabic := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return '٠' + r - '0'
			}
			return r
		}, s)
	}
	spell := func(i, how int) string {
		s := core(i)
		switch how / len(spellings) % 3 {
		case 1:
			s = spaced(s)
		case 2:
			s = arabic(s)
		}
		return fmt.Sprintf(spellings[how%len(spellings)], s)
	}
	tell(batch.Record{Batch: &batch.BatchRecord{
		Name: "october", File: "liste " + spell(0, 0) + ".csv", Sheet: "de " + spell(1, 2), SHA256: strings.Repeat("ab", 32),
		Header: []string{"Téléphone", "autre", "Nom de " + spell(2, 0)}, Fields: map[string]string{"phone": "Téléphone"},
		Account: batch.Account{Username: spell(3, 0), Type: batch.Sandbox, Host: "api"},
	}})
	refs := func(i int) batch.Ref {
		return batch.Ref(fmt.Sprintf("october-%s", strings.Repeat(string(rune('a'+i%26)), 18)+string(rune('a'+i/26))))
	}
	for i := range rows {
		cores = append(cores, core(i))
		phone := spell(i, 0)
		if i%4 == 3 {
			phone = spell(i, 1+i%5)
		}
		row := batch.RowRecord{Number: i + 2, Cells: batch.CellsOf(phone, spell(i, i), "de "+spell(i, i+7)), Written: spell(i, 3*i)}
		if i%4 == 3 {
			row.Problems = []batch.Problem{
				{Code: batch.PhoneFormat, Field: "phone", Column: "Téléphone", Value: phone, Message: batch.Literal("write 0" + core(i))},
				{Code: batch.AmountCap, Message: batch.Msg("with it, 0%s would get 900 dinars in this batch, above the 700 that --max-per-phone allows", core(i))},
				{Code: batch.DuplicateID, Field: "id", Column: "autre", Value: spell(i, 12), Message: batch.Msg("it is that of %s", spell(i, 22))},
			}
		} else {
			row.Ref, row.Topup = refs(i), batch.Topup{Phone: batch.Phone("0" + core(i)), Plan: "P", Amount: 100, ID: spell(i, 2)}
		}
		tell(batch.Record{Row: &row})
	}
	tell(batch.Record{Sealed: &batch.SealRecord{Rows: rows}})
	for i := range rows {
		if i%4 == 3 {
			continue
		}
		ref := refs(i)
		tell(batch.Record{Intent: &batch.IntentRecord{Ref: ref, Attempt: 1}})
		switch i % 4 {
		case 0:
			tell(batch.Record{Answer: &batch.AnswerRecord{Ref: ref, Attempt: 1, Result: batch.Accepted, TopupID: "FLX-0" + core(i), RequestID: "req 0" + core(i)}})
			tell(batch.Record{Look: &batch.LookRecord{Ref: ref, By: "id", Found: true, Status: "REFUNDED", TopupID: "FLX-0" + core(i), Message: "no such line " + spell(i, i),
				Offers: []batch.Offer{{Name: "for " + spell(i, 0), Plan: spell(i, 1), Amount: 100}}, RequestID: "req 0" + core(i)}})
			tell(batch.Record{Look: &batch.LookRecord{Ref: ref, By: "id", Found: true, Status: spell(i, 0)}}) // a fact
		case 1:
			tell(batch.Record{Answer: &batch.AnswerRecord{Ref: ref, Attempt: 1, Result: "refused", Code: "ERR", Message: batch.Literal("bad phone " + spell(i, i+3)), RequestID: "0" + core(i)}})
		case 2:
			tell(batch.Record{Answer: &batch.AnswerRecord{Ref: ref, Attempt: 1, Result: "duplicate"}})
			tell(batch.Record{Look: &batch.LookRecord{Ref: ref, By: "ref", Found: true, Status: "FULFILLED", Conflict: batch.Literal("phone " + spell(i+rows, 0) + " instead of 0" + core(i))}})
		}
	}
	tell(batch.Record{Note: &batch.NoteRecord{What: batch.NoteStarted, Text: batch.Literal(spell(5, 0) + " on " + spell(6, 0))}})
	tell(batch.Record{Note: &batch.NoteRecord{What: batch.NoteCut, Text: batch.Literal("kept in liste " + spell(7, 4))}})
	return l, cores
}

// digitsOnly is what a reader sees of a text who looks for digits alone.
func digitsOnly(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9' || r == '\n' || r == '•':
			return r
		case unicode.Is(unicode.Nd, r):
			return '0' + (r-'٠')%10
		}
		return -1
	}, s)
}

// No phone of the batch stands in a report for wider circulation, however it was
// written and wherever: not in any part of the workbook, not in the exports.
func TestNoPhoneIsLeft(t *testing.T) {
	l, cores := scattered(t)
	find := func(name, text string) (found int) {
		digits := digitsOnly(text)
		for _, core := range cores {
			if strings.Contains(digits, core) {
				found++
				if found == 1 {
					at := strings.Index(digits, core)
					t.Logf("%s: %s in …%s…", name, core, digits[max(0, at-20):min(len(digits), at+30)])
				}
			}
		}
		return found
	}
	exports := map[string]func(io.Writer, Books) error{"csv": CSV, "json": JSON, "ndjson": NDJSON}
	for _, language := range lang.Languages {
		exports["workbook "+language] = func(w io.Writer, from Books) error {
			return Workbook(w, from, Options{Words: speak(t, language), Journal: "october.journal", Head: "0f", Lines: 9})
		}
	}
	for name, export := range exports {
		var open, closed bytes.Buffer
		if err := export(&open, l); err != nil {
			t.Fatal(err)
		}
		if err := export(&closed, Redact(l, noPhone)); err != nil {
			t.Fatal(err)
		}
		texts := func(b []byte) map[string]string {
			if !strings.HasPrefix(name, "workbook") {
				return map[string]string{name: string(b)}
			}
			all := map[string]string{}
			for part, content := range unpack(t, b).content {
				text := strings.NewReplacer("><", ">\n<", "&#xA;", "\n").Replace(string(content)) // each cell by itself
				all[part] = text
			}
			return all
		}
		seen, left, masks := 0, 0, 0
		for part, text := range texts(open.Bytes()) {
			seen += find(part, text)
		}
		for part, text := range texts(closed.Bytes()) {
			if n := find(part, text); n > 0 {
				left += n
				t.Errorf("%s: %s still shows %d phones", name, part, n)
			}
			masks += strings.Count(text, "•")
		}
		if seen < len(cores) || masks < 3*len(cores) {
			t.Errorf("%s: %d phones are seen when nothing is hidden, and %d digits are hidden: the test looks at nothing", name, seen, masks)
		}
		if !bytes.Contains(closed.Bytes(), []byte("october-")) && !strings.HasPrefix(name, "workbook") {
			t.Errorf("%s: the references are gone", name)
		}
	}
	l.Each(func(s *batch.RowStatus) bool { // the books themselves are as they were
		if s.State != batch.Invalid && strings.Contains(string(s.Topup.Phone), "•") {
			t.Error("the books were changed")
		}
		return true
	})
}

func FuzzRedact(f *testing.F) {
	l, cores := scattered(f)
	m := Redact(l, noPhone).(*redacted)
	for i, core := range cores {
		f.Add(fmt.Sprintf("x %s y", fmt.Sprintf(spellings[i%len(spellings)], core)))
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := m.text(s)
		if again := m.text(once); again != once {
			t.Errorf("%q becomes %q, and that %q", s, once, again)
		}
		m.phone(s)
		m.id(s)
	})
}

// What stands in a column of phones is redacted, whoever's it is: in the one that
// the batch was paid by, though it has no title, and in those that are phones' by
// their titles.
func TestRedactColumnsOfPhones(t *testing.T) {
	for _, c := range []struct {
		header []string
		field  string
		want   []string
	}{
		{[]string{"Nom", "Mobile", "GSM", "Remarque"}, "Mobile", []string{"0770 98 76 54", "0550•••012", "0771•••554", "0772987654"}},
		{[]string{"Nom", "", "GSM", "Remarque"}, "B", []string{"0770 98 76 54", "0550•••012", "0771•••554", "0772987654"}},
		{[]string{"B", "", "GSM", ""}, "B", []string{"0770 •• •6 54", "0550•••012", "0771•••554", "0772987654"}}, // two columns fit the name
		{[]string{"Nom", "Mobile", "autre", "Remarque"}, "Mobile", []string{"0770 98 76 54", "0550•••012", "0771987554", "0772987654"}},
	} {
		l := batch.NewLedger()
		for i, r := range []batch.Record{
			{Batch: &batch.BatchRecord{Name: "october", Header: c.header, Fields: map[string]string{"phone": c.field}}},
			{Row: &batch.RowRecord{Number: 2, Ref: "a", Topup: batch.Topup{Phone: "0550123012", Plan: "P", Amount: 100}, Cells: batch.CellsOf("0770 98 76 54", "0550123012", "0771987554", "0772987654")}},
			{Sealed: &batch.SealRecord{Rows: 1}},
		} {
			if err := l.Fold(r, time.Now()); err != nil {
				t.Fatal(i, err)
			}
		}
		Redact(l, func(title string) bool { return title == "GSM" }).Each(func(s *batch.RowStatus) bool {
			if d := cmp.Diff(c.want, s.Cells.List()); d != "" {
				t.Errorf("%q, %s: %s", c.header, c.field, d)
			}
			return true
		})
	}
}
