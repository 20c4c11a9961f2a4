package ingest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"flexybatch/ingest/xlsx"
)

// Every name of the contract is known, in every spelling that people use.
func TestHeaderNames(t *testing.T) {
	names := map[field][]string{
		phone: {"phone", "msisdn", "mssidn", "mobile", "tel", "telephone", "téléphone", "portable", "gsm", "numéro", "n° de téléphone", "رقم الهاتف", "الهاتف", "رقم", "الجوال",
			"PHONE", " Tél. ", "TÉLÉPHONE", "te\u0301le\u0301phone", "N°  de Telephone :", "Nº de téléphone", "رَقَمُ الهَاتِف", "رقـــم الهاتف", "\u200fالهاتف\u200e", "*Phone*",
			"N° Tél", "Nº Tel.", "Num Tél", "Numéro Tél", "Phone number", "Mobile No.", "Tél. portable", "Numéro de mobile", "N° GSM", "رقم الهاتف النقال",
			"رقم الهاتف المحمول", "Tél GSM", "GSM/Mobile", "N° de portable", "Cell phone", "Num. tél."},
		plan: {"plan", "plan_code", "offre", "forfait", "formule", "الباقة", "الخطة", "العرض", "Plan Code", "PLAN-CODE", "الباقه"},
		amount: {"amount", "montant", "somme", "valeur", "المبلغ", "القيمة", "Montant :", "المَبلَغ",
			"Montant (DA)", "MONTANT EN DA", "Montant en dinars", "Amount (DZD)", "amount_in_dzd", "Somme DA", "المبلغ (دج)", "المبلغ بالدينار الجزائري",
			"Montant net", "Net à payer", "NET A PAYER (DA)", "Montant à recharger", "مبلغ التعبئة"},
		id: {"id", "ref", "reference", "référence", "matricule", "employee id", "code", "المرجع", "الرقم الوظيفي", "Employee_ID", "Réf."},
	}
	for f, list := range names {
		for _, name := range list {
			if got, ok := fieldKnownAs(fold(name)); !ok || got != f {
				t.Errorf("%q is %v, %v; want %s", name, got, ok, f)
			}
		}
	}
	for _, name := range []string{"", " ", "nom", "phone 2", "plan comptable", "الاسم", "montant brut", "da", "contact", "prime", "dinars", "agenda", "téléphone da", "montant usd"} {
		if f, ok := fieldKnownAs(fold(name)); ok {
			t.Errorf("%q passes for %s", name, f)
		}
	}
}

// The contract's alef forms: hamza above, below, madda, wasla.
func TestFoldArabic(t *testing.T) {
	for _, s := range []string{"أحمد", "إحمد", "آحمد", "ٱحمد"} {
		if fold(s) != "احمد" {
			t.Errorf("%q folds to %q", s, fold(s))
		}
	}
}

func TestMap(t *testing.T) {
	const text = "Nom,Bénéficiaire,Autre,Montant\nA,0550000001,600,500\n"
	for name, tt := range map[string]struct {
		m    map[string]string
		want string
	}{
		"by header":     {map[string]string{"phone": "Bénéficiaire"}, "2 0550000001 PREPAID_OOREDOO 500"},
		"folded":        {map[string]string{"phone": "BENEFICIAIRE"}, "2 0550000001 PREPAID_OOREDOO 500"},
		"by letter":     {map[string]string{"phone": "b"}, "2 0550000001 PREPAID_OOREDOO 500"},
		"by number":     {map[string]string{"Phone": "2"}, "2 0550000001 PREPAID_OOREDOO 500"},
		"over a known":  {map[string]string{"phone": "Bénéficiaire", "amount": "Autre"}, "2 0550000001 PREPAID_OOREDOO 600"},
		"and an id too": {map[string]string{"phone": "Bénéficiaire", "id": "Nom"}, "2 0550000001 PREPAID_OOREDOO 500 A"},
	} {
		t.Run(name, func(t *testing.T) {
			in := mustRead(t, []byte(text), Options{Map: tt.m}, Rules{DefaultPlan: Auto})
			if d := cmp.Diff([]string{tt.want}, paid(in)); d != "" {
				t.Error(d)
			}
		})
	}
	for name, tt := range map[string]struct {
		m      map[string]string
		reason error
		words  []string
	}{
		"no such field":       {map[string]string{"fone": "Nom"}, ErrMap, []string{`"fone"`, `"phone", "plan", "amount", "id"`}},
		"no header named":     {map[string]string{"phone": " "}, ErrMap, []string{"--map phone=HEADER"}},
		"no such header":      {map[string]string{"phone": "Tel"}, ErrMap, []string{`"Nom", "Bénéficiaire", "Autre", "Montant"`}},
		"no such column":      {map[string]string{"phone": "Z"}, ErrMap, []string{"Bénéficiaire"}},
		"no such other":       {map[string]string{"phone": "B", "plan": "Offre"}, ErrMap, []string{"--map plan=Offre", "Bénéficiaire"}},
		"one column for both": {map[string]string{"phone": "B", "id": "Bénéficiaire"}, ErrMap, []string{"phone and for id"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readBytes(t, []byte(text), Options{Map: tt.m}, Rules{DefaultPlan: Auto})
			wantError(t, err, tt.reason, tt.words...)
		})
	}
	_, err := readBytes(t, []byte("x,x,amount\n0550000001,,500\n"), Options{Map: map[string]string{"phone": "x"}}, Rules{})
	wantError(t, err, ErrColumns, "A and B")
	in := mustRead(t, []byte("x,x,amount\n,0550000001,500\n"), Options{Map: map[string]string{"phone": "B"}}, Rules{DefaultPlan: Auto})
	if d := cmp.Diff([]string{"2 0550000001 PREPAID_OOREDOO 500"}, paid(in)); d != "" {
		t.Error(d)
	}
}

func TestColumnLetters(t *testing.T) {
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA", 16_383: "XFD"} {
		if got := xlsx.Letters(i); got != want || columnAt(want) != i {
			t.Errorf("column %d is %s and back %d, want %s", i, got, columnAt(want), want)
		}
	}
}

func FuzzHeader(f *testing.F) {
	for _, s := range []string{"phone", "N° de téléphone", "رقم الهاتف", "Réf.", "", "\xff", "plan_code"} {
		f.Add(s, "Montant", "phone")
	}
	f.Fuzz(func(t *testing.T, a, b, mapped string) {
		if again := fold(fold(a)); again != fold(a) {
			t.Fatalf("%q folds to %q and then to %q", a, fold(a), again)
		}
		c, ok, err := match([]string{a, b}, mapping{phone: mapped})
		if err == nil && ok && (c[phone] < 0 || c[phone] > 1) {
			t.Fatalf("%q, %q: phone is column %d", a, b, c[phone])
		}
	})
}
