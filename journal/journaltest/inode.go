package journaltest

import "slices"

// sectorSize is how many bytes a disk writes at once.
const sectorSize = 512

// inode is a file, whatever its name is and whoever has it open. It is guarded by
// its disk's mutex.
type inode struct {
	nameSynced bool   // its name survives a power loss
	cache      []byte // what processes read
	disk       []byte // what the last Sync put on disk

	// Since that Sync:
	dirty    map[int64]bool     // the sectors that the next Sync will write
	versions map[int64][][]byte // the contents, oldest first, of each sector that is dirty or was given up
	sizes    []int64            // the sizes of the file, oldest first
}

func newInode() *inode {
	return &inode{dirty: map[int64]bool{}, versions: map[int64][][]byte{}}
}

// storedInode returns a file that is on disk with its name.
func storedInode(content []byte) *inode {
	n := newInode()
	n.nameSynced, n.cache, n.disk = true, slices.Clone(content), slices.Clone(content)
	return n
}

// write changes the cache from offset at on.
func (n *inode) write(at int64, b []byte) {
	if len(b) == 0 {
		return
	}
	old, end := int64(len(n.cache)), at+int64(len(b))
	if end > old {
		n.cache = resized(n.cache, end)
		n.sizes = append(n.sizes, end)
	}
	copy(n.cache[at:], b)
	n.touch(min(at, old), end)
}

// truncate changes the size in the cache. If the file grows again, what was cut
// off reads as zeros.
func (n *inode) truncate(size int64) {
	old := int64(len(n.cache))
	n.cache = resized(n.cache, size)
	n.sizes = append(n.sizes, size)
	n.touch(min(old, size), max(old, size))
}

// touch records a new version of the sectors that hold these bytes.
func (n *inode) touch(from, to int64) {
	first, end := from/sectorSize, (to+sectorSize-1)/sectorSize
	content := make([]byte, (end-first)*sectorSize)
	if at := first * sectorSize; at < int64(len(n.cache)) {
		copy(content, n.cache[at:])
	}
	for s := first; s < end; s++ {
		n.dirty[s] = true
		n.versions[s] = append(n.versions[s], content[:sectorSize:sectorSize])
		content = content[sectorSize:]
	}
}

// sync writes the dirty sectors and the size. A sector that an earlier Sync gave
// up, and that was not written since, stays in doubt.
func (n *inode) sync() {
	n.disk = resized(n.disk, int64(len(n.cache)))
	for s := range n.dirty {
		putSector(n.disk, s, n.versions[s][len(n.versions[s])-1])
		delete(n.versions, s)
	}
	clear(n.dirty)
	n.sizes = nil
}

// failSync is what a failed Sync does: the pages count as clean, whether they are
// on disk or not. The size is kept by the file system's own journal and will
// still be written.
func (n *inode) failSync() { clear(n.dirty) }

// resized returns b, cut or filled with zeros to that size.
func resized(b []byte, size int64) []byte {
	if size <= int64(len(b)) {
		return b[:size]
	}
	return append(b, make([]byte, size-int64(len(b)))...)
}

// sector returns a copy of the sector, with zeros behind the end of b.
func sector(b []byte, s int64) []byte {
	c := make([]byte, sectorSize)
	if at := s * sectorSize; at < int64(len(b)) {
		copy(c, b[at:])
	}
	return c
}

// putSector writes a sector into b, as far as b reaches.
func putSector(b []byte, s int64, content []byte) {
	if at := s * sectorSize; at < int64(len(b)) {
		copy(b[at:], content)
	}
}
