package journal

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// Cut describes a torn tail that Open has cut off.
type Cut struct {
	Torn
	Kept string // the file beside the journal that keeps the cut bytes
	Text []byte // the cut bytes
}

// Open locks a journal, and makes an empty one if there is none. It calls f with
// each committed record, and cuts off a torn tail; the Cut describes the tail, and
// is nil if there was none. A *Corrupt or *Locked error means that the file was
// left as it was.
func Open(fsys FS, name string, f func(Entry) error) (*Journal, *Cut, error) {
	return OpenFold(fsys, name, entryFunc(f).fold())
}

// OpenFold is Open, with the records decoded as ReadFold decodes them.
func OpenFold[T any](fsys FS, name string, fold Fold[T]) (*Journal, *Cut, error) {
	j := &Journal{fs: fsys, name: name, path: fsys.Resolve(name), open: make(chan *group, 1), disk: make(chan struct{}, 1)}
	var err error
	if j.file, err = openOrCreate(fsys, j.path); err != nil {
		return nil, nil, errorf("opening the journal: %w", err)
	}
	cut, err := load(j, fold)
	if err != nil {
		return nil, nil, errors.Join(err, j.file.Close())
	}
	j.disk <- struct{}{}
	return j, cut, nil
}

// openOrCreate opens a file, and makes it if there is none.
func openOrCreate(fsys FS, path string) (File, error) {
	f, err := fsys.OpenFile(path, os.O_RDWR, 0)
	if !errors.Is(err, os.ErrNotExist) {
		return f, err
	}
	f, err = fsys.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) { // another process has just made it
		f, err = fsys.OpenFile(path, os.O_RDWR, 0)
	}
	return f, err
}

// load locks the file, reads its records, and prepares the next group.
func load[T any](j *Journal, fold Fold[T]) (cut *Cut, err error) {
	if err := j.file.Lock(); err != nil {
		return nil, errorf("locking %s: %w", filepath.Base(j.name), err)
	}
	if err := j.checkPlace(); err != nil { // it may have been moved before it was locked
		return nil, err
	}
	s, err := scan(j.file, fold)
	if err != nil {
		return nil, err
	}
	if s.info.Torn != nil {
		if cut, err = j.cutTail(s.info); err != nil {
			return nil, err
		}
	}
	if err := j.rewrite(s.lastGroup, s.info.Size); err != nil {
		return nil, errorf("making sure of the journal's last group: %w", err)
	}
	j.head, j.lines = s.info.Head, s.info.Lines
	j.packs = s.version == 0 || s.version >= packsFrom
	g := &group{number: s.info.Groups + 1, n: s.info.Lines, link: s.info.Head, done: make(chan struct{})}
	if g.n == 0 {
		id := make([]byte, 8)
		rand.Read(id) // never fails (crypto/rand)
		g.add(time.Now(), []byte(`"journal":"flexybatch","version":`+strconv.Itoa(Version)+`,"id":"`), []byte(hex.EncodeToString(id)), []byte(`"`))
	}
	j.open <- g
	return cut, nil
}

// rewrite writes the last group again, as it is, from begin to end, and leaves
// the file at its end. It makes sure that what was read is on disk. The process
// before may have died between its last write and the fsync, or its fsync may
// have failed. Then the page cache has the last group, the disk may not have it,
// and no later fsync would write it, because after a failed fsync the pages count
// as clean (Rebello et al., "Can Applications Recover from fsync Failures?", ATC
// 2020). Only after the rewrite may another group begin.
func (j *Journal) rewrite(begin, end int64) error {
	last := make([]byte, end-begin)
	if _, err := j.file.Seek(begin, io.SeekStart); err != nil {
		return err
	}
	if _, err := io.ReadFull(j.file, last); err != nil {
		return err
	}
	if _, err := j.file.Seek(begin, io.SeekStart); err != nil {
		return err
	}
	if err := j.writeSync(last); err != nil {
		return err
	}
	return j.syncDir()
}

// syncDir makes sure that the names of the journal and of the files beside it
// survive a power loss.
func (j *Journal) syncDir() error {
	if err := j.fs.SyncDir(filepath.Dir(j.path)); err != nil {
		return errorf("%w: fsync of its folder: %w", ErrFailed, err)
	}
	return nil
}

// cutTail cuts a torn tail off the file, after it has been written to a file
// beside it. The fsync of rewrite makes the cut durable.
func (j *Journal) cutTail(info Info) (*Cut, error) {
	tail := make([]byte, info.Torn.Bytes) // never more than maxGroup
	if _, err := j.file.Seek(info.Size, io.SeekStart); err != nil {
		return nil, errorf("reading the journal's torn tail: %w", err)
	}
	if _, err := io.ReadFull(j.file, tail); err != nil {
		return nil, errorf("reading the journal's torn tail: %w", err)
	}
	kept, err := j.keepTail(info.Size, tail)
	if err != nil {
		return nil, errorf("keeping the journal's torn tail: %w", err)
	}
	if err := j.file.Truncate(info.Size); err != nil {
		return nil, errorf("cutting the journal's torn tail off: %w", err)
	}
	return &Cut{Torn: *info.Torn, Kept: kept, Text: tail}, nil
}

// maxKept is how many tails that begin at the same offset are kept.
const maxKept = 1000

// keepTail writes the tail to a new file beside the journal, whose name says where
// the tail began.
func (j *Journal) keepTail(offset int64, tail []byte) (name string, err error) {
	var f File
	for try := 1; ; try++ {
		name = fmt.Sprintf("%s.cut-%d-%d", j.path, offset, try)
		f, err = j.fs.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, os.ErrExist) || try == maxKept {
			break
		}
	}
	if err != nil {
		return "", err
	}
	if _, err = f.Write(tail); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	return name, j.syncDir()
}
