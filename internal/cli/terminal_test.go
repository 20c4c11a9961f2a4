//go:build !windows

package cli

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/terminal"
	"flexybatch/internal/terminal/terminaltest"
)

// seat is a person at a terminal, who answers what the program asks.
type seat struct {
	screen *terminaltest.Screen
	drawn  []string // every line that was taken off the screen again
	raw    bytes.Buffer
	code   int
}

// sit runs the program on a terminal so many columns wide. answers are typed in
// turn, each when a question stands on the screen.
func (s *site) sit(width int, answers []string, args ...string) *seat {
	s.t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env, cmd.Dir = s.env, s.dir
	return s.watch(width, answers, cmd)
}

// watch is sit for any command.
func (s *site) watch(width int, answers []string, cmd *exec.Cmd) *seat {
	s.t.Helper()
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: uint16(width)})
	if err != nil {
		s.t.Fatal(err)
	}
	defer tty.Close()
	p := &seat{screen: &terminaltest.Screen{T: s.t, Width: width}}
	p.screen.Erased = func(lines []string) { p.drawn = append(p.drawn, lines...) }
	b := make([]byte, 1<<16)
	for {
		n, err := tty.Read(b)
		p.raw.Write(b[:n])
		p.screen.Write(b[:n])
		if len(answers) > 0 && strings.HasSuffix(strings.TrimRight(terminal.Plain(p.raw.String()), " "), "[y/N]") || len(answers) > 0 && strings.HasSuffix(terminal.Plain(p.raw.String()), "rows: ") || len(answers) > 0 && strings.HasSuffix(terminal.Plain(p.raw.String()), "to stop: ") {
			if _, err := io.WriteString(tty, answers[0]+"\n"); err != nil {
				s.t.Fatal(err)
			}
			answers = answers[1:]
		}
		if err != nil { // the program has left its end
			break
		}
	}
	p.code = exitCode(s.t, cmd.Wait())
	return p
}

var progressLine = regexp.MustCompile(`^( +\d+% [█░]+  )?\d+(/\d+$| of \d)`)

// With a key of type PRODUCTION the answer is the number of rows, and nothing
// else. What is shown while it works is right on any screen and gone at the end.
func TestOnATerminal(t *testing.T) {
	t.Parallel()
	for _, width := range []int{30, 45, 80, 150} {
		c := busy
		c.Keys = []simulator.Key{{Key: simulator.DefaultKey, Type: simulator.Production}}
		s := newSite(t, c, 100)
		s.env = append(s.env, "TERM=xterm", "NO_COLOR=", "CI=")
		args := append([]string{"run", s.file}, quick...)
		for _, wrong := range [][]string{{"y", "y"}, {"y", "99"}, {"99"}, {""}} { // a yes is asked about once
			if width != 80 {
				break // it is the same everywhere
			}
			if p := s.sit(width, wrong, args...); p.code != exitNothing || len(s.sim.Orders()) != 0 {
				t.Fatalf("the answers %q: exit %d, %d orders\n%s", wrong, p.code, len(s.sim.Orders()), strings.Join(p.screen.Text(), "\n"))
			}
		}
		p := s.sit(width, map[bool][]string{true: {"oui", "100"}, false: {"100"}}[width == 150], args...)
		if p.code != exitProblems || len(s.sim.Orders()) != 100 {
			t.Errorf("exit %d, %d orders", p.code, len(s.sim.Orders()))
		}
		left := strings.Join(p.screen.Text(), "\n")
		for _, line := range p.screen.Text() {
			if progressLine.MatchString(line) {
				t.Errorf("at the end there stands %q in\n%s", line, left)
			}
		}
		if flat := strings.ReplaceAll(left, "\n", ""); !strings.Contains(flat, "Batch payroll, account") || !strings.Contains(flat, "rows: 100") || !strings.Contains(flat, "refunded)") {
			t.Errorf("what was said does not stand any more:\n%s", left)
		}
		shown := slices.IndexFunc(p.drawn, progressLine.MatchString)
		if shown < 0 || p.screen.Colours == 0 {
			t.Errorf("width %d: nothing was shown while it worked, or without colours: %q", width, p.drawn)
		}
		for _, line := range p.drawn {
			if terminal.Columns(line) >= width {
				t.Errorf("width %d: %q is too long", width, line)
			}
		}
		s.reconcile()
	}
}

