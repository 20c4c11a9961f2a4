package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"
)

// The man pages are made here and not by the program: what makes them would be
// 0.6 MB of the binary. make man writes them.

// manTo names the variable with the folder that the pages are written to, and
// manDate the one with their date, in seconds since 1970.
const (
	manTo   = "FLEXYBATCH_MAN"
	manDate = "SOURCE_DATE_EPOCH"
)

// Every command has a page in which nothing of its help is lost, and the programs
// that print pages have nothing to say against it.
func TestManPages(t *testing.T) {
	dir := t.TempDir()
	if to := os.Getenv(manTo); to != "" {
		dir = to
	}
	for _, cmd := range documented(newRoot(machine{})) {
		name := strings.ReplaceAll(cmd.CommandPath(), " ", "-")
		help := cmd.Long // manPage changes it
		page := manPage(t, cmd)
		path := filepath.Join(dir, name+".1")
		if err := os.WriteFile(path, page, 0o644); err != nil {
			t.Fatal(err)
		}
		if help == "" && !cmd.HasSubCommands() {
			t.Errorf("%s has no help", name)
		}
		for _, checker := range [][]string{{"mandoc", "-T", "lint", "-W", "warning"}, {"groff", "-Kutf8", "-man", "-ww", "-z"}} {
			if _, err := exec.LookPath(checker[0]); err != nil {
				t.Logf("%s is not installed", checker[0])
				continue
			}
			if out, err := exec.Command(checker[0], append(checker[1:], path)...).CombinedOutput(); err != nil || len(out) > 0 {
				t.Errorf("%s on %s: %v\n%s", checker[0], name, err, out)
			}
		}
		printed := printedPage(t, path)
		if printed == "" {
			continue
		}
		for line := range strings.Lines(help) {
			if line = strings.TrimRight(line, "\n"); strings.HasPrefix(line, "  ") && !strings.Contains(printed, line) {
				t.Errorf("%s: the example is not kept as it is: %q", name, line)
			}
		}
		for word := range strings.FieldsSeq(help) {
			if !strings.Contains(printed, word) {
				t.Errorf("%s: %q of the help is lost", name, word)
			}
		}
		cmd.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(printed, "--"+f.Name) {
				t.Errorf("%s: --%s is lost", name, f.Name)
			}
		})
	}
}

// documented are a command and those below it that have a page: all but help and
// what cobra adds.
func documented(cmd *cobra.Command) []*cobra.Command {
	list := []*cobra.Command{cmd}
	for _, sub := range cmd.Commands() {
		if sub.Name() != "help" && sub.Name() != "completion" {
			list = append(list, documented(sub)...)
		}
	}
	return list
}

// manPage is the page of a command, whose texts are written for a terminal: what is
// indented stands as it is.
func manPage(t *testing.T, cmd *cobra.Command) []byte {
	t.Helper()
	date := time.Unix(0, 0)
	if seconds, err := strconv.ParseInt(os.Getenv(manDate), 10, 64); err == nil {
		date = time.Unix(seconds, 0)
	}
	date = date.UTC()
	cmd.DisableAutoGenTag, cmd.DisableFlagsInUseLine = true, !cmd.Runnable()
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	cmd.Long = markdown(cmd.Long)
	cmd.Flags().VisitAll(func(f *pflag.Flag) { f.Usage = escape(f.Usage) })
	var b bytes.Buffer
	if err := doc.GenMan(cmd, &doc.GenManHeader{Date: &date, Source: "flexybatch", Manual: "flexybatch"}, &b); err != nil {
		t.Fatal(err)
	}
	// Cobra writes a date that only English readers know, and a tab where a flag's
	// text should hang.
	page := bytes.Replace(b.Bytes(), []byte(date.Format("Jan 2006")), []byte(date.Format(time.DateOnly)), 1)
	return hanging.ReplaceAll(page, []byte(".TP\n$1\n"))
}

var hanging = regexp.MustCompile(`(?m)^(?:\.PP\n)?(\\fB-.*)\n\t`)

// markdown is a help text as cobra's pages want it.
func markdown(help string) string {
	var b strings.Builder
	const fence = "```\n"
	fenced := false
	for line := range strings.Lines(strings.TrimRight(help, "\n") + "\n") {
		if strings.HasPrefix(line, "  ") != fenced && line != "\n" {
			fenced = !fenced
			b.WriteString(fence)
		}
		switch {
		case fenced:
			b.WriteString(line) // is printed as it stands
		case heading.MatchString(line):
			b.WriteString("## " + line)
		default:
			b.WriteString(escape(line))
		}
	}
	if fenced {
		b.WriteString(fence)
	}
	return b.String()
}

var (
	heading = regexp.MustCompile(`^[A-Z ]+\n$`)
	special = regexp.MustCompile("[\\\\`*_<>|#\\[\\]~]")
)

func escape(s string) string { return special.ReplaceAllString(s, `\$0`) }

// printedPage is the page as man shows it on a very wide terminal; empty where no
// program is there to print it.
func printedPage(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.Command("mandoc", "-T", "utf8", "-O", "width=1000", path).Output()
	if err != nil {
		t.Logf("mandoc: %v", err)
		return ""
	}
	return overstrike.ReplaceAllString(string(out), "")
}

// overstrike is how bold letters are printed.
var overstrike = regexp.MustCompile(".\x08")
