// Package journal is an append-only file of records that money depends on. It
// knows nothing of what the records say; package batch does.
//
// # What it promises
//
//   - Append returns nil only when its records are on disk: written, and fsynced.
//     Records of many goroutines share one fsync (group commit).
//   - After a crash, Open gives back exactly the groups that were written whole,
//     in order. Every group whose Append returned nil is among them, if the disk
//     kept its word. What Open gave back is on disk when it returns, whatever
//     became of the process that wrote it.
//   - After a failed write or fsync nothing more is ever appended: the page cache
//     can no longer be trusted, and an fsync is never tried again.
//   - One process at a time has a journal open for appending. Anybody may read it
//     meanwhile.
//   - Any byte changed, any line taken out, moved, or copied in from another
//     journal, is found, and named by line and offset.
//
// It does not promise that a file was not cut short at the end of a group, nor
// that a forger who rewrites the whole file is found: for that, the head's link
// (Info.Head) is printed in the report, on paper.
//
// # The format, for an auditor with a text editor
//
// AUDIT.md, beside this file, is the guide for somebody who is to prove a journal
// whole without a programmer.
//
// A journal is text, a JSON object a line:
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
//	  - Then comes what the line is for. "rec" is a record, any JSON. "commit"
//	    ends a group and tells how many records it has: a group without its commit
//	    was never promised to anyone. The first line of all has "journal", "version"
//	    and a random "id" instead, so that no two journals ever have a line in common.
//
// The last group of a session that was left in good order is empty: it proves
// that the group before it was on disk.
//
// # Torn tails and broken middles
//
// A process that dies, or a machine that loses power, may leave the last group
// half written: cut short, with holes, or with its end on disk and its start
// not. Nobody was told that this group was on disk, so Open cuts it off, keeps
// the cut bytes beside the journal, and says so.
//
// A group is begun only when the one before is on disk, so damage is no torn
// tail when anything behind it begins like a line of a later group, or when there
// is more of it than one group can hold. Lines need not be whole to count: an
// editor that saves the file with other line ends breaks every one of them. Such
// damage, and a line that is whole but does not belong where it stands, is
// Corrupt: the file is left as it is.
//
// Damage in the last group of a session that was not closed cannot be told from
// a torn tail.
package journal
