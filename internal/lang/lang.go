// Package lang says the program's words in the reader's language: English,
// French or Arabic.
//
// Whoever has something to tell a person makes a Message: an English format and its
// values. Everything below the edge (ingest, batch, the journal) makes messages of its
// own, without knowing any language, so that a report can be made from a journal in any
// language later. Where a message leaves for a person, on the terminal or in a workbook,
// a Printer says it. Its catalogue is one gettext file a language (fr.po, ar.po), which
// any editor for translators opens; its keys are the English formats.
//
// Values are written as the language writes them: amounts of money, numbers of things,
// times, lists, and other messages and errors. A text that is a value is nobody's
// English, and stands as it is: a name, a phone, the provider's own words.
package lang

import (
	"embed"
	"fmt"
	"io"
	"slices"
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
	catalogue func() *gotext.Po // read when something is said first
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
	if language == "ar" {
		return &Printer{language, arabicCatalogue}, nil
	}
	return &Printer{language, frenchCatalogue}, nil
}

// The catalogues, each read once, when something is first said in its language.
var (
	frenchCatalogue = sync.OnceValue(func() *gotext.Po { return catalogue("fr") })
	arabicCatalogue = sync.OnceValue(func() *gotext.Po { return catalogue("ar") })
)

func catalogue(language string) *gotext.Po {
	text, err := catalogues.ReadFile(language + ".po")
	if err != nil {
		panic(err) // the file is a part of the program
	}
	return parse(text)
}

func parse(text []byte) *gotext.Po {
	po := gotext.NewPo()
	po.Parse(text)
	return po
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

// Sprintf says the message that Msg makes of a format and its values.
func (p *Printer) Sprintf(format string, args ...any) string {
	if false {
		_ = fmt.Errorf(format, args...) // vet checks calls of Sprintf because of this line; %w is welcome
	}
	return p.Say(Message{format: format, args: args})
}

// Fprintf writes what Sprintf says.
func (p *Printer) Fprintf(w io.Writer, format string, args ...any) (int, error) {
	return io.WriteString(w, p.Sprintf(format, args...))
}

// Title says a word or two that stand alone.
func (p *Printer) Title(s string) string {
	if p == nil {
		return s
	}
	return p.catalogue().GetC(s, titles, raw...)
}

// raw is no values: gettext's look-ups would format what they find, and here it
// is wanted as it stands in the catalogue.
var raw []any

// one is the translation of a format.
func (p *Printer) one(format string) string {
	if p == nil || format == "" { // by which a catalogue says what it is
		return format
	}
	return p.catalogue().Get(format, raw...)
}

// counted is the translation of a pair of formats for a number.
func (p *Printer) counted(n int, one, many string) string {
	switch {
	case p != nil:
		return p.catalogue().GetN(one, many, n, raw...)
	case n == 1:
		return one
	}
	return many
}
