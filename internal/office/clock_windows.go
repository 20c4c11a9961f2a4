package office

import (
	"time"

	"golang.org/x/sys/windows"
)

// sinceBoot is the time since the machine was started, with the time it was asleep.
func sinceBoot() time.Duration { return windows.DurationSinceBoot() }
