package journaltest

import "slices"

// sectorSize is what a disk writes at once, in bytes.
const sectorSize = 512

// node is a file, whatever it is called and whoever has it open. It is guarded
// by its disk's mutex.
type node struct {
	named bool   // its name outlives a power loss
	cache []byte // what processes read
	disk  []byte // what the last Sync put on disk

	// Since that Sync:
	dirty map[int64]bool     // the sectors that the next one will write
	loose map[int64][][]byte // what each sector held, oldest first: it is dirty, or was given up
	sizes []int64            // what the file's size was, oldest first
}

func newNode() *node {
	return &node{dirty: map[int64]bool{}, loose: map[int64][][]byte{}}
}

// stored is a file that is on disk, name and all.
func stored(content []byte) *node {
	n := newNode()
	n.named, n.cache, n.disk = true, slices.Clone(content), slices.Clone(content)
	return n
}

// write changes the cache from offset at on.
func (n *node) write(at int64, b []byte) {
	if len(b) == 0 {
		return
	}
	old, end := int64(len(n.cache)), at+int64(len(b))
	if end > old {
		n.cache = sized(n.cache, end)
		n.sizes = append(n.sizes, end)
	}
	copy(n.cache[at:], b)
	n.touch(min(at, old), end)
}

// resize changes the size in the cache. What is cut off reads as zeros if the
// file grows again.
func (n *node) resize(size int64) {
	old := int64(len(n.cache))
	n.cache = sized(n.cache, size)
	n.sizes = append(n.sizes, size)
	n.touch(min(old, size), max(old, size))
}

// touch notes a new version of the sectors of these bytes.
func (n *node) touch(from, to int64) {
	first, end := from/sectorSize, (to+sectorSize-1)/sectorSize
	versions := make([]byte, (end-first)*sectorSize)
	if at := first * sectorSize; at < int64(len(n.cache)) {
		copy(versions, n.cache[at:])
	}
	for s := first; s < end; s++ {
		n.dirty[s] = true
		n.loose[s] = append(n.loose[s], versions[:sectorSize:sectorSize])
		versions = versions[sectorSize:]
	}
}

// sync writes the dirty sectors and the size. What an earlier sync gave up and
// nobody wrote since stays in doubt.
func (n *node) sync() {
	n.disk = sized(n.disk, int64(len(n.cache)))
	for s := range n.dirty {
		put(n.disk, s, n.loose[s][len(n.loose[s])-1])
		delete(n.loose, s)
	}
	clear(n.dirty)
	n.sizes = nil
}

// giveUp is what a failed sync does: the pages count as clean, wherever they
// are. The size is kept by the file system's own journal and stays due.
func (n *node) giveUp() { clear(n.dirty) }

// sized is b, cut or filled with zeros to that size.
func sized(b []byte, size int64) []byte {
	if size <= int64(len(b)) {
		return b[:size]
	}
	return append(b, make([]byte, size-int64(len(b)))...)
}

// sector is a copy of the sector, with zeros behind the end of b.
func sector(b []byte, s int64) []byte {
	c := make([]byte, sectorSize)
	if at := s * sectorSize; at < int64(len(b)) {
		copy(c, b[at:])
	}
	return c
}

// put writes a sector into b, as far as b reaches.
func put(b []byte, s int64, content []byte) {
	if at := s * sectorSize; at < int64(len(b)) {
		copy(b[at:], content)
	}
}
