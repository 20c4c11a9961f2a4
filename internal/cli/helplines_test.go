//go:build !windows

package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/xuri/excelize/v2"

	"flexybatch/batch/oneclick/simulator"
)

// helpPage is what the test of a help page knows beside its text.
type helpPage struct {
	given   string              // what was typed before, by somebody who has come so far
	refunds float64             // how many of the orders fail
	exits   map[string]int      // of lines that do not end with 0, by how they begin
	people  map[string][]string // who type a line in turn, by how it begins, where there are several
	then    map[string]string   // what somebody does before a line, by how that begins
}

const wasRun = "flexybatch run --yes payroll.xlsx"

// helpPages are the pages whose lines want something to be there.
var helpPages = map[string]helpPage{
	"flexybatch": {refunds: 0.3, exits: map[string]int{"flexybatch run payroll": exitProblems, "flexybatch status": exitProblems,
		"flexybatch settle": exitProblems}},
	"flexybatch approve":        {people: map[string][]string{"flexybatch approve payroll": {"amel", "omar"}}, given: "mkdir amel omar\nHOME=amel flexybatch keygen --name Amel\nHOME=omar flexybatch keygen --name Omar\ncat */.config/flexybatch/*.pub > approvers"},
	"flexybatch completion":     {given: "mkdir -p .config/fish/completions"},
	"flexybatch journal show":   {given: wasRun},
	"flexybatch journal verify": {given: wasRun},
	"flexybatch keygen":         {given: "echo 'a long secret' > secret; chmod 600 secret"},
	"flexybatch reconcile":      {given: wasRun},
	"flexybatch report":         {given: wasRun},
	"flexybatch resend": {given: wasRun + " || true", refunds: 0.5, exits: map[string]int{
		"flexybatch run": exitProblems}},
	"flexybatch settle":   {given: wasRun},
	"flexybatch status":   {given: wasRun},
	"flexybatch validate": {given: "flexybatch plans --json > plans.json"},
	"flexybatch template": {given: "flexybatch plans --json > plans.json; rm payroll.xlsx"},
	"flexybatch run":      {then: map[string]string{"flexybatch run --amend payroll": "cp corrected.xlsx payroll.xlsx", "flexybatch run --amend --pay": "cp bonus.xlsx payroll.xlsx"}},
}

// notHere are the lines that the test cannot run as they are, by how they begin, and why.
var notHere = map[string]string{
	"flexybatch completion bash":       "it writes to the machine's own folder; TestCompletionScripts runs bash with it",
	"flexybatch completion zsh":        "it is typed in zsh",
	"flexybatch completion powershell": "it is typed in PowerShell",
	"flexybatch login":                 "it needs a system keyring; TestLogin has one",
	"flexybatch logout":                "it needs a system keyring; TestLogin has one",
	"pass show":                        "it needs a password store",
	"flexybatch drill --kills":         "it takes a minute",
	"flexybatch console":               "it works until it is told to end; TestConsole tells it",
	"flexybatch database":              "it needs an office's database; TestOffice has one",
	"flexybatch worker":                "it needs an office's database; TestOffice has one",
	"flexybatch submit":                "it needs an office's database; TestOffice has one",
	"flexybatch batches":               "it needs an office's database; TestOffice has one",
	"flexybatch pause":                 "it needs an office's database; TestOffice has one",
	"flexybatch resume":                "it needs an office's database; TestOffice has one",
	"flexybatch cancel":                "it needs an office's database; TestOffice has one",
	"flexybatch journal export":        "it needs an office's database; TestOffice has one",
	"flexybatch journal import":        "it needs an office's database; TestOffice has one",
	"flexybatch journal verify oct":    "it needs an office's database; TestOffice has one",
	"flexybatch serve --state":         "it works until it is told to end; TestServe tells it",
	"flexybatch simulate":              "it works until it is told to end; every test with a site has it",
}

// Every line of every help page works as it is written, in the page's order, on a
// machine on which nothing was done before but what the page says.
func TestHelpInOrder(t *testing.T) {
	t.Parallel()
	for _, cmd := range allCommands(newRoot(machine{})) {
		lines := typedLines(cmd)
		if len(lines) == 0 {
			continue
		}
		t.Run(cmd.CommandPath(), func(t *testing.T) {
			t.Parallel()
			page := helpPages[cmd.CommandPath()]
			s := newHelpSite(t, page)
			if out, err := s.shell("set -e\n" + page.given).CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", page.given, err, out)
			}
			s.export("export.csv", func(rows [][]string) [][]string { return rows })
			for _, line := range lines {
				if begins(line, notHere) != "" {
					continue
				}
				if out, err := s.shell(begins(line, page.then)).CombinedOutput(); err != nil {
					t.Fatalf("%s: %v\n%s", begins(line, page.then), err, out)
				}
				want := begins(line, page.exits) // which is exitDone where nothing else is said
				people := begins(line, page.people)
				for _, home := range append(people, "")[:max(1, len(people))] {
					if got, said := s.typed(t.Context(), home, line); got != want {
						t.Errorf("%s: exit %d, want %d\n%s", line, got, want, said)
					}
				}
			}
		})
	}
}

