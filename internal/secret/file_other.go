//go:build !windows

package secret

import (
	"fmt"
	"os"

	"flexybatch/internal/lang"
)

// othersMay tells whether group or others have access to a file. Where there is an
// access list, the group's bits are its mask, and tell of it too (POSIX.1e).
func othersMay(f *os.File, what access) (bool, error) {
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	bits := os.FileMode(0o077)
	if what == toWrite {
		bits = 0o022
	}
	return info.Mode().Perm()&bits != 0, nil
}

// closeToOthers leaves a file to its owner.
func closeToOthers(f *os.File) error { return f.Chmod(0o600) }

// closing is the command that takes the access away.
func closing(path string, what access) string {
	if what == toWrite {
		return fmt.Sprintf("chmod go-w %s", lang.Quote(path))
	}
	return fmt.Sprintf("chmod 600 %s", lang.Quote(path))
}
