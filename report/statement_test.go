package report

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/batch/reconcile"
	"flexybatch/batch/reconcile/reconciletest"
)

// workbookOf is an XLSX file with these cells.
func workbookOf(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
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
		{"XLSX", workbookOf(t, []any{"Relevé"}, []any{"id", "Commande", "Montant", "Type", "Date"}, []any{"a", "o1", 480.5, "FLEXY", "2026-10-31"}, []any{}, []any{"b", "o2", "7,5", "ADSL", 46326.5}),
			[]string{"a FLEXY -480.50 obj=o1 ref= 2026-10-31 00:00:00", "b ADSL -7.50 obj=o2 ref= 2026-10-31 12:00:00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			st, err := ReadStatement(c.file)
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
	whole := workbookOf(t, []any{"ref", "amount", "type"}, []any{"r1", 480, "FLEXY"})
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"no amount":           {[]byte("ref,nom\nr1,x\n"), `["ref" "nom"]`},
		"no order":            {[]byte("amount,nom\n1,x\n"), "names the order"},
		"empty":               {nil, "needs a column"},
		"two columns":         {[]byte("ref,amount,Montant\n"), `"amount" and "Montant"`},
		"not a figure":        {[]byte("ref,amount,type\nr1,abc,FLEXY\n"), "row 2"},
		"no figure":           {[]byte("ref,amount,type\nr1,,FLEXY\n"), "row 2 names a transaction and no amount"},
		"which way":           {[]byte("ref,amount\nr1,480\n"), "taken or brought"},
		"a doubtful comma":    {[]byte("ref;amount;type\nr1;101,235;FLEXY\n"), "101,235"},
		"two kinds of commas": {[]byte("ref;amount;type\nr1;101,2;FLEXY\nr2;1,234.5;FLEXY\n"), "row 3"},
		"a date":              {[]byte("ref,amount,type,date\nr1,1,FLEXY,yesterday\n"), "yesterday"},
		"a quote":             {[]byte("ref,amount,type\n\"r1,1,FLEXY\n"), "line"},
		"cut short":           {whole[:len(whole)-40], "not a whole workbook"},
		"damaged":             {bytes.Replace(whole, []byte("\x50\x4b\x03\x04"), []byte("\x50\x4b\x03\x05"), 1), ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadStatement(c.file)
			if !errors.Is(err, ErrStatement) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
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
	st, err := ReadStatement(out.Bytes())
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
	f.Add(workbookOf(f, []any{"ref", "amount", "type", "date"}, []any{"r1", 480, "FLEXY", 46326.5}))
	l := reconciletest.New(f).Ledger
	f.Fuzz(func(t *testing.T, b []byte) {
		st, err := ReadStatement(b)
		if err != nil {
			if !errors.Is(err, ErrStatement) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
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
