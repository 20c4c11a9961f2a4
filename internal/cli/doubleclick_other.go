//go:build !windows

package cli

// ownWindow is never true: other systems open no window for a program.
func ownWindow() bool { return false }
