package journal

import (
	"bufio"
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

// Read hands every committed record of a journal to each, in order. It takes no
// lock and changes nothing, so a journal can be read while another process
// writes it: what is not committed yet looks like a torn tail.
func Read(fsys FS, name string, each func(Entry) error) (Info, error) {
	f, err := fsys.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		return Info{}, fmt.Errorf("opening the journal: %w", err)
	}
	s, err := scan(f, each)
	return s.info, errors.Join(err, f.Close())
}

// scanner walks through the lines of a journal.
type scanner struct {
	file   File
	size   int64 // of the file, when the reading began: what is added meanwhile is not looked at
	r      *bufio.Reader
	buf    []byte // a line longer than r's buffer is put together here
	offset int64  // where the next line begins
	line   uint64 // lines read so far
	n      uint64 // the n that the next line must have
	link   string // the link of the line before
	group  uint64 // the group that is being read
	info   Info
	last   int64 // where the last whole group begins

	held    []byte // the records of that group, one behind the other
	entries []Entry
}

// scan reads a journal to its end, handing on each group when its commit has
// been seen to be whole.
func scan(f File, each func(Entry) error) (*scanner, error) {
	s := &scanner{file: f, group: 1}
	var err error
	if s.size, err = f.Seek(0, io.SeekEnd); err == nil {
		s.r, err = s.from(0)
	}
	if err != nil {
		return s, fmt.Errorf("reading the journal: %w", err)
	}
	for {
		start := s.offset
		b, err := s.next()
		if err == io.EOF {
			if s.n > s.info.Lines { // lines without their commit
				s.torn(s.info.Lines+1, s.info.Size, "its group has no commit")
			}
			return s, nil
		}
		if err == nil {
			err = s.take(b)
		}
		if bad, ok := errors.AsType[*badLine](err); ok {
			return s, s.judge(Corrupt{Line: s.line, Offset: start, Reason: bad.reason}, bad.whole)
		}
		if err != nil {
			return s, err
		}
		if len(s.entries) > 0 && s.n == s.info.Lines { // a commit was taken
			for _, e := range s.entries {
				if err := each(e); err != nil {
					return s, err
				}
			}
			s.entries, s.held = s.entries[:0], s.held[:0]
		}
	}
}

// from is a reader of the file from offset to the end that it had.
func (s *scanner) from(offset int64) (*bufio.Reader, error) {
	if _, err := s.file.Seek(offset, io.SeekStart); err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(io.LimitReader(s.file, s.size-offset), 1<<16), nil
}

// torn notes that all behind the last whole commit is a torn tail.
func (s *scanner) torn(line uint64, offset int64, reason string) {
	s.info.Torn = &Torn{Line: line, Offset: offset, Bytes: s.size - s.info.Size, Reason: reason}
}

// badLine says what is wrong with a line; whole, that its checksum holds, so
// that no torn write can have made it.
type badLine struct {
	reason string
	whole  bool
}

func (b *badLine) Error() string { return b.reason }

// next reads one line, without its newline. io.EOF means the end of the file,
// at the end of a line.
func (s *scanner) next() ([]byte, error) {
	s.buf = s.buf[:0]
	for {
		b, err := s.r.ReadSlice('\n')
		s.offset += int64(len(b))
		switch {
		case err == nil && len(s.buf) == 0:
			s.line++
			return b[:len(b)-1], nil
		case len(s.buf)+len(b) > MaxRecord+1024:
			s.line++
			return nil, &badLine{reason: "it is longer than any record may be"}
		case err == nil:
			s.line++
			s.buf = append(s.buf, b...)
			return s.buf[:len(s.buf)-1], nil
		case err == bufio.ErrBufferFull:
			s.buf = append(s.buf, b...)
		case err == io.EOF && len(s.buf)+len(b) == 0:
			return nil, io.EOF
		case err == io.EOF:
			s.line++
			return nil, &badLine{reason: "it breaks off before its end"}
		default:
			return nil, fmt.Errorf("reading the journal: %w", err)
		}
	}
}

// take takes one line into what is known.
func (s *scanner) take(b []byte) error {
	l, text, err := parseLine(b)
	if err != nil {
		return &badLine{reason: err.Error()}
	}
	var link [linkLength]byte
	putLink(link[:], s.link, text)
	switch {
	case l.kind == isHead && l.n == 0 && l.version > Version:
		return fmt.Errorf("%w: it has version %d, this program knows %d", ErrVersion, l.version, Version)
	case l.n != s.n, (l.kind == isHead) != (l.n == 0), string(link[:]) != l.link:
		return &badLine{"it is whole but does not follow the line before it: lines were removed, moved or put in", true}
	case l.group != s.group:
		return &badLine{"it belongs to another group than the lines before it", true}
	case s.offset-s.info.Size > maxGroup:
		return &badLine{"its group is longer than any group may be", true}
	}
	s.n, s.link = l.n+1, l.link
	switch l.kind {
	case isRecord:
		at := len(s.held)
		s.held = append(s.held, l.rec...)
		s.entries = append(s.entries, Entry{At: l.at, Record: s.held[at:len(s.held):len(s.held)]})
	case isCommit:
		if l.records != uint64(len(s.entries)) {
			return &badLine{fmt.Sprintf("it commits %d records where there are %d", l.records, len(s.entries)), true}
		}
		s.last = s.info.Size
		s.info.Records += l.records
		s.info.Lines, s.info.Groups, s.info.Head, s.info.Size = s.n, l.group, l.link, s.offset
		s.group++
	}
	return nil
}
