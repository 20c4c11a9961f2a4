package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
)

// Journal is a journal open for appending. Its methods may be called from many
// goroutines.
type Journal struct {
	fs   FS
	name string
	file File
	lock io.Closer

	// open is the group that Append adds to. Whoever takes it from the channel
	// may change it; whoever puts a new one in has closed the old one.
	open chan *group
	// disk holds a token for the one goroutine that writes and syncs. It is a
	// channel, not a mutex, so that virtual time may pass while others wait.
	disk chan struct{}

	// What follows belongs to the holder of disk.
	failed error  // set once: the first failure is the last
	head   string // link of the last line on disk
	lines  uint64 // that are on disk
	spare  []byte // text of a group that is on disk: room for another's
}

// group is what one fsync will cover.
type group struct {
	number  uint64
	n       uint64 // of the next line
	link    string // of the last line
	text    []byte
	chained []byte // what the link of the last line was made from
	records uint64
	done    chan struct{} // closed when err is set
	err     error
}

// mostSpare is the longest text whose room is kept, in bytes.
const mostSpare = 1 << 20

// ErrFailed is wrapped by every error of Append after a write or an fsync has
// failed: the file can no longer be trusted, and nothing more is written to it
// (money rule 9). An error of Open wraps it where the disk refused what Open
// has to write.
var ErrFailed = errors.New("the journal cannot be written")

// ErrTooLong says that a record is longer than MaxRecord.
var ErrTooLong = errors.New("record too long for the journal")

// ErrNotLine says that a record is not a JSON value on one line, so that it
// could not be read back.
var ErrNotLine = errors.New("record is not one line of JSON")

// Append writes records behind all others and returns when they are on disk. at
// is the time they carry, kept to the millisecond. The records of one call stay
// together in one group. Each must be JSON on one line, or the error wraps
// ErrNotLine; too long a one or too many wrap ErrTooLong; neither does any harm.
// After the first failure, every call fails with an error that wraps ErrFailed.
func (j *Journal) Append(at time.Time, records ...[]byte) error {
	size, err := check(records)
	if err != nil {
		return err
	}
	for {
		g := <-j.open
		if len(g.text)+size > maxGroup/2 && g.records > 0 {
			j.open <- g // full: it is on its way to the disk
			<-g.done
			continue
		}
		first := g.records == 0
		for _, r := range records {
			g.add(at, []byte(`"rec":`), r)
			g.records++
		}
		j.open <- g
		if first {
			j.commit()
		}
		<-g.done
		return g.err
	}
}

// check returns how many bytes the records may take in a group, or why they
// cannot be appended.
func check(records [][]byte) (size int, err error) {
	for _, r := range records {
		if len(r) > MaxRecord {
			return 0, fmt.Errorf("%w: %d bytes", ErrTooLong, len(r))
		}
		size += len(r) + 200
	}
	if size > maxGroup/2 {
		return 0, fmt.Errorf("%w: %d bytes in one call", ErrTooLong, size)
	}
	for _, r := range records {
		if bytes.IndexByte(r, '\n') >= 0 || !json.Valid(r) {
			return 0, ErrNotLine // without its text, which may name people
		}
	}
	return size, nil
}

// add writes one line into the group.
func (g *group) add(at time.Time, tail ...[]byte) {
	g.text, g.link = appendLine(g.text, &g.chained, g.link, g.n, g.number, at, tail...)
	g.n++
}

// commit waits until the disk is free, ends the open group, and makes it
// durable. While it waits, others join the group.
func (j *Journal) commit() {
	<-j.disk
	defer func() { j.disk <- struct{}{} }()
	g := <-j.open
	g.add(time.Now(), []byte(`"commit":`), strconv.AppendUint(nil, g.records, 10))
	j.open <- &group{number: g.number + 1, n: g.n, link: g.link, text: j.spare, chained: g.chained, done: make(chan struct{})}
	j.spare = nil
	if j.failed == nil {
		j.failed = j.store(g.text)
	}
	if j.failed == nil {
		j.head, j.lines = g.link, g.n
	}
	g.err = j.failed
	if cap(g.text) <= mostSpare {
		j.spare = g.text[:0]
	}
	g.text, g.chained = nil, nil
	close(g.done)
}

// store puts text on disk.
func (j *Journal) store(text []byte) error {
	if _, err := j.file.Write(text); err != nil {
		return fmt.Errorf("%w: %w", ErrFailed, err)
	}
	if err := j.file.Sync(); err != nil {
		return fmt.Errorf("%w: fsync: %w", ErrFailed, err)
	}
	return nil
}

// Head is the link of the last line that is on disk, and its number, from 1.
func (j *Journal) Head() (link string, line uint64) {
	<-j.disk
	defer func() { j.disk <- struct{}{} }()
	return j.head, j.lines
}

// Close ends the session and gives the journal free. The empty group that it
// writes proves to later readers that all before it was on disk. No Append may
// be under way.
func (j *Journal) Close() error {
	g := <-j.open
	j.open <- g
	var err error
	if g.number > 1 && j.failed == nil {
		j.commit()
		err = g.err
	}
	return errors.Join(err, j.release())
}

// release closes the file and gives up the lock.
func (j *Journal) release() error {
	var err error
	if j.file != nil {
		err = j.file.Close()
	}
	return errors.Join(err, j.lock.Close())
}
