package lang

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	pages "text/template/parse"
	"unicode"
	"unicode/utf8"

	"github.com/leonelquinteros/gotext"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
)

var update = flag.Bool("update", false, "write the catalogues anew: keys that are missing come in, empty, and those that nothing says go")

// Every word of the program to a person is in every catalogue, and no other.
func TestCatalogues(t *testing.T) {
	said := sources(t)
	for _, language := range Languages[1:] {
		t.Run(language, func(t *testing.T) {
			name := language + ".po"
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			po := gotext.NewPo()
			po.Parse(text)
			if *update {
				if err := os.WriteFile(name, said.catalogue(po, text), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			has := map[key]*gotext.Translation{}
			for id, t := range po.GetDomain().GetTranslations() {
				has[key{id: id}] = t
			}
			for id, t := range po.GetDomain().GetCtxTranslations()[titles] {
				has[key{titles, id}] = t
			}
			delete(has, key{}) // what the catalogue says of itself
			delete(has, key{context: titles})
			forms := pluralForms(po)
			for _, w := range said.list {
				tr := has[w.key]
				delete(has, w.key)
				if tr == nil || tr.Trs[0] == "" {
					t.Errorf("%s: %q is missing in %s", w.file, w.id, name)
					continue
				}
				if w.plural == "" {
					same(t, name, w.id, tr.Trs[0])
					continue
				}
				for i := range forms {
					if tr.Trs[i] == "" {
						t.Errorf("%s: %q has no form %d", name, w.id, i)
					}
				}
				same(t, name, w.plural, tr.Trs[forms-1])
			}
			for k, tr := range has {
				if letters(k.id) == 0 { // what stands between messages, where a language writes it in another way
					same(t, name, k.id, tr.Trs[0])
					continue
				}
				t.Errorf("%s: nothing says %q any more", name, k.id)
			}
		})
	}
}

// same holds the verbs of a translation to those of its key.
func same(t *testing.T, name, id, translation string) {
	count := func(format string) (list []string) {
		for _, v := range verbsOf(format) {
			list = append(list, strconv.Itoa(v.arg))
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	if !slices.Equal(count(id), count(translation)) {
		t.Errorf("%s: the values of %q are not those of %q", name, id, translation)
	}
}

// A message that is put together of parts cannot be said in another order.
func TestWholeMessages(t *testing.T) {
	for _, part := range sources(t).parts {
		t.Errorf("%s is a part of a message: say it as one format", part)
	}
}

type key struct{ context, id string }

// word is what the program says in one place.
type word struct {
	key
	plural, file string
}

type words struct {
	list  []word
	seen  map[key]bool
	parts []string // of messages that are put together
	sql   bool     // the file that is read has SQL
}

func (w *words) add(file, context, id, plural string) {
	if k := (key{context, id}); !w.seen[k] {
		w.seen[k] = true
		w.list = append(w.list, word{k, plural, file})
	}
}

// pluralForms is how many forms a word has in the catalogue's language.
func pluralForms(po *gotext.Po) (n int) {
	if _, err := fmt.Sscanf(po.GetDomain().PluralForms, "nplurals=%d", &n); err != nil {
		panic(err)
	}
	return n
}

// foreign are the folders whose words are not the program's: the simulator
// speaks as the provider does.
var foreign = []string{"batch/oneclick/simulator", "journal/journaltest", "internal/terminal/terminaltest", "internal/people/peopletest", "internal/mutanttest", "internal/office/officetest", "internal/exposition", "samples", "tools", "testdata"}

// sources reads every word of the program in its source.
func sources(t *testing.T) *words {
	w := &words{seen: map[key]bool{}}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if slices.Contains(foreign, name) || name != "." && strings.HasPrefix(name, ".") {
				return fs.SkipDir
			}
		case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go"):
			return w.file(path, name)
		case strings.HasSuffix(name, ".html") && strings.HasPrefix(name, "internal/"):
			return w.template(path, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range batch.States {
		w.add("batch/state.go", titles, s.String(), "")
	}
	for _, f := range simulator.Faults() {
		w.message("batch/oneclick/simulator/fault.go", f.What)
	}
	return w
}

// template reads the words of a page: what its methods T, N and Word are given.
func (w *words) template(path, name string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	t := pages.New(name)
	t.Mode = pages.SkipFuncCheck
	trees := map[string]*pages.Tree{}
	if _, err := t.Parse(string(text), "", "", trees); err != nil {
		return err
	}
	for _, tree := range trees {
		if tree.Root != nil {
			w.node(name, tree.Root)
		}
	}
	return nil
}

// node reads the words of a part of a page.
func (w *words) node(name string, n pages.Node) {
	list := func(l *pages.ListNode) {
		if l != nil {
			for _, n := range l.Nodes {
				w.node(name, n)
			}
		}
	}
	branch := func(b *pages.BranchNode) {
		w.node(name, b.Pipe)
		list(b.List)
		list(b.ElseList)
	}
	switch n := n.(type) {
	case *pages.ListNode:
		list(n)
	case *pages.ActionNode:
		w.node(name, n.Pipe)
	case *pages.TemplateNode:
		if n.Pipe != nil {
			w.node(name, n.Pipe)
		}
	case *pages.IfNode:
		branch(&n.BranchNode)
	case *pages.RangeNode:
		branch(&n.BranchNode)
	case *pages.WithNode:
		branch(&n.BranchNode)
	case *pages.PipeNode:
		for _, c := range n.Cmds {
			w.node(name, c)
		}
	case *pages.CommandNode:
		w.command(name, n)
	}
}

// command reads the words of one call in a page.
func (w *words) command(name string, c *pages.CommandNode) {
	var texts []string
	for _, a := range c.Args {
		switch a := a.(type) {
		case *pages.StringNode:
			texts = append(texts, a.Text)
		case *pages.PipeNode:
			w.node(name, a)
		}
	}
	method := c.Args[0].String()
	switch method = method[strings.LastIndexByte(method, '.')+1:]; {
	case method == "T" && len(texts) > 0:
		w.add(name, "", texts[0], "")
	case method == "Word" && len(texts) > 0:
		w.add(name, titles, texts[0], "")
	case method == "N" && len(texts) > 1:
		w.add(name, "", texts[0], texts[1])
	}
}

func (w *words) file(path, name string) error {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, path, nil, 0)
	if err != nil {
		return err
	}
	w.sql = strings.HasPrefix(name, "internal/office/")
	here := strings.HasPrefix(name, "internal/lang/") || strings.HasPrefix(name, "batch/") && strings.Count(name, "/") == 1
	var visit func(ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			n.Tag = nil
		case *ast.KeyValueExpr:
			if k, ok := n.Key.(*ast.Ident); ok && (k.Name == "Use" || k.Name == "Help") { // the grammar of a command; what a figure is, for machines
				return false
			}
		case *ast.CallExpr:
			switch f := called(n); {
			case slices.Contains(private, f):
				return false
			case f == "Title" && len(n.Args) == 1:
				if s, ok := literal(n.Args[0]); ok {
					w.add(name, titles, s, "")
				}
				return false
			case ofLang(n, here) && (f == "Msg" || f == "Errorf") && len(n.Args) > 0:
				if s, ok := literal(n.Args[0]); ok && letters(s) > 0 { // be it a single word
					w.add(name, "", s, "")
				}
			case ofLang(n, here) && f == "Count" && len(n.Args) >= 3:
				one, ok1 := literal(n.Args[1])
				many, ok2 := literal(n.Args[2])
				if ok1 && ok2 && letters(one+many) > 0 {
					if n.Ellipsis == token.NoPos && !fits(one, many, len(n.Args)-2) {
						w.parts = append(w.parts, fmt.Sprintf("%s:%d: %q has too few values or too many, or", name, set.Position(n.Pos()).Line, many))
					}
					w.add(name, "", one, many)
					for _, value := range n.Args[3:] {
						ast.Inspect(value, visit)
					}
					return false
				}
			}
		case *ast.BinaryExpr:
			if s, ok := literal(n); ok {
				w.message(name, s)
				return false
			}
			for _, side := range []ast.Expr{n.X, n.Y} {
				if s, ok := literal(side); ok && n.Op == token.ADD && wordy(s) && !slices.Contains(alike, s) && (!w.sql || !statement.MatchString(s)) {
					w.parts = append(w.parts, fmt.Sprintf("%s:%d: %q", name, set.Position(side.Pos()).Line, s))
				}
			}
		case *ast.BasicLit:
			if s, ok := literal(n); ok {
				w.message(name, s)
			}
		}
		return true
	}
	ast.Inspect(tree, visit)
	return nil
}

// statement is how SQL begins, or a part of it.
var statement = regexp.MustCompile(`^ ?(select|insert into|update|delete from|with|create table|from|order by|where) `)

// private are functions whose texts are not for the user: the log and panics
// are for developers, and English.
var private = []string{"panic", "one", "put", "MustCompile", "Debug", "Info", "Warn", "Error", "DebugContext", "InfoContext", "WarnContext", "ErrorContext", "LogAttrs"}

// alike is what reads the same in every language, or is read by programs.
var alike = []string{
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	"text/csv; charset=utf-8", "text/html; charset=utf-8", "private, max-age=300", "id: %d\nevent: %s\n", ": still here\n\n", "process %d on %s",
	"flexybatch ref v1", "E-invalid,not a phone,PREPAID_MOBILIS,100\n", "yyyy-mm-dd hh:mm:ss", "dd/mm/yyyy hh:mm:ss", "&L&A&R&P / &N",
	"<!doctype html", "دينار جزائري", "exit code %d", "flexybatch run",
	"2006-01-02 15:04 UTC", "2006-01-02 15:04 MST", "02/01/2006 15:04 MST", "flexybatch approval v1\n%s\n%s\n%s", "flexybatch plan v1\n", "exit %d: %.500s",
	"flexybatch: #%x", `<Relationship Id="rIdFlexybatch" Type="urn:flexybatch:seal" Target="docProps/flexybatch.xml"/>`,
	`<?xml version="1.0"`, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" + `<flexybatch kind="%s" sha256="%s">%s</flexybatch>`,
	"--limit %s=%dM", "--limit %s=%d", "chmod go-w %s", "chmod 600 %s",
	`icacls %s /inheritance:r /grant:r "%%USERNAME%%:F"`, `icacls %s /inheritance:r /grant:r "%%USERNAME%%:R"`,
}

func (w *words) message(file, s string) {
	if w.sql && statement.MatchString(s) {
		return
	}
	if wordy(s) && !slices.Contains(alike, s) && !isPattern(s) {
		w.add(file, "", s, "")
	}
}

// isPattern tells the address of a page, with its method.
func isPattern(s string) bool { return strings.HasPrefix(s, "GET /") || strings.HasPrefix(s, "POST /") }

// wordy tells a text with words in it from a name, a layout or a pattern.
func wordy(s string) bool {
	s = unfilled(s)
	return letters(s) > 2 && strings.ContainsRune(strings.TrimRight(s, " \n"), ' ')
}

// letters counts the letters of a format, of which the first bytes of some kind of
// file have none.
func letters(s string) (n int) {
	for _, r := range unfilled(s) {
		switch {
		case unicode.IsLetter(r):
			n++
		case r == utf8.RuneError, unicode.IsControl(r) && r != '\n' && r != '\t':
			return 0
		}
	}
	return n
}

// unfilled is a format without its verbs.
func unfilled(s string) string {
	for _, v := range slices.Backward(verbsOf(s)) {
		s = s[:v.from] + s[v.to:]
	}
	return s
}

// ofLang tells whether a function of this package is called, or one of batch, whose
// messages are said by this one; here tells that the file is of one of the two.
func ofLang(c *ast.CallExpr, here bool) bool {
	if f, ok := c.Fun.(*ast.Ident); ok {
		return here && slices.Contains([]string{"Msg", "Count", "Errorf"}, f.Name)
	}
	f, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := f.X.(*ast.Ident)
	return ok && (x.Name == "lang" || x.Name == "batch")
}

// fits tells whether a pair of formats takes so many values: the one for one thing
// may leave some out.
func fits(one, many string, values int) bool {
	most := 0
	for _, v := range verbsOf(many) {
		most = max(most, v.arg+1)
	}
	for _, v := range verbsOf(one) {
		if v.arg >= most {
			return false
		}
	}
	return most == values
}

// called is the name of the function that is called.
func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// literal is a text that stands in the source, in one piece or in several.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			s, err := strconv.Unquote(e.Value)
			return s, err == nil
		}
	case *ast.BinaryExpr:
		x, ok1 := literal(e.X)
		y, ok2 := literal(e.Y)
		return x + y, ok1 && ok2 && e.Op == token.ADD
	case *ast.ParenExpr:
		return literal(e.X)
	}
	return "", false
}

