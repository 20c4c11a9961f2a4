package cli

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// ownWindow tells that no other process has the program's console window: Windows
// opened it for this program, which nobody typed into a shell.
func ownWindow() bool {
	list := windows.NewLazySystemDLL("kernel32.dll").NewProc("GetConsoleProcessList")
	var processes [2]uint32
	n, _, _ := list.Call(uintptr(unsafe.Pointer(&processes[0])), uintptr(len(processes)))
	return n == 1
}
