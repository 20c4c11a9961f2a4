package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// grow runs batches of these sizes from their file to their report, and prints
// what they took.
func (c config) grow(ctx context.Context, sizes []string) error {
	fmt.Printf("\n| rows | whole run, s | rows/s | CPU a row, µs | last tenth of the first | peak MB | journal, MB | bytes a row | records | `status`, CPU s | its peak MB |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, size := range sizes {
		rows, err := strconv.Atoi(size)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "a batch of %d rows\n", rows)
		var g growth
		o, err := c.once(ctx, contender{"flexybatch", rows, "", g.attack}, 0)
		if err != nil {
			return err
		}
		fmt.Printf("| %d | %.1f | %.0f | %.0f | %.2f | %.0f | %.0f | %.0f | %d | %.2f | %.0f |\n", rows, float64(rows)/o.whole, o.whole,
			o.cpu, g.last/g.first, o.peak, g.journal, g.journal*1e6/float64(rows), g.records, g.replay.Seconds(), g.replayPeak)
	}
	return nil
}

// growth is what is known of a batch besides its outcome.
type growth struct {
	first, last float64 // rows sent a second, in the first and in the last tenth of them
	journal     float64 // MB
	records     int
	replay      time.Duration // of processor, for the journal, by `flexybatch status`
	replayPeak  float64       // MB
}

func (g *growth) attack(ctx context.Context, s *site) (outcome, error) {
	o, err := flexybatch(ctx, s)
	if err != nil {
		return o, err
	}
	if err := g.read(filepath.Join(s.dir, "payroll.journal"), s.rows); err != nil {
		return o, err
	}
	replay, _, err := s.finish(ctx, "flexybatch", "status", "--state", s.dir, s.path("payroll.csv"))
	g.replay, g.replayPeak = time.Duration(replay.cpu*float64(s.rows))*time.Microsecond, replay.peak
	return o, err
}

// read takes the times of the answers from the journal.
func (g *growth) read(journal string, rows int) error {
	info, err := os.Stat(journal)
	if err != nil {
		return err
	}
	g.journal = float64(info.Size()) / 1e6
	var times []time.Time
	err = records(journal, func(record string, at time.Time) {
		g.records++
		if strings.Contains(record, `{"answer":`) {
			times = append(times, at)
		}
	})
	if err != nil {
		return err
	}
	if len(times) < rows {
		return fmt.Errorf("%d answers to %d rows", len(times), rows)
	}
	tenth := len(times) / 10
	rate := func(from, to int) float64 { return float64(to-from) / times[to].Sub(times[from]).Seconds() }
	g.first, g.last = rate(0, tenth), rate(len(times)-1-tenth, len(times)-1)
	return nil
}
