package batch

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"flexybatch/journal"
)

// The journal of the sample payroll, as it was run in simulation by the program that
// wrote version 1 of the format. It must stay readable for ever, and be continued.
func TestOldJournal(t *testing.T) {
	old, err := os.ReadFile(filepath.Join("testdata", "v1.journal"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "june.journal")
	if err := os.WriteFile(path, old, 0o600); err != nil {
		t.Fatal(err)
	}
	check := func(when string, l *Ledger, notes int) {
		t.Helper()
		tally := l.Tally()
		if l.Batch().Name != "june" || tally.Total != 20 || tally.Of(Fulfilled) != 20 || tally.Cost != 32_337_57 || tally.Charged != tally.Cost || len(l.Notes()) != notes {
			t.Errorf("%s: batch %s, %+v, %d notes", when, l.Batch().Name, tally, len(l.Notes()))
		}
	}
	l, info, err := ReadLedger(journal.Disk{}, path)
	if err != nil || info.Torn != nil || info.Size != int64(len(old)) {
		t.Fatalf("%+v, %v", info, err)
	}
	check("as it was", l, 2)
	b, err := OpenBooks(journal.Disk{}, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.write(Record{Note: &NoteRecord{What: NoteStarted}}, Record{Note: &NoteRecord{What: NoteEnded}}); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	l, info, err = ReadLedger(journal.Disk{}, path)
	if err != nil {
		t.Fatal(err)
	}
	check("continued", l, 4)
	now, err := os.ReadFile(path)
	if err != nil || !bytes.HasPrefix(now, old) || bytes.Contains(now, []byte(`"recs":`)) || info.Size != int64(len(now)) {
		t.Errorf("it was not continued in its own version: %v\n%s", err, bytes.TrimPrefix(now, old))
	}
}
