package ingest

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"flexybatch/ingest/fault"
)

// An error value is no header, in whatever language the spreadsheet wrote it:
// once #VALEUR! was a column of amounts, and #REF! one of ids.
func TestErrorsAreNoHeaders(t *testing.T) {
	for _, e := range []string{"#VALEUR!", "#REF!", "#NOM?", "#N/A", "#N/D", "#WERT!", "#BEZUG!", "#¡VALOR!", "#¿NOMBRE?", "#VALORE!", "#ССЫЛКА!", "#Н/Д", "#NV", "#ÉRTÉK!", "#DEĞER!", "#VÄRDEFEL!", "#DIVISION/0!", "Err:502", "#######", " #REF! "} {
		in, err := readBytes(t, []byte("phone;plan;"+e+"\n0550000001;PREPAID_OOREDOO;300\n"), Options{}, Rules{DefaultAmount: 500})
		if err != nil {
			t.Errorf("%s: %v", e, err)
			continue
		}
		if got := in.Rows[0].Topup; got.Amount != 500 || got.ID != "" || len(in.Fields) != 2 {
			t.Errorf("%s: %+v, fields %v", e, got, in.Fields)
		}
	}
	for name, cell := range map[string]string{
		"error":      `<c r="C1" t="e"><v>amount</v></c>`,
		"not saved":  `<c r="C1"><f>A1</f></c>`,
		"of a value": `<c r="C1" t="e"><v>#VALEUR!</v></c>`,
	} {
		sheet := `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c>` + cell + `</row><row r="2"><c r="A2" t="s"><v>2</v></c><c r="C2"><v>300</v></c></row></sheetData></worksheet>`
		if in := mustRead(t, rawBook(t, sheet), Options{}, Rules{DefaultPlan: Auto, DefaultAmount: 500}); in.Rows[0].Topup.Amount != 500 {
			t.Errorf("a header that is an %s is paid by: %+v", name, in.Rows[0].Topup)
		}
	}
	for _, id := range []string{"#12", "#A7", "N#1!", "#a!"} {
		in := mustRead(t, []byte("phone;id\n0550000001;"+id+"\n"), Options{}, Rules{DefaultPlan: Auto, DefaultAmount: 500})
		if !in.Rows[0].Valid() || in.Rows[0].Topup.ID != id {
			t.Errorf("the id %q is no error: %v", id, in.Rows[0].Problems())
		}
	}
}

// A row in which a phone stands is data: its payment must not vanish as a header.
func TestDataIsNoHeader(t *testing.T) {
	for name, tt := range map[string]struct {
		text  string
		want  []string
		words []string
	}{
		"names in the data": {"A;Mobile;0550000001;PREPAID_OOREDOO;500\nB;x;0550000002;PREPAID_OOREDOO;500\n", nil, []string{"row 1", "0550000001", "no header line"}},
		"letterhead":        {"Société X;;;\nTél;0550000009;;\nNom;Téléphone;Montant\nA;0550000001;500\n", []string{"4 0550000001 PREPAID_OOREDOO 500"}, nil},
		"its landline":      {"Société X;;\nTél;023 45 67 89;\nNom;Téléphone;Montant\nA;0550000001;500\n", []string{"4 0550000001 PREPAID_OOREDOO 500"}, nil},
		"sorted":            {"A;0550000001;500\nNom;Téléphone;Montant\nZ;0550000002;500\n", nil, []string{"row 1", "above the header", "row 2"}},
		"phones alone":      {"0550000001\nphone\n0550000002\n", nil, []string{"row 1", "above the header"}},
		"no header":         {"0550000001;500\n", nil, []string{"row 1", "no header line"}},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := readBytes(t, []byte(tt.text), Options{}, Rules{DefaultPlan: Auto, DefaultAmount: 500})
			if tt.want == nil {
				for _, w := range tt.words {
					if err == nil || !strings.Contains(err.Error(), w) {
						t.Errorf("error %v does not say %q", err, w)
					}
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, paid(in)); d != "" {
				t.Error(d)
			}
		})
	}
}

