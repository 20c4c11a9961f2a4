package lang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// speaking are the rooms whose sentences are all messages: what they say to a person
// is a format and its values, whatever language the person reads.
var speaking = []string{
	"batch", "batch/approval", "batch/changes", "batch/oneclick", "batch/reconcile", "batch/unusual", "journal",
	"ingest", "ingest/fault", "ingest/xlsx", "internal/app", "internal/outfile", "internal/publish", "internal/register", "internal/secret",
}

// No room makes a finished English sentence: each is made by Msg, Count or Errorf, in
// this package or batch, or by their like in journal, and so is in the catalogues.
func TestRoomsSpeakInMessages(t *testing.T) {
	for _, room := range speaking {
		dir := filepath.Join("..", "..", filepath.FromSlash(room))
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f.Name(), ".go") && !strings.HasSuffix(f.Name(), "_test.go") {
				finished(t, dir, f)
			}
		}
	}
}

// finished finds English sentences in a file that are made by fmt or errors.
func finished(t *testing.T, dir string, f fs.DirEntry) {
	t.Helper()
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, filepath.Join(dir, f.Name()), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || len(c.Args) == 0 {
			return true
		}
		f, ok := c.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		from, ok := f.X.(*ast.Ident)
		if !ok || !slices.Contains([]string{"fmt.Sprintf", "fmt.Errorf", "fmt.Fprintf", "errors.New"}, from.Name+"."+f.Sel.Name) {
			return true
		}
		if s, ok := literal(c.Args[0]); ok && wordy(s) && !slices.Contains(alike, s) {
			t.Errorf("%s: %s.%s makes a finished sentence, %q", set.Position(c.Pos()), from.Name, f.Sel.Name, s)
		}
		return true
	})
}
