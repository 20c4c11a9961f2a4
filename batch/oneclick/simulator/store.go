package simulator

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrStore is wrapped by the errors about a store that cannot be read or written.
var ErrStore = errors.New("simulator: the store cannot be used")

// store is the file that keeps records, one JSON line each. It is not fsynced:
// it survives the kill of its process, and no more is promised.
type store struct {
	file *os.File
	err  error // of the first write that failed; nothing is written after it
}

// openStore opens the file, creates it if there is none, and replays what it
// holds. A last line without its end is what a kill leaves behind. Its order was
// never answered, so the line is cut off.
func openStore(path string, replay func(record)) (*store, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStore, err)
	}
	whole, err := readRecords(f, replay)
	if err == nil {
		err = f.Truncate(whole)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: reading %s: %w", ErrStore, path, errors.Join(err, f.Close()))
	}
	return &store{file: f}, nil
}

// readRecords replays every whole line and returns where the last one ends.
func readRecords(r io.Reader, replay func(record)) (whole int64, err error) {
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return whole, nil
		}
		if err != nil {
			return whole, err
		}
		var rec record
		if err := json.Unmarshal(line, &rec); err != nil {
			return whole, fmt.Errorf("line %d: %w", n, err)
		}
		replay(rec)
		whole += int64(len(line))
	}
}

// append writes a record. A nil store writes nothing.
func (s *store) append(r record) error {
	if s == nil {
		return nil
	}
	if s.err != nil {
		return s.err
	}
	line, err := json.Marshal(r)
	if err == nil {
		_, err = s.file.Write(append(line, '\n'))
	}
	if err != nil {
		s.err = fmt.Errorf("%w: %w", ErrStore, err)
	}
	return s.err
}

func (s *store) close() error {
	if s == nil {
		return nil
	}
	if s.err == nil {
		s.err = fmt.Errorf("%w: %w", ErrStore, os.ErrClosed)
	}
	return s.file.Close()
}
