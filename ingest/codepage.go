package ingest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// codePage is an encoding of one byte a letter, in which spreadsheets came before
// Unicode and Windows.
type codePage struct {
	name   string   // as it is shown
	called []string // what --encoding may call it besides, as fold leaves it
	decode func(string) (string, error)
}

// The encodings of DOS and of old Macs. The WHATWG's list has one of them.
var codePages = []codePage{
	{"IBM850", []string{"ibm850", "cp850", "850", "dos850", "dos", "pcmultilingual"}, decodedBy(charmap.CodePage850)},
	{"IBM437", []string{"ibm437", "cp437", "437", "dos437"}, decodedBy(charmap.CodePage437)},
	{"IBM720", []string{"ibm720", "cp720", "720", "dos720"}, decode720},
	{"Macintosh", []string{"macintosh", "mac", "macroman", "xmacroman"}, decodedBy(charmap.Macintosh)},
}

func decodedBy(e encoding.Encoding) func(string) (string, error) {
	return func(s string) (string, error) { return e.NewDecoder().String(s) }
}

// codePageCalled finds a code page by a name that people give it.
func codePageCalled(name string) (codePage, bool) {
	i := slices.IndexFunc(codePages, func(p codePage) bool { return slices.Contains(p.called, fold(name)) })
	if i < 0 {
		return codePage{}, false
	}
	return codePages[i], true
}

// page720 is the upper half of code page 720, Arabic of DOS, which x/text lacks.
const page720 = "\u0080\u0081éâ\u0084à\u0086çêëèïî\u008d\u008e\u008f\u0090\u0651\u0652ô¤ـûùءآأؤ£إئابةتثجحخدذرزسشص«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀ضطظعغفµقكلمنهوىي≡\u064b\u064c\u064d\u064e\u064f\u0650≈°∙·√ⁿ²■\u00a0"

var letters720 = []rune(page720)

func decode720(s string) (string, error) {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c < utf8.RuneSelf {
			b.WriteByte(c)
		} else {
			b.WriteRune(letters720[c-utf8.RuneSelf])
		}
	}
	return b.String(), nil
}

// frenchLetters are those of French, and of the names in its texts, that ASCII
// lacks.
const frenchLetters = "àâäçèéêëîïôöùûüÿœæÀÂÄÇÈÉÊËÎÏÔÖÙÛÜŸŒÆñÑ"

// guessPage finds the code page of a text that is not UTF-8 by its letters: those
// beyond ASCII must be letters of French within words of it, or words of Arabic.
// It reports false for what Windows writes, and for what is not clear.
func guessPage(content string) (codePage, bool) {
	head := content[:min(len(content), 1<<20)]
	best, most := codePage{}, score(decodedBy(charmap.Windows1252), head)
	most = max(most, score(decodedBy(charmap.Windows1256), head))
	found := false
	for _, p := range codePages {
		if n := score(p.decode, head); n > most {
			best, most, found = p, n, true
		}
	}
	return best, found
}

// score returns how much of a text beyond ASCII makes sense when it is decoded: a
// letter beside another one of its script counts for it, everything else against
// it.
func score(decode func(string) (string, error), content string) int {
	text, err := decode(content)
	if err != nil {
		return -len(content)
	}
	n, before, runes := 0, ' ', []rune(text)
	for i, r := range runes {
		after := ' '
		if i+1 < len(runes) {
			after = runes[i+1]
		}
		if r >= utf8.RuneSelf {
			n += sense(r, before, after)
		}
		before = r
	}
	return n
}

// sense returns 1 for a character that stands between two others as people write, 0 for
// a sign that stands anywhere, and below for one that makes no sense there.
func sense(r, before, after rune) int {
	switch {
	case (r == 'à' || r == 'À') && !unicode.IsLetter(before) && !unicode.IsLetter(after): // a word
		return 1
	case strings.ContainsRune("“«‘", r) && !unicode.IsLetter(before) && unicode.IsLetter(after),
		strings.ContainsRune("”»’…", r) && unicode.IsLetter(before) && !unicode.IsLetter(after),
		r == '’' && unicode.IsLetter(before) && unicode.IsLetter(after):
		return 1
	case strings.ContainsRune(frenchLetters, r):
		if capital := unicode.IsUpper(r); capital && unicode.IsLower(before) || !capital && unicode.IsUpper(after) && unicode.IsUpper(before) {
			return -1
		}
		if latin(before) || latin(after) {
			return 1
		}
		return -1
	case unicode.Is(unicode.Arabic, r):
		if unicode.Is(unicode.Arabic, before) || unicode.Is(unicode.Arabic, after) {
			return 1
		}
		return -1
	case r == '\u00a0', strings.ContainsRune("°«»‘’“”–…€º", r):
		return 0
	}
	return -1
}

func latin(r rune) bool { return unicode.Is(unicode.Latin, r) }
