//go:build unix

package journal

import (
	"errors"
	"os"
	"syscall"
)

// lockFile locks an open file, and reports whether it got the lock. flock(2) locks
// the file and not its name, and its lock ends with the process.
func lockFile(f *os.File) (bool, error) {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	if err != nil {
		return false, os.NewSyscallError("flock", err)
	}
	return true, nil
}
