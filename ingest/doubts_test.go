package ingest

import (
	"errors"
	"flexybatch/batch"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Signatures and remarks below a total are mentioned and are no rows; a row that
// has lost its phone is one.
func TestRemarksBelowTotal(t *testing.T) {
	const head = "id,phone,amount\nA,0550000001,500\nB,0550000002,300\n"
	for name, tt := range map[string]struct {
		tail    string
		rows    int
		remarks []Line
	}{
		"signatures":         {"Total,,800\n\n\"Arrêté le présent état à la somme de : 800 DA\",,\nVisa du DRH :,,Le Directeur\n", 2, []Line{{6, "Arrêté le présent état à la somme de : 800 DA"}, {7, "Visa du DRH : Le Directeur"}}},
		"under the phones":   {"Total,,800\n,Visa du DRH :,\n", 2, []Line{{5, "Visa du DRH :"}}},
		"without a total":    {"Visa du DRH :,,\n", 3, nil},
		"a payment below it": {"Total,,800\nVisa,,\nC,0550000003,100\n", 4, nil},
		"a lost phone":       {"Total,,800\nC,,100\n", 3, nil},
		"a lost plan":        {"Total,,800\nC,Ooredoo,\n", 3, nil},
		"a broken phone":     {"Total,,800\nC,055000000,\n", 3, nil},
		"a phone elsewhere":  {"Total,,800\n0550000003,,\n", 3, nil},
		"a wrong total":      {"Total,,801\nVisa,,\n", 4, nil},
	} {
		t.Run(name, func(t *testing.T) {
			in := mustRead(t, []byte(head+tt.tail), Options{}, Rules{DefaultPlan: Auto})
			if d := cmp.Diff(tt.remarks, in.Remarks); d != "" || len(in.Rows) != tt.rows {
				t.Errorf("%d rows, want %d\n%s", len(in.Rows), tt.rows, d)
			}
			for _, r := range in.Remarks {
				if !slices.ContainsFunc(in.Notes, func(n batch.Message) bool { return strings.Contains(n.String(), r.Text) }) {
					t.Errorf("%q is not mentioned: %q", r.Text, in.Notes)
				}
			}
		})
	}
}

// What was repaired is counted, with examples, and said first.
func TestRepairedIsTold(t *testing.T) {
	in := mustRead(t, []byte("phone,amount\n550000001,500\n0550000002,500\n+213550000003,500\n550000004.0,500\n550000005,500\n5500000,500\n"), Options{}, Rules{DefaultPlan: Auto, FixPhones: true})
	want := Repaired{4, []Repair{{2, "550000001", "0550000001"}, {4, "+213550000003", "0550000003"}, {5, "550000004.0", "0550000004"}}}
	if d := cmp.Diff(want, in.Repaired); d != "" {
		t.Error(d)
	}
	if len(in.Notes) != 1 || !strings.Contains(in.Notes[0].String(), `4 of 6, such as "550000001" in row 2, which is paid as 0550000001`) {
		t.Errorf("notes %q", in.Notes)
	}
	if in := mustRead(t, []byte("phone,amount\n550000001,500\n"), Options{}, Rules{DefaultPlan: Auto}); in.Repaired.Count != 0 {
		t.Errorf("without --fix-phones: %+v", in.Repaired)
	}
}

// Columns that nothing is taken from and that look like a field's are named.
func TestUnusedColumns(t *testing.T) {
	rules := Rules{DefaultPlan: Auto, DefaultAmount: 500}
	for text, want := range map[string][]Unused{
		"Tél;À verser\n0550000001;300\n0550000002;400\n":                   {{Column: "À verser", Letter: "B", Looks: "amount"}},
		"N°;Tél;À verser\n11;0550000001;300\n12;0550000002;400\n":          {{Column: "À verser", Letter: "C", Looks: "amount"}}, // 11, 12 count the rows
		"Tél;Montant;Net imposable\n0550000001;300;250\n":                  {{Column: "Net imposable", Letter: "C", Looks: "amount"}},
		"Tél;Montant;Âge\n0550000001;300;45\n":                             nil,
		"Tél;Montant;Autre\n0550000001;300;0660000001\n":                   {{Column: "Autre", Letter: "C", Looks: "phone"}},
		"Tél;Montant;Ligne\n0550000001;300;Ooredoo\n":                      {{Column: "Ligne", Letter: "C", Looks: "plan"}},
		"Tél;Montant;Plan;Ligne\n0550000001;300;PREPAID_OOREDOO;Ooredoo\n": nil,
		"Tél;Nom;Date\n0550000001;Ali;2026-01-01\n":                        nil,
	} {
		in := mustRead(t, []byte(text), Options{}, rules)
		if d := cmp.Diff(want, in.Unused, cmpopts.IgnoreFields(Unused{}, "Examples")); d != "" {
			t.Errorf("%q: %s", text, d)
		}
		if len(in.Notes) != len(want) {
			t.Errorf("%q: notes %q", text, in.Notes)
		}
	}
}

// Where rows lack an amount or a plan and a column looks like it, the file is not
// given up row by row: which column is meant is asked.
func TestWhichColumn(t *testing.T) {
	for text, field := range map[string]string{
		"Tél;À verser\n0550000001;300\n0550000002;400\n":                        "amount",
		"Tél;Montant;Ligne\n0550000001;300;Ooredoo\n0550000002;400;Ooredoo\n":   "plan",
		"Tél;Montant;Ligne\n0550000001;300;PREPAID_OOREDOO\n0550000002;300;x\n": "",
		"Tél;Plan;Note\n0550000001;PREPAID_OOREDOO;a\n":                         "",
	} {
		rules := Rules{}
		if field == "amount" {
			rules.DefaultPlan = Auto
		}
		in, err := readBytes(t, []byte(text), Options{}, rules)
		if field == "" {
			if err != nil || in.Rows[0].Valid() {
				t.Errorf("%q: %v", text, err)
			}
			continue
		}
		e, ok := errors.AsType[*FileError](err)
		if !ok || e.Field != field || len(e.Choices) != 1 || !errors.Is(err, ErrColumns) {
			t.Fatalf("%q: error %v", text, err)
		}
		in = mustRead(t, []byte(text), Options{Map: map[string]string{field: e.Choices[0].Letter}}, rules)
		if !in.Rows[0].Valid() || !in.Rows[1].Valid() {
			t.Errorf("%q, answered: %v %v", text, in.Rows[0].Problems(), in.Rows[1].Problems())
		}
	}
}
