package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// WriteFile writes a file whole or not at all. It writes a temporary file beside
// it, which only its owner can read, syncs it and renames it. Until then, and after
// any error, a file of that name stays as it was.
func WriteFile(path string, write func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".flexybatch-*.tmp") // mode 0600
	if err != nil {
		return fmt.Errorf("making a temporary file for %s: %w", filepath.Base(path), err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignore(os.Remove(f.Name()), fs.ErrNotExist))
		}
	}()
	w := bufio.NewWriterSize(f, 1<<16)
	if err = errors.Join(write(w), w.Flush(), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	if err = os.Rename(f.Name(), path); err != nil {
		if runtime.GOOS == "windows" {
			return fmt.Errorf("replacing %s (is it open in Excel? close it and try again): %w", filepath.Base(path), err)
		}
		return fmt.Errorf("replacing %s: %w", filepath.Base(path), err)
	}
	return syncDir(dir)
}

// syncDir syncs a folder, so that a new name in it survives a power loss. Windows
// has no such call.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("syncing the folder: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("syncing the folder: %w", err)
	}
	return nil
}

// ignore drops an error of one kind.
func ignore(err, kind error) error {
	if errors.Is(err, kind) {
		return nil
	}
	return err
}
