package ingest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"flexybatch/batch"
)

// Every rule, by the row that breaks it: id,phone,plan,amount → codes.
func TestRules(t *testing.T) {
	for name, tt := range map[string]struct {
		row   string
		rules Rules
		want  string // codes; or the top-up, where there are none
		words []string
	}{
		"valid":                     {row: "A,0770000001,PREPAID_DJEZZY,500", want: "0770000001 PREPAID_DJEZZY 500 A"},
		"trimmed":                   {row: " A ,0770000001, PREPAID_DJEZZY , 500 ", want: "0770000001 PREPAID_DJEZZY 500 A"},
		"fixed without amount":      {row: ",0660000001,MIX500_MOBILIS,", want: "0660000001 MIX500_MOBILIS 500"},
		"fixed with its amount":     {row: ",0660000001,MIX500_MOBILIS,\"500,00\"", want: "0660000001 MIX500_MOBILIS 500"},
		"fixed, not by --amount":    {row: ",0660000001,MIX500_MOBILIS,", rules: Rules{DefaultAmount: 700}, want: "0660000001 MIX500_MOBILIS 500"},
		"for any phone":             {row: ",0550000001,PIXX_500,", want: "0550000001 PIXX_500 500"},
		"default amount":            {row: ",0770000001,PREPAID_DJEZZY,", rules: Rules{DefaultAmount: 700}, want: "0770000001 PREPAID_DJEZZY 700"},
		"default plan":              {row: ",0770000001,,500", rules: Rules{DefaultPlan: "PREPAID_DJEZZY"}, want: "0770000001 PREPAID_DJEZZY 500"},
		"auto":                      {row: ",0660000001,,500", rules: Rules{DefaultPlan: Auto}, want: "0660000001 PREPAID_MOBILIS 500"},
		"row's own plan over auto":  {row: ",0660000001,MIX500_MOBILIS,", rules: Rules{DefaultPlan: Auto}, want: "0660000001 MIX500_MOBILIS 500"},
		"GMobilis serves Mobilis":   {row: ",0660000001,GROS_MOBILIS,5000", want: "0660000001 GROS_MOBILIS 5000"},
		"any operator":              {row: ",0550000001,PREPAID_DJEZZY,500", rules: Rules{AnyOperator: true}, want: "0550000001 PREPAID_DJEZZY 500"},
		"least":                     {row: ",0770000001,PREPAID_DJEZZY,100", want: "0770000001 PREPAID_DJEZZY 100"},
		"most":                      {row: ",0770000001,PREPAID_DJEZZY,10000", want: "0770000001 PREPAID_DJEZZY 10000"},
		"phone missing":             {row: "A, ,PREPAID_DJEZZY,500", want: "phone.missing"},
		"zero lost":                 {row: ",770000001,PREPAID_DJEZZY,500", want: "phone.format", words: []string{"leading zero", "write 0770000001", "--fix-phones"}},
		"country code":              {row: ",+213 770 00 00 01,PREPAID_DJEZZY,500", want: "phone.format", words: []string{"write 0770000001"}},
		"spaces around":             {row: ", 0770000001,PREPAID_DJEZZY,500", want: "phone.format", words: []string{"spaces", "write 0770000001"}},
		"landline":                  {row: ",0213000001,PREPAID_DJEZZY,500", want: "phone.format", words: []string{"landline"}},
		"a digit short":             {row: ",077000000,PREPAID_DJEZZY,500", want: "phone.format", words: []string{"9 digits, not the 10"}},
		"scientific":                {row: ",7.7E+08,PREPAID_DJEZZY,500", want: "phone.format", words: []string{"lost digits"}},
		"fixed phone stays fixed":   {row: ",0213000001,PREPAID_DJEZZY,500", rules: Rules{FixPhones: true}, want: "phone.format"},
		"no plan":                   {row: ",0770000001,,500", want: "plan.missing", words: []string{"--plan auto"}},
		"auto without phone":        {row: ",12,,500", rules: Rules{DefaultPlan: Auto}, want: "phone.format"},
		"unknown plan":              {row: ",0770000001,PREPAID_DJEZY,500", want: "plan.unknown", words: []string{"PREPAID_DJEZZY"}},
		"other case":                {row: ",0770000001,prepaid_djezzy,500", want: "0770000001 PREPAID_DJEZZY 500"},
		"an operator":               {row: ",0770000001,Djezzy,500", want: "0770000001 PREPAID_DJEZZY 500"},
		"an operator in Arabic":     {row: ",0550000001,أوريدو,500", want: "0550000001 PREPAID_OOREDOO 500"},
		"with a space":              {row: ",0660000001,Prepaid Mobilis,500", want: "0660000001 PREPAID_MOBILIS 500"},
		"another operator's name":   {row: ",0770000001,mobilis,500", want: "plan.operator"},
		"nearest takes the amount":  {row: ",0660000001,GRO_MOBILIS,500", want: "plan.unknown", words: []string{"nearest are PREPAID_MOBILIS, "}},
		"nearest of a large one":    {row: ",0660000001,GRO_MOBILIS,9000", want: "plan.unknown", words: []string{"nearest are GROS_MOBILIS, "}},
		"nearest is sold":           {row: ",0660000001,OLDMOBILI,500", want: "plan.unknown", words: []string{"nearest are PREPAID_MOBILIS, "}},
		"disabled":                  {row: ",0660000001,OLD_MOBILIS,500", want: "plan.disabled"},
		"menu":                      {row: ",0660000001,GETMENU_MOBILIS,500", want: "plan.unsupported"},
		"another operator":          {row: ",0550000001,PREPAID_DJEZZY,500", want: "plan.operator", words: []string{"of Ooredoo", "of Djezzy", "--any-operator"}},
		"another, by default plan":  {row: ",0550000001,,500", rules: Rules{DefaultPlan: "PREPAID_DJEZZY"}, want: "plan.operator"},
		"no amount":                 {row: ",0770000001,PREPAID_DJEZZY,", want: "amount.missing", words: []string{"100 to 10000", "--amount"}},
		"below":                     {row: ",0770000001,PREPAID_DJEZZY,99", want: "amount.range", words: []string{"100 to 10000"}},
		"above":                     {row: ",0770000001,PREPAID_DJEZZY,10001", want: "amount.range", words: []string{"100 to 10000"}},
		"zero":                      {row: ",0770000001,PREPAID_DJEZZY,0", want: "amount.range", words: []string{"100 to 10000"}},
		"default out of range":      {row: ",0770000001,PREPAID_DJEZZY,", rules: Rules{DefaultAmount: 20_000}, want: "amount.range", words: []string{"--amount gives 20000"}},
		"fixed at another price":    {row: ",0660000001,MIX500_MOBILIS,600", want: "amount.fixed", words: []string{"500 dinars only"}},
		"doubtful":                  {row: ",0770000001,PREPAID_DJEZZY,1.500", want: "amount.format", words: []string{"1500 dinars or as 1.500"}},
		"error of the spreadsheet":  {row: ",0770000001,PREPAID_DJEZZY,#REF!", want: "cell.error", words: []string{"#REF!"}},
		"in French":                 {row: ",#VALEUR!,PREPAID_DJEZZY,500", want: "cell.error"},
		"too narrow":                {row: ",########,PREPAID_DJEZZY,500", want: "cell.error"},
		"in an id":                  {row: "#N/A,0770000001,PREPAID_DJEZZY,500", want: "cell.error"},
		"all at once":               {row: "#N/A,12,NOPE,abc,x", want: "row.width phone.format cell.error plan.unknown amount.format"},
		"amount of an unknown plan": {row: ",0770000001,NOPE,-5", want: "plan.unknown amount.range"},
	} {
		t.Run(name, func(t *testing.T) {
			in := mustRead(t, []byte("id,phone,plan,amount\n"+tt.row+"\n"), Options{}, tt.rules)
			got := strings.TrimPrefix(told(in)[0], "2")
			if got == "" {
				got = strings.TrimPrefix(paid(in)[0], "2")
			}
			if d := cmp.Diff(tt.want, strings.TrimSpace(got)); d != "" {
				t.Error(d, in.Rows[0].Problems())
			}
			for _, w := range tt.words {
				if p := in.Rows[0].Problems(); len(p) == 0 || !strings.Contains(p[0].Message.String(), w) {
					t.Errorf("%v does not say %q", p, w)
				}
			}
		})
	}
}

