package cli

import (
	"bytes"
	"strings"
	"testing"
)

// broken is a stream whose writing is a fault of the program.
type broken struct{}

func (broken) Write([]byte) (int, error) { panic("out of order") }

// A panic is told in words and ends with a code of its own.
func TestPanicEndsWith70(t *testing.T) {
	var stderr bytes.Buffer
	code := run(t.Context(), machine{args: []string{"--help"}, stdin: strings.NewReader(""), stdout: broken{}, stderr: &stderr, getenv: func(string) string { return "" }})
	if said := stderr.String(); code != exitInternal || !strings.Contains(said, "out of order") || !strings.Contains(said, "run the same command again") || !strings.Contains(said, "panic_test.go") {
		t.Errorf("exit code %d, and it says:\n%s", code, said)
	}
}
