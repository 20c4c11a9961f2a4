package ingest

import (
	"slices"
	"strings"
)

// delimiters are those that spreadsheet programs write, the likeliest first for
// files that have no use for one.
var delimiters = []rune{';', ',', '\t', '|'}

// sepLine reads Excel's own first line, `sep=;`, which names the delimiter and
// is no row.
func sepLine(text string) (delimiter rune, ok bool) {
	line, _, _ := strings.Cut(text[:min(len(text), 16)], "\n")
	s := strings.Trim(strings.TrimRight(line, "\r"), `"`)
	if len(s) != len("sep=;") || !strings.EqualFold(s[:4], "sep=") || !slices.Contains(delimiters, rune(s[4])) {
		return 0, false
	}
	return rune(s[4]), true
}

// sniffDelimiter finds the delimiter under which a header with a phone column
// appears; of several, the one that parts it into most columns. Quoted
// delimiters do not count. Where no header appears, it is the one that parts
// the first rows into most columns, so that the error can list them.
func sniffDelimiter(text string, m mapping, l Limits) rune {
	best, most, found := delimiters[0], 0, false
	for _, d := range delimiters {
		columns, header := tryDelimiter(text, d, m, l)
		if header && !found || header == found && columns > most {
			best, most, found = d, columns, header
		}
	}
	return best
}

// tryDelimiter reads the first rows and tells how many columns the header has,
// or, without one, the fullest row.
func tryDelimiter(text string, delimiter rune, m mapping, l Limits) (columns int, header bool) {
	h, _ := readHead(newLines(text, delimiter, l)) // damage, or the wrong delimiter: whoever reads it all will tell
	for _, r := range h {
		if _, ok, _ := match(r.texts, m); ok && !r.holdsPhone() {
			return len(r.texts), true
		}
	}
	return texts(h.fullest().texts), false
}
