package journal

import (
	"bufio"
	"fmt"
	"io"
)

// judge decides whether a bad line is in a torn tail or a broken middle. A torn
// write leaves a part of one group; where more than that is broken, whatever
// did it, cutting it off would forget what was promised.
func (s *seen) judge(f File, c Corrupt, whole bool) error {
	if whole {
		return &c
	}
	r, err := s.from(f, c.Offset)
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	begins, err := r.Peek(len(crcStart))
	if err != nil && err != io.EOF {
		return fmt.Errorf("reading the journal: %w", err)
	}
	foreign := c.Line == 1 && !mayBegin(begins)
	at, err := s.laterGroup(r)
	switch {
	case err != nil:
		return fmt.Errorf("reading the journal: %w", err)
	case at >= 0:
		c.Reason += fmt.Sprintf("; a later group begins %d bytes on, so this is no torn tail", at)
		return &c
	case foreign:
		return ErrNotJournal
	case s.size-s.info.Size > maxGroup:
		c.Reason += "; more is broken than one group can hold, so this is no torn tail"
		return &c
	}
	s.torn(c.Line, c.Offset, c.Reason)
	return nil
}

// from is a reader of the file from offset to the end that it had.
func (s *seen) from(f File, offset int64) (*bufio.Reader, error) {
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(io.LimitReader(f, s.size-offset), 1<<16), nil
}

// mayBegin tells whether a journal's first line may begin so, torn or not: where
// a torn write left nothing there are zeros.
func mayBegin(b []byte) bool {
	for i, c := range b {
		if c != 0 && c != crcStart[i] {
			return false
		}
	}
	return true
}

// laterGroup finds the first place that says it begins a line of a later group
// than the one that is being read, at the start of a line or within one (its
// newline may be what is broken), whole or not (all lines may be). -1 means that
// there is none.
func (s *seen) laterGroup(r *bufio.Reader) (at int64, err error) {
	for {
		b, err := r.ReadSlice(crcStart[0])
		at += int64(len(b))
		switch err {
		case nil:
			if err := r.UnreadByte(); err != nil {
				return 0, err
			}
			start, err := r.Peek(maxStart)
			if group, ok := groupOf(start); ok && group > s.group {
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
