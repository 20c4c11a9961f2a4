package publish

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/journal"
)

// complete writes what a batch's journal tells and its file of events does not, and
// returns how many events the file then holds.
func complete(file *os.File, name, path string) (seq int, err error) {
	told, seq, err := toldBy(file, name)
	if err != nil {
		return 0, lang.Errorf("reading --events: %w", err)
	}
	w := bufio.NewWriterSize(file, 1<<16)
	to := json.NewEncoder(w)
	err = batch.ReadChanges(journal.Disk{}, path, func(c batch.Change) {
		if told[c.Row.Ref] > 0 {
			told[c.Row.Ref]--
			return
		}
		e := EventOf(name, c)
		seq++
		e.Seq = seq
		_ = to.Encode(e) // Flush tells
	})
	if err := errors.Join(err, w.Flush()); err != nil {
		return 0, lang.Errorf("writing --events: %w", err)
	}
	return seq, nil
}

// toldBy counts the events of each row that a file holds, and returns the number of
// the last one. A last line that was broken off is cut off. A file of anything else
// is an error, and left alone.
func toldBy(file *os.File, name string) (told map[batch.Ref]int, seq int, err error) {
	told = map[batch.Ref]int{}
	in := bufio.NewReaderSize(file, 1<<16)
	var whole int64
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			if len(line) == 0 {
				return told, seq, nil
			}
			return told, seq, os.Truncate(file.Name(), whole) // by its name: a file to append to cannot be cut on Windows
		}
		if err != nil {
			return nil, 0, err
		}
		var e struct {
			Seq   int       `json:"seq"`
			Batch string    `json:"batch"`
			Ref   batch.Ref `json:"ref"`
		}
		switch err := json.Unmarshal(line, &e); {
		case err != nil || e.Seq == 0:
			return nil, 0, lang.Errorf("line %d of the file is no event of flexybatch; give another file", n)
		case e.Batch != name:
			return nil, 0, lang.Errorf("the file holds the events of batch %q; give every batch a file of its own", e.Batch)
		}
		told[e.Ref]++
		seq = e.Seq
		whole += int64(len(line))
	}
}
