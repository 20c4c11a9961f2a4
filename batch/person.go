package batch

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NameColumns lists the columns of a header that name the person of a row, from
// 0, in the order of the file: messages say who is meant.
func NameColumns(header []string) (columns []int) {
	for i, title := range header {
		if slices.Contains(nameTitles, fold(title)) {
			columns = append(columns, i)
		}
	}
	return columns
}

// nameTitles are the titles of columns of names in French, English and Arabic,
// folded.
var nameTitles = []string{
	"nom", "noms", "prenom", "prenoms", "nomprenom", "nometprenom", "nomsetprenoms", "nomcomplet", "prenomnom", "employe", "salarie", "beneficiaire", "agent",
	"name", "fullname", "firstname", "lastname", "surname", "employee", "employeename", "beneficiary", "person",
	"الاسم", "اللقب", "الاسمواللقب", "الاسمالكامل", "اسم", "الموظف", "اسمالموظف", "المستفيد",
}

// fold is a title without case, accents, spaces and punctuation.
func fold(title string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(title)) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// NameIn returns what the columns of names say of a row, from its cells.
func NameIn(c Cells, columns []int) string {
	var parts []string
	for _, i := range columns {
		if text := strings.TrimSpace(c.At(i)); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}
