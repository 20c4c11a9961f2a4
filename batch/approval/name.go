package approval

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mtibben/confusables"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"flexybatch/batch"
)

// ErrName says that a name cannot be an approver's.
var ErrName = batch.Errorf("an approver's name is of 1 to 100 letters, without line breaks")

// MixedScripts is the error for a name with a word in letters of several scripts,
// such as Latin and Cyrillic. People cannot tell such a word from one that is
// wholly in one script.
type MixedScripts struct{ Word string }

func (m *MixedScripts) Error() string { return m.message().String() }

// Parts returns what a message says of the error.
func (m *MixedScripts) Parts() (format, many string, n int, args []any) { return m.message().Parts() }

func (m *MixedScripts) message() batch.Message {
	return batch.Msg("the word %q of the name mixes letters of several alphabets: write each word in one alphabet", m.Word)
}

// CheckName returns an error if a name cannot be an approver's: ErrName, or a
// *MixedScripts. Each word has to be in one script. A name may have words in
// several, since people here write both: "Amel بن علي".
func CheckName(name string) error {
	if name == "" || utf8.RuneCountInString(name) > 100 || name != norm.NFC.String(strings.TrimSpace(name)) ||
		!utf8.ValidString(name) || letters(name) == "" || strings.ContainsFunc(name, unicode.IsControl) {
		return ErrName
	}
	for _, word := range strings.Fields(name) { // not at hyphens, or at marks that nobody sees: they would hide a mixture
		if !singleScript(word) {
			return &MixedScripts{word}
		}
	}
	return nil
}

// samePerson reports whether two names could be those of one person. They are if
// people can take one for the other: letters that look alike (Unicode TR39) are the
// same, and case, accents, spaces, punctuation and invisible characters do not
// count. A doubt makes them one person, so that nobody counts twice.
func samePerson(a, b string) bool {
	a, b = letters(a), letters(b)
	return slices.ContainsFunc(looks, func(look func(string) string) bool { return look(a) == look(b) })
}

// looks are the ways to compare what names look like: as they are written, in lower
// case, and in capitals. Cyrillic В is like B while в is not like b, and with other
// letters it is the reverse.
var looks = []func(string) string{
	func(s string) string { return fold(confusables.Skeleton(s)) },
	func(s string) string { return confusables.Skeleton(fold(s)) },
	func(s string) string { return fold(confusables.Skeleton(strings.ToUpper(s))) },
}

func fold(s string) string { return cases.Fold().String(s) }

// letters returns the letters and digits of a name, without accents and without
// letters that are not seen or only modify others. Digits are those of ASCII.
func letters(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(name) {
		switch digit, isDigit := batch.Digit(r); {
		case isDigit:
			b.WriteByte('0' + digit)
		case unicode.IsLetter(r) && !unicode.In(r, unicode.Lm, unicode.Other_Default_Ignorable_Code_Point):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// singleScript reports whether all letters of a word belong to one script, as TR39
// defines it. Characters that scripts share (Common, Inherited) belong to all.
func singleScript(word string) bool {
	var common []string // the scripts that can write all letters so far; nil: any
	for _, r := range norm.NFKC.String(word) {
		if unicode.In(r, unicode.Common, unicode.Inherited) {
			continue
		}
		of := scripts(r)
		if common == nil {
			common = of
			continue
		}
		common = slices.DeleteFunc(common, func(s string) bool { return !slices.Contains(of, s) })
		if len(common) == 0 {
			return false
		}
	}
	return true
}

// systems are the writing systems that use letters of several scripts: Chinese
// with Bopomofo, Japanese and Korean (TR39, section 5.1).
var systems = map[string][]string{
	"Han": {"Hanb", "Jpan", "Kore"}, "Bopomofo": {"Hanb"},
	"Hiragana": {"Jpan"}, "Katakana": {"Jpan"}, "Hangul": {"Kore"},
}

// scripts returns the script of a letter and the writing systems that use it.
func scripts(r rune) []string {
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return append([]string{name}, systems[name]...)
		}
	}
	return []string{"unassigned"}
}
