package report

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// caption makes a text fit for the title of a column. A title stands in the sheet
// and in its table, and both must spell it in the same way: so it is one line, and
// has no escapes in it.
func caption(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, clean(s))
	s = strings.TrimSpace(escape.ReplaceAllString(s, "_ $1"))
	if utf8.RuneCountInString(s) > 200 {
		s = string([]rune(s)[:200])
	}
	return s
}

// escape matches what stands for a character in cells and in the names of a
// table's columns (ECMA-376, 22.9.2.19). Programs differ in where they resolve it.
var escape = regexp.MustCompile(`_(x[0-9A-Fa-f]{4}_)`)

// clean makes a text fit for a cell: characters that XML cannot hold become �, and
// a text that is too long is cut and ends in ….
func clean(s string) string {
	ok := true
	for i := 0; i < len(s) && ok; i++ {
		ok = s[i] >= 0x20 && s[i] < 0x80
	}
	if !ok {
		s = strings.Map(func(r rune) rune {
			if r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 {
				return r
			}
			return '\ufffd'
		}, strings.ToValidUTF8(s, "\ufffd"))
	}
	if len(s) > maxCell && utf8.RuneCountInString(s) > maxCell-2 {
		s = string([]rune(s)[:maxCell-2]) + "…"
	}
	return s
}

// maxCell is how many characters a cell can hold.
const maxCell = 32_767

// linesOf estimates how many lines a text takes in a column of this width when it
// is wrapped at its words. A width is counted in digits, and most letters are
// narrower. The estimate is needed because no program makes a row of a streamed
// sheet higher by itself.
func linesOf(text string, width float64) int {
	room := int(1.05*width) - 1 // less the indentation
	lines := 0
	for line := range strings.SplitSeq(text, "\n") {
		lines++
		at := 0
		for word := range strings.SplitSeq(line, " ") {
			n := utf8.RuneCountInString(word)
			if at > 0 && at+1+n > room {
				lines++
				at = 0
			} else if at > 0 {
				at++
			}
			at += n
			for ; at > room && room > 0; at -= room { // a word that is longer than a line
				lines++
			}
		}
	}
	return lines
}

// lineHeight is the height of a line of text, in points; a row can have 409.
const lineHeight = 15
