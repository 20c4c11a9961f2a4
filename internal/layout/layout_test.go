// Package layout_test holds the program to its floor plan.
package layout_test

import (
	"encoding/json"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// plan is the floor plan: every package of the program, and behind the colon which
// others of it each may import. Data runs one way: file → ingest → batch → journal
// → ledger → report.
const plan = `
flexybatch: internal/cli

internal/cli: internal/app internal/console internal/outfile internal/register internal/terminal internal/settings internal/outfile internal/publish internal/secret internal/lang
internal/cli: internal/people
internal/cli: internal/app internal/console internal/office internal/outfile internal/register internal/terminal internal/settings internal/outfile internal/publish internal/secret internal/lang
internal/cli: batch batch/approval batch/oneclick batch/oneclick/simulator batch/reconcile ingest journal report samples
internal/app: batch batch/approval batch/changes batch/oneclick batch/oneclick/simulator batch/reconcile batch/unusual ingest journal report
internal/app: internal/lang internal/outfile internal/publish internal/register internal/secret
internal/console: internal/app internal/lang internal/office internal/people internal/publish internal/secret batch batch/approval batch/oneclick batch/reconcile ingest journal report
internal/lang:
internal/mutanttest:
internal/office: batch batch/oneclick journal internal/app internal/lang internal/people ingest report
internal/console: internal/app internal/lang internal/people internal/publish internal/secret batch batch/approval batch/oneclick batch/reconcile ingest journal report
internal/exposition:
internal/lang:
internal/mutanttest:
internal/office: batch journal internal/app internal/exposition internal/lang internal/people ingest report
internal/office/officetest:
internal/outfile: journal internal/lang
internal/people: batch/approval journal internal/lang
internal/people/peopletest: batch/approval/approvaltest internal/people
internal/publish: batch journal report internal/exposition internal/lang internal/outfile
internal/register: batch journal
internal/secret: internal/lang
internal/settings: internal/lang internal/secret
internal/terminal: batch internal/lang
internal/terminal/terminaltest:

ingest: batch batch/reconcile ingest/fault ingest/xlsx
ingest/fault: batch
ingest/xlsx: batch ingest/fault
batch: journal
batch/approval: batch
batch/approval/approvaltest: batch/approval
batch/changes: batch
batch/oneclick: batch
batch/oneclick/simulator:
batch/reconcile: batch
batch/reconcile/reconciletest: batch batch/reconcile
batch/unusual: batch
journal:
journal/journaltest: journal
report: batch batch/changes batch/reconcile batch/unusual internal/lang internal/outfile
samples:
`

// rooms is the plan by package.
func rooms() map[string][]string {
	rooms := map[string][]string{}
	for line := range strings.Lines(plan) {
		if name, may, ok := strings.Cut(line, ":"); ok {
			rooms[name] = append(rooms[name], strings.Fields(may)...)
		}
	}
	return rooms
}

// root is the module's folder, seen from this one.
const root = "../.."

// room is a package's path within the module.
func room(path string) string { return strings.TrimPrefix(path, "flexybatch/") }

func TestLayout(t *testing.T) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Doc,GoFiles", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	rooms := rooms()
	d := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p struct {
			ImportPath, Doc  string
			Imports, GoFiles []string
		}
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if len(p.GoFiles) == 0 { // tests only
			continue
		}
		allowed, known := rooms[room(p.ImportPath)]
		if !known {
			t.Errorf("package %s is not on the floor plan", p.ImportPath)
		}
		if p.Doc == "" {
			t.Errorf("package %s has no package comment", p.ImportPath)
		}
		for _, i := range p.Imports {
			if strings.HasPrefix(i, "flexybatch/") && !slices.Contains(allowed, room(i)) {
				t.Errorf("package %s may not import %s", p.ImportPath, i)
			}
		}
	}
}

// The only Go file at the root is main.go.
func TestRoot(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 || filepath.Base(files[0]) != "main.go" {
		t.Errorf("Go files at the root: %q, want main.go alone", files)
	}
}

// The process ends in one place, main. Everything below returns.
func TestOneExit(t *testing.T) {
	cmd := exec.Command("git", "grep", "-nE", `os\.Exit|log\.Fatal`, "--", "*.go", ":!*_test.go", ":!tools")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("git grep: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "main.go:") && !strings.Contains(line, "//") {
			t.Errorf("the process ends elsewhere than in main: %s", line)
		}
	}
}