// A sheet without a phone column is no payroll, whatever else is unclear in it;
// nor is a line above the header.
func TestUnclearElsewhere(t *testing.T) {
	other := `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>ref</t></is></c><c r="B1" t="inlineStr"><is><t>code</t></is></c></row></sheetData></worksheet>`
	in := mustRead(t, rawBook(t, inSheet(goodRow),
		[2]string{"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="Paie" r:id="s1"/><sheet name="Codes" r:id="s4"/></sheets></workbook>`},
		[2]string{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="s1" Type="r/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="s2" Type="r/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="s4" Type="r/worksheet" Target="worksheets/sheet2.xml"/></Relationships>`},
		[2]string{"xl/worksheets/sheet2.xml", other}), Options{}, Rules{DefaultPlan: Auto})
	if in.Sheet != "Paie" || !in.Rows[0].Valid() {
		t.Errorf("%+v", in)
	}
	in = mustRead(t, []byte("Montant;Valeur;\nRef;Code;\nNom;Tél;Montant\nA;0550000001;500\n"), Options{}, Rules{DefaultPlan: Auto})
	if d := cmp.Diff([]string{"4 0550000001 PREPAID_OOREDOO 500"}, paid(in)); d != "" {
		t.Error(d)
	}
}

// Which column is meant is a question that can be answered: the error lists the
// columns, and with one of them as the mapping the file is read.
func TestQuestions(t *testing.T) {
	for name, tt := range map[string]struct {
		text, field string
		choices     []fault.Choice
	}{
		"two phones":   {"Tél;Mobile;Montant\n0550000001;0660000002;500\n", "phone", []fault.Choice{{Header: "Tél", Letter: "A"}, {Header: "Mobile", Letter: "B"}}},
		"two amounts":  {"Tél;Montant;Net à payer\n0550000001;600;500\n", "amount", []fault.Choice{{Header: "Montant", Letter: "B"}, {Header: "Net à payer", Letter: "C"}}},
		"unknown name": {"Nom;Bénéficiaire;Montant\nA;0550000001;500\nB;0550000002;500\n", "phone", []fault.Choice{{Header: "Bénéficiaire", Letter: "B", Examples: []string{"0550000001", "0550000002"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readBytes(t, []byte(tt.text), Options{}, Rules{DefaultPlan: Auto})
			e, ok := errors.AsType[*FileError](err)
			if !ok || e.Field != tt.field {
				t.Fatalf("error %+v", err)
			}
			if d := cmp.Diff(tt.choices, e.Choices); d != "" {
				t.Error(d)
			}
			for _, c := range e.Choices {
				if in := mustRead(t, []byte(tt.text), Options{Map: map[string]string{e.Field: c.Letter}}, Rules{DefaultPlan: Auto}); in.Fields[e.Field] != c.Header {
					t.Errorf("asked for %s, it reads %s", c.Header, in.Fields[e.Field])
				}
			}
		})
	}
}

// What a field may be called besides counts only where nothing else is.
func TestOtherNames(t *testing.T) {
	for text, want := range map[string]string{
		"Contact;Tél;Montant;Prime\nAli;0550000001;500;40\n":                          "2 0550000001 PREPAID_OOREDOO 500",
		"Nom;Contact;Prime\nAli;0550000001;500\n":                                     "2 0550000001 PREPAID_OOREDOO 500",
		"Nom;Cell;À recharger\nAli;0550000001;500\n":                                  "2 0550000001 PREPAID_OOREDOO 500",
		"Nom;Tél;Opérateur;Montant net\nAli;0550000001;PREPAID_OOREDOO;500\n":         "2 0550000001 PREPAID_OOREDOO 500",
		"Nom;Tél;Opérateur;Offre;Net à payer\nAli;0550000001;x;PREPAID_OOREDOO;500\n": "2 0550000001 PREPAID_OOREDOO 500",
	} {
		in := mustRead(t, []byte(text), Options{}, Rules{DefaultPlan: Auto})
		if d := cmp.Diff([]string{want}, paid(in)); d != "" {
			t.Errorf("%q: %s", text, d)
		}
	}
}
