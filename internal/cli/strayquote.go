package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

// strayQuote is the error of a quote that became a part of a path. Windows takes a
// backslash right before a quote as a sign that the quote is meant: "C:\a b\" is passed
// on as C:\a b", with what follows it up to the next quote.
type strayQuote struct{ given string }

func (e *strayQuote) Error() string { return e.Message().String() }

// Message says what Windows understood, and what to write.
func (e *strayQuote) Message() lang.Message {
	path, _, _ := strings.Cut(e.given, `"`)
	return lang.Msg("a quote was taken for a part of a path: %s\nWindows does that with a backslash right before the closing quote. Leave that backslash out: %s", e.given, `"`+path+`"`)
}

// checkQuotes is an error if the command line of a system has a stray quote. Only
// Windows makes them; elsewhere a quote may be part of a file's name.
func checkQuotes(goos string, args []string) error {
	if goos != "windows" || len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		return nil
	}
	for _, arg := range args {
		if hasStrayQuote(arg) {
			return app.Failed(app.Usage, &strayQuote{arg})
		}
	}
	return nil
}

// hasStrayQuote tells that an argument begins with a path, or a flag and a path, that
// a quote ends. Other texts, such as reasons, may well have quotes.
func hasStrayQuote(arg string) bool {
	path, _, quoted := strings.Cut(arg, `"`)
	if value, is := strings.CutPrefix(path, "--"); is {
		_, path, _ = strings.Cut(value, "=")
	}
	return quoted && (strings.Contains(path, `\`) || len(path) > 1 && path[1] == ':')
}
