package journal_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"flexybatch/journal"
	"flexybatch/journal/journaltest"
)

// scenario is a journal that goes through crashes, with what may and what must be
// in it.
type scenario struct {
	t        *testing.T
	seed     uint64
	rng      *rand.Rand
	disk     *journaltest.Disk
	groups   [][]string        // appended so far, without those that a crash has lost
	promised int               // how many of them must be there
	kept     map[string]string // the files that keep cut tails
	next     int               // the next record's number
}

// A process may die, or the power may fail, at any operation. Afterwards every
// group whose Append returned nil is there, and so is every group that an Open has
// returned; what is there is a prefix of what was appended, in whole groups; it is
// never reported as Corrupt; and cut tails are kept.
func TestPowerLossKeepsThePromise(t *testing.T) {
	const seeds = 1000
	seen := map[string]int{}
	for seed := range uint64(seeds) {
		s := &scenario{t: t, seed: seed, rng: rand.New(rand.NewPCG(seed, 7)), disk: journaltest.NewDisk(), kept: map[string]string{}}
		for range 2 + s.rng.IntN(4) {
			seen[s.session()]++
		}
		s.disk.Hook = nil
		if j := s.reopen(); j != nil {
			must(t, j.Close())
		}
		if t.Failed() {
			return
		}
	}
	for _, what := range []string{"died in Open", "died in Append", "died at rest", "closed"} {
		if seen[what] < seeds/20 {
			t.Errorf("%s: only %d times", what, seen[what])
		}
	}
}

// session runs one process, and says in a word how it ended.
func (s *scenario) session() string {
	s.disk.Hook = s.trouble()
	j := s.reopen()
	if j == nil {
		s.crash()
		return "died in Open"
	}
	for range s.rng.IntN(6) {
		if err := s.append(j); err != nil {
			s.crash()
			return "died in Append"
		}
	}
	if s.rng.IntN(2) == 0 && j.Close() == nil {
		return "closed"
	}
	s.crash()
	return "died at rest"
}

// trouble returns a hook that lets some operations pass and then makes one fail.
func (s *scenario) trouble() func(journaltest.Op) error {
	countdown, short := 1+s.rng.IntN(60), s.rng.IntN(1200)
	err := []error{journaltest.ErrKilled, syscall.EIO, syscall.ENOSPC}[s.rng.IntN(3)]
	return func(op journaltest.Op) error {
		if countdown--; countdown != 0 {
			return nil
		}
		if op.Kind == journaltest.OpWrite && short%2 == 0 {
			return &journaltest.Short{Bytes: short, Err: err}
		}
		return err
	}
}

// reopen opens the journal and checks what it holds. It returns nil if the hook
// made an operation fail.
func (s *scenario) reopen() *journal.Journal {
	var got []string
	j, cut, err := journal.Open(s.disk.Process("p"), name, collect(&got))
	if err != nil {
		if !errors.Is(err, journaltest.ErrKilled) && !errors.Is(err, syscall.EIO) && !errors.Is(err, syscall.ENOSPC) {
			s.t.Errorf("seed %d: %v", s.seed, err)
		}
		return nil
	}
	n := 0
	for len(got) > 0 && n < len(s.groups) && len(got) >= len(s.groups[n]) && slices.Equal(got[:len(s.groups[n])], s.groups[n]) {
		got = got[len(s.groups[n]):]
		n++
	}
	if len(got) > 0 || n < s.promised {
		s.t.Errorf("seed %d: %d groups are there of %d, %d were promised; then %q", s.seed, n, len(s.groups), s.promised, got)
	}
	s.groups, s.promised = s.groups[:n], n
	for file, text := range s.kept {
		if b, err := s.disk.ReadFile(file); err != nil || string(b) != text {
			s.t.Errorf("seed %d: a cut tail was not kept in %s: %v", s.seed, file, err)
		}
	}
	if cut != nil {
		s.kept[cut.Kept] = string(cut.Text)
	}
	return j
}

// append appends a group of one to four records. Some fill several sectors.
func (s *scenario) append(j *journal.Journal) error {
	var group []string
	var bytes [][]byte
	for range 1 + s.rng.IntN(4) {
		s.next++
		r := fmt.Sprintf(`{"row":%d,"cell":"%s"}`, s.next, strings.Repeat("x", s.rng.IntN(2)*s.rng.IntN(3000)))
		group, bytes = append(group, r), append(bytes, []byte(r))
	}
	s.groups = append(s.groups, group)
	err := j.Append(at, bytes...)
	if err == nil {
		s.promised = len(s.groups)
	} else if !errors.Is(err, journal.ErrFailed) {
		s.t.Errorf("seed %d: Append: %v", s.seed, err)
	}
	return err
}

func (s *scenario) crash() {
	s.disk.Crash(s.rng, []journaltest.CrashKind{journaltest.ProcessDeath, journaltest.PowerLoss}[s.rng.IntN(2)])
}

// The same holds for many goroutines that share groups: the records of one call are
// there together or not at all, and they are there if the call returned nil.
func TestPowerLossUnderManyGoroutines(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 8))
		disk := journaltest.NewDisk()
		j, _, _ := open(t, disk.Process("p"))
		var mu sync.Mutex
		countdown, promised := 1+rng.IntN(40), map[string]bool{}
		disk.Hook = func(journaltest.Op) error {
			mu.Lock()
			defer mu.Unlock()
			if countdown--; countdown == 0 {
				return journaltest.ErrKilled
			}
			return nil
		}
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				for c := range 10 {
					r := rec(g*100 + c)
					err := j.Append(at, r, r)
					if err != nil {
						return
					}
					mu.Lock()
					promised[string(r)] = true
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		disk.Hook = nil
		disk.Crash(rng, journaltest.PowerLoss)
		j, records, _ := open(t, disk.Process("q"))
		must(t, j.Close())
		for i := 0; i+1 < len(records); i += 2 {
			if records[i] != records[i+1] {
				t.Fatalf("seed %d: the records of one call were parted", seed)
			}
			delete(promised, records[i])
		}
		if len(records)%2 != 0 || len(promised) > 0 {
			t.Fatalf("seed %d: %d records, %d promised ones are gone", seed, len(records), len(promised))
		}
	}
}
