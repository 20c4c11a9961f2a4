// Package journal is an append-only file of records that money depends on. It
// does not know what the records say; package batch does.
//
// # What it promises
//
//   - Append returns nil only when its records are on disk: written, and fsynced.
//     Records of several goroutines share one fsync (group commit).
//   - After a crash, Open returns exactly the groups that were written whole, in
//     order. Every group whose Append returned nil is among them, if the disk
//     keeps what it has confirmed. When Open returns, everything that it has
//     returned is on disk, even if the process that wrote it never fsynced it.
//   - After a failed write or fsync nothing more is ever appended: the page cache
//     can no longer be trusted, and an fsync is never tried again.
//   - One process at a time has a journal open for appending. The lock is on the file
//     itself, so it holds for every name and every link that leads to the file, and
//     removing or replacing a file beside it releases nothing. Anybody may read the
//     journal meanwhile.
//   - Nothing is appended to a file that the journal's name no longer leads to. If
//     the journal was moved, deleted or replaced, Append and Close say so (ErrMoved).
//   - Any byte that was changed, and any line that was removed, moved, or copied in
//     from another journal, is found, and reported by line and offset. A line has one
//     record, or several that together have a few thousand bytes.
//
// # What it does not promise
//
//   - It does not notice that whole groups were cut off the end of a file, and it
//     does not find a forger who rewrites the whole file with new checksums. For
//     that, the report prints the head's link (Info.Head) on paper.
//   - It cannot tell damage in the last group of a session that was not closed
//     from a torn tail.
//   - It does not prevent a file from being moved, deleted or replaced. A group that
//     is being written at that moment is in the old file.
//   - It does not keep apart two copies of one journal: to the lock they are two
//     files.
//   - It does not keep secrets. The text of a record stands in the file as it is;
//     only the file's mode (0600) keeps others from reading it.
//   - It does not say who wrote a record. A record has the time of the machine's
//     clock, which nobody has checked.
//   - It does not protect against a disk that confirms an fsync and then loses the
//     data.
//
// # The format, for an auditor with a text editor
//
// docs/audit.md explains to somebody who is not a programmer how to
// prove that a journal is whole.
//
// A journal is text, with one JSON object on each line:
//
//		{"crc":"9a3c01d2","link":"5f…32 hex digits…","n":1,"group":1,"at":"2026-11-23T09:00:00.123Z","rec":{…}}
//
//	  - crc is the CRC-32C (Castagnoli) of the line's text from "link" to the
//	    closing brace, `"link":"5f…"` through `}`, in eight hex digits.
//	  - link chains the lines: the first 32 hex digits of the SHA-256 of the link of
//	    the line before (nothing, for the first line) followed by this line's text
//	    from "n" to the closing brace.
//	  - n counts the lines from 0; group counts the fsyncs from 1; at is the wall
//	    clock in UTC, for people.
//	  - The last member says what the line is for. "rec" holds a record, any JSON
//	    value. "recs" holds a list of several records of that time, with a comma and
//	    a tab between each two; there is no other tab in such a line, so a tab is as
//	    good as a newline to whoever looks for records. "commit" ends a group and says how many records the group has: a
//	    group without its commit was never promised to anybody. The first line of
//	    the file has "journal", "version" and a random "id" instead, so that no two
//	    journals ever have a line in common.
//
// Version 1 of the format has no "recs": each record has a line of its own. A journal
// is continued in the version in which it was begun, and an older program refuses a
// later version (ErrVersion).
//
// When a session is closed properly, its last group is empty. It proves that the
// group before it was on disk.
//
// # Torn tails and damage
//
// When a process dies, or a machine loses power, the last group may be half
// written: cut short, with holes, or with its end on disk and its start missing.
// No Append had returned for that group, so Open cuts it off, keeps the cut bytes
// in a file beside the journal, and reports them.
//
// A group is begun only when the one before it is on disk. So damage is not a torn
// tail when anything behind it begins like a line of a later group, or when more
// is damaged than one group can hold. The lines behind it need not be whole to
// count: an editor that saves the file with other line ends breaks every line.
// Such damage, and a line that is whole but does not belong where it stands, is
// reported as Corrupt, and the file is left as it is.
package journal
