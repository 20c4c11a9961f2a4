package journaltest_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"testing"

	"flexybatch/journal"
	"flexybatch/journal/journaltest"
)

func create(t *testing.T, p *journaltest.Process, name string) journal.File {
	t.Helper()
	f, err := p.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// must fails the test at the first error.
func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func write(t *testing.T, f journal.File, b []byte) {
	t.Helper()
	if _, err := f.Write(b); err != nil {
		t.Fatal(err)
	}
}

// fill returns a number of sectors of one letter.
func fill(letter byte, sectors int) []byte { return bytes.Repeat([]byte{letter}, 512*sectors) }

// What was synced is there after every power loss. What was not synced shows, under
// some seed, each kind of damage that the package comment lists, and no other.
func TestPowerLoss(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(2000) {
		disk := journaltest.NewDisk()
		p := disk.Process("p")
		f := create(t, p, "a")
		synced := append(fill('s', 1), "tail"...)
		write(t, f, synced)
		must(t, f.Sync(), p.SyncDir("."))
		write(t, f, fill('u', 4))
		disk.Crash(rand.New(rand.NewPCG(seed, 0)), journaltest.PowerLoss)

		b, err := disk.ReadFile("a")
		must(t, err)
		if !bytes.HasPrefix(b, synced) || len(b) > len(synced)+4*512 {
			t.Fatalf("seed %d: what was synced is not there: %q", seed, b)
		}
		rest := b[len(synced):]
		if len(bytes.Trim(rest, "u\x00")) > 0 {
			t.Fatalf("seed %d: bytes that nobody wrote: %q", seed, rest)
		}
		whole := len(rest) == 4*512
		last := bytes.LastIndexByte(rest, 'u')
		switch hole := bytes.IndexByte(rest, 0); {
		case whole && hole < 0:
			seen["kept"]++
		case len(rest) == 0:
			seen["lost, file shorter"]++
		case whole && last < 0:
			seen["lost, zeros"]++
		case hole < 0:
			seen["cut short"]++
		case hole < last:
			seen["the end without what stands before it"]++
		case (len(synced)+last+1)%512 != 0:
			seen["torn within a sector"]++
		default:
			seen["the end lost"]++
		}
	}
	for _, what := range []string{
		"kept", "lost, file shorter", "lost, zeros", "cut short",
		"the end without what stands before it", "torn within a sector", "the end lost",
	} {
		if seen[what] < 20 {
			t.Errorf("%s: seen %d times in 2000", what, seen[what])
		}
	}
}

// An unsynced overwrite leaves the old content, the new, or parts of both; an
// unsynced truncation may be lost; an unsynced name may be gone.
func TestPowerLossOfChanges(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(1000) {
		disk := journaltest.NewDisk()
		disk.WriteFile("over", fill('o', 2))
		disk.WriteFile("cut", fill('c', 2))
		p := disk.Process("p")
		over, err := p.OpenFile("over", os.O_RDWR, 0)
		must(t, err)
		write(t, over, fill('n', 2))
		cut, err := p.OpenFile("cut", os.O_RDWR, 0)
		must(t, err, cut.Truncate(7))
		fresh := create(t, p, "fresh")
		write(t, fresh, []byte("new"))
		must(t, fresh.Sync())
		disk.Crash(rand.New(rand.NewPCG(seed, 0)), journaltest.PowerLoss)

		b, err := disk.ReadFile("over")
		must(t, err)
		olds, news := bytes.Count(b, []byte("o")), bytes.Count(b, []byte("n"))
		if olds+news != 1024 {
			t.Fatalf("seed %d: overwritten file has %d old and %d new bytes", seed, olds, news)
		}
		seen["overwrite lost"] += btoi(news == 0)
		seen["overwrite kept"] += btoi(olds == 0)
		seen["overwrite torn"] += btoi(olds > 0 && news > 0)
		b, err = disk.ReadFile("cut")
		must(t, err)
		seen["cut"] += btoi(len(b) == 7)
		seen["cut lost"] += btoi(bytes.Equal(b, fill('c', 2)))
		b, err = disk.ReadFile("fresh")
		if err == nil && string(b) != "new" {
			t.Fatalf("seed %d: a synced file reads %q", seed, b)
		}
		seen["name kept"] += btoi(err == nil)
		seen["name lost"] += btoi(err != nil)
	}
	for what, n := range seen {
		if n < 20 {
			t.Errorf("%s: seen %d times in 1000", what, n)
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// The same seed leaves the same disk.
func TestSameSeedSameLoss(t *testing.T) {
	story := func(seed uint64) (all []byte) {
		disk := journaltest.NewDisk()
		p := disk.Process("p")
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			f := create(t, p, name)
			write(t, f, fill(name[0], 5))
		}
		disk.Crash(rand.New(rand.NewPCG(seed, 0)), journaltest.PowerLoss)
		for _, name := range disk.Names() {
			b, err := disk.ReadFile(name)
			must(t, err)
			all = append(append(all, name...), b...)
		}
		return all
	}
	different := false
	for seed := range uint64(50) {
		one := story(seed)
		if !bytes.Equal(one, story(seed)) {
			t.Fatalf("seed %d left two different disks", seed)
		}
		different = different || !bytes.Equal(one, story(seed+1))
	}
	if !different {
		t.Error("all seeds leave the same disk")
	}
}

// After a failed Sync the page cache shows what the disk may not have. Later Syncs
// do not change that; writing again does.
func TestFailedSync(t *testing.T) {
	for _, again := range []bool{false, true} {
		lost := 0
		for seed := range uint64(200) {
			disk := journaltest.NewDisk()
			fail := true
			disk.Hook = func(op journaltest.Op) error {
				if op.Kind == journaltest.OpSync && fail {
					return errIO
				}
				return nil
			}
			p := disk.Process("p")
			f := create(t, p, "a")
			write(t, f, fill('x', 2))
			if err := f.Sync(); err == nil {
				t.Fatal("Sync succeeded though the hook said no")
			}
			fail = false
			if again {
				if _, err := f.Seek(0, 0); err != nil {
					t.Fatal(err)
				}
				write(t, f, fill('x', 2))
			}
			must(t, f.Sync(), p.SyncDir("."))
			if b, _ := disk.ReadFile("a"); !bytes.Equal(b, fill('x', 2)) {
				t.Fatal("the page cache forgot what was written")
			}
			disk.Crash(rand.New(rand.NewPCG(seed, 0)), journaltest.PowerLoss)
			b, err := disk.ReadFile("a")
			must(t, err)
			lost += btoi(!bytes.Equal(b, fill('x', 2)))
		}
		if again && lost > 0 || !again && lost < 50 {
			t.Errorf("written again: %t; lost in %d of 200", again, lost)
		}
	}
}
