package ingest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
)

// A file with flexybatch's own columns is read as the file that it was made
// from: same rows, same header, same refs.
func TestOwnColumnsSayNothing(t *testing.T) {
	plain := "Matricule;Téléphone;Offre;Montant;Note\n-12;0550000001;PREPAID_OOREDOO;500;=A1\nE2;0660000002;PREPAID_MOBILIS;;\n"
	checked := CheckColumn + ";Matricule;Téléphone;Offre;Montant;flexybatch: why;Note\n;'-12;0550000001;PREPAID_OOREDOO;500;x;'=A1\n\"row 3: amount.missing\n0550000009\";E2;0660000002;PREPAID_MOBILIS;;y;\nonly a note;;;;;;\n"
	workbook := workbookOf(t, func(f *excelize.File) {
		set(t, f, "Sheet1",
			[]any{CheckColumn, "Matricule", "Téléphone", "Offre", "Montant", "Flexybatch: why", "Note"},
			[]any{"", "-12", "0550000001", "PREPAID_OOREDOO", 500, "x", "=A1"},
			[]any{"row 3", "E2", "0660000002", "PREPAID_MOBILIS", nil, "y", nil},
			[]any{"only a note"})
		if _, err := f.NewSheet("Summary"); err != nil {
			t.Fatal(err)
		}
		set(t, f, "Summary", []any{"Check of x"}, []any{"rows", 2}, []any{"phone.format", 1})
	})
	want := mustRead(t, []byte(plain), Options{}, Rules{})
	batch.Assign("october", want.Rows, catalogue(t), batch.Limits{})
	for name, content := range map[string][]byte{"CSV": []byte(checked), "XLSX": workbook} {
		t.Run(name, func(t *testing.T) {
			got := mustRead(t, content, Options{}, Rules{})
			batch.Assign("october", got.Rows, catalogue(t), batch.Limits{})
			if d := cmp.Diff(want.Header, got.Header); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(want.Rows, got.Rows); d != "" {
				t.Errorf("read plainly (-), with our columns (+):\n%s", d)
			}
		})
	}
}

