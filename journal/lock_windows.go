package journal

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lockedByte is the offset of the one byte that is locked. Windows keeps others
// from reading what is locked, so it is far beyond the end of any journal.
const lockedByte = 1 << 62

// lockFile locks an open file, and reports whether it got the lock. LockFileEx
// locks the file and not its name, and its lock ends with the process.
func lockFile(f *os.File) (bool, error) {
	at := &windows.Overlapped{Offset: lockedByte & (1<<32 - 1), OffsetHigh: lockedByte >> 32}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return false, nil
	}
	if err != nil {
		return false, os.NewSyscallError("LockFileEx", err)
	}
	return true, nil
}