// A problem carries its place: field, column as the file names it, and value.
func TestProblemPlace(t *testing.T) {
	in := mustRead(t, []byte("Téléphone;Montant (DA);Offre\n0550000001;abc;PREPAID_OOREDOO\n"), Options{Map: map[string]string{"amount": "Montant (DA)"}}, Rules{})
	p := in.Rows[0].Problems()[0]
	p.Message = batch.Message{}
	if d := cmp.Diff(batch.Problem{Code: batch.AmountFormat, Field: "amount", Column: "Montant (DA)", Value: "abc"}, p); d != "" {
		t.Error(d)
	}
}

func TestFixPhones(t *testing.T) {
	for _, written := range []string{
		"770000001", "+213770000001", "00213770000001", "213770000001", "+213 (0) 770 00 00 01", "0770 00 00 01", "07.70.00.00.01", "0770-000-001", "07/70/00/00/01",
		"[0770] 000001", "0770\u00a0000\u202f001", "\u200f0770000001\u200e", "\u202b0770000001\u202c", "٠٧٧٠٠٠٠٠٠١", "۰۷۷۰۰۰۰۰۰۱", "'0770000001",
	} {
		text := []byte("phone;amount\n" + written + ";500\n")
		fixed := mustRead(t, text, Options{}, Rules{FixPhones: true, DefaultPlan: Auto}).Rows[0]
		if fixed.Topup.Phone != "0770000001" || !fixed.Valid() || fixed.Written() != written {
			t.Errorf("%q is mended to %q, from %q: %v", written, fixed.Topup.Phone, fixed.Written(), fixed.Problems())
		}
		// Without the flag nothing is paid, and the message says what it would be.
		p := mustRead(t, text, Options{}, Rules{DefaultPlan: Auto}).Rows[0].Problems()
		if len(p) == 0 || p[0].Code != batch.PhoneFormat || !strings.Contains(p[0].Message.String(), "0770000001") {
			t.Errorf("%q: %+v", written, p)
		}
	}
	in := mustRead(t, []byte("phone,amount\n770000001,500\n0770000002,500\n٠٧٧٠٠٠٠٠٠٣,500\n+213 (0) 770.00.00-04,500\n 0770000005,500\n"), Options{}, Rules{FixPhones: true, DefaultPlan: Auto})
	var got []string
	for _, r := range in.Rows {
		got = append(got, string(r.Topup.Phone)+" "+r.Written())
	}
	want := []string{"0770000001 770000001", "0770000002 ", "0770000003 ٠٧٧٠٠٠٠٠٠٣", "0770000004 +213 (0) 770.00.00-04", "0770000005  0770000005"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestDefaultPlanUnknown(t *testing.T) {
	_, err := readBytes(t, []byte("phone\n0550000001\n"), Options{}, Rules{DefaultPlan: "PREPAID"})
	wantError(t, err, ErrPlan, "--plan PREPAID", "PREPAID_")
}

func TestTotals(t *testing.T) {
	const head = "id,phone,amount\nA,0550000001,500\nB,0550000002,300\nC,bad,200\n"
	for name, tt := range map[string]struct {
		tail   string
		rows   int
		totals []Total
	}{
		"a total":                    {",,1000\n", 3, []Total{{5, 1000}}},
		"named":                      {"TOTAL,,1000\n", 3, []Total{{5, 1000}}},
		"named in Arabic":            {"المجموع,,1000 د.ج\n", 3, []Total{{5, 1000}}},
		"below a blank row":          {",,\nTotal :,,\"1.000,00\"\n", 3, []Total{{6, 1000}}},
		"named where the phone is":   {",Total,1000\n", 3, []Total{{5, 1000}}},
		"named at length":            {"Total à payer (DA),,1000\n", 3, []Total{{5, 1000}}},
		"named at length in Arabic":  {"المجموع الكلي,,1000\n", 3, []Total{{5, 1000}}},
		"with the rows counted":      {"TOTAL,3,1000\n", 3, []Total{{5, 1000}}},
		"of each part, and of all":   {"Sous-total,,1000\nD,0550000004,400\nE,0550000005,300\nSous-total,,700\nTotal général,,1700\n", 5, []Total{{5, 1000}, {8, 700}, {9, 1700}}},
		"of a part, without a name":  {"Sous-total,,1000\nD,0550000004,400\n,,400\n", 5, []Total{{5, 1000}}},
		"the count, and no name":     {"3,,1000\n", 4, nil},
		"another count":              {"TOTAL,4,1000\n", 4, nil},
		"a word that begins so":      {"Totalgaz,,1000\n", 4, nil},
		"somebody of that name":      {"D,Total,1000\n", 4, nil},
		"not the sum":                {"TOTAL,,1001\n", 4, nil},
		"nor where the phone is":     {",TOTAL,1001\n", 4, nil},
		"somebody without a phone":   {"D,,1000\n", 4, nil},
		"nobody, with another sum":   {",,100\n", 4, nil},
		"a note":                     {"Fait à Alger,,\n", 4, nil},
		"rows go on after the total": {",,1000\nD,0550000004,400\nTotal,,1400\n", 4, []Total{{5, 1000}, {7, 1400}}},
	} {
		t.Run(name, func(t *testing.T) {
			in := mustRead(t, []byte(head+tt.tail), Options{}, Rules{DefaultPlan: Auto})
			if d := cmp.Diff(tt.totals, in.Totals); d != "" || len(in.Rows) != tt.rows {
				t.Errorf("%d rows, want %d\n%s", len(in.Rows), tt.rows, d)
			}
			if len(in.Notes) != len(in.Totals) {
				t.Errorf("notes %q", in.Notes)
			}
		})
	}
	// A line is not said to hold another sum than it does.
	for tail, says := range map[string]bool{"TOTAL,,999\n": true, ",TOTAL,999\n": true, "D,Total,1000\n": false, "TOTAL,4,1000\n": false} {
		p := mustRead(t, []byte(head+tail), Options{}, Rules{DefaultPlan: Auto}).Rows[3].Problems()
		if len(p) == 0 || strings.Contains(p[0].Message.String(), "it is not the sum") != says {
			t.Errorf("%q: %+v", tail, p)
		}
	}
	// Of a single row, a nameless line with the same amount may be a payment.
	if in := mustRead(t, []byte("phone,amount\n0550000001,500\n,500\n"), Options{}, Rules{DefaultPlan: Auto}); len(in.Rows) != 2 {
		t.Errorf("%d rows", len(in.Rows))
	}
}

// A payroll's sum may be far above what one row may ask for.
func TestLargeTotal(t *testing.T) {
	n := int(batch.MaxDinars)/300_000 + 1
	text := "phone,plan,amount\n" + strings.Repeat("0660000002,GROS_MOBILIS,300000\n", n)
	for _, total := range []string{fmt.Sprintf(",Total,%d\n", n*300_000), fmt.Sprintf("Total,,%s DA\n", grouped(int64(n*300_000), " "))} {
		in := mustRead(t, []byte(text+total), Options{}, Rules{})
		if d := cmp.Diff([]Total{{n + 2, batch.Dinars(n * 300_000)}}, in.Totals); d != "" || len(in.Rows) != n {
			t.Errorf("%q: %d rows, want %d\n%s", total, len(in.Rows), n, d)
		}
	}
	in := mustRead(t, []byte(text+"Total,,1\n"), Options{}, Rules{})
	if p := in.Rows[n].Problems(); len(p) == 0 || !strings.Contains(p[0].Message.String(), "if this line is a total") {
		t.Errorf("a wrong total: %+v", p)
	}
}

// A header that comes again, as on every page of a print, is no payment.
func TestHeaderAgain(t *testing.T) {
	text := "Nom;Téléphone;Montant\nA;0550000001;500\n Nom ;Téléphone;Montant;;\nB;0550000002;300\nNom;Téléphone;300\n"
	in := mustRead(t, []byte(text), Options{}, Rules{DefaultPlan: Auto})
	if d := cmp.Diff([]string{"2", "4", "5 phone.format"}, told(in)); d != "" {
		t.Error(d)
	}
	if len(in.Notes) != 1 || !strings.Contains(in.Notes[0].String(), "row 3 repeats the header") {
		t.Errorf("notes %q", in.Notes)
	}
}

// Whatever stands in the cells: every data line becomes a row or a total, the
// row is valid or says what is wrong, and a valid one could be sent.
func TestEveryLineIsARow(t *testing.T) {
	plans := catalogue(t)
	cell := rapid.OneOf(
		rapid.SampledFrom([]string{"", " ", "0550000001", "550000001", "+213 550 00 00 01", "PREPAID_DJEZZY", "MIX500_MOBILIS", "500", "1.500", "-5", "#REF!", "\"", "a\nb"}),
		rapid.String(),
	)
	rapid.Check(t, func(rt *rapid.T) {
		rules := Rules{Catalogue: plans, FixPhones: rapid.Bool().Draw(rt, "fix"), DefaultPlan: rapid.SampledFrom([]string{"", Auto, "PIXX_500"}).Draw(rt, "plan"), AnyOperator: rapid.Bool().Draw(rt, "any")}
		header := []string{"id", "phone", "plan", "amount"}
		c, err := newChecker(rules, header, columns{phone: 1, plan: 2, amount: 3, id: 0})
		if err != nil {
			rt.Fatal(err)
		}
		cells := rapid.SliceOfN(cell, 4, 4).Draw(rt, "cells")
		var row batch.Row
		c.row(&Entry{Number: 2, Cells: batch.CellsOf(cells...), Fields: [fields]string{cells[1], cells[2], cells[3], cells[0]}}, &row)
		if !row.Valid() {
			for _, p := range row.Problems() {
				if p.Code == "" || p.Message.IsZero() {
					rt.Fatalf("a problem without words: %+v", p)
				}
			}
			return
		}
		p, known := plans.Find(row.Topup.Plan)
		if _, err := batch.ParsePhone(string(row.Topup.Phone)); err != nil || !known || !p.Enabled || p.Menu() {
			rt.Fatalf("%q became %+v", cells, row.Topup)
		}
		if a := row.Topup.Amount; p.Fixed && a != p.Amount || !p.Fixed && (a < p.Min || a > p.Max) {
			rt.Fatalf("%q became %+v", cells, row.Topup)
		}
	})
}

func FuzzPhone(f *testing.F) {
	for _, s := range []string{"0550000001", "550000001", "+213550000001", "٠٥٥٠٠٠٠٠٠١", "0", "", "7.7E+08", "\u202a0550000001\u202c"} {
		f.Add(s)
	}
	c, err := newChecker(Rules{Catalogue: catalogue(f), DefaultPlan: Auto, DefaultAmount: 500}, []string{"phone"}, columns{0, -1, -1, -1})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var row batch.Row
		c.row(&Entry{Number: 2, Cells: batch.CellsOf(s), Fields: [fields]string{phone: s}}, &row)
		if row.Valid() && string(row.Topup.Phone) != s {
			t.Fatalf("%q passes for %s", s, row.Topup.Phone)
		}
	})
}

// Reading a payroll gives its rows their refs, and finds those that repeat.
func TestReadAssigns(t *testing.T) {
	text := "phone,amount\n0550000001,500\n0550000001,500\n0550000002,9000\n0550000003,500\n"
	rules := Rules{DefaultPlan: Auto, Batch: "october", Limits: batch.Limits{MaxPerPhone: 1000}}
	in := mustRead(t, []byte(text), Options{}, rules)
	if d := cmp.Diff([]string{"2", "3 duplicate.row", "4 amount.range", "5"}, told(in)); d != "" {
		t.Error(d)
	}
	for i, r := range in.Rows {
		if r.Valid() != (r.Ref != "") {
			t.Errorf("row %d of the file has the ref %q", i, r.Ref)
		}
	}
	rules.Limits.AllowDuplicates = true
	if in := mustRead(t, []byte(text), Options{}, rules); in.Rows[1].Ref == "" || in.Rows[1].Ref == in.Rows[0].Ref {
		t.Errorf("refs %q and %q", in.Rows[0].Ref, in.Rows[1].Ref)
	}
}
