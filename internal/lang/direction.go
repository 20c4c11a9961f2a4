package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
)

// leftToRight is an invisible mark by which an Arabic screen or sheet shows what is
// beside it from left to right: the signs of "+213", "/paie.csv" and "--wait" would
// change sides without it. It is preferred to Unicode's isolates because older consoles
// show those as boxes. The catalogue has it before commands and flags.
const (
	leftToRight = "\u200e"
	rightToLeft = "\u200f"
)

// marked puts marks around a value of somebody else's in an Arabic sentence, such as
// the name of a file, a phone or a reference, if its order would suffer there.
func (p *Printer) marked(text string) string {
	if !p.RightToLeft() {
		return text
	}
	before, behind := suffers(strings.Trim(text, " \"")) // quotation marks may change sides
	if before {
		text = leftToRight + text
	}
	if behind {
		text += leftToRight
	}
	return text
}

// suffers tells at which ends a text needs a mark in an Arabic sentence. It follows the
// bidirectional algorithm (UAX #9): between letters from the left everything runs from
// the left, also digits behind such a letter; digits alone keep their order only with a
// single separator between them; and what begins in Arabic reads as the sentence does.
func suffers(text string) (before, behind bool) {
	plain := true   // digits with single separators, and nothing else
	leading := true // no more than digits before the first letter
	last, strong := bidi.ON, bidi.ON
	for _, r := range text {
		class := classOf(r)
		plain = plain && (class == bidi.EN || class == bidi.CS && last == bidi.EN)
		if strong == bidi.ON && (class == bidi.L || class == bidi.R || class == bidi.AL) {
			strong = class
		}
		leading = leading && (strong != bidi.ON || class == bidi.EN)
		last = class
	}
	if strong == bidi.R || strong == bidi.AL || plain && (text == "" || last == bidi.EN) {
		return false, false
	}
	return strong != bidi.L || !leading, last != bidi.L && last != bidi.EN && !bracketed(text)
}

// bracketed tells whether a text ends in a pair of brackets, which run as what is in
// front of them does (rule N0).
func bracketed(text string) bool { return strings.HasSuffix(text, ")") && strings.Contains(text, "(") }

// inCommand tells whether an Arabic text ends within a command that is shown from left
// to right. It may be copied to a terminal, so that no invisible marks belong in it.
func inCommand(text string) bool {
	mark := strings.LastIndex(text, leftToRight)
	return mark >= 0 && !strings.ContainsFunc(text[mark:], func(r rune) bool {
		return r == '\n' || unicode.Is(unicode.Arabic, r) || r == '،' || r == '؛' || r == '؟'
	})
}

func classOf(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

// arabicList puts commas between texts. Names in letters from the left have a mark
// between them, so that also they follow each other from the right.
func arabicList(texts []string) string {
	var s strings.Builder
	for i, text := range texts {
		if i > 0 {
			s.WriteString("، ")
			if first, _ := utf8.DecodeRuneInString(text); classOf(first) == bidi.L {
				s.WriteString(rightToLeft)
			}
		}
		s.WriteString(text)
	}
	return s.String()
}
