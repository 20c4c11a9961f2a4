package ingest

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"flexybatch/batch/reconcile"
)

// wholeOr holds a damaged statement against the whole one: it is an error about the
// file, or the beginning of the same statement, up to where a line ends.
func wholeOr(t *testing.T, what string, whole []reconcile.Movement, st reconcile.Statement, err error) (read bool) {
	t.Helper()
	if err != nil {
		if _, told := errors.AsType[*FileError](err); !told {
			t.Errorf("%s: %v is no *FileError", what, err)
		}
		return false
	}
	if n := len(st.Movements); n > len(whole) {
		t.Errorf("%s: %d transactions", what, n)
	} else if d := cmp.Diff(whole[:n], st.Movements); d != "" && n > 0 {
		t.Errorf("%s: another statement\n%s", what, d)
	}
	return true
}

// A CSV statement that is cut within a line is an error. Between two lines nobody
// can tell.
func TestStatementCutCSV(t *testing.T) {
	var b strings.Builder
	b.WriteString(`"id","objid","date","amount"` + "\n")
	for i := range 5 {
		fmt.Fprintf(&b, `"t%d","o, ""%d""","2026-11-29 09:0%d","-48%d.25"`+"\n", i, i, i, i)
	}
	content := b.String()
	whole, err := statementOf(t, []byte(content))
	if err != nil || len(whole.Movements) != 5 {
		t.Fatalf("%d transactions, %v", len(whole.Movements), err)
	}
	for n := range len(content) {
		st, err := statementOf(t, []byte(content[:n]))
		between := content[n] == '\n' || n > 0 && content[n-1] == '\n'
		if read := wholeOr(t, fmt.Sprintf("cut at byte %d", n), whole.Movements, st, err); read != (between && n > 0) {
			t.Errorf("cut at byte %d, behind %q: read %v, %v", n, content[max(0, n-20):n], read, err)
		}
	}
}

// statementXML is a sheet with a statement in it.
func statementXML() string {
	const text = `<c t="str"><v>%s</v></c>`
	row := func(cells ...string) string {
		var b strings.Builder
		for _, c := range cells {
			fmt.Fprintf(&b, text, c)
		}
		return "<row>" + b.String() + "</row>"
	}
	rows := row("ref", "amount", "type")
	for i := range 20 {
		rows += row(fmt.Sprint("r", i), fmt.Sprint(480+i), "FLEXY")
	}
	return `<worksheet xmlns="` + mainNamespace + `"><sheetData>` + rows + `</sheetData></worksheet>`
}

// A sheet whose XML breaks off is an error, wherever it does.
func TestStatementCutSheet(t *testing.T) {
	whole := statementXML()
	st, err := statementOf(t, rawBook(t, whole))
	if err != nil || len(st.Movements) != 20 {
		t.Fatalf("%d transactions, %v", len(st.Movements), err)
	}
	for n := range len(whole) {
		if n%7 > 0 && n < len(whole)-30 {
			continue
		}
		_, err := statementOf(t, rawBook(t, whole[:n]))
		wantError(t, err, ErrDamaged, "sheet1.xml", `"Paie"`, "statement")
	}
}

// A part whose checksum is wrong is refused, though its XML is good.
func TestStatementChecksum(t *testing.T) {
	content := stored(t, rawBook(t, statementXML()))
	if st, err := statementOf(t, content); err != nil || len(st.Movements) != 20 {
		t.Fatalf("%d transactions, %v", len(st.Movements), err)
	}
	at := bytes.Index(content, []byte("<v>485"))
	content[at+3] = '9' // another amount, and good XML
	_, err := statementOf(t, content)
	wantError(t, err, ErrDamaged, "checksum", "sheet1.xml")
}

// stored is a workbook whose parts are not compressed.
func stored(t *testing.T, content []byte) []byte {
	t.Helper()
	whole, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range whole.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, r); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Cut anywhere, changed anywhere: a workbook is an error or the same statement.
func TestStatementEveryByteCounts(t *testing.T) {
	rows := [][]any{{"id", "objid", "amount", "type"}}
	for i := range 40 {
		rows = append(rows, []any{fmt.Sprint("t", i), fmt.Sprint("o", i), 480.5 + float64(i), "FLEXY"})
	}
	content := cells(t, rows...)
	whole, err := statementOf(t, content)
	if err != nil {
		t.Fatal(err)
	}
	try := func(what string, content []byte) {
		st, err := statementOf(t, content)
		if wholeOr(t, what, whole.Movements, st, err) && len(st.Movements) != len(whole.Movements) {
			t.Errorf("%s: %d transactions of %d", what, len(st.Movements), len(whole.Movements))
		}
	}
	step := 61
	if testing.Short() {
		step = 307
	}
	for n := 0; n < len(content); n += step {
		try(fmt.Sprintf("cut at byte %d of %d", n, len(content)), content[:n])
		flipped := bytes.Clone(content)
		flipped[n] ^= 0x20
		try(fmt.Sprintf("byte %d of %d changed", n, len(content)), flipped)
	}
}

// A statement is bounded as a payroll is, and no advice names a flag that the
// command does not have.
func TestStatementAdvice(t *testing.T) {
	for name, c := range map[string]struct {
		content []byte
		limits  Limits
		reason  error
		do      string
	}{
		"rows":     {[]byte("ref,amount\nr1,-1\nr2,-1\n"), Limits{Rows: 1}, ErrLimit, "export a shorter span"},
		"sheet":    {rawBook(t, statementXML()), Limits{Rows: 19}, ErrLimit, "export a shorter span"},
		"zip":      {rawBook(t, statementXML()+strings.Repeat(" ", 1<<20)), Limits{UnzippedBytes: 1 << 20}, ErrLimit, "export a shorter span"},
		"line":     {[]byte("ref,amount\n\"" + strings.Repeat("x\n", 1<<10) + "\",-1\n"), Limits{RecordBytes: 1 << 10}, ErrDamaged, "never closed"},
		"encoding": {[]byte("référence,montant,libellé\nr1,-1,d\xe9bit\n"), Limits{}, ErrDamaged, "CSV UTF-8"},
	} {
		_, err := readStatement(t.Context(), string(c.content), c.limits.OrDefault())
		err = withoutFlags(err)
		wantError(t, err, c.reason, c.do)
		if strings.Contains(fmt.Sprint(err), "--") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
