package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"flexybatch/batch"
	"flexybatch/journal"
)

// event is a change of a row's state, as --events tells it: one JSON object on a
// line. Fields may be added; those that are here stay. An event is told when
// what it says is on disk, and each row's events in their order.
//
// In a FILE the events are the whole story of the batch, each once: a run
// completes what an earlier one, which was killed, could not write. On stdout,
// or in a pipe, there is what this run does.
type event struct {
	Seq      int            `json:"seq"`  // of the event in the file, or in the stream, from 1
	Time     string         `json:"time"` // when it was written to the journal: UTC, RFC 3339, milliseconds
	Batch    string         `json:"batch"`
	Row      int            `json:"row"` // the line of the file, or the row of the sheet
	Ref      batch.Ref      `json:"ref"`
	ID       string         `json:"id"`    // the file's own, where it has one
	Phone    batch.Phone    `json:"phone"` // whole, as in the journal
	Plan     string         `json:"plan"`
	Amount   batch.Dinars   `json:"amount"`
	From     string         `json:"from"`     // the states are those of the report;
	To       string         `json:"to"`       // "unknown" by an intent is a send under way
	By       string         `json:"by"`       // what changed it: "intent" (to send), "answer" (to a send) or "look"
	Attempt  int            `json:"attempt"`  // how many sends of the row there were
	Code     string         `json:"code"`     // the provider's
	Message  string         `json:"message"`  // the provider's
	TopupID  string         `json:"topup_id"` // the provider's
	Charged  batch.Centimes `json:"charged"`
	Refunded batch.Centimes `json:"refunded"`
}

// eventHead is how the line of an event begins.
const eventHead = `{"seq":`

// milliseconds is a time as events have it.
const milliseconds = "2006-01-02T15:04:05.000Z07:00"

func eventOf(name string, c batch.Change) event {
	s := c.Row
	e := event{
		Time: c.At.UTC().Format(milliseconds), Batch: name, Row: s.Number, Ref: s.Ref, ID: s.Topup.ID,
		Phone: s.Topup.Phone, Plan: s.Topup.Plan, Amount: s.Topup.Amount, From: c.From.String(), To: s.State.String(), By: c.By,
		Attempt: s.Attempts, TopupID: s.TopupID, Charged: s.Charged, Refunded: s.Refunded,
	}
	if s.Evidence != nil && c.By != "intent" {
		e.Code, e.Message = s.Evidence.Code, s.Evidence.Message
	}
	return e
}

// events is the stream of them. Whoever reads it, or does not, cannot hold up
// the batch: events wait in memory, and when too many do, or nobody reads any
// more, the stream ends and the batch goes on.
type events struct {
	to    io.Writer
	file  *os.File // that was opened for it; nil: stdout
	whole bool     // an ordinary file: it is to hold the whole story
	say   func(format string, args ...any)
	batch string

	mu      sync.Mutex
	waiting []event
	seq     int
	written int
	ended   bool // no more events come
	broken  bool // nobody takes them
	wake    chan struct{}
	gone    chan struct{} // closed when the last one is written; nil: not begun
}

const (
	mostWaiting = 1 << 17         // events that wait for a reader: some 40 MB
	chunk       = 1000            // events that are written at once
	patience    = 5 * time.Second // at the end, with a reader that takes nothing
)

var errTakesNothing = errors.New("its reader takes nothing")

// openEvents opens the stream that --events names. Nothing is written yet.
func openEvents(name string, stdout io.Writer, say func(string, ...any)) (*events, error) {
	s := &events{to: stdout, say: say, wake: make(chan struct{}, 1)}
	if name == "-" {
		return s, nil
	}
	flags := os.O_RDWR | os.O_APPEND | os.O_CREATE
	info, err := os.Stat(name)
	if s.whole = err != nil || info.Mode().IsRegular(); !s.whole {
		flags = os.O_WRONLY | syscall.O_NONBLOCK // a pipe that nobody reads is told of now, not waited for
	}
	if s.file, err = os.OpenFile(name, flags, 0o600); err != nil {
		return nil, failf(exitNothing, "opening --events: %w", err)
	}
	s.to = s.file
	head := make([]byte, len(eventHead))
	if n, _ := s.file.ReadAt(head, 0); s.whole && n > 0 && string(head[:n]) != eventHead[:n] {
		return nil, errors.Join(failf(exitUsage, "--events %s: the file holds something else; give one of its own", name), s.file.Close())
	}
	return s, nil
}

