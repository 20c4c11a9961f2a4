package cli

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// beingBuilt are flags that the documents describe and the program does not have yet,
// with the command that they are for. A flag that is there must leave this list; the
// list is to become empty.
var beingBuilt = map[string]string{}

// Every command and every flag that a document names is there, the flag on the command
// that the same piece of code names.
func TestDocsNameCommandsAndFlags(t *testing.T) {
	root := docsRoot()
	flags := allFlags(root)
	for name, command := range beingBuilt {
		if cmd := child(root, command); cmd == nil || hasFlag(cmd, name) {
			t.Errorf("%s has --%s: take it out of beingBuilt", command, name)
		}
		flags[name] = true
	}
	called, with := map[string]int{}, 0
	for _, d := range documents(t) {
		for i, text := range d.lines {
			for _, flag := range flagWords.FindAllString(text, -1) {
				if !flags[strings.TrimPrefix(flag, "--")] {
					t.Errorf("%s:%d: no command has %s", d.name, i+1, flag)
				}
			}
		}
		for _, s := range d.snippets() {
			cmd, rest, err := s.named(root)
			if err != nil {
				t.Errorf("%s:%d: %v: %s", d.name, s.line, err, s.text)
			}
			if cmd == nil {
				continue
			}
			called[cmd.CommandPath()]++
			for _, flag := range flagWords.FindAllString(strings.Join(rest, " "), -1) {
				name := strings.TrimPrefix(flag, "--")
				if with++; !hasFlag(cmd, name) && beingBuilt[name] != cmd.Name() {
					t.Errorf("%s:%d: %s has no %s: %s", d.name, s.line, cmd.CommandPath(), flag, s.text)
				}
			}
		}
	}
	if with < 100 {
		t.Errorf("only %d flags on commands were found: the test sees too little", with)
	}
	for _, cmd := range documented(newRoot(machine{})) {
		if cmd.HasParent() && cmd.Runnable() && called[cmd.CommandPath()] == 0 {
			t.Errorf("no document names %s", cmd.CommandPath())
		}
	}
}

// Each variable that a document names is one of a flag, or one of those that are none.
func TestDocsNameVariables(t *testing.T) {
	flags := allFlags(newRoot(machine{}))
	none := []string{"FLEXYBATCH_CONFIG", "FLEXYBATCH_NOTIFY_SECRET", "FLEXYBATCH_DATABASE"}
	variable := regexp.MustCompile(`FLEXYBATCH_[A-Z_]*[A-Z]`)
	found := 0
	for _, d := range documents(t) {
		for i, text := range d.lines {
			for _, name := range variable.FindAllString(text, -1) {
				found++
				flag := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, "FLEXYBATCH_"), "_", "-"))
				if !flags[flag] && !slices.Contains(none, name) {
					t.Errorf("%s:%d: there is no setting %s", d.name, i+1, name)
				}
			}
		}
	}
	if found == 0 {
		t.Error("no variable was found")
	}
}

// handbooks are the handbooks, by their language.
var handbooks = map[string]string{"en": "docs/handbook.en.md", "fr": "docs/handbook.fr.md", "ar": "docs/handbook.ar.md"}

// withTables are the documents that have the tables of exit codes and of states.
var withTables = append([]string{"README.md", "docs/operations.md"}, slices.Sorted(maps.Values(handbooks))...)

// The documents have the exit codes of the program, all of them and no other.
func TestDocsExitCodes(t *testing.T) {
	codes := []int{exitDone, exitNothing, exitProblems, exitOpen, exitUsage, exitInternal}
	var want []string
	for _, code := range codes {
		want = append(want, strconv.Itoa(code))
	}
	for _, name := range withTables {
		list := documentNamed(t, name).tables("code", "الرمز")
		if len(list) != 1 {
			t.Errorf("%s has %d tables of exit codes", name, len(list))
			continue
		}
		if got := list[0].first(); !slices.Equal(got, want) {
			t.Errorf("%s:%d: exit codes %v, want %v", name, list[0].line, got, want)
		}
	}
	said := regexp.MustCompile(`(?:exit codes? (?:is )?|code de sortie |رمز الخروج )(?:of )?(\d+)`)
	found := 0
	for _, d := range documents(t) {
		for i, text := range d.lines {
			for _, m := range said.FindAllStringSubmatch(text, -1) {
				if found++; !slices.Contains(want, m[1]) {
					t.Errorf("%s:%d: there is no exit code %s", d.name, i+1, m[1])
				}
			}
		}
	}
	if found < 8 {
		t.Errorf("only %d exit codes were found in the text", found)
	}
}

