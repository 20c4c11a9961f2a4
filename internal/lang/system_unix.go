//go:build !windows

package lang

import "syscall"

// troubles are what the system's numbers mean.
func troubles() map[syscall.Errno]trouble {
	return map[syscall.Errno]trouble{
		syscall.EISDIR:       folder,
		syscall.ENOTDIR:      noFolder,
		syscall.ENOTEMPTY:    notEmpty,
		syscall.ENOSPC:       fullDisk,
		syscall.EDQUOT:       fullDisk,
		syscall.EROFS:        readOnly,
		syscall.EBUSY:        inUse,
		syscall.ETXTBSY:      inUse,
		syscall.EMFILE:       tooMany,
		syscall.ENFILE:       tooMany,
		syscall.ENAMETOOLONG: badName,
		syscall.EILSEQ:       badName,
		syscall.EIO:          broken,
	}
}

// severances are what the network's numbers mean.
func severances() map[syscall.Errno]severance {
	return map[syscall.Errno]severance{
		syscall.ECONNREFUSED:  nobody,
		syscall.ENETUNREACH:   noWay,
		syscall.EHOSTUNREACH:  noWay,
		syscall.ENETDOWN:      noWay,
		syscall.ECONNRESET:    brokenOff,
		syscall.ECONNABORTED:  brokenOff,
		syscall.EPIPE:         brokenOff,
		syscall.ETIMEDOUT:     late,
		syscall.EADDRINUSE:    taken,
		syscall.EADDRNOTAVAIL: notHere,
		syscall.EACCES:        reserved,
	}
}
