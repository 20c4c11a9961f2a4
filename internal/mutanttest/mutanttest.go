// Package mutanttest breaks rules of the program on purpose, one at a time, and makes
// sure that a randomized test finds each of them: a check that cannot fail is worth
// nothing.
package mutanttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Mutation breaks one rule in the place that keeps it.
type Mutation struct {
	Name  string
	File  string      // relative to the module's root
	Edits [][2]string // what is replaced, each once, and by what; all within one function
	Seeds int         // the test must find it within so many seeds
}

// Torture is a test that takes its seeds from the flag -seeds, and that says of a
// failure how to run its seed "again, with its trace".
type Torture struct {
	Root    string // of the module, as an absolute path
	Package string // the test's, relative to the root
	Test    string
	Sound   int // so many seeds must find nothing where nothing is broken
	Few     int // a mutation that takes more seeds is tried only with All
	All     bool
}

// Finds makes sure that the test finds every mutation within its seeds, and nothing
// in the binary without one.
func (x Torture) Finds(t *testing.T, mutations []Mutation) {
	t.Helper()
	if !x.All && os.Getenv("MUTANTS_SEPARATE") != "" {
		t.Skip("make mutants tries every mutation, by itself")
	}
	binary := build(t, x, mutations)
	run := func(mutant string, seeds int) (out []byte, err error) {
		cmd := exec.Command(binary, "-test.run", x.Test+"$", "-test.timeout", "10m", "-seeds", fmt.Sprint(seeds))
		cmd.Dir = filepath.Join(x.Root, filepath.FromSlash(x.Package))
		cmd.Env = append(cmd.Environ(), variable+"="+mutant, "GOMAXPROCS=1") // the mutants run side by side
		return cmd.CombinedOutput()
	}
	t.Run("none", func(t *testing.T) {
		t.Parallel()
		if out, err := run("none", x.Sound); err != nil {
			t.Errorf("no rule is broken, and the torture fails:\n%s", out)
		}
	})
	for i, m := range mutations {
		t.Run(m.Name, func(t *testing.T) {
			if m.Seeds > x.Few && !x.All {
				t.Skip("it takes many seeds; make mutants tries it")
			}
			t.Parallel()
			out, err := run(fmt.Sprint(i), m.Seeds)
			if err == nil {
				t.Errorf("the torture did not find it in %d seeds", m.Seeds)
			} else if !strings.Contains(string(out), "again, with its trace") {
				t.Errorf("the torture failed in another way:\n%s", out)
			} else {
				_, found, _ := strings.Cut(string(out), "seed ")
				t.Logf("found by seed %.160s", found)
			}
		})
	}
}

// variable is the environment variable that selects a mutation in the binary that
// build makes: its index.
const variable = "FLEXYBATCH_MUTANT"

// build builds the tests of the package once, with all mutations in the binary, and
// returns its path. Every function that a mutation changes has a changed copy beside
// it, and calls the copy if the mutation is selected. To build each mutation by
// itself would take a dozen times as long.
func build(t *testing.T, x Torture, mutations []Mutation) (binary string) {
	t.Helper()
	dir := t.TempDir()
	replace := map[string]string{}
	put := func(path string, content []byte) {
		replaced := filepath.Join(dir, fmt.Sprintf("%d.go", len(replace)))
		if err := os.WriteFile(replaced, content, 0o600); err != nil {
			t.Fatal(err)
		}
		replace[path] = replaced
	}
	byFile := map[string][]int{}
	for i, m := range mutations {
		byFile[m.File] = append(byFile[m.File], i)
	}
	packages := map[string]bool{}
	for file, indexes := range byFile {
		path := filepath.Join(x.Root, filepath.FromSlash(file))
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f := &mutatedFile{t: t, name: file, source: source}
		f.parse()
		for _, i := range indexes {
			f.mutate(i, mutations[i].Edits)
		}
		put(path, f.content())
		if dir := filepath.Dir(path); !packages[dir] {
			packages[dir] = true
			put(filepath.Join(dir, "mutant.go"), fmt.Appendf(nil, "package %s\n\nimport \"os\"\n\nvar mutant = os.Getenv(%q)\n", f.syntax.Name.Name, variable))
		}
	}
	list, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, list, 0o600); err != nil {
		t.Fatal(err)
	}
	binary = filepath.Join(dir, "mutants.exe") // Windows runs no file without this ending
	build := exec.Command("go", "test", "-c", "-overlay", overlay, "-o", binary, "./"+x.Package)
	build.Dir = x.Root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the mutations do not compile: %v\n%s", err, out)
	}
	return binary
}

