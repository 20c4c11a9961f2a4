package batch_test

import (
	"os"

	"flexybatch/journal"
)

// watched is a disk that tells the schedule what is on it after each fsync.
type watched struct {
	journal.FS
	schedule *schedule
}

func (w *watched) OpenFile(name string, flag int, perm os.FileMode) (journal.File, error) {
	f, err := w.FS.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return &watchedFile{f, name, w.schedule}, nil
}

type watchedFile struct {
	journal.File
	name     string
	schedule *schedule
}

func (f *watchedFile) Sync() error {
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
