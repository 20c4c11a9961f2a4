// Package journaltest is a disk for tests of whatever stands on a journal. It
// lives in memory, forgets in a power loss what was not synced, fails when it
// is told to, and holds the locks of processes that can be killed.
//
// # Use
//
//	disk := journaltest.NewDisk()
//	p := disk.Process("first")                    // a journal.FS
//	j, _, err := journal.Open(p, "a.journal", …)
//	…
//	disk.Crash(rng, journaltest.PowerLoss)        // p is dead, what was not synced is in doubt
//	j, _, err = journal.Open(disk.Process("second"), "a.journal", …)
//
// Disk.Hook is asked before every operation. By its answer it lets the
// operation pass (nil), makes it fail (any error, such as syscall.ENOSPC), makes
// a write stop half way (*Short), or kills the process there (ErrKilled, also
// inside a *Short). A hook that sleeps is a slow disk; in a testing/synctest
// bubble the time it takes is virtual.
//
// All chance comes from the *rand.Rand handed to Crash, so a seed tells a whole
// story again, as long as the processes do the same operations in the same order.
//
// # What is modelled
//
//   - The page cache. What is written is seen by all at once, and outlives the
//     process. It outlives a power loss only after a Sync.
//   - Of a file that was not synced, a power loss leaves of each sector of 512
//     bytes any version it had since the last Sync, or the one of that Sync
//     (zeros, where there was none), or a part of one and a part of another, in
//     any combination: writes are lost, torn and reordered. The file's size is any
//     it had meanwhile, or, while it grew, any between. See Pillai et al., "All
//     File Systems Are Not Created Equal", OSDI 2014, and, for what drives do,
//     Zheng et al., "Understanding the Robustness of SSDs under Power Fault",
//     FAST 2013.
//   - A Truncate is such a change, and may not have happened.
//   - A failed Sync marks the pages clean: they are still read as written, no later
//     Sync writes them, and only a power loss shows whether they are on disk.
//     Writing a sector again makes it dirty again. See Rebello et al., "Can
//     Applications Recover from fsync Failures?", ATC 2020 (ext4 and XFS).
//   - The name of a new file outlives a power loss for sure only after SyncDir of
//     its folder: POSIX promises no more, though most file systems do.
//   - A lock belongs to its process and goes with it. It is no file.
//
// Not modelled: renaming and removing, folders (every folder exists), access
// rights, the stale blocks that some file systems show where a write was lost,
// file systems that take back what they showed after a failed Sync (btrfs), and
// drives that lie about a flush.
package journaltest
