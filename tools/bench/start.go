package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

const (
	startRows  = 10
	startTurns = 40
)

// starts are commands that have next to nothing to do.
var starts = [...]struct {
	name string
	args []string
}{
	{"`--help`", []string{"--help"}},
	{"`status` of ten rows", []string{"status", "payroll.csv"}},
}

// starter is a program whose start is measured, beside a batch that it has paid.
type starter struct {
	program string
	site    *site
	took    [len(starts)][]float64 // milliseconds of processor, a turn
}

// start prints what a start takes of the processor. The program from before, where there
// is one, takes turns with this one.
func (c config) start(ctx context.Context, before string) (err error) {
	dir, err := os.MkdirTemp("", "flexybatch-bench")
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, os.RemoveAll(dir)) }()
	var all []*starter
	for _, program := range []string{"flexybatch", before} {
		if program == "" {
			continue
		}
		one, err := c.starter(ctx, program, filepath.Join(dir, strconv.Itoa(len(all))))
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	for turn := range startTurns {
		for i := range all { // each is as often the first as the last
			if err := all[(i+turn)%len(all)].turn(ctx); err != nil {
				return err
			}
		}
	}
	printStarts(all)
	return nil
}

// starter has a program pay a batch in a new folder.
func (c config) starter(ctx context.Context, program, dir string) (*starter, error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	s := &starter{program: program, site: &site{config: c, dir: dir, rows: startRows}}
	if err := s.site.payroll(); err != nil {
		return nil, err
	}
	_, _, err := s.site.finish(ctx, program, "run", "--simulate", "--yes", "--quiet", "payroll.csv")
	return s, err
}

// turn runs each of the commands once.
func (s *starter) turn(ctx context.Context) error {
	for i, command := range starts {
		o, _, err := s.site.finish(ctx, s.program, command.args...)
		if err != nil {
			return err
		}
		s.took[i] = append(s.took[i], o.cpu*startRows/1000)
	}
	return nil
}

// printStarts prints the first program's figures, and their ratios to the second's.
func printStarts(all []*starter) {
	fmt.Printf("\n| start, medians of %d | CPU, ms | before, ms | of before |\n|---|--:|--:|--:|\n", startTurns)
	for i, command := range starts {
		now, before, ratio := all[0].took[i], "", ""
		if len(all) > 1 {
			before = spread(1, all[1].took[i], same)
			ratio = spread(2, ratios(now, all[1].took[i]), same)
		}
		fmt.Printf("| %s | %s | %s | %s |\n", command.name, spread(1, now, same), before, ratio)
	}
}

// ratios holds each figure against that of the same turn.
func ratios(figures, others []float64) []float64 {
	r := make([]float64, len(figures))
	for i := range figures {
		r[i] = figures[i] / others[i]
	}
	return r
}
