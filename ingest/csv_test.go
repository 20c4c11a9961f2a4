package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"

	"flexybatch/batch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Whatever program wrote the file, the same rows come out of it.
func TestCSVDialects(t *testing.T) {
	const french = "Matricule;Nom;Téléphone;Offre;Montant\nE1;Zoé;0550000001;PREPAID_OOREDOO;500\nE2;Élise;0660000002;;300\n"
	const arabic = "الرقم الوظيفي;الاسم;رقم الهاتف;الباقة;المبلغ\nE1;زهرة;0550000001;PREPAID_OOREDOO;500\nE2;ليلى;0660000002;;300\n"
	utf16le := func(s string) []byte {
		var b []byte
		for _, u := range utf16.Encode([]rune(s)) {
			b = append(b, byte(u), byte(u>>8))
		}
		return b
	}
	utf16be := func(s string) []byte {
		b := utf16le(s)
		for i := 0; i < len(b); i += 2 {
			b[i], b[i+1] = b[i+1], b[i]
		}
		return b
	}
	in := func(cm *charmap.Charmap, s string) []byte {
		b, err := cm.NewEncoder().Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, tt := range map[string]struct {
		content []byte
		format  string
	}{
		"UTF-8":             {[]byte(french), `CSV, UTF-8, delimiter ';'`},
		"UTF-8 with BOM":    {[]byte("\ufeff" + french), `CSV, UTF-8, delimiter ';'`},
		"commas":            {[]byte(strings.ReplaceAll(french, ";", ",")), `CSV, UTF-8, delimiter ','`},
		"tabs":              {[]byte(strings.ReplaceAll(french, ";", "\t")), `CSV, UTF-8, delimiter '\t'`},
		"bars":              {[]byte(strings.ReplaceAll(french, ";", "|")), `CSV, UTF-8, delimiter '|'`},
		"UTF-16LE with BOM": {utf16le("\ufeff" + french), `CSV, UTF-16LE, delimiter ';'`},
		"UTF-16BE with BOM": {utf16be("\ufeff" + french), `CSV, UTF-16BE, delimiter ';'`},
		"UTF-16LE":          {utf16le(french), `CSV, UTF-16LE, delimiter ';'`},
		"UTF-16BE":          {utf16be(french), `CSV, UTF-16BE, delimiter ';'`},
		"Windows-1252":      {in(charmap.Windows1252, french), `CSV, Windows-1252, delimiter ';'`},
		"Windows-1256":      {in(charmap.Windows1256, arabic), `CSV, Windows-1256, delimiter ';'`},
		"Arabic in UTF-8":   {[]byte(arabic), `CSV, UTF-8, delimiter ';'`},
		"CRLF":              {[]byte(strings.ReplaceAll(french, "\n", "\r\n")), `CSV, UTF-8, delimiter ';'`},
		"CR":                {[]byte(strings.ReplaceAll(french, "\n", "\r")), `CSV, UTF-8, delimiter ';'`},
		"no newline at end": {[]byte(strings.TrimSuffix(french, "\n")), `CSV, UTF-8, delimiter ';'`},
		"trailing empties":  {[]byte(strings.ReplaceAll(french, "\n", ";;;\n")), `CSV, UTF-8, delimiter ';'`},
		"everything quoted": {[]byte(`"` + strings.NewReplacer(";", `";"`, "\n", "\"\n\"").Replace(strings.TrimSuffix(french, "\n")) + "\"\n"), `CSV, UTF-8, delimiter ';'`},
	} {
		t.Run(name, func(t *testing.T) {
			in := mustRead(t, tt.content, Options{}, Rules{DefaultPlan: Auto})
			want := []string{"2 0550000001 PREPAID_OOREDOO 500 E1", "3 0660000002 PREPAID_MOBILIS 300 E2"}
			if d := cmp.Diff(want, paid(in)); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff([]string{"2", "3"}, told(in)); d != "" {
				t.Error(d)
			}
			if in.Format.String() != tt.format {
				t.Errorf("format %s, want %s", in.Format, tt.format)
			}
		})
	}
}

// A line without quotes is kept as it stands in the file, another cell by cell:
// what comes out is the same.
func TestQuotesChangeNothing(t *testing.T) {
	plans := catalogue(t)
	cell := rapid.OneOf(
		rapid.SampledFrom([]string{"", "x", " ", "0550000001", "550000001", "PREPAID_OOREDOO", "500", "Total", "phone"}),
		rapid.StringOfN(rapid.RuneFrom([]rune("aé 0|,'=-\t#رقم")), 0, 8, -1),
	)
	rapid.Check(t, func(rt *rapid.T) {
		header := []string{"id", "phone", "plan", "amount", "note"}
		if rapid.Bool().Draw(rt, "checked") {
			header = slices.Insert(header, rapid.IntRange(0, len(header)).Draw(rt, "own"), CheckColumn)
		}
		table := append([][]string{header}, rapid.SliceOfN(rapid.SliceOfN(cell, 1, len(header)+2), 1, 20).Draw(rt, "rows")...)
		end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(rt, "line end")
		var plain, quoted strings.Builder
		for _, row := range table {
			plain.WriteString(strings.Join(row, ";") + end)
			quoted.WriteString(`"` + strings.Join(row, `";"`) + `"` + end)
		}
		rules := Rules{Catalogue: plans, DefaultPlan: Auto, FixPhones: rapid.Bool().Draw(rt, "fix")}
		want, errWant := read(t.Context(), quoted.String(), Options{}, Limits{}.OrDefault(), rules)
		got, err := read(t.Context(), plain.String(), Options{}, Limits{}.OrDefault(), rules)
		if fmt.Sprint(err) != fmt.Sprint(errWant) {
			rt.Fatalf("%q: %v, and %v with quotes", plain.String(), err, errWant)
		}
		if d := cmp.Diff(want, got); d != "" {
			rt.Fatalf("%q: with quotes -, without +\n%s", plain.String(), d)
		}
		if err == nil {
			batch.Assign("october", want.Rows, plans, batch.Limits{})
			batch.Assign("october", got.Rows, plans, batch.Limits{})
			if d := cmp.Diff(want, got); d != "" {
				rt.Fatalf("%q: arranged, with quotes -, without +\n%s", plain.String(), d)
			}
		}
	})
}

// A row that another delimiter would part into a header's name does not outweigh the
// header above it.
func TestHeaderNamesMoreFields(t *testing.T) {
	in := mustRead(t, []byte("id;phone;plan;amount;note\n,;phone;,,;,,\nE1;0550000001;;500;\n"), Options{}, Rules{DefaultPlan: Auto})
	if len(in.Header) != 5 || len(in.Rows) != 2 {
		t.Errorf("header %q, %d rows", in.Header, len(in.Rows))
	}
}

// Where the encoding is guessed wrong, the error says how to name it.
func TestEncodingGuessedWrong(t *testing.T) {
	content, err := charmap.ISO8859_6.NewEncoder().Bytes([]byte("رقم الهاتف;المبلغ\n0550000001;500\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = readBytes(t, content, Options{}, Rules{DefaultPlan: Auto})
	wantError(t, err, ErrNoPhone, "Windows-1256", "--encoding iso-8859-6", "--map phone=HEADER")
	in := mustRead(t, content, Options{Encoding: "iso-8859-6"}, Rules{DefaultPlan: Auto})
	if d := cmp.Diff([]string{"2 0550000001 PREPAID_OOREDOO 500"}, paid(in)); d != "" {
		t.Error(d)
	}
}

// Row numbers are the lines that an editor shows.
func TestLineNumbers(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want []string
	}{
		"blank rows":      {"phone,amount\n\n0550000001,500\n , \n0660000002,300\n", []string{"3", "5"}},
		"multi-line cell": {"phone,amount,note\n0550000001,500,\"a\nb\nc\"\n0660000002,300,\n", []string{"2", "5"}},
		"titles above":    {"Paie de mars\n\nDirection,générale\nphone,amount\n0550000001,500\n", []string{"5"}},
		"sep line":        {"sep=;\nphone;amount\n0550000001;500\n", []string{"3"}},
		"sep line, CRLF":  {"sep=;\r\nphone;amount\r\n0550000001;500\r\n", []string{"3"}},
		"sep overrules":   {"SEP=|\nphone|a;amount\n0550000001|x;500\n", []string{"3 amount.missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, told(mustRead(t, []byte(tt.text), Options{}, Rules{DefaultPlan: Auto}))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestCells(t *testing.T) {
	in := mustRead(t, []byte("Nom ,phone,,amount,note,note\n\"Café \"\"Le Port\"\", Alger\",0550000001,x,500,\"a\r\nb\",=1+1\n"), Options{}, Rules{DefaultPlan: Auto})
	if d := cmp.Diff([]string{"Nom", "phone", "", "amount", "note", "note"}, in.Header); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{`Café "Le Port", Alger`, "0550000001", "x", "500", "a\nb", "=1+1"}, in.Rows[0].Cells.List()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]string{"phone": "phone", "amount": "amount"}, in.Fields); d != "" {
		t.Error(d)
	}
}

// A row of another width than the header is a problem of that row alone.
func TestWidth(t *testing.T) {
	in := mustRead(t, []byte("id,phone,amount\nA,0550000001,500\nB,0550000002\nC,0550000003,500,9\nD,0550000004,500,,\nE,0550000005,500, ,x\n"), Options{}, Rules{DefaultPlan: Auto})
	if d := cmp.Diff([]string{"2", "3 row.width amount.missing", "4 row.width", "5", "6 row.width"}, told(in)); d != "" {
		t.Error(d)
	}
	if p := in.Rows[4].Problems()[0]; p.Value != "x" || p.Column != "E" {
		t.Errorf("problem %+v does not say what stands where", p)
	}
}

// Damage is named with its line; it never becomes a shorter payroll.
func TestCSVDamage(t *testing.T) {
	rows := "phone,plan,amount,note\n0550000001,,500,a\n"
	for name, tt := range map[string]struct {
		text   string
		reason error
		words  []string
	}{
		"quote never closed":         {rows + "0550000002,,500,\"b\n0550000003,,500,c\n", ErrDamaged, []string{"row 3", "never closed"}},
		"on the last line":           {rows + "0550000002,,500,\"b", ErrDamaged, []string{"row 3", "never closed"}},
		"doubled, never closed":      {rows + "0550000002,,500,\"b \"\"c\n", ErrDamaged, []string{"row 3", "never closed"}},
		"quote after a multi-line":   {rows + "\"0550000002\n\",,500,\"b\n0550000003,,500,c\n", ErrDamaged, []string{"row 4", "never closed"}},
		"bare quote":                 {rows + "0550000002,,500,b\"b\n", ErrDamaged, []string{"row 3", "inside a text"}},
		"zeros kept by a formula":    {rows + "=\"0550000002\",,500,b\n", ErrDamaged, []string{"row 3", `="…"`, "save it as"}},
		"quote closed too early":     {rows + "0550000002,,500,\"b\"b\n", ErrDamaged, []string{"row 3"}},
		"rows swallowed":             {rows + "0550000002,,500,\"b\n0550000003,,500,c\n0550000004,,500,\"\n", ErrDamaged, []string{"row 3", "swallows"}},
		"one row swallowed in front": {"note,phone,amount\n\"a,0550000001,500\nb\",0550000002,500\n", ErrDamaged, []string{"row 2", "swallows"}},
		"one row swallowed behind":   {"phone,amount,note\n0550000001,500,\"a\n0550000002,500,b\"\n", ErrDamaged, []string{"row 2", "swallows"}},
		"NUL bytes":                  {rows + "0550000002,,500,\x00\x00\x00\n", ErrDamaged, []string{"row 3", "NUL"}},
		"broken UTF-8 after BOM":     {"\ufeff" + rows + "0550000002,,500,\xff\n", ErrDamaged, []string{"row 3", "UTF-8"}},
		"CR within a header":         {"phone,plan,amount,note\r0550000001,,500,a\r\n0550000002,,500,b\r\n", ErrDamaged, []string{"row 1", "two kinds", "save it as"}},
		"CR within a row":            {rows + "0550000002,,500,b\r0550000003,,500,c\n", ErrDamaged, []string{"row 3", "two kinds"}},
		"half a surrogate pair":      {"\xff\xfep\x00h\x00o\x00n\x00e\x00\n\x00\x00\xd80\x00\n\x00", ErrDamaged, []string{"row 2", "half a character"}},
		"the other half":             {"\xfe\xff\x00p\x00h\x00o\x00n\x00e\x00\n\xdc\x00\x000\x00\n", ErrDamaged, []string{"row 2", "half a character"}},
		"a stray byte in UTF-8":      {"phone,amount,nom\n0550000001,500,Zo\u00e9\n0550000002,300,Zo\xe9\n", ErrDamaged, []string{"row 3", "0xe9", "the rest of the file", "--encoding"}},
		"a cut character in UTF-8":   {"phone,amount,nom\n0550000001,500,زهرة\n0550000002,300,زه\xd8\n", ErrDamaged, []string{"row 3", "0xd8"}},
		"half a UTF-16 character":    {"\xff\xfep\x00h", ErrDamaged, []string{"middle of a character"}},
		"no phone column":            {"name,amount\nA,500\n", ErrNoPhone, []string{`"name", "amount"`, "--map phone="}},
		"no header":                  {"0550000001,500\n0550000002,500\n", ErrNoPhone, []string{"0550000001", "no header line", "put one above"}},
		"no header, a title":         {"Paie\n\nA,+213 550 00 00 01,500\n", ErrNoPhone, []string{"row 3", `column "B"`, "no header line"}},
		"columns parted by spaces":   {"phone plan amount\n0550000001 x 500\n", ErrNoPhone, []string{`"phone plan amount"`, "nothing parts its columns"}},
		"sep lies":                   {"sep=,\nphone;plan;amount\n0550000001;x;500\n", ErrNoPhone, []string{`"phone;plan;amount"`, "nothing parts its columns"}},
		"header only":                {"phone,amount\n", ErrEmpty, nil},
		"empty":                      {"", ErrEmpty, nil},
		"blank":                      {" \n\n  \n", ErrEmpty, nil},
		"two phone columns":          {"Mobile,Téléphone,amount\n0550000001,,5\n", ErrColumns, []string{`"Mobile" (A)`, `"Téléphone" (B)`, "--map phone=A"}},
		"two amount columns":         {"phone,montant,Valeur\n0550000001,,5\n", ErrColumns, []string{`"montant" (B)`, `"Valeur" (C)`, "row 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readBytes(t, []byte(tt.text), Options{}, Rules{DefaultPlan: Auto})
			wantError(t, err, tt.reason, append(tt.words, "payroll")...)
		})
	}
}

// Quoted line breaks that hold no rows are texts like others.
func TestMultilineTextsPass(t *testing.T) {
	text := "phone,amount,address\n0550000001,500,\"12, rue A\nAlger, 0550000009\"\n"
	if in := mustRead(t, []byte(text), Options{}, Rules{DefaultPlan: Auto}); !in.Rows[0].Valid() {
		t.Error(in.Rows[0].Problems())
	}
}

// A quote that is never meant swallows rows whatever ends them.
func TestReturnsInQuotes(t *testing.T) {
	for _, end := range []string{"\n", "\r\n", "\r"} {
		text := "phone,amount,note\n0550000001,500,\"a" + end + "0550000002,500,b\"\n0550000003,500,c\n"
		_, err := readBytes(t, []byte(text), Options{}, Rules{DefaultPlan: Auto})
		wantError(t, err, ErrDamaged, "row 2", "swallows the 1 lines below it")
	}
}

// What is wrong with a quote is said as it is.
func TestQuotesAreExplained(t *testing.T) {
	for text, words := range map[string]string{
		"phone;note\n0550000001;=\"05\"\n":             "there is a formula",
		"phone;note\n0550000001;=\"05\";x\n":           "there is a formula",
		"phone;note\n0550000001;x=\"5\"\n":             "a quote (\") stands inside a text",
		"phone;note\n0550000001;=\"5\"+1\n":            "a quote (\") stands inside a text",
		"phone;note\n0550000001;=5\"\n":                "a quote (\") stands inside a text",
		"phone;note;b\n0550000001;taille 5\";=\"5\"\n": "a quote (\") stands inside a text",
		"phone; \"note\"\n0550000001;x\n":              "a space stands before a quote",
		"phone;note\n\"a\";\t\"b\"\n":                  "a space stands before a quote",
		"\"phone;amount\"\n\"0550000001;500\"\n":       "each line stands in quotes as a whole",
		"\"phone,amount\"\n\"0550000001,500\"\n":       "each line stands in quotes as a whole",
	} {
		_, err := readBytes(t, []byte(text), Options{}, Rules{DefaultPlan: Auto, DefaultAmount: 500})
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%q: error %v does not say %q", text, err, words)
		}
	}
	in := mustRead(t, []byte("phone;amount\n\"0550000001;500\"\n"), Options{}, Rules{DefaultPlan: Auto})
	if p := in.Rows[0].Problems(); len(p) == 0 || p[0].Code != batch.RowWidth || !strings.Contains(p[0].Message.String(), "stands in quotes as a whole") {
		t.Errorf("%+v", p)
	}
}

// A carriage return that stands at a line's end, however often, or in quotes, is
// no damage; nor is the sign that DOS ended its files with.
func TestReturnsPass(t *testing.T) {
	for _, text := range []string{
		"phone,amount\r\r\n0550000001,500\r\r\n",
		"phone,amount,note\n0550000001,500,\"a\rb\"\n",
		"phone,amount\r\n0550000001,500\r\n\x1a",
		"phone,amount\r0550000001,500\r\x1a\x1a",
	} {
		in := mustRead(t, []byte(text), Options{}, Rules{DefaultPlan: Auto})
		if d := cmp.Diff([]string{"2 0550000001 PREPAID_OOREDOO 500"}, paid(in)); d != "" || !in.Rows[0].Valid() {
			t.Errorf("%q: %s %v", text, d, in.Rows[0].Problems())
		}
	}
}

func TestCSVLimits(t *testing.T) {
	small := Limits{FileBytes: 1 << 20, Rows: 10, Columns: 8, CellChars: 100, RecordBytes: 1 << 12}
	rows := "phone,amount\n"
	for name, tt := range map[string]struct {
		text  string
		words []string
	}{
		"file":         {rows + strings.Repeat(" ", 1<<20), []string{"larger than 1 MiB"}},
		"rows":         {rows + strings.Repeat("0550000001,500\n", 11), []string{"more than 10 rows", "row 12"}},
		"columns":      {rows + strings.Repeat("x,", 8) + "x\n", []string{"9 columns", "row 2"}},
		"cell":         {rows + "0550000001," + strings.Repeat("é", 101), []string{"100 characters", "row 2"}},
		"endless line": {rows + "0550000001," + strings.Repeat("1", 1<<19), []string{"goes on", "row 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readBytes(t, []byte(tt.text), Options{Limits: small}, Rules{DefaultPlan: Auto})
			if !errors.Is(err, ErrLimit) && !errors.Is(err, ErrDamaged) {
				t.Errorf("error %v", err)
			}
			for _, w := range tt.words {
				if err == nil || !strings.Contains(err.Error(), w) {
					t.Errorf("error %v does not say %q", err, w)
				}
			}
		})
	}
	_, err := readBytes(t, []byte(rows+"0550000001,"+strings.Repeat("1", 2<<20)), Options{}, Rules{DefaultPlan: Auto})
	wantError(t, err, ErrDamaged, "row 2", "1024 KiB", "is this a payroll?", "--limit record-bytes=")
	if strings.Contains(err.Error(), "quote") {
		t.Errorf("there is no quote in it: %v", err)
	}
	_, err = readBytes(t, []byte(rows+strings.Repeat(",", 999_999)+"x\n"), Options{}, Rules{DefaultPlan: Auto})
	wantError(t, err, ErrLimit, "1000000 columns", "--limit columns=")
	_, err = readBytes(t, []byte(rows+"0550000001,"+strings.Repeat("x", 32_768)+"\n"), Options{}, Rules{DefaultPlan: Auto})
	wantError(t, err, ErrLimit, "32767 characters", "--limit cell-chars=")
	in := mustRead(t, []byte(rows+strings.Repeat("0550000001,500\n", 10)), Options{Limits: small}, Rules{DefaultPlan: Auto})
	if len(in.Rows) != 10 {
		t.Errorf("%d rows, want the 10 that the limit allows", len(in.Rows))
	}
}

func TestCancelled(t *testing.T) {
	for name, content := range map[string][]byte{"csv": payrollCSV(10_000), "xlsx": payrollXLSX(t, 3000)} {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := Read(ctx, file(t, name, content), Options{}, Rules{Catalogue: catalogue(t)}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// Walking a table need not go to its end, and leaves nothing running (goleak).
func TestWalkStopped(t *testing.T) {
	table, err := csvTable(context.Background(), string(payrollCSV(5000)), "", nil, Limits{}.OrDefault())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err := range table.entries {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 3 {
			break
		}
	}
}

// Whatever ends a walk, damage, the context or whoever walks, gocsv's goroutine
// ends with it.
func TestWalkLeavesNothingRunning(t *testing.T) {
	rows := string(payrollCSV(5000))
	walk := func(ctx context.Context, text string, each func(*Entry)) error {
		table, err := csvTable(ctx, text, "", nil, Limits{}.OrDefault())
		if err != nil {
			return err
		}
		for e, err := range table.entries {
			if err != nil {
				return err
			}
			each(e)
		}
		return nil
	}
	t.Run("damage", func(t *testing.T) {
		defer goleak.VerifyNone(t)
		n := 0
		err := walk(context.Background(), rows+"1;0550000001;\"x;500\n"+rows, func(*Entry) { n++ })
		wantError(t, err, ErrDamaged, "row 5002")
		if n != 5000 {
			t.Errorf("%d rows came before the damage, want 5000", n)
		}
	})
	t.Run("context", func(t *testing.T) {
		defer goleak.VerifyNone(t)
		ctx, cancel := context.WithCancel(context.Background())
		n := 0
		err := walk(ctx, rows, func(*Entry) {
			if n++; n == 10 {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v after %d rows", err, n)
		}
	})
	t.Run("panic", func(t *testing.T) {
		defer goleak.VerifyNone(t)
		defer func() {
			if recover() == nil {
				t.Error("the panic did not pass")
			}
		}()
		_ = walk(context.Background(), rows, func(*Entry) { panic("on purpose") })
	})
}

// gocsv's numbers are not a payroll's: whatever a cell says stays a text.
func TestDecodedAsTexts(t *testing.T) {
	in := mustRead(t, []byte("Montant;Tél;Code;x\n0500;0550000001;0x10;1.9\n"), Options{}, Rules{DefaultPlan: Auto})
	if d := cmp.Diff([]string{"2 0550000001 PREPAID_OOREDOO 500 0x10"}, paid(in)); d != "" {
		t.Error(d)
	}
	if got := in.Rows[0].Cells.List(); !cmp.Equal(got, []string{"0500", "0550000001", "0x10", "1.9"}) {
		t.Errorf("cells %q", got)
	}
}

func TestNoFile(t *testing.T) {
	_, err := Read(context.Background(), t.TempDir()+"/none.csv", Options{}, Rules{})
	if fe, ok := errors.AsType[*FileError](err); !ok || fe.File != "none.csv" {
		t.Errorf("error %v", err)
	}
	_, err = Read(context.Background(), t.TempDir(), Options{}, Rules{})
	wantError(t, err, ErrKind, "folder")
}

// Rows by the hundred thousand are read, each once and in order.
func TestManyRows(t *testing.T) {
	if testing.Short() {
		t.Skip("many rows")
	}
	const n = 200_000
	in := mustRead(t, payrollCSV(n), Options{}, Rules{})
	if len(in.Rows) != n {
		t.Fatalf("%d rows, want %d", len(in.Rows), n)
	}
	for i, r := range in.Rows {
		if r.Number != i+2 || string(r.Topup.Phone) != fmt.Sprintf("07%08d", i) || !r.Valid() {
			t.Fatalf("row %d is %+v", i, r)
		}
	}
}

// Digest and Read agree on what the file is.
func TestDigest(t *testing.T) {
	path := file(t, "payroll.csv", bytes.TrimSpace(payrollCSV(3)))
	in, err := Read(context.Background(), path, Options{}, Rules{Catalogue: catalogue(t)})
	if err != nil {
		t.Fatal(err)
	}
	if d, err := Digest(path); err != nil || d != in.SHA256 || len(d) != 64 {
		t.Errorf("digest %s, %v; Read says %s", d, err, in.SHA256)
	}
}
