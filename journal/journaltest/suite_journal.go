package journaltest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"flexybatch/journal"
)

// The tests of TestFS that keep a journal on the storage.

// keeper opens a journal, and returns it with the records that were in it.
func (s *suite) keeper(name string) (*journal.Journal, []string) {
	s.Helper()
	var records []string
	j, cut, err := journal.Open(s.Process(), name, func(e journal.Entry) error {
		records = append(records, string(e.Record))
		return nil
	})
	s.must(err)
	s.want(cut == nil, "a torn tail was cut off: %+v", cut)
	return j, records
}

// refused fails the test unless the journal is in use by another process.
func (s *suite) refused(name string) {
	s.Helper()
	_, _, err := journal.Open(s.Process(), name, func(journal.Entry) error { return nil })
	_, locked := errors.AsType[*journal.Locked](err)
	s.want(locked, "%s was opened a second time: %v", filepath.Base(name), err)
}

// holds fails the test unless the journal has these records, and no others.
func (s *suite) holds(name string, want ...string) {
	s.Helper()
	var records []string
	_, err := journal.Read(s.Process(), name, func(e journal.Entry) error {
		records = append(records, string(e.Record))
		return nil
	})
	s.want(err == nil && slices.Equal(records, want), "%s holds %q, %v; want %q", filepath.Base(name), records, err, want)
}

// record returns the record of that number.
func record(n int) string { return fmt.Sprintf(`{"row":%d}`, n) }

// add appends the record of that number.
func add(j *journal.Journal, n int) error { return j.Append(time.Now(), []byte(record(n))) }

func (s *suite) journal() {
	j, _ := s.keeper(s.file)
	s.must(add(j, 1))
	s.refused(s.file)
	s.holds(s.file, record(1)) // it can be read meanwhile
	s.must(add(j, 2), j.Close())
	j, records := s.keeper(s.file)
	s.want(slices.Equal(records, []string{record(1), record(2)}), "opened again: %q", records)
	s.must(j.Close())
	p := s.Process()
	_, err := p.OpenFile(s.file+".lock", os.O_RDONLY, 0)
	s.want(errors.Is(err, os.ErrNotExist), "a file is left beside the journal: %v", err)
}

func (s *suite) journalByLinks() {
	s.need(s.Link != nil && s.Symlink != nil)
	j, _ := s.keeper(s.file)
	s.must(add(j, 1))
	hard, soft := filepath.Join(s.Folder, "hard.journal"), filepath.Join(s.Folder, "soft.journal")
	s.must(s.Link(s.file, hard), s.Symlink(s.file, soft))
	s.refused(hard)
	s.refused(soft)
	s.must(j.Close())
	for n, name := range []string{hard, soft} {
		j, _ := s.keeper(name)
		s.must(add(j, 2+n))
		s.refused(s.file)
		s.must(j.Close())
	}
	s.holds(s.file, record(1), record(2), record(3))
}

// displaced are the ways in which a journal can be taken from its place. Each
// returns where the file is then, or nothing if it is nowhere.
func (s *suite) displaced() map[string]func() (moved string) {
	away := filepath.Join(s.Folder, "away.journal")
	rename := func() string { s.must(s.Rename(s.file, away)); return away }
	return map[string]func() string{
		"renamed": rename,
		"deleted": func() string { s.must(s.Remove(s.file)); return "" },
		"replaced by a copy": func() string {
			p := s.Process()
			from, err := p.OpenFile(s.file, os.O_RDONLY, 0)
			s.must(err)
			defer func() { s.must(from.Close()) }()
			rename()
			to, err := p.OpenFile(s.file, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
			s.must(err)
			buffer := make([]byte, 1<<16)
			n, err := from.Read(buffer)
			s.must(err)
			s.write(to, string(buffer[:n]))
			s.must(to.Close())
			return away
		},
	}
}

func (s *suite) journalMoved() {
	s.need(s.Rename != nil && s.Remove != nil)
	for what, displace := range s.displaced() {
		j, _ := s.keeper(s.file)
		s.must(add(j, 1))
		moved := displace()
		err := add(j, 2)
		s.want(errors.Is(err, journal.ErrFailed) && errors.Is(err, journal.ErrMoved), "%s: Append: %v", what, err)
		again := add(j, 3)
		s.want(errors.Is(again, journal.ErrMoved), "%s: Append again: %v", what, again)
		s.want(errors.Is(j.Close(), journal.ErrMoved), "%s: Close says nothing", what)
		if moved != "" { // what was confirmed is there, and nothing else
			s.holds(moved, record(1))
			s.must(s.Remove(moved))
		}
		if what == "replaced by a copy" {
			s.holds(s.file, record(1))
			s.must(s.Remove(s.file))
		}
	}
}

func (s *suite) journalMovedAtLast() {
	s.need(s.Rename != nil && s.Remove != nil)
	for what, displace := range s.displaced() {
		j, _ := s.keeper(s.file)
		s.must(add(j, 1))
		moved := displace()
		err := j.Close()
		s.want(errors.Is(err, journal.ErrFailed) && errors.Is(err, journal.ErrMoved), "%s: Close: %v", what, err)
		if moved != "" {
			s.holds(moved, record(1))
			s.must(s.Remove(moved))
		}
		if what == "replaced by a copy" {
			s.must(s.Remove(s.file))
		}
	}
}
