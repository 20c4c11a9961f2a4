package cli

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"flexybatch/batch/oneclick/simulator"
)

// The tests of this file use real signals and real disks that fail.

// TestTwoHundredKills kills the program with SIGKILL at random moments, two
// hundred times and more, on a bad day, and resumes it each time.
func TestTwoHundredKills(t *testing.T) {
	t.Parallel()
	const sites, kills = 4, 52
	for n := range sites {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			s := newSite(t, simulator.Config{Faults: badDay, Seed: uint64(n), Latency: 2 * time.Millisecond}, 250)
			rng := rand.New(rand.NewPCG(uint64(n), 200))
			done := 0
			for done < kills {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(20+rng.IntN(100))*time.Millisecond)
				cmd := exec.CommandContext(ctx, binary, append([]string{"run", "--yes", "--quiet", "--concurrency", "2", s.file}, quick...)...)
				cmd.Env, cmd.Dir = s.env, s.dir
				err := cmd.Run() // killed by the context, with SIGKILL
				cancel()
				if err == nil || cmd.ProcessState.ExitCode() == exitProblems {
					break // the batch came to its end before the kills did
				}
				done++
			}
			s.untilDone()
			s.reconcile()
			t.Logf("%d kills", done)
			if done < kills {
				t.Errorf("the batch was too short: it ended after %d kills", done)
			}
		})
	}
}

// The terminal is closed: SIGHUP, and nobody reads what is written any more.
func TestTerminalClosed(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGHUP")
	}
	s := newSite(t, simulator.Config{Latency: 5 * time.Millisecond}, 200)
	s.notify.Store(30)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd, _, _ := s.command(append([]string{"run", "--yes", s.file}, quick...)...)
	cmd.Stdout, cmd.Stderr = write, write
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	<-s.at
	read.Close()
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(t, cmd.Wait()); code != exitOpen {
		t.Errorf("exit %d, want %d", code, exitOpen)
	}
	sum, _ := s.json(exitOpen, "status", "--json", s.file)
	if sum.Rows.Unknown != 0 || sum.Rows.Unsent == 0 {
		t.Errorf("it did not drain: %+v", sum)
	}
	s.run(exitDone)
	s.reconcile()
}

// mounted mounts a small tmpfs over a folder, or skips the test.
func mounted(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if runtime.GOOS != "linux" {
		t.Skip("it needs a tmpfs")
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("no tmpfs may be mounted here: %s", out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "-l", dir).Run() })
	return dir
}

// A disk that fills up in mid-batch: nothing is sent after it, and with room
// made the batch goes on, each row charged once.
func TestDiskFull(t *testing.T) {
	s := newSite(t, simulator.Config{}, 300)
	dir := mounted(t, "size=144k")
	sum, words := s.run(exitOpen, "--state", dir)
	if !strings.Contains(words, "no space left") || sum.SentNow == 0 {
		t.Errorf("%+v %s", sum, words)
	}
	sent := s.sends.Load()
	if sent >= 300 {
		t.Fatalf("all %d rows were sent: the disk is too large", sent)
	}
	if out, err := exec.Command("mount", "-o", "remount,size=64m", dir).CombinedOutput(); err != nil {
		t.Fatalf("%s", out)
	}
	if sum, _ = s.run(exitDone, "--state", dir); sum.Rows.Fulfilled != 300 || len(s.sim.Orders()) != 300 {
		t.Errorf("%+v, %d orders", sum, len(s.sim.Orders()))
	}
}

// A folder that cannot be written: nothing is sent.
func TestReadOnlyFolder(t *testing.T) {
	s := newSite(t, simulator.Config{}, 10)
	dir := mounted(t, "size=1m,ro")
	_, words := s.run(exitNothing, "--state", dir)
	if s.sends.Load() != 0 || !strings.Contains(words, "read-only") {
		t.Errorf("%d sends; it said %q", s.sends.Load(), words)
	}
}

// Errors of the kernel, injected by strace: whatever fails when, the exit code
// tells the truth, and a plain run finishes with every row charged once.
func TestInjectedErrors(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not here")
	}
	for _, inject := range []string{
		"fsync:error=EIO:when=1", "fsync:error=EIO:when=3", "fsync:error=EIO:when=9",
		"write:error=ENOSPC:when=1", "write:error=ENOSPC:when=3+", "write:error=EIO:when=9", "rename,renameat,renameat2:error=EIO",
	} {
		t.Run(inject, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, simulator.Config{}, 40)
			args := []string{"-f", "-o", filepath.Join(t.TempDir(), "trace"), "-e", "trace=" + strings.SplitN(inject, ":", 2)[0], "-e", "inject=" + inject}
			if !strings.HasPrefix(inject, "rename") { // only the journal's: Go's own runtime writes too
				args = append(args, "-P", filepath.Join(s.dir, "payroll.journal"))
			}
			args = append(append(args, binary, "run", "--yes", "--json", s.file), quick...)
			cmd := exec.Command("strace", args...)
			cmd.Env, cmd.Dir = s.env, s.dir
			out, err := cmd.CombinedOutput()
			if strings.Contains(string(out), "ptrace") && strings.Contains(string(out), "not permitted") {
				t.Skipf("strace may not trace here: %s", out)
			}
			code := exitCode(t, err)
			t.Logf("exit %d after %d sends", code, s.sends.Load())
			if code != exitDone && code != exitOpen && code != exitNothing {
				t.Errorf("exit %d: %.2000s", code, out)
			}
			if code == exitNothing && len(s.sim.Orders()) > 0 && !strings.Contains(string(out), "report") {
				t.Errorf("exit %d says that nothing was sent, and %d orders were: %.2000s", code, len(s.sim.Orders()), out)
			}
			if sum, _ := s.run(exitDone); sum.Rows.Fulfilled != 40 {
				t.Errorf("%+v", sum)
			}
			s.reconcile()
		})
	}
}

// The question for a PRODUCTION key wants the number of rows, typed on a
// terminal.
func TestProductionQuestion(t *testing.T) {
	if _, err := exec.LookPath("script"); err != nil || runtime.GOOS != "linux" {
		t.Skip("it needs the script command for a terminal")
	}
	s := newSite(t, simulator.Config{Keys: []simulator.Key{{Key: simulator.DefaultKey, Type: simulator.Production}}}, 7)
	answer := func(text string) string {
		cmd := exec.Command("script", "-qec", fmt.Sprintf("%s run %s %s", binary, strings.Join(quick, " "), s.file), "/dev/null")
		cmd.Env, cmd.Dir, cmd.Stdin = s.env, s.dir, strings.NewReader(text)
		out, _ := cmd.CombinedOutput() // its exit code is the program's
		return string(out)
	}
	for _, wrong := range []string{"y\n", "yes\n", "6\n", "\n"} {
		if out := answer(wrong); !strings.Contains(out, "nothing was sent") || !strings.Contains(out, "PRODUCTION") || s.sends.Load() > 0 {
			t.Fatalf("answered %q: %d sends, and it said %s", wrong, s.sends.Load(), out)
		}
	}
	if out := answer("7\n"); len(s.sim.Orders()) != 7 {
		t.Errorf("answered 7: %d orders; it said %s", len(s.sim.Orders()), out)
	}
	s.reconcile()
}
