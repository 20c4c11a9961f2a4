package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// Holder returns who holds a journal, as the file beside it says, or an empty string
// if nobody does. It takes no lock, so that a process that is about to take it is not
// kept from it; what it says is for people only.
func Holder(path string) string {
	if to, err := filepath.EvalSymlinks(path); err == nil {
		path = to
	}
	text, err := holderOf(path).content()
	if err != nil || !strings.HasPrefix(string(text), holderStart) {
		return ""
	}
	var process int
	var host string
	if _, err := fmt.Sscanf(string(text), "process %d on %s", &process, &host); err != nil {
		return ""
	}
	here, _ := os.Hostname()
	if strings.TrimSuffix(host, ",") == here && !alive(process) {
		return "" // it crashed, and its lock went with it
	}
	return string(text)
}

// alive tells whether a process of this machine is there.
func alive(process int) bool {
	p, err := os.FindProcess(process)
	if err != nil {
		return false
	}
	defer func() { _ = p.Release() }()
	if runtime.GOOS == "windows" { // where it was opened, so it is there
		return true
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}
