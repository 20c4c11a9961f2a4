package office

import (
	"strings"

	"flexybatch/internal/lang"
)

// note is what a worker tells people, by the code of the language: those who read it
// have languages of their own.
type note map[string]string

// say says an error in each language; nothing for nil.
func (w *Worker) say(err error) note {
	if err == nil {
		return nil
	}
	n := note{}
	for code, words := range w.words {
		n[code] = words.Error(err)
	}
	return n
}

// brief is its first line in English: those that follow name people.
func (n note) brief() string {
	line, _, _ := strings.Cut(n["en"], "\n")
	return line
}

// printers are those of all languages.
func printers() (map[string]*lang.Printer, error) {
	all := map[string]*lang.Printer{}
	for _, code := range lang.Languages {
		words, err := lang.New(code)
		if err != nil {
			return nil, err
		}
		all[code] = words
	}
	return all, nil
}

// in is a text by language in one of them, or else as it is.
func in(by map[string]string, language, text string) string {
	if said := by[language]; said != "" && text != "" {
		return said
	}
	return text
}

// NoteIn is why the batch stands as it does, in a language.
func (b *Batch) NoteIn(language string) string { return in(b.notes, language, b.Note) }

// StoppedIn is why nothing of the account is sent, in a language.
func (b *Batch) StoppedIn(language string) string { return in(b.stops, language, b.Stopped) }
