package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"flexybatch/batch"
	"flexybatch/ingest"
	"flexybatch/journal"
)

// otherBatches are the journals beside this batch's that belong to the same
// world: a simulated payment says nothing about a real one.
func (r *runner) otherBatches(each func(path string, b batch.BatchRecord) error) error {
	others, err := filepath.Glob(filepath.Join(escapeGlob(r.state), "*.journal"))
	if err != nil {
		return failf(exitNothing, "%w", err)
	}
	for _, path := range others {
		b, err := batch.ReadHead(journal.Disk{}, path)
		if err != nil || b.Name == r.name || (b.Account.Type == batch.Simulated) != r.simulate {
			continue // also what is no journal, or not readable: it is not this batch's business
		}
		if err := each(path, b); err != nil {
			return err
		}
	}
	return nil
}

// sameFileElsewhere refuses a file that was run under another name, unless the
// operator named the batch: a renamed file is the same payroll, and its refs
// would all be new.
func (r *runner) sameFileElsewhere() error {
	if r.named {
		return nil
	}
	sum, err := ingest.Digest(r.file)
	if err != nil {
		return failf(exitNothing, "%w", err)
	}
	return r.otherBatches(func(path string, b batch.BatchRecord) error {
		if b.SHA256 != sum {
			return nil
		}
		return failf(exitNothing, "%s is, byte for byte, the file %s that was run as batch %q (%s).\nTo resume that batch: --batch %q. To pay all of it once more on purpose: --batch %q",
			filepath.Base(r.file), b.File, b.Name, path, b.Name, r.name)
	})
}

// recent is how long ago another batch may have been touched for its rows to be
// told of: a pay period.
const recent = 30 * 24 * time.Hour

// sharedWithOthers tells, a line a batch, which recent batches have rows of this
// one.
func (r *runner) sharedWithOthers(rows []batch.Row, valid int) ([]string, error) {
	var lines []string
	err := r.otherBatches(func(path string, b batch.BatchRecord) error {
		info, err := os.Stat(path)
		if err == nil && time.Since(info.ModTime()) > recent {
			return nil // nothing was written to it since
		}
		l, _, err := batch.ReadLedger(journal.Disk{}, path)
		if err != nil {
			lines = append(lines, fmt.Sprintf("The batch %s beside it cannot be read (%v): whether it has rows of this one is not known.", b.Name, err))
			return nil
		}
		if n := l.Shared(rows); n > 0 {
			lines = append(lines, fmt.Sprintf("Attention: %d of %s also in %s (same phone, plan and amount), last touched %s.",
				n, count(valid, "row was", "rows were"), b.Name, span(l)))
		}
		return nil
	})
	return lines, err
}

// span is when a batch was last written to, for people.
func span(l *batch.Ledger) string {
	_, last := l.Span()
	return last.Local().Format("2006-01-02 15:04")
}

// escapeGlob takes a folder's name literally.
func escapeGlob(s string) string {
	if os.PathSeparator == '\\' {
		return s
	}
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(s)
}
