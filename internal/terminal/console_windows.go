package terminal

import (
	"os"

	"golang.org/x/sys/windows"
)

// understands asks the console to obey control sequences. Those before Windows
// 10 cannot.
func understands(f *os.File) bool {
	var mode uint32
	console := windows.Handle(f.Fd())
	return windows.GetConsoleMode(console, &mode) == nil &&
		windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
