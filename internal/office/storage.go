package office

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"flexybatch/internal/lang"
	"flexybatch/journal"
)

// Storage is the database as the disk on which the journals of an account lie. A
// journal is known by its file's name; the folder says nothing. Without a lease the
// journals can only be read.
type Storage struct {
	store   store
	account int64
	lease   *Lease // nil: read only
	holder  string // who holds the locks, for people
}

// errReadOnly says that nothing can be written without a lease.
var errReadOnly = lang.Errorf("without the account's lease its journals can only be read")

// OpenFile opens a journal, or a file beside it.
func (s *Storage) OpenFile(name string, flag int, _ fs.FileMode) (journal.File, error) {
	f := &file{storage: s, name: filepath.Base(name), write: flag&(os.O_WRONLY|os.O_RDWR) != 0}
	f.by.holder = s.holder
	if s.lease != nil {
		f.by.account, f.by.epoch = s.lease.account, s.lease.epoch
	}
	ctx, cancel := limited(context.Background())
	defer cancel()
	info, err := s.store.find(ctx, s.account, f.name)
	switch {
	case err == nil && flag&os.O_CREATE != 0 && flag&os.O_EXCL != 0:
		err = fs.ErrExist
	case errors.Is(err, fs.ErrNotExist) && flag&os.O_CREATE != 0 && s.lease == nil:
		err = errReadOnly
	case errors.Is(err, fs.ErrNotExist) && flag&os.O_CREATE != 0:
		f.id, err = s.store.create(ctx, f.by, f.name)
	default:
		f.id = info.id
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return f, nil
}

// Resolve returns name: there are no links.
func (s *Storage) Resolve(name string) string { return name }

// SyncDir does nothing: what is committed is on disk.
func (s *Storage) SyncDir(string) error { return nil }

// Journals lists the account's journals as if they lay in the folder.
func (s *Storage) Journals(folder string) ([]string, error) {
	ctx, cancel := limited(context.Background())
	defer cancel()
	names, err := s.store.names(ctx, s.account)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, name := range names {
		if strings.HasSuffix(name, ".journal") {
			paths = append(paths, filepath.Join(folder, name))
		}
	}
	return paths, nil
}

// Look returns when a journal was written last, and its size.
func (s *Storage) Look(path string) (touched time.Time, size int64, err error) {
	ctx, cancel := limited(context.Background())
	defer cancel()
	info, err := s.store.find(ctx, s.account, filepath.Base(path))
	return info.touched, info.size, err
}

// Same compares the files' names.
func (s *Storage) Same(a, b string) bool { return filepath.Base(a) == filepath.Base(b) }

// newHandle names an open file.
func newHandle() string { return rand.Text() }
