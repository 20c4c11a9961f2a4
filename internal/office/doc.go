// Package office lets several machines work on the batches of one account: their
// journals lie in PostgreSQL, and one worker at a time holds the account's lease.
//
// # What it promises
//
//   - The database is the disk on which a journal lies, byte for byte (Storage). What
//     Write has confirmed is committed, and a journal that is exported is a file like
//     any other.
//   - One owner for an account at a time. An owner has an epoch, which grows with each
//     change of owner. Each write checks the epoch in its own transaction: after a
//     takeover the writes of the owner before fail with journal.ErrFailed, however late
//     they come.
//   - No request leaves unless the lease is surely ours. A lease is sure for three
//     quarters of its length, counted from before its last renewal began, by a clock
//     that does not stop while the machine sleeps. The provider (Fence.Guard) and the
//     connection (Fence.Dial) ask, each for itself.
//   - Another worker takes over when it has seen no renewal for the whole length of the
//     lease, by its own clock. No wall clock has a say in it, neither the machine's nor
//     the database's.
//   - A database that is not the one that was used last, because it was restored or
//     another server took its place, is noticed (Origin). Then each reference is looked
//     up before it is sent.
//   - Each call of the database has a time limit, and no error or log names its password.
//
// # What it does not promise
//
//   - A process that is stopped between the last check and the write of the request
//     itself, for longer than the lease, sends that one request late. The provider
//     refuses the second use of its reference (money rule 4).
//   - It does not protect against a database that confirms a commit and then loses it:
//     synchronous_commit and fsync must be on, which is checked for each connection.
//   - A database that was restored by copying its files, with the same identifier and
//     timeline, looks like the one before. Say so with "database restored".
//
// # How it works
//
// A batch that is submitted is put in line with a job of River, in the same transaction.
// The job says that somebody should drive the batches of an account; whoever works on it
// claims the lease, drives all batches that are due, one after the other, and gives the
// lease back. What is true of a row stands in its journal and nowhere else.
package office
