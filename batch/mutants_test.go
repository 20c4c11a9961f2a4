package batch_test

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

// mutantVariable is the environment variable that selects a mutation in the
// binary that buildMutants makes: its index in mutations.
const mutantVariable = "FLEXYBATCH_MUTANT"

// buildMutants builds the tests of package batch once, with all mutations in the
// binary, and returns its path. Every function that a mutation changes has a
// changed copy beside it, and calls the copy if the mutation is selected. To build
// each mutation by itself would take a dozen times as long.
func buildMutants(t *testing.T, root string, mutations []mutation) (binary string) {
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
		byFile[m.file] = append(byFile[m.file], i)
	}
	packages := map[string]bool{}
	for file, indexes := range byFile {
		path := filepath.Join(root, filepath.FromSlash(file))
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f := &mutatedFile{t: t, name: file, source: source}
		f.parse()
		for _, i := range indexes {
			f.mutate(i, mutations[i].edits)
		}
		put(path, f.content())
		if dir := filepath.Dir(path); !packages[dir] {
			packages[dir] = true
			put(filepath.Join(dir, "mutant.go"), fmt.Appendf(nil, "package %s\n\nimport \"os\"\n\nvar mutant = os.Getenv(%q)\n", f.syntax.Name.Name, mutantVariable))
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
	build := exec.Command("go", "test", "-c", "-overlay", overlay, "-o", binary, "./batch")
	build.Dir = root
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