// Where a terminal is a log, or understands nothing, nothing is drawn on it; and
// colours are for those that want them.
func TestCalmTerminals(t *testing.T) {
	t.Parallel()
	for env, c := range map[string]struct{ draws, colours bool }{
		"TERM=xterm": {true, true}, "NO_COLOR=1": {true, false}, "CI=true": {false, true}, "TERM=dumb": {false, false},
	} {
		s := newSite(t, busy, 60)
		s.env = slices.DeleteFunc(s.env, func(v string) bool { return strings.HasPrefix(v, "CI=") || strings.HasPrefix(v, "NO_COLOR=") })
		s.env = append(s.env, "TERM=xterm", env)
		p := s.sit(80, []string{"y"}, append([]string{"run", s.file}, quick...)...)
		raw := p.raw.String()
		if env == "TERM=xterm" { // a person may want lines there, too
			s := newSite(t, busy, 60)
			s.env = append(s.env, env)
			calm := s.sit(80, []string{"y"}, append([]string{"run", "--progress", "plain", s.file}, quick...)...)
			if calm.code != exitProblems || strings.Contains(calm.raw.String(), "\x1b[J") {
				t.Errorf("with --progress plain: exit %d\n%q", calm.code, calm.raw.String())
			}
		}
		if p.code != exitProblems || strings.Contains(raw, "\x1b[J") != c.draws || p.screen.Colours > 0 != c.colours {
			t.Errorf("with %s: exit %d, colours %d\n%q", env, p.code, p.screen.Colours, raw)
		}
	}
}

// A canary on a terminal: two questions, each with its own number.
func TestCanaryOnATerminal(t *testing.T) {
	t.Parallel()
	c := simulator.Config{Keys: []simulator.Key{{Key: simulator.DefaultKey, Type: simulator.Production}}}
	s := newSite(t, c, 50)
	args := append([]string{"run", "--canary", "3", s.file}, quick...)
	p := s.sit(80, []string{"3", "no"}, args...)
	said := strings.Join(p.screen.Text(), "\n")
	if p.code != exitOpen || len(s.sim.Orders()) != 3 || !strings.Contains(said, "Canary: 3 rows were sent: 3 fulfilled") || !strings.Contains(said, `The rest is not sent: the answer "no" is not 47.`) {
		t.Errorf("exit %d, %d orders\n%s", p.code, len(s.sim.Orders()), said)
	}
	// Again: the canary is sent, so there is one question only.
	if p := s.sit(80, []string{"47"}, args...); p.code != exitDone || len(s.sim.Orders()) != 50 {
		t.Errorf("exit %d, %d orders\n%s", p.code, len(s.sim.Orders()), strings.Join(p.screen.Text(), "\n"))
	}
	s.reconcile()
}

// Which column is meant is asked on a terminal, and the answer is read by.
func TestColumnsOnATerminal(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 1)
	file := filepath.Join(s.dir, "paie.csv")
	if err := os.WriteFile(file, []byte("Tél;Montant;Net à payer\n0550000001;600;500\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"validate", "--simulate", "--plan", "auto", file}
	p := s.sit(120, []string{"2"}, args...)
	if said := strings.Join(p.screen.Text(), "\n"); p.code != exitDone || !strings.Contains(said, "C  Net à payer") || !strings.Contains(said, "500.00 DA") {
		t.Errorf("exit %d\n%s", p.code, said)
	}
	if p := s.sit(120, []string{""}, args...); p.code != exitNothing {
		t.Errorf("without an answer: exit %d\n%s", p.code, strings.Join(p.screen.Text(), "\n"))
	}
}

// A pipe that nobody reads is an error at once, and one that is read works.
func TestEventsInPipe(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 20)
	pipe := filepath.Join(s.dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, words := s.run(exitNothing, "--events", pipe); !strings.Contains(words, "--events") {
		t.Errorf("it said %q", words)
	}
	f, err := os.OpenFile(pipe, os.O_RDWR, 0) // for both, so that opening does not wait
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s.run(exitDone, "--events", pipe)
	in := bufio.NewReader(f)
	var states []string
	for range 60 {
		line, err := in.ReadBytes('\n')
		if err != nil {
			t.Fatal(err)
		}
		states = append(states, readEvents(t, bytes.NewReader(line))[0].To)
	}
	if !slices.Contains(states, "fulfilled") {
		t.Errorf("the pipe tells %q", states)
	}
}
