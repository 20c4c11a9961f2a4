package outfile

import "io"

// Replace writes a file whole or not at all, whatever stands in its place, for tests
// of what a crash leaves.
func Replace(path string, write func(io.Writer) error) error {
	return replace(path, 0o600, write, func() error { return nil })
}
