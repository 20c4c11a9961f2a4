package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// ledger is a batch with a row in every state, hostile texts among them.
func ledger(t testing.TB) *batch.Ledger {
	t.Helper()
	l := batch.NewLedger()
	n := 0
	tell := func(r batch.Record) {
		n++
		if err := l.Fold(r, time.Date(2026, 10, 1, 9, 0, n, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
	}
	header := []string{"Nom", "Téléphone", "ref", "", "Nom"}
	tell(batch.Record{Batch: &batch.BatchRecord{Name: "october", File: "october.csv", Header: header, Fields: map[string]string{"phone": "Téléphone"},
		Account: batch.Account{Username: "acme", Type: batch.Sandbox, Host: "api"}, Catalogue: batch.Catalogue{{Code: "P", Operator: "Mobilis"}}}})
	refs := []batch.Ref{"unsent", "unknown", "pending", "fulfilled", "refunded", "rejected", "conflict"}
	tell(batch.Record{Row: &batch.RowRecord{Number: 2, Cells: batch.CellsOf("=1+1", "+213", "\x01\x02", strings.Repeat("é", 40_000), "_x000D_"),
		Problems: []batch.Problem{{Code: batch.PhoneFormat, Field: "phone", Column: "Téléphone", Value: "+213", Message: batch.Msg("mend it")}, {Code: batch.AmountMissing, Message: batch.Msg("write one")}}}})
	for i, ref := range refs {
		tell(batch.Record{Row: &batch.RowRecord{Number: i + 3, Ref: ref, Topup: batch.Topup{Phone: batch.Phone(fmt.Sprintf("066000000%d", i)), Plan: "P", Amount: 500}, Cost: 48_050, Cells: batch.CellsOf("@x", "0660000000", "-1", "", "ع")}})
	}
	tell(batch.Record{Sealed: &batch.SealRecord{Rows: 8, Valid: 7}})
	balance := batch.Centimes(1_000_000)
	tell(batch.Record{Note: &batch.NoteRecord{What: batch.NoteStarted, Text: batch.Literal("=cmd"), Balance: &balance}})
	charged := batch.Centimes(48_000)
	for _, ref := range refs[1:] {
		tell(batch.Record{Intent: &batch.IntentRecord{Ref: ref, Attempt: 1}})
		result := map[batch.Ref]string{"unknown": "unknown", "rejected": "refused", "conflict": "duplicate"}[ref]
		if result == "" {
			result = batch.Accepted
		}
		tell(batch.Record{Answer: &batch.AnswerRecord{Ref: ref, Attempt: 1, Result: result, Code: "CODE", Message: batch.Literal("words"), TopupID: "id-" + string(ref)}})
	}
	tell(batch.Record{Look: &batch.LookRecord{Ref: "fulfilled", Found: true, Status: "FULFILLED", TopupID: "id-fulfilled", Charged: &charged}})
	tell(batch.Record{Look: &batch.LookRecord{Ref: "refunded", Found: true, Status: "REFUNDED", TopupID: "id-refunded", Message: "تم", Offers: []batch.Offer{{Name: "Mix", Plan: "M", Amount: 500}}}})
	tell(batch.Record{Look: &batch.LookRecord{Ref: "conflict", Found: true, Status: "FULFILLED", Conflict: batch.Literal("another phone")}})
	after := balance - l.Tally().Charged + l.Tally().Refunded
	tell(batch.Record{Note: &batch.NoteRecord{What: batch.NoteEnded, Balance: &after}})
	return l
}

// open writes a workbook and opens it again.
func open(t *testing.T, l *batch.Ledger, o Options) (*excelize.File, []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := Workbook(&b, l, o); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, b.Bytes()
}

// table is a sheet as a list of rows by column title.
func table(t *testing.T, f *excelize.File, sheet string) []map[string]string {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, title := range rows[0] {
			if i < len(r) {
				m[title] = r[i]
			}
		}
		list = append(list, m)
	}
	return list
}

func TestWorkbookHoldsEveryRow(t *testing.T) {
	f, _ := open(t, ledger(t), Options{Journal: "october.journal", Head: "abc", Lines: 7})
	rows := table(t, f, "Rows")
	if len(rows) != 8 {
		t.Fatalf("%d rows", len(rows))
	}
	states := map[string]int{}
	for _, r := range rows {
		states[r["state"]]++
		if r["state"] != "invalid" && (len(r["phone"]) != 10 || r["phone"][0] != '0') {
			t.Errorf("a phone has lost its zero: %v", r)
		}
	}
	if len(states) != 8 {
		t.Errorf("states %v", states)
	}
	for _, r := range rows {
		if r["state"] == "fulfilled" && (r["charged"] != "480" || r["cost"] != "480.5" || r["provider id"] != "id-fulfilled") {
			t.Errorf("%v", r)
		}
	}
	if rows[0]["Nom"] != "=1+1" {
		t.Errorf("a text did not stay one: %q", rows[0]["Nom"])
	}
	phone, err := f.GetCellType("Rows", "H3")
	if err != nil || phone == excelize.CellTypeNumber || phone == excelize.CellTypeFormula {
		t.Errorf("the phone is of type %v, %v", phone, err)
	}
	todo := table(t, f, "To do")
	if len(todo) != 7 {
		t.Errorf("%d rows to do, want all but the fulfilled", len(todo))
	}
	if !strings.Contains(todo[0]["why"], "phone.format") || !strings.Contains(todo[0]["why"], "amount.missing") || todo[0]["phone"] != "+213" {
		t.Errorf("%v", todo[0])
	}
	refunds := table(t, f, "Refunds")
	if len(refunds) != 1 || refunds[0]["provider's message"] != "تم" || !strings.Contains(refunds[0]["suggested offers"], "Mix") || refunds[0]["amount"] != "500" {
		t.Errorf("%v", refunds)
	}
}

func TestWorkbookIsMadeForPeople(t *testing.T) {
	f, _ := open(t, ledger(t), Options{})
	panes, err := f.GetPanes("Rows")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("the header is not frozen: %+v %v", panes, err)
	}
	tables, err := f.GetTables("Rows")
	if err != nil || len(tables) != 1 {
		t.Errorf("tables %+v %v", tables, err)
	}
	layout, err := f.GetPageLayout("Rows")
	if err != nil || layout.Orientation == nil || *layout.Orientation != "landscape" {
		t.Errorf("page layout %+v %v", layout, err)
	}
	rows, err := f.GetRows("Rows")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, title := range rows[0] {
		if title == "" || seen[strings.ToLower(title)] {
			t.Errorf("the title %q is empty or stands twice in %q", title, rows[0])
		}
		seen[strings.ToLower(title)] = true
	}
	var other string
	summary, err := f.GetRows("Summary", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range summary {
		if len(r) > 1 && r[0] == "other movements" {
			other = r[1]
		}
	}
	if other != "0" {
		t.Errorf("the balance leaves %q unexplained", other)
	}
}

// A sheet that is full goes on in a further one, and nothing is lost.
func TestRowsGoOnInAFurtherSheet(t *testing.T) {
	f, _ := open(t, ledger(t), Options{limit: 4})
	n := 0
	for _, sheet := range []string{"Rows", "Rows 2", "Rows 3"} {
		n += len(table(t, f, sheet))
	}
	if n != 8 {
		t.Errorf("%d rows on three sheets, want 8", n)
	}
}

func TestCSVIsDefused(t *testing.T) {
	var b bytes.Buffer
	if err := CSV(&b, ledger(t)); err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(b.String(), "\ufeff")
	if !marked {
		t.Error("no byte order mark: Excel takes the file for another encoding")
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 9 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, name := range Columns {
		if rows[0][i] != name {
			t.Errorf("column %d is %q, want %q", i, rows[0][i], name)
		}
	}
	for _, r := range rows {
		for _, cell := range r {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("a spreadsheet would run %.40q", cell)
			}
		}
	}
}

// With semicolons amounts have a decimal comma, and nothing else is another.
func TestCSVWithSemicolons(t *testing.T) {
	var usual, french bytes.Buffer
	if err := errors.Join(CSV(&usual, ledger(t)), Delimited(&french, ledger(t), ';')); err != nil {
		t.Fatal(err)
	}
	read := func(b *bytes.Buffer, comma rune) [][]string {
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff")))
		r.Comma = comma
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	want, got := read(&usual, ','), read(&french, ';')
	money := 0
	for y, row := range want {
		for x, cell := range row {
			if name := want[0][x]; y > 0 && (name == "cost" || name == "charged" || name == "refunded") {
				cell = strings.Replace(cell, ".", ",", 1)
				money++
			}
			if got[y][x] != cell {
				t.Errorf("row %d, %s: %.40q, want %.40q", y, want[0][x], got[y][x], cell)
			}
		}
	}
	if len(got) != len(want) || money != 24 {
		t.Errorf("%d rows with %d amounts", len(got), money)
	}
}

func TestJSON(t *testing.T) {
	l := ledger(t)
	var b bytes.Buffer
	if err := JSON(&b, l); err != nil {
		t.Fatal(err)
	}
	var book struct {
		Summary Summary
		Rows    []Row
	}
	if err := json.Unmarshal(b.Bytes(), &book); err != nil {
		t.Fatal(err)
	}
	var charged, refunded batch.Centimes
	for _, r := range book.Rows {
		charged += r.Charged
		refunded += r.Refunded
	}
	if tally := l.Tally(); len(book.Rows) != 8 || charged != tally.Charged || refunded != tally.Refunded || book.Summary.Money.Charged != charged {
		t.Errorf("%d rows, %s charged, %s refunded; the tally is %+v", len(book.Rows), charged, refunded, tally)
	}
	b.Reset()
	if err := NDJSON(&b, l); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %s", line)
		}
	}
	if len(lines) != 8 {
		t.Errorf("%d lines", len(lines))
	}
}

