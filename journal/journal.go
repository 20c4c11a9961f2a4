package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"
)

// Journal is a journal that is open for appending. Its methods may be called from
// many goroutines.
type Journal struct {
	fs   FS
	name string // as it was given to Open
	path string // the same, after links: where the file is
	file File   // open and locked

	packs bool // a line may hold several records

	// open holds the group that Append adds to. Whoever takes the group out of the
	// channel may change it, and puts it back; commit puts a new one in.
	open chan *group
	// disk holds a token for the one goroutine that writes and syncs. It is a
	// channel and not a mutex, so that the virtual time of testing/synctest can
	// pass while other goroutines wait.
	disk chan struct{}

	waiting atomic.Int32 // calls of Append whose records are not on disk yet

	// The holder of the token in disk owns what follows.
	failed error  // the first failure, after which nothing is written
	head   string // link of the last line on disk
	lines  uint64 // on disk
	spare  []byte // a buffer for the text of the next group
	crowd  int    // how many calls waited at the same time lately, at most
	pause  bool   // the next group gathers for a moment
}

// group is what one fsync will cover.
type group struct {
	number  uint64
	n       uint64 // of the next line
	link    string // of the last line
	text    []byte
	pack    pack   // the records of the next line
	hashed  []byte // a buffer for appendLine
	records uint64
	callers int           // of Append
	done    chan struct{} // closed when err is set
	err     error
}

// maxSpare is how large a buffer may be to be kept for the next group, in bytes.
const maxSpare = 1 << 20

// ErrFailed is wrapped by every error of Append after a write or an fsync has
// failed: the file can no longer be trusted, and nothing more is written to it
// (money rule 9). An error of Open wraps it if the disk refused what Open has to
// write.
var ErrFailed = errorf("the journal cannot be written")

// ErrMoved is wrapped, beside ErrFailed, by the error for a journal that is no longer
// where it was opened (money rule 18). What Append has confirmed is in the file that
// was open, wherever that is now.
var ErrMoved = errorf("it was moved, deleted or replaced while it was in use")

// ErrTooLong is wrapped by the error for a record that is longer than MaxRecord.
var ErrTooLong = errorf("record too long for the journal")

// ErrNotLine is the error for a record that is not a JSON value on one line, and
// so could not be read back.
var ErrNotLine = errorf("record is not one line of JSON")

// Append adds records at the end and returns when they are on disk. Each carries
// the time at, kept to the millisecond. The records of one call stay together in
// one group.
//
// A record that is not JSON on one line is refused with ErrNotLine, and records
// that are too long or too many with ErrTooLong; the journal can still be used.
// After the first failure of the disk, every call fails with an error that wraps
// ErrFailed. The same holds when the journal's name no longer leads to the file that
// was opened; then the error wraps ErrMoved too, and nothing was written.
func (j *Journal) Append(at time.Time, records ...[]byte) error {
	size, err := checkRecords(records)
	if err != nil {
		return err
	}
	for {
		g := <-j.open
		if len(g.text)+len(g.pack.text)+size > maxGroup/2 && g.records > 0 {
			j.open <- g // it is full, and on its way to the disk
			<-g.done
			continue
		}
		first := g.records == 0
		g.callers++
		j.waiting.Add(1)
		defer j.waiting.Add(-1)
		for _, r := range records {
			g.addRecord(at, r, j.packs)
		}
		j.open <- g
		if first {
			j.commit()
		}
		<-g.done
		return g.err
	}
}

// checkRecords returns how many bytes the records may take in a group, or why
// they cannot be appended.
func checkRecords(records [][]byte) (size int, err error) {
	for _, r := range records {
		if len(r) > MaxRecord {
			return 0, errorf("%w: %d bytes", ErrTooLong, len(r))
		}
		size += len(r) + 200
	}
	if size > maxGroup/2 {
		return 0, errorf("%w: %d bytes in one call", ErrTooLong, size)
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
	g.text, g.link = appendLine(g.text, &g.hashed, g.link, g.n, g.number, at, tail...)
	g.n++
}

// An fsync costs processor time, however little it covers. Where a crowd appends and the
// disk is so fast that few of them meet in a group, a group gathers for a moment. Where
// there is no crowd, all would soon wait for that moment, and none would come.
const (
	moment = 2 * time.Millisecond
	fast   = 4 * time.Millisecond // that the disk takes for a group, at most
	some   = 16                   // calls of Append in a group, at least
	crowd  = 260                  // calls of Append at the same time, at least
)

// commit waits until the disk is free, ends the open group, and puts it on disk.
// While it waits, other calls of Append join the group.
func (j *Journal) commit() {
	<-j.disk
	defer func() { j.disk <- struct{}{} }()
	if j.pause {
		time.Sleep(moment)
	} else {
		runtime.Gosched() // those who are about to append join the group
	}
	g := <-j.open
	g.endPack()
	g.add(time.Now(), []byte(`"commit":`), strconv.AppendUint(nil, g.records, 10))
	j.open <- &group{number: g.number + 1, n: g.n, link: g.link, text: j.spare, pack: g.pack, hashed: g.hashed, done: make(chan struct{})}
	j.spare = nil
	began := time.Now()
	if j.failed == nil {
		j.failed = j.writeSync(g.text)
	}
	j.crowd = max(int(j.waiting.Load()), j.crowd-j.crowd/64)
	j.pause = j.crowd >= crowd && g.callers >= some && time.Since(began) < fast
	if j.failed == nil {
		j.head, j.lines = g.link, g.n
	}
	g.err = j.failed
	if cap(g.text) <= maxSpare {
		j.spare = g.text[:0]
	}
	g.text, g.pack, g.hashed = nil, pack{}, nil
	close(g.done)
}

// writeSync writes text and fsyncs the file, if it is still where it was opened.
func (j *Journal) writeSync(text []byte) error {
	if err := j.checkPlace(); err != nil {
		return err
	}
	if _, err := j.file.Write(text); err != nil {
		return errorf("%w: %w", ErrFailed, err)
	}
	if err := j.file.Sync(); err != nil {
		return errorf("%w: fsync: %w", ErrFailed, err)
	}
	return nil
}

// checkPlace returns an error if the journal's name does not lead to the open file.
func (j *Journal) checkPlace() error {
	switch there, err := j.file.IsAt(j.name); {
	case err != nil:
		return errorf("%w: %w", ErrFailed, err)
	case !there:
		return errorf("%w: %w: %s", ErrFailed, ErrMoved, j.name)
	}
	return nil
}

// Head returns the link of the last line that is on disk, and its number, counted
// from 1.
func (j *Journal) Head() (link string, line uint64) {
	<-j.disk
	defer func() { j.disk <- struct{}{} }()
	return j.head, j.lines
}

// Close ends the session and gives up the lock. It writes an empty group, which
// proves to later readers that everything before it was on disk. Its error wraps
// ErrMoved if the journal is no longer where it was opened. No Append may be under
// way.
func (j *Journal) Close() error {
	g := <-j.open
	j.open <- g
	var err error
	switch {
	case j.failed == nil && g.number > 1:
		j.commit()
		err = g.err
	case errors.Is(j.failed, ErrMoved):
		err = j.failed
	}
	return errors.Join(err, j.file.Close())
}
