package report

import (
	"io"

	"flexybatch/internal/outfile"
)

// WriteFile is outfile.Replace. A command that knows what it writes calls
// outfile.Write, which also looks at what it replaces.
func WriteFile(path string, write func(io.Writer) error) error { return outfile.Replace(path, write) }
