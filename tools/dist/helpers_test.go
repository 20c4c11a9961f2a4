package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// madeIn names the variable with the folder of a finished release. make dist-test gives
// it; without it only what needs no release is tested.
const madeIn = "RELEASE_DIR"

// made is the path of the one file of a finished release that a pattern finds.
func made(t *testing.T, pattern string) string {
	t.Helper()
	dir := os.Getenv(madeIn)
	if dir == "" {
		t.Skip("it needs a finished release: make dist-test")
	}
	names := glob(t, filepath.Join(dir, pattern))
	if len(names) != 1 {
		t.Fatalf("%s is %q", pattern, names)
	}
	return names[0]
}

// need tells that a program is there. With a finished release to be tested it must be;
// else what needs it is left out.
func need(t *testing.T, program, pkg string) bool {
	t.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return true
	}
	if os.Getenv(madeIn) != "" {
		t.Fatalf("%s is not installed: apt-get install %s, or leave this out: make dist-test TESTFLAGS='-skip %s'", program, pkg, t.Name())
	}
	t.Logf("%s is not installed, and what needs it is not tested: apt-get install %s", program, pkg)
	return false
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// ran is what a command printed; it must succeed.
func ran(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}
