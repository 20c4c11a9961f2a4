package cli

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"flexybatch/internal/lang"
	"flexybatch/internal/terminal"
)

var update = flag.Bool("update", false, "write the screens anew")

// screens are what a person sees of the first minutes: what they type, and how it ends.
var screens = []struct {
	args string
	code int
}{
	{"validate --simulate invalid.csv", exitProblems},
	{"run --simulate --dry-run payroll.csv", exitDone},
	{"status payroll.csv", exitNothing}, // nothing was run yet
	{"run --simulate --yes --quiet small.csv", exitDone},
	{"status small.csv", exitDone},
	{"run --amount abc payroll.csv", exitUsage},
}

// Screens of 40, 80 and 120 columns, in every language, are as they were looked at:
// testdata/screens has them. After a change that is meant: go test ./internal/cli -run
// TestScreens -update, and look at them again.
func TestScreens(t *testing.T) {
	folder, err := filepath.Abs(filepath.Join("testdata", "screens"))
	if err != nil {
		t.Fatal(err)
	}
	samples, err := filepath.Abs(filepath.Join("..", "..", "samples"))
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range lang.Languages {
		for _, width := range []int{40, 80, 120} {
			name := fmt.Sprintf("%s.%d.txt", language, width)
			t.Run(name, func(t *testing.T) {
				got := []byte(screensOf(t, samples, language, width))
				path := filepath.Join(folder, name)
				if *update {
					if err := os.WriteFile(path, got, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))) {
					t.Errorf("the screens are not those of %s:\n%s", path, got)
				}
			})
		}
	}
}

// screensOf types the commands, one after the other, in a folder with the samples.
func screensOf(t *testing.T, samples, language string, width int) string {
	t.Helper()
	d := newDesk(t)
	for _, name := range []string{"payroll.csv", "invalid.csv"} {
		text, err := os.ReadFile(filepath.Join(samples, name))
		if err != nil {
			t.Fatal(err)
		}
		d.write(filepath.Join(d.dir, name), string(text))
	}
	d.write(filepath.Join(d.dir, "small.csv"), "Matricule;Nom;Téléphone;Offre;Montant\nE001;Amel;0550000001;PREPAID_OOREDOO;500\nE002;Omar;0660000002;PREPAID_MOBILIS;1200\n")
	t.Chdir(d.dir) // as people work: in the folder of their files
	var all strings.Builder
	for _, s := range screens {
		screen := &strings.Builder{}
		w := d.machine(append([]string{"--lang", language}, strings.Fields(s.args)...)...)
		console := terminal.FixedConsole(screen, width)
		w.stdout, w.stderr, w.page = screen, console, console
		cmd, err := w.execute(t.Context())
		w.tell(cmd, err)
		if code := exitOf(err); code != s.code {
			t.Errorf("%s: exit %d, want %d", s.args, code, s.code)
		}
		fmt.Fprintf(&all, "$ flexybatch %s\n%s\n", s.args, timeless(screen.String()))
	}
	return all.String()
}

// ofNow are the parts of a screen that are another each time.
var ofNow = regexp.MustCompile(`\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}|\d\d:\d\d`)

// timeless is a text in which each day and each time of day is the same.
func timeless(text string) string {
	return ofNow.ReplaceAllStringFunc(text, func(s string) string {
		return regexp.MustCompile(`\d`).ReplaceAllString(s, "0")
	})
}