// follow begins to tell what happens to the batch. Its books must be open, and
// nothing may be sent yet. An ordinary file is first completed from the journal.
func (s *events) follow(books *batch.Books, path string) error {
	s.batch = books.Batch().Name
	if s.whole {
		if err := s.complete(path); err != nil {
			return err
		}
	}
	s.gone = make(chan struct{})
	go s.write()
	books.Watch(func(c batch.Change) { s.add(eventOf(s.batch, c)) })
	return nil
}

// complete writes what the journal tells and the file does not.
func (s *events) complete(path string) error {
	told, err := s.told()
	if err != nil {
		return fmt.Errorf("reading --events: %w", err)
	}
	w := bufio.NewWriterSize(s.file, 1<<16)
	to := json.NewEncoder(w)
	read := batch.ReadChanges(journal.Disk{}, path, func(c batch.Change) {
		if told[c.Row.Ref] > 0 {
			told[c.Row.Ref]--
			return
		}
		e := eventOf(s.batch, c)
		s.seq++
		e.Seq = s.seq
		_ = to.Encode(e) // Flush tells
	})
	if err := errors.Join(read, w.Flush()); err != nil {
		return fmt.Errorf("writing --events: %w", err)
	}
	return nil
}

// told counts the events of each row that the file holds. A last line that was
// broken off is cut off. A file of anything else is an error, and left alone.
func (s *events) told() (map[batch.Ref]int, error) {
	told := map[batch.Ref]int{}
	in := bufio.NewReaderSize(s.file, 1<<16)
	var whole int64
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			if len(line) == 0 {
				return told, nil
			}
			return told, os.Truncate(s.file.Name(), whole) // by its name: a file to append to cannot be cut on Windows
		}
		if err != nil {
			return nil, err
		}
		var e struct {
			Seq   int       `json:"seq"`
			Batch string    `json:"batch"`
			Ref   batch.Ref `json:"ref"`
		}
		switch err := json.Unmarshal(line, &e); {
		case err != nil || e.Seq == 0:
			return nil, fmt.Errorf("line %d of the file is no event of flexybatch; give another file", n)
		case e.Batch != s.batch:
			return nil, fmt.Errorf("the file holds the events of batch %q; give every batch a file of its own", e.Batch)
		}
		told[e.Ref]++
		s.seq = e.Seq
		whole += int64(len(line))
	}
}

// add takes an event in. It never waits.
func (s *events) add(e event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken || s.ended {
		return
	}
	if len(s.waiting) == mostWaiting {
		go s.breakOff(errTakesNothing) // the terminal may be stuck as well
		return
	}
	s.seq++
	e.Seq = s.seq
	s.waiting = append(s.waiting, e)
	s.rouse()
}

// rouse has write look at what there is to do.
func (s *events) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// breakOff ends the stream and says so, once.
func (s *events) breakOff(why error) {
	s.mu.Lock()
	once := !s.broken
	s.broken, s.waiting = true, nil
	s.mu.Unlock()
	switch {
	case !once:
	case s.whole:
		s.say("Note: --events cannot be written any more (%v). The batch goes on; the next run completes the file.\n", why)
	default:
		s.say("Note: --events ends here (%v). The batch goes on without it.\n", why)
	}
}

// write is the goroutine that writes, until close.
func (s *events) write() {
	defer close(s.gone)
	w := bufio.NewWriterSize(s.to, 1<<16)
	to := json.NewEncoder(w)
	for range s.wake {
		for {
			next, last := s.next()
			if len(next) == 0 && last {
				return
			}
			if len(next) == 0 {
				break
			}
			var err error
			for i := range next {
				err = errors.Join(err, to.Encode(&next[i]))
			}
			if err = errors.Join(err, w.Flush()); err != nil {
				s.breakOff(err)
				return
			}
			s.mu.Lock()
			s.written += len(next)
			s.mu.Unlock()
		}
	}
}

// next takes out what is to be written next, and tells whether no more will come.
func (s *events) next() (events []event, last bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(chunk, len(s.waiting))
	events, s.waiting = s.waiting[:n:n], s.waiting[n:]
	return events, s.ended
}

// close writes what is waiting, for as long as somebody takes it, and ends the
// stream.
func (s *events) close() error {
	if s == nil {
		return nil
	}
	if s.gone != nil {
		s.mu.Lock()
		s.ended = true
		s.rouse()
		s.mu.Unlock()
		s.await()
	}
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

// await waits until all is written, or nobody takes it any more.
func (s *events) await() {
	for written := -1; ; {
		select {
		case <-s.gone:
			return
		case <-time.After(patience):
		}
		s.mu.Lock()
		stuck := s.written == written
		written = s.written
		s.mu.Unlock()
		if stuck {
			s.breakOff(errTakesNothing)
			return
		}
	}
}
