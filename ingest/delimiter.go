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
// one that fits it best: it names the most fields, then has the most columns. Quoted delimiters do not count. Where no
// header appears, it is the one that parts the first rows into most columns, so
// that the error can list them.
func sniffDelimiter(text string, headerIn func(head) (fit int, found bool), l Limits) rune {
	best, most, found := delimiters[0], 0, false
	for _, d := range delimiters {
		h, _ := readHead(newLines(text, d, l)) // damage, or the wrong delimiter: whoever reads it all will tell
		fit, header := headerIn(h)
		if !header {
			fit = texts(h.fullest().texts)
		}
		if header && !found || header == found && fit > most {
			best, most, found = d, fit, header
		}
	}
	return best
}

// headerIn finds the header of a payroll, and tells how well it fits: by the fields
// that it names, and among equals by its columns.
func (m mapping) headerIn(h head) (fit int, found bool) {
	for _, r := range h {
		if c, ok, _ := match(r.texts, m); ok && !r.holdsPhone() {
			named := 0
			for _, column := range c {
				if column >= 0 {
					named++
				}
			}
			return named<<20 + len(r.texts), true
		}
	}
	return 0, false
}
