//go:build !linux

package cli

// useLargePages does nothing: other systems give large pages by themselves, or not at all.
func useLargePages(string, int64) {}
