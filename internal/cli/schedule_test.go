package cli

import (
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"flexybatch/samples"
)

// The command lines of the samples for systemd and for Windows' scheduler settle a
// batch: they are run here, in a folder of the test's.
func TestScheduledSettle(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{"systemd": systemdLine(t), "windows": windowsLine(t)} {
		dir := t.TempDir()
		run := exec.Command(binary, "run", "--simulate", "--yes", "--quiet", "--batch", "payroll-2026-11", "payroll.csv")
		run.Dir = dir
		if err := os.WriteFile(filepath.Join(dir, "payroll.csv"), samples.Payroll, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		results := filepath.Join(dir, "payroll-2026-11.results.xlsx")
		if err := os.Remove(results); err != nil {
			t.Fatal(err)
		}
		line = strings.NewReplacer("%S/flexybatch/", dir+"/", "%i", "payroll-2026-11", `C:\Payroll\`, dir+"/").Replace(line)
		words := strings.Fields(line)
		settle := exec.Command(binary, words[1:]...)
		settle.Dir = t.TempDir()
		out, err := settle.CombinedOutput()
		if code := exitCode(t, err); code != exitDone || strings.Contains(line, "%") || !strings.Contains(words[0], "flexybatch") {
			t.Errorf("%s: %s: exit %d\n%s", name, line, code, out)
		}
		if _, err := os.Stat(results); err != nil {
			t.Errorf("%s: the report was not written anew: %v", name, err)
		}
	}
}

// systemdLine is what the unit executes.
func systemdLine(t *testing.T) string {
	unit, err := os.ReadFile("../../samples/systemd/flexybatch-settle@.service")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(unit)) {
		if command, ok := strings.CutPrefix(line, "ExecStart="); ok {
			return strings.TrimSpace(command)
		}
	}
	t.Fatal("the unit executes nothing")
	return ""
}

// windowsLine is what the task executes.
func windowsLine(t *testing.T) string {
	b, err := os.ReadFile("../../samples/windows/settle.xml")
	if err != nil {
		t.Fatal(err)
	}
	var task struct {
		XMLName xml.Name                            `xml:"http://schemas.microsoft.com/windows/2004/02/mit/task Task"`
		Exec    struct{ Command, Arguments string } `xml:"Actions>Exec"`
	}
	if err := xml.Unmarshal(b, &task); err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("../../samples/windows/settle.ps1")
	if err != nil {
		t.Fatal(err)
	}
	line := task.Exec.Command + " " + task.Exec.Arguments
	flags := func(text string) string { // up to the first path, which each has of its own
		_, text, _ = strings.Cut(text, "settle --wait")
		text, _, _ = strings.Cut(text, "--log-file")
		return text
	}
	if text := string(script); flags(text) == "" || flags(text) != flags(line) {
		t.Errorf("settle.ps1 and settle.xml differ: %q and %q", flags(text), flags(line))
	}
	return line
}

// What systemd itself has to say to the unit and its timer.
func TestSystemdUnit(t *testing.T) {
	t.Parallel()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	dir := t.TempDir()
	for _, name := range []string{"flexybatch-settle@.service", "flexybatch-settle@.timer"} {
		unit, err := os.ReadFile(filepath.Join("..", "..", "samples", "systemd", name))
		if err != nil {
			t.Fatal(err)
		}
		// It wants the program to be there, and the page of its manual.
		text := strings.NewReplacer("/usr/local/bin/flexybatch", binary, "Documentation=man:flexybatch-settle(1)\n", "").Replace(string(unit))
		if err := os.WriteFile(filepath.Join(dir, strings.Replace(name, "@", "@payroll", 1)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(analyze, "verify", filepath.Join(dir, "flexybatch-settle@payroll.service"), filepath.Join(dir, "flexybatch-settle@payroll.timer")).CombinedOutput()
	if err != nil || strings.Contains(string(out), "flexybatch") {
		t.Errorf("%v\n%s", err, out)
	}
}
