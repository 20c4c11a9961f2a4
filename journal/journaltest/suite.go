package journaltest

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"flexybatch/journal"
)

// Storage is what TestFS needs of an implementation of journal.FS.
type Storage struct {
	Process func() journal.FS // the storage as another process sees it, each time
	Folder  string            // a folder without files

	// The functions below are what other people do with files while a process has
	// them open. The tests that need one that is nil are skipped.
	Rename, Link, Symlink func(old, name string) error
	Remove                func(name string) error
}

// TestFS tests an implementation of journal.FS. Every test gets a Storage of its own
// from newStorage.
func TestFS(t *testing.T, newStorage func(t *testing.T) Storage) {
	for _, c := range []struct {
		name string
		test func(*suite)
	}{
		{"open", (*suite).open},
		{"read and write", (*suite).readWrite},
		{"read only", (*suite).readOnly},
		{"closed", (*suite).closed},
		{"lock", (*suite).lock},
		{"lock and read", (*suite).lockAndRead},
		{"lock and files beside it", (*suite).lockBeside},
		{"lock by another name", (*suite).lockOtherName},
		{"lock after a rename", (*suite).lockRenamed},
		{"place", (*suite).place},
		{"place by links", (*suite).placeByLinks},
		{"journal", (*suite).journal},
		{"journal by links", (*suite).journalByLinks},
		{"journal moved", (*suite).journalMoved},
		{"journal moved before it is closed", (*suite).journalMovedAtLast},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStorage(t)
			c.test(&suite{T: t, Storage: s, file: filepath.Join(s.Folder, "june.journal")})
		})
	}
}

// suite is one test of TestFS.
type suite struct {
	*testing.T
	Storage
	file string
}

// must fails the test at the first error.
func (s *suite) must(errs ...error) {
	s.Helper()
	for _, err := range errs {
		if err != nil {
			s.Fatal(err)
		}
	}
}

// need skips the test if the storage cannot do something.
func (s *suite) need(can bool) {
	s.Helper()
	if !can {
		s.Skip("this storage has no such thing")
	}
}

// want fails the test if something is not as it should be.
func (s *suite) want(ok bool, format string, args ...any) {
	s.Helper()
	if !ok {
		s.Errorf(format, args...)
	}
}

// create makes a file with that content.
func (s *suite) create(name, content string) journal.File {
	s.Helper()
	f, err := s.Process().OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	s.must(err)
	s.write(f, content)
	return f
}

// openFile opens a file in another process.
func (s *suite) openFile(name string) journal.File {
	s.Helper()
	f, err := s.Process().OpenFile(name, os.O_RDWR, 0)
	s.must(err)
	s.Cleanup(func() { _ = f.Close() }) // it may be closed already
	return f
}

func (s *suite) write(f journal.File, content string) {
	s.Helper()
	n, err := f.Write([]byte(content))
	s.want(n == len(content) && err == nil, "writing %q: %d, %v", content, n, err)
}

func (s *suite) read(f io.Reader, want string) {
	s.Helper()
	b, err := io.ReadAll(f)
	s.want(string(b) == want && err == nil, "read %q, %v; want %q", b, err, want)
}

func (s *suite) seek(f journal.File, offset int64, whence int, want int64) {
	s.Helper()
	at, err := f.Seek(offset, whence)
	s.want(at == want && err == nil, "seek %d from %d: %d, %v; want %d", offset, whence, at, err, want)
}

func (s *suite) isAt(f journal.File, name string, want bool) {
	s.Helper()
	there, err := f.IsAt(name)
	s.want(there == want && err == nil, "IsAt %s: %t, %v; want %t", filepath.Base(name), there, err, want)
}

// locked fails the test unless another process holds the lock of the file.
func (s *suite) locked(name string) {
	s.Helper()
	f := s.openFile(name)
	locked, ok := errors.AsType[*journal.Locked](f.Lock())
	s.want(ok && locked.Holder != "", "%s is not locked", filepath.Base(name))
	s.must(f.Close())
}

