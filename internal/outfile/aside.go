package outfile

import (
	"errors"
	"flexybatch/internal/lang"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// makeRoom moves the file at the path aside, if the target does so with what it holds,
// and returns where it is then.
func (t Target) makeRoom(path string) (kept string, err error) {
	if t.Aside == Never {
		return "", nil
	}
	has, err := identify(path)
	if err != nil || !t.movesAside(has) {
		return "", err
	}
	kept, err = reserve(path)
	if err == nil {
		if err = os.Rename(path, kept); err == nil {
			return kept, nil
		}
		err = errors.Join(err, os.Remove(kept))
	}
	return "", lang.Errorf("moving %s aside: %w", filepath.Base(path), err)
}

// reserve makes an empty file of the next free name for a file that is moved aside:
// NAME.kept-1.xlsx for NAME.xlsx. Since the name is taken from then on, the rename
// replaces nobody else's file.
func reserve(path string) (string, error) {
	ext := filepath.Ext(path)
	for n := 1; ; n++ {
		kept := fmt.Sprintf("%s.kept-%d%s", strings.TrimSuffix(path, ext), n, ext)
		f, err := os.OpenFile(kept, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		switch {
		case err == nil:
			return kept, f.Close()
		case !errors.Is(err, fs.ErrExist):
			return "", err
		}
	}
}
