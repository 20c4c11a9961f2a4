package cli

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// useLargePages has the heap of a process that is about to read a file of many rows grow
// into pages of 2 MB, where Linux gives them to those who ask: with "madvise" in
// /sys/kernel/mm/transparent_hugepage/enabled, as on Ubuntu. aRow is how many bytes of
// the file a row takes at least. A page is cleared and mapped when it is first used, which took a
// tenth of the processor time of a run of 20,000 rows, and Go does not ask.
//
// Memory that was given back and never used is where the heap grows next. Nothing but
// speed depends on that, so a refusal says nothing.
func useLargePages(file string, aRow int64) {
	const manyRows, room = 8 << 10, 64 << 20 // the room in bytes
	if info, err := os.Stat(file); err != nil || info.Size() < manyRows*aRow {
		return
	}
	_ = unix.Madvise(make([]byte, room), unix.MADV_HUGEPAGE)
	runtime.GC() // gives it back
}
