package journal

import (
	"bufio"
	"io"
)

// classify decides whether a bad line belongs to a torn tail or to damage in the
// middle of the file. A torn write leaves a part of one group. If more than that
// is broken, whatever the cause, cutting it off would lose records that Append
// has promised. whole says that the line's checksum holds, so that no torn write
// can have made it.
func (s *scanState) classify(f File, bad Corrupt, whole bool) error {
	if whole {
		return &bad
	}
	r, err := s.readFrom(f, bad.Offset)
	if err != nil {
		return errorf("reading the journal: %w", err)
	}
	start, err := r.Peek(len(crcStart))
	if err != nil && err != io.EOF {
		return errorf("reading the journal: %w", err)
	}
	foreign := bad.Line == 1 && !mayBeginJournal(start)
	at, err := s.findLaterGroup(r)
	switch {
	case err != nil:
		return errorf("reading the journal: %w", err)
	case at >= 0:
		bad.Reason = say("%s; a later group begins %d bytes on, so this is no torn tail", bad.Reason, at)
		return &bad
	case foreign:
		return ErrNotJournal
	case s.size-s.info.Size > maxGroup:
		bad.Reason = say("%s; more is broken than one group can hold, so this is no torn tail", bad.Reason)
		return &bad
	}
	s.setTorn(bad.Line, bad.Offset, bad.Reason)
	return nil
}

// readFrom returns a reader of the file from offset to the end that it had when
// the scan began.
func (s *scanState) readFrom(f File, offset int64) (*bufio.Reader, error) {
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(io.LimitReader(f, s.size-offset), 1<<16), nil
}

// mayBeginJournal tells whether a journal may begin with these bytes. A torn write
// may have left zeros in the place of any of them.
func mayBeginJournal(start []byte) bool {
	for i, c := range start {
		if c != 0 && c != crcStart[i] {
			return false
		}
	}
	return true
}

// findLaterGroup returns how far into r the first line begins that claims to
// belong to a later group than the one being read, or -1 if there is none. The
// line need not be whole, nor begin behind a newline: either may be what is
// damaged.
func (s *scanState) findLaterGroup(r *bufio.Reader) (at int64, err error) {
	for {
		b, err := r.ReadSlice(crcStart[0])
		at += int64(len(b))
		switch err {
		case nil:
			if err := r.UnreadByte(); err != nil {
				return 0, err
			}
			start, err := r.Peek(maxGroupPrefix)
			if group, ok := parseGroup(start); ok && group > s.group {
				return at - 1, nil
			}
			if err != nil && err != io.EOF {
				return 0, err
			}
			if _, err := r.Discard(1); err != nil {
				return 0, err
			}
		case bufio.ErrBufferFull:
		case io.EOF:
			return -1, nil
		default:
			return 0, err
		}
	}
}
