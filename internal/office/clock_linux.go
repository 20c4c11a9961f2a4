package office

import (
	"time"

	"golang.org/x/sys/unix"
)

// sinceBoot is the time since the machine was started, with the time it was asleep.
func sinceBoot() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return never // so that no lease is sure
	}
	return time.Duration(t.Nano())
}
