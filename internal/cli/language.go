package cli

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"flexybatch/internal/lang"
)

// speaker speaks the language that the command line asks for, else that of the
// settings, else that of the machine's user. It is found before the command line is
// read, whose own errors and help are in it too.
func speaker(w machine) (*lang.Printer, error) {
	language := cmp.Or(asked(w.args), w.settings.Language(), locale(w.getenv, w.languages))
	p, err := lang.New(language)
	if err != nil {
		return nil, badFlag("lang", "--lang %q: give en, fr or ar", language)
	}
	return p, nil
}

// asked is the value of --lang on a command line; empty for none.
func asked(args []string) (language string) {
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		return "" // the shell asks about a command line that is half typed
	}
	for i, arg := range args {
		if value, is := strings.CutPrefix(arg, "--lang="); is {
			language = value
		} else if arg == "--lang" && i+1 < len(args) {
			language = args[i+1]
		}
	}
	return language
}

// locale is the language of the machine's user as far as it is spoken here, else
// English. The variables come first (POSIX.1-2017, 8.2: LC_ALL before LC_MESSAGES
// before LANG), then the languages of the system's own windows, where it has such.
func locale(getenv func(string) string, windows func() []string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			return spoken(v)
		}
	}
	if windows == nil {
		return "en"
	}
	for _, v := range windows() {
		return spoken(v) // the others are those that the user knows less well
	}
	return "en"
}

// spoken is the program's language for a locale such as fr_DZ.UTF-8 or fr-FR.
func spoken(locale string) string {
	language, _, _ := strings.Cut(strings.Map(func(r rune) rune {
		if strings.ContainsRune("_.@", r) {
			return '-'
		}
		return unicode.ToLower(r)
	}, locale), "-")
	if slices.Contains(lang.Languages, language) {
		return language
	}
	return "en"
}
