package ingest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/leonelquinteros/gotext"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// message is whatever says itself in parts: a batch.Message, a problem, a fault.
type message interface {
	Parts() (format, many string, n int, args []any)
}

// translation is one language beside English.
type translation struct {
	*lang.Printer
	english map[string]bool // words that do not belong into it
}

// translations are the languages beside English.
var translations = sync.OnceValue(func() (all []translation) {
	for _, language := range lang.Languages[1:] {
		p, err := lang.New(language)
		if err != nil {
			panic(err)
		}
		all = append(all, translation{p, englishWords(language)})
	}
	return all
})

// englishWords are the words of the English formats, without those that are written
// the same in a language.
func englishWords(language string) map[string]bool {
	text, err := os.ReadFile(filepath.Join("..", "internal", "lang", language+".po"))
	if err != nil {
		panic(err)
	}
	po := gotext.NewPo()
	po.Parse(text)
	words := map[string]bool{}
	for id, t := range po.GetDomain().GetTranslations() {
		for _, word := range wordsOf(verb.ReplaceAllString(id+" "+t.PluralID, " ")) {
			words[word] = true
		}
	}
	for _, same := range []string{names, alike[language]} {
		for word := range strings.FieldsSeq(same) {
			delete(words, word)
		}
	}
	return words
}

// names are written the same in every language: of programs and fields, of values of
// flags, and what the columns of a file may be called.
const names = `apple excel flexybatch gzip bzip iso kib mib numbers office opendocument whatwg windows word doc xls xlsb xlsx slk xz zstd cp
	phone plan amount id type operation auto mobile montant commande objid order ref le port`

// alike are words of French, too. Arabic has none of them.
var alike = map[string]string{
	"fr": `archive centimes code correct date dinars document en exporter format instruction le long on page paie point style styles total transaction web`,
}

var (
	verb = regexp.MustCompile(`%(\[\d+\])?[-+# 0-9.]*[a-zA-Z]`)
	flag = regexp.MustCompile(`--[a-z-]+(=[A-Z]+)?|flexybatch [a-z]+`) // is typed as it stands
)

// wordsOf returns the words of a text in Latin letters without accents, in small ones.
// Words in capitals are names, or stand for what is typed: CSV, FILE.
func wordsOf(text string) (words []string) {
	for _, word := range strings.FieldsFunc(flag.ReplaceAllString(text, " "), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' }) {
		if len(word) > 1 && word != strings.ToUpper(word) && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
			words = append(words, strings.ToLower(word))
		}
	}
	return words
}

// wholly holds what is said of a file to being wholly in each language, the file's own
// values and the system's words aside.
func wholly(tb testing.TB, m message) {
	tb.Helper()
	bare, err := valueless(m)
	if err != nil {
		tb.Errorf("%v: %v", m, err)
	}
	for _, t := range translations() {
		said := t.Say(lang.Msg("%s", bare))
		for _, word := range wordsOf(said) {
			if t.english[word] {
				tb.Errorf("%s: %q is English: %s", t.Language(), word, said)
			}
		}
	}
}

// whollySaid does so for all that a file was read as.
func whollySaid(tb testing.TB, in *Input, err error) {
	tb.Helper()
	if e, ok := errors.AsType[*FileError](err); ok {
		wholly(tb, e)
	}
	if in == nil {
		return
	}
	for _, n := range in.Notes {
		wholly(tb, n)
	}
	for i := range in.Rows[:min(len(in.Rows), 100)] {
		for _, p := range in.Rows[i].Problems() {
			wholly(tb, p)
		}
	}
}

// valueless returns a message with a dot for each text among its values. Texts, whole
// numbers, amounts, messages and errors are all the values that there may be.
func valueless(m message) (batch.Message, error) {
	format, many, n, args := m.Parts()
	args = append([]any(nil), args...)
	for i, arg := range args {
		switch arg := arg.(type) {
		case []batch.Message:
			list := make([]batch.Message, len(arg))
			for k := range arg {
				var err error
				if list[k], err = valueless(arg[k]); err != nil {
					return list[k], err
				}
			}
			args[i] = list
			continue
		case message:
			inner, err := valueless(arg)
			if err != nil {
				return inner, err
			}
			args[i] = inner
			continue
		case error:
			args[i] = "•"
			continue
		}
		switch reflect.ValueOf(arg).Kind() {
		case reflect.String:
			args[i] = "•"
		case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint8:
		default:
			return batch.Message{}, fmt.Errorf("a value of the type %T", arg)
		}
	}
	if many != "" {
		return batch.Count(n, format, many, args[1:]...), nil
	}
	return batch.Msg(format, args...), nil
}

// A word of English is found, wherever in a message it is.
func TestEnglishIsFound(t *testing.T) {
	for _, m := range []batch.Message{
		batch.Msg("nobody has translated this %s", "x"),
		batch.Msg("%s", batch.Msg("the beginning of a file")),
		batch.Msg("%s", []batch.Message{batch.Msg("row %d", 1), batch.Msg("behind the row %d", 1)}),
		batch.Msg("%v", batch.Errorf("the file was closed")),
	} {
		tb := &listener{TB: t}
		wholly(tb, m)
		if tb.errors < len(translations()) {
			t.Errorf("%s passes for French and Arabic", m)
		}
	}
	tb := &listener{TB: t}
	wholly(tb, batch.Msg("row %d", 1))
	wholly(tb, batch.Msg("column %q", "the column of the phones"))
	if tb.errors > 0 {
		t.Error("a row or the file's own value does not pass")
	}
	if wholly(tb, batch.Msg("%s", []byte("a text that changes"))); tb.errors != 1 {
		t.Error("bytes pass as a value")
	}
}

// listener counts errors, and does not fail.
type listener struct {
	testing.TB
	errors int
}

func (l *listener) Errorf(string, ...any) { l.errors++ }
