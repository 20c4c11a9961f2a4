//go:build !windows

package cli

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The browser gets an address that is served already.
func TestConsoleOpensTheBrowser(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	opened := filepath.Join(dir, "opened")
	if err := syscall.Mkfifo(opened, 0o600); err != nil {
		t.Fatal(err)
	}
	standIn := "#!/bin/sh\nprintf %s \"$1\" > " + opened + "\n"
	for _, name := range []string{"xdg-open", "open"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(standIn), 0o700); err != nil { //nolint:gosec // it is run
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), binary, "console", "--simulate", "--state", dir)
	cmd.Env = append(os.Environ(), "DISPLAY=:0", "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	var printed bytes.Buffer
	cmd.Stdout = &printed
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := os.ReadFile(opened) // waits for who writes
	if err != nil {
		t.Fatal(err)
	}
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer browser.CloseIdleConnections()
	resp, err := browser.Get(string(address))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther || len(resp.Cookies()) == 0 {
		t.Errorf("%s is answered with %s", address, resp.Status)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || strings.TrimSpace(printed.String()) != string(address) {
		t.Errorf("%v: printed was %q, and opened %q", err, printed.String(), address)
	}
}

// Each system has its opener, and where nobody could see a browser none is tried.
func TestOpener(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		goos, variable, opener string
		display                bool
	}{
		{"linux", "", "xdg-open", false}, {"linux", "DISPLAY", "xdg-open", true}, {"freebsd", "WAYLAND_DISPLAY", "xdg-open", true},
		{"windows", "", "rundll32", true}, {"darwin", "", "open", true},
	} {
		getenv := func(name string) string { return map[string]string{c.variable: ":0"}[name] }
		if got := hasDisplay(c.goos, getenv); got != c.display {
			t.Errorf("%s with %s: display %v", c.goos, c.variable, got)
		}
		if name, args := opener(c.goos, "http://localhost:1/"); name != c.opener || args[len(args)-1] != "http://localhost:1/" {
			t.Errorf("%s: %s %q", c.goos, name, args)
		}
	}
}

// Who came by a double-click can read what went wrong before the window closes.
func TestWindowStaysForTheError(t *testing.T) {
	t.Parallel()
	for _, clicked := range []bool{true, false} {
		var said bytes.Buffer
		stdin := strings.NewReader("\nmore")
		code := run(t.Context(), machine{args: []string{"console", filepath.Join(t.TempDir(), "nosuch.csv")}, stdin: stdin, stdout: &said, stderr: &said,
			getenv: func(string) string { return "" }, clicked: clicked})
		if code == exitDone || strings.HasSuffix(said.String(), "Press Enter to close this window. ") != clicked || (stdin.Len() < 5) != clicked {
			t.Errorf("clicked %v: exit %d, %d bytes left: %s", clicked, code, stdin.Len(), said.String())
		}
	}
}
