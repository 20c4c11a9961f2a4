package publish

import (
	"os"
	"path/filepath"

	"flexybatch/internal/lang"
)

// BadTarget is the error of an address or a file that can never be published to,
// whatever becomes of it: what was asked for is wrong.
type BadTarget struct {
	flag    string
	message lang.Message
}

func badTarget(flag string, m lang.Message) error { return &BadTarget{flag, m} }

func (e *BadTarget) Error() string { return e.message.String() }

// Message says what is wrong with it.
func (e *BadTarget) Message() lang.Message { return e.message }

// Flag names the flag that asked for it.
func (e *BadTarget) Flag() string { return e.flag }

// Within is a file of a name where path is a folder, else path itself.
func Within(path, name string) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, name)
	}
	return path
}
