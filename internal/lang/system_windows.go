package lang

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// troubles are what the system's numbers mean.
func troubles() map[syscall.Errno]trouble {
	return map[syscall.Errno]trouble{
		windows.ERROR_DIRECTORY:            noFolder,
		windows.ERROR_DIR_NOT_EMPTY:        notEmpty,
		windows.ERROR_DISK_FULL:            fullDisk,
		windows.ERROR_HANDLE_DISK_FULL:     fullDisk,
		windows.ERROR_WRITE_PROTECT:        readOnly,
		windows.ERROR_SHARING_VIOLATION:    inUse,
		windows.ERROR_LOCK_VIOLATION:       inUse,
		windows.ERROR_BUSY:                 inUse,
		windows.ERROR_TOO_MANY_OPEN_FILES:  tooMany,
		windows.ERROR_INVALID_NAME:         badName,
		windows.ERROR_FILENAME_EXCED_RANGE: badName,
		windows.ERROR_BAD_PATHNAME:         badName,
		windows.ERROR_CRC:                  broken,
		windows.ERROR_IO_DEVICE:            broken,
		syscall.EISDIR:                     folder, // which package os makes itself
	}
}

// severances are what the network's numbers mean.
func severances() map[syscall.Errno]severance {
	return map[syscall.Errno]severance{
		windows.WSAECONNREFUSED:  nobody,
		windows.WSAENETUNREACH:   noWay,
		windows.WSAEHOSTUNREACH:  noWay,
		windows.WSAENETDOWN:      noWay,
		windows.WSAECONNRESET:    brokenOff,
		windows.WSAECONNABORTED:  brokenOff,
		windows.WSAETIMEDOUT:     late,
		windows.WSAEADDRINUSE:    taken,
		windows.WSAEADDRNOTAVAIL: notHere,
		windows.WSAEACCES:        reserved,
	}
}