func (s *suite) open() {
	p := s.Process()
	_, err := p.OpenFile(s.file, os.O_RDWR, 0)
	s.want(errors.Is(err, fs.ErrNotExist), "a file that does not exist: %v", err)
	s.want(p.Resolve(s.file) == s.file, "Resolve: %s", p.Resolve(s.file))
	s.must(s.create(s.file, "").Close(), p.SyncDir(s.Folder))
	_, err = p.OpenFile(s.file, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	s.want(errors.Is(err, fs.ErrExist), "a file that exists: %v", err)
}

func (s *suite) readWrite() {
	f := s.create(s.file, "hello, world")
	s.read(f, "")
	s.seek(f, 5, io.SeekStart, 5)
	s.write(f, "!")
	s.seek(f, -2, io.SeekCurrent, 4)
	s.read(f, "o! world")
	s.must(f.Truncate(3))
	s.seek(f, 0, io.SeekEnd, 3)
	s.seek(f, 8, io.SeekStart, 8)
	s.write(f, "x")
	s.seek(f, 0, io.SeekStart, 0)
	s.read(f, "hel\x00\x00\x00\x00\x00x")
	_, err := f.Seek(-1, io.SeekStart)
	s.want(err != nil, "a negative offset is no error")
	s.must(f.Truncate(12), f.Sync())
	s.read(s.openFile(s.file), "hel\x00\x00\x00\x00\x00x\x00\x00\x00")
	s.must(f.Close())
}

func (s *suite) readOnly() {
	s.must(s.create(s.file, "hello").Close())
	f, err := s.Process().OpenFile(s.file, os.O_RDONLY, 0)
	s.must(err)
	s.read(f, "hello")
	_, err = f.Write([]byte("x"))
	s.want(err != nil, "a file that was opened to be read can be written")
	n, err := f.Read(nil)
	s.want(n == 0 && err == nil, "reading nothing: %d, %v", n, err)
	s.must(f.Close())
}

func (s *suite) closed() {
	f := s.create(s.file, "hello")
	s.must(f.Close())
	_, readErr := f.Read(make([]byte, 1))
	_, isAtErr := f.IsAt(s.file)
	for what, err := range map[string]error{"Read": readErr, "Close": f.Close(), "Sync": f.Sync(), "IsAt": isAtErr} {
		s.want(errors.Is(err, fs.ErrClosed), "%s on a closed file: %v", what, err)
	}
	s.want(f.Lock() != nil, "a closed file can be locked")
}

func (s *suite) lock() {
	f := s.create(s.file, "")
	s.must(f.Lock())
	s.locked(s.file)
	s.locked(s.file) // the attempt has changed nothing
	s.must(f.Close())
	again := s.openFile(s.file)
	s.must(again.Lock())
	s.locked(s.file)
	s.must(again.Close())
}

func (s *suite) lockAndRead() {
	f := s.create(s.file, "hello")
	s.must(f.Lock())
	reader := s.openFile(s.file)
	s.read(reader, "hello")
	s.must(reader.Close())
	s.locked(s.file) // that a reader was closed has released nothing
	s.write(f, "!")
	s.must(f.Close())
}

func (s *suite) lockBeside() {
	s.need(s.Remove != nil)
	f := s.create(s.file, "")
	s.must(f.Lock())
	if err := s.Remove(s.file + ".lock"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.Fatal(err)
	}
	s.locked(s.file)
	s.must(s.create(s.file+".lock", "").Close())
	s.locked(s.file)
	s.must(f.Close())
	s.must(s.openFile(s.file).Lock())
}

func (s *suite) lockOtherName() {
	s.need(s.Link != nil && s.Symlink != nil)
	f := s.create(s.file, "")
	s.must(f.Lock())
	hard, soft := filepath.Join(s.Folder, "hard"), filepath.Join(s.Folder, "soft")
	s.must(s.Link(s.file, hard), s.Symlink(s.file, soft))
	s.locked(hard)
	s.locked(soft)
	s.must(f.Close())
	s.must(s.openFile(soft).Lock())
	s.locked(s.file)
}

func (s *suite) lockRenamed() {
	s.need(s.Rename != nil && s.Remove != nil)
	f := s.create(s.file, "")
	s.must(f.Lock())
	moved := filepath.Join(s.Folder, "moved")
	s.must(s.Rename(s.file, moved))
	s.locked(moved)
	other := s.create(s.file, "")
	s.must(other.Lock(), other.Close()) // another file has a lock of its own
	s.must(s.Remove(moved), f.Close())
}

func (s *suite) place() {
	f := s.create(s.file, "hello")
	s.isAt(f, s.file, true)
	s.isAt(f, filepath.Join(s.Folder, "none"), false)
	s.need(s.Rename != nil && s.Remove != nil)
	moved := filepath.Join(s.Folder, "moved")
	s.must(s.Rename(s.file, moved))
	s.isAt(f, s.file, false)
	s.isAt(f, moved, true)
	replaced := s.create(s.file, "hello")
	s.isAt(f, s.file, false)
	s.isAt(replaced, s.file, true)
	s.must(s.Rename(moved, s.file)) // back again
	s.isAt(f, s.file, true)
	s.isAt(replaced, s.file, false)
	s.must(s.Remove(s.file))
	s.isAt(f, s.file, false)
	s.must(f.Close(), replaced.Close())
}

func (s *suite) placeByLinks() {
	s.need(s.Link != nil && s.Symlink != nil)
	f := s.create(s.file, "hello")
	hard, soft := filepath.Join(s.Folder, "hard"), filepath.Join(s.Folder, "soft")
	s.must(s.Link(s.file, hard), s.Symlink(s.file, soft))
	s.isAt(f, hard, true)
	s.isAt(f, soft, true)
	p := s.Process()
	s.want(p.Resolve(soft) == p.Resolve(s.file), "Resolve: %s", p.Resolve(soft))
	s.want(p.Resolve(hard) == filepath.Join(filepath.Dir(p.Resolve(s.file)), "hard"), "Resolve: %s", p.Resolve(hard))
	s.must(s.Remove(s.file))
	s.isAt(f, soft, false)
	s.isAt(f, hard, true)
	s.must(f.Close())
}
