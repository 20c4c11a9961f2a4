// Command bench holds flexybatch beside programs that only send: vegeta, k6, curl with
// all transfers in one prepared configuration, and newman with the same CSV as its
// iteration data. Each sends the same rows to a fresh `flexybatch simulate` in a process
// of its own, one after the other, and the whole round is repeated, so that a machine
// which is slower for a while is slower for all. What is printed is the tables of
// docs/performance.md: medians, with the least and the most. It is called by make bench,
// which installs the others; one that is not there is left out. It runs on Linux.
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
	"strconv"
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
	cpu     float64 // microseconds of processor a row
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
	flag.IntVar(&c.newmanRows, "newman-rows", 500, "rows that newman sends")
	slowRows := flag.Int("slow-rows", 5_000, "rows to send to a provider that takes its time")
	flag.IntVar(&c.concurrency, "concurrency", 64, "sends in flight at once")
	flag.IntVar(&c.rounds, "rounds", 3, "rounds, of which the median is shown")
	growth := flag.String("growth", "10000,100000,300000", "sizes of the batches that show how time and memory grow")
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
		{"curl --parallel", c.rows, none, curl},
		{"newman", c.newmanRows, none, newman},
	})
	if err != nil {
		return err
	}
	const latency = 100 * time.Millisecond
	fmt.Printf("\nAt %v a call and %d at once, %.0f rows a second are possible.\n", latency, c.concurrency, float64(c.concurrency)/latency.Seconds())
	err = c.compare(ctx, fmt.Sprintf("A provider that takes %v", latency), latency, []contender{
		{"flexybatch", *slowRows, every, flexybatch},
		{"vegeta", *slowRows, none, vegeta},
		{"k6", *slowRows, none, k6},
		{"curl --parallel", *slowRows, none, curl},
	})
	if err != nil || *growth == "" {
		return err
	}
	return c.grow(ctx, strings.Split(*growth, ","))
}

// compare runs every contender in every round, and prints a table.
func (c config) compare(ctx context.Context, title string, latency time.Duration, all []contender) error {
	all = slices.DeleteFunc(slices.Clone(all), func(one contender) bool { return !c.finds(one) })
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
	fmt.Printf("\n| %s | sending, rows/s | of vegeta's | whole run, s | CPU a row, of vegeta's | calls a row | peak MB | to show after a power cut |\n|---|--:|--:|--:|--:|--:|--:|---|\n", title)
	for _, one := range all {
		got := outcomes[one.name]
		sending, cpu := make([]float64, len(got)), make([]float64, len(got))
		for i, o := range got { // of the same round: the machine is not as fast at all times
			if i < len(beside) {
				sending[i], cpu[i] = o.sending/beside[i].sending, o.cpu/beside[i].cpu
			}
		}
		same := func(r float64) float64 { return r }
		fmt.Printf("| %s | %s | %s | %s | %s | %s | %s | %s |\n", one.name,
			spread(0, got, func(o outcome) float64 { return o.sending }), spread(2, sending, same),
			spread(1, got, func(o outcome) float64 { return float64(one.rows) / o.whole }), spread(2, cpu, same),
			spread(2, got, func(o outcome) float64 { return o.calls }), spread(0, got, func(o outcome) float64 { return o.peak }), one.has)
	}
	return nil
}

// finds reports whether the contender's program is there, and says so if not.
func (c config) finds(one contender) bool {
	program, _, _ := strings.Cut(strings.ReplaceAll(one.name, ",", " "), " ")
	_, err := c.program(program)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s is left out: %v\n", one.name, err)
	}
	return err == nil
}

// program returns the path of a program: in the folder, or else where the system finds it.
func (c config) program(name string) (string, error) {
	path := filepath.Join(c.programs, name)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	return exec.LookPath(name)
}

// spread writes the median of some figures, with the least and the most if they differ.
func spread[T any](decimals int, all []T, of func(T) float64) string {
	figures := make([]float64, len(all))
	for i, one := range all {
		figures[i] = of(one)
	}
	slices.Sort(figures)
	write := func(f float64) string { return strconv.FormatFloat(f, 'f', decimals, 64) }
	median, least, most := write(figures[len(figures)/2]), write(figures[0]), write(figures[len(figures)-1])
	if least == most {
		return median
	}
	return fmt.Sprintf("%s (%s to %s)", median, least, most)
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
	path, err := s.program(program)
	if err != nil {
		return o, "", err
	}
	cmd := exec.CommandContext(ctx, path, args...)
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
		cpu:  float64((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Microseconds()) / float64(s.rows),
		peak: float64(usage.Maxrss) / 1024, // Linux counts it in KiB (getrusage(2))
	}, out.String(), nil
}
