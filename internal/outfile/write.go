package outfile

import (
	"bufio"
	"errors"
	"flexybatch/internal/lang"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// temporary is the pattern of the names of temporary files.
const temporary = ".flexybatch-*.tmp"

// Write writes a target that Check has passed, whole or not at all. It looks at the
// target once more just before it replaces it, because a run may take hours. The
// error then wraps a *Refused. If a file was moved aside (see Target.Aside), kept is
// where it is now.
func Write(t Target, write func(io.Writer) error) (kept string, err error) {
	if err := t.check(); err != nil { // before the work of writing
		return "", err
	}
	path := resolve(t.Path)
	err = replace(path, t.Kind.mode(), write, func() (err error) {
		if err := t.check(); err != nil {
			return err
		}
		kept, err = t.makeRoom(path)
		return err
	})
	return kept, err
}

// replace writes to a temporary file beside the file, which is synced and then takes
// the name. Until then, and after any error, the file of that name stays as it was.
// last is called just before the rename.
func replace(path string, mode fs.FileMode, write func(io.Writer) error, last func() error) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, temporary) // mode 0600
	if err != nil {
		return lang.Errorf("making a temporary file for %s: %w", filepath.Base(path), err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignore(os.Remove(f.Name()), fs.ErrNotExist))
		}
	}()
	w := bufio.NewWriterSize(f, 1<<16)
	if err = errors.Join(write(w), w.Flush(), f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return lang.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	if err = last(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		if runtime.GOOS == "windows" {
			return lang.Errorf("replacing %s (is it open in Excel? close it and try again): %w", filepath.Base(path), err)
		}
		return lang.Errorf("replacing %s: %w", filepath.Base(path), err)
	}
	return syncDir(dir)
}

// syncDir makes sure that the new name survives a power loss. Windows has no such call.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return lang.Errorf("syncing the folder: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return lang.Errorf("syncing the folder: %w", err)
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
