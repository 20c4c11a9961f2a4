// Package lang says the program's words in the reader's language: English,
// French or Arabic.
//
// The program writes in English, and everything below the edge (ingest, batch,
// the journal) knows no other language: so a journal reads the same everywhere,
// and a report can be made from it in any language later. Where words leave for
// a person, on the terminal or in a workbook, they go through a Printer. Its
// catalogue is one gettext file a language (fr.po, ar.po), which any editor for
// translators opens; its keys are the English formats.
//
// Words that come up from below have their values in them already. A Printer
// knows them by their form: the text "line 5 has 3 columns" is what the format
// "line %d has %d columns" makes. What it does not know stays as it is, such as
// the provider's own words and the operating system's.
package lang

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/leonelquinteros/gotext"
)

// Languages are those that the program speaks, by their codes (ISO 639-1).
var Languages = []string{"en", "fr", "ar"}

//go:embed *.po
var catalogues embed.FS

// Printer says things in one language. A nil Printer speaks English. It is safe
// for use by several goroutines.
type Printer struct {
	language  string
	catalogue func() *catalogue // read when something is said first
}

// catalogue is the words of a language.
type catalogue struct {
	po    *gotext.Po
	fixed map[string]bool // messages without values
	forms func() []*form  // of the others, the most particular first; made when they are needed first
}

// titles is the context of words that stand alone: titles, states, names of
// sheets. They are asked for as such, since a word of the user's own may be the
// same.
const titles = "title"

// New makes a printer of one of Languages.
func New(language string) (*Printer, error) {
	if language == "en" {
		return nil, nil
	}
	if !slices.Contains(Languages, language) {
		return nil, Errorf("no catalogue speaks %q: give en, fr or ar", language)
	}
	return &Printer{language, sync.OnceValue(func() *catalogue {
		text, err := catalogues.ReadFile(language + ".po")
		if err != nil {
			panic(err) // the file is a part of the program
		}
		return parse(text)
	})}, nil
}

func parse(text []byte) *catalogue {
	po := gotext.NewPo()
	po.Parse(text)
	c := &catalogue{po: po, fixed: map[string]bool{}}
	translations := po.GetDomain().GetTranslations()
	delete(translations, "") // what the catalogue says of itself
	for id, t := range translations {
		if t.PluralID == "" && !strings.Contains(id, "%") {
			c.fixed[id] = true
		}
	}
	c.forms = sync.OnceValue(func() []*form { return formsOf(translations, c.fixed) })
	return c
}

// formsOf makes the forms of those messages that are not fixed.
func formsOf(translations map[string]*gotext.Translation, fixed map[string]bool) (list []*form) {
	for id, t := range translations {
		if fixed[id] {
			continue
		}
		list = append(list, formOf(id, id, t.PluralID))
		if t.PluralID != "" {
			list = append(list, formOf(t.PluralID, id, t.PluralID))
		}
	}
	slices.SortFunc(list, (*form).compare)
	return list
}

// Language is the code of the printer's language.
func (p *Printer) Language() string {
	if p == nil {
		return "en"
	}
	return p.language
}

// RightToLeft tells whether the language is written so.
func (p *Printer) RightToLeft() bool { return p.Language() == "ar" }

// Sprintf says a message, with the values that fmt.Sprintf would put in it.
// Values that are words themselves, errors and texts that come from below, are
// said in the printer's language too, unless they are quoted.
func (p *Printer) Sprintf(format string, args ...any) string {
	if false {
		_ = fmt.Errorf(format, args...) // vet checks calls of Sprintf because of this line; %w is welcome
	}
	return p.fill(false, format, p.one(format), args)
}

// Fprintf writes what Sprintf says.
func (p *Printer) Fprintf(w io.Writer, format string, args ...any) (int, error) {
	return io.WriteString(w, p.Sprintf(format, args...))
}

// N says a message about a number of things, in the form that the number has in
// the language. Both formats are given the number and then the values.
func (p *Printer) N(n int, one, many string, args ...any) string {
	return p.fill(true, many, p.counted(n, one, many), append([]any{n}, args...))
}

// Title says a word or two that stand alone.
func (p *Printer) Title(s string) string {
	if p == nil {
		return s
	}
	return p.catalogue().po.GetC(s, titles, raw...)
}

// raw is no values: gettext's look-ups would format what they find, and here it
// is wanted as it stands in the catalogue.
var raw []any

// one is the translation of a format.
func (p *Printer) one(format string) string {
	if p == nil || format == "" { // by which a catalogue says what it is
		return format
	}
	return p.catalogue().po.Get(format, raw...)
}

// counted is the translation of a pair of formats for a number.
func (p *Printer) counted(n int, one, many string) string {
	switch {
	case p != nil:
		return p.catalogue().po.GetN(one, many, n, raw...)
	case n == 1:
		return one
	}
	return many
}
