//go:build linux

package cli

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"flexybatch/batch/oneclick/simulator"
)

// dialogue runs the program on a terminal. Each time that the screen ends with a
// question, its answer is typed; an answer of \x03 is Ctrl-C. It returns what the
// screen showed, the exit code, and whether the terminal shows what is typed when
// the program is gone.
func dialogue(t *testing.T, dir string, env []string, questions [][2]string, args ...string) (screen string, code int, echoes bool) {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer tty.Close() // it stays open until then, so that its state can be asked for
	cmd := exec.Command(binary, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		ended <- cmd.Wait()
		io.WriteString(tty, "\x04ended")
	}()
	var shown bytes.Buffer
	b := make([]byte, 4096)
	for !strings.HasSuffix(shown.String(), "\x04ended") {
		n, err := master.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		shown.Write(b[:n])
		if len(questions) > 0 && strings.HasSuffix(shown.String(), questions[0][0]) {
			answer := questions[0][1]
			if answer != "\x03" {
				answer += "\n"
			}
			if _, err := io.WriteString(master, answer); err != nil {
				t.Fatal(err)
			}
			questions = questions[1:]
		}
	}
	if len(questions) > 0 {
		t.Errorf("it never asked %q:\n%s", questions[0][0], shown.String())
	}
	state, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return shown.String(), exitCode(t, <-ended), state.Lflag&unix.ECHO != 0
}

// What is typed as a key is not shown, and the terminal is as it was afterwards,
// also after Ctrl-C.
func TestKeyIsTypedUnseen(t *testing.T) {
	t.Parallel()
	const key = "typed-key-0123456789"
	env := []string{"FLEXYBATCH_BASE_URL=" + newProvider(t, key, nil), "DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere"}
	screen, code, echoes := dialogue(t, t.TempDir(), env, [][2]string{{"(it is not shown): ", key}}, "login")
	if code != exitNothing || !strings.Contains(screen, "the key is good, and the system keyring does not take it") || strings.Contains(screen, key) || !echoes {
		t.Errorf("exit %d, echo %t:\n%s", code, echoes, screen)
	}
	screen, code, echoes = dialogue(t, t.TempDir(), env, [][2]string{{"(it is not shown): ", "\x03"}}, "login")
	if code != exitNothing || !echoes {
		t.Errorf("after Ctrl-C: exit %d, echo %t:\n%s", code, echoes, screen)
	}
}

// The whole way of approval as people go it: a passphrase typed twice, the plan on
// the screen, the number of rows typed in, the passphrase again.
func TestApproveOnATerminal(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{Keys: []simulator.Key{{Key: simulator.DefaultKey, Type: simulator.Production}}}, 12)
	const secret = "horse battery"
	keygen := []string{"keygen", "--name", "Amel", "--out", "amel.key"}
	if screen, code, _ := dialogue(t, s.dir, s.env, [][2]string{{"not shown): ", secret}, {"again: ", "other"}}, keygen...); code != exitNothing || !strings.Contains(screen, "not the same") {
		t.Fatalf("exit %d:\n%s", code, screen)
	}
	screen, code, echoes := dialogue(t, s.dir, s.env, [][2]string{{"not shown): ", secret}, {"again: ", secret}}, keygen...)
	if code != exitDone || strings.Contains(screen, secret) || !echoes {
		t.Fatalf("exit %d:\n%s", code, screen)
	}
	for name, mode := range map[string]os.FileMode{"amel.key": 0o600, "amel.key.pub": 0o644} {
		if info, err := os.Stat(filepath.Join(s.dir, name)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	if cmd, out, errs := s.command("run", "--prepare", s.file); cmd.Run() != nil {
		t.Fatalf("%s%s", out, errs)
	}
	approve := []string{"approve", "--signing-key", "amel.key", "payroll.plan.json"}
	plan := filepath.Join(s.dir, "payroll.plan.json")
	before, err := os.ReadFile(plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, refused := range [][][2]string{
		{{"type the number of rows: ", "yes"}, {"or nothing to stop: ", ""}},
		{{"type the number of rows: ", "oui"}, {"or nothing to stop: ", "نعم"}},
		{{"type the number of rows: ", "11"}},
		{{"type the number of rows: ", "\x03"}},
		{{"type the number of rows: ", "12"}, {"Passphrase of amel.key: ", "wrong"}},
		{{"type the number of rows: ", "12"}, {"Passphrase of amel.key: ", "\x03"}},
	} {
		screen, code, echoes := dialogue(t, s.dir, s.env, refused, approve...)
		if code != exitNothing || !echoes {
			t.Errorf("%q: exit %d, echo %t:\n%s", refused, code, echoes, screen)
		}
		if after, err := os.ReadFile(plan); err != nil || !bytes.Equal(after, before) {
			t.Fatalf("%q: the request was approved: %v", refused, err)
		}
	}
	screen, code, _ = dialogue(t, s.dir, s.env, [][2]string{{"type the number of rows: ", "12"}, {"Passphrase of amel.key: ", secret}}, approve...)
	if code != exitDone || !strings.Contains(screen, "12 rows for") || !strings.Contains(screen, "Approved by Amel") || strings.Contains(screen, secret) {
		t.Fatalf("exit %d:\n%s", code, screen)
	}
	sum, _ := s.run(exitDone, "--approved", "payroll.plan.json", "--approvers", "amel.key.pub")
	if sum.Rows.Fulfilled != 12 {
		t.Errorf("%+v", sum)
	}
	s.reconcile()
}