// mutatedFile is a source file to which mutations are added.
type mutatedFile struct {
	t      *testing.T
	name   string
	source []byte
	syntax *ast.File
	guards map[int]string // by offset, the calls of changed copies at the beginnings of functions
	copies strings.Builder
}

func (f *mutatedFile) parse() {
	f.t.Helper()
	var err error
	if f.syntax, err = parser.ParseFile(token.NewFileSet(), f.name, f.source, parser.SkipObjectResolution); err != nil {
		f.t.Fatal(err)
	}
	f.guards = map[int]string{}
}

// mutate adds a changed copy of the function that all edits are in.
func (f *mutatedFile) mutate(index int, edits [][2]string) {
	f.t.Helper()
	d := f.function(edits[0][0])
	begin, end := f.offset(d.Pos()), f.offset(d.End())
	text := string(f.source[begin:end])
	for _, e := range edits {
		if strings.Count(text, e[0]) != 1 {
			f.t.Fatalf("%s has changed: %s holds %d times %q", f.name, d.Name.Name, strings.Count(text, e[0]), e[0])
		}
		text = strings.Replace(text, e[0], e[1], 1)
	}
	name := fmt.Sprintf("%sMutant%d", d.Name.Name, index)
	at := f.offset(d.Name.Pos()) - begin
	fmt.Fprintf(&f.copies, "\n%s%s%s\n", text[:at], name, text[at+len(d.Name.Name):])
	call := name + "(" + strings.Join(f.names(d.Type.Params), ", ") + ")"
	if d.Recv != nil {
		call = f.names(d.Recv)[0] + "." + call
	}
	if d.Type.Results == nil {
		call += "; return"
	} else {
		call = "return " + call
	}
	f.guards[f.offset(d.Body.Lbrace)+1] += fmt.Sprintf(" if mutant == %q { %s }; ", fmt.Sprint(index), call)
}

// function returns the only function that holds the text.
func (f *mutatedFile) function(text string) *ast.FuncDecl {
	f.t.Helper()
	at := bytes.Index(f.source, []byte(text))
	if n := bytes.Count(f.source, []byte(text)); n != 1 {
		f.t.Fatalf("%s has changed: it holds %d times %q", f.name, n, text)
	}
	for _, d := range f.syntax.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && f.offset(d.Pos()) <= at && at < f.offset(d.End()) {
			return d
		}
	}
	f.t.Fatalf("%s: %q is in no function", f.name, text)
	return nil
}

// names lists the names of a function's parameters.
func (f *mutatedFile) names(list *ast.FieldList) (names []string) {
	f.t.Helper()
	for _, field := range list.List {
		for _, n := range field.Names {
			names = append(names, n.Name)
		}
		if _, variadic := field.Type.(*ast.Ellipsis); variadic {
			names[len(names)-1] += "..."
		}
	}
	return names
}

// offset returns where in the source a position is.
func (f *mutatedFile) offset(p token.Pos) int { return int(p - f.syntax.FileStart) }

// content returns the file with the guards and the copies.
func (f *mutatedFile) content() []byte {
	var out bytes.Buffer
	for i, b := range f.source {
		out.WriteString(f.guards[i])
		out.WriteByte(b)
	}
	out.WriteString(f.copies.String())
	return out.Bytes()
}
