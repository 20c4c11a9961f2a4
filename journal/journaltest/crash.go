package journaltest

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// CrashKind is what crashes.
type CrashKind int

const (
	// ProcessDeath kills all processes. The page cache stays.
	ProcessDeath CrashKind = iota
	// PowerLoss takes the page cache too. The package comment says what is left.
	PowerLoss
)

// String names the kind.
func (k CrashKind) String() string {
	if k == PowerLoss {
		return "power loss"
	}
	return "process death"
}

// Crash kills every process that uses the disk, so that none of their operations
// has an effect any more. What a PowerLoss leaves of unsynced data is drawn from
// r.
func (d *Disk) Crash(r *rand.Rand, kind CrashKind) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.processes {
		p.kill()
	}
	d.processes = nil
	if kind == ProcessDeath {
		return
	}
	survivors := map[*inode]*inode{} // a file with hard links stays one file
	for _, name := range d.names() { // sorted, so that the same r draws the same result
		n := d.files[name]
		if !n.nameSynced && r.IntN(2) == 0 {
			delete(d.files, name)
			continue
		}
		if survivors[n] == nil {
			survivors[n] = storedInode(n.drawSurvivor(r))
		}
		d.files[name] = survivors[n]
	}
}

// names lists the files, sorted.
func (d *Disk) names() []string { return slices.Sorted(maps.Keys(d.files)) }

// drawSurvivor draws what a power loss leaves of a file.
func (n *inode) drawSurvivor(r *rand.Rand) []byte {
	if len(n.versions)+len(n.sizes) == 0 {
		return n.disk
	}
	unsynced := slices.Sorted(maps.Keys(n.versions))
	b := resized(slices.Clone(n.disk), n.drawSize(r))
	if len(unsynced) == 0 {
		return b
	}
	kept, tearable := drawKept(r, unsynced), unsynced[r.IntN(len(unsynced))]
	for _, s := range unsynced {
		versions := n.versions[s]
		switch {
		case s == tearable && r.IntN(2) == 0:
			putSector(b, s, drawTorn(r, append(versions, sector(n.disk, s))))
		case kept(s):
			putSector(b, s, versions[len(versions)-1])
		}
	}
	return b
}

// drawTorn draws a sector that begins as one version and goes on as another.
func drawTorn(r *rand.Rand, versions [][]byte) []byte {
	b := slices.Clone(versions[r.IntN(len(versions))])
	tear := r.IntN(sectorSize)
	copy(b[tear:], versions[r.IntN(len(versions))][tear:])
	return b
}

// drawKept draws which sectors were written before the power went. Tossing a coin
// for each sector would hardly ever keep or lose a long stretch, as disks do.
func drawKept(r *rand.Rand, unsynced []int64) func(sector int64) bool {
	from, to := unsynced[r.IntN(len(unsynced))], unsynced[r.IntN(len(unsynced))]
	switch r.IntN(6) {
	case 0:
		return func(int64) bool { return true }
	case 1:
		return func(int64) bool { return false }
	case 2:
		return func(s int64) bool { return s <= to } // in order
	case 3:
		return func(s int64) bool { return s >= from } // the end before the start
	case 4:
		return func(s int64) bool { return s < from || s > to } // a hole
	}
	return func(int64) bool { return r.IntN(2) == 0 }
}

// drawSize draws the size of the file: the one on disk, any that it had since, or,
// where it grew, any in between.
func (n *inode) drawSize(r *rand.Rand) int64 {
	sizes := append([]int64{int64(len(n.disk))}, n.sizes...)
	last := len(sizes) - 1
	if r.IntN(2) == 0 {
		return sizes[last]
	}
	i := r.IntN(len(sizes))
	if i > 0 && sizes[i] > sizes[i-1] && r.IntN(2) == 0 {
		return sizes[i-1] + r.Int64N(sizes[i]-sizes[i-1])
	}
	return sizes[i]
}
