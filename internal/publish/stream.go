package publish

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

const (
	mostWaiting = 1 << 17         // events that wait for a reader: some 40 MB
	patience    = 5 * time.Second // at the end, with a reader that takes nothing
)

// Events is the stream that --events asks for. In a file it is the whole story of
// the batch; on stdout, or in a pipe, there is what this run does. Follow begins it
// and Close ends it.
type Events struct {
	to    io.Writer
	file  *os.File // that was opened for it; nil: stdout
	whole bool     // an ordinary file: it is to hold the whole story
	note  func(lang.Message)

	books   *batch.Books // that are followed; nil: not begun
	waiting chan *Event
	written atomic.Int64
	broken  atomic.Bool   // nobody takes events any more
	gone    chan struct{} // is closed when the last one is written
}

// OpenEvents opens the stream that a name stands for: a file, a pipe, or - for
// stdout. Nothing is written yet. note is told, at most once, that the stream had to
// end early.
func OpenEvents(name string, stdout io.Writer, note func(lang.Message)) (*Events, error) {
	s := newEvents(stdout, note)
	if name == "-" {
		return s, nil
	}
	flags := os.O_RDWR | os.O_APPEND | os.O_CREATE
	info, err := os.Stat(name)
	if s.whole = err != nil || info.Mode().IsRegular(); !s.whole {
		flags = os.O_WRONLY | syscall.O_NONBLOCK // a pipe that nobody reads is told of now, not waited for
	}
	if s.file, err = os.OpenFile(name, flags, 0o600); err != nil {
		return nil, lang.Errorf("opening --events: %w", err)
	}
	s.to = s.file
	head := make([]byte, len(eventHead))
	if n, _ := s.file.ReadAt(head, 0); s.whole && n > 0 && string(head[:n]) != eventHead[:n] {
		return nil, errors.Join(badTarget("events", lang.Msg("--events %s: the file holds something else; give one of its own", name)), s.file.Close())
	}
	return s, nil
}

func newEvents(to io.Writer, note func(lang.Message)) *Events {
	return &Events{to: to, note: note, waiting: make(chan *Event, mostWaiting), gone: make(chan struct{})}
}

// Follow begins to tell what happens to a batch. Its books must be open, and nothing
// may be sent yet. An ordinary file is first completed from the journal.
func (s *Events) Follow(books *batch.Books, journal string) error {
	name, told := books.Batch().Name, 0
	if s.whole {
		var err error
		if told, err = complete(s.file, name, journal); err != nil {
			return err
		}
	}
	s.books = books
	go s.write(told)
	books.Watch(func(c batch.Change) { s.add(EventOf(name, c)) })
	return nil
}

// add takes an event in. It never waits: when too many events wait for their reader,
// the stream ends.
func (s *Events) add(e *Event) {
	if s.broken.Load() {
		return
	}
	select {
	case s.waiting <- e:
	default:
		if s.broken.CompareAndSwap(false, true) {
			go s.tellWhy(errTakesNothing) // the terminal may be stuck as well
		}
	}
}

var errTakesNothing = lang.Errorf("its reader takes nothing")

// breakOff ends the stream and says so, once.
func (s *Events) breakOff(why error) {
	if s.broken.CompareAndSwap(false, true) {
		s.tellWhy(why)
	}
}

// tellWhy says that the stream has ended.
func (s *Events) tellWhy(why error) {
	if s.whole {
		s.note(lang.Msg("Note: --events cannot be written any more (%v). The batch goes on; the next run completes the file.", why))
		return
	}
	s.note(lang.Msg("Note: --events ends here (%v). The batch goes on without it.", why))
}

// write is the goroutine that writes, after so many events that were told before,
// until there are no more or nobody takes them.
func (s *Events) write(told int) {
	defer close(s.gone)
	w := bufio.NewWriterSize(s.to, 1<<16)
	to := json.NewEncoder(w)
	for e := range s.waiting {
		told++
		e.Seq = told
		err := to.Encode(e)
		if err == nil && len(s.waiting) == 0 {
			err = w.Flush()
		}
		if err != nil {
			s.breakOff(err)
			return
		}
		s.written.Add(1)
	}
	if err := w.Flush(); err != nil {
		s.breakOff(err)
	}
}

// Close writes what is waiting, for as long as somebody takes it, and ends the
// stream. A nil stream is closed already.
func (s *Events) Close() error {
	if s == nil {
		return nil
	}
	if s.books != nil {
		s.books.Watch(nil)
		s.drain()
	}
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

// drain waits until all is written, or nobody takes it any more.
func (s *Events) drain() {
	close(s.waiting)
	for written := int64(-1); ; {
		select {
		case <-s.gone:
			return
		case <-time.After(patience):
		}
		now := s.written.Load()
		if now == written {
			s.breakOff(errTakesNothing)
			return
		}
		written = now
	}
}
