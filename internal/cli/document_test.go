package cli

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// document is one of the documents that users read.
type document struct {
	name  string // relative to the module's root
	lines []string
}

// documents reads the READMEs and everything in docs.
func documents(t *testing.T) (list []document) {
	t.Helper()
	root := filepath.Join("..", "..")
	for _, pattern := range []string{"README*.md", filepath.Join("docs", "*.md")} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			name, err := filepath.Rel(root, path)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, document{filepath.ToSlash(name), linesOf(t, path)})
		}
	}
	if len(list) < 10 {
		t.Fatalf("only %d documents were found", len(list))
	}
	return list
}

// linesOf reads a file of text.
func linesOf(t *testing.T, path string) []string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n")
}

// documentNamed returns one of the documents.
func documentNamed(t *testing.T, name string) document {
	t.Helper()
	all := documents(t)
	i := slices.IndexFunc(all, func(d document) bool { return d.name == name })
	if i < 0 {
		t.Fatalf("there is no %s", name)
	}
	return all[i]
}

// snippet is a piece of code in a document: a line of a block, or what stands between
// backquotes in a line of text.
type snippet struct {
	line  int // from 1
	text  string
	block bool
}

var inline = regexp.MustCompile("`([^`]+)`")

// snippets returns the code of a document. A line of a block begins with four spaces,
// or stands between two lines of three backquotes.
func (d document) snippets() (list []snippet) {
	fenced := false
	for i, text := range d.lines {
		switch {
		case strings.HasPrefix(strings.TrimSpace(text), "```"):
			fenced = !fenced
		case fenced, strings.HasPrefix(text, "    "):
			list = append(list, snippet{i + 1, strings.TrimSpace(text), true})
		default:
			for _, m := range inline.FindAllStringSubmatch(text, -1) {
				list = append(list, snippet{i + 1, m[1], false})
			}
		}
	}
	return list
}

var (
	calls     = regexp.MustCompile(`(?:^|[ |])(?:(?:\./)?flexybatch|go run \.) +([^|#]*)`)
	flagWords = regexp.MustCompile(`--[a-z][a-z-]*[a-z]`)
)

// named returns the command that a snippet calls and the words behind its name; nil if
// it calls none. A snippet of text may leave out the program's name, as in `run
// --amend`. A command that there is not is an error.
func (s snippet) named(root *cobra.Command) (cmd *cobra.Command, rest []string, err error) {
	m := calls.FindStringSubmatch(s.text)
	var words []string
	switch {
	case m != nil:
		words = strings.Fields(m[1])
	case !s.block:
		if words = strings.Fields(s.text); len(words) == 0 || child(root, words[0]) == nil {
			return nil, nil, nil
		}
	default:
		return nil, nil, nil
	}
	if len(words) > 0 && words[0] == "help" {
		words = words[1:]
	}
	cmd = root
	for len(words) > 0 && cmd.HasSubCommands() && !strings.HasPrefix(words[0], "-") {
		sub := child(cmd, words[0])
		if sub == nil {
			return nil, nil, errors.New("there is no command " + cmd.CommandPath() + " " + words[0])
		}
		cmd, words = sub, words[1:]
	}
	return cmd, words, nil
}

// child returns a command of a command.
func child(cmd *cobra.Command, name string) *cobra.Command {
	for _, sub := range cmd.Commands() {
		if sub.Name() == name {
			return sub
		}
	}
	return nil
}

// hasFlag tells whether a command takes a flag.
func hasFlag(cmd *cobra.Command, name string) bool {
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	return cmd.Flags().Lookup(name) != nil || cmd.PersistentFlags().Lookup(name) != nil || cmd.InheritedFlags().Lookup(name) != nil
}

// allFlags are the names of the flags of a command and of those below it.
func allFlags(cmd *cobra.Command) map[string]bool {
	all := map[string]bool{}
	add := func(f *pflag.Flag) { all[f.Name] = true }
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	cmd.Flags().VisitAll(add)
	cmd.PersistentFlags().VisitAll(add)
	for _, sub := range cmd.Commands() {
		maps.Copy(all, allFlags(sub))
	}
	return all
}

// docsRoot is the program's grammar, with what the library adds.
func docsRoot() *cobra.Command {
	root := newRoot(machine{})
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	return root
}

// table is a table of a document.
type table struct {
	line int
	head []string
	rows [][]string
}

// tables returns the tables of a document whose first column has one of these titles.
func (d document) tables(titles ...string) (list []table) {
	inside := false
	for i, text := range d.lines {
		if !strings.HasPrefix(text, "|") {
			inside = false
			continue
		}
		cells := strings.Split(strings.Trim(text, "|"), "|")
		for j := range cells {
			cells[j] = strings.TrimSpace(cells[j])
		}
		switch {
		case !inside && slices.Contains(titles, cells[0]):
			list, inside = append(list, table{line: i + 1, head: cells}), true
		case inside && !strings.HasPrefix(cells[0], "---"):
			last := &list[len(list)-1]
			last.rows = append(last.rows, cells)
		}
	}
	return list
}

// first returns the first column of a table, without the signs of code.
func (x table) first() (list []string) {
	for _, row := range x.rows {
		list = append(list, strings.Trim(row[0], "`"))
	}
	return list
}

// outline is what a document has in every language: the levels of its headings, and
// the commands with their flags, in their order.
func (d document) outline(root *cobra.Command) (list []string) {
	blocks := map[int]snippet{}
	for _, s := range d.snippets() {
		if s.block {
			blocks[s.line] = s
		}
	}
	for i, text := range d.lines {
		if strings.HasPrefix(text, "#") {
			list = append(list, strings.Repeat("#", strings.IndexFunc(text, func(r rune) bool { return r != '#' })))
		}
		if cmd, rest, err := blocks[i+1].named(root); err == nil && cmd != nil {
			flags := flagWords.FindAllString(strings.Join(rest, " "), -1)
			slices.Sort(flags)
			list = append(list, strings.Join(append([]string{cmd.CommandPath()}, flags...), " "))
		}
	}
	return list
}

// anchors are the names that GitHub gives the headings of a document.
func anchors(lines []string) (names []string) {
	for _, text := range lines {
		title, isHeading := strings.CutPrefix(strings.TrimLeft(text, "#"), " ")
		if !strings.HasPrefix(text, "#") || !isHeading {
			continue
		}
		names = append(names, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
				return unicode.ToLower(r)
			}
			return -1
		}, title))
	}
	return names
}
