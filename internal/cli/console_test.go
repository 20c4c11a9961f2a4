package cli

import (
	"bufio"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"flexybatch/samples"
)

// The built program prints the address of its console first, serves who opens it and
// nobody else, and ends when it is told.
func TestConsole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, state := filepath.Join(dir, "paie.csv"), filepath.Join(dir, "lots")
	if err := os.WriteFile(file, samples.Payroll, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary, "console", "--simulate", "--no-browser", "--lang", "fr", "--state", state, file)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address = strings.TrimSpace(address)
	if !strings.HasPrefix(address, "http://localhost:") || !strings.Contains(address, "/?token=") {
		t.Fatalf("the address is %q", address)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []*http.Client{{Jar: jar}, {}} { // the second comes late
		resp, err := c.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		c.CloseIdleConnections()
		if want := []int{http.StatusOK, http.StatusUnauthorized}[i]; resp.StatusCode != want {
			t.Errorf("browser %d: %d", i, resp.StatusCode)
		}
		if i == 0 && (!strings.Contains(string(b), `lang="fr"`) || !strings.Contains(string(b), "paie.csv") || strings.Contains(resp.Request.URL.String(), "token")) {
			t.Errorf("%s shows\n%s", resp.Request.URL, b)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// It listens on this machine alone.
func TestConsoleListensOnLoopback(t *testing.T) {
	t.Parallel()
	for _, listen := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "nonsense"} {
		out, err := exec.CommandContext(t.Context(), binary, "console", "--no-browser", "--state", t.TempDir(), "--listen", listen).CombinedOutput()
		if code := err.(*exec.ExitError).ExitCode(); code != exitUsage || !strings.Contains(string(out), "address of this machine") { //nolint:errorlint // it is the error itself
			t.Errorf("--listen %s: %d, %s", listen, code, out)
		}
	}
}

// A double-click opens the console, and a file that is dragged on the program its
// check.
func TestDoubleClick(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "paie.xlsx")
	if err := os.WriteFile(file, samples.PayrollXLSX, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args    []string
		byClick bool
		want    []string
	}{{[]string{filepath.Base(file)}, true, []string{filepath.Base(file)}}, {[]string{filepath.Dir(file)}, true, []string{filepath.Dir(file)}},
		{nil, true, []string{"console"}}, {[]string{file}, true, []string{"console", file}}, {[]string{"status"}, true, []string{"status"}},
		{nil, false, nil}, {[]string{file}, false, []string{file}}} {
		if got := clicked(c.args, c.byClick); !slices.Equal(got, c.want) {
			t.Errorf("%v, %v: %v", c.args, c.byClick, got)
		}
	}
}
