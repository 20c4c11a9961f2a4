package journal_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"flexybatch/journal"
)

// Who holds a journal is told without a lock, and nobody is named who has let it go or
// has crashed.
func TestHolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "june.journal")
	if who := journal.Holder(path); who != "" {
		t.Errorf("a journal that is not there is held by %q", who)
	}
	cmd, in := holder(t, path)
	if who := journal.Holder(path); !strings.Contains(who, fmt.Sprintf("process %d on ", cmd.Process.Pid)) {
		t.Errorf("the holder is %q", who)
	}
	must(t, cmd.Process.Kill())
	_ = cmd.Wait() // it was killed
	_ = in.Close()
	if who := journal.Holder(path); who != "" {
		t.Errorf("a process that crashed still holds it: %q", who)
	}
}
