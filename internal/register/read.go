package register

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"sort"

	"flexybatch/batch"
)

// maxLine is the longest line that is read, in bytes.
const maxLine = 256 << 10

// Entries returns the journals of the register, those that were first noted last
// come first. The order is that of the file, so a clock that was wrong does not
// change it. damaged counts the lines that could not be read.
func (r *Register) Entries(ctx context.Context) (entries []Entry, damaged int, err error) {
	f, err := os.Open(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, batch.Errorf("the register of batches: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	known := journals{}
	if damaged, err = eachLine(f, known.take); err != nil {
		return nil, 0, batch.Errorf("the register of batches: %w", err)
	}
	for _, j := range known {
		if err := ctx.Err(); err != nil { // a path may be on a server that does not answer
			return nil, 0, err
		}
		j.find()
		entries = append(entries, j.Entry)
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].order > entries[j].order })
	return entries, damaged, nil
}

// eachLine hands the lines of a register to take. What stands behind the last line
// break may be a line that is being written, and is not looked at.
func eachLine(file io.Reader, take func(line)) (damaged int, err error) {
	r := bufio.NewReaderSize(file, maxLine)
	for {
		text, err := r.ReadSlice('\n')
		tooLong := errors.Is(err, bufio.ErrBufferFull)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = r.ReadSlice('\n')
		}
		switch {
		case err == io.EOF:
			return damaged, nil
		case err != nil:
			return damaged, err
		}
		text = bytes.TrimSpace(text)
		l, ok := line{}, false
		if !tooLong {
			l, ok = parse(text)
		}
		switch {
		case ok:
			take(l)
		case tooLong || len(text) > 0:
			damaged++
		}
	}
}

// journals are the entries by the key of their lines.
type journals map[string]*noted

// noted is a journal with all paths that it was noted at, the last one at the end.
type noted struct {
	Entry
	paths []string
}

// take adds a line to what is known of its journal. The last line says what the
// batch is now: its file may have been corrected.
func (js journals) take(l line) {
	e := l.entry()
	e.FirstSeen, e.LastRun, e.order = l.At, l.At, len(js)
	j := js[l.key()]
	if j == nil {
		js[l.key()] = &noted{e, []string{l.Journal}}
		return
	}
	e.FirstSeen, e.order = j.FirstSeen, j.order
	j.Entry = e
	j.paths = append(slices.DeleteFunc(j.paths, func(p string) bool { return p == l.Journal }), l.Journal)
}

// find looks for the journal at the paths where it was noted, the last one first.
func (j *noted) find() {
	for _, path := range slices.Backward(j.paths) {
		if _, err := os.Stat(path); err == nil && (j.id == "" || journalID(path) == j.id) {
			j.Journal = path
			return
		}
	}
	j.Missing = true
}
