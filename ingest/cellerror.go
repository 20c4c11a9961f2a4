package ingest

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"flexybatch/ingest/xlsx"
)

// unmarkedErrors are the error values of Excel, in all its languages, that end in
// neither ! nor ?.
var unmarkedErrors = []string{"#N/A", "#N/D", "#NV", "#N/B", "#I/T", "#YOK", "#SAKNAS", "#PUUTTUU", "#HIÁNYZIK", "#Н/Д", "#NENÍ_K_DISPOZICI", "#NEDOSTUPNÝ", "#Δ/Υ", "#ÍTHÉ", "#GETTING_DATA"}

// libreError is how LibreOffice shows an error without a name.
var libreError = regexp.MustCompile(`^Err ?: ?[0-9]{3}$`)

// spreadsheetError knows the errors that a cell shows, also once they were saved
// as the text of a CSV file: #REF!, #VALEUR!, #¿NOMBRE?, #ДЕЛ/0!, a column too
// narrow for its number.
func spreadsheetError(s string) bool {
	s = strings.TrimSpace(s)
	rest, marked := strings.CutPrefix(s, "#")
	if !marked {
		return s == xlsx.NotCounted || libreError.MatchString(s)
	}
	if strings.Trim(rest, "#") == "" {
		return len(rest) > 1
	}
	if slices.Contains(unmarkedErrors, s) {
		return true
	}
	rest = strings.TrimLeft(rest, "¡¿")
	return len(rest) > 2 && strings.ContainsAny(rest[len(rest)-1:], "!?") && !strings.ContainsFunc(rest[:len(rest)-1], notOfError)
}

// notOfError tells a character that stands in the name of no error: they are in
// capitals, and their only digit is that of a division by 0.
func notOfError(r rune) bool {
	return unicode.ToUpper(r) != r || !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune("/_ 0", r)
}
