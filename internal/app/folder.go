package app

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/journal"
)

// Folder is a folder of batches: their journals and workbooks, and beside them the
// files that people gave for them. A door that keeps batches for people has one.
type Folder struct {
	Path    string
	Storage Storage // where the journals lie; nil: in the folder

	// Taken tells a name that a batch elsewhere has. nil: there is none elsewhere.
	Taken func(name string) (bool, error)
}

// storage is where the journals lie.
func (f Folder) storage() Storage {
	if f.Storage == nil {
		return Disk{}
	}
	return f.Storage
}

// inputSuffix ends the name of the folder that holds what was given for a batch.
const inputSuffix = ".input"

// FolderBatch is a batch of a folder, as far as it can be told without replaying its
// journal.
type FolderBatch struct {
	Name    string
	Begun   bool      // it has a journal
	Draft   bool      // a file was given for it
	Touched time.Time // when its journal was written last, or its draft where it has none
	Size    int64     // of the journal, in bytes

	Head batch.BatchRecord // the first of the journal; zero for a draft, and where Err is set
	Err  error             // why the journal cannot be read
}

// Batches lists the batches of the folder, those that were touched last first. A
// folder that is not there has none.
func (f Folder) Batches() ([]FolderBatch, error) {
	entries, err := os.ReadDir(f.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nothing(err)
	}
	journals, err := f.storage().Journals(f.Path)
	if err != nil {
		return nil, nothing(err)
	}
	by := map[string]*FolderBatch{}
	at := func(name string) *FolderBatch {
		if by[name] == nil {
			by[name] = &FolderBatch{Name: name}
		}
		return by[name]
	}
	for _, path := range journals {
		at(strings.TrimSuffix(filepath.Base(path), ".journal")).readJournal(f.storage(), path)
	}
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), inputSuffix); ok && e.IsDir() {
			if d, err := f.Draft(name); err == nil {
				b := at(name)
				b.Draft = true
				if last := d.Current().At; !b.Begun && last.After(b.Touched) {
					b.Touched = last
				}
			}
		}
	}
	sorted := slices.SortedFunc(maps.Values(by), func(a, b *FolderBatch) int {
		return cmp.Or(b.Touched.Compare(a.Touched), strings.Compare(a.Name, b.Name))
	})
	list := make([]FolderBatch, 0, len(by))
	for _, b := range sorted {
		b.passOverEmpty()
		list = append(list, *b)
	}
	return list, nil
}

// readJournal reads the first record of the batch's journal.
func (b *FolderBatch) readJournal(s Storage, path string) {
	b.Begun = true
	if touched, size, err := s.Look(path); err == nil {
		b.Touched, b.Size = touched, size
	}
	if b.Head, b.Err = batch.ReadHead(s, path); b.Err != nil {
		b.Err = &JournalError{Journal: path, Err: b.Err}
	}
}

// Batch finds a batch of the folder by its name.
func (f Folder) Batch(name string) (*FolderBatch, error) {
	if why := badName(name); !why.IsZero() {
		return nil, &NoSuchBatch{Name: name}
	}
	b := &FolderBatch{Name: name}
	if f.Begun(name) {
		b.readJournal(f.storage(), f.Journal(name))
	}
	d, err := f.Draft(name)
	if err == nil {
		b.Draft = true
		if !b.Begun {
			b.Touched = d.Current().At
		}
	}
	if !b.Begun && !b.Draft {
		return nil, &NoSuchBatch{Name: name}
	}
	b.passOverEmpty()
	return b, nil
}

// passOverEmpty takes a batch whose journal was made, and holds no batch yet, for one
// that was not begun: a run has come no further, or a crash has ended it there. The
// draft tells what is to be paid.
func (b *FolderBatch) passOverEmpty() {
	if b.Draft && errors.Is(b.Err, batch.ErrNoBatch) {
		b.Begun, b.Err = false, nil
	}
}

// Journal is the path of a batch's journal.
func (f Folder) Journal(name string) string { return filepath.Join(f.Path, name+".journal") }

// Begun tells whether a batch has a journal, or may have one that cannot be looked at.
func (f Folder) Begun(name string) bool { return !missing(f.storage(), f.Journal(name)) }

// Books is where a batch of the folder lives, by its journal alone.
func (f Folder) Books(name string) Place {
	return Place{File: f.Journal(name), State: f.Path, Storage: f.Storage}
}

// Place is where a batch of the folder lives: with the file that was given for it
// last, or with its journal alone.
func (f Folder) Place(name string) Place {
	d, err := f.Draft(name)
	if err != nil {
		return f.Books(name)
	}
	p := Place{File: f.file(d, d.Current()), State: f.Path, Storage: f.Storage}
	if d.Meant {
		p.Batch = name
	}
	return p
}

// NoSuchBatch says that a folder has no batch of a name.
type NoSuchBatch struct {
	wrongUse
	Name string
}

func (e *NoSuchBatch) Error() string { return e.Message().String() }

// Message names the batch.
func (e *NoSuchBatch) Message() lang.Message {
	return lang.Msg("there is no batch %q here", e.Name)
}

// Holder is the process that runs a batch of the folder, as it names itself; empty
// where none does. It is for people: what is refused is decided by the lock.
func (f Folder) Holder(name string) string {
	if _, file := f.storage().(Disk); !file {
		return ""
	}
	return journal.Holder(f.Journal(name))
}
