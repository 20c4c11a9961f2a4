package cli

import (
	"os"

	"flexybatch/internal/outfile"
)

// target is the file of the log.
func (l logFlags) target() outfile.Target { return outfile.Target{Path: l.file, Kind: outfile.Log} }

// logFile is the file that the log is appended to. It is opened when the first line is
// written: before that, the job makes sure that it is not a file that must stay as it
// is (money rule 17). A logger writes one line at a time.
type logFile struct {
	path string
	file *os.File // nil: not opened
	err  error    // why it could not be opened
}

// Write appends to the file.
func (l *logFile) Write(b []byte) (int, error) {
	if l.file == nil && l.err == nil {
		l.file, l.err = os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	}
	if l.err != nil {
		return 0, l.err
	}
	return l.file.Write(b)
}

// Close closes the file, and tells if it could not be opened.
func (l *logFile) Close() error {
	switch {
	case l.err != nil:
		return nothingf("opening the log file: %w", l.err)
	case l.file == nil:
		return nil
	}
	return l.file.Close()
}