// newHelpSite is a machine with the files of which the help speaks, and a provider that
// is quick.
func newHelpSite(t *testing.T, page helpPage) *helpSite {
	t.Helper()
	s := newSite(t, simulator.Config{Seed: 1, Faults: map[string]float64{simulator.FaultRefunded: page.refunds}}, 0)
	rows := [][]any{{"phone", "plan", "amount", "name"}, {"0550000001", "PREPAID_OOREDOO", 500, "Amel"}}
	for i := range 14 {
		rows = append(rows, []any{fmt.Sprintf("06600000%02d", i), "PREPAID_MOBILIS", 100 + i, fmt.Sprint("Agent ", i)})
	}
	s.sheet("payroll.xlsx", rows)
	s.sheet("corrected.xlsx", append(slices.Clone(rows), []any{"0770000001", "PREPAID_DJEZZY", 300, "Omar"}))
	rows[1], rows[2] = []any{"0550000001", "PREPAID_OOREDOO", 700, "Amel"}, []any{"0660000000", "PREPAID_MOBILIS", 200, "Agent 0"}
	s.sheet("bonus.xlsx", append(rows, []any{"0770000001", "PREPAID_DJEZZY", 300, "Omar"}))
	s.write("payroll.csv", "phone,plan,amount\n0550000001,PREPAID_OOREDOO,500\n")
	s.write("trial.csv", "phone,plan,amount\n0550000001,PREPAID_OOREDOO,500\n")
	hears := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(hears.Close)
	s.env = append(s.env, "TERM=xterm", "NO_COLOR=1", "CI=", "HOME="+t.TempDir(), "PATH="+filepath.Dir(binary)+":"+os.Getenv("PATH"),
		"FLEXYBATCH_RATE=0", "FLEXYBATCH_POLL_INTERVAL=20ms", "FLEXYBATCH_WAIT=20s", "FLEXYBATCH_RESEND_AFTER=200ms", "FLEXYBATCH_PHONE_GAP=0s")
	s.env = append(s.env, "FLEXYBATCH_NOTIFY_SECRET=a secret of the receiver too")
	return &helpSite{s, hears.URL}
}

// helpSite is a site with somebody who hears notifications.
type helpSite struct {
	*site
	hears string // the address
}

// typed is what becomes of a line that somebody types at a terminal, who says yes to what
// is asked; without one, where a passphrase would be asked for.
func (s *helpSite) typed(ctx context.Context, home, line string) (code int, said string) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	line = strings.NewReplacer("/var/lib/node_exporter", s.dir, "https://example.org", s.hears).Replace(line)
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	cmd.Dir, cmd.Env = s.dir, append(slices.Clone(s.env), "HOME="+filepath.Join(s.dir, home))
	if strings.Contains(line, "keygen") {
		out, _ := cmd.CombinedOutput() // the exit code tells
		return cmd.ProcessState.ExitCode(), string(out)
	}
	p := s.watch(100, []string{"y"}, cmd)
	return p.code, strings.Join(p.screen.Text(), "\n")
}

// sheet writes a workbook of one sheet.
func (s *site) sheet(name string, rows [][]any) {
	s.t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := f.SaveAs(filepath.Join(s.dir, name)); err != nil {
		s.t.Fatal(err)
	}
}

// afterwards is what stands behind a line, to explain it.
var afterwards = regexp.MustCompile(`   +[^ ].*$`)

// continued is where a line goes on in the next one.
var continued = regexp.MustCompile(` *\\\n +`)

// typedLines are the lines of a command's help that a reader types.
func typedLines(cmd *cobra.Command) (lines []string) {
	for line := range strings.Lines(continued.ReplaceAllString(cmd.Long, " ")) {
		line, typed := strings.CutPrefix(strings.TrimRight(line, "\n"), "  ")
		line = afterwards.ReplaceAllString(strings.TrimSpace(line), "")
		if !typed || !strings.HasPrefix(line, "flexybatch ") && !strings.Contains(line, "| flexybatch ") {
			continue
		}
		lines = append(lines, line)
	}
	return lines
}

// begins is what a map tells of a line, by how the line begins.
func begins[V any](line string, by map[string]V) (told V) {
	for begin, v := range by {
		if strings.HasPrefix(line, begin) {
			told = v
		}
	}
	return told
}
