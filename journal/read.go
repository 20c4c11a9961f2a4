package journal

import (
	"errors"
	"io"
	"os"
	"time"
)

// Version is the version of the format in which this package begins a journal. It
// reads all versions up to this one, and continues each journal in its own, so that
// the program that began it can still read it.
const Version = 2

const (
	// MaxRecord is the longest a record may be, in bytes.
	MaxRecord = 8 << 20
	// maxGroup is how many bytes one fsync covers at most. A whole group is held
	// in memory, both when it is written and when it is read.
	maxGroup = 64 << 20
)

// Entry is a record and when it was written, by the wall clock.
type Entry struct {
	At     time.Time
	Line   uint64 // of the file, counted from 1 as editors do
	Record []byte // valid until the function that it is passed to returns
}

// Info describes a journal as a whole.
type Info struct {
	Records uint64 // that were committed
	Lines   uint64 // that were committed
	Groups  uint64
	Head    string // link of the last committed line: it stands for all lines before it
	Size    int64  // bytes up to the end of the last whole commit
	Torn    *Torn  // what stands behind that, if anything does
}

// Torn is the tail of a journal whose last group was cut off by a crash.
type Torn struct {
	Line   uint64 // the first bad line, counted from 1 as editors do
	Offset int64  // where that line begins, in bytes from 0
	Bytes  int64  // from the last whole commit to the end of the file
	Reason Message
}

// Corrupt is the error for a journal that was damaged after it had been written
// whole. It says where.
type Corrupt struct {
	Line   uint64 // counted from 1, as editors do
	Offset int64  // where the line begins, in bytes from 0
	Reason Message
}

// Error names the line and the byte.
func (c *Corrupt) Error() string { return c.message().String() }

// Parts returns what a message says of the error.
func (c *Corrupt) Parts() (format, many string, n int, args []any) { return c.message().Parts() }

func (c *Corrupt) message() Message {
	return say("the journal is damaged in line %d (byte %d): %s", c.Line, c.Offset, c.Reason)
}

var (
	// ErrVersion is wrapped by the error for a journal of a later version.
	ErrVersion = errorf("the journal was written by a later version of flexybatch")
	// ErrNotJournal is wrapped by the error for a file that never was a journal.
	ErrNotJournal = errorf("not a flexybatch journal")
)

// Fold says how the records of a journal are taken in: each is decoded, and then
// taken.
type Fold[T any] struct {
	// Decoder makes a Decoder. Several are at work at once, each in a goroutine
	// of its own.
	Decoder func() Decoder[T]
	// Take is called with each committed record and its decoded value, in order,
	// and with no other records.
	Take func(Entry, T) error
}

// Decoder decodes records for a Fold.
type Decoder[T any] interface {
	// Decode is called before the record is known to be committed, and also with
	// records that turn out not to be. It must not keep Entry.Record.
	Decode(Entry) (T, error)
	// Reset tells the decoder that the values it has made are not needed any more.
	Reset()
}

// entryFunc is a function that takes records as they are, without decoding them.
type entryFunc func(Entry) error

func (entryFunc) Decode(Entry) (struct{}, error) { return struct{}{}, nil }
func (entryFunc) Reset()                         {}

// fold returns the Fold that calls f with each record.
func (f entryFunc) fold() Fold[struct{}] {
	return Fold[struct{}]{
		Decoder: func() Decoder[struct{}] { return f },
		Take:    func(e Entry, _ struct{}) error { return f(e) },
	}
}

// Read calls f with every committed record of a journal, in order. It takes no
// lock and changes nothing, so a journal can be read while another process
// writes it. What is not committed yet looks like a torn tail.
func Read(fsys FS, name string, f func(Entry) error) (Info, error) {
	return ReadFold(fsys, name, entryFunc(f).fold())
}

// ReadFold is Read, with the records decoded on all processors. An error of the
// decoder is returned when it is the turn of its record.
func ReadFold[T any](fsys FS, name string, fold Fold[T]) (Info, error) {
	f, err := fsys.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		return Info{}, errorf("opening the journal: %w", err)
	}
	state, err := scan(f, fold)
	return state.info, errors.Join(err, f.Close())
}

// scanState is what is known of the part of a journal that was read.
type scanState struct {
	size      int64  // of the file when the scan began; what is added later is not read
	offset    int64  // where the next line begins
	line      uint64 // lines read so far
	group     uint64 // the group that is being read
	info      Info
	lastGroup int64  // where the last whole group begins
	version   uint64 // of the format; 0 if there is no first line
}

