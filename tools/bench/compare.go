package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

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

func same(f float64) float64 { return f }

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
