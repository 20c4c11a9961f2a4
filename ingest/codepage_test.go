package ingest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// encoded is a text in an encoding of one byte a letter.
func encoded(t *testing.T, e encoding.Encoding, text string) string {
	t.Helper()
	s, err := e.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// to720 is a text in code page 720.
func to720(text string) string {
	var b []byte
	for _, r := range text {
		if i := strings.IndexRune(page720, r); i >= 0 {
			b = append(b, byte(0x80+len([]rune(page720[:i]))))
		} else {
			b = append(b, byte(r))
		}
	}
	return string(b)
}

// Files of DOS and of old Macs are known by their letters, and those of Windows
// stay what they are.
func TestCodePages(t *testing.T) {
	french := "Matricule;Téléphone;Montant;Prénom\n1;0550000001;500;Zoé\n2;0660000002;300;François à l'hôtel\n"
	arabic := "رقم الهاتف;المبلغ;الاسم\n0550000001;500;محمد بن علي\n"
	for name, tt := range map[string]struct{ content, format string }{
		"850":                    {encoded(t, charmap.CodePage850, french), "IBM850"},
		"437":                    {encoded(t, charmap.CodePage437, french), "IBM850"}, // the same letters at the same places
		"Mac":                    {encoded(t, charmap.Macintosh, french), "Macintosh"},
		"1252":                   {encoded(t, charmap.Windows1252, french), "Windows-1252"},
		"1252, quotes":           {encoded(t, charmap.Windows1252, "phone;amount;note\n0550000001;500;“suite”… l’eau – 5 €\n"), "Windows-1252"},
		"1252, capitals":         {encoded(t, charmap.Windows1252, "TÉLÉPHONE;MONTANT\n0550000001;500\n"), "Windows-1252"},
		"850, capitals":          {encoded(t, charmap.CodePage850, "TÉLÉPHONE;MONTANT\n0550000001;500\n"), "IBM850"},
		"Mac, capitals":          {encoded(t, charmap.Macintosh, "TÉLÉPHONE;MONTANT\n0550000001;500\n"), "Macintosh"},
		"720":                    {to720(arabic), "IBM720"},
		"1256":                   {encoded(t, charmap.Windows1256, arabic), "Windows-1256"},
		"one letter of 850":      {encoded(t, charmap.CodePage850, "Tél;Montant\n0550000001;500\n"), "IBM850"},
		"one letter of Windows":  {encoded(t, charmap.Windows1252, "Tél;Montant\n0550000001;500\n"), "Windows-1252"},
		"850, Arabic of Windows": {encoded(t, charmap.Windows1256, "phone;amount;nom\n0550000001;500;عمر\n"), "Windows-1256"},
	} {
		in, err := readBytes(t, []byte(tt.content), Options{}, Rules{DefaultPlan: Auto})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !strings.Contains(in.Format.String(), tt.format) || !in.Rows[0].Valid() {
			t.Errorf("%s is read as %s", name, in.Format)
		}
	}
	in := mustRead(t, []byte(encoded(t, charmap.CodePage437, french)), Options{Encoding: "CP437"}, Rules{DefaultPlan: Auto})
	if d := cmp.Diff([]string{"2", "0660000002", "300", "François à l'hôtel"}, in.Rows[1].Cells.List()); d != "" {
		t.Error(d)
	}
	for _, name := range []string{"cp850", "IBM-850", "850", "cp720", "mac", "x-mac-roman"} {
		mustRead(t, []byte("phone;amount\n0550000001;500\n"), Options{Encoding: name}, Rules{DefaultPlan: Auto})
	}
	if len(letters720) != 128 {
		t.Errorf("page 720 has %d letters", len(letters720))
	}
}
