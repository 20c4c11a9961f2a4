package cli

import (
	"errors"
	"io"
	"sync"
	"syscall"
)

// answerStream is stdout, where what was asked for goes. It remembers that something
// could not be written, so that nobody takes an empty file for an answer.
type answerStream struct {
	to io.Writer

	mu  sync.Mutex
	err error // of the first write that failed
}

// Write writes to the stream.
func (s *answerStream) Write(b []byte) (int, error) {
	n, err := s.to.Write(b)
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.err == nil {
			s.err = err
		}
	}
	return n, err
}

// lost is why something could not be written; nil if all was, or if whoever read it
// has gone away on purpose, as head does.
func (s *answerStream) lost() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.err, syscall.EPIPE) || errors.Is(s.err, io.ErrClosedPipe) {
		return nil
	}
	return s.err
}
