package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// site is where one contender sends: a provider of its own and a folder of its own.
type site struct {
	config
	dir, url string
	rows     int
	env      []string // that its program alone needs
}

// once lets one contender send to a provider that nobody has called yet.
func (c config) once(ctx context.Context, one contender, latency time.Duration) (o outcome, err error) {
	dir, err := os.MkdirTemp("", "flexybatch-bench")
	if err != nil {
		return o, err
	}
	defer func() { err = cmp.Or(err, os.RemoveAll(dir)) }()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Minute)
	defer cancel()
	sim, url, err := c.provider(ctx, latency)
	if err != nil {
		return o, err
	}
	defer func() {
		_ = sim.Process.Kill()
		_ = sim.Wait() // it was killed
	}()
	s := &site{config: c, dir: dir, url: url, rows: one.rows}
	if err := s.payroll(); err != nil {
		return o, err
	}
	return one.attack(ctx, s)
}

// provider starts `flexybatch simulate`, and returns its address.
func (c config) provider(ctx context.Context, latency time.Duration) (*exec.Cmd, string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(c.programs, "flexybatch"), "simulate", "--listen", "127.0.0.1:0",
		"--speed", "1000", "--balance", "1000000000000", "--latency", latency.String())
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = cmd.Wait()
		return nil, "", fmt.Errorf("flexybatch simulate did not start: %w", err)
	}
	return cmd, regexp.MustCompile(`http://[0-9.:]+`).FindString(line), nil
}

const key = "simulator" // which `flexybatch simulate` knows

// payroll writes the rows as a CSV.
func (s *site) payroll() error {
	var b strings.Builder
	b.WriteString("phone,plan,amount,id\n")
	for i := range s.rows {
		fmt.Fprintf(&b, "%q,PREPAID_DJEZZY,500,E%07d\n", phone(i), i) // newman takes what has no quotes for a number
	}
	return s.write("payroll.csv", b.String())
}

func phone(row int) string { return fmt.Sprintf("07%08d", row) }

func (s *site) path(name string) string { return filepath.Join(s.dir, name) }
func (s *site) write(name, content string) error {
	return os.WriteFile(s.path(name), []byte(content), 0o600)
}

// environ is the environment of a program. It has folders of its own for state and for
// settings: in the user's register of batches a run would find those of earlier rounds,
// and leave itself.
func (s *site) environ() []string {
	return append(os.Environ(), "ONECLICKDZ_API_KEY="+key, "XDG_STATE_HOME="+s.path("state"), "XDG_CONFIG_HOME="+s.path("config"))
}

// finish runs a program to its end. The output is what it wrote to stdout.
func (s *site) finish(ctx context.Context, program string, args ...string) (o outcome, stdout string, err error) {
	path, err := s.program(program)
	if err != nil {
		return o, "", err
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir, cmd.Env = s.dir, append(s.environ(), s.env...)
	var out, complaint strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &complaint
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return o, "", fmt.Errorf("%w\n%.2000s\n%.2000s", err, complaint.String(), out.String())
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return o, "", errors.ErrUnsupported
	}
	return outcome{
		whole: float64(s.rows) / time.Since(start).Seconds(), calls: 1,
		cpu:  float64((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Microseconds()) / float64(s.rows),
		peak: float64(usage.Maxrss) / 1024, // Linux counts it in KiB (getrusage(2))
	}, out.String(), nil
}