// catalogue is the file with the words that there are, translated as far as they
// are in po.
func (w *words) catalogue(po *gotext.Po, old []byte) []byte {
	var b strings.Builder
	head, _, _ := strings.Cut(string(old), "\n\n")
	b.WriteString(head + "\n")
	file := ""
	for _, x := range w.list {
		b.WriteString("\n")
		if x.file != file {
			file = x.file
			fmt.Fprintf(&b, "#: %s\n", file)
		}
		var tr *gotext.Translation
		if x.context != "" {
			fmt.Fprintf(&b, "msgctxt %q\n", x.context)
			tr = po.GetDomain().GetCtxTranslations()[x.context][x.id]
		} else {
			tr = po.GetDomain().GetTranslations()[x.id]
		}
		if tr == nil {
			tr = gotext.NewTranslation()
		}
		field(&b, "msgid", x.id)
		if x.plural == "" {
			field(&b, "msgstr", tr.Trs[0])
			continue
		}
		field(&b, "msgid_plural", x.plural)
		for i := range pluralForms(po) {
			field(&b, fmt.Sprintf("msgstr[%d]", i), tr.Trs[i])
		}
	}
	return []byte(b.String())
}

// field writes a text, a line each line.
func field(b *strings.Builder, name, text string) {
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" && len(lines) > 1 {
		lines = lines[:len(lines)-1]
	}
	if len(lines) > 1 {
		fmt.Fprintf(b, "%s \"\"\n", name)
		name = ""
	}
	for _, line := range lines {
		b.WriteString(strings.TrimPrefix(name+" ", " ") + quoted(line) + "\n")
	}
}

// quoted is a text as a catalogue has it: C's escapes, and letters as they are.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(s) + `"`
}