// The names of the summary are the contract's.
func TestSummaryNames(t *testing.T) {
	b, err := json.Marshal(Summarize(ledger(t)))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"batch":"october","file":"october.csv","journal":"","report":"","simulated":false,"rows":{"total":8,"invalid":1,"valid":7,"unsent":1,"unknown":1,"pending":1,"fulfilled":1,"refunded":1,"rejected":1,"conflict":1},"sent_now":0,"money":{"requested":"3500.00","cost":"3363.50","charged":"1441.00","refunded":"480.50"},"duration_s":0,"api_calls":0}`
	if string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
}

func TestCheckShowsWhatToMend(t *testing.T) {
	var b bytes.Buffer
	rows := []batch.Row{
		{Number: 2, Cells: batch.CellsOf("0660000001", "100")},
		{Number: 3, Cells: batch.CellsOf("660000002", "=2"), Remarks: &batch.Remarks{Problems: []batch.Problem{{Code: batch.PhoneFormat, Column: "phone", Value: "660000002", Message: batch.Msg("write %s", "0660000002")}}}},
	}
	c := Check{File: "october.csv", Header: []string{"phone", "amount"}, Rows: rows, Totals: batch.Totals{Rows: 2, Valid: 1, Invalid: 1},
		Warnings: []batch.Warning{{Row: 2, Code: batch.PhoneAgain, Message: batch.Literal("again")}}}
	if err := c.Workbook(&b); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got := table(t, f, "Check")
	if len(got) != 2 || !strings.Contains(got[0][CheckColumn], "row 2: warning: phone.again") || !strings.Contains(got[1][CheckColumn], "write 0660000002") || got[1]["amount"] != "=2" {
		t.Errorf("%v", got)
	}
	good, err := f.GetCellStyle("Check", "C2")
	bad, err2 := f.GetCellStyle("Check", "C3")
	if err != nil || err2 != nil || good == bad {
		t.Errorf("the broken cell looks like any other: %d %d %v %v", good, bad, err, err2)
	}
	summary, err := f.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	if s := fmt.Sprint(summary); !strings.Contains(s, "[invalid rows 1]") || !strings.Contains(s, " 1 phone.format ") || !strings.Contains(s, "[rows with a warning 1]") {
		t.Errorf("the summary is %v", summary)
	}
	if list := f.GetSheetList(); list[0] != "Check" {
		t.Errorf("the sheets are %v", list)
	}
	b.Reset()
	if err := c.CSV(&b); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff"))).ReadAll()
	if err != nil || len(lines) != 3 || lines[0][0] != CheckColumn || !strings.Contains(lines[2][0], "write 0660000002") || lines[2][2] != "'=2" {
		t.Errorf("as CSV it is %q, %v", lines, err)
	}
	b.Reset()
	if err := c.JSON(&b); err != nil {
		t.Fatal(err)
	}
	if s := b.String(); !strings.Contains(s, `"rows":{"total":2,"valid":1,"invalid":1}`) || !strings.Contains(s, `"warnings":[{"row":2,"code":"phone.again","message":"again"}]`) {
		t.Errorf("as JSON it is %s", s)
	}
	if want, err := json.Marshal(c.Validation()); err != nil || b.String() != string(want)+"\n" {
		t.Errorf("as JSON it is %s, and a Validation is %s, %v", &b, want, err)
	}
	b.Reset()
	if err := (&Check{File: "none.csv"}).JSON(&b); err != nil || !strings.HasSuffix(b.String(), `"problems":[],"warnings":[],"found":{"hidden":0,"struck":0,"totals":[],"headers":[],"remarks":[],"repaired":{"count":0,"examples":[]},"unused":[]}}`+"\n") {
		t.Errorf("where nothing is wrong it is %s, %v", &b, err)
	}
}

func BenchmarkWorkbook(b *testing.B) {
	l := batch.NewLedger()
	const rows = 100_000
	records := []batch.Record{{Batch: &batch.BatchRecord{Name: "big", Header: []string{"Nom", "Téléphone", "Montant"}}}}
	for i := range rows {
		records = append(records, batch.Record{Row: &batch.RowRecord{Number: i + 2, Ref: batch.Ref(fmt.Sprintf("big-%020d", i)),
			Topup: batch.Topup{Phone: "0660000001", Plan: "PREPAID_MOBILIS", Amount: 500}, Cost: 48_000, Cells: batch.CellsOf("Agent", "0660000001", "500")}})
	}
	records = append(records, batch.Record{Sealed: &batch.SealRecord{Rows: rows, Valid: rows}})
	for i := range rows {
		ref, id := batch.Ref(fmt.Sprintf("big-%020d", i)), fmt.Sprintf("%024x", i)
		records = append(records, batch.Record{Intent: &batch.IntentRecord{Ref: ref, Attempt: 1}},
			batch.Record{Answer: &batch.AnswerRecord{Ref: ref, Attempt: 1, Result: batch.Accepted, TopupID: id}},
			batch.Record{Look: &batch.LookRecord{Ref: ref, By: "list", Found: true, Status: "FULFILLED", TopupID: id}})
	}
	for _, r := range records {
		if err := l.Fold(r, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
	for _, c := range []struct {
		name  string
		from  Books
		words *lang.Printer
	}{{"English", l, nil}, {"French", l, speak(b, "fr")}, {"redacted", Redact(l, noPhone), nil}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := Workbook(io.Discard, c.from, Options{Words: c.words}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	// What the workbook may cost at most 0.8 times of: its largest sheet, by
	// excelize's stream writer and nothing else.
	b.Run("excelize alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := rowsAlone(io.Discard, l); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// rowsAlone writes the cells of the sheet Rows as excelize's own examples do.
func rowsAlone(w io.Writer, l *batch.Ledger) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	style, err := f.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{Vertical: "top"}})
	if err != nil {
		return err
	}
	stream, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	n := 1
	l.Each(func(s *batch.RowStatus) bool {
		n++
		row := make([]any, 0, 19)
		for _, text := range s.Cells.All() {
			row = append(row, excelize.Cell{StyleID: style, Value: text})
		}
		for _, v := range []any{s.Number, string(s.Ref), string(s.Topup.Phone), s.Topup.Plan, int(s.Topup.Amount), float64(s.Cost) / 100, s.State.String(), s.TopupID,
			float64(s.Charged) / 100, float64(s.Refunded) / 100, "", "", s.Sent(), s.Settled(), s.Attempts, ""} {
			row = append(row, excelize.Cell{StyleID: style, Value: v})
		}
		cell, e := excelize.CoordinatesToCellName(1, n)
		err = errors.Join(e, stream.SetRow(cell, row))
		return err == nil
	})
	if err = errors.Join(err, stream.Flush()); err != nil {
		return err
	}
	return f.Write(w)
}

// BenchmarkMessages says what is wrong with a row: in a file whose phones have all
// lost their zero, every row has a message.
func BenchmarkMessages(b *testing.B) {
	unknown := &batch.RowStatus{State: batch.Unknown, Evidence: &batch.Evidence{Message: batch.Msg("no whole answer came in time")}}
	refunded := &batch.RowStatus{State: batch.Refunded, Evidence: &batch.Evidence{Code: "REFUNDED", Message: batch.Literal("the operator's own words")}}
	invalid := &batch.RowStatus{State: batch.Invalid}
	n := 0
	for _, language := range []string{"en", "fr", "ar"} {
		v := voice{Printer: speak(b, language)}
		b.Run(language, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n++
				invalid.Remarks = &batch.Remarks{Problems: []batch.Problem{{Code: batch.AmountCap, Field: "amount", Column: "Montant", Value: "5000",
					Message: batch.Msg("with it, %s would get %d dinars in this batch, above the %d that --max-per-phone allows", batch.Phone("0660000001"), batch.Dinars(n), batch.Dinars(2000))}}}
				for _, s := range []*batch.RowStatus{unknown, refunded, invalid} {
					_, _, _ = v.why(s), v.providersWords(s), v.notes(s)
				}
			}
		})
	}
}
