//go:build unix && !linux

package office

import (
	"time"

	"golang.org/x/sys/unix"
)

// sinceBoot is a clock that only goes forward. On macOS it goes on while the machine
// sleeps.
func sinceBoot() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		return never // so that no lease is sure
	}
	return time.Duration(t.Nano())
}
