//go:build !windows

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch/oneclick/simulator"
)

// elsewhere are the lines of the README that its test does not run, and why.
var elsewhere = map[string]string{
	"make test":          "it would run itself",
	"./flexybatch login": "it needs a system keyring; the test's key stands in the environment",
}

// Every line of the README works as it is written, in its order, in a fresh copy of
// the program's files, for somebody who answers what is asked.
func TestReadmeInOrder(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it builds the program")
	}
	s := newSite(t, simulator.Config{}, 0)
	s.dir = freshCopy(t)
	// With these flags nothing is compiled once more because it lies in another folder.
	s.env = append(s.env, "TERM=xterm", "NO_COLOR=1", "CI=", "GOFLAGS=-buildvcs=false -trimpath", "CGO_ENABLED=0")
	ran := 0
	for _, line := range commandLines(t, "README.md") {
		if elsewhere[line] != "" {
			continue
		}
		p := s.watch(100, []string{"y"}, s.shell(line))
		if said := strings.Join(p.screen.Text(), "\n"); p.code != exitDone {
			t.Fatalf("%s: exit %d\n%s", line, p.code, said)
		}
		if strings.Contains(line, "template payroll.xlsx") {
			fillIn(t, filepath.Join(s.dir, "payroll.xlsx"), "E001", "Amel", "0550000001", "PREPAID_OOREDOO", 500)
		}
		ran++
	}
	if ran < 8 {
		t.Errorf("%d lines were run", ran)
	}
	if orders := s.sim.Orders(); len(orders) != 1 {
		t.Errorf("the payroll's one person has the orders %+v", orders)
	}
	for _, name := range []string{"samples/payroll.results.xlsx", "samples/payroll.journal", "payroll-2026-11.results.xlsx"} {
		if _, err := os.Stat(filepath.Join(s.dir, name)); err != nil {
			t.Error(err)
		}
	}
}

// commandLines returns what a document tells its reader to type, without the remarks.
func commandLines(t *testing.T, name string) (lines []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		command, _, _ := strings.Cut(line, " # ")
		command = strings.TrimSpace(command)
		if strings.HasPrefix(line, "    ") && (strings.HasPrefix(command, "./flexybatch") || strings.HasPrefix(command, "go ") || strings.HasPrefix(command, "make ")) {
			lines = append(lines, command)
		}
	}
	return lines
}

// shell is a command line, typed in the folder of the site.
func (s *site) shell(line string) *exec.Cmd {
	cmd := exec.Command("sh", "-c", line)
	cmd.Env, cmd.Dir = s.env, s.dir
	return cmd
}

// freshCopy returns a folder with the program's files and no others.
func freshCopy(t *testing.T) string {
	t.Helper()
	root := filepath.Join("..", "..")
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	names, err := list.Output()
	if err != nil {
		t.Skip("the program's files are known to git alone: ", err)
	}
	dir := t.TempDir()
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names), "\x00"), "\x00") {
		from, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) { // deleted, and not committed
			continue
		}
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), from, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// fillIn writes a person over the example of a template.
func fillIn(t *testing.T, path string, cells ...any) {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.SetSheetRow(f.GetSheetList()[0], "A2", &cells); err != nil {
		t.Fatal(err)
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
}
