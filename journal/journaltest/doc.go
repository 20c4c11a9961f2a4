// Package journaltest provides a disk for tests of journals and of what is built
// on them. The disk is in memory. It loses in a power loss what was not synced,
// fails when it is told to, and knows the locks of processes that can be killed.
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
// Disk.Hook is called before every operation. Its result lets the operation pass
// (nil), makes it fail (any error, such as syscall.ENOSPC), makes a write stop
// half way (*Short), or kills the process there (ErrKilled, also inside a *Short).
// A hook that sleeps is a slow disk; in a testing/synctest bubble the time that it
// takes is virtual.
//
// All randomness comes from the *rand.Rand that is passed to Crash. So a test can
// be repeated from its seed, as long as the processes do the same operations in
// the same order.
//
// # What is modelled
//
//   - The page cache. Everybody sees at once what is written, and it outlives the
//     process. It survives a power loss only after a Sync.
//   - A power loss. Of a file that was not synced it leaves, in each sector of 512
//     bytes, any version that the sector had since the last Sync, or the version of
//     that Sync (zeros, if there was none), or a part of one and a part of another,
//     in any combination: writes are lost, torn and reordered. The file's size is
//     any that it had meanwhile, or, while it grew, any in between. See Pillai et
//     al., "All File Systems Are Not Created Equal", OSDI 2014, and, for what
//     drives do, Zheng et al., "Understanding the Robustness of SSDs under Power
//     Fault", FAST 2013.
//   - Truncate is a change like a write, and may be lost in the same way.
//   - A failed Sync marks the pages clean. They are still read as they were written,
//     no later Sync writes them, and only a power loss shows whether they are on
//     disk. Writing a sector again makes it dirty again. See Rebello et al., "Can
//     Applications Recover from fsync Failures?", ATC 2020 (ext4 and XFS).
//   - The name of a new file survives a power loss for certain only after SyncDir
//     of its folder. POSIX promises no more, though most file systems do.
//   - Files have names, and hard and symbolic links lead to them. Other people can
//     rename, remove and replace a file while a process has it open (Rename, Remove,
//     WriteFile); the process keeps its file.
//   - A lock is on the file, and belongs to the open file that took it. It ends when
//     that is closed or its process is killed.
//
// TestFS is the suite of tests for every implementation of journal.FS. This disk and
// the real one pass it.
//
// Not modelled: power loss in the middle of a rename, folders (every folder exists),
// access rights, the old blocks that some file systems show where a write was lost, file
// systems that undo after a failed Sync what they showed before (btrfs), and
// drives that confirm a flush which they have not done.
package journaltest
