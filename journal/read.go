package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Version is the version of the format that this package writes. It reads all
// up to it.
const Version = 1

const (
	// MaxRecord is the longest a record may be, in bytes.
	MaxRecord = 8 << 20
	// maxGroup is the most that one fsync covers, in bytes: a group is held in
	// memory whole, when written and when read.
	maxGroup = 64 << 20
)

// Entry is a record and when it was written, by the wall clock.
type Entry struct {
	At     time.Time
	Line   uint64 // of the file, counted from 1 as editors do
	Record []byte // valid until the function it is handed to returns
}

// Info is what a journal is, seen from outside.
type Info struct {
	Records uint64 // that were committed
	Lines   uint64 // that were committed
	Groups  uint64
	Head    string // link of the last committed line: it stands for all before it
	Size    int64  // bytes up to the end of the last whole commit
	Torn    *Torn  // what stands behind it, if anything does
}

// Torn is the tail of a journal whose last group was cut off by a crash.
type Torn struct {
	Line   uint64 // the first bad line, counted from 1 as editors do
	Offset int64  // where that line begins, in bytes from 0
	Bytes  int64  // from the last whole commit to the end of the file
	Reason string
}

// Corrupt says that a journal was damaged after it had been written whole, and
// where.
type Corrupt struct {
	Line   uint64 // counted from 1, as editors do
	Offset int64  // where the line begins, in bytes from 0
	Reason string
}

// Error names the line and the byte.
func (c *Corrupt) Error() string {
	return fmt.Sprintf("the journal is damaged in line %d (byte %d): %s", c.Line, c.Offset, c.Reason)
}

var (
	// ErrVersion is wrapped by the error for a journal of a later version.
	ErrVersion = errors.New("the journal was written by a later version of flexybatch")
	// ErrNotJournal is wrapped by the error for a file that never was a journal.
	ErrNotJournal = errors.New("not a flexybatch journal")
)

// Fold takes in the records of a journal: each is decoded, and then taken in.
type Fold[T any] struct {
	// Decoder makes a Decoder. Several are at work at once, each in a goroutine
	// of its own.
	Decoder func() Decoder[T]
	// Take is called with what became of each committed record, in order, and
	// with no other.
	Take func(Entry, T) error
}

// Decoder makes of records what a Fold takes in.
type Decoder[T any] interface {
	// Decode is called ahead of Take, also with records that turn out not to be
	// committed. It must not keep Entry.Record.
	Decode(Entry) (T, error)
	// Reset says that nobody needs any more what Decode has made.
	Reset()
}

// each is a fold that does nothing ahead.
type each func(Entry) error

func (each) Decode(Entry) (struct{}, error) { return struct{}{}, nil }
func (each) Reset()                         {}

func (f each) fold() Fold[struct{}] {
	return Fold[struct{}]{
		Decoder: func() Decoder[struct{}] { return f },
		Take:    func(e Entry, _ struct{}) error { return f(e) },
	}
}

// Read hands every committed record of a journal to f, in order. It takes no
// lock and changes nothing, so a journal can be read while another process
// writes it: what is not committed yet looks like a torn tail.
func Read(fsys FS, name string, f func(Entry) error) (Info, error) {
	return ReadFold(fsys, name, each(f).fold())
}

// ReadFold is Read, with the records decoded on all processors. An error of the
// decoder is returned when the turn of its record has come.
func ReadFold[T any](fsys FS, name string, fold Fold[T]) (Info, error) {
	f, err := fsys.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		return Info{}, fmt.Errorf("opening the journal: %w", err)
	}
	seen, err := scan(f, fold)
	return seen.info, errors.Join(err, f.Close())
}

// seen is what is known of the part of a journal that was read.
type seen struct {
	size   int64  // of the file, when the reading began: what is added meanwhile is not looked at
	offset int64  // where the next line begins
	line   uint64 // lines read so far
	group  uint64 // the group that is being read
	info   Info
	last   int64 // where the last whole group begins
}

// scanner walks through the lines of a journal.
type scanner[T any] struct {
	seen
	fold    Fold[T]
	ahead   *ahead[T]
	pending []*block[T] // those with records that are not handed on, and the one at hand
	records uint64      // of the group that is being read
	head    []byte      // link of the last committed line
}

