package ingest

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/batch/reconcile"
	"flexybatch/batch/reconcile/reconciletest"
)

// cells is an XLSX file with these cells.
func cells(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	return workbookOf(t, func(f *excelize.File) { set(t, f, "Sheet1", rows...) })
}

// statementOf reads content as a statement's file.
func statementOf(t testing.TB, content []byte) (reconcile.Statement, error) {
	t.Helper()
	st, err := ReadStatement(context.Background(), file(t, "statement", content))
	whollySaid(t, nil, err)
	return st, err
}

// short tells movements on a line each: what matters of them.
func short(list []reconcile.Movement) []string {
	var lines []string
	for i := range list {
		v := &list[i]
		amount, _ := v.Signed()
		s := fmt.Sprintf("%s %s %s obj=%s ref=%s", v.ID, v.Type, amount, v.Object, v.Ref)
		if v.Before != nil && v.After != nil {
			s += fmt.Sprintf(" %s>%s", v.Before, v.After)
		}
		if !v.Time.IsZero() {
			s += v.Time.Local().Format(" 2006-01-02 15:04:05")
		}
		lines = append(lines, s)
	}
	return lines
}

func TestReadStatement(t *testing.T) {
	at := time.Date(2026, 10, 31, 9, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		file []byte
		want []string
	}{
		{"the API's own names, newest first", []byte("_id,type,operation,amount,oldBalance,newBalance,objid,note,time\n" +
			"b,REFUND-FLEXY,+,480,520,1000,o1,,2026-10-31T09:30:15Z\na,FLEXY,-,480,1000,520,o1,,2026-10-31T09:30:00Z\n"),
			[]string{"a FLEXY -480.00 obj=o1 ref= 1000.00>520.00" + at.Local().Format(" 2006-01-02 15:04:05"),
				"b REFUND-FLEXY 480.00 obj=o1 ref= 520.00>1000.00" + at.Add(15*time.Second).Local().Format(" 2006-01-02 15:04:05")}},
		{"French, as Excel writes it, below titles", []byte("\ufeffRelevé du compte\n\nDate;Type;Montant;Solde avant;Solde après;Référence\n" +
			"31/10/2026 09:30;FLEXY;-100,2425 DA;1 000,00;899,7575;r1\n31/10/2026 09:31;DEPOSIT;1\u202f500,00;899,7575;2 399,7575;\n;;;;;\n"),
			[]string{" FLEXY -100.24 obj= ref=r1 1000.00>899.76 2026-10-31 09:30:00", " DEPOSIT 1500.00 obj= ref= 899.76>2399.76 2026-10-31 09:31:00"}},
		{"Windows-1252", []byte("r\xe9f\xe9rence\tmontant\tsens\nr1\t480\td\xe9bit\nr2\t5\tCr\xe9dit\n"), []string{"  -480.00 obj= ref=r1", "  5.00 obj= ref=r2"}},
		{"commas for thousands", []byte("ref|amount|type\nr1|1,234.50|FLEXY\nr2|1,234|FLEXY\n"), []string{" FLEXY -1234.50 obj= ref=r1", " FLEXY -1234.00 obj= ref=r2"}},
		{"a point is a decimal point", []byte("ref,amount,type\nr1,101.235,FLEXY\n"), []string{" FLEXY -101.24 obj= ref=r1"}},
		{"XLSX", cells(t, []any{"Relevé"}, []any{"id", "Commande", "Montant", "Type", "Date"}, []any{"a", "o1", 480.5, "FLEXY", "2026-10-31"}, []any{}, []any{"b", "o2", "7,5", "ADSL", 46326.5}),
			[]string{"a FLEXY -480.50 obj=o1 ref= 2026-10-31 00:00:00", "b ADSL -7.50 obj=o2 ref= 2026-10-31 12:00:00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			st, err := statementOf(t, c.file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, short(st.Movements)); d != "" {
				t.Error(d)
			}
			if st.Listed {
				t.Error("an export lists no top-ups")
			}
		})
	}
}

