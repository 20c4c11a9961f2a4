// Package batch is the domain and the engine: it decides which rows are valid,
// under which reference each is sent, what has become of it, and what may be done
// next. It knows no HTTP, no spreadsheet and no terminal.
//
// # The life of a row
//
// A row of the file is a Row. A valid row asks for a Topup. With its Ref and its
// cost it is an Order, and only an Order can be sent. What has become of it is its
// State. Everything that is known of a row (RowStatus) is the fold of records
// (Record) that the journal keeps: only Ledger.Fold changes a state, both when
// something happens and when the journal is read again.
//
//	invalid                     it breaks a row rule and is never sent
//	unsent → unknown            Books.Intend: the intent is on disk, the request may be made
//	unknown → pending           the provider accepted it
//	        → rejected          the provider refused it and charged nothing
//	        → unsent            it was surely not processed, or a check after the grace period found nothing
//	        → unknown           no answer, a broken one, or UNKNOWN_ERROR
//	        → conflict          the provider holds the ref for something else, or holds it and shows no order for a day
//	pending → fulfilled, refunded
//	        → unknown           the order turns out to be another row's
//	        → conflict          the provider does not know the order any more for a day
//	conflict → fulfilled, …     the order turns up after all
//
// # The money rules, and where they are kept
//
// For every valid row the provider is charged exactly once, or the report says
// why not. No crash, no fault, no second process, no edited file and no second
// run may change that, and nothing may be lost from the books. These rules keep
// the promise. Comments cite them by their numbers.
//
//  1. Write ahead. No request that can charge is made before the intent to send the
//     ref is on disk. No answer counts before it is on disk. (Books.Intend and
//     Books.Answer return when the record is on disk; run.send calls them before
//     and after the request.)
//  2. What is ambiguous is unknown. A row whose answer was not read whole and
//     understood is unknown. Certain are only an acceptance with an id, a documented
//     refusal in the provider's own envelope, and answers that mean that nothing
//     was processed. (The zero Class is ClassUnknown; package oneclick classifies
//     answers; RowStatus.applyAnswer leaves a row unknown unless the class is
//     certain.)
//  3. Ask before sending again. After an unknown send, a ref is sent again only if a
//     check of the ref after the grace period was answered NOT_FOUND. Absence from
//     a list proves nothing. (clears, the only way from unknown to unsent.)
//  4. DUPLICATED_REF is a question and not a failure. The ref is checked. If the
//     order is ours, the row takes its state; if not, the row is a conflict. So it is
//     if the provider holds an order and does not show it for a day.
//     (LookRecord.describe, contradiction, neverShown)
//  5. Final is final. A fulfilled, refunded or rejected row is never sent again in
//     the same batch. (decide sends unsent rows only, and RowStatus refuses records
//     that would leave a final state.)
//  6. UNKNOWN_ERROR is not final. The row stays unknown, later runs ask about it
//     again, and it is never sent again. (StateOf)
//  7. Stop when sending cannot work: no balance, a refused key or address, or too
//     many consecutive failures that no row caused. Calls in flight are finished
//     and the other rows stay unsent. (run.afterAnswer)
//  8. One process at a time, and one account. The journal is locked by the process
//     that runs it and is bound to host, account and type of key. (journal.OpenFold
//     locks; the run compares BatchRecord.Account.)
//  9. A failed fsync is fatal. Nothing is sent after it, and it is never tried
//     again. (journal.ErrFailed stays; run.handle ends the run on it.)
//  10. A torn tail is normal and a broken middle is not. Everything after the last
//     whole commit is cut off and kept beside the journal. Damage before it stops
//     the run and changes nothing. (Package journal.)
//  11. The key stays at home. It goes in one header, to one host, over TLS, and is
//     in no log, journal, report, error or crash dump. Redirects are not followed.
//     (oneclick.Key and oneclick.Client.)
//  12. Be strict with answers. JSON is decoded whole, names must match exactly, and
//     numbers are never floating-point numbers. (Package oneclick.)
//  13. Spreadsheets are hostile. Reading one has limits, runs no formula, resolves no
//     external entity and never panics. A text that is written stays a text.
//     (Packages ingest and report.)
//  14. A person is paid once, whatever becomes of the file. A row is new if its ref
//     is not in the books. Before a new row is sent, it is compared with every order
//     of the same lineage that may have been charged. The lineage is this batch in
//     all versions of its file, the batch that it was resent from, and the batches
//     that were resent from it. An order whose row the file no longer has is an
//     orphan. Each orphan for the same phone, or for the same id in another
//     spelling, takes the place of one new row, which is not sent (paid.before).
//     Of equal rows, those already sent count as the first ones. --pay-again sends
//     the rows all the same if their exact number is given. (Lineage.Assign, matcher;
//     the same rows under another name: Elsewhere)
//  15. One order settles one row. An id of the provider settles at most one row. A
//     ref that contradicts ours outweighs an id that agrees. An order under our ref
//     is ours only if it names at least our phone and amount and contradicts
//     nothing. An order that names nobody leaves the row unknown.
//     (LookRecord.describe, orderIndex, Ledger.match)
//  16. A refusal is believed only if nothing went before it. If an earlier attempt
//     is unknown, a refusal of a later attempt does not make the row rejected: the
//     ref is checked first, after the grace period counted from the later attempt.
//     A refusal with a request id that was seen before does not answer this
//     request. (RowStatus.applyAnswer, requestIDs)
//  17. What is written never destroys anything. No output replaces a journal, a
//     lock, an approval request, the input, or a file that this program did not
//     make. Targets are checked before anything is sent. (Packages internal/outfile and
//     internal/app.)
//  18. The lock is on the journal itself, on its open file, after links are
//     resolved. Before each group is written, the path must still lead to the same
//     file. A journal that names another batch than its path and input is refused.
//     (journal.File.Lock and Journal.checkPlace; package internal/app.)
//  19. Things are told as they are. The count of sent rows is of orders that the
//     provider accepted from this run. An order that is older than the journal's
//     first intent was paid by an earlier run, and its row says so with the date.
//     (Result.Sent, Ledger.before, Books.Adopt)
//  20. Caps and control totals hold for the batch, for all versions of its file
//     together. What was charged and has left the file counts. (Totals.AddLeft,
//     assignment.applyCaps)
//  21. Prices are those of today. The catalogue is asked for again before anything
//     is sent. Changes since the rows were checked are told, and rows that the
//     catalogue no longer allows are not sent. (Package internal/app.)
//
// # What is not promised
//
// Nothing is promised about what the provider does with an order that it has
// accepted, nor about whether its answers are true. If a journal is lost, the last
// defence is that the provider refuses a ref which it has seen before. That rests
// on its word.
package batch
