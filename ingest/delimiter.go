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

// sniffDelimiter finds the delimiter under which a header appears; of several, the
// one that parts it into most columns. Quoted delimiters do not count. Where no
// header appears, it is the one that parts the first rows into most columns, so
// that the error can list them.
func sniffDelimiter(text string, headerIn func(head) (columns int, found bool), l Limits) rune {
	best, most, found := delimiters[0], 0, false
	for _, d := range delimiters {
		h, _ := readHead(newLines(text, d, l)) // damage, or the wrong delimiter: whoever reads it all will tell
		columns, header := headerIn(h)
		if !header {
			columns = texts(h.fullest().texts)
		}
		if header && !found || header == found && columns > most {
			best, most, found = d, columns, header
		}
	}
	return best
}

// headerIn finds the header of a payroll, and tells how many columns it has.
func (m mapping) headerIn(h head) (columns int, found bool) {
	for _, r := range h {
		if _, ok, _ := match(r.texts, m); ok && !r.holdsPhone() {
			return len(r.texts), true
		}
	}
	return 0, false
}
