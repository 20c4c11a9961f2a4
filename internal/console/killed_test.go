package console_test

import (
	"bufio"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"flexybatch/batch/oneclick/simulator"
)

// built is the program as people have it, built from this tree.
func built(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "flexybatch")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	build := exec.Command("go", "build", "-trimpath", "-o", path, "flexybatch")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as make build and the tests of internal/cli do
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	return path
}

// started is the console of the built program, with the address that it printed.
type started struct {
	*exec.Cmd
	base, token string
}

// startBuilt starts the console of the built program over a folder of batches.
func (p *remote) startBuilt(t *testing.T, binary, folder string) *started {
	t.Helper()
	c := &started{Cmd: exec.Command(binary, "console", "--no-browser", "--state", folder, "--rate", "0", "--poll-interval", "50ms", "--wait", "20s", "--resend-after", "200ms", "--phone-gap", "0s", "--timeout", "5m", "--concurrency", "4")}
	c.Env = append(os.Environ(), "FLEXYBATCH_CONFIG=none", "ONECLICKDZ_API_KEY="+simulator.DefaultKey, "ONECLICKDZ_BASE_URL="+p.url, "XDG_STATE_HOME="+t.TempDir(), "LC_ALL=C")
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() }) // it may have ended
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	u, err := url.Parse(strings.TrimSpace(line))
	must(t, err)
	c.base, c.token = u.Scheme+"://"+u.Host, u.Query().Get("token")
	if c.token == "" || u.Hostname() != "localhost" {
		t.Fatalf("the first line is no address with a token: %s", line)
	}
	return c
}

// The console is killed while it sends. Started again it shows what was done, goes on,
// and nobody is paid twice; the live view goes on too.
func TestKilledInBrowser(t *testing.T) {
	t.Parallel()
	startChromium(t)
	p := newRemote(t, simulator.Sandbox)
	p.hold.Store(20)
	binary, folder := built(t), t.TempDir()
	first := p.startBuilt(t, binary, folder)
	b := newTab(t, first.base)
	b.enter(first.token)
	b.choose("#file", file(t, "payroll.xlsx", payroll(t, 40)))
	b.press("form.upload button.main")
	b.steps()
	b.press(`a.main[href$="/answers"]`)
	b.press("button.pay")
	<-p.at
	b.until(`[...document.querySelectorAll("[data-live] .state-fulfilled .number")].some((n) => Number(n.innerText) > 0)`)
	must(t, first.Process.Kill())
	_ = first.Wait() // it was killed
	p.hold.Store(0)
	close(p.free)

	second := p.startBuilt(t, binary, folder)
	b = newTab(t, second.base)
	b.enter(second.token)
	b.press(`th a[href="/batches/payroll"]`)
	if done := eval[int](b, `Number(document.querySelector(".state-fulfilled .number").innerText)`); done < 1 || done > 20 {
		t.Errorf("%d rows are told to be paid", done)
	}
	b.press(`a.main[href$="/answers"]`)
	b.press("button.pay")
	b.until(`!document.querySelector("[data-live]") && !!document.querySelector('a[href$="/download/results.xlsx"]')`)
	p.agrees(b.download(`a[href$="/download/results.xlsx"]`), 40)
	b.press(`form[action="/quit"] button`)
	if err := second.Wait(); err != nil {
		t.Errorf("closed from the page, it ends with %v", err)
	}
}