// The documents have the states of the program, in its order, with what it calls them
// in the language of the document, and final where they are final.
func TestDocsStates(t *testing.T) {
	var want []string
	for _, s := range batch.States {
		want = append(want, s.String())
	}
	final := 0
	for _, name := range withTables {
		list := documentNamed(t, name).tables("state", "état", "الحالة")
		if len(list) != 1 {
			t.Errorf("%s has %d tables of states", name, len(list))
			continue
		}
		if got := list[0].first(); !slices.Equal(got, want) {
			t.Errorf("%s:%d: states %v, want %v", name, list[0].line, got, want)
			continue
		}
		if list[0].head[1] != "final" {
			continue
		}
		for i, s := range batch.States {
			final++
			if said := list[0].rows[i][1]; said != map[bool]string{true: "yes", false: "no"}[s.Final()] {
				t.Errorf("%s: %s is said to be final: %s", name, s, said)
			}
		}
	}
	if final == 0 {
		t.Error("no document says which states are final")
	}
	for _, language := range []string{"fr", "ar"} {
		words, err := lang.New(language)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range documentNamed(t, handbooks[language]).tables("état", "الحالة")[0].rows {
			if title := words.Title(want[i]); row[1] != title {
				t.Errorf("%s: %s is %q in the report, not %q", handbooks[language], want[i], title, row[1])
			}
		}
	}
}

// ruleCodes reads the codes of the row rules from the text of package batch, which
// does not list them.
func ruleCodes(t *testing.T) (codes []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "batch", "problem.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := v.Type.(*ast.Ident); ok && kind.Name == "Code" {
			code, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, code)
		}
		return true
	})
	slices.Sort(codes)
	return codes
}

// Each handbook explains every row rule.
func TestHandbooksExplainEveryRule(t *testing.T) {
	want := ruleCodes(t)
	if len(want) < 18 {
		t.Fatalf("only %d rules were found: %v", len(want), want)
	}
	for _, name := range handbooks {
		list := documentNamed(t, name).tables("rule", "règle", "القاعدة")
		if len(list) != 1 {
			t.Errorf("%s has %d tables of rules", name, len(list))
			continue
		}
		if got := slices.Sorted(slices.Values(list[0].first())); !slices.Equal(got, want) {
			t.Errorf("%s: rules %v, want %v", name, got, want)
		}
	}
}

// The handbooks say the same in every language, as far as a program can tell: the same
// chapters, and the same commands in them.
func TestHandbooksAreComplete(t *testing.T) {
	root := docsRoot()
	want := documentNamed(t, handbooks["en"]).outline(root)
	if len(want) < 40 {
		t.Fatalf("the handbook is too short: %v", want)
	}
	for _, language := range []string{"fr", "ar"} {
		got := documentNamed(t, handbooks[language]).outline(root)
		for i := range max(len(want), len(got)) {
			if i >= len(want) || i >= len(got) || want[i] != got[i] {
				t.Errorf("%s: from its part %d on it is\n%s\nand the English one\n%s", handbooks[language], i,
					strings.Join(got[min(i, len(got)):], "\n"), strings.Join(want[min(i, len(want)):], "\n"))
				break
			}
		}
	}
}

var links = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// Every link within the documents leads somewhere.
func TestDocsLinks(t *testing.T) {
	found := 0
	for _, d := range documents(t) {
		for i, text := range d.lines {
			for _, m := range links.FindAllStringSubmatch(text, -1) {
				if strings.Contains(m[1], "://") {
					continue
				}
				found++
				path, heading, _ := strings.Cut(m[1], "#")
				file := filepath.Join("..", "..", filepath.FromSlash(d.name))
				if path != "" {
					file = filepath.Join(filepath.Dir(file), filepath.FromSlash(path))
				}
				if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s:%d: there is no %s", d.name, i+1, path)
				} else if heading != "" && !slices.Contains(anchors(linesOf(t, file)), heading) {
					t.Errorf("%s:%d: no heading of %s is called %s", d.name, i+1, file, heading)
				}
			}
		}
	}
	if found < 60 {
		t.Errorf("only %d links were found", found)
	}
}
