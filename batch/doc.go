// Package batch is the domain and the engine: what a valid row is, which
// reference it is sent under, what has become of it, and what may be done next.
// It knows no HTTP, no spreadsheet and no terminal.
//
// # The life of a row
//
// A row that was read is an Entry of the file; one that breaks no rule asks for
// a Topup; with its Ref and its cost it is an Order, and only an Order can be
// sent. What becomes of it is its State. Everything that is known of a row is a
// fold of records (Record) that the journal keeps: Ledger.Fold is the only thing
// that changes a state, when it happens and when the journal is read again.
//
//	invalid                     breaks a row rule; never sent
//	unsent → unknown            Books.Intend: the intent is on disk, the request may leave
//	unknown → pending           accepted
//	        → rejected          refused, nothing charged
//	        → unsent            surely not processed, or a check after the grace period found nothing
//	        → unknown           no answer, a broken one, or UNKNOWN_ERROR
//	        → conflict          the provider holds the ref for something else
//	pending → fulfilled, refunded
//
// # The money rules, and where they are kept
//
//  1. Write ahead: Books.Intend and Books.Answer return when the record is on
//     disk; run.send calls them before and after the request.
//  2. Ambiguous is unknown: the zero Class is ClassUnknown, and RowStatus.applyAnswer
//     leaves a row unknown unless the class is one of the certain ones.
//  3. Ask before sending again: clears, the only way from unknown to unsent.
//  4. A duplicated ref is a question: contradiction.
//  5. Final is final: decide sends only what is unsent, and RowStatus refuses
//     records that would leave a final state.
//  6. UNKNOWN_ERROR is not final: StateOf.
//  7. Stop when sending cannot work: run.afterAnswer.
//  8. One at a time, one account: journal.Open locks; the command compares
//     BatchRecord.Account.
//  9. A failed fsync is fatal: journal.ErrFailed is sticky, and run.handle ends the
//     run on it.
//  10. Torn tails and broken middles: package journal.
//
// # What is not promised
//
// What the provider itself does with an order that it has accepted, and whether
// its answers are true. That it refuses a reference which it has seen is the
// last line of defence when a journal is lost, and rests on its word.
package batch