func TestBadStatement(t *testing.T) {
	whole := cells(t, []any{"ref", "amount", "type"}, []any{"r1", 480, "FLEXY"})
	for name, c := range map[string]struct {
		file   []byte
		reason error
		words  []string
	}{
		"no amount":              {[]byte("ref,nom\nr1,x\n"), ErrColumns, []string{`"ref", "nom"`}},
		"no order":               {[]byte("amount,nom\n1,x\n"), ErrColumns, []string{"names the order"}},
		"nothing":                {nil, ErrEmpty, []string{"is empty"}},
		"no rows":                {[]byte("\n\n"), ErrEmpty, []string{"no rows"}},
		"two columns":            {[]byte("ref,amount,Montant\n"), ErrColumns, []string{"row 1", `"amount" and "Montant"`}},
		"not a figure":           {[]byte("ref,amount,type\nr1,abc,FLEXY\n"), ErrStatement, []string{"row 2", `column "amount"`, "abc"}},
		"figures ill grouped":    {[]byte("ref;amount;type\nr1;1 00,5;FLEXY\n"), ErrStatement, []string{"row 2", "1 00,5"}},
		"no figure":              {[]byte("ref,amount,type\nr1,,FLEXY\n"), ErrStatement, []string{"row 2", "names a transaction and no amount"}},
		"which way":              {[]byte("ref,amount\nr1,480\n"), ErrStatement, []string{"taken or brought"}},
		"a doubtful comma":       {[]byte("ref;amount;type\nr1;101,235;FLEXY\n"), ErrStatement, []string{"101,235"}},
		"two kinds of commas":    {[]byte("ref;amount;type\nr1;101,2;FLEXY\nr2;1,234.5;FLEXY\n"), ErrStatement, []string{"row 3"}},
		"two decimal separators": {[]byte("ref;amount;type\nr1;101,2;FLEXY\nr2;101.2;FLEXY\n"), ErrStatement, []string{"row 3", "','"}},
		"two signs":              {[]byte("ref;amount;type\nr1;-(5);FLEXY\n"), ErrStatement, []string{"row 2", "-(5)"}},
		"a date":                 {[]byte("ref,amount,type,date\nr1,1,FLEXY,yesterday\n"), ErrStatement, []string{"yesterday"}},
		"the month first":        {[]byte("ref,amount,type,date\nr1,1,FLEXY,11/29/2026\n"), ErrStatement, []string{"11/29/2026"}},
		"two separators":         {[]byte("ref,amount,type,date\nr1,1,FLEXY,29-11/2026\n"), ErrStatement, []string{"29-11/2026"}},
		"a quote never closed":   {[]byte("ref,amount,type\n\"r1,1,FLEXY\n"), ErrDamaged, []string{"row 2", "opened here and never closed"}},
		"a stray quote":          {[]byte("ref,amount,type\nr1,1,FLE\"XY\n"), ErrDamaged, []string{"row 2", "stands inside a text"}},
		"quotes that swallow":    {[]byte("ref,amount,type\n\"r1,1,FLEXY\nr2,1,FLEXY\nr3\",1,FLEXY\n"), ErrDamaged, []string{"row 2", "swallows the 2 lines below it"}},
		"a line cut short":       {[]byte("ref,amount,type,date\nr1,-1,FLEXY,2026-11-29\nr2,-1\n"), ErrDamaged, []string{"row 3", "2 columns", "has 4"}},
		"a delimiter too many":   {[]byte("ref,amount,type\nr1,-1,234.50,FLEXY\n"), ErrDamaged, []string{"row 2", "4 columns", "has 3"}},
		"half a character":       {[]byte("\xff\xfer\x00e\x00f"), ErrDamaged, []string{"middle of a character"}},
		"NUL bytes":              {[]byte("ref,amount,type\nr1,1,FLEXY\n\x00\x00"), ErrDamaged, []string{"NUL"}},
		"a PDF":                  {[]byte("%PDF-1.7"), ErrKind, []string{"PDF"}},
		"a web page":             {[]byte("<html><table></table></html>"), ErrKind, []string{"web page"}},
		"cut short":              {whole[:len(whole)-40], ErrDamaged, []string{"cut short"}},
		"a shown percentage":     {percentage(t), ErrStatement, []string{`"Sheet1"`, "row 2", "another number"}},
		"two sheets":             {twoSheets(t), ErrSheets, []string{`"Sheet1", "Sheet2"`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := statementOf(t, c.file)
			wantError(t, err, c.reason, append(c.words, "statement")...)
		})
	}
	first := bytes.Replace(whole, []byte("\x50\x4b\x03\x04"), []byte("\x50\x4b\x03\x05"), 1)
	if _, err := statementOf(t, first); err == nil {
		t.Error("a workbook with another beginning is read")
	}
}

