package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"flexybatch/journal"
)

// Storage is where the journals of batches lie: Disk, or the database of an office.
// What else belongs to a batch, such as its input and its workbooks, is in files.
type Storage interface {
	journal.FS
	// Journals lists the journals of a folder by their paths.
	Journals(folder string) ([]string, error)
	// Look returns when a journal was written last, and its size in bytes. Its error
	// wraps fs.ErrNotExist if there is none.
	Look(path string) (touched time.Time, size int64, err error)
	// Same tells whether two paths lead to one journal.
	Same(a, b string) bool
}

// Disk is the Storage of the machine's own file system.
type Disk struct{ journal.Disk }

// Journals lists the files of the folder that have a journal's name.
func (Disk) Journals(folder string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(escapeGlob(folder), "*.journal"))
	if err != nil {
		return nil, nothing(err)
	}
	return paths, nil
}

// escapeGlob takes a folder's name literally.
func escapeGlob(s string) string {
	if os.PathSeparator == '\\' {
		return s
	}
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(s)
}

// Look asks the file system.
func (Disk) Look(path string) (touched time.Time, size int64, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}, 0, err
	}
	return info.ModTime(), info.Size(), nil
}

// Same compares the paths, and then the files.
func (Disk) Same(a, b string) bool {
	if filepath.Clean(a) == filepath.Clean(b) {
		return true
	}
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// Look returns when the journal of a place that names it was written last, and its size
// in bytes.
func (p Place) Look() (touched time.Time, size int64, err error) {
	at := Location{stored: p.Storage}
	return at.storage().Look(p.File)
}

// Storage is where the batch's journal lies.
func (at *Location) Storage() Storage { return at.storage() }

// storage is where the batch's journal lies.
func (at *Location) storage() Storage {
	if at.stored == nil {
		return Disk{}
	}
	return at.stored
}

// missing tells that there is no journal.
func missing(s Storage, path string) bool {
	_, _, err := s.Look(path)
	return errors.Is(err, fs.ErrNotExist)
}
