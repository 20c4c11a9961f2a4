// Command bench holds flexybatch beside programs that only send: vegeta, k6, and
// newman with the same CSV as its iteration data. Each sends the same rows to a
// fresh `flexybatch simulate` in a process of its own, one after the other, and
// the whole round is repeated; what is printed is the table of docs/performance.md. It is
// called by make bench, which installs the others. It runs on Linux.
package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// config is what the flags say.
type config struct {
	programs    string // folder of flexybatch, vegeta, k6 and newman
	unsynced    string // folder in which fsync costs nothing
	rows        int
	newmanRows  int // it sends one at a time, so it gets fewer
	concurrency int
	rounds      int
}

// site is where one contender sends: a provider of its own and a folder of its own.
type site struct {
	config
	dir, url string
	rows     int
}

// outcome is what one contender came to in one round.
type outcome struct {
	sending float64 // rows sent a second, from the first send to the last answer, by its own books
	whole   float64 // rows a second, from the start of the process to its end
	calls   float64 // a row
	peak    float64 // MB of memory
}

// contender is a program in the comparison.
type contender struct {
	name   string
	rows   int
	has    string // what it can show after a power cut
	attack func(context.Context, *site) (outcome, error)
}

func run() error {
	var c config
	flag.StringVar(&c.programs, "programs", "", "folder of flexybatch, vegeta, k6 and newman")
	flag.StringVar(&c.unsynced, "unsynced", "/dev/shm", "folder in memory, where fsync costs nothing")
	flag.IntVar(&c.rows, "rows", 20_000, "rows to send")
	flag.IntVar(&c.newmanRows, "newman-rows", 1_000, "rows that newman sends")
	flag.IntVar(&c.concurrency, "concurrency", 64, "sends in flight at once")
	flag.IntVar(&c.rounds, "rounds", 3, "rounds, of which the median is shown")
	growth := flag.String("growth", "10000,100000,1000000", "sizes of the batches that show how time and memory grow")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	const every, none = "every intent and answer, fsynced; resumes", "nothing: which rows were sent is not known"
	fmt.Printf("%s, %d cores, %s/%s, %s; %d rows, %d at once, medians of %d rounds\n\n", time.Now().Format(time.DateOnly),
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), c.rows, c.concurrency, c.rounds)
	err := c.compare(ctx, "A provider that answers at once", 0, []contender{
		{"flexybatch", c.rows, every, flexybatch},
		{"flexybatch, fsync free", c.rows, "the same, in memory only", flexybatchUnsynced},
		{"vegeta", c.rows, none, vegeta},
		{"k6", c.rows, none, k6},
		{"newman", c.newmanRows, none, newman},
	})
	if err != nil {
		return err
	}
	const latency = 100 * time.Millisecond
	fmt.Printf("\nAt %v a call and %d at once, %.0f rows a second are possible.\n", latency, c.concurrency, float64(c.concurrency)/latency.Seconds())
	err = c.compare(ctx, fmt.Sprintf("A provider that takes %v", latency), latency, []contender{
		{"flexybatch", c.rows, every, flexybatch},
		{"vegeta", c.rows, none, vegeta},
		{"k6", c.rows, none, k6},
	})
	if err != nil || *growth == "" {
		return err
	}
	return c.grow(ctx, strings.Split(*growth, ","))
}

// compare runs every contender in every round, and prints a table.
func (c config) compare(ctx context.Context, title string, latency time.Duration, all []contender) error {
	outcomes := map[string][]outcome{}
	for round := range c.rounds {
		for _, one := range all {
			fmt.Fprintf(os.Stderr, "round %d of %d: %s\n", round+1, c.rounds, one.name)
			o, err := c.once(ctx, one, latency)
			if err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
			outcomes[one.name] = append(outcomes[one.name], o)
		}
	}
	beside := outcomes["vegeta"]
	fmt.Printf("\n| %s | sending, rows/s | of vegeta's | whole run, rows/s | calls a row | peak MB | to show after a power cut |\n|---|--:|--:|--:|--:|--:|---|\n", title)
	for _, one := range all {
		got := outcomes[one.name]
		ratios := make([]float64, len(got))
		for i, o := range got {
			ratios[i] = o.sending / beside[i].sending // of the same round: the machine is not as fast at all times
		}
		fmt.Printf("| %s | %.0f | %.2f | %.0f | %.2f | %.0f | %s |\n", one.name,
			median(got, func(o outcome) float64 { return o.sending }), median(ratios, func(r float64) float64 { return r }),
			median(got, func(o outcome) float64 { return o.whole }), median(got, func(o outcome) float64 { return o.calls }),
			median(got, func(o outcome) float64 { return o.peak }), one.has)
	}
	return nil
}

func median[T any](all []T, of func(T) float64) float64 {
	figures := make([]float64, len(all))
	for i, one := range all {
		figures[i] = of(one)
	}
	slices.Sort(figures)
	return figures[len(figures)/2]
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

// finish runs a program to its end. The output is what it wrote to stdout.
func (s *site) finish(ctx context.Context, program string, args ...string) (o outcome, stdout string, err error) {
	cmd := exec.CommandContext(ctx, filepath.Join(s.programs, program), args...)
	cmd.Dir, cmd.Env = s.dir, append(os.Environ(), "ONECLICKDZ_API_KEY="+key)
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
		peak: float64(usage.Maxrss) / 1024, // Linux counts it in KiB (getrusage(2))
	}, out.String(), nil
}
