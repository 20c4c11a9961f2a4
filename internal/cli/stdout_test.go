package cli

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
)

// full is a stream that takes nothing.
type full struct{ err error }

func (f full) Write([]byte) (int, error) { return 0, f.err }

// What could not be written is not said to be done; a reader who has gone away on
// purpose is no such thing.
func TestUnheardAnswers(t *testing.T) {
	for _, c := range []struct {
		args []string
		why  error
		code int
	}{
		{[]string{"version"}, syscall.ENOSPC, exitNothing},
		{[]string{"help"}, syscall.ENOSPC, exitNothing},
		{[]string{"help", "exit-codes"}, syscall.ENOSPC, exitNothing},
		{[]string{"config"}, syscall.ENOSPC, exitNothing},
		{[]string{"plans", "--simulate"}, syscall.ENOSPC, exitNothing},
		{[]string{"completion", "bash"}, syscall.ENOSPC, exitNothing},
		{[]string{"run", "--simulate", "--yes", "payroll.csv"}, syscall.ENOSPC, exitOpen},
		{[]string{"run", "--simulate", "--yes", "--json", "payroll.csv"}, syscall.ENOSPC, exitOpen},
		{[]string{"status", "payroll.csv"}, syscall.ENOSPC, exitNothing},
		{[]string{"report", "--format", "csv", "payroll.csv"}, syscall.ENOSPC, exitNothing},
		{[]string{"help"}, syscall.EPIPE, exitDone},
		{[]string{"help"}, io.ErrClosedPipe, exitDone},
	} {
		d := newDesk(t)
		args := append([]string{}, c.args...)
		for i, arg := range args {
			if arg == "payroll.csv" {
				args[i] = d.file()
			}
		}
		if args[0] == "status" || args[0] == "report" {
			d.run(exitDone, "run", "--simulate", "--yes", d.file())
		}
		w := d.machine(args...)
		w.stdout = full{c.why}
		d.stderr.Reset()
		if code := run(t.Context(), w); code != c.code {
			t.Errorf("%q and %v: exit %d, want %d\n%s", c.args, c.why, code, c.code, d.stderr.String())
		}
		if c.code != exitDone && !strings.Contains(d.stderr.String(), "written") && !strings.Contains(d.stderr.String(), "writing") {
			t.Errorf("%q: it said %q", c.args, d.stderr.String())
		}
		if c.code == exitOpen {
			if stdout, _ := d.run(exitDone, "run", "--simulate", "--yes", d.file()); !strings.Contains(stdout, "1 fulfilled") {
				t.Errorf("run again: %s", stdout)
			}
		}
	}
}

// The first error is the one that is told.
func TestAnswerStream(t *testing.T) {
	var to bytes.Buffer
	s := &answerStream{to: &to}
	if _, err := io.WriteString(s, "x"); err != nil || s.lost() != nil || to.String() != "x" {
		t.Errorf("%v, %v, %q", err, s.lost(), to.String())
	}
	first := errors.New("first")
	s.to = full{first}
	_, _ = s.Write([]byte("x"))
	s.to = full{errors.New("second")}
	_, _ = s.Write([]byte("x"))
	if !errors.Is(s.lost(), first) {
		t.Errorf("%v", s.lost())
	}
}
