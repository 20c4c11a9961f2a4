package batch_test

import (
	"os"

	"flexybatch/journal"
)

// syncedFS is a disk that tells the schedule what is in the journal after each
// fsync.
type syncedFS struct {
	journal.FS
	schedule *schedule
}

func (w *syncedFS) OpenFile(name string, flag int, perm os.FileMode) (journal.File, error) {
	f, err := w.FS.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return &syncedFile{f, name, w.schedule}, nil
}

// syncedFile is a file of a syncedFS.
type syncedFile struct {
	journal.File
	name     string
	schedule *schedule
}

func (f *syncedFile) Sync() error {
	if err := f.File.Sync(); err != nil {
		return err
	}
	content, err := f.schedule.disk.ReadFile(f.name)
	if err == nil && f.name == journalName {
		f.schedule.durable.Lock()
		f.schedule.synced = string(content)
		f.schedule.durable.Unlock()
	}
	return nil
}
