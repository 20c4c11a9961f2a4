package journaltest

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// CrashKind is how the world ends.
type CrashKind int

const (
	// ProcessDeath kills all processes. The page cache stays.
	ProcessDeath CrashKind = iota
	// PowerLoss takes the page cache too: see the package comment for what is left.
	PowerLoss
)

// String names the kind.
func (k CrashKind) String() string {
	if k == PowerLoss {
		return "power loss"
	}
	return "process death"
}

// Crash kills every process that the disk has served, so that none of their
// operations has an effect any more. Of what was not synced, a PowerLoss leaves
// what r draws.
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
	for _, name := range d.names() { // sorted: the same r must draw the same story
		n := d.files[name]
		if !n.named && r.IntN(2) == 0 {
			delete(d.files, name)
			continue
		}
		d.files[name] = stored(n.left(r))
	}
}

func (d *Disk) names() []string { return slices.Sorted(maps.Keys(d.files)) }

// left draws what a power loss leaves of a file.
func (n *node) left(r *rand.Rand) []byte {
	if len(n.loose)+len(n.sizes) == 0 {
		return n.disk
	}
	loose := slices.Sorted(maps.Keys(n.loose))
	b := sized(slices.Clone(n.disk), n.drawSize(r))
	if len(loose) == 0 {
		return b
	}
	kept, odd := drawKept(r, loose), loose[r.IntN(len(loose))]
	for _, s := range loose {
		versions := n.loose[s]
		switch {
		case s == odd && r.IntN(2) == 0:
			put(b, s, torn(r, append(versions, sector(n.disk, s))))
		case kept(s):
			put(b, s, versions[len(versions)-1])
		}
	}
	return b
}

// torn draws a sector that begins as one version and goes on as another.
func torn(r *rand.Rand, versions [][]byte) []byte {
	b := slices.Clone(versions[r.IntN(len(versions))])
	tear := r.IntN(sectorSize)
	copy(b[tear:], versions[r.IntN(len(versions))][tear:])
	return b
}

// drawKept draws which sectors were written last before the power went. Tossing
// a coin for each would hardly ever keep or lose a long stretch, as disks do.
func drawKept(r *rand.Rand, loose []int64) func(sector int64) bool {
	from, to := loose[r.IntN(len(loose))], loose[r.IntN(len(loose))]
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

// drawSize draws the size: the one on disk or any it had since, and where it
// grew, any between.
func (n *node) drawSize(r *rand.Rand) int64 {
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