// percentage is a statement whose amount the sheet shows as a percentage.
func percentage(t *testing.T) []byte {
	return workbookOf(t, func(f *excelize.File) {
		set(t, f, "Sheet1", []any{"ref", "amount", "type"}, []any{"r1", 4.8, "FLEXY"})
		style, err := f.NewStyle(&excelize.Style{NumFmt: 9})
		if err == nil {
			err = f.SetCellStyle("Sheet1", "B2", "B2", style)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
}

// twoSheets is a workbook with two statements.
func twoSheets(t *testing.T) []byte {
	return workbookOf(t, func(f *excelize.File) {
		if _, err := f.NewSheet("Sheet2"); err != nil {
			t.Fatal(err)
		}
		for _, sheet := range []string{"Sheet1", "Sheet2"} {
			set(t, f, sheet, []any{"ref", "amount", "type"}, []any{"r1", 480, "FLEXY"})
		}
	})
}

// Whatever is written as a statement is read as the same statement.
func TestStatementRoundTrip(t *testing.T) {
	b := reconciletest.New(t)
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Write([]string{"id", "type", "amount", "oldBalance", "newBalance", "objid", "time"})
	for _, v := range b.Statement.Movements {
		w.Write([]string{v.ID, v.Type, v.Amount.String(), v.Before.String(), v.After.String(), v.Object, v.Time.Format(time.RFC3339)})
	}
	w.Flush()
	st, err := statementOf(t, out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if r := reconcile.Compare(b.Ledger, st); !r.Agrees {
		t.Errorf("%+v", r.Differences)
	}
}

func FuzzReadStatement(f *testing.F) {
	f.Add([]byte("id,type,amount,oldBalance,newBalance,objid,time\na,FLEXY,480,1000,520,o,2026-10-31T09:30:00Z\n"))
	f.Add([]byte("ref;montant;solde avant;solde après\nr;-1 234,50 DA;2,0;3,0\n"))
	f.Add([]byte("\xff\xferef"))
	f.Add(cells(f, []any{"ref", "amount", "type", "date"}, []any{"r1", 480, "FLEXY", 46326.5}))
	l := reconciletest.New(f).Ledger
	f.Fuzz(func(t *testing.T, b []byte) {
		movements, err := readStatement(t.Context(), string(b), small)
		if err != nil {
			if _, told := errors.AsType[*FileError](err); !told {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		st := reconcile.Statement{Movements: movements}
		var moved batch.Centimes
		for i := range st.Movements {
			amount, ok := st.Movements[i].Signed()
			if !ok {
				t.Errorf("read, and nobody knows which way it went: %+v", st.Movements[i])
			}
			moved += amount
		}
		if r := reconcile.Compare(l, st); r.Agrees && len(st.Movements) == 0 {
			t.Error("a statement without a transaction agrees with a batch that was charged")
		}
	})
}
