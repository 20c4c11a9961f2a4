package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Every flag has been thought of: it takes words or files that are completed, or a
// number, or one of these, which the user alone knows.
func TestFlagsAreCompleted(t *testing.T) {
	free := map[string]bool{"base-url": true, "sheet": true, "name": true, "ref": true, "phone": true, "notify-url": true,
		"listen": true, "key": true, "balance": true, "reason": true, "maker": true, "at": true,
		"metrics": true, "oidc-client": true, "oidc-issuer": true, "trusted-proxy": true, "url": true}
	seen := map[string]bool{}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		each := func(f *pflag.Flag) {
			seen[f.Name] = true
			_, known := cmd.GetFlagCompletionFunc(f.Name)
			if kind := f.Value.Type(); strings.HasPrefix(kind, "string") && !known && !free[f.Name] {
				t.Errorf("%s --%s: say what it takes where it is declared, or here that nobody can know", cmd.CommandPath(), f.Name)
			}
			if free[f.Name] && known {
				t.Errorf("%s --%s: is it free or known?", cmd.CommandPath(), f.Name)
			}
		}
		cmd.LocalNonPersistentFlags().VisitAll(each)
		cmd.PersistentFlags().VisitAll(each)
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(newCommands(machine{}))
	for name := range free {
		if !seen[name] {
			t.Errorf("there is no flag --%s", name)
		}
	}
}

// Each word that is completed is one that the program understands: the run gets as
// far as to the file, which there is not.
func TestCompletedWordsAreUnderstood(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"run", "--simulate", "--yes"}, {"validate", "--simulate"}, {"report"}} {
		cmd, _, err := newCommands(machine{}).Find(args)
		if err != nil {
			t.Fatal(err)
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			complete, known := cmd.GetFlagCompletionFunc(f.Name)
			if !known {
				return
			}
			list, directive := complete(cmd, nil, "")
			if directive != cobra.ShellCompDirectiveNoFileComp {
				return
			}
			for _, word := range list {
				line := append(slices.Clone(args), "--"+f.Name, word, "nosuch.csv")
				if f.Name == "delimiter" {
					line = append(line, "--format", "csv")
				}
				command := exec.Command(binary, line...)
				command.Dir = t.TempDir()
				out, err := command.CombinedOutput()
				if exitCode(t, err) != exitNothing || !strings.Contains(string(out), "nosuch") {
					t.Errorf("%s --%s %s: %v\n%s", args[0], f.Name, word, err, out)
				}
			}
		})
	}
}

// The scripts are ones that the shells take, and bash completes with its own.
func TestCompletionScripts(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the shells are Unix's")
	}
	dir := t.TempDir()
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		script, err := exec.Command(binary, "completion", shell).Output()
		if err != nil || len(script) < 1000 {
			t.Fatalf("%s: %d bytes, %v", shell, len(script), err)
		}
		path := filepath.Join(dir, "flexybatch."+shell)
		if err := os.WriteFile(path, script, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := exec.LookPath(shell); err != nil {
			t.Logf("%s is not installed", shell)
			continue
		}
		if out, err := exec.Command(shell, "-n", path).CombinedOutput(); err != nil {
			t.Errorf("%s does not take its script: %v\n%s", shell, err, out)
		}
	}
	if _, err := exec.LookPath("bash"); err != nil {
		return
	}
	// As bash does when Tab is pressed behind "flexybatch report --format n".
	const press = `source "$1" && complete -p flexybatch &&
COMP_WORDS=(flexybatch report --format n) COMP_CWORD=3 COMP_LINE="flexybatch report --format n" COMP_POINT=28 COMP_TYPE=9 &&
compopt() { :; }
_init_completion() { cur=n prev=--format words=("${COMP_WORDS[@]}") cword=3; } &&
__start_flexybatch && printf '%s\n' "${COMPREPLY[@]}"`
	cmd := exec.Command("bash", "--norc", "-c", press, "bash", filepath.Join(dir, "flexybatch.bash"))
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(binary)+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if want := "complete -o default -F __start_flexybatch flexybatch\nndjson\n"; err != nil || string(out) != want {
		t.Errorf("%v: %q, want %q", err, out, want)
	}
}