// scan reads a journal to its end, handing on each group when its commit has
// been seen to be whole.
func scan[T any](f File, fold Fold[T]) (*seen, error) {
	s := &scanner[T]{seen: seen{group: 1}, fold: fold}
	var err error
	if s.size, err = f.Seek(0, io.SeekEnd); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return &s.seen, fmt.Errorf("reading the journal: %w", err)
	}
	s.ahead = startAhead(io.LimitReader(f, s.size), s.size, fold.Decoder)
	err = s.walk()
	s.ahead.stop() // the file is wanted for other things
	s.info.Head = string(s.head)
	if bad, ok := errors.AsType[*badLine](err); ok {
		err = s.judge(f, Corrupt{Line: s.line + 1, Offset: s.offset, Reason: bad.reason}, bad.whole)
	}
	if err == nil && s.info.Torn == nil && s.line > s.info.Lines { // lines without their commit
		s.torn(s.info.Lines+1, s.info.Size, "its group has no commit")
	}
	return &s.seen, err
}

// torn notes that all behind the last whole commit is a torn tail.
func (s *seen) torn(line uint64, offset int64, reason string) {
	s.info.Torn = &Torn{Line: line, Offset: offset, Bytes: s.size - s.info.Size, Reason: reason}
}

// badLine says what is wrong with a line; whole, that its checksum holds, so
// that no torn write can have made it.
type badLine struct {
	reason string
	whole  bool
}

func (b *badLine) Error() string { return b.reason }

// walk takes the lines in, one after the other. A *badLine is the one that
// begins at s.offset.
func (s *scanner[T]) walk() error {
	for {
		b := s.ahead.block()
		s.pending = append(s.pending, b)
		for i := range b.lines {
			if err := s.take(&b.lines[i]); err != nil {
				return err
			}
			if s.line == s.info.Lines { // it was a commit
				if err := s.handOn(i + 1); err != nil {
					return err
				}
			}
		}
		if s.line == s.info.Lines {
			s.ahead.recycle(b)
			s.pending = s.pending[:0]
		}
		switch b.end {
		case nil:
		case io.EOF:
			return nil
		default:
			return b.end
		}
	}
}

// take takes one line into what is known.
func (s *scanner[T]) take(l *line) error {
	size := int64(len(l.text) + len("\n"))
	switch {
	case l.kind == isNone:
		return l.err
	case l.kind == isHead && l.n == 0 && l.count > Version:
		return fmt.Errorf("%w: it has version %d, this program knows %d", ErrVersion, l.count, Version)
	case l.n != s.line, (l.kind == isHead) != (l.n == 0), !l.linked:
		return &badLine{"it is whole but does not follow the line before it: lines were removed, moved or put in", true}
	case l.group != s.group:
		return &badLine{"it belongs to another group than the lines before it", true}
	case s.offset+size-s.info.Size > maxGroup:
		return &badLine{"its group is longer than any group may be", true}
	case l.kind == isCommit && l.count != s.records:
		return &badLine{fmt.Sprintf("it commits %d records where there are %d", l.count, s.records), true}
	}
	s.offset += size
	s.line++
	switch l.kind {
	case isRecord:
		s.records++
	case isCommit:
		s.last = s.info.Size
		s.info.Records += l.count
		s.info.Lines, s.info.Groups, s.info.Size = s.line, l.group, s.offset
		s.head = append(s.head[:0], l.link()...)
		s.group++
		s.records = 0
	}
	return nil
}

// handOn hands on the records up to line end of the block at hand: what the
// commit there has made sure of.
func (s *scanner[T]) handOn(end int) error {
	last := len(s.pending) - 1
	for i, b := range s.pending {
		to := len(b.lines)
		if i == last {
			to = end
		}
		for ; b.next < to; b.next++ {
			l := &b.lines[b.next]
			if l.kind != isRecord {
				continue
			}
			if l.err != nil {
				return l.err
			}
			if err := s.fold.Take(l.entry(), b.values[b.next]); err != nil {
				return err
			}
		}
		if i != last {
			s.ahead.recycle(b)
		}
	}
	s.pending = append(s.pending[:0], s.pending[last])
	return nil
}