// scanner reads the lines of a journal.
type scanner[T any] struct {
	scanState
	fold    Fold[T]
	ahead   *readAhead[T]
	pending []*block[T] // the current block, and those before it with records that were not handed on
	records uint64      // of the group that is being read
	head    []byte      // link of the last committed line
}

// scan reads a journal to its end. It hands the records of a group on when it
// has seen that the group's commit is whole.
func scan[T any](f File, fold Fold[T]) (*scanState, error) {
	s := &scanner[T]{scanState: scanState{group: 1}, fold: fold}
	var err error
	if s.size, err = f.Seek(0, io.SeekEnd); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return &s.scanState, errorf("reading the journal: %w", err)
	}
	s.ahead = startReadAhead(io.LimitReader(f, s.size), s.size, fold.Decoder)
	err = s.takeLines()
	s.ahead.stop() // classify reads the file too
	s.info.Head = string(s.head)
	if bad, ok := errors.AsType[*badLine](err); ok {
		err = s.classify(f, Corrupt{Line: s.line + 1, Offset: s.offset, Reason: bad.reason}, bad.whole)
	}
	if err == nil && s.info.Torn == nil && s.line > s.info.Lines { // lines without their commit
		s.setTorn(s.info.Lines+1, s.info.Size, say("its group has no commit"))
	}
	return &s.scanState, err
}

// setTorn notes that everything behind the last whole commit is a torn tail.
func (s *scanState) setTorn(line uint64, offset int64, reason Message) {
	s.info.Torn = &Torn{Line: line, Offset: offset, Bytes: s.size - s.info.Size, Reason: reason}
}

// badLine says what is wrong with a line.
type badLine struct {
	reason Message
	whole  bool // its checksum holds, so that no torn write can have made it
}

func (b *badLine) Error() string { return b.reason.String() }

// takeLines takes all lines, one after the other. If it returns a *badLine, the
// bad line is the one that begins at s.offset.
func (s *scanner[T]) takeLines() error {
	for {
		b := s.ahead.nextBlock()
		s.pending = append(s.pending, b)
		for i := range b.lines {
			if err := s.takeLine(&b.lines[i]); err != nil {
				return err
			}
			if s.line == s.info.Lines { // the line was a commit
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

// takeLine checks that a line belongs where it stands, and counts it.
func (s *scanner[T]) takeLine(l *line) error {
	size := int64(len(l.text) + len("\n"))
	switch {
	case l.kind == lineInvalid:
		return l.err
	case l.kind == lineHead && l.n == 0 && l.count > Version:
		return errorf("%w: it has version %d, this program knows %d", ErrVersion, l.count, Version)
	case l.n != s.line, (l.kind == lineHead) != (l.n == 0), !l.linked:
		return &badLine{say("it is whole but does not follow the line before it: lines were removed, moved or put in"), true}
	case l.group != s.group:
		return &badLine{say("it belongs to another group than the lines before it"), true}
	case s.offset+size-s.info.Size > maxGroup:
		return &badLine{say("its group is longer than any group may be"), true}
	case l.kind == lineCommit && l.count != s.records:
		return &badLine{say("it commits %d records where there are %d", l.count, s.records), true}
	}
	s.offset += size
	s.line++
	switch l.kind {
	case lineHead:
		s.version = l.count
	case lineRecord:
		s.records += l.count
	case lineCommit:
		s.lastGroup = s.info.Size
		s.info.Records += l.count
		s.info.Lines, s.info.Groups, s.info.Size = s.line, l.group, s.offset
		s.head = append(s.head[:0], l.link()...)
		s.group++
		s.records = 0
	}
	return nil
}

// handOn hands on all records that were not handed on yet, up to line end of the
// current block: the commit there has confirmed them.
func (s *scanner[T]) handOn(end int) error {
	last := len(s.pending) - 1
	for i, b := range s.pending {
		to := len(b.lines)
		if i == last {
			to = end
		}
		if err := b.handOn(to, s.fold.Take); err != nil {
			return err
		}
		if i != last {
			s.ahead.recycle(b)
		}
	}
	s.pending = append(s.pending[:0], s.pending[last])
	return nil
}

// handOn hands on the records of the lines before to.
func (b *block[T]) handOn(to int, take func(Entry, T) error) error {
	for ; b.next < to; b.next++ {
		l := &b.lines[b.next]
		if l.kind != lineRecord {
			continue
		}
		left := l.decoded
		for e := range l.entries() {
			if left == 0 {
				return l.err
			}
			left--
			if err := take(e, b.values[b.given]); err != nil {
				return err
			}
			b.given++
		}
	}
	return nil
}
