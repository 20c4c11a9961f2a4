package cli

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// A quote that Windows made a part of a path is found in what it passes on, and no
// other quote is.
func TestStrayQuotes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		goos string
		args []string
		want string // to be written instead
	}{
		{"windows", []string{"run", "--state", `C:\a b" payroll.xlsx`}, `"C:\a b"`}, // --state "C:\a b\" payroll.xlsx
		{"windows", []string{"run", `--state=C:\a b" payroll.xlsx`}, `"--state=C:\a b"`},
		{"windows", []string{"status", `C:\a b"`}, `"C:\a b"`},
		{"windows", []string{"status", `..\août 2026" --json`}, `"..\août 2026"`},
		{"windows", []string{"run", "--state", `D:" --out D:`}, `"D:"`}, // --state "D:\" --out "D:\"
		{"windows", []string{"run", "--reason", `he said "again"`, `C:\a b\c.csv`}, ""},
		{"windows", []string{"run", "--reason", `5" screens`, "c.csv"}, ""},
		{"windows", []string{"__complete", "status", `C:\a b"`}, ""},
		{"windows", nil, ""},
		{"linux", []string{"status", `/tmp/a\ "b".csv`}, ""},
		{"darwin", []string{"status", `C:\a b"`}, ""},
	} {
		err := checkQuotes(c.goos, c.args)
		var stray *strayQuote
		if errors.As(err, &stray) != (c.want != "") {
			t.Errorf("%s %q: %v", c.goos, c.args, err)
		}
		if err != nil && (exitOf(err) != exitUsage || !strings.HasSuffix(err.Error(), ": "+c.want)) {
			t.Errorf("%s %q: exit %d: %v, want %s at its end", c.goos, c.args, exitOf(err), err, c.want)
		}
	}
}

// The stray quote is explained in the language of the one who typed it, also where the
// rest of the command line went with it.
func TestStrayQuoteIsExplained(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]string{"en": "backslash", "fr": "guillemet", "ar": "علامة"} {
		var said bytes.Buffer
		code := run(t.Context(), machine{
			args: []string{"run", "--simulate", "--state", `C:\a b" payroll.xlsx`}, stdin: strings.NewReader(""), stdout: &said, stderr: &said,
			getenv: func(name string) string { return map[string]string{"LANG": language}[name] }, goos: "windows",
		})
		if code != exitUsage || !strings.Contains(said.String(), want) || !strings.Contains(said.String(), `"C:\a b"`) {
			t.Errorf("%s: exit %d: %s", language, code, said.String())
		}
		if language == "en" {
			continue
		}
		if foreign := newForeignWords(t, language).in(said.String(), ""); len(foreign) > 0 {
			t.Errorf("%s: %q in %s", language, foreign, said.String())
		}
	}
}
