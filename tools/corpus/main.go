// Corpus reads every file of a folder as flexybatch would, holds the cells of
// workbooks against those that other readers find, and prints the disagreements.
// The other readers are excelize, and openpyxl where Python has it.
//
//	make corpus DIR=FOLDER
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"flexybatch/ingest"
)

func main() {
	most := flag.Int("most", 5, "disagreements that are printed of one file")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: corpus [-most N] FOLDER")
		os.Exit(64)
	}
	c := &corpus{most: *most, others: []reader{excelizeReader{}}, refused: map[string]int{}}
	if py, ok := findOpenpyxl(); ok {
		c.others = append(c.others, py)
	}
	err := filepath.WalkDir(flag.Arg(0), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		c.file(path)
		return nil
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
		os.Exit(1)
	}
	c.summary()
	if c.panics > 0 || c.disagreements > 0 {
		os.Exit(1)
	}
}

// slow is how long no file may take.
const slow = 10 * time.Second

// corpus is what was seen so far.
type corpus struct {
	most          int
	others        []reader
	files         int
	payrolls      int // files that are read as payrolls
	workbooks     int // workbooks whose every cell was read
	cells         int // that another reader was asked about too
	disagreements int
	panics        int
	refused       map[string]int // by reason
}

// file reads one file.
func (c *corpus) file(path string) {
	c.files++
	defer func() {
		if p := recover(); p != nil {
			c.panics++
			fmt.Printf("PANIC %s: %v\n", path, p)
		}
	}()
	began := time.Now()
	_, err := ingest.Read(context.Background(), path, ingest.Options{}, ingest.Rules{})
	if err == nil {
		c.payrolls++
	}
	if took := time.Since(began); took > slow {
		fmt.Printf("SLOW %s: %v\n", path, took.Round(time.Millisecond))
	}
	ours, readErr := read(path)
	switch {
	case readErr == nil:
		c.workbooks++
		c.compare(path, ours)
	case err == nil, errors.Is(readErr, errNoWorkbook) && errors.Is(err, ingest.ErrNoPhone): // text
	default:
		c.refuse(path, readErr, err)
	}
}

// refuse notes why a file is not read at all.
func (c *corpus) refuse(path string, readErr, err error) {
	if errors.Is(readErr, errNoWorkbook) {
		readErr = err
	}
	reason := "other"
	if e, ok := errors.AsType[*ingest.FileError](readErr); ok && e.Err != nil {
		reason = strings.SplitN(e.Err.Error(), "\n", 2)[0]
	}
	c.refused[reason]++
	fmt.Printf("REFUSED %s: %v\n", path, readErr)
}

// compare holds our cells against those of the others.
func (c *corpus) compare(path string, ours book) {
	for _, other := range c.others {
		theirs, err := other.read(path)
		if err != nil {
			fmt.Printf("NOT BY %s %s: %v\n", other.name(), path, err)
			continue
		}
		n := 0
		for _, d := range differences(ours, theirs, &c.cells) {
			c.disagreements++
			if n++; n <= c.most {
				fmt.Printf("DIFFERS %s: %s, we %q, %s %q\n", path, d.place, d.ours, other.name(), d.theirs)
			}
		}
	}
}

// summary prints the figures.
func (c *corpus) summary() {
	fmt.Printf("\n%d files: %d read as payrolls; %d workbooks read to their last cell, %d cells compared, %d disagreements; %d panics\n",
		c.files, c.payrolls, c.workbooks, c.cells, c.disagreements, c.panics)
	var reasons []string
	for reason, n := range c.refused {
		reasons = append(reasons, fmt.Sprintf("%d %s", n, reason))
	}
	slices.Sort(reasons)
	fmt.Printf("not read: %s\n", strings.Join(reasons, "; "))
}