// What the sheet says of a column is said of the right one, also behind a column
// of ours.
func TestOwnColumnsShiftNothing(t *testing.T) {
	content := workbookOf(t, func(f *excelize.File) {
		set(t, f, "Sheet1", []any{CheckColumn, "Téléphone", "Montant"}, []any{"", "0550000001", 45658}, []any{"", "0550000002", 500})
		style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		if err == nil {
			err = f.SetCellStyle("Sheet1", "C2", "C2", style)
		}
		if err == nil {
			err = f.SetColVisible("Sheet1", "C", false)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	in := mustRead(t, content, Options{}, Rules{DefaultPlan: Auto})
	if in.Hidden != 2 || len(in.Rows[0].Problems()) != 1 || in.Rows[0].Problems()[0].Code != batch.AmountFormat || !in.Rows[1].Valid() {
		t.Errorf("%d hidden, %+v", in.Hidden, in.Rows)
	}
}

func TestForcedEncoding(t *testing.T) {
	text := "Téléphone;Montant;Nom\n0550000001;500;Zoé\n"
	latin := strings.NewReplacer("é", "\xe9").Replace(text)
	for _, tt := range []struct {
		encoding, content, name string
	}{
		{"windows-1252", latin, "Zoé"}, {"Latin1", latin, "Zoé"}, {"Windows_1252", latin, "Zoé"}, {"utf-8", text, "Zoé"}, {"UTF8", "\ufeff" + text, "Zoé"},
		{"windows-1252", text, "ZoÃ©"}, // forced is forced
		{"windows-1256", strings.Replace(latin, "Zo\xe9", "\xe3", 1), "م"},
	} {
		in, err := readBytes(t, []byte(strings.Replace(tt.content, "Téléphone", "phone", 1)), Options{Encoding: tt.encoding, Map: map[string]string{"phone": "A"}}, Rules{DefaultPlan: Auto})
		if err != nil {
			t.Errorf("%s: %v", tt.encoding, err)
			continue
		}
		if got := in.Rows[0].Cells.At(2); got != tt.name {
			t.Errorf("%s: the name is %q, want %q", tt.encoding, got, tt.name)
		}
	}
	wide := []byte{}
	for _, c := range []byte("phone;Montant\n0550000001;500\n") {
		wide = append(wide, c, 0)
	}
	for _, name := range []string{"utf-16le", "UTF16 LE"} {
		mustRead(t, wide, Options{Encoding: name}, Rules{DefaultPlan: Auto})
	}
	_, err := readBytes(t, []byte(latin), Options{Encoding: "utf-8"}, Rules{})
	wantError(t, err, ErrDamaged, "row 1", "0xe9")
	_, err = readBytes(t, []byte("phone\n0550000001\n\xff"), Options{Encoding: "iso-8859-8"}, Rules{})
	wantError(t, err, ErrEncoding, "row 3", "means nothing in Iso-8859-8")
	_, err = readBytes(t, []byte(text), Options{Encoding: "klingon"}, Rules{})
	wantError(t, err, ErrEncoding, "klingon", "windows-1256")
	_, err = readBytes(t, rawBook(t, inSheet(goodRow)), Options{Encoding: "utf-8"}, Rules{})
	wantError(t, err, ErrEncoding, "leave --encoding out")
}

func TestRaisedLimitsHelp(t *testing.T) {
	// Every error about a limit says how to raise it, and raising it helps.
	long := "sep=,\nphone,amount,note\n0550000001,500," + strings.Repeat("x", 101) + "\n0550000002,500,y\n"
	small := Limits{FileBytes: 50, Rows: 1, Columns: 2, CellChars: 100}
	for _, want := range []string{"file-bytes=100", "columns=4", "cell-chars=200", "rows=2"} {
		_, err := readBytes(t, []byte(long), Options{Limits: small}, Rules{DefaultPlan: Auto})
		wantError(t, err, ErrLimit, "--limit "+want)
		if name, _, _ := strings.Cut(want, "="); name == "file-bytes" {
			want = "file-bytes=1M"
		}
		if err := small.Set(want); err != nil {
			t.Fatal(err)
		}
	}
	mustRead(t, []byte(long), Options{Limits: small}, Rules{DefaultPlan: Auto})
}

// A file that resend wrote says of each row which one it pays anew, in CSV and in
// a workbook alike.
func TestOriginColumn(t *testing.T) {
	csv := "Matricule;Téléphone;Offre;Montant;flexybatch: why;" + batch.OriginColumn + "\nE1;0550000001;PREPAID_OOREDOO;500;x;october/october-abc\nE2;0660000002;PREPAID_MOBILIS;600;y;\n"
	workbook := workbookOf(t, func(f *excelize.File) {
		set(t, f, "Sheet1",
			[]any{batch.OriginColumn, "Matricule", "Téléphone", "Offre", "Montant"},
			[]any{"october/october-abc", "E1", "0550000001", "PREPAID_OOREDOO", 500},
			[]any{"", "E2", "0660000002", "PREPAID_MOBILIS", 600})
	})
	for name, content := range map[string][]byte{"CSV": []byte(csv), "XLSX": workbook} {
		rows := mustRead(t, content, Options{}, Rules{}).Rows
		if len(rows) != 2 || rows[0].OriginBatch() != "october" || rows[0].Origin() != "october-abc" || rows[1].Resent() {
			t.Errorf("%s: %+v", name, rows)
		}
	}
}

// A report of ours is no payroll, in any language.
func TestReportIsNoPayroll(t *testing.T) {
	for _, header := range []string{
		"row,ref,phone,plan,amount,cost,id,state,topup_id,charged,refunded",
		"Nom;Téléphone;ligne;référence;téléphone (2);offre (2);montant (2);coût;état;débitée;remboursée",
		"الهاتف;المرجع;الحالة;المخصوم;مسترجع",
		"row;state;phone;plan;amount;what to do;why;ref", // its sheet "To do"
		"ligne;état;téléphone;offre;montant;que faire;pourquoi;référence",
		"السطر;الحالة;الهاتف;الباقة;المبلغ;ما العمل;السبب;المرجع",
	} {
		_, err := read(t.Context(), header+"\n1,october-abcdefghijklmnopqrst,0550000001,x,1,1,,fulfilled,,,\n", Options{}, Limits{}.OrDefault(), Rules{})
		wantError(t, err, ErrColumns, "report of flexybatch", "resend")
	}
}
