package main

import (
	"bufio"
	"context"
	"encoding/json"
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
	fmt.Printf("\n| rows | whole run, s | rows/s | last tenth of the first | peak MB | journal, MB | records | `status`, s | its peak MB |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
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
		fmt.Printf("| %d | %.1f | %.0f | %.2f | %.0f | %.0f | %d | %.2f | %.0f |\n", rows, float64(rows)/o.whole, o.whole,
			g.last/g.first, o.peak, g.journal, g.records, g.replay.Seconds(), g.replayPeak)
	}
	return nil
}

// growth is what is known of a batch besides its outcome.
type growth struct {
	first, last float64 // rows sent a second, in the first and in the last tenth of them
	journal     float64 // MB
	records     int
	replay      time.Duration // of the journal, by `flexybatch status`
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
	start := time.Now()
	replay, _, err := s.finish(ctx, "flexybatch", "status", "--state", s.dir, s.path("payroll.csv"))
	g.replay, g.replayPeak = time.Since(start), replay.peak
	return o, err
}

// read takes the times of the answers from the journal.
func (g *growth) read(journal string, rows int) error {
	f, err := os.Open(journal)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil {
		return err
	}
	g.journal = float64(info.Size()) / 1e6
	var times []time.Time
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if strings.Contains(lines.Text(), `"rec":{`) {
			g.records++
		}
		if !strings.Contains(lines.Text(), `"rec":{"answer"`) {
			continue
		}
		var l struct{ At time.Time }
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return err
		}
		times = append(times, l.At)
	}
	if len(times) < rows {
		return fmt.Errorf("%d answers to %d rows", len(times), rows)
	}
	tenth := len(times) / 10
	rate := func(from, to int) float64 { return float64(to-from) / times[to].Sub(times[from]).Seconds() }
	g.first, g.last = rate(0, tenth), rate(len(times)-1-tenth, len(times)-1)
	return lines.Err()
}
