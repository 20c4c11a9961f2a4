// Command bench holds flexybatch beside programs that only send: vegeta, k6, curl with
// all transfers in one prepared configuration, benthos with the CSV as its input, and
// newman with the same CSV as its iteration data. Each sends the same rows to a fresh `flexybatch simulate` in a process
// of its own, one after the other, and the whole round is repeated, so that a machine
// which is slower for a while is slower for all. What is printed is the tables of
// docs/performance.md: medians, with the least and the most. It is called by make bench,
// which installs the others; one that is not there is left out. It runs on Linux.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
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
	programs    string // folder of flexybatch, vegeta, k6, benthos and newman
	unsynced    string // folder in which fsync costs nothing
	rows        int
	newmanRows  int // it sends one at a time, so it gets fewer
	concurrency int
	rounds      int
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
	flag.StringVar(&c.programs, "programs", "", "folder of flexybatch, vegeta, k6, benthos and newman")
	flag.StringVar(&c.unsynced, "unsynced", "/dev/shm", "folder in memory, where fsync costs nothing")
	flag.IntVar(&c.rows, "rows", 20_000, "rows to send")
	flag.IntVar(&c.newmanRows, "newman-rows", 500, "rows that newman sends")
	slowRows := flag.Int("slow-rows", 5_000, "rows to send to a provider that takes its time")
	flag.IntVar(&c.concurrency, "concurrency", 64, "sends in flight at once")
	flag.IntVar(&c.rounds, "rounds", 3, "rounds, of which the median is shown")
	before := flag.String("before", "", "an earlier flexybatch, whose start is measured beside this one's")
	growth := flag.String("growth", "10000,100000,300000", "sizes of the batches that show how time and memory grow")
	flag.Parse()
	if *before != "" {
		path, err := filepath.Abs(*before) // each program runs in a folder of its own
		if err != nil {
			return err
		}
		*before = path
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	const every, none = "every intent and answer, fsynced; resumes", "nothing: which rows were sent is not known"
	const answers = "the answers that had reached the disk; none of the intents"
	begin := time.Now()
	fmt.Printf("%s; %d rows, %d at once, medians of %d rounds\n", machine(), c.rows, c.concurrency, c.rounds)
	if err := c.start(ctx, *before); err != nil {
		return err
	}
	err := c.compare(ctx, "A provider that answers at once", 0, []contender{
		{"flexybatch", c.rows, every, flexybatch},
		{"flexybatch, fsync free", c.rows, "the same, in memory only", flexybatchUnsynced},
		{"vegeta", c.rows, none, vegeta},
		{"k6", c.rows, none, k6},
		{"curl --parallel", c.rows, none, curl},
		{"benthos", c.rows, answers, benthos},
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
		{"benthos", *slowRows, answers, benthos},
	})
	if err != nil {
		return err
	}
	if *growth != "" {
		if err := c.grow(ctx, strings.Split(*growth, ",")); err != nil {
			return err
		}
	}
	fmt.Printf("\nAll of this took %v; load at the end %s\n", time.Since(begin).Round(time.Second), load())
	return nil
}
