package journal_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"

	"flexybatch/journal"
	"flexybatch/journal/journaltest"
)

// After the first failed write or fsync nothing more is written and nothing is
// synced again (money rule 9). What was promised before is there when the journal
// is opened again; what failed may be there or not.
func TestFirstFailureIsTheLast(t *testing.T) {
	for what, c := range map[string]struct {
		kind journaltest.OpKind
		err  error
	}{
		"write fails":         {journaltest.OpWrite, syscall.EIO},
		"disk full":           {journaltest.OpWrite, syscall.ENOSPC},
		"disk full half way":  {journaltest.OpWrite, &journaltest.Short{Bytes: 100, Err: syscall.ENOSPC}},
		"full, all but a bit": {journaltest.OpWrite, &journaltest.Short{Bytes: 390, Err: syscall.ENOSPC}},
		"fsync fails":         {journaltest.OpSync, syscall.EIO},
	} {
		t.Run(what, func(t *testing.T) {
			disk := journaltest.NewDisk()
			j, _, _ := open(t, disk.Process("p"))
			must(t, j.Append(at, rec(1)))
			var after []journaltest.OpKind // what was done from the failure on
			disk.Hook = func(op journaltest.Op) error {
				if op.Kind == c.kind && len(after) == 0 {
					after = append(after, op.Kind)
					return c.err
				}
				if len(after) > 0 {
					after = append(after, op.Kind)
				}
				return nil
			}
			first := j.Append(at, rec(2))
			if !errors.Is(first, journal.ErrFailed) || !errors.Is(first, errors.Unwrap(c.err)) && !errors.Is(first, c.err) {
				t.Errorf("the first error is %v", first)
			}
			for range 3 {
				if err := j.Append(at, rec(3)); !errors.Is(err, first) {
					t.Errorf("a later error is %v, want the first, %v", err, first)
				}
			}
			must(t, j.Close())
			if !slices.Equal(after, []journaltest.OpKind{c.kind, journaltest.OpClose}) {
				t.Errorf("from the failure on: %v", after)
			}
			disk.Hook = nil
			disk.Crash(rand.New(rand.NewPCG(1, 1)), journaltest.ProcessDeath)
			j, records, _ := open(t, disk.Process("q"))
			if len(records) < 1 || len(records) > 2 || records[0] != string(rec(1)) {
				t.Errorf("after reopening: %q", records)
			}
			must(t, j.Append(at, rec(4)), j.Close())
		})
	}
}

// A failed fsync leaves a group that everybody can read and that the disk may not
// have. The next Open writes the group again before it trusts it, so that what it
// returns survives a power loss (Rebello et al., ATC 2020).
func TestReopenedAfterFailedFsync(t *testing.T) {
	for seed := range uint64(200) {
		disk := journaltest.NewDisk()
		j, _, _ := open(t, disk.Process("p"))
		must(t, j.Append(at, rec(1)))
		disk.Hook = func(op journaltest.Op) error {
			if op.Kind == journaltest.OpSync {
				return syscall.EIO
			}
			return nil
		}
		if err := j.Append(at, rec(2)); err == nil {
			t.Fatal("Append succeeded without fsync")
		}
		must(t, j.Close())
		disk.Hook = nil
		j, shown, _ := open(t, disk.Process("q"))
		must(t, j.Append(at, rec(3)))
		disk.Crash(rand.New(rand.NewPCG(seed, 2)), journaltest.PowerLoss)
		_, records, _ := open(t, disk.Process("r"))
		if want := append(shown, string(rec(3))); !slices.Equal(records, want) {
			t.Fatalf("seed %d: promised %q, found %q", seed, want, records)
		}
	}
}

// Open fails if the folder cannot be synced: the name of a new journal might be
// lost in a power loss, and everything in the journal with it.
func TestFolderIsSyncedFirst(t *testing.T) {
	disk := journaltest.NewDisk()
	synced := false
	disk.Hook = func(op journaltest.Op) error {
		switch {
		case op.Kind == journaltest.OpSyncDir && op.Name == "pay":
			synced = true
		case op.Kind == journaltest.OpWrite && op.Bytes > 0 && !synced:
			t.Error("something was written before the folder was synced")
		}
		return nil
	}
	j, _, _ := open(t, disk.Process("p"))
	must(t, j.Append(at, rec(1)), j.Close())
	disk.Hook = func(op journaltest.Op) error {
		if op.Kind == journaltest.OpSyncDir {
			return syscall.EIO
		}
		return nil
	}
	if _, _, err := journal.Open(disk.Process("q"), name, collect(new([]string))); !errors.Is(err, syscall.EIO) {
		t.Errorf("Open: %v", err)
	}
}

// A torn tail is either still in the journal or in the file beside it, at whatever
// operation Open dies while it cuts the tail off.
func TestCutTailIsNeverLost(t *testing.T) {
	content, _ := written(t, 1, 40)
	const torn = 2000
	tail := content[len(bytes.Join(lines(content)[:3], nil)):torn]
	completed := false // Open came to its end before it was to die
	for deadly := 1; !completed; deadly++ {
		for seed := range uint64(20) {
			disk := journaltest.NewDisk()
			disk.WriteFile(name, content[:torn])
			countdown := deadly
			disk.Hook = func(journaltest.Op) error {
				if countdown--; countdown == 0 {
					return journaltest.ErrKilled
				}
				return nil
			}
			_, _, err := journal.Open(disk.Process("p"), name, collect(new([]string)))
			completed = completed || err == nil
			disk.Crash(rand.New(rand.NewPCG(seed, uint64(deadly))), journaltest.PowerLoss)
			found := false
			for _, file := range disk.Names() {
				b, err := disk.ReadFile(file)
				must(t, err)
				found = found || bytes.HasSuffix(b, tail)
			}
			if !found {
				t.Fatalf("killed at operation %d, seed %d: the tail is nowhere: %v", deadly, seed, disk.Names())
			}
		}
	}
}
